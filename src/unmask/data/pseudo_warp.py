"""Bringing one face onto another by its mesh: similarity, affine, or a thin-plate spline.

The spline (Bookstein, 1989) is solved on a few dozen mesh points and evaluated on a coarse grid
that is then enlarged: at the points exact to a fraction of a pixel, smooth between.
"""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray, ImageArray

# Points that carry a face: oval, lids, brows, nose, lips.
ANCHORS = tuple(
    dict.fromkeys(
        (
            *regions.FACE_OVAL[::2],
            *regions.LEFT_EYE[::2],
            *regions.RIGHT_EYE[::2],
            *regions.LEFT_BROW[:5:2],
            *regions.RIGHT_BROW[:5:2],
            *(168, 195, 4, 48, 278, 2),
            *regions.LIPS_OUTER[::2],
            *regions.LIPS_INNER[::4],
        )
    )
)
RIGID = (33, 133, 362, 263, 168, 4, 61, 291, 234, 454, 152, 10)
GRID = 20  # cells of the coarse field along the longer side


class Fit(StrEnum):
    """How freely a donor's face is bent onto the target's."""

    SIMILARITY = "similarity"
    AFFINE = "affine"
    SPLINE = "spline"


def pose_difference(landmarks_a_px: FloatArray, landmarks_b_px: FloatArray) -> float:
    """How differently two faces stand: residual of a similarity fit over the face width.

    Near 0.03 the poses agree to a few degrees, above 0.08 a swap looks wrong.
    """
    one = landmarks_a_px[list(RIGID)].astype(np.float64)
    two = landmarks_b_px[list(RIGID)].astype(np.float64)
    moved = apply_affine(fit_similarity(one, two), one)
    spread = float(np.ptp(two, axis=0).max())
    return float(np.sqrt(((moved - two) ** 2).sum(axis=1).mean()) / max(spread, 1e-6))


def apply_affine(
    affine: npt.NDArray[np.float64], points: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """(2, 3) affine on (N, 2) points."""
    return np.asarray(points @ affine[:, :2].T + affine[:, 2], np.float64)


def fit_similarity(
    source: npt.NDArray[np.floating], target: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Least-squares similarity (turn, one scale, shift) from (N, 2) to (N, 2) points."""
    mean_s, mean_t = source.mean(axis=0), target.mean(axis=0)
    s, t = source - mean_s, target - mean_t
    power = max(float((s**2).sum()), 1e-9)
    a = float((s * t).sum()) / power
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / power
    linear = np.array([[a, -b], [b, a]], np.float64)
    return np.concatenate([linear, (mean_t - linear @ mean_s)[:, None]], axis=1)


def fit_affine(
    source: npt.NDArray[np.floating], target: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Least-squares affine from (N, 2) to (N, 2) points."""
    columns = np.concatenate([source, np.ones((len(source), 1))], axis=1)
    return np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0].T, np.float64)


def spline_map(
    target_px: FloatArray, source_px: FloatArray, shape: tuple[int, int], grid: int = GRID
) -> tuple[FloatArray, FloatArray]:
    """Columns and rows, (H, W) each, from which every target pixel takes its source pixel.

    The spline is evaluated on `grid` cells along the longer side and enlarged bilinearly.
    """
    height, width = shape
    scale = float(max(height, width))
    knots = target_px.astype(np.float64) / scale
    count = len(knots)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _bending(knots, knots) + np.eye(count) * 1e-4
    system[:count, count:] = np.concatenate([np.ones((count, 1)), knots], axis=1)
    system[count:, :count] = system[:count, count:].T
    values = np.concatenate([source_px.astype(np.float64), np.zeros((3, 2))])
    # OpenCV's solver and product, not BLAS: the same bits however many threads BLAS would use.
    _, weights = cv2.solve(system, values, flags=cv2.DECOMP_LU)
    step = max(2.0, scale / grid)
    columns = np.arange(-1, np.ceil(width / step) + 2)
    rows = np.arange(-1, np.ceil(height / step) + 2)
    nodes = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2) * step / scale
    basis = np.concatenate([_bending(nodes, knots), np.ones((len(nodes), 1)), nodes], axis=1)
    surface = cv2.gemm(basis, weights, 1.0, np.empty(0), 0.0)
    coarse = surface.astype(np.float32).reshape(len(rows), len(columns), 2)
    to_coarse = np.array([[1 / step, 0, 1], [0, 1 / step, 1]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    field = cv2.warpAffine(coarse, to_coarse, (width, height), flags=flags)
    return np.ascontiguousarray(field[..., 0]), np.ascontiguousarray(field[..., 1])


def _bending(
    points: npt.NDArray[np.float64], knots: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """r^2 log r between (N, 2) and (M, 2) points."""
    square = ((points[:, None] - knots[None]) ** 2).sum(axis=-1)
    return np.asarray(0.5 * square * np.log(np.maximum(square, 1e-12)), np.float64)


def warp_face(
    donor_rgb: ImageArray,
    donor_landmarks_px: FloatArray,
    target_landmarks_px: FloatArray,
    shape: tuple[int, int],
    fit: Fit = Fit.SPLINE,
    anchors: tuple[int, ...] = ANCHORS,
) -> ImageArray:
    """The donor's face laid onto the target's landmarks, (H, W, 3); edges are repeated.

    A donor more than twice as large is first reduced, so that it does not alias.
    """
    donor, donor_marks = _reduced(donor_rgb, donor_landmarks_px, target_landmarks_px)
    source, target = donor_marks[list(anchors)], target_landmarks_px[list(anchors)]
    size = (shape[1], shape[0])
    if fit is Fit.SPLINE:
        columns, rows = spline_map(target, source, shape)
        warped = cv2.remap(donor, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(warped, np.uint8)
    solve = fit_similarity if fit is Fit.SIMILARITY else fit_affine
    affine = solve(source.astype(np.float64), target.astype(np.float64))
    warped = cv2.warpAffine(
        donor, affine, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(warped, np.uint8)


def _reduced(
    donor_rgb: ImageArray, donor_px: FloatArray, target_px: FloatArray
) -> tuple[ImageArray, FloatArray]:
    ratio = float(np.ptp(donor_px, axis=0).max()) / max(float(np.ptp(target_px, axis=0).max()), 1.0)
    if ratio < 1.5:
        return donor_rgb, donor_px
    height, width = donor_rgb.shape[:2]
    size = (max(8, round(width / ratio)), max(8, round(height / ratio)))
    small = cv2.resize(donor_rgb, size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / width, size[1] / height])
    return np.asarray(small, np.uint8), ((donor_px + 0.5) * scale - 0.5).astype(np.float32)
