"""From crops to the network's input: the only place where pixels are normalised.

Training, evaluation and serving call `network_input` with the `input` of the bundle's card.
"""

from __future__ import annotations

import numpy as np

from unmask.models.card import InputSpec
from unmask.types import FloatArray, ImageArray


def network_input(crops_rgb: ImageArray, spec: InputSpec) -> FloatArray:
    """(N, 3, S, S) float32, x = (pixel - mean) / std in the card's colour order, contiguous.

    `crops_rgb` is (N, S, S, 3) uint8 with S = `spec.size_px`; ValueError for any other shape.
    """
    expected = (spec.size_px, spec.size_px, 3)
    if crops_rgb.ndim != 4 or crops_rgb.shape[1:] != expected or crops_rgb.dtype != np.uint8:
        raise ValueError(
            f"expected crops of shape (N, {spec.size_px}, {spec.size_px}, 3) and dtype uint8, "
            f"got {crops_rgb.shape} and {crops_rgb.dtype}"
        )
    channels = (0, 1, 2) if spec.colour == "rgb" else (2, 1, 0)
    out = np.empty((crops_rgb.shape[0], 3, spec.size_px, spec.size_px), np.float32)
    for to, (source, mean, std) in enumerate(zip(channels, spec.mean, spec.std, strict=True)):
        np.subtract(crops_rgb[..., source], np.float32(mean), out=out[:, to])
        out[:, to] /= np.float32(std)
    return out
