"""One training draw: a pure function of (recipe, manifest, seed, index).

So draws do not depend on worker processes, and a run that was killed goes on with the very draws
it would have made. Cuts with `faces.crop`, the same code that serves.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from unmask.data.adapters.base import CLASSES
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.meshes import decode_rgb
from unmask.data.pseudo import Donor, make_pseudo_fake
from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.faces.crop import CropGeometry, crop_affine, face_geometry, warp_crop
from unmask.media.degrade import degrade
from unmask.types import FloatArray, ImageArray

MESH_SCORE_MIN = 0.5  # below it there is no face (deepfake_faces holds about 1 in 36 of these)
POSE_DONORS = 12  # candidates looked at for a donor of the nearest head pose
NEEDS_DONOR = ("pose_swap", "region_blend")
REPLACEMENTS = 20  # other pictures tried in place of one that cannot be read
HELD_BYTES_MAX = 4 * 2**30  # files up to this are kept in memory, larger sets are read as drawn
CONTEXT = 1.9  # side of the working cut over the face: what the widest crop and jitter can reach


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


class Drawer:
    """Draws from the training split of a manifest by a recipe."""

    def __init__(self, manifest: Path, recipe: Recipe, *, seed: int, split: str = "train") -> None:
        self.recipe, self.seed = recipe, seed
        table = read_manifest(manifest)
        landmarks, score = read_meshes(manifest)
        keep = (score >= MESH_SCORE_MIN) & (table["split"] == split).to_numpy()
        self._table = table[keep].reset_index(drop=True)
        self._landmarks = landmarks[keep]
        self._files = self._read(self._table)
        self._rows = [self._rows_of(entry) for entry in recipe.entries]
        weights = np.array([entry.weight for entry in recipe.entries], np.float64)
        self._weights = weights / weights.sum()
        self._pose = _rough_pose(self._landmarks)

    @staticmethod
    def _read(table: pd.DataFrame) -> list[bytes]:
        """The files, or nothing where they are too many to be held."""
        held, total = [], 0
        for path in table["path"]:
            held.append(_file_bytes(path))
            total += len(held[-1])
            if total > HELD_BYTES_MAX:
                return []
        return held

    def _rows_of(self, entry: Entry) -> np.ndarray:
        rows = np.flatnonzero(
            (self._table["source"] == entry.source) & (self._table["klass"] == entry.klass)
        )
        if not len(rows):
            raise UsageError(
                f"no training picture of class {entry.klass!r} in source {entry.source!r}",
                "take the entry out of the recipe or scan the data again",
            )
        return rows

    def draw(self, index: int, size_px: int) -> Draw:
        """The draw of that index at (size_px, size_px)."""
        rng = np.random.default_rng([self.seed, index])
        entry_index = int(rng.choice(len(self._weights), p=self._weights))
        entry = self.recipe.entries[entry_index]
        row = int(rng.choice(self._rows[entry_index]))
        native = float(np.exp(rng.uniform(*np.log(self.recipe.native_px))))
        skipped: list[str] = []
        row, (image, marks) = self._first_readable(
            itertools.chain([row], self._replacements(index, entry_index)), native, skipped
        )
        kind, mask = "as_is", None
        if entry.pseudo:
            kinds = sorted(entry.pseudo)
            shares = np.array([entry.pseudo[k] for k in kinds], np.float64)
            kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        if kind != "as_is":
            donor = None
            if kind in NEEDS_DONOR:
                donor = self._donor(rng, row, entry_index, native, skipped)
            fake = make_pseudo_fake(rng, kind, image, marks, donor)
            image, mask = fake.image_rgb, fake.mask
        elif entry.klass == "real":
            mask = np.zeros(image.shape[:2], np.float32)
        if rng.random() < self.recipe.degrade:
            image = degrade(rng, image)
        crop, mask = self._cut(rng, image, marks, mask, size_px)
        klass = CLASSES.index(entry.becomes or entry.klass)
        identity = str(self._table["identity"][row])
        return Draw(crop, klass, entry.source, kind, mask, tuple(skipped), identity)

    def _replacements(self, index: int, entry_index: int) -> Iterator[int]:
        """Rows drawn in place of an unreadable one: by seed and index too, apart from the rest."""
        rng = np.random.default_rng([self.seed, index, 1])
        for _ in range(REPLACEMENTS):
            yield int(rng.choice(self._rows[entry_index]))

    def _first_readable(
        self, rows: Iterable[int], native_px: float, skipped: list[str]
    ) -> tuple[int, tuple[ImageArray, FloatArray]]:
        for row in rows:
            loaded = self._load(row, native_px)
            if loaded is not None:
                return row, loaded
            skipped.append(str(self._table["path"][row]))
        raise UsageError(
            f"{len(skipped)} pictures tried in turn cannot be read, {skipped[0]} first",
            "check that the pictures are still there, or scan the data again",
        )

    def _load(self, row: int, native_px: float) -> tuple[ImageArray, FloatArray] | None:
        """The surroundings of the face at the native size drawn, and its landmarks there.

        None where the file cannot be read.
        """
        data = self._files[row] if self._files else _file_bytes(self._table["path"][row])
        image = decode_rgb(np.frombuffer(data, np.uint8))
        if image is None:
            return None
        marks = self._landmarks[row]
        geometry = face_geometry(marks, np.zeros(4, np.float32))
        half = geometry.side_px * CONTEXT / 2
        x1, y1 = (max(0, int(c - half)) for c in geometry.centre_px)
        x2, y2 = (int(c + half) + 1 for c in geometry.centre_px)
        image = image[y1:y2, x1:x2]
        marks = marks - np.array([x1, y1], np.float32)
        scale = native_px / geometry.side_px
        if scale < 1:
            height, width = image.shape[:2]
            size = (max(8, round(width * scale)), max(8, round(height * scale)))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            marks = marks * (np.array(size, np.float32) / np.array([width, height], np.float32))
        return np.ascontiguousarray(image), marks.astype(np.float32)

    def _donor(
        self,
        rng: np.random.Generator,
        row: int,
        entry: int,
        native_px: float,
        skipped: list[str],
    ) -> Donor:
        """Another face of the same source, of nearly the same head pose."""
        others = rng.choice(self._rows[entry], POSE_DONORS)
        others = others[others != row] if (others != row).any() else others
        distance = np.abs(self._pose[others] - self._pose[row]).sum(axis=1)
        nearest = others[np.argsort(distance, kind="stable")]
        return self._first_readable(map(int, nearest), native_px, skipped)[1]

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


def _file_bytes(path: str) -> bytes:
    """The file, or nothing where it cannot be read (which decodes to no picture)."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _rough_pose(landmarks: FloatArray) -> FloatArray:
    """(N, 2): where the nose tip lies between the sides and between brow and chin of the mesh."""
    mesh = landmarks[:, :468]
    low, high = mesh.min(axis=1), mesh.max(axis=1)
    return np.asarray((mesh[:, 1] - low) / np.maximum(high - low, 1), np.float32)
