"""The one crop of a face: training and serving both call `take_crop`, so they cannot differ.

The crop is a square, levelled by the line between the eyes, centred on the mesh's bounding box and
`margin` times as large as its longer side. Where there is no mesh the detector's box stands in for
it, enlarged by a ratio measured on the training material.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from unmask.types import FloatArray, ImageArray

# Outer and inner corners of the eyes: image-left eye 33 and 133, image-right eye 362 and 263
# (MediaPipe face mesh topology).
LEFT_EYE_CORNERS = (33, 133)
RIGHT_EYE_CORNERS = (362, 263)
# Longer side of the mesh's bounding box over the longer side of a CenterFace box, median over
# 2,000 training faces (benchmarks/crop_ratio.py).
MESH_TO_BOX = 1.0
BORDER_GREY = 127


@dataclass(frozen=True, slots=True)
class CropGeometry:
    """A levelled square in a frame: centre (x, y) px, side px, angle in degrees (clockwise)."""

    centre_px: tuple[float, float]
    side_px: float
    angle_deg: float


def face_geometry(landmarks_px: FloatArray | None, box_xyxy: FloatArray) -> CropGeometry:
    """The square of margin 1 around a face, from its mesh or, without one, from its box."""
    if landmarks_px is None:
        x1, y1, x2, y2 = (float(v) for v in box_xyxy)
        side = max(x2 - x1, y2 - y1) * MESH_TO_BOX
        return CropGeometry(((x1 + x2) / 2, (y1 + y2) / 2), max(side, 1.0), 0.0)
    mesh = landmarks_px[:468]
    left = mesh[list(LEFT_EYE_CORNERS)].mean(axis=0)
    right = mesh[list(RIGHT_EYE_CORNERS)].mean(axis=0)
    angle = float(np.arctan2(right[1] - left[1], right[0] - left[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    level = mesh @ np.array([[cos, -sin], [sin, cos]], np.float64)
    low, high = level.min(axis=0), level.max(axis=0)
    mid = (low + high) / 2
    centre = (float(mid[0] * cos - mid[1] * sin), float(mid[0] * sin + mid[1] * cos))
    return CropGeometry(centre, max(float((high - low).max()), 1.0), float(np.degrees(angle)))


def crop_affine(geometry: CropGeometry, margin: float) -> FloatArray:
    """(2, 3) affine from crop coordinates (x, y in 0..1) to pixels of the frame."""
    side = geometry.side_px * margin
    angle = np.radians(geometry.angle_deg)
    cos, sin = side * np.cos(angle), side * np.sin(angle)
    x, y = geometry.centre_px
    return np.array([[cos, -sin, x - (cos - sin) / 2], [sin, cos, y - (sin + cos) / 2]], np.float32)


def warp_crop(image_rgb: ImageArray, affine: FloatArray, size_px: int) -> ImageArray:
    """Cut the square `affine` (from 0..1) out of a picture at (size_px, size_px, 3).

    A strong reduction is done in two steps, an area average and then the warp, so that it does
    not alias. Outside the picture the crop is grey.
    """
    side = float(np.hypot(affine[0, 0], affine[1, 0]))
    shrink = int(side / size_px)
    source, to_frame = image_rgb, affine.astype(np.float64)
    if shrink >= 2:
        source, to_frame = _shrink(image_rgb, to_frame, shrink)
    pixel = to_frame.copy()  # from output pixel centres to source pixel centres
    pixel[:, :2] /= size_px
    pixel[:, 2] += pixel[:, :2] @ np.array([0.5, 0.5]) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = (BORDER_GREY, BORDER_GREY, BORDER_GREY)
    crop = cv2.warpAffine(source, pixel, (size_px, size_px), flags=flags, borderValue=border)
    return np.ascontiguousarray(crop)


def _shrink(
    image_rgb: ImageArray, affine: np.ndarray[tuple[int, ...], np.dtype[np.float64]], factor: int
) -> tuple[ImageArray, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Area-average only the part of the picture that the crop covers, by a whole factor."""
    corners = affine @ np.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]], np.float64)
    height, width = image_rgb.shape[:2]
    x1 = int(np.clip(np.floor(corners[0].min()) - 2 * factor, 0, width - 1))
    y1 = int(np.clip(np.floor(corners[1].min()) - 2 * factor, 0, height - 1))
    x2 = int(np.clip(np.ceil(corners[0].max()) + 2 * factor, x1 + 1, width))
    y2 = int(np.clip(np.ceil(corners[1].max()) + 2 * factor, y1 + 1, height))
    part = image_rgb[y1:y2, x1:x2]
    size = (max(1, (x2 - x1) // factor), max(1, (y2 - y1) // factor))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / (x2 - x1), size[1] / (y2 - y1)])
    moved = affine.copy()
    moved[:, 2] -= (x1, y1)
    return np.asarray(small, np.uint8), moved * scale[:, None]


def take_crop(
    image_rgb: ImageArray,
    landmarks_px: FloatArray | None,
    box_xyxy: FloatArray,
    *,
    margin: float,
    size_px: int,
    flip: bool = False,
) -> tuple[ImageArray, FloatArray]:
    """Cut a face out of a frame.

    Returns the crop (size_px, size_px, 3) uint8 RGB and the (2, 3) affine from crop coordinates
    (0..1, of the crop as returned) to frame pixels. `flip` mirrors the crop left to right, and the
    affine with it.
    """
    affine = crop_affine(face_geometry(landmarks_px, box_xyxy), margin)
    crop = warp_crop(image_rgb, affine, size_px)
    if not flip:
        return crop, affine
    mirrored = affine.copy()
    mirrored[:, 0] = -affine[:, 0]
    mirrored[:, 2] = affine[:, 2] + affine[:, 0]
    return np.ascontiguousarray(crop[:, ::-1]), mirrored
