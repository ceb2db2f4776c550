"""A face at its native size, or smaller: never larger than it was taken.

Training and serving both come through here, so that a network which looks at grain sees the same
grain in both.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from unmask.faces.crop import face_geometry
from unmask.types import FloatArray, ImageArray

CONTEXT = 1.9  # side of the working cut over the face: what the widest crop and jitter can reach


class Portrait(NamedTuple):
    """image_rgb (H, W, 3) uint8 and the mesh (478, 2) float32 in its pixels."""

    image_rgb: ImageArray
    landmarks_px: FloatArray


def native_cut(
    face: Portrait, native_px: float
) -> tuple[tuple[slice, slice], tuple[int, int] | None]:
    """Where the surroundings of a face lie, and the (width, height) they are made smaller to."""
    geometry = face_geometry(face.landmarks_px, np.zeros(4, np.float32))
    half = geometry.side_px * CONTEXT / 2
    x1, y1 = (max(0, int(c - half)) for c in geometry.centre_px)
    x2, y2 = (int(c + half) + 1 for c in geometry.centre_px)
    height, width = face.image_rgb.shape[:2]
    where = slice(y1, min(y2, height)), slice(x1, min(x2, width))
    scale = native_px / geometry.side_px
    if scale >= 1:
        return where, None
    sides = (where[1].stop - x1, where[0].stop - y1)
    return where, (max(8, round(sides[0] * scale)), max(8, round(sides[1] * scale)))


def at_native_size(face: Portrait, native_px: float) -> Portrait:
    """The surroundings of the face, the face at most `native_px` large, and its landmarks there."""
    where, size = native_cut(face, native_px)
    image = shrink(face.image_rgb[where], size)
    corner = np.array([where[1].start, where[0].start], np.float32)
    marks: FloatArray = np.asarray(face.landmarks_px - corner, np.float32)
    if size is not None:
        full = (where[1].stop - where[1].start, where[0].stop - where[0].start)
        ratio = np.array(size, np.float32) / np.array(full, np.float32)
        marks = np.asarray(marks * ratio, np.float32)
    return Portrait(np.ascontiguousarray(image), np.asarray(marks, np.float32))


def shrink(values: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """An area average of (H, W) or (H, W, 3) at (width, height); as it is where that is None."""
    return values if size is None else cv2.resize(values, size, interpolation=cv2.INTER_AREA)
