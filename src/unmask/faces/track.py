"""Faces over the frames of a clip become tracks: one person from first sight to the next cut.

Between bursts a face is matched by place and by look (greedy, best pair first); within a burst its
mesh follows it. A cut ends every track: whoever is seen
again after it becomes a new track, because a look alone does not prove who it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from unmask.types import Face, FloatArray

PLACE_WEIGHT, LOOK_WEIGHT = 0.3, 0.7
MATCH_MIN = 0.45
# Looks of one person in one clip were alike by .79 or more (15 clips, 8 moments each); those of two
# people by .46 in the median and .76 in one pair of ten.
LOOK_MIN = 0.65
SPEED = 1.5  # face widths a person may move per second before place counts less


@dataclass(slots=True, eq=False)
class Trail:
    """A track while it grows."""

    faces: list[Face] = field(default_factory=list)
    look: FloatArray | None = None

    @property
    def last(self) -> Face:
        """The newest face."""
        return self.faces[-1]

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
    moved = float(np.hypot(*(_centre(face) - _centre(last)))) / width
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
    return matched


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
