"""Made backgrounds: a wall or open ground with things on it, in focus or not; no two alike.

Nothing in them comes from a picture, so that a seed tells which split a background belongs to.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.types import FloatArray, ImageArray

OCTAVES = (3, 7, 19, 53, 149, 401)  # cells across, from the light on a wall to its grain


def draw_backdrop(rng: np.random.Generator, width_px: int, height_px: int) -> ImageArray:
    """A background (H, W, 3) uint8."""
    base = _wall(rng, width_px, height_px)
    for _ in range(int(rng.integers(4, 14))):
        _put_thing(rng, base)
    blur = float(rng.choice((0.6, 1.5, 3.0, 5.0)))
    soft = cv2.GaussianBlur(base, (0, 0), blur)
    return np.asarray(np.clip(soft + np.float32(0.5), 0, 255), np.uint8)


def _wall(rng: np.random.Generator, width: int, height: int) -> FloatArray:
    colour = rng.uniform(60, 190) + rng.normal(0, 14, 3)
    wall = np.full((height, width, 3), colour, np.float32)
    strength = rng.uniform(5, 16)
    fall = rng.uniform(0.55, 0.95)  # how fast detail dies with its size
    for place, cells in enumerate(OCTAVES):
        rows = max(2, cells * height // width)
        grey = rng.normal(0, strength * fall**place, (rows, cells, 1))
        tint = rng.normal(0, 0.25 * strength * fall**place, (rows, cells, 3))
        noise = (grey + tint).astype(np.float32)
        wall += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return wall


def _put_thing(rng: np.random.Generator, image: FloatArray) -> None:
    """A frame, a window, a plant, a lamp: a box, an ellipse or stripes with a texture."""
    height, width = image.shape[:2]
    size = rng.uniform(0.04, 0.3, 2) * (width, height)
    corner = rng.uniform(-0.1, 0.95, 2) * (width, height)
    colour = [float(v) for v in rng.uniform(20, 230) + rng.normal(0, 22, 3)]
    low, high = corner.astype(int), (corner + size).astype(int)
    kind = int(rng.integers(3))
    if kind == 0:
        cv2.rectangle(image, low.tolist(), high.tolist(), colour, -1, cv2.LINE_AA)
    elif kind == 1:
        middle, half = ((low + high) // 2).tolist(), (size / 2).astype(int).tolist()
        cv2.ellipse(image, middle, half, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    else:
        for x in range(low[0], high[0], max(4, int(size[0] / 7))):
            cv2.line(image, (x, int(low[1])), (x, int(high[1])), colour, 2, cv2.LINE_AA)
