"""A small description of how a face looks in this clip: to follow it, not to know who it is.

Colours of a coarse 6 x 6 layout (Lab) and a histogram of gradient directions by quadrant, from a
crop that also holds hair and collar. It lives only while a clip is read and is never stored.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.faces.crop import take_crop
from unmask.types import FloatArray, ImageArray

CROP_PX = 48
MARGIN = 1.5
LAYOUT = 6
DIRECTIONS = 8


def describe(
    image_rgb: ImageArray, landmarks_px: FloatArray | None, box_xyxy: FloatArray
) -> FloatArray:
    """A unit vector (140,) of a face's colours and edges."""
    crop, _ = take_crop(image_rgb, landmarks_px, box_xyxy, margin=MARGIN, size_px=CROP_PX)
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)
    layout = cv2.resize(lab, (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA) - np.float32(128)
    layout[:, :, 1:] *= 2.0  # chroma moves less than luma and tells more
    colour = layout.ravel() / np.float32(LAYOUT * 64)
    edges = _directions(lab[:, :, 0]) * np.float32(0.5)
    vector = np.concatenate([colour, edges])
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)


def _directions(luma: FloatArray) -> FloatArray:
    """Gradient energy by direction and quadrant, a unit vector (32,)."""
    dx = cv2.Sobel(luma, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    angle = (np.arctan2(dy, dx) % np.pi) * (DIRECTIONS / np.pi)
    bins = np.minimum(angle.astype(int), DIRECTIONS - 1)
    half = CROP_PX // 2
    rows, columns = np.indices(luma.shape)
    cell = (rows // half) * 2 + columns // half
    energy = np.bincount(
        (cell * DIRECTIONS + bins).ravel(), np.hypot(dx, dy).ravel(), 4 * DIRECTIONS
    )
    return np.asarray(energy / max(float(np.linalg.norm(energy)), 1e-6), np.float32)


def likeness_in_any_light(a: FloatArray, b: FloatArray) -> float:
    """1 for two descriptions that differ in nothing but how bright the face is, as under a flash.

    About 0 for very different ones: 1 minus half the squared distance without the mean brightness.
    """
    return float(_evened(a) @ _evened(b))


def _evened(look: FloatArray) -> FloatArray:
    even = look.copy()
    luma = even[: 3 * LAYOUT * LAYOUT : 3]
    luma -= luma.mean()
    return np.asarray(even / max(float(np.linalg.norm(even)), 1e-6), np.float32)
