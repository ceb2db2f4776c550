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
detail  inner, head: the two (None where not known); against: "head" or "scene"; frames; h264_qp:
        how coarsely those frames were coded (None where the codec does not say), because strong
        compression shakes faces that held still and calms those that trembled
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from unmask.detectors.coherence.base import CUES, abstained, measured
from unmask.detectors.coherence.flow import apply, luma_bytes, runs
from unmask.detectors.coherence.head_flow import (
    Halves,
    Vectors,
    centre_of,
    face_step,
    reduced,
    scene_steps,
)
from unmask.types import Face, FaceTrack, Frame, ImageArray, Measurement, Observation

NAME = "scene_motion"
UNIT = "% of face width per frame"
FACE_PX_MIN = 40.0
WORK_FACE_PX = 160.0  # faces are looked at in this width at the most ...
SMALL_FACE_PX = 90.0  # ... and in this at the least: the flow's windows need room
RUN_FRAMES_MIN = 3  # a second difference needs three frames
PAIRS_MAX = 40  # of neighbouring frames: what a long clip costs
# A jump e new in every frame gives e[k+2] - 2 e[k+1] + e[k] of six times its variance, and a third
# difference of twenty times; smooth motion leaves less of each than of the one before.
SECOND_DIFFERENCE, THIRD_DIFFERENCE = 6.0, 20.0
CUT_SHARE = 0.1  # of the differences, the largest are left out


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
    h264_qps: list[float] = field(default_factory=list)  # of the frames whose codec says it

    def coarseness(self) -> float | None:
        """Median H.264 quantiser of the frames, or None where the codec does not say."""
        return float(np.median(self.h264_qps)) if self.h264_qps else None


class SceneMotion:
    """The cue; holds nothing."""

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order."""
        shots = _chosen_runs(observation)
        gathered = {track.id: _Motion() for track in observation.tracks}
        faces = {t.id: {f.frame_index: f for f in t.faces} for t in observation.tracks}
        for shot in shots:
            present = {name: _through(shot, seen) for name, seen in faces.items()}
            scene = scene_steps(shot, [f for seen in faces.values() for f in seen.values()])
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


def _gather(
    motion: _Motion, shot: Sequence[Frame], faces: Sequence[Face], scene: list[Halves | None]
) -> None:
    """Add one run of one track."""
    motion.h264_qps += [frame.h264_qp for frame in shot if frame.h264_qp is not None]
    width = float(np.median([face.width_px for face in faces]))
    scale = min(WORK_FACE_PX / width, max(1.0, SMALL_FACE_PX / width))
    corner, lumas = _windows(shot, faces, scale)
    inner: list[tuple[Vectors, Vectors] | None] = []
    head: list[tuple[Vectors, Vectors] | None] = []
    for place, (before, after) in enumerate(pairwise(lumas)):
        step = face_step(before, after, faces[place], corner, scale)
        inner.append(None if step is None else _in_widths(step.inner, width * scale))
        background = scene[place]
        if step is None or background is None:
            head.append(None)
            continue
        centre = centre_of(faces[place])
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
    return low.astype(np.float64), [reduced(luma, size) for luma in lumas]


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
    parts |= {"h264_qp": motion.coarseness()}
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
