"""Cue scene_motion: does the face move with its head, and the head with the scene?

A face laid over another frame by frame trembles against the head; a head laid into a clip does not
share the camera's tremor. Both are motion that changes from one frame to the next: smooth motion (a
turn of the head, a nod, a pan, a zoom, speech) has next to none of it. Within each burst sparse
flow gives the motion of the inner face (nose and cheeks: neither lids nor lips) against a
similarity fitted to the ring round it, and of that ring against the background's. From the second
and third differences of these relative positions follows the standard deviation of a jump that is
new in every frame; two halves of the points are tracked apart and only what they agree on counts,
so that tracking noise does not.

value   larger of the two, per cent of the face width per frame
detail  inner, head: the two (None where not known); against: "head" or "scene"; frames
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.base import CUES, abstained, measured
from unmask.detectors.coherence.flow import (
    Affine,
    Points,
    apply,
    corners,
    follow,
    luma_bytes,
    robust_similarity,
    runs,
)
from unmask.faces import mesh_regions as regions
from unmask.types import Face, FaceTrack, Frame, ImageArray, Measurement, Observation

NAME = "scene_motion"
UNIT = "% of face width per frame"
FACE_PX_MIN = 40.0
WORK_FACE_PX = 160.0  # faces are looked at in this width at the most ...
SMALL_FACE_PX = 90.0  # ... and in this at the least: the flow's windows need room
RUN_FRAMES_MIN = 3  # a second difference needs three frames
PAIRS_MAX = 32  # of neighbouring frames: what a long clip costs
POINTS_MIN = 5  # of either half, in ring and inner face
SCENE_SIDE_PX = 640.0  # long side at which the background is followed
SCENE_POINTS, SCENE_POINTS_MIN = 160, 12  # the least is of either half
SCENE_REACH = 0.3  # of the picture's width: background on one side alone does not do
# A jump e new in every frame gives e[k+2] - 2 e[k+1] + e[k] of six times its variance, and a third
# difference of twenty times; smooth motion leaves less of each than of the one before.
SECOND_DIFFERENCE, THIRD_DIFFERENCE = 6.0, 20.0
CUT_SHARE = 0.1
Vectors = npt.NDArray[np.float64]
Halves = tuple[Affine, Affine]


@dataclass(slots=True)
class _Wobble:
    """Second and third differences of a relative position, by half of the points, face widths."""

    second: list[float] = field(default_factory=list)
    third: list[float] = field(default_factory=list)

    def add(self, steps: Sequence[tuple[Vectors, Vectors] | None]) -> None:
        """Take the steps of one run: displacement (2,) per pair of frames and half."""
        pairs = [
            None if a is None or b is None else (b[0] - a[0], b[1] - a[1])
            for a, b in pairwise(steps)
        ]
        self.second += [float(one @ other) / 2 for one, other in filter(None, pairs)]
        for a, b in pairwise(pairs):
            if a is not None and b is not None:
                self.third.append(float((b[0] - a[0]) @ (b[1] - a[1])) / 2)

    def deviation(self) -> float | None:
        """Standard deviation per axis of the jump from frame to frame, or None below two.

        The smaller of what both differences say: a quick nod has a large second one, but a small
        third.
        """
        if len(self.second) < 2:
            return None
        found = [_trimmed_mean(self.second) / SECOND_DIFFERENCE]
        if len(self.third) >= 2:
            found.append(_trimmed_mean(self.third) / THIRD_DIFFERENCE)
        return float(np.sqrt(max(0.0, min(found))))


def _trimmed_mean(products: Sequence[float]) -> float:
    """Mean without the largest tenth: a blink, a lost corner."""
    kept = np.sort(products)[: len(products) - int(CUT_SHARE * len(products))]
    return float(kept.mean())


@dataclass(slots=True)
class _Motion:
    """What was gathered of one track."""

    inner: _Wobble = field(default_factory=_Wobble)
    head: _Wobble = field(default_factory=_Wobble)
    points: list[int] = field(default_factory=list)


class SceneMotion:
    """The cue; holds nothing."""

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order."""
        shots = _chosen_runs(observation)
        gathered = {track.id: _Motion() for track in observation.tracks}
        faces = {t.id: {f.frame_index: f for f in t.faces} for t in observation.tracks}
        for shot in shots:
            present = {name: _through(shot, seen) for name, seen in faces.items()}
            scene = _scene_steps(shot, [f for seen in faces.values() for f in seen.values()])
            for name, seen in present.items():
                if seen is not None:
                    _gather(gathered[name], shot, seen, scene)
        return [_conclude(track, gathered[track.id], shots) for track in observation.tracks]


CUES.register(NAME)(SceneMotion)


def _chosen_runs(observation: Observation) -> list[list[Frame]]:
    """Runs of three frames or more, evenly chosen so that their pairs do not exceed the limit."""
    usable = [run for run in runs(observation) if len(run) >= RUN_FRAMES_MIN]
    pairs = sum(len(run) - 1 for run in usable)
    step = max(1, -(-pairs // PAIRS_MAX))
    return usable[::step]


def _through(shot: Sequence[Frame], seen: dict[int, Face]) -> list[Face] | None:
    """The track's face in every frame of a run, or None where one is missing or unfit."""
    faces = [seen.get(frame.index) for frame in shot]
    kept = [f for f in faces if f is not None and f.landmarks_px is not None]
    wide = [f for f in kept if f.width_px >= FACE_PX_MIN]
    return wide if len(wide) == len(shot) else None


def _scene_steps(shot: Sequence[Frame], faces: Sequence[Face]) -> list[Halves | None]:
    """The background's motion (2, 3), in frame pixels and by half, for every pair of a run."""
    height, width = shot[0].image_rgb.shape[:2]
    scale = min(1.0, SCENE_SIDE_PX / max(height, width))
    size = (round(width * scale), round(height * scale))
    lumas = [_reduced(luma_bytes(frame.image_rgb), size) for frame in shot]
    indices = {frame.index for frame in shot}
    mask = _background_mask([f for f in faces if f.frame_index in indices], scale, lumas[0].shape)
    steps: list[Halves | None] = []
    for before, after in pairwise(lumas):
        source, target = follow(before, after, corners(before, mask, SCENE_POINTS, 10))
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


def _reduced(luma: ImageArray, size: tuple[int, int]) -> ImageArray:
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


def _gather(
    motion: _Motion, shot: Sequence[Frame], faces: Sequence[Face], scene: list[Halves | None]
) -> None:
    """Add one run of one track."""
    width = float(np.median([face.width_px for face in faces]))
    scale = min(WORK_FACE_PX / width, max(1.0, SMALL_FACE_PX / width))
    corner, lumas = _windows(shot, faces, scale)
    inner: list[tuple[Vectors, Vectors] | None] = []
    head: list[tuple[Vectors, Vectors] | None] = []
    for place, (before, after) in enumerate(pairwise(lumas)):
        step = _face_step(before, after, faces[place], corner, scale)
        inner.append(None if step is None else _in_widths(step.inner, width * scale))
        background = scene[place]
        if step is None or background is None:
            head.append(None)
            continue
        centre = _centre(faces[place])
        away = [
            own - (apply(affine, centre[None])[0] - centre) * scale
            for own, affine in zip(step.ring, background, strict=True)
        ]
        head.append(_in_widths((away[0], away[1]), width * scale))
        motion.points.append(step.points)
    motion.inner.add(inner)
    motion.head.add(head)


def _in_widths(pair: tuple[Vectors, Vectors], width_px: float) -> tuple[Vectors, Vectors]:
    return pair[0] / width_px, pair[1] / width_px


def _centre(face: Face) -> Vectors:
    return np.asarray((face.box_xyxy[:2] + face.box_xyxy[2:]) / 2, np.float64)


def _windows(
    shot: Sequence[Frame], faces: Sequence[Face], scale: float
) -> tuple[Vectors, list[ImageArray]]:
    """Upper left corner (2,) of the part that holds the head in all frames, and its lumas."""
    boxes = np.stack([face.box_xyxy for face in faces])
    reach = 0.5 * (boxes[:, 2] - boxes[:, 0]).max()
    height, width = shot[0].image_rgb.shape[:2]
    low = np.maximum(np.floor(boxes[:, :2].min(axis=0) - reach), 0).astype(int)
    high = np.minimum(np.ceil(boxes[:, 2:].max(axis=0) + reach), [width, height]).astype(int)
    lumas = [luma_bytes(f.image_rgb[low[1] : high[1], low[0] : high[0]]) for f in shot]
    size = (round(lumas[0].shape[1] * scale), round(lumas[0].shape[0] * scale))
    return low.astype(np.float64), [_reduced(luma, size) for luma in lumas]


@dataclass(frozen=True, slots=True)
class _Step:
    """Motion (2,) by half: of the inner face against the ring, and of the ring; window pixels."""

    inner: tuple[Vectors, Vectors]
    ring: tuple[Vectors, Vectors]
    points: int


def _face_step(
    before: ImageArray, after: ImageArray, face: Face, corner: Vectors, scale: float
) -> _Step | None:
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
    centre = ((_centre(face) - corner) * scale)[None]
    drift, carried = [], []
    for half in (0, 1):
        similarity = robust_similarity(ring[0][half::2], ring[1][half::2], 0.6, POINTS_MIN)
        if similarity is None:
            return None
        left = inner[1][half::2] - apply(similarity, inner[0][half::2])
        drift.append(np.median(left, axis=0))
        carried.append((apply(similarity, centre) - centre)[0])
    return _Step((drift[0], drift[1]), (carried[0], carried[1]), len(inner[0]))


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


# Nose and upper cheeks, from brow to upper lip.
INNER = (*regions.NOSE, 116, 117, 118, 119, 100, 126, 209, 345, 346, 347, 348, 329, 355, 429,
         205, 425, 203, 423)  # fmt: skip
RING = (1.0, 1.4)  # inner and outer border of the ring, radii of the face's oval


def _conclude(track: FaceTrack, motion: _Motion, shots: Sequence[Sequence[Frame]]) -> Measurement:
    inner, head = motion.inner.deviation(), motion.head.deviation()
    if inner is None:
        return abstained(NAME, track, UNIT, _reason(track, shots))
    parts = {"inner": 100 * inner, "head": None if head is None else 100 * head}
    against = "scene" if head is not None and head > inner else "head"
    frames = len(motion.inner.second)
    width = float(np.median([face.width_px for face in track.faces]))
    reliability = min(1.0, frames / 12) * min(1.0, width / 80)
    reliability *= min(1.0, float(np.mean(motion.points or [0])) / 25) if motion.points else 0.5
    value = 100 * max(inner, head or 0.0)
    return measured(NAME, track, value, UNIT, reliability, **parts, against=against, frames=frames)


def _reason(track: FaceTrack, shots: Sequence[Sequence[Frame]]) -> str:
    if len(track.faces) < 2:
        return "still" if not shots else "too_few_frames"
    if not shots:
        return "too_few_frames"
    if max(face.width_px for face in track.faces) < FACE_PX_MIN:
        return "face_too_small"
    if all(face.landmarks_px is None for face in track.faces):
        return "no_mesh"
    return "no_texture"
