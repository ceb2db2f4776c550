"""The rule from evidence to verdicts: a pure function of what was seen, the evidence and the card.

Per person, with p the calibrated probability and the two thresholds of the card:

    no p                     inconclusive, for the reason the detector gave
    p >= threshold           manipulated
    clear_below < p < thr.   inconclusive: grey_zone
    p <= clear_below         no_evidence, or inconclusive: partial_decode where the file is damaged,
                             too_smooth where a clip's face moves less than `motion_min` allows,
                             too_compressed where its blocks are coarser than `blockiness_max`,
                             too_blurred where it is less sharp than `sharpness_min`
    some_moments             beside either of the last two in a clip of which as many moments in a
                             row as a clip must have reach the frames' threshold together

A clip of which only a part was manipulated has a low p, because a person is judged by all moments
together: such a stretch keeps the person from being cleared and says where to look.
Strong compression and blur cover traces and make fakes look genuine. Smooth motion is a sign of
heads that were generated whole: a network that looks at single frames may miss them, but they
tremble less against their own head than filmed people do (cue `scene_motion`). In a clip coded so
coarsely that genuine faces hold as still, it does not apply.

In a clip whose card has a section `fusion`, p and the thresholds are those of that model
(`fused.py`): its evidence stands first.

The file: manipulated if any person is; else inconclusive if any person is, nobody was found, the
file is damaged or holds faces that were not read (partial_decode); else no_evidence. Its
probability is the highest of those there are. Nothing that failed ever reads as genuine: what
could not be looked at keeps a verdict from being no_evidence, and manipulated stays manipulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.features import PROBABILITY_MARGIN
from unmask.detectors.coherence.scene_motion import NAME as SCENE_MOTION
from unmask.models.card import Card
from unmask.types import (
    UNREAD_FACES,
    Evidence,
    Face,
    FaceTrack,
    Measurement,
    MediaKind,
    Observation,
    Outcome,
    Reason,
    Verdict,
)

FILE = "file"
FUSED = "fusion"  # the detector of evidence that `fused.py` made


def judge(
    observation: Observation,
    evidence: Sequence[Evidence],
    card: Card,
    measurements: Sequence[Measurement] = (),
) -> tuple[Verdict, ...]:
    """One verdict per track, in their order, and last the file's.

    `measurements` are those that may keep somebody of a clip from being cleared; without them no
    motion does.
    """
    smooth = _too_smooth(observation, card, measurements)
    persons = [
        _judge_person(
            track,
            tuple(one for one in evidence if one.subject == track.id),
            card,
            damaged=observation.damaged,
            smooth=track.id in smooth,
        )
        for track in observation.tracks
    ]
    unread = any(skipped.what == UNREAD_FACES for skipped in observation.skipped)
    return (*persons, _judge_file(persons, card, damaged=observation.damaged or unread))


def _too_smooth(
    observation: Observation, card: Card, measurements: Sequence[Measurement]
) -> frozenset[str]:
    """The people of a clip whose faces move more smoothly than those of filmed people."""
    if observation.media.kind is MediaKind.IMAGE:
        return frozenset()
    return frozenset(
        one.subject
        for one in measurements
        if one.name == SCENE_MOTION
        and one.value is not None
        and one.value < card.verdict.motion_min
        and (one.reference is None or one.value < one.reference[0])
    )


def scored_faces(track: FaceTrack, evidence: Sequence[Evidence]) -> tuple[Face, ...]:
    """The faces of a person's moments that have a score, or where none has one, all."""
    series = next((one.series for one in evidence if one.series), ())
    frames = {moment.frame_index for moment in series if moment.score is not None}
    return tuple(face for face in track.faces if face.frame_index in frames) or track.faces


def _against_clearing(faces: Sequence[Face], card: Card) -> tuple[Reason, ...]:
    """What the median quality of those faces whose quality was measured says against clearing."""
    known = [face.quality for face in faces if face.quality is not None]
    if not known:
        return ()
    blockiness, sharpness = (
        median(getattr(quality, name) for quality in known) for name in ("blockiness", "sharpness")
    )
    return card.verdict.against_clearing(blockiness, sharpness)


def _reached_in_a_row(evidence: Sequence[Evidence], card: Card) -> bool:
    """Whether some moments in a row would be called manipulated if they were all of a clip.

    As many as a clip must have (`track.min_frames`), by the mean of their log-odds, as a clip is.
    """
    series = next((one.series for one in evidence if one.series), ())
    scores = np.array([one.score for one in series if one.score is not None])
    least = card.track.min_frames
    if len(scores) <= least:  # the whole clip, which has its own probability
        return False
    means = np.convolve(_log_odds(scores), np.full(least, 1 / least), "valid")
    return bool(means.max() >= _log_odds(np.array(card.verdict.threshold)))


def _log_odds(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    sure = np.clip(p, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN)
    return np.asarray(np.log(sure / (1 - sure)), np.float64)


def outcome_of(
    probability: float,
    card: Card,
    *,
    damaged: bool = False,
    against: tuple[Reason, ...] = (),
    fused: bool = False,
) -> tuple[Outcome, tuple[Reason, ...]]:
    """The outcome of a probability by the card's thresholds, with reasons if inconclusive.

    `against` are reasons not to clear, which matter where the probability would; that some moments
    reach the threshold matters between the two as well.
    """
    threshold, clear_below = thresholds(card, fused=fused)
    if probability >= threshold:
        return Outcome.MANIPULATED, ()
    damage = (Reason.PARTIAL_DECODE,) if damaged else ()
    if probability > clear_below:
        against = (Reason.GREY_ZONE, *(one for one in against if one is Reason.SOME_MOMENTS))
    reasons = (*damage, *against)
    return (Outcome.INCONCLUSIVE, reasons) if reasons else (Outcome.NO_EVIDENCE, ())


def thresholds(card: Card, *, fused: bool) -> tuple[float, float]:
    """(threshold, clear_below) of the frame detector's probability, or of the fused one."""
    rule = card.fusion if fused and card.fusion is not None else card.verdict
    return rule.threshold, rule.clear_below


def _judge_person(
    track: FaceTrack, evidence: tuple[Evidence, ...], card: Card, *, damaged: bool, smooth: bool
) -> Verdict:
    """A person's verdict rests on the first evidence with a score; the rest stands beside it."""
    leading = next((one for one in evidence if one.score is not None), None)
    fused = leading is not None and leading.detector == FUSED
    threshold, clear_below = thresholds(card, fused=fused)
    if leading is None or leading.score is None:
        reasons = tuple(dict.fromkeys(one.reason for one in evidence if one.reason is not None))
        return Verdict(
            subject=track.id,
            outcome=Outcome.INCONCLUSIVE,
            fake_probability=None,
            threshold=threshold,
            clear_below=clear_below,
            reasons=reasons or (Reason.OUT_OF_RANGE,),
            evidence=evidence,
        )
    against = _against_clearing(scored_faces(track, evidence), card)
    if smooth:
        against = (Reason.TOO_SMOOTH, *against)
    if _reached_in_a_row(evidence, card):
        against = (*against, Reason.SOME_MOMENTS)
    outcome, reasons = outcome_of(
        leading.score, card, damaged=damaged, against=against, fused=fused
    )
    return Verdict(
        subject=track.id,
        outcome=outcome,
        fake_probability=leading.score,
        threshold=threshold,
        clear_below=clear_below,
        reasons=reasons,
        interval=leading.interval,
        evidence=evidence,
    )


def _judge_file(persons: Sequence[Verdict], card: Card, *, damaged: bool) -> Verdict:
    outcomes = {person.outcome for person in persons}
    scored = [person for person in persons if person.fake_probability is not None]
    highest = max(scored, key=lambda person: person.fake_probability or 0.0, default=None)
    reasons: tuple[Reason, ...] = ()
    if Outcome.MANIPULATED in outcomes:
        outcome = Outcome.MANIPULATED
    elif Outcome.INCONCLUSIVE in outcomes or damaged or not persons:
        outcome = Outcome.INCONCLUSIVE
        found = {reason for person in persons for reason in person.reasons}
        found |= set() if persons else {Reason.NO_FACE}
        found |= {Reason.PARTIAL_DECODE} if damaged else set()
        reasons = tuple(reason for reason in Reason if reason in found)
    else:
        outcome = Outcome.NO_EVIDENCE
    return Verdict(
        subject=FILE,
        outcome=outcome,
        fake_probability=None if highest is None else highest.fake_probability,
        threshold=card.verdict.threshold if highest is None else highest.threshold,
        clear_below=card.verdict.clear_below if highest is None else highest.clear_below,
        reasons=reasons,
        interval=None if highest is None else highest.interval,
    )
