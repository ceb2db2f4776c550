"""Putting one face layer over another: colour transfer, light, gradient-domain and alpha blending.

Layers are (H, W, 3) uint8 RGB, masks (H, W) float32 in [0, 1].
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from unmask.types import FloatArray, ImageArray

BLEND_RATIOS = (0.25, 0.5, 0.75, 1.0, 1.0, 1.0)  # self-blended images, as published
MEMBRANE_SIDE = 40  # pixels; the membrane is smooth, so a coarse one is exact enough
MEMBRANE_ROUNDS = 80


def alpha_blend(top: ImageArray, base: ImageArray, alpha: FloatArray) -> ImageArray:
    """`top` over `base`; where alpha is 0 the result is `base` to the bit."""
    scaled = np.asarray(alpha * np.float32(256) + np.float32(0.5), np.int32)[..., None]
    mixed = base.astype(np.int32)
    mixed += ((top.astype(np.int32) - mixed) * scaled + 128) >> 8
    return mixed.astype(np.uint8)


def match_colour(layer: ImageArray, target: ImageArray, mask: FloatArray) -> ImageArray:
    """Mean and spread of Lab inside the mask carried over (Reinhard et al., 2001)."""
    inside = (mask > 0.5).astype(np.uint8)
    if int(inside.sum()) < 16:
        return layer
    lab = cv2.cvtColor(layer, cv2.COLOR_RGB2LAB)
    mean_from, spread_from = cv2.meanStdDev(lab, mask=inside)
    mean_to, spread_to = cv2.meanStdDev(cv2.cvtColor(target, cv2.COLOR_RGB2LAB), mask=inside)
    gain = np.clip(spread_to / np.maximum(spread_from, 1.0), 0.5, 2.0)
    ramp = np.arange(256, dtype=np.float64)[:, None]
    table = np.clip((ramp - mean_from.T) * gain.T + mean_to.T + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(cv2.LUT(lab, table[None]), cv2.COLOR_LAB2RGB), np.uint8)


def add_membrane(layer: ImageArray, target: ImageArray, mask: FloatArray) -> ImageArray:
    """The layer plus the smooth surface that makes it meet the target at the mask's border.

    The difference target - layer on the border is carried inside by Laplace's equation: the
    membrane form of Poisson image editing (Perez et al., 2003), solved on a coarse grid.
    """
    inside = (mask > 0.5).astype(np.uint8)
    ring = cv2.dilate(inside, np.ones((5, 5), np.uint8)) - inside
    if not inside.any() or not ring.any():
        return layer
    height, width = mask.shape
    scale = min(1.0, MEMBRANE_SIDE / max(height, width))
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    difference = cv2.subtract(target, layer, dtype=cv2.CV_32F) * ring[..., None]
    known = _shrink(difference, small)
    weight = _shrink(ring.astype(np.float32), small)[..., None]
    fixed = weight > 0.02
    known = np.where(fixed, known / np.maximum(weight, 1e-3), 0)
    surface = _relax(known.astype(np.float32), fixed)
    full = cv2.resize(surface, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(layer + full + np.float32(0.5), 0, 255), np.uint8)


def _shrink(values: npt.NDArray[np.float32], size: tuple[int, int]) -> FloatArray:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _relax(known: FloatArray, fixed: npt.NDArray[np.bool_]) -> FloatArray:
    """Fill what is not fixed by Laplace's equation; starts from the mean of what is."""
    surface = np.where(fixed, known, known.sum(axis=(0, 1)) / max(1, int(fixed.sum())))
    surface = surface.astype(np.float32)
    hold = np.broadcast_to(fixed, surface.shape)
    for index in range(MEMBRANE_ROUNDS):
        side = 5 if index < MEMBRANE_ROUNDS // 2 else 3
        smooth = cv2.blur(surface, (side, side), borderType=cv2.BORDER_REPLICATE)
        np.copyto(surface, smooth, where=~hold)
    return surface


def shade(rng: np.random.Generator, layer: ImageArray, strength: float) -> ImageArray:
    """Light from a wrong side: a linear gain of up to +-`strength` over the layer."""
    height, width = layer.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None] * np.float32(np.cos(angle))
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.float32(np.sin(angle))
    gain = 1 + np.float32(strength) * (columns + rows)
    return np.asarray(np.clip(layer * gain[..., None] + np.float32(0.5), 0, 255), np.uint8)


def crop_box(
    mask_points_px: FloatArray, shape: tuple[int, int], margin_px: float
) -> tuple[slice, slice]:
    """Rows and columns of the picture that hold the points and a margin round them."""
    low = np.floor(mask_points_px.min(axis=0) - margin_px).astype(int)
    high = np.ceil(mask_points_px.max(axis=0) + margin_px).astype(int)
    top, left = int(np.clip(low[1], 0, shape[0] - 2)), int(np.clip(low[0], 0, shape[1] - 2))
    bottom = int(np.clip(high[1] + 1, top + 2, shape[0]))
    right = int(np.clip(high[0] + 1, left + 2, shape[1]))
    return slice(top, bottom), slice(left, right)
