"""How a coarse heat map is enlarged and when it counts as empty: one place for all who read it.

HeatMap -> [here] -> the deletion test (`faithfulness.py`), regions, findings and pictures
(`explain/`).
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from unmask.types import FloatArray, HeatMap

RASTER_PX = 160  # a crop is divided at this size
CREASE_SIGMA = 0.35  # of a cell: smooths the creases that bilinear steps leave
KERNEL_REACH = 4.0  # sigmas on either side that the smoothing takes in
EMPTY_PEAK = 0.25  # of the scale: below it a reader sees next to nothing (opacity .2)


def upsample(values: FloatArray, size_px: int) -> FloatArray:
    """A coarse map (h, w) at (size_px, size_px): bilinear, creases smoothed, never overshooting.

    What is measured and what is shown both go through here. Both steps are linear and work on rows
    and columns alike, so each axis is one small matrix, made once.
    """
    grid = np.ascontiguousarray(values, np.float32)
    sigma = CREASE_SIGMA * size_px / max(grid.shape)
    tall, wide = (_spread(cells, size_px, sigma) for cells in grid.shape)
    # OpenCV's product: numpy's would wake a pool of threads for a map this small.
    nothing = np.empty(0)
    rows = cv2.gemm(tall, grid, 1.0, nothing, 0.0)
    return np.asarray(cv2.gemm(rows, wide, 1.0, nothing, 0.0, flags=cv2.GEMM_2_T), np.float32)


def middle_of(maps: FloatArray, share: float) -> FloatArray:
    """Maps (..., h, w) of a wider crop, cut to its middle `share` (0 to 1) at the same size."""
    *lead, height, width = maps.shape
    down, across = (
        (((np.arange(cells) + 0.5) / cells - 0.5) * share + 0.5) * cells - 0.5
        for cells in (height, width)
    )
    columns, rows = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
    each = [
        cv2.remap(np.ascontiguousarray(one, np.float32), columns, rows, cv2.INTER_LINEAR)
        for one in maps.reshape(-1, height, width)
    ]
    return np.asarray(np.stack(each).reshape(*lead, height, width), np.float32)


@lru_cache(maxsize=32)
def _spread(cells: int, size_px: int, sigma: float) -> FloatArray:
    """(size_px, cells): what every cell of one axis gives to every pixel; rows sum to 1."""
    each = np.eye(cells, dtype=np.float32)
    wide = cv2.resize(each, (cells, size_px), interpolation=cv2.INTER_LINEAR)
    length = round(2 * KERNEL_REACH * sigma + 1) | 1
    kernel = cv2.getGaussianKernel(length, sigma, cv2.CV_32F)
    alone = np.ones((1, 1), np.float32)
    smooth = cv2.sepFilter2D(wide, cv2.CV_32F, alone, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, np.float32)


def peak_of(heat_map: HeatMap) -> float:
    """The highest value of the enlarged map over its scale; below `EMPTY_PEAK` it looks empty."""
    return float(upsample(heat_map.values, RASTER_PX).max()) / heat_map.scale
