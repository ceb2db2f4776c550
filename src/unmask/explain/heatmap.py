"""Pictures of a heat map: the crop under a transparent layer of colour, and the scale beside it.

The last step before a report's writers. Everything is RGB. A value of the bundle's `scale` is full
colour, a value of zero or less shows nothing, and no map is ever stretched to its own range: the
map of a genuine face looks empty. The ramps are ColorBrewer's YlOrRd and YlGnBu (Harrower & Brewer,
2003): lightness falls steadily, so they hold for colour-blind readers and in a grey print.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.heat import upsample
from unmask.types import FloatArray, HeatMap, ImageArray

Anchors = tuple[tuple[int, int, int], ...]

HEAT_RAMP: Anchors = (
    (254, 217, 118),
    (254, 178, 76),
    (253, 141, 60),
    (252, 78, 42),
    (227, 26, 28),
    (189, 0, 38),
    (128, 0, 38),
)
BLEND_RAMP: Anchors = (
    (199, 233, 180),
    (127, 205, 187),
    (65, 182, 196),
    (29, 145, 192),
    (34, 94, 168),
    (37, 52, 148),
    (8, 29, 88),
)
OPACITY = 0.8  # of full colour; below that the face is seen through it
PAPER = (255, 255, 255)  # what lies under the scale bar


def ramp(share: FloatArray, anchors: Anchors = HEAT_RAMP) -> FloatArray:
    """Colours (…, 3) float32 RGB 0-255 of shares of the scale, which are clipped to [0, 1]."""
    stops = np.linspace(0.0, 1.0, len(anchors))
    colours = np.asarray(anchors, np.float64)
    clipped = np.clip(share, 0.0, 1.0)
    channels = [np.interp(clipped, stops, colours[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def heat_share(heat_map: HeatMap, size_px: int) -> FloatArray:
    """The map at (size_px, size_px) as shares of its scale in [0, 1]; nothing below zero."""
    share: FloatArray = upsample(heat_map.values, size_px) / np.float32(heat_map.scale)
    return np.clip(share, np.float32(0), np.float32(1))


def render_crop(heat_map: HeatMap, size_px: int) -> ImageArray:
    """The bare crop at (size_px, size_px, 3) RGB."""
    crop = heat_map.crop_rgb
    shrinks = size_px < crop.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop, (size_px, size_px), interpolation=how), np.uint8)


def render_heat_map(heat_map: HeatMap, size_px: int = 320) -> ImageArray:
    """The heat map over its crop, (size_px, size_px, 3) RGB."""
    return overlay(render_crop(heat_map, size_px), heat_share(heat_map, size_px), HEAT_RAMP)


def render_blend_map(heat_map: HeatMap, size_px: int = 320) -> ImageArray | None:
    """The blend map over the crop, (size_px, size_px, 3) RGB; None where the bundle has none."""
    if heat_map.blend is None:
        return None
    share = np.clip(upsample(heat_map.blend, size_px), 0.0, 1.0)
    return overlay(render_crop(heat_map, size_px), share, BLEND_RAMP)


def render_scale_bar(
    width_px: int = 320, height_px: int = 16, anchors: Anchors = HEAT_RAMP
) -> ImageArray:
    """The scale from 0 (left, nothing) to full colour (right) on white, without text."""
    paper = np.full((height_px, width_px, 3), PAPER, np.uint8)
    share = np.broadcast_to(
        np.linspace(0.0, 1.0, width_px, dtype=np.float32), (height_px, width_px)
    )
    return overlay(paper, np.ascontiguousarray(share), anchors)


def overlay(image_rgb: ImageArray, share: FloatArray, anchors: Anchors) -> ImageArray:
    """Lay the colours of `share` (H, W) over a picture (H, W, 3), opaque in proportion to it."""
    alpha = (OPACITY * np.clip(share, 0.0, 1.0))[..., None]
    mixed = image_rgb * (1.0 - alpha) + ramp(share, anchors) * alpha
    result: npt.NDArray[np.uint8] = np.round(mixed).astype(np.uint8)
    return result
