"""Faces of which it is known where they were changed: the truth that heat maps are measured by.

Two kinds: pseudo-fakes made on the fly from genuine faces (`data/pseudo.py`), with exact masks;
and composites by people whose index names the edited parts (columns `file`, `edited_parts`,
`difficulty` of `index.csv` beside `images/`), where the part is drawn from the face mesh.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unmask.data.pseudo import make_pseudo_fake, pose_difference
from unmask.data.pseudo_masks import fill_hull, part_mask
from unmask.errors import RefusedError
from unmask.evaluate.scores import read_picture
from unmask.evaluate.targets import Targets, draw_evenly
from unmask.explain.regions import to_crop
from unmask.faces.crop import warp_crop
from unmask.faces.mesh_regions import FACE_OVAL
from unmask.types import FloatArray, ImageArray

KINDS = ("self_blend", "region_blend", "pose_swap")
DONORS = 12  # candidates looked at for a donor of the nearest head pose
PART_FACTOR = 1.6  # an edited part reaches beyond the mesh's outline of it, as lassos do
EYES = ("left_eye", "right_eye")
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A pseudo-fake: picture, its mesh and box, the mask (H, W) in [0, 1], kind and source."""

    image_rgb: ImageArray
    landmarks: FloatArray
    box: FloatArray
    mask: FloatArray
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What an index says of a composite: parts of the face, and how hard it is to see."""

    parts: tuple[str, ...]
    difficulty: str


def pseudo_fakes(targets: Targets, count: int, seed: int) -> Iterator[Changed]:
    """`count` pseudo-fakes of genuine faces with a mesh, the kinds in turn, sources evenly."""
    rows = rows_of(targets, fake=False)
    part = targets.take(rows)
    for number, row in enumerate(draw_evenly(part.table, min(count, len(rows)), seed)):
        kind = KINDS[number % len(KINDS)]
        rng = np.random.default_rng([seed, int(row), number % len(KINDS)])
        try:
            image = read_picture(Path(part.table["path"][row]))
            donor = _donor(rng, part, int(row)) if kind != "self_blend" else None
        except RefusedError:
            continue  # it is counted where the picture itself is scored
        marks = part.landmarks[int(row)]
        fake = make_pseudo_fake(rng, kind, image, marks, donor)
        source = str(part.table["source"][row])
        yield Changed(fake.image_rgb, marks, part.boxes[row], fake.mask, kind, source)


def rows_of(targets: Targets, *, fake: bool) -> npt.NDArray[np.intp]:
    """Rows of one side whose mesh is known."""
    side = ((targets.table["klass"] != "real") == fake).to_numpy()
    known = np.array([row in targets.landmarks for row in range(len(targets))], bool)
    return np.flatnonzero(side & known)


def crop_mask(mask: FloatArray, crop_to_frame: FloatArray, size_px: int) -> Mask:
    """A mask of the picture as the network sees it: over half of its own strongest value."""
    grey = (np.clip(mask, 0, 1) * 255).astype(np.uint8)
    padded = np.repeat(grey[:, :, None], 3, axis=2)
    inside = warp_crop(np.full_like(padded, 255), crop_to_frame, size_px)[:, :, 0] > 200
    cut = warp_crop(padded, crop_to_frame, size_px)[:, :, 0]
    return np.asarray(inside & (cut > max(1.0, float(grey.max()) / 2)), np.bool_)


def read_edits(targets: Targets) -> dict[int, Edit]:
    """{row: edit} of the composites whose data set has an index of edited parts."""
    found: dict[int, Edit] = {}
    indexes: dict[Path, dict[str, Edit]] = {}
    for row in rows_of(targets, fake=True):
        path = Path(targets.table["path"][row])
        root = path.parent.parent
        if root not in indexes:
            indexes[root] = _read_index(root / "index.csv")
        edit = indexes[root].get(path.name)
        if edit is not None:
            found[int(row)] = edit
    return found


def edit_mask(
    edit: Edit, landmarks: FloatArray, crop_to_frame: FloatArray, size_px: int, *, lenient: bool
) -> Mask:
    """Where a composite was edited, in the crop; `lenient` takes both eyes for either one.

    "left" is the picture's left: so it is in all four composites looked at whose single edited eye
    can be told by sight. The data set does not say so, hence the lenient reading beside it.
    """
    points = to_crop(landmarks, crop_to_frame) * size_px
    parts = set(edit.parts)
    if lenient and parts & set(EYES):
        parts |= set(EYES)
    masks = [part_mask(points, part, (size_px, size_px), PART_FACTOR) for part in sorted(parts)]
    return np.asarray(np.max(masks, axis=0) > 0.5, np.bool_)


def face_mask(landmarks: FloatArray, crop_to_frame: FloatArray, size_px: int) -> Mask:
    """The face's oval in the crop."""
    points = to_crop(landmarks, crop_to_frame) * size_px
    return fill_hull(points[list(FACE_OVAL)], (size_px, size_px)) > 0.5


def _donor(
    rng: np.random.Generator, targets: Targets, row: int
) -> tuple[ImageArray, FloatArray] | None:
    """Another genuine face of the same source, of nearly the same head pose; None if alone."""
    same = targets.table["source"].to_numpy(str) == str(targets.table["source"][row])
    same &= targets.table["identity"].to_numpy(str) != str(targets.table["identity"][row])
    if not same.any():
        same = np.arange(len(targets)) != row
    others = rng.choice(np.flatnonzero(same), DONORS)
    marks = targets.landmarks[row]
    nearest = min(others, key=lambda o: pose_difference(marks, targets.landmarks[int(o)]))
    image = read_picture(Path(targets.table["path"][nearest]))
    return image, targets.landmarks[int(nearest)]


def _read_index(path: Path) -> dict[str, Edit]:
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if not {"file", "edited_parts"} <= set(reader.fieldnames or ()):
            return {}
        return {
            row["file"]: Edit(tuple(row["edited_parts"].split("+")), row.get("difficulty") or "")
            for row in reader
            if row["edited_parts"]
        }
