"""Masks for pseudo-fakes: hulls and parts of a face from its mesh, bent and softened.

Masks are (H, W) float32 in [0, 1]. Shapes follow self-blended images (Shiohara & Yamasaki, CVPR
2022) as published; the elastic field is drawn on a coarse grid and enlarged, which costs a tenth.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray

BROWS_DOWN = tuple(
    sorted(
        {
            *regions.FACE_OVAL[3:-4],  # from temple to temple over the chin, no forehead
            *regions.LEFT_BROW,
            *regions.RIGHT_BROW,
        }
    )
)
PARTS: dict[str, tuple[int, ...]] = {
    "left_eye": (*regions.LEFT_EYE, *regions.LEFT_BROW[5:]),
    "right_eye": (*regions.RIGHT_EYE, *regions.RIGHT_BROW[5:]),
    "left_brow": regions.LEFT_BROW,
    "right_brow": regions.RIGHT_BROW,
    "nose": regions.NOSE,
    "mouth": regions.LIPS_OUTER,
}
HULL_WEIGHTS = {"brows_down": 0.35, "whole": 0.25, "parts": 0.2, "half": 0.1, "inner": 0.1}


def face_width(landmarks_px: FloatArray) -> float:
    """Width of the face in pixels: the longer side of the mesh's box, at least 8."""
    spread = np.ptp(landmarks_px[: regions.POINTS], axis=0)
    return max(float(spread.max()), 8.0)


def fill_hull(points_px: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """1 inside the convex hull of (N, 2) points, 0 outside; `shape` is (H, W)."""
    mask = np.zeros(shape, np.uint8)
    hull = cv2.convexHull(np.round(points_px).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 255)
    return mask.astype(np.float32) / np.float32(255)


def grow(points_px: FloatArray, factor: float) -> FloatArray:
    """Points moved away from their mean by `factor`."""
    middle = points_px.mean(axis=0)
    return np.asarray(middle + (points_px - middle) * factor, np.float32)


def part_mask(
    landmarks_px: FloatArray, part: str, shape: tuple[int, int], factor: float = 1.4
) -> FloatArray:
    """The hull of one of `PARTS`, enlarged by `factor`, as people cut it with a lasso."""
    return fill_hull(grow(landmarks_px[list(PARTS[part])], factor), shape)


def draw_face_mask(
    rng: np.random.Generator, landmarks_px: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    """A random hard mask of the face: without or with forehead, parts, half, or the inner face."""
    names = list(HULL_WEIGHTS)
    kind = names[int(rng.choice(len(names), p=list(HULL_WEIGHTS.values())))]
    if kind == "brows_down":
        return fill_hull(landmarks_px[list(BROWS_DOWN)], shape)
    if kind == "parts":
        return _some_parts(rng, landmarks_px, shape)
    if kind == "inner":
        inner = [i for part in ("left_eye", "right_eye", "nose", "mouth") for i in PARTS[part]]
        return fill_hull(grow(landmarks_px[inner], rng.uniform(1.05, 1.3)), shape)
    oval = fill_hull(landmarks_px[list(regions.FACE_OVAL)], shape)
    return _halve(rng, oval, landmarks_px) if kind == "half" else oval


def _some_parts(
    rng: np.random.Generator, landmarks_px: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    choices = (("left_eye", "right_eye"), ("mouth",), ("nose",), ("nose", "mouth"))
    mask = np.zeros(shape, np.float32)
    for part in choices[int(rng.integers(len(choices)))]:
        np.maximum(mask, part_mask(landmarks_px, part, shape, rng.uniform(1.2, 1.7)), out=mask)
    return mask


def _halve(rng: np.random.Generator, mask: FloatArray, landmarks_px: FloatArray) -> FloatArray:
    """Keep one side of the line through the nose, or of a level line through the nose's tip."""
    top, tip = landmarks_px[168], landmarks_px[4]
    along = tip - top if rng.random() < 0.5 else np.array([top[1] - tip[1], tip[0] - top[0]])
    side = 1.0 if rng.random() < 0.5 else -1.0
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    cross = along[0] * (rows - tip[1]) - along[1] * (columns - tip[0])
    return np.asarray(mask * (cross * side > 0), np.float32)


def bend(
    rng: np.random.Generator, mask: FloatArray, face_width_px: float, strength: float = 1.0
) -> FloatArray:
    """Elastic deformation plus a small affine one: no blend border follows the mesh exactly.

    Published: alpha 50, sigma 7 at 256 px, that is shifts of about 3 % of the face with a grain of
    a few per cent. Drawn here on a grid with a cell of an eighth of the face.
    """
    height, width = mask.shape
    cells = (max(3, round(8 * width / face_width_px)), max(3, round(8 * height / face_width_px)))
    reach = 0.025 * face_width_px * strength
    field = rng.standard_normal((cells[1], cells[0], 2), np.float32) * np.float32(reach)
    field = np.asarray(
        cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
    )
    field += rng.uniform(-0.03, 0.03, 2).astype(np.float32) * np.float32(face_width_px * strength)
    columns = np.arange(width, dtype=np.float32)[None] + field[..., 0]
    rows = np.arange(height, dtype=np.float32)[:, None] + field[..., 1]
    return np.asarray(cv2.remap(mask, columns, rows, cv2.INTER_LINEAR), np.float32)


def soften(rng: np.random.Generator, mask: FloatArray, face_width_px: float) -> FloatArray:
    """Two Gaussian passes with an erosion between, so that the border lies inside the mask."""
    first = float(rng.uniform(0.005, 0.03)) * face_width_px
    second = float(rng.uniform(0.01, 0.06)) * face_width_px
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(first, 0.5)), np.float32)
    soft = np.clip((soft - 0.5) * 2, 0, 1)  # what lies outside the half-way line goes: the erosion
    soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), max(second, 0.5)), np.float32)
    peak = float(soft.max())
    return soft / np.float32(peak) if peak > 0.2 else soft


def feather(mask: FloatArray, width_px: float) -> FloatArray:
    """The mask with a border about `width_px` pixels wide; below half a pixel it stays hard."""
    if width_px < 0.5:
        return mask
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), width_px / 2), np.float32)
