"""Reduces a picture for the detectors: exact halvings, then one linear step.

An area average by two is ten times as fast as one by an odd ratio (0.3 against 3 to 8 CPU-ms on
1280 x 720 and 1920 x 1080), and after it a linear step of less than two does not alias.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.types import ImageArray


def resize(image_rgb: ImageArray, size: tuple[int, int]) -> ImageArray:
    """The picture at `size` (width, height) px; an odd last row or column may be left out."""
    small = image_rgb
    while small.shape[1] >= 2 * size[0] and small.shape[0] >= 2 * size[1]:
        height, width = small.shape[0] // 2, small.shape[1] // 2
        whole = small[: 2 * height, : 2 * width]
        small = np.asarray(
            cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    if small.shape[1::-1] != size:
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return small
