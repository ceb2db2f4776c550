"""Changes that hide who is seen and leave what was done: against learning people by heart.

A detector that is trained on few hundred people learns their faces, and errs on others. Covered
parts (Das et al., "Towards solving the deepfake problem: Face-Cutout", 2021, measured on the
Deepfake Detection Challenge, whose winner did the same), stretched faces and other colours make of
one person many. Twins are changed alike. Stands inside `draws.py`.
"""

from __future__ import annotations

import numpy as np

from unmask.data.pseudo_masks import PARTS, bend, face_width, fill_hull, grow, part_mask
from unmask.data.recipe import Recipe
from unmask.faces import mesh_regions as regions
from unmask.faces.crop import BORDER_GREY
from unmask.media.degrade import adjust_tone
from unmask.types import FloatArray, ImageArray

GAMMA, GAIN, CONTRAST = (0.6, 1.6), (0.72, 1.28), (0.7, 1.25)
PART_FACTOR = (1.2, 2.0)  # how much a covered part is enlarged
COVERED_MAX = 0.6  # share of what was changed that may be covered


def hide_person(
    rng: np.random.Generator,
    face: tuple[ImageArray, FloatArray],
    recipe: Recipe,
    truth: FloatArray | None,
) -> tuple[ImageArray, FloatArray | None]:
    """The picture (H, W, 3), recoloured and in part covered as often as the recipe says.

    Beside it which places (H, W) are covered, 1 or 0, or None. `truth` (H, W) is where the picture,
    or its twin, was changed, where that is known: what covers most of it is left away.
    """
    image, landmarks_px = face
    if rng.random() < recipe.recolour:
        gains = rng.uniform(*GAIN, 3).astype(np.float32)
        image = adjust_tone(image, rng.uniform(*GAMMA), gains, rng.uniform(*CONTRAST))
    if rng.random() >= recipe.cutout:
        return image, None
    hidden = cover(rng, landmarks_px, image.shape[:2])
    fill = np.full((1, 1, 3), BORDER_GREY, np.uint8)
    if rng.random() < 0.5:
        fill = rng.integers(0, 256, image.shape, np.uint8)
    if truth is not None and float((truth * hidden).sum()) > COVERED_MAX * float(truth.sum()):
        return image, None
    return np.where(hidden[..., None] > 0, fill, image).astype(np.uint8), hidden


def cover(rng: np.random.Generator, landmarks_px: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """One or two parts of the face, or a corner of it: 1 inside, 0 outside, (H, W) float32."""
    if rng.random() < 0.4:
        hidden = _corner(rng, landmarks_px, shape)
    else:
        hidden = np.zeros(shape, np.float32)
        for name in rng.choice(sorted(PARTS), int(rng.integers(1, 3)), replace=False):
            part = part_mask(landmarks_px, str(name), shape, rng.uniform(*PART_FACTOR))
            np.maximum(hidden, part, out=hidden)
    hidden = bend(rng, hidden, face_width(landmarks_px), strength=0.5)
    return (hidden > 0.5).astype(np.float32)


def _corner(
    rng: np.random.Generator, landmarks_px: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    """The hull of the part of the face's outline that lies on one side of a random line."""
    outline = grow(landmarks_px[list(regions.FACE_OVAL)], 1.1)
    middle, width = outline.mean(axis=0), face_width(landmarks_px)
    angle = rng.uniform(0, 2 * np.pi)
    beyond = (outline - middle) @ np.array([np.cos(angle), np.sin(angle)]) > 0.12 * width
    if int(beyond.sum()) < 3:
        return np.zeros(shape, np.float32)
    return fill_hull(outline[beyond], shape)


def stretched(rng: np.random.Generator, affine: FloatArray, share: float) -> FloatArray:
    """A crop's (2, 3) affine (from 0..1) with sides that differ and shear, about its middle."""
    wide, tall = np.exp(rng.uniform(-share, share, 2))
    shear = rng.uniform(-share, share, 2)
    change = np.array([[wide, shear[0]], [shear[1], tall]])
    linear = affine[:, :2] @ change
    middle = affine @ np.array([0.5, 0.5, 1.0])
    return np.column_stack([linear, middle - linear @ np.array([0.5, 0.5])]).astype(np.float32)
