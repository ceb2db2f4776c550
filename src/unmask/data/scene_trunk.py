"""Shoulders for somebody whose picture ends at the collar, so that they can stand in a scene.

A drawn trunk in the colour of the clothes, shaded as a cylinder, with soft folds, goes behind what
the picture has. Its joints are where adults have theirs: about 2.3 face widths apart (the median of
the standing people of the samples as the body network reads them), less than one below the chin.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from unmask.data.scene_spec import Person
from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray

# Outline of the right half: across from the middle and down from the chin, in face widths (those of
# the mesh from side to side).
OUTLINE = ((0.34, -0.1), (0.36, 0.2), (0.55, 0.38), (1.0, 0.52), (1.24, 0.72), (1.36, 1.15),
           (1.45, 2.0), (1.5, 6.0))  # fmt: skip
REACH = 1.6  # of the new picture to either side of the face, face widths
BELOW = 4.6  # and below the chin
SIDE_SEAM = 0.05  # over which hair that the picture cuts off runs out, face widths
SEAM = 0.12  # over which picture and drawing are joined, face widths
FOLDS = 9.0  # grey levels
SKIN_HUE = 0.035  # share of the brightness by which a colour channel of cloth differs from skin


def with_trunk(person: Person, seed: int = 0) -> Person:
    """The person on a larger picture, with a drawn trunk where theirs ends; alpha is needed."""
    if person.alpha is None:
        raise ValueError(f"expected somebody cut out, got {person.name} with a background")
    mesh = person.landmarks_px[: regions.POINTS]
    width = float(np.ptp(mesh[:, 0]))
    middle, chin = float(mesh[:, 0].mean()), float(mesh[:, 1].max())
    high, wide = person.image_rgb.shape[:2]
    left = max(0, int(np.ceil(REACH * width - middle)))
    right = max(0, int(np.ceil(middle + REACH * width - wide)))
    below = max(0, int(np.ceil(chin + BELOW * width - high)))
    pads = ((0, below), (left, right))
    alpha = np.pad(_seamed(person.alpha, width, joined=below > 0), pads)
    image = np.pad(person.image_rgb, (*pads, (0, 0)), mode="edge")
    where = (middle + left, chin)
    trunk, shape = _draw(_cloth(person, width, seed), where, width, alpha.shape, seed)
    mixed = trunk + (image.astype(np.float32) - trunk) * alpha[..., None]
    image = np.clip(mixed + np.float32(0.5), 0, 255).astype(np.uint8)
    marks = person.landmarks_px + np.array([left, 0], np.float32)
    joined = np.asarray(alpha + shape * (1 - alpha), np.float32)
    return replace(person, image_rgb=image, landmarks_px=marks, alpha=joined)


def _seamed(alpha: FloatArray, width: float, *, joined: bool) -> FloatArray:
    """The matte, running out at the picture's sides, and below where a drawing takes over."""
    rows, columns = max(2, round(SEAM * width)), max(2, round(SIDE_SEAM * width))
    down, across = np.ones(alpha.shape[0], np.float32), np.ones(alpha.shape[1], np.float32)
    across[:columns] = np.linspace(0, 1, columns, dtype=np.float32)
    across[-columns:] = across[columns - 1 :: -1]
    down[:columns] = across[:columns]
    if joined:
        down[-rows:] = np.linspace(1, 0, rows, dtype=np.float32)
    return np.asarray(alpha * down[:, None] * across, np.float32)


def _cloth(person: Person, width: float, seed: int) -> FloatArray:
    """Colour (3,) of the clothes: the median of what is seen of the person lowest down.

    Where that is bare skin, a colour is drawn.
    """
    rows = max(3, round(0.12 * width))
    seen = person.alpha[-rows:] > 0.9 if person.alpha is not None else None
    pixels = person.image_rgb[-rows:][seen] if seen is not None else np.empty((0, 3))
    middle = person.landmarks_px[[205, 425, 4]].round().astype(int)
    skin = np.median(person.image_rgb[middle[:, 1], middle[:, 0]], axis=0)
    colour = np.median(pixels, axis=0) if len(pixels) >= 30 else skin
    hue = colour / max(float(colour.sum()), 1.0) - skin / max(float(skin.sum()), 1.0)
    if float(np.abs(hue).max()) < SKIN_HUE:
        rng = np.random.default_rng([seed, 1])
        colour = rng.uniform(35, 210) + rng.normal(0, 25, 3)
    return np.asarray(np.clip(colour, 8, 235), np.float32)


def _draw(
    colour: FloatArray,
    where: tuple[float, float],
    width: float,
    shape: tuple[int, int],
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    """The trunk (H, W, 3) float32 and its matte (H, W)."""
    half = np.array(OUTLINE, np.float32) * np.float32(width)
    outline = np.concatenate([half, (half * np.array([-1, 1], np.float32))[::-1]])
    points = outline + np.array(where, np.float32)
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, 0.015 * width)).astype(np.float32)
    _, columns = np.indices(shape, np.float32)
    across = np.clip((columns - where[0]) / (1.45 * width), -1, 1)
    rng = np.random.default_rng(seed)
    cells = rng.normal(0, FOLDS, (10, 7)).astype(np.float32)
    folds = cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    weave = rng.normal(0, 1.2, shape).astype(np.float32)
    light = (1.05 - 0.45 * across**2)[..., None]
    return colour * light + (folds + weave)[..., None], soft / np.float32(255)
