"""Sparse optical flow inside bursts: the motion of the background, of a head, of a face.

Corners (Shi and Tomasi, 1994) followed by pyramidal Lucas-Kanade (Bouguet, 2001), kept where the
way back leads home. Motion is only ever taken between neighbouring frames of one shot: a step of
time of more than `STEP_MAX_S` or a cut between two frames ends a run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from unmask.types import Frame, ImageArray, Observation

Points = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]
STEP_MAX_S = 0.15  # as in faces/follow.py: frames closer than this belong to one burst
CUT_TOLERANCE_S = 1e-3
HOME_PX = 0.35  # a point that comes back further from where it started is lost
WINDOW_PX = 15
LEVELS = 2
BLOCK_PX = 5


def runs(observation: Observation, longest: int = 8) -> list[list[Frame]]:
    """Runs of neighbouring frames without a cut, at most `longest` frames each."""
    found: list[list[Frame]] = []
    for frame in observation.frames:
        last = found[-1][-1] if found else None
        joined = last is not None and _neighbours(last, frame, observation.cuts_s)
        if joined and len(found[-1]) < longest:
            found[-1].append(frame)
        else:
            found.append([frame])
    return found


def _neighbours(before: Frame, after: Frame, cuts_s: Sequence[float]) -> bool:
    if not 0 < after.time_s - before.time_s <= STEP_MAX_S:
        return False
    shots = [bisect_right(cuts_s, f.time_s + CUT_TOLERANCE_S) for f in (before, after)]
    return shots[0] == shots[1]


def luma_bytes(image_rgb: ImageArray) -> ImageArray:
    """(H, W) uint8 luma."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image_rgb), cv2.COLOR_RGB2GRAY), np.uint8)


def corners(
    luma: ImageArray, mask: ImageArray, most: int, apart_px: float, *, slope_min: float = 0.0
) -> Points:
    """(n, 2) at most `most` well-textured points where the mask is not 0.

    In every direction the brightness must change by `slope_min` grey levels per pixel (root mean
    square over the block): less is noise, or what a codec lets stand still while all else moves.
    """
    found = cv2.goodFeaturesToTrack(luma, most, 0.01, apart_px, mask=mask, blockSize=BLOCK_PX)
    if found is None:
        return np.empty((0, 2), np.float32)
    points: Points = np.asarray(found.reshape(-1, 2), np.float32)
    if slope_min <= 0:
        return points
    strength = cv2.cornerMinEigenVal(luma, BLOCK_PX)[
        points[:, 1].astype(int), points[:, 0].astype(int)
    ]
    # OpenCV sums squares of Sobel / (4 * block * 255) over the block; Sobel is 8 slopes.
    enough: Points = points[strength >= (BLOCK_PX * 8 * slope_min / (4 * BLOCK_PX * 255)) ** 2]
    return enough


def follow(before: ImageArray, after: ImageArray, points: Points) -> tuple[Points, Points]:
    """The points (n, 2) that can be followed and where they are in the next picture."""
    if len(points) == 0:
        return points, points
    size, start = (WINDOW_PX, WINDOW_PX), points[:, None]
    there, good, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, np.empty_like(start), winSize=size, maxLevel=LEVELS
    )
    back, good_back, _ = cv2.calcOpticalFlowPyrLK(
        after, before, there, np.empty_like(there), winSize=size, maxLevel=LEVELS
    )
    off = np.hypot(*(back[:, 0] - points).T)
    kept = (good[:, 0] > 0) & (good_back[:, 0] > 0) & (off < HOME_PX)
    return points[kept], np.asarray(there[kept, 0], np.float32)


def robust_similarity(
    source: Points, target: Points, tolerance_px: float, inliers_min: int
) -> Affine | None:
    """(2, 3) turn, scale and shift by RANSAC (Fischler and Bolles, 1981), or None.

    OpenCV seeds its generator anew in every call: the same points give the same answer.
    """
    if len(source) < inliers_min:
        return None
    affine, inside = cv2.estimateAffinePartial2D(
        np.ascontiguousarray(source),
        np.ascontiguousarray(target),
        method=cv2.RANSAC,
        ransacReprojThreshold=tolerance_px,
        confidence=0.99,
    )
    if affine is None or int(inside.sum()) < inliers_min:
        return None
    return np.asarray(affine, np.float64)


def apply(affine: Affine, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(2, 3) affine on (n, 2) points."""
    return np.asarray(points @ affine[:, :2].T + affine[:, 2], np.float64)
