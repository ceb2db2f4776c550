"""The small changes that make one copy of a face differ from itself, and their innocent twin."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np

from unmask.media.degrade import (
    DOWN_KERNELS,
    UP_KERNELS,
    adjust_tone,
    jpeg,
    resize_and_back,
    scale_chroma,
    sharpen,
    webp,
)
from unmask.types import FloatArray, ImageArray

T = TypeVar("T")


def pick(rng: np.random.Generator, choices: tuple[T, ...]) -> T:
    """One of the choices, evenly."""
    return choices[int(rng.integers(len(choices)))]


def jitter_layer(rng: np.random.Generator, image_rgb: ImageArray, width_px: float) -> ImageArray:
    """Colour, brightness and contrast, then (half and half) sharpening or down-up-scaling."""
    gains = 1 + rng.uniform(-0.08, 0.08) + rng.uniform(-0.08, 0.08, 3)
    gamma, contrast = rng.uniform(0.85, 1.18), rng.uniform(0.88, 1.14)
    image = adjust_tone(image_rgb, gamma, gains.astype(np.float32), contrast)
    if rng.random() < 0.5:
        image = scale_chroma(image, rng.uniform(0.7, 1.3))
    if rng.random() < 0.5:
        return sharpen(image, rng.uniform(0.2, 1.0), max(0.6, 0.006 * width_px))
    factor = pick(rng, (1.5, 2.0, 2.0, 3.0, 4.0))
    return resize_and_back(
        image, 1 / factor, pick(rng, DOWN_KERNELS[:3]), pick(rng, UP_KERNELS[:2])
    )


def move_layer(
    rng: np.random.Generator, image_rgb: ImageArray, landmarks_px: FloatArray
) -> ImageArray:
    """Affine jitter about the face's middle: shift +-3 %, scale .95-1.05, turn +-2 degrees."""
    middle = landmarks_px[:468].mean(axis=0)
    reach = 0.03 * float(np.ptp(landmarks_px[:468], axis=0).max())
    turn = cv2.getRotationMatrix2D(
        (float(middle[0]), float(middle[1])), rng.uniform(-2, 2), rng.uniform(0.95, 1.05)
    )
    turn[:, 2] = turn[:, 2] + rng.uniform(-reach, reach, 2)
    size = (image_rgb.shape[1], image_rgb.shape[0])
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REFLECT_101
    return np.asarray(
        cv2.warpAffine(image_rgb, turn, size, flags=flags, borderMode=border), np.uint8
    )


def compress_layer(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    """Strong JPEG or WebP, on a grid of its own (the layer is shifted before and after)."""
    down, right = (int(v) for v in rng.integers(0, 8, 2))
    padded = np.pad(image_rgb, ((down, 0), (right, 0), (0, 0)), mode="reflect")
    quality = int(rng.integers(20, 65))
    coded = webp(padded, quality) if rng.random() < 0.3 else jpeg(padded, quality)
    return np.ascontiguousarray(coded[down:, right:])
