"""Verdicts to findings: ordered, typed, measured facts, the only thing a narrator may speak of.

    Observation + Verdicts + Card -> findings -> narrators and the report's JSON

Ids are stable: "<subject>.<what>[.<which>]", the file first and then its persons. Which facts a
subject has follows from its verdict alone: a person called manipulated has its map read by region,
a person without evidence has no word about regions, kinds or blends, and a subject on which the
detectors abstained has the reason and the quality behind it and nothing else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from unmask.detectors.coherence.scene_motion import NAME as SCENE_MOTION
from unmask.explain.findings_cues import cue_findings
from unmask.explain.findings_map import map_findings
from unmask.explain.findings_measure import measure_findings
from unmask.explain.findings_quality import abstention_findings, quality_findings
from unmask.models.card import EDIT, REAL, Card
from unmask.types import (
    Evidence,
    FaceTrack,
    Finding,
    Measurement,
    MediaKind,
    Moment,
    Observation,
    Outcome,
    Reason,
    Verdict,
)

FILE = "file"
CONFIDENCE = 0.95  # of every interval on a card (models/card.py)


def find(
    observation: Observation,
    verdicts: Sequence[Verdict],
    card: Card,
    about: Sequence[Finding] = (),
    measurements: Sequence[Measurement] = (),
) -> tuple[Finding, ...]:
    """All findings of a file, the file's own first, then those of its persons in their order.

    `about` is what `findings_file.py` says of the file beside the verdicts, `measurements` what
    was measured beside the network.
    """
    tracks = {track.id: track for track in observation.tracks}
    found = [*_file_findings(observation, verdicts), *about]
    if observation.media.kind is MediaKind.VIDEO and card.verdict.motion_min > 0:
        found += motion_findings(verdicts, measurements)
    for verdict in verdicts:
        if verdict.subject in tracks:
            found += _person_findings(
                observation, tracks[verdict.subject], verdict, card, measurements
            )
    return tuple(found)


def _file_findings(observation: Observation, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    for verdict in verdicts:
        if verdict.subject == FILE:
            yield from verdict_findings(verdict)
    ids = [track.id for track in observation.tracks]
    yield Finding("file.faces", FILE, "faces", len(ids), "count", detail={"ids": ids})
    media = observation.media
    if media.kind is MediaKind.VIDEO:
        detail: dict[str, float] = {"cuts": len(observation.cuts_s)}
        if media.duration_s is not None:
            detail["duration_s"] = media.duration_s
        yield Finding("file.frames", FILE, "frames", len(observation.frames), "count", None,
                      detail=detail)  # fmt: skip
    reasons = Counter(reason for v in verdicts if v.subject != FILE for reason in v.reasons)
    for reason in Reason:
        if reasons[reason]:
            yield Finding(
                f"file.open.{reason}", FILE, "open", reasons[reason], "count",
                detail={"reason": str(reason)},
            )  # fmt: skip
    if observation.damaged:
        yield Finding("file.damage", FILE, "damage", None)
    for number, skipped in enumerate(observation.skipped, start=1):
        yield Finding(
            f"file.skipped.{number}", FILE, "skipped", skipped.count, "count",
            detail={"what": skipped.what, "reason": skipped.reason},
        )  # fmt: skip


def motion_findings(
    verdicts: Sequence[Verdict], measurements: Sequence[Measurement]
) -> Iterator[Finding]:
    """Who of a clip was cleared without a measured motion, which might have kept them from it."""
    measured = {
        one.subject for one in measurements if one.name == SCENE_MOTION and one.value is not None
    }
    ids = [
        one.subject
        for one in verdicts
        if one.subject not in (FILE, *measured) and one.outcome is Outcome.NO_EVIDENCE
    ]
    if ids:
        yield Finding(
            "file.unchecked", FILE, "unchecked", len(ids), "count", None,
            detail={"ids": ids, "name": SCENE_MOTION},
        )  # fmt: skip


def _person_findings(
    observation: Observation,
    track: FaceTrack,
    verdict: Verdict,
    card: Card,
    measurements: Sequence[Measurement],
) -> list[Finding]:
    found = list(verdict_findings(verdict))
    abstained = verdict.fake_probability is None
    if not abstained:
        if verdict.outcome is Outcome.MANIPULATED:
            found += class_findings(verdict, card)
        found += map_findings(track, verdict, card)
        if observation.media.kind is MediaKind.VIDEO:
            found += time_findings(verdict, card.verdict.threshold)
        found += measure_findings(verdict, measurements)
    found += cue_findings(verdict, measurements)
    found += quality_findings(track, verdict, card)
    if verdict.outcome is Outcome.INCONCLUSIVE:
        found += abstention_findings(track, verdict, card)
    return found


def verdict_findings(verdict: Verdict) -> Iterator[Finding]:
    """The outcome and, where there is one, the calibrated probability with its interval.

    The probability's `reference` is the range in which no evidence is reported; its strength says
    how far it lies beyond the border it crossed (0 in the grey zone).
    """
    subject, p = verdict.subject, verdict.fake_probability
    direction = {
        Outcome.MANIPULATED: "towards_manipulated",
        Outcome.NO_EVIDENCE: "towards_genuine",
        Outcome.INCONCLUSIVE: "neutral",
    }[verdict.outcome]
    strength = _strength(verdict)
    yield Finding(
        f"{subject}.verdict", subject, "verdict", str(verdict.outcome), "", None, direction,
        strength, {"reasons": [str(reason) for reason in verdict.reasons]},
    )  # fmt: skip
    if p is None:
        return
    detail: dict[str, float] = {
        "threshold": verdict.threshold, "clear_below": verdict.clear_below,
    }  # fmt: skip
    if verdict.interval is not None:
        low, high = verdict.interval
        detail |= {"confidence": CONFIDENCE, "low": low, "high": high}
    yield Finding(
        f"{subject}.probability", subject, "probability", p, "probability",
        (0.0, verdict.clear_below), direction, strength, detail,
    )  # fmt: skip


def _strength(verdict: Verdict) -> float:
    p = verdict.fake_probability
    if p is None or verdict.outcome is Outcome.INCONCLUSIVE:
        return 0.0
    border = verdict.threshold if verdict.outcome is Outcome.MANIPULATED else verdict.clear_below
    room = 1.0 - border if verdict.outcome is Outcome.MANIPULATED else border
    return min(1.0, abs(p - border) / room) if room > 0 else 1.0


def class_findings(verdict: Verdict, card: Card) -> Iterator[Finding]:
    """The most likely kind of manipulation; none where the card knows only one kind."""
    shares = _first_classes(verdict.evidence)
    told = {*card.classes, EDIT} - {REAL}
    kinds = {name: share for name, share in shares.items() if name in told}
    if len(kinds) < 2:
        return
    top = max(kinds, key=lambda name: kinds[name])
    ordered = sorted(kinds.values(), reverse=True)
    yield Finding(
        f"{verdict.subject}.class", verdict.subject, "class", top, "class", None,
        "towards_manipulated", ordered[0] - ordered[1], kinds,
    )  # fmt: skip


def _first_classes(evidence: Sequence[Evidence]) -> dict[str, float]:
    return next((e.class_probabilities for e in evidence if e.class_probabilities), {})


def time_findings(verdict: Verdict, threshold: float) -> Iterator[Finding]:
    """Over a clip: how many moments reach the threshold, between what the probability moves, when.

    `threshold` is that of single frames, which a fused verdict's may differ from. Value is the
    share of read moments at or over the threshold; moments without a score are counted apart and
    are never taken for clear ones.
    """
    subject = verdict.subject
    series = next((e.series for e in verdict.evidence if e.series), ())
    read = [(m.score, m) for m in series if m.score is not None]
    if len(read) > 1:
        scores = [score for score, _ in read]
        over = sum(score >= threshold for score in scores)
        peak: Moment = max(read, key=lambda pair: (pair[0], -pair[1].time_s))[1]
        mean = math.fsum(scores) / len(scores)
        detail = {
            "moments": len(read), "over": over, "threshold": threshold,
            "low": min(scores), "high": max(scores), "peak_s": peak.time_s,
            "first_s": min(m.time_s for _, m in read), "last_s": max(m.time_s for _, m in read),
            "spread": math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / len(scores)),
        }  # fmt: skip
        direction = "towards_manipulated" if over else "towards_genuine"
        yield Finding(
            f"{subject}.time", subject, "time", over / len(read), "share", None, direction,
            over / len(read), detail,
        )  # fmt: skip
    if unread := len(series) - len(read):
        yield Finding(f"{subject}.unread", subject, "unread", unread, "count")
