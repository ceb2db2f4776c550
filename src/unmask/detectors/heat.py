"""How a coarse heat map is enlarged and when it counts as empty: one place for all who read it.

HeatMap -> [here] -> the deletion test (`faithfulness.py`), regions, findings and pictures
(`explain/`).
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.types import FloatArray, HeatMap

RASTER_PX = 160  # a crop is divided at this size
CREASE_SIGMA = 0.35  # of a cell: smooths the creases that bilinear steps leave
EMPTY_PEAK = 0.25  # of the scale: below it a reader sees next to nothing (opacity .2)


def upsample(values: FloatArray, size_px: int) -> FloatArray:
    """A coarse map (h, w) at (size_px, size_px): bilinear, creases smoothed, never overshooting.

    What is measured and what is shown both go through here.
    """
    grid = np.ascontiguousarray(values, np.float32)
    wide = cv2.resize(grid, (size_px, size_px), interpolation=cv2.INTER_LINEAR)
    sigma = CREASE_SIGMA * size_px / max(values.shape)
    smooth = cv2.GaussianBlur(wide, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, np.float32)


def peak_of(heat_map: HeatMap) -> float:
    """The highest value of the enlarged map over its scale; below `EMPTY_PEAK` it looks empty."""
    return float(upsample(heat_map.values, RASTER_PX).max()) / heat_map.scale
