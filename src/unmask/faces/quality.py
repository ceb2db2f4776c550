"""How well a face can be read: size, sharpness, exposure, contrast, traces of compression."""

from __future__ import annotations

import cv2
import numpy as np

from unmask.faces.crop import take_crop
from unmask.types import FaceQuality, FloatArray, ImageArray

MEASURE_PX = 112
BLOCK_PX = 8  # of JPEG and of the transforms of H.264


def face_quality(
    image_rgb: ImageArray, landmarks_px: FloatArray | None, box_xyxy: FloatArray
) -> FaceQuality:
    """Measure one face: on a levelled crop at 112 px, and blocks on the frame's own pixels."""
    crop, _ = take_crop(image_rgb, landmarks_px, box_xyxy, margin=1.0, size_px=MEASURE_PX)
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    inner = luma[MEASURE_PX // 8 : -MEASURE_PX // 8, MEASURE_PX // 8 : -MEASURE_PX // 8]
    return FaceQuality(
        width_px=float(box_xyxy[2] - box_xyxy[0]),
        sharpness=float(cv2.Laplacian(inner, cv2.CV_32F).var()),
        exposure=float(inner.mean() / 255),
        contrast=float(inner.std() / 255),
        blockiness=blockiness(image_rgb, box_xyxy),
    )


def blockiness(image_rgb: ImageArray, box_xyxy: FloatArray) -> float:
    """Mean step across the frame's 8-px grid lines over the mean step elsewhere; 1 = no blocks.

    Only tells of compression after the last resize; 1 where the face has no two grid lines.
    """
    height, width = image_rgb.shape[:2]
    x1, y1 = (max(0, int(v)) // BLOCK_PX * BLOCK_PX for v in box_xyxy[:2])
    x2, y2 = min(width, int(box_xyxy[2])), min(height, int(box_xyxy[3]))
    if x2 - x1 < 3 * BLOCK_PX or y2 - y1 < 3 * BLOCK_PX:
        return 1.0
    luma = cv2.cvtColor(np.ascontiguousarray(image_rgb[y1:y2, x1:x2]), cv2.COLOR_RGB2GRAY)
    wide = luma.astype(np.int16)
    ratios = [_grid_ratio(np.abs(np.diff(wide, axis=axis)).mean(axis=1 - axis)) for axis in (0, 1)]
    return float(np.mean(ratios))


def _grid_ratio(steps: FloatArray) -> float:
    """Mean step at grid lines over the mean of the others; `steps` (n,) starts at a line."""
    on_line = np.arange(len(steps)) % BLOCK_PX == BLOCK_PX - 1
    return float((steps[on_line].mean() + 0.1) / (steps[~on_line].mean() + 0.1))
