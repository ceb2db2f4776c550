"""Many different made-up files from seeds: any number of persons, outcomes, maps, measurements.

    varied_record(seed) -> Record     the same seed gives the same findings

Pictures and clips of up to five drawn persons with random quality, probability (often beside a
threshold), map and series, and random measurements, cues and tests of the map.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
from builders import build_evidence, build_observation, file_verdict
from card_data import build_card

from unmask.explain.findings import find
from unmask.explain.narrate import Record
from unmask.explain.vocabulary import CUES, MEASURES, REASONS
from unmask.models.card import Card
from unmask.models.card_reader import parse_card
from unmask.types import Evidence, Finding, Moment, Observation, Outcome, Reason, Skipped, Verdict

OPEN = (Reason.FACE_TOO_SMALL, Reason.LOW_QUALITY, Reason.TOO_FEW_FRAMES, Reason.OUT_OF_RANGE)
CUE_UNITS = {"scene_motion": "% of face width per frame", "gaze": "degrees"}
MEASURE_UNITS = {
    "colour_difference": "delta ab",
    "double_compression": "share",
    "light_direction": "degrees",
    "spectrum_peaks": "dB",
}


@lru_cache(maxsize=1)
def varied_card() -> Card:
    """The card that the made-up files are judged by."""
    return parse_card(json.dumps(build_card()))


@lru_cache(maxsize=256)
def varied_record(seed: int) -> Record:
    """The findings and verdicts of one made-up file."""
    rng = np.random.default_rng(seed)
    card = varied_card()
    kind = "video" if rng.random() < 0.4 else "image"
    people = int(rng.choice([0, 1, 1, 1, 2, 2, 3, 5]))
    observation = build_observation(kind, people)
    observation = replace(
        observation,
        damaged=bool(rng.random() < 0.1),
        cuts_s=tuple(rng.uniform(0, 20, rng.integers(0, 3))) if kind == "video" else (),
        skipped=(Skipped("frame", "corrupt packet", 3),) if rng.random() < 0.1 else (),
    )
    tracks = tuple(_track(track, rng) for track in observation.tracks)
    observation = replace(observation, tracks=tracks)
    persons = [_verdict(observation, track, card, rng) for track in tracks]
    verdicts = (*persons, file_verdict(persons))
    findings = [*find(observation, verdicts, card)]
    for verdict in persons:
        if verdict.fake_probability is not None:
            findings += _measured(verdict, rng)
    return Record(tuple(findings), verdicts, observation.media.kind, card)


def _track(track, rng):
    quality = {
        "width_px": float(rng.uniform(12, 600)),
        "sharpness": float(rng.uniform(2, 600)),
        "exposure": float(rng.beta(4, 4)),
        "blockiness": float(rng.uniform(0.8, 2.5)),
    }
    with_mesh, turn = rng.random() < 0.9, float(rng.normal(0, 25))
    faces = tuple(
        replace(
            face,
            quality=replace(face.quality, **quality),
            head_pose_deg=(turn, 0.0, 0.0),
            landmarks_px=face.landmarks_px if with_mesh else None,
        )
        for face in track.faces
    )
    return replace(track, faces=faces)


def _verdict(observation: Observation, track, card: Card, rng) -> Verdict:
    threshold, clear = card.verdict.threshold, card.verdict.clear_below
    if rng.random() < 0.15:
        reason = OPEN[int(rng.integers(len(OPEN)))]
        read = 2 if reason is Reason.TOO_FEW_FRAMES and rng.random() < 0.5 else 0
        series = tuple(
            Moment(face.time_s, 0.4) if i < read else Moment(face.time_s, None, Reason.LOW_QUALITY)
            for i, face in enumerate(track.faces)
        )
        nothing = Evidence("image", "face", track.id, None, reason, series=series)
        return Verdict(track.id, Outcome.INCONCLUSIVE, None, threshold, clear, (reason,), None,
                       (nothing,))  # fmt: skip
    p = _probability(threshold, clear, rng)
    outcome, reasons = _outcome(p, card, damaged=observation.damaged)
    evidence = _evidence(observation, track, p, rng)
    low, high = np.sort(rng.uniform(0, 1, 2))
    interval = (min(float(low), p), max(float(high), p)) if rng.random() < 0.8 else None
    return Verdict(track.id, outcome, p, threshold, clear, reasons, interval, (evidence,))


def _probability(threshold: float, clear: float, rng) -> float:
    draw = rng.random()
    if draw < 0.4:
        return round(float(rng.uniform(threshold, 1.0)), 6)
    if draw < 0.65:
        return round(float(rng.uniform(0.0, clear)), 6)
    if draw < 0.85:
        border = float(rng.choice([threshold, clear, 0.0, 1.0]))
        return round(float(np.clip(border + rng.uniform(-0.003, 0.003), 0, 1)), 6)
    return round(float(rng.uniform(0, 1)), 6)


def _outcome(p: float, card: Card, *, damaged: bool) -> tuple[Outcome, tuple[Reason, ...]]:
    if p >= card.verdict.threshold:
        return Outcome.MANIPULATED, ()
    reasons = () if p <= card.verdict.clear_below else (Reason.GREY_ZONE,)
    reasons += (Reason.PARTIAL_DECODE,) if damaged else ()
    return (Outcome.INCONCLUSIVE, reasons) if reasons else (Outcome.NO_EVIDENCE, ())


def _evidence(observation: Observation, track, p: float, rng) -> Evidence:
    likely = min(0.999, max(0.001, p))
    evidence = build_evidence(observation, track, likely, swap=bool(rng.random() < 0.6))
    heat_map = evidence.heat_map
    if rng.random() < 0.6:
        heat_map = replace(
            heat_map,
            values=rng.normal(0.1, rng.uniform(0.01, 1.0), (5, 5)).astype(np.float32),
            blend=np.clip(rng.normal(0.3, 0.3, (10, 10)), 0, 1).astype(np.float32),
        )
    series = tuple(
        replace(m, score=None, reason=Reason.LOW_QUALITY)
        if rng.random() < 0.1
        else replace(m, score=round(float(np.clip(rng.normal(p, 0.1), 0, 1)), 6))
        for m in evidence.series
    )
    classes = evidence.class_probabilities
    other = np.random.default_rng(round(1e9 * p))  # of its own: the rest stays as it was
    if other.random() < 0.5:
        classes = varied_card().with_edits(classes, float(other.normal(0, 2)))
    return replace(evidence, score=p, heat_map=heat_map, series=series, class_probabilities=classes)


def _measured(verdict: Verdict, rng) -> list[Finding]:
    subject, found = verdict.subject, []
    names = [("measure", name) for name in MEASURES] + [("cue", name) for name in CUES]
    for kind, name in names:
        if rng.random() < 0.4:
            continue
        plain = "ratio" if kind == "measure" else "z"
        unit = {**MEASURE_UNITS, **CUE_UNITS}.get(name, plain)
        top = 1.0 if unit == "share" else float(rng.uniform(1.5, 30))
        low, high = np.sort(rng.uniform(0, top * 0.8, 2))
        value: float | None = float(rng.uniform(low, high))
        if rng.random() < 0.25:
            value = float(rng.uniform(high, top))
        detail: dict[str, object] = {"name": name}
        if rng.random() < 0.2:
            value, detail = None, {"name": name, "reason": str(rng.choice([*REASONS, "odd"]))}
        found.append(
            Finding(f"{subject}.{kind}.{name}", subject, kind, value, unit,
                    (float(low), float(high)), detail=detail)
        )  # fmt: skip
    if verdict.outcome is Outcome.MANIPULATED and rng.random() < 0.8:
        found.append(_tested(verdict, rng))
    return found


def _tested(verdict: Verdict, rng) -> Finding:
    before, shown = float(rng.uniform(0.6, 1)), bool(rng.random() < 0.75)
    marked, random = float(rng.uniform(0, before)), float(rng.uniform(before * 0.9, before))
    detail = {
        "before": before, "marked": marked, "random": random, "area_share": 0.1,
        "stability": float(rng.uniform(-0.2, 1)), "shown": shown,
        "reason": "" if shown else "unstable",
    }  # fmt: skip
    return Finding(f"{verdict.subject}.faithfulness", verdict.subject, "faithfulness",
                   before - marked, "probability", detail=detail)  # fmt: skip
