"""Synthetic verdicts and whole reports for the tests of explain/, report/ and the commands.

Everything is drawn and seeded: the same arguments give the same bits. Persons stand side by side;
person A, at the left, carries the outcome asked for.

    build_report("image" | "video", Outcome.MANIPULATED, people=2, portrait=False) -> Report
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from card_data import CLEAR_BELOW, THRESHOLD, build_card
from observed import build_heat_map, build_observation, build_quality

from unmask.explain.findings import find
from unmask.explain.narrate import narrate
from unmask.models.card_reader import parse_card
from unmask.types import (
    Check,
    CheckStatus,
    Evidence,
    FaceTrack,
    Measurement,
    MediaKind,
    Moment,
    Observation,
    Outcome,
    Reason,
    Report,
    Verdict,
)

__all__ = [
    "build_card",
    "build_evidence",
    "build_observation",
    "build_quality",
    "build_report",
    "build_verdict",
    "build_verdicts",
    "file_verdict",
]

PROBABILITY = {
    Outcome.MANIPULATED: 0.968,
    Outcome.INCONCLUSIVE: 0.574,
    Outcome.NO_EVIDENCE: 0.042,
}
INTERVAL_WIDTH = 0.06
# What person A must look like for each reason; the rest has good faces.
POOR: dict[Reason, dict[str, float]] = {
    Reason.FACE_TOO_SMALL: {"width_px": 22.0},
    Reason.LOW_QUALITY: {"sharpness": 5.2},
    Reason.OUT_OF_RANGE: {"yaw_deg": 72.0},
    Reason.TOO_BLURRED: {"sharpness": 11.2},
}
# These stand where the person would else be clear (fusion.py).
UNCLEARED = frozenset(
    {
        Reason.PARTIAL_DECODE,
        Reason.TOO_SMOOTH,
        Reason.TOO_COMPRESSED,
        Reason.TOO_BLURRED,
        Reason.SOME_MOMENTS,
    }
)
NO_NUMBER = frozenset(Reason) - {Reason.GREY_ZONE, *UNCLEARED}


def build_evidence(
    observation: Observation, track: FaceTrack, probability: float, *, swap: bool = True
) -> Evidence:
    """What the image detector would say of one track: series, classes, and the top moment's map."""
    series = []
    for i, face in enumerate(track.faces):
        wave = 0.05 * np.sin(1.7 * i) * (1 if len(track.faces) > 1 else 0)
        score = float(np.clip(probability + wave, 0.001, 0.999))
        series.append(Moment(face.time_s, round(score, 4), None, face.frame_index))
    top = max(range(len(series)), key=lambda i: series[i].score or 0.0)
    face = track.faces[top]
    major, minor = probability * 0.9, probability * 0.1
    classes = {
        "real": 1 - probability,
        "swap": major if swap else minor,
        "synthetic": minor if swap else major,
    }
    at = (0.5, 0.72) if swap else (0.5, 0.35)
    return Evidence(
        detector="image",
        cue="face",
        subject=track.id,
        score=probability,
        class_probabilities=classes,
        interval=interval_of(probability),
        series=tuple(series),
        heat_map=build_heat_map(face, observation.frame(face.frame_index), probability, at),
        time_s=face.time_s if observation.media.kind is MediaKind.VIDEO else None,
    )


def interval_of(probability: float) -> tuple[float, float]:
    """A made-up 95 % interval round a probability."""
    return (
        round(max(0.0, probability - INTERVAL_WIDTH), 4),
        round(min(1.0, probability + INTERVAL_WIDTH / 2), 4),
    )


def build_verdict(
    observation: Observation,
    track: FaceTrack,
    outcome: Outcome,
    reason: Reason = Reason.GREY_ZONE,
    probability: float | None = None,
    *,
    swap: bool = True,
) -> Verdict:
    """One person's verdict with its evidence; reasons other than the grey zone have no number."""
    if outcome is Outcome.INCONCLUSIVE and reason in NO_NUMBER:
        nothing = Evidence(
            "image", "face", track.id, None, reason, 0.0, series=_open(track, reason)
        )
        return Verdict(
            track.id, outcome, None, THRESHOLD, CLEAR_BELOW, (reason,), evidence=(nothing,)
        )
    p = PROBABILITY[outcome] if probability is None else probability
    evidence = build_evidence(observation, track, p, swap=swap)
    if reason is Reason.SOME_MOMENTS:
        last = tuple(replace(moment, score=0.97) for moment in evidence.series[-6:])
        evidence = replace(evidence, series=(*evidence.series[:-6], *last))
    reasons = (reason,) if outcome is Outcome.INCONCLUSIVE else ()
    return Verdict(
        track.id, outcome, p, THRESHOLD, CLEAR_BELOW, reasons, evidence.interval, (evidence,)
    )


def _open(track: FaceTrack, reason: Reason) -> tuple[Moment, ...]:
    """A series without a number, but for two moments of a person seen in too few frames."""
    why = Reason.LOW_QUALITY if reason is Reason.TOO_FEW_FRAMES else reason
    read = 2 if reason is Reason.TOO_FEW_FRAMES else 0
    return tuple(
        Moment(face.time_s, 0.4, None, face.frame_index)
        if i < read
        else Moment(face.time_s, None, why, face.frame_index)
        for i, face in enumerate(track.faces)
    )


def file_verdict(persons: Sequence[Verdict]) -> Verdict:
    """The file's verdict by the contract's rule: the strongest person speaks for the file."""
    outcomes = [v.outcome for v in persons]
    if Outcome.MANIPULATED in outcomes:
        outcome = Outcome.MANIPULATED
    elif not persons or Outcome.INCONCLUSIVE in outcomes:
        outcome = Outcome.INCONCLUSIVE
    else:
        outcome = Outcome.NO_EVIDENCE
    known = [v for v in persons if v.fake_probability is not None]
    top = max(known, key=lambda v: v.fake_probability or 0.0, default=None)
    reasons: tuple[Reason, ...] = ()
    if outcome is Outcome.INCONCLUSIVE:
        reasons = tuple(dict.fromkeys(r for v in persons for r in v.reasons)) or (Reason.NO_FACE,)
    return Verdict(
        "file",
        outcome,
        top.fake_probability if top else None,
        THRESHOLD,
        CLEAR_BELOW,
        reasons,
        top.interval if top else None,
    )


SMOOTH = (
    Measurement("scene_motion", "cue", "A", 0.004, "% of face width per frame", (0.02, 0.24)),
)


def build_verdicts(
    observation: Observation,
    outcome: Outcome,
    reason: Reason = Reason.GREY_ZONE,
    *,
    swap: bool = True,
) -> tuple[Verdict, ...]:
    """Person A has the outcome, the others show no evidence; C of a manipulated file is unclear."""
    persons = []
    for i, track in enumerate(observation.tracks):
        wanted, why, p = Outcome.NO_EVIDENCE, Reason.GREY_ZONE, 0.02 + 0.05 * i
        if i == 0:
            p = PROBABILITY[Outcome.NO_EVIDENCE if reason in UNCLEARED else outcome]
            wanted, why = outcome, reason
        elif i == 2 and outcome is Outcome.MANIPULATED:
            wanted, why = Outcome.INCONCLUSIVE, Reason.LOW_QUALITY
        persons.append(build_verdict(observation, track, wanted, why, p, swap=swap))
    return (*persons, file_verdict(persons))


def build_report(
    kind: str = "image",
    outcome: Outcome | str = Outcome.MANIPULATED,
    people: int = 1,
    *,
    portrait: bool = False,
    reason: Reason = Reason.GREY_ZONE,
    swap: bool = True,
    path_shown: str = "",
) -> Report:
    """A whole report; `people=0` gives the report of a file without a face (inconclusive)."""
    poor = POOR.get(reason, {}) if Outcome(outcome) is Outcome.INCONCLUSIVE else {}
    observation = build_observation(kind, people, portrait=portrait, **poor)
    verdicts = build_verdicts(observation, Outcome(outcome), reason, swap=swap)
    card = parse_card(json.dumps(build_card()))
    smooth = verdicts[0].reasons == (Reason.TOO_SMOOTH,)
    findings = find(observation, verdicts, card, (), SMOOTH if smooth else ())
    narratives = narrate(findings, verdicts, observation.media.kind, card, ("ko", "en"))
    return Report(
        path_shown=path_shown or f"sample.{observation.media.format}",
        media=observation.media,
        observation=observation,
        verdicts=verdicts,
        card=build_card(),
        bundle_sha256="ab" * 32,
        findings=findings,
        narratives=narratives,
        coverage=(
            Check("decode", CheckStatus.RUN, f"{len(observation.frames)} frames"),
            Check("faces", CheckStatus.RUN, f"{people} persons"),
            Check("image", CheckStatus.RUN if people else CheckStatus.SKIPPED, "default 0.1.0"),
            Check("provenance", CheckStatus.FAILED, "metadata could not be read"),
        ),
        versions={"unmask": "0.1.0", "numpy": "2.3.0", "onnxruntime": "1.31.0"},
        created=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        settings={"bundle": "default", "frames": 32, "threads": 0},
        timings_s={"decode": 0.04, "faces": 0.06, "image": 0.09},
        steps=("decode: sandboxed", "faces: mesh", "image: 4 views per face", "fusion"),
    )
