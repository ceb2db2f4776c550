"""Cue gaze: do the eyes look where something is to be seen, and do they do it steadily?

People in company look at each other, at the camera, or where their head points: the eyes follow a
target and the head comes along. Eyes that were made elsewhere keep looking at what was there. Every
face's gaze ray (faces/gaze.py, good to about 7 degrees) is compared with the rays to the camera, to
the other faces, and along its own head; faces are placed in space by their size (a head is 150 mm
wide, the focal length is taken as the picture's long side), which is why a target's ray is allowed
to vary with its distance. Looking away with the head is innocent by construction.

value   median angle by which the gaze misses the nearest of those targets, degrees
detail  meets: what it is nearest to most often ("camera", "head" or a track id); unsteady: standard
        deviation of the eyes' jump against the head from frame to frame, degrees, or None; apart:
        angle to what the others look at, degrees, or None; frames
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.base import CUES, abstained, measured
from unmask.detectors.coherence.flow import runs
from unmask.faces.pose import direction_of
from unmask.types import Face, FaceTrack, Measurement, Observation

NAME = "gaze"
UNIT = "degrees"
CAMERA, HEAD = "camera", "head"
HEAD_WIDTH_M = 0.15  # of a face box, adults
# A head's size, and with it its distance, is known to about a tenth.
DISTANCE_FACTORS = (0.85, 1.0, 1.18)
LOOKS_AT_DEG = 15.0  # two standard deviations of the gaze: nearer than this counts as looking at
FRAMES_FULL = 8  # so many readings give full reliability
WIDTH_FULL_PX = 120.0
Vector = npt.NDArray[np.float64]


class GazeAlignment:
    """The cue; holds nothing."""

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order."""
        company = _company(observation)
        seen = {name for faces in company for name in faces}
        readings = _readings(company, observation)
        return [
            _conclude(track, readings[track.id], observation)
            if track.id in seen
            else abstained(NAME, track, UNIT, "one_face")
            for track in observation.tracks
        ]


CUES.register(NAME)(GazeAlignment)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Angles from one gaze to every target, degrees, and to the others' common target or None."""

    to_target: dict[str, float]
    apart: float | None


def angle_between(a: Vector, b: Vector) -> float:
    """Degrees between two directions (3,)."""
    cosine = float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def place(face: Face, size: tuple[int, int]) -> Vector:
    """Where a face is, metres: x right, y down, z away from a camera with a picture of `size`."""
    focal = float(max(size))
    x, y = (face.box_xyxy[:2] + face.box_xyxy[2:]) / 2 - np.array(size) / 2
    distance = focal * HEAD_WIDTH_M / max(face.width_px, 1.0)
    return np.array([x / focal, y / focal, 1.0]) * distance


def seen_from(origin: Vector, target: Vector) -> Vector:
    """Direction from one place to another in the axes in which gaze is read there: z along the line
    of sight from the camera, so that looking into the camera is (0, 0, -1) for everybody.
    """
    way, ray = target - origin, origin / np.linalg.norm(origin)
    right = np.array([ray[2], 0.0, -ray[0]]) / np.hypot(ray[0], ray[2])
    return np.array([way @ right, way @ np.cross(ray, right), way @ ray])


def _company(observation: Observation) -> list[dict[str, Face]]:
    """The faces by track of every frame that shows at least two: after a cut the same person is a
    track anew, which makes no company.
    """
    by_frame: dict[int, dict[str, Face]] = {}
    for track in observation.tracks:
        for face in track.faces:
            by_frame.setdefault(face.frame_index, {})[track.id] = face
    return [faces for faces in by_frame.values() if len(faces) > 1]


def _readings(
    company: Sequence[dict[str, Face]], observation: Observation
) -> dict[str, list[_Reading]]:
    found: dict[str, list[_Reading]] = {track.id: [] for track in observation.tracks}
    size = (observation.media.width_px, observation.media.height_px)
    for faces in company:
        angles = {name: _angles(name, faces, size) for name in faces}
        for name, own in angles.items():
            if own is not None:
                others = {k: v for k, v in angles.items() if k != name and v is not None}
                found[name].append(_Reading(own, _apart(own, others)))
    return found


def _angles(name: str, faces: dict[str, Face], size: tuple[int, int]) -> dict[str, float] | None:
    """Angle of a face's gaze to camera, head and every other face; None without a gaze."""
    face = faces[name]
    if face.gaze_deg is None or face.head_pose_deg is None:
        return None
    gaze = direction_of(*face.gaze_deg)
    angles = {
        CAMERA: angle_between(gaze, np.array([0.0, 0.0, -1.0])),
        HEAD: angle_between(gaze, direction_of(*face.head_pose_deg[:2])),
    }
    here = place(face, size)
    for other, there in faces.items():
        if other != name:
            goals = (place(there, size) * factor for factor in DISTANCE_FACTORS)
            angles[other] = min(angle_between(gaze, seen_from(here, goal)) for goal in goals)
    return angles


def _apart(own: dict[str, float], others: dict[str, dict[str, float]]) -> float | None:
    """Angle to what at least half of the others look at; None where they have no common target."""
    votes = Counter(
        target
        for angles in others.values()
        for target, angle in angles.items()
        if target != HEAD and target in own and angle <= LOOKS_AT_DEG
    )
    common = [t for t, count in votes.items() if count * 2 >= len(others)]
    return min((own[target] for target in common), default=None)


def _conclude(
    track: FaceTrack, readings: Sequence[_Reading], observation: Observation
) -> Measurement:
    if not readings:
        reason = "eyes_not_readable"
        if all(face.landmarks_px is None for face in track.faces):
            reason = "no_mesh"
        return abstained(NAME, track, UNIT, reason)
    nearest = [min(r.to_target, key=lambda k: r.to_target[k]) for r in readings]
    misses = [min(r.to_target.values()) for r in readings]
    aparts = [r.apart for r in readings if r.apart is not None]
    width = float(np.median([face.width_px for face in track.faces]))
    wanted = min(FRAMES_FULL, len(observation.frames))
    reliability = min(1.0, len(readings) / wanted) * min(1.0, width / WIDTH_FULL_PX)
    return measured(
        NAME,
        track,
        float(np.median(misses)),
        UNIT,
        reliability,
        meets=Counter(nearest).most_common(1)[0][0],
        unsteady=_unsteady(track, observation),
        apart=float(np.median(aparts)) if aparts else None,
        frames=len(readings),
    )


def _unsteady(track: FaceTrack, observation: Observation) -> float | None:
    """How far the eyes jump against the head from one frame to the next, degrees per axis."""
    faces = {face.frame_index: face for face in track.faces}
    jumps: list[float] = []
    for run in runs(observation):
        offsets = [_eyes_in_head(faces.get(frame.index)) for frame in run]
        for one, two, three in zip(offsets, offsets[1:], offsets[2:], strict=False):
            if one is not None and two is not None and three is not None:
                jumps.append(float(((one - 2 * two + three) ** 2).mean()))
    # The median: a glance (a saccade) is one step, not a tremor.
    return float(np.sqrt(np.median(jumps) / 6)) if len(jumps) >= 2 else None


def _eyes_in_head(face: Face | None) -> Vector | None:
    if face is None or face.gaze_deg is None or face.head_pose_deg is None:
        return None
    return np.subtract(face.gaze_deg, face.head_pose_deg[:2], dtype=np.float64)
