"""Motion of the background, of a head and of the inner face from one frame to the next.

Each motion is taken twice, from two halves of the followed points: what the halves agree on is
motion, the rest is the error of following (`scene_motion.py` uses it so).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.flow import (
    Affine,
    Points,
    apply,
    corners,
    follow,
    luma_bytes,
    robust_similarity,
)
from unmask.faces import mesh_regions as regions
from unmask.types import Face, Frame, ImageArray

Vectors = npt.NDArray[np.float64]
Halves = tuple[Affine, Affine]
POINTS_MIN = 5  # of either half, in ring and inner face
SCENE_SIDE_PX = 640.0  # long side at which the background is followed
SCENE_POINTS, SCENE_POINTS_MIN = 160, 12  # the least is of either half
SCENE_SLOPE_MIN = 2.0  # grey levels per pixel: a blurred background moves in jerks once it is coded
SCENE_REACH = 0.3  # of the picture's width: background on one side alone does not do
# Nose and upper cheeks, from brow to upper lip.
INNER = (*regions.NOSE, 116, 117, 118, 119, 100, 126, 209, 345, 346, 347, 348, 329, 355, 429,
         205, 425, 203, 423)  # fmt: skip
RING = (1.0, 1.4)  # inner and outer border of the ring, radii of the face's oval


def scene_steps(shot: Sequence[Frame], faces: Sequence[Face]) -> list[Halves | None]:
    """The background's motion (2, 3), in frame pixels and by half, for every pair of a run."""
    height, width = shot[0].image_rgb.shape[:2]
    scale = min(1.0, SCENE_SIDE_PX / max(height, width))
    size = (round(width * scale), round(height * scale))
    lumas = [reduced(luma_bytes(frame.image_rgb), size) for frame in shot]
    indices = {frame.index for frame in shot}
    mask = _background_mask([f for f in faces if f.frame_index in indices], scale, lumas[0].shape)
    steps: list[Halves | None] = []
    for before, after in pairwise(lumas):
        points = corners(before, mask, SCENE_POINTS, 10, slope_min=SCENE_SLOPE_MIN)
        source, target = follow(before, after, points)
        steps.append(_scene_step(source, target, size[0], scale))
    return steps


def _scene_step(source: Points, target: Points, width_px: int, scale: float) -> Halves | None:
    """The motion of background points by half, in frame pixels; None where they do not do."""
    if len(source) < 2 * SCENE_POINTS_MIN or np.ptp(source[:, 0]) < SCENE_REACH * width_px:
        return None
    found = []
    for half in (0, 1):
        affine = robust_similarity(source[half::2], target[half::2], 0.5, SCENE_POINTS_MIN)
        if affine is None:
            return None
        affine[:, 2] /= scale
        found.append(affine)
    return found[0], found[1]


def reduced(luma: ImageArray, size: tuple[int, int]) -> ImageArray:
    """The picture at another size (width, height)."""
    if luma.shape[1::-1] == size:
        return luma
    kernel = cv2.INTER_AREA if size[0] < luma.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(luma, size, interpolation=kernel), np.uint8)


def _background_mask(faces: Sequence[Face], scale: float, shape: tuple[int, ...]) -> ImageArray:
    """255 away from everybody: head, hair and what lies below are left out."""
    mask = np.full(shape[:2], 255, np.uint8)
    for face in faces:
        x1, y1, x2, y2 = (float(v) * scale for v in face.box_xyxy)
        wide, high = x2 - x1, y2 - y1
        low = (round(x1 - 0.5 * wide), round(y1 - 0.6 * high))
        cv2.rectangle(mask, low, (round(x2 + 0.5 * wide), round(y2)), 0, -1)
        body = (round(x1 - 1.3 * wide), round(y2 - 0.1 * high))
        cv2.rectangle(mask, body, (round(x2 + 1.3 * wide), shape[0]), 0, -1)
    return mask


@dataclass(frozen=True, slots=True)
class FaceStep:
    """Motion (2,) by half: of the inner face against the ring, and of the ring; window pixels."""

    inner: tuple[Vectors, Vectors]
    ring: tuple[Vectors, Vectors]
    points: int


def face_step(
    before: ImageArray, after: ImageArray, face: Face, corner: Vectors, scale: float
) -> FaceStep | None:
    """Inner face and ring from one frame to the next, or None where too little can be followed."""
    if face.landmarks_px is None:
        return None
    marks = (face.landmarks_px - corner) * scale
    inner_mask, ring_mask = _areas(marks.astype(np.float32), before.shape)
    apart = max(2.0, 0.02 * face.width_px * scale)
    ring = follow(before, after, corners(before, ring_mask, 80, apart))
    inner = follow(before, after, corners(before, inner_mask, 60, apart))
    if min(len(ring[0]), len(inner[0])) < 2 * POINTS_MIN:
        return None
    centre = ((centre_of(face) - corner) * scale)[None]
    drift, carried = [], []
    for half in (0, 1):
        similarity = robust_similarity(ring[0][half::2], ring[1][half::2], 0.6, POINTS_MIN)
        if similarity is None:
            return None
        left = inner[1][half::2] - apply(similarity, inner[0][half::2])
        drift.append(np.median(left, axis=0))
        carried.append((apply(similarity, centre) - centre)[0])
    return FaceStep((drift[0], drift[1]), (carried[0], carried[1]), len(inner[0]))


def _areas(marks: Points, shape: tuple[int, ...]) -> tuple[ImageArray, ImageArray]:
    """Masks of the inner face (nose and cheeks) and of the ring round the oval, above the mouth."""
    inner, ring = np.zeros(shape[:2], np.uint8), np.zeros(shape[:2], np.uint8)
    points = marks[list(INNER)]
    cv2.fillConvexPoly(inner, cv2.convexHull(np.round(points).astype(np.int32)), 255)
    for outline in (regions.LEFT_EYE, regions.RIGHT_EYE):
        lid = marks[list(outline)]
        wider = lid.mean(axis=0) + (lid - lid.mean(axis=0)) * 1.3
        cv2.fillPoly(inner, [np.round(wider).astype(np.int32)], 0)
    oval = marks[list(regions.FACE_OVAL)]
    middle = oval.mean(axis=0)
    outer = np.round(middle + (oval - middle) * RING[1]).astype(np.int32)
    cv2.fillConvexPoly(ring, cv2.convexHull(outer), 255)
    within = np.round(middle + (oval - middle) * RING[0]).astype(np.int32)
    cv2.fillConvexPoly(ring, cv2.convexHull(within), 0)
    ring[max(0, int(marks[13, 1])) :] = 0  # below the mouth the jaw talks
    return inner, ring


def centre_of(face: Face) -> Vectors:
    """The middle (2,) of a face's box, frame pixels."""
    return np.asarray((face.box_xyxy[:2] + face.box_xyxy[2:]) / 2, np.float64)
