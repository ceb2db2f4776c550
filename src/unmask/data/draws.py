"""One training draw: a pure function of (recipe, manifest, seed, index).

So draws do not depend on worker processes, and a run that was killed goes on with the very draws
it would have made. Cuts with `faces.crop`, the same code that serves.

Draws come in twos, 2 k and 2 k + 1, of one entry of the recipe. Where the entry says `twins`, the
first is a genuine picture and the second its fake, at one size, cut and degraded alike: nothing
but the manipulation tells them apart. Otherwise the two have nothing else in common.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.data.adapters.base import CLASSES
from unmask.data.face_store import Face, FaceStore, at_native_size, native_cut, rough_pose, shrink
from unmask.data.hiding import hide_person, stretched
from unmask.data.pseudo import make_pseudo_fake
from unmask.data.recipe import Entry, Recipe
from unmask.data.twins import difference, mix_in_part
from unmask.errors import UsageError
from unmask.faces.crop import CropGeometry, crop_affine, face_geometry, warp_crop
from unmask.media.degrade import degrade
from unmask.types import FloatArray, ImageArray

POSE_DONORS = 12  # candidates looked at for a donor of the nearest head pose
NEEDS_DONOR = ("pose_swap", "region_blend")
REPLACEMENTS = 20  # other pictures tried in place of one that cannot be used
INNOCENT = 0.5  # share of the genuine halves of pseudo-fake twins that get the control's changes
# Independent streams of one seed and number, beside the one that picks.
REPLACE, MAKE, DEGRADE, CUT, HIDE = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """crop_rgb (S, S, 3) uint8; klass index in CLASSES; mask (S, S) float32 or None = unknown.

    `skipped` are the files that could not be read and in whose place others were drawn; `identity`
    is the person of the picture drawn, not of a donor.
    """

    crop_rgb: ImageArray
    klass: int
    source: str
    kind: str
    mask: FloatArray | None
    skipped: tuple[str, ...] = ()
    identity: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A picture ready to be degraded and cut: one of two twins, or a picture drawn alone."""

    face: Face
    klass: str
    kind: str
    mask: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Both twins, and what was left aside on the way to them."""

    sides: tuple[Side, Side]
    row: int
    skipped: tuple[str, ...]


class Drawer:
    """Draws from the training split of a manifest by a recipe."""

    def __init__(self, manifest: Path, recipe: Recipe, *, seed: int, split: str = "train") -> None:
        self.recipe, self.seed = recipe, seed
        self._store = FaceStore(manifest, split)
        self._rows = [self._rows_of(entry) for entry in recipe.entries]
        weights = np.array([entry.weight for entry in recipe.entries], np.float64)
        self._weights = weights / weights.sum()
        self._pose = rough_pose(self._store.landmarks_px)
        self._last: tuple[int, Pair] | None = None  # the second twin follows the first

    def _rows_of(self, entry: Entry) -> np.ndarray:
        rows = self._store.rows_of(entry.source, entry.klass)
        if not entry.twins or entry.klass == "real":
            return rows
        with_original = np.array([r for r in rows if self._store.relatives(int(r))], np.int64)
        if not len(with_original):
            raise UsageError(
                f"no {entry.klass!r} picture in {entry.source!r} has its original beside it",
                "set twins = false in that entry of the recipe",
            )
        return with_original

    def draw(self, index: int, size_px: int) -> Draw:
        """The draw of that index at (size_px, size_px)."""
        number, second = divmod(index, 2)
        choice = np.random.default_rng([self.seed, number])
        entry_index = int(choice.choice(len(self._weights), p=self._weights))
        entry = self.recipe.entries[entry_index]
        if entry.twins:
            pair = self._twins(number, entry_index, choice)
            side, key, row, skipped = pair.sides[second], number, pair.row, pair.skipped
            skipped = skipped if second else ()  # named once
            truth = pair.sides[1].mask
        else:
            side, row, skipped = self._alone(index, entry_index)
            key, truth = index, side.mask
        hide = np.random.default_rng([self.seed, key, HIDE, int(entry.twins)])
        image, hidden = hide_person(hide, side.face, self.recipe, truth)
        mask = side.mask
        if mask is not None and hidden is not None:
            mask = mask * (1 - hidden)
        decide = np.random.default_rng([self.seed, key, DEGRADE, int(entry.twins)])
        if decide.random() < self.recipe.degrade:
            image = degrade(decide, image, self.recipe.degradation)
        cut = np.random.default_rng([self.seed, key, CUT, int(entry.twins)])
        crop, mask = self._cut(cut, image, side.face.landmarks_px, mask, size_px)
        identity = str(self._store.table["identity"][row])
        klass = CLASSES.index(side.klass)
        return Draw(crop, klass, entry.source, side.kind, mask, skipped, identity)

    def _native(self, rng: np.random.Generator) -> float:
        return float(np.exp(rng.uniform(*np.log(self.recipe.native_px))))

    def _alone(self, index: int, entry_index: int) -> tuple[Side, int, tuple[str, ...]]:
        """A picture of the entry, by itself."""
        rng = np.random.default_rng([self.seed, index, MAKE])
        entry = self.recipe.entries[entry_index]
        row = int(rng.choice(self._rows[entry_index]))
        native, skipped = self._native(rng), list[str]()
        rows = itertools.chain([row], self._replacements(index, entry_index))
        row, face = self._store.first_readable(rows, native, skipped)
        kind = _choose(rng, entry.pseudo) if entry.pseudo else "as_is"
        klass = entry.becomes or entry.klass
        if kind == "as_is":
            mask = np.zeros(face.image_rgb.shape[:2], np.float32) if klass == "real" else None
            return Side(face, klass, kind, mask), row, tuple(skipped)
        side = self._pseudo(rng, kind, face, row, entry_index, native, skipped)
        return side, row, tuple(skipped)

    def _twins(self, number: int, entry_index: int, rng: np.random.Generator) -> Pair:
        if self._last is None or self._last[0] != number:
            entry = self.recipe.entries[entry_index]
            make = self._made_twins if entry.klass == "real" else self._found_twins
            self._last = (number, make(number, entry_index, rng))
        return self._last[1]

    def _made_twins(self, number: int, entry_index: int, rng: np.random.Generator) -> Pair:
        """A genuine picture and the pseudo-fake made of it."""
        entry = self.recipe.entries[entry_index]
        row = int(rng.choice(self._rows[entry_index]))
        native, skipped = self._native(rng), list[str]()
        rows = itertools.chain([row], self._replacements(number, entry_index))
        row, face = self._store.first_readable(rows, native, skipped)
        kind = _choose(rng, entry.pseudo)
        make = np.random.default_rng([self.seed, number, MAKE])
        fake = self._pseudo(make, kind, face, row, entry_index, native, skipped)
        genuine = Side(face, "real", "as_is", np.zeros(face.image_rgb.shape[:2], np.float32))
        if rng.random() < INNOCENT:
            genuine = self._pseudo(make, "innocent", face, row, entry_index, native, skipped)
        return Pair((genuine, fake), row, tuple(skipped))

    def _found_twins(self, number: int, entry_index: int, rng: np.random.Generator) -> Pair:
        """A fake of the data set and its original, where possible the same frame of it."""
        entry = self.recipe.entries[entry_index]
        native, skipped = self._native(rng), list[str]()
        rows = rng.choice(self._rows[entry_index], REPLACEMENTS)
        for row in map(int, rows):
            other = int(rng.choice(self._store.relatives(row)))
            fake, real = self._store.read(row), self._store.read(other)
            if fake is None or real is None:
                missing = row if fake is None else other
                skipped.append(str(self._store.table["path"][missing]))
                continue
            gap = difference(fake.image_rgb, real.image_rgb, real.landmarks_px)
            if gap.untouched:
                continue
            if gap.mask is None:
                sides = self._unlike(entry, fake, real, native)
            else:
                sides = self._alike(number, entry, fake, real, gap.mask, native)
            return Pair(sides, row, tuple(skipped))
        raise UsageError(
            f"{REPLACEMENTS} pictures of {entry.source!r} tried in turn cannot be used as twins",
            "check that the pictures are still there, or set twins = false in that entry",
        )

    @staticmethod
    def _unlike(entry: Entry, fake: Face, real: Face, native_px: float) -> tuple[Side, Side]:
        """Two frames of one video: each in its own place."""
        genuine = at_native_size(real, native_px)
        nothing = np.zeros(genuine.image_rgb.shape[:2], np.float32)
        return (
            Side(genuine, "real", "as_is", nothing),
            Side(at_native_size(fake, native_px), entry.becomes or entry.klass, "as_is", None),
        )

    def _alike(
        self,
        number: int,
        entry: Entry,
        fake: Face,
        real: Face,
        mask: FloatArray,
        native_px: float,
    ) -> tuple[Side, Side]:
        """One frame, genuine and manipulated: both in the place of the original's face."""
        rng = np.random.default_rng([self.seed, number, MAKE])
        kind = _choose(rng, entry.pseudo) if entry.pseudo else "as_is"
        image = fake.image_rgb
        if kind == "part_of_fake":
            image, mask = mix_in_part(rng, image, real.image_rgb, mask, real.landmarks_px)
        genuine = at_native_size(real, native_px)
        where, size = native_cut(real, native_px)
        changed = at_native_size(Face(image, real.landmarks_px), native_px)
        small = np.asarray(shrink(np.ascontiguousarray(mask[where]), size), np.float32)
        return (
            Side(genuine, "real", "as_is", np.zeros(small.shape, np.float32)),
            Side(changed, entry.becomes or entry.klass, kind, small),
        )

    def _pseudo(
        self,
        rng: np.random.Generator,
        kind: str,
        face: Face,
        row: int,
        entry_index: int,
        native_px: float,
        skipped: list[str],
    ) -> Side:
        entry = self.recipe.entries[entry_index]
        donor = None
        if kind in NEEDS_DONOR:
            donor = self._donor(rng, row, entry_index, native_px, skipped)
        made = make_pseudo_fake(rng, kind, face.image_rgb, face.landmarks_px, donor)
        klass = "real" if kind == "innocent" else entry.becomes or entry.klass
        return Side(Face(made.image_rgb, face.landmarks_px), klass, kind, made.mask)

    def _replacements(self, index: int, entry_index: int) -> Iterator[int]:
        """Rows drawn in place of an unreadable one: by seed and index too, apart from the rest."""
        rng = np.random.default_rng([self.seed, index, REPLACE])
        for _ in range(REPLACEMENTS):
            yield int(rng.choice(self._rows[entry_index]))

    def _donor(
        self,
        rng: np.random.Generator,
        row: int,
        entry: int,
        native_px: float,
        skipped: list[str],
    ) -> Face:
        """Another face of the same source, of nearly the same head pose."""
        others = rng.choice(self._rows[entry], POSE_DONORS)
        others = others[others != row] if (others != row).any() else others
        distance = np.abs(self._pose[others] - self._pose[row]).sum(axis=1)
        nearest = others[np.argsort(distance, kind="stable")]
        return self._store.first_readable(map(int, nearest), native_px, skipped)[1]

    def _cut(
        self,
        rng: np.random.Generator,
        image: ImageArray,
        marks: FloatArray,
        mask: FloatArray | None,
        size_px: int,
    ) -> tuple[ImageArray, FloatArray | None]:
        recipe = self.recipe
        plain = face_geometry(marks, np.zeros(4, np.float32))
        dx, dy = rng.uniform(-recipe.shift, recipe.shift, 2) * plain.side_px
        centre = (plain.centre_px[0] + dx, plain.centre_px[1] + dy)
        turn = rng.uniform(-recipe.rotate_deg, recipe.rotate_deg)
        geometry = CropGeometry(centre, plain.side_px, plain.angle_deg + turn)
        affine = crop_affine(geometry, float(rng.uniform(*recipe.margin)))
        if recipe.stretch:
            affine = stretched(rng, affine, recipe.stretch)
        crop = warp_crop(image, affine, size_px)
        if mask is not None:
            grey = (np.clip(mask, 0, 1) * 255).astype(np.uint8)
            padded = np.repeat(grey[:, :, None], 3, axis=2)
            inside = warp_crop(np.full_like(padded, 255), affine, size_px)[:, :, 0] > 200
            cut = warp_crop(padded, affine, size_px)[:, :, 0].astype(np.float32) / 255
            mask = np.where(inside, cut, 0).astype(np.float32)
        if rng.random() < 0.5:
            crop = np.ascontiguousarray(crop[:, ::-1])
            mask = None if mask is None else np.ascontiguousarray(mask[:, ::-1])
        return crop, mask


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    kinds = sorted(shares)
    weights = np.array([shares[kind] for kind in kinds], np.float64)
    return kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
