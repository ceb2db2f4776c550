"""The cues of people whose frames still arrive.

Frames and the faces in them -> bursts of neighbours, the newest kept -> `CueReader` -> Measurements

The cues are those of a whole file on eight bursts as well, only that these move along: a value is
that of the newest bursts in which the person was seen. They are read anew every few bursts, not
with every frame; the jitter of a face needs so many that a first value is worth anything.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from unmask.detectors.coherence.measure import CueReader
from unmask.models.card import MeasurementReference
from unmask.types import (
    Face,
    FaceTrack,
    Frame,
    Measurement,
    MediaInfo,
    MediaKind,
    Observation,
)

BURSTS_MAX, BURSTS_MIN = 8, 2
BYTES_MAX = 256 * 1024 * 1024  # of pixels that are kept; large frames leave room for fewer bursts
READ_EVERY = 6  # bursts from one reading to the next
APART_S = 0.7  # from the start of one burst to the next, where all frames are neighbours


def feed_media(frame: Frame) -> MediaInfo:
    """What is known of a feed by one of its frames: it has no bytes, and the hash of none."""
    height, width = frame.image_rgb.shape[:2]
    return MediaInfo(MediaKind.VIDEO, "feed", width, height, 0, hashlib.sha256().hexdigest())


@dataclass(slots=True, eq=False)
class _Burst:
    """Neighbouring frames of one shot and who is in them."""

    frames: list[Frame] = field(default_factory=list)
    faces: list[Mapping[str, Face]] = field(default_factory=list)


class RunningCues:
    """Gathers bursts of `length` neighbours and measures the cues `names` on the newest of them."""

    def __init__(
        self,
        names: tuple[str, ...],
        references: Mapping[str, MeasurementReference],
        length: int,
    ) -> None:
        self._names, self._references, self._length = names, references, length
        self._reader = CueReader(names)
        self._bursts: deque[_Burst] = deque()
        self._growing = _Burst()
        self._due_s = 0.0
        self._unread = 0  # bursts that came after the last reading
        self._known: dict[str, dict[str, Measurement]] = {}
        self._rests_on: dict[str, int] = {}  # bursts with the person in them

    def add(self, frame: Frame, faces: Mapping[str, Face], *, new_scene: bool) -> None:
        """Take the next frame and the faces in it by person; read the cues where it is time."""
        if not self._names:
            return
        grown = self._growing.frames
        if new_scene or (grown and frame.index != grown[-1].index + 1):
            self._growing = _Burst()
        if not self._growing.frames and frame.time_s < self._due_s:
            return
        self._growing.frames.append(frame)
        self._growing.faces.append(dict(faces))
        if len(self._growing.frames) == self._length:
            self._due_s = self._growing.frames[0].time_s + APART_S
            self._keep(self._growing)
            self._growing = _Burst()
            if self._unread >= READ_EVERY:
                self.read()

    def read(self) -> None:
        """Measure on the bursts that are kept, unless none has come since the last reading.

        Of somebody who is in fewer of them than before, the older values rest on more and stay.
        """
        if not self._unread:
            return
        self._unread = 0
        seen = Counter(name for burst in self._bursts for name in set().union(*burst.faces))
        better = {name for name, bursts in seen.items() if bursts >= self._rests_on.get(name, 0)}
        self._rests_on |= {name: seen[name] for name in better}
        for one in self._reader.measure(self._observation(), self._references):
            known = self._known.setdefault(one.subject, {})
            if one.subject in better and (one.value is not None or one.name not in known):
                known[one.name] = one

    def measurements(self) -> tuple[Measurement, ...]:
        """Every cue of every person; what abstains in a later reading keeps its older value."""
        return tuple(one for known in self._known.values() for one in known.values())

    def _keep(self, burst: _Burst) -> None:
        size = sum(frame.image_rgb.nbytes for frame in burst.frames)
        most = min(BURSTS_MAX, max(BURSTS_MIN, BYTES_MAX // max(1, size)))
        self._bursts.append(burst)
        while len(self._bursts) > most:
            self._bursts.popleft()
        self._unread += 1

    def _observation(self) -> Observation:
        frames = [frame for burst in self._bursts for frame in burst.frames]
        seen: dict[str, list[Face]] = {}
        for burst in self._bursts:
            for faces in burst.faces:
                for name, face in faces.items():
                    seen.setdefault(name, []).append(face)
        return Observation(
            feed_media(frames[-1]),
            tuple(frames),
            tuple(FaceTrack(name, tuple(faces)) for name, faces in seen.items()),
        )
