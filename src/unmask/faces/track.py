"""Faces over the frames of a clip become tracks: one person from first sight to the next cut.

Between bursts a face is matched by its look and by where the person's walk has led (greedy, best
pair first); within a burst its mesh follows it. Where people pass so near that one covers part of
another, the look holds both: who is left over then is matched by the walk alone. So is who differs
in nothing but how bright they are: a flash or a lamp makes nobody else of them. A cut ends every
track: whoever is seen again after it becomes a new track, because a look alone does not prove who
it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from unmask.faces.appearance import likeness_in_any_light
from unmask.types import Face, FloatArray

PLACE_WEIGHT, LOOK_WEIGHT = 0.3, 0.7
MATCH_MIN = 0.45
# Looks of one person in one clip were alike by .79 or more (15 clips, 8 moments each); those of two
# people by .46 in the median and .76 in one pair of ten.
LOOK_MIN = 0.65
# Whatever the light, looks of one person were alike by .85 or more in 99 of 100 pairs (600, 25 made
# scenes) and under a flash by .82 or more (7 clips); those of two people by .79 in one of twenty.
LIT_MIN = 0.8
SPEED = 1.5  # face widths a person may move per second before place counts less
CROWDED = 1.5  # widths of the square round a face in which another's spoils its look
STRAY, SIZE_MIN = 0.6, 0.7  # widths off the expected place, and ratio of sizes, of somebody covered
WALK_MIN_S, UNSEEN_MAX_S = 0.1, 2.0  # over which a walk is measured, and for which it is trusted


@dataclass(slots=True, eq=False)
class Trail:
    """A track while it grows."""

    faces: list[Face] = field(default_factory=list)
    look: FloatArray | None = None

    @property
    def last(self) -> Face:
        """The newest face."""
        return self.faces[-1]

    def place_at(self, time_s: float) -> FloatArray:
        """Where the face's centre is by then if the person walks on as they did, (2,) px."""
        last, before = self.last, None
        for face in reversed(self.faces):
            if last.time_s - face.time_s >= WALK_MIN_S:
                before = face
                break
        if before is None:
            return _centre(last)
        speed = (_centre(last) - _centre(before)) / (last.time_s - before.time_s)
        ahead_s = min(time_s - last.time_s, UNSEEN_MAX_S)
        return np.asarray(_centre(last) + speed * ahead_s, np.float32)

    def add(self, face: Face, look: FloatArray | None = None) -> None:
        """Append a face and blend its look into the trail's."""
        self.faces.append(face)
        if look is not None:
            mixed = look if self.look is None else 0.7 * self.look + 0.3 * look
            self.look = np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-6), np.float32)


def affinity(trail: Trail, face: Face, look: FloatArray) -> float:
    """How well a face continues a trail, [0, 1]; 0 where it looks like somebody else."""
    last = trail.last
    gap_s = max(0.0, face.time_s - last.time_s)
    width = max(1.0, (last.width_px + face.width_px) / 2)
    moved = float(np.hypot(*(_centre(face) - trail.place_at(face.time_s)))) / width
    place = float(np.exp(-moved / (1.0 + SPEED * min(gap_s, 4.0))))
    size = min(last.width_px, face.width_px) / max(last.width_px, face.width_px, 1.0)
    alike = 1.0 if trail.look is None else float(trail.look @ look)
    if alike < LOOK_MIN:
        return 0.0
    return float((PLACE_WEIGHT * place + LOOK_WEIGHT * alike) * np.sqrt(size))


def match(trails: list[Trail], faces: list[Face], looks: list[FloatArray]) -> dict[int, int]:
    """{index of face: index of trail}, the best pairs first, each at most once."""
    pairs = sorted(
        (-affinity(trail, face, look), f, t)
        for f, (face, look) in enumerate(zip(faces, looks, strict=True))
        for t, trail in enumerate(trails)
    )
    matched: dict[int, int] = {}
    for negative, f, t in pairs:
        if -negative >= MATCH_MIN and f not in matched and t not in matched.values():
            matched[f] = t
    return matched | _match_by_walk(trails, faces, looks, matched)


def crowded(face: Face, others: list[Face]) -> bool:
    """Whether another face is so near that a look at this one holds part of it."""
    for other in others:
        apart = np.abs(_centre(face) - _centre(other))
        reach = CROWDED * (face.width_px + other.width_px) / 2
        if other is not face and float(apart.max()) < reach:
            return True
    return False


def _match_by_walk(
    trails: list[Trail], faces: list[Face], looks: list[FloatArray], matched: dict[int, int]
) -> dict[int, int]:
    """Faces that the looks left over because others stand before them, or because of the light.

    By place, the nearest first.
    """
    left = [f for f in range(len(faces)) if f not in matched]
    free = [t for t in range(len(trails)) if t not in matched.values()]
    pairs = sorted(
        (_stray(trails[t], faces[f]), f, t)
        for f in left
        for t in free
        if crowded(faces[f], faces) or _is_relit(trails[t], looks[f])
    )
    found: dict[int, int] = {}
    for off, f, t in pairs:
        if off <= STRAY and f not in found and t not in found.values():
            found[f] = t
    return found


def _is_relit(trail: Trail, look: FloatArray) -> bool:
    return trail.look is not None and likeness_in_any_light(trail.look, look) >= LIT_MIN


def _stray(trail: Trail, face: Face) -> float:
    """Widths between a face and where the trail leads; infinite where it cannot be that person."""
    sizes = sorted((trail.last.width_px, face.width_px))
    if sizes[0] < SIZE_MIN * sizes[1] or face.time_s - trail.last.time_s > UNSEEN_MAX_S:
        return float("inf")
    off = _centre(face) - trail.place_at(face.time_s)
    return float(np.hypot(*off)) / max(1.0, sizes[1])


def track_id(number: int) -> str:
    """A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    letters = ""
    number += 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _centre(face: Face) -> FloatArray:
    return np.asarray((face.box_xyxy[:2] + face.box_xyxy[2:]) / 2, np.float32)
