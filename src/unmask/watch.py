"""Running verdicts: every person's score, probability and outcome while frames still arrive.

    Feed -> with_cuts -> Follower -> ImageDetector -> track rule -> ClipRule -> judge -> Reading
    media/  media/       faces/      detectors/       detectors/    RunningCues fusion  report/

Faces are searched on few frames and followed by their meshes on the others; the network is asked
for some of them, within a budget per second of the clip's own time, so that equal clips give equal
readings. A person's probability is that of the card's track rule over all looks so far, or where
several people are seen at once that of the card's rule for them; the cues that have a part in
verdicts are read every few bursts of neighbouring frames. Beside the analysis of a whole file this
leaves out maps, the other cues and the network over time (and the rule for several people where
it was fitted with that one): a reading may differ from the verdict of `Analyzer`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from unmask.detectors.clip_rule import ClipRule
from unmask.detectors.coherence.measure import parse_cues
from unmask.detectors.coherence.running import RunningCues, feed_media
from unmask.detectors.fusion import judge
from unmask.detectors.image import CUE, DETECTOR, ImageDetector
from unmask.detectors.track_rule import consensus
from unmask.detectors.usability import common_reason, fitness, reason_against
from unmask.faces.reader import GHOST_SCORE, FaceReader
from unmask.faces.track import Trail, track_id
from unmask.media.sampling import STREAM_BURST
from unmask.media.scenes import with_cuts
from unmask.models.bundle import Bundle, load_bundle
from unmask.models.card import Card, FloatVector
from unmask.profiles import apply_profile, load_profile
from unmask.settings import Settings
from unmask.types import (
    Evidence,
    Face,
    FaceTrack,
    Frame,
    Measurement,
    Moment,
    Observation,
    Reason,
    Skipped,
    Verdict,
)

LOOKS_PER_S = 2.5  # of the network at one person, per second of the clip
FACES_PER_S = 8.0  # the same, at all persons together
LOOKS_PER_FRAME = 2  # whoever waited longest comes first: no frame takes much longer than another
LOOKS_MAX = 2000  # a camera may run for hours: of a person the newest looks count (13 minutes)


@dataclass(frozen=True, slots=True, eq=False)
class PersonReading:
    """One person so far.

    verdict          by the track rule over `looks` scored faces, or the rule for several people
    cues             those that have a part in verdicts, as last read; none before the first reading
    face             in this frame, or None: out of sight
    newest           the last look of the network, or why there was none; None before the first
    first_s, last_s  when the person was seen
    """

    id: str
    verdict: Verdict
    face: Face | None
    newest: Moment | None
    looks: int
    first_s: float
    last_s: float
    cues: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All that stands after a frame: the persons by letter, and the verdict on everything so far.

    `frames` counts those that were read, this one included.
    """

    frame: Frame
    persons: tuple[PersonReading, ...]
    verdict: Verdict
    frames: int


@dataclass(slots=True, eq=False)
class _Person:
    """A person while frames arrive."""

    id: str
    trail: Trail
    first_s: float
    due_s: float
    logits: deque[FloatVector] = field(default_factory=lambda: deque(maxlen=LOOKS_MAX))
    against: deque[Reason] = field(default_factory=lambda: deque(maxlen=LOOKS_MAX))
    fitness: float = 0.0
    newest: Moment | None = None
    evidence: Evidence | None = None


class Watcher:
    """Reads one feed with one bundle; make a new one for the next."""

    def __init__(self, settings: Settings | None = None, bundle: str | Path | None = None) -> None:
        self._settings = settings or Settings()
        name = self._settings.bundle if bundle is None else bundle
        self.bundle: Bundle = load_bundle(name, self._settings)
        if self._settings.profile is not None:
            profile = load_profile(self._settings.profile, self._settings)
            self.bundle = apply_profile(self.bundle, profile)
        self._detector = ImageDetector(self.bundle, self._settings)
        self._follower = FaceReader(self._settings).follower()
        self._rule = ClipRule(self.bundle, self._settings)
        asked = parse_cues(self._settings.cues)
        self._cues = RunningCues(
            tuple(name for name in self._rule.cues if name in asked),
            self.bundle.card.measurements,
            STREAM_BURST,
        )
        self._together = 0  # the most people that a frame showed
        self._persons: dict[Trail, _Person] = {}
        self._frames = 0
        self._last: Frame | None = None

    def read(self, frames: Iterable[Frame]) -> Iterator[Reading]:
        """A reading after every frame, two frames late (`with_cuts`)."""
        for frame, new_scene in with_cuts(frames):
            self._take(frame, new_scene=new_scene)
            yield self._reading(frame, damaged=False)

    def conclude(self, *, damaged: bool) -> Reading | None:
        """The last reading, of a feed that was `damaged` or not; None where no frame came."""
        self._cues.read()
        return None if self._last is None else self._reading(self._last, damaged=damaged)

    def _take(self, frame: Frame, *, new_scene: bool) -> None:
        trails = self._follower.advance(frame, new_shot=new_scene)
        seen = [trail for trail in trails if trail.last.frame_index == frame.index]
        for trail in sorted(seen, key=_left):
            sure = len(trail.faces) > 1 or trail.last.score >= GHOST_SCORE
            if trail not in self._persons and sure:
                letter = track_id(len(self._persons))
                self._persons[trail] = _Person(letter, trail, trail.faces[0].time_s, frame.time_s)
            del trail.faces[:-2]  # whoever follows needs the newest, we need to know of another
        present = [self._persons[trail] for trail in seen if trail in self._persons]
        self._together = max(self._together, len(present))
        self._look(frame, present)
        faces = {person.id: person.trail.last for person in present}
        self._cues.add(frame, faces, new_scene=new_scene)
        self._frames, self._last = self._frames + 1, frame

    def _look(self, frame: Frame, seen: Sequence[_Person]) -> None:
        """Ask the network about those whose turn it is."""
        step_s = max(1 / LOOKS_PER_S, len(seen) / FACES_PER_S)
        due = sorted((p for p in seen if p.due_s <= frame.time_s), key=lambda p: p.due_s)
        chosen, limits = due[:LOOKS_PER_FRAME], self.bundle.card.limits_of_use
        usable: list[_Person] = []
        for person in chosen:
            face = person.trail.last
            person.due_s = frame.time_s + step_s
            reason = reason_against(face, limits, self._settings.face_width_min_px)
            if reason is None:
                usable.append(person)
            else:
                person.against.append(reason)
                person.newest = Moment(frame.time_s, None, reason, frame.index)
        if usable:
            self._score(frame, usable)
        for person in chosen:
            person.evidence = _evidence(person, self.bundle.card)

    def _score(self, frame: Frame, persons: Sequence[_Person]) -> None:
        card, faces = self.bundle.card, [person.trail.last for person in persons]
        scores = self._detector.score_faces(_observation((), (frame,)), faces)
        for person, face, score in zip(persons, faces, scores, strict=True):
            probability = card.probability(score.logits)[1]
            person.logits.append(score.logits)
            person.fitness += fitness(face, card.limits_of_use)
            person.newest = Moment(frame.time_s, probability, None, frame.index)

    def _reading(self, frame: Frame, *, damaged: bool) -> Reading:
        persons = list(self._persons.values())
        tracks = tuple(FaceTrack(one.id, (one.trail.last,)) for one in persons)
        seen = _observation(tracks, (frame,), damaged=damaged, left_out=self._follower.skipped())
        evidence = [one.evidence or _evidence(one, self.bundle.card) for one in persons]
        cues = self._cues.measurements()
        fused: list[Evidence] = []
        if not self._rule.needs_more_than_cues:
            fused = self._rule.fuse(self._together, evidence, (), cues)
        *verdicts, everything = judge(seen, [*fused, *evidence], self.bundle.card, cues)
        readings = tuple(
            _person_reading(one, verdict, frame, cues)
            for one, verdict in zip(persons, verdicts, strict=True)
        )
        return Reading(frame, readings, everything, self._frames)


def _person_reading(
    person: _Person, verdict: Verdict, frame: Frame, cues: Sequence[Measurement]
) -> PersonReading:
    last = person.trail.last
    return PersonReading(
        id=person.id,
        verdict=verdict,
        face=last if last.frame_index == frame.index else None,
        newest=person.newest,
        looks=len(person.logits),
        first_s=person.first_s,
        last_s=last.time_s,
        cues=tuple(one for one in cues if one.subject == person.id),
    )


def _evidence(person: _Person, card: Card) -> Evidence:
    """The frame detector's evidence over all looks so far, by the card's track rule."""
    looks = len(person.logits)
    if looks < max(1, card.track.min_frames):
        poor = common_reason(person.against) if person.against and not looks else None
        return Evidence(
            DETECTOR, CUE, person.id, None, poor or Reason.TOO_FEW_FRAMES, reliability=0.0
        )
    logits, _ = consensus(np.stack(person.logits), card)
    by_class, probability = card.probability(logits)
    return Evidence(
        detector=DETECTOR,
        cue=CUE,
        subject=person.id,
        score=probability,
        reliability=min(1.0, person.fitness / (looks + len(person.against))),
        class_probabilities=by_class,
        interval=card.interval(probability),
    )


def _observation(
    tracks: tuple[FaceTrack, ...],
    frames: tuple[Frame, ...],
    *,
    damaged: bool = False,
    left_out: Sequence[Skipped] = (),
) -> Observation:
    """One frame as detector and rule take it."""
    return Observation(feed_media(frames[0]), frames, tracks, tuple(left_out), damaged=damaged)


def _left(trail: Trail) -> float:
    return float(trail.last.box_xyxy[0] + trail.last.box_xyxy[2])
