"""Every number of every sentence stands in the findings it names: over many made-up files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from builders import build_evidence, build_observation, file_verdict
from card_data import build_card
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from number_check import numbers_allowed, numbers_of

from unmask.explain.findings import find
from unmask.explain.narrate import narrate
from unmask.explain.plan import Plan
from unmask.explain.words import WORDS
from unmask.models.card_reader import parse_card
from unmask.types import Evidence, Moment, Observation, Outcome, Reason, Verdict

CARD = parse_card(json.dumps(build_card()))
UNIT = st.floats(0, 1, allow_nan=False).map(lambda x: round(x, 6))
QUALITY = st.fixed_dictionaries(
    {
        "width_px": st.floats(8, 900),
        "sharpness": st.floats(0, 900),
        "exposure": UNIT,
        "blockiness": st.floats(0.5, 4),
    }
)
OPEN = st.sampled_from(
    [Reason.FACE_TOO_SMALL, Reason.LOW_QUALITY, Reason.TOO_FEW_FRAMES, Reason.OUT_OF_RANGE]
)


def outcome_of(p: float, *, damaged: bool) -> tuple[Outcome, tuple[Reason, ...]]:
    threshold, clear = CARD.verdict.threshold, CARD.verdict.clear_below
    if p >= threshold:
        return Outcome.MANIPULATED, ()
    reasons = () if p <= clear else (Reason.GREY_ZONE,)
    reasons += (Reason.PARTIAL_DECODE,) if damaged else ()
    return (Outcome.INCONCLUSIVE, reasons) if reasons else (Outcome.NO_EVIDENCE, ())


@st.composite
def scenes(draw) -> tuple[Observation, tuple[Verdict, ...]]:
    """A drawn file of up to four persons with any quality, map, series and probability."""
    kind = draw(st.sampled_from(["image", "video"]))
    people = draw(st.integers(0, 4))
    observation = build_observation(kind, people)
    cuts = tuple(draw(st.lists(st.floats(0, 20), max_size=3))) if kind == "video" else ()
    observation = replace(observation, damaged=draw(st.booleans()), cuts_s=cuts)
    tracks, verdicts = [], []
    for track in observation.tracks:
        quality, turn = draw(QUALITY), draw(st.floats(-90, 90))
        with_mesh = draw(st.booleans())
        faces = tuple(
            replace(
                face,
                quality=replace(face.quality, **quality),
                head_pose_deg=(turn, 0.0, 0.0),
                landmarks_px=face.landmarks_px if with_mesh else None,
            )
            for face in track.faces
        )
        tracks.append(replace(track, faces=faces))
        verdicts.append(draw(verdicts_of(observation, tracks[-1])))
    return replace(observation, tracks=tuple(tracks)), (*verdicts, file_verdict(verdicts))


@st.composite
def verdicts_of(draw, observation, track) -> Verdict:
    threshold, clear = CARD.verdict.threshold, CARD.verdict.clear_below
    if draw(st.integers(0, 3)) == 0:
        reason = draw(OPEN)
        series = tuple(Moment(face.time_s, None, reason) for face in track.faces)
        nothing = Evidence("image", "face", track.id, None, reason, series=series)
        return Verdict(
            track.id, Outcome.INCONCLUSIVE, None, threshold, clear, (reason,), None, (nothing,)
        )
    near = st.sampled_from([threshold, clear, 0.0, 1.0]).flatmap(
        lambda x: st.floats(-0.003, 0.003).map(lambda d: round(min(1.0, max(0.0, x + d)), 6))
    )
    p = draw(st.one_of(UNIT, near))
    outcome, reasons = outcome_of(p, damaged=observation.damaged)
    evidence = build_evidence(
        observation, track, min(0.999, max(0.001, p)), swap=draw(st.booleans())
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    heat_map = replace(
        evidence.heat_map,
        values=rng.normal(0.1, draw(st.floats(0.01, 1.0)), (5, 5)).astype(np.float32),
        blend=np.clip(rng.normal(0.3, 0.3, (10, 10)), 0, 1).astype(np.float32),
    )
    series = tuple(
        replace(moment, score=None, reason=Reason.LOW_QUALITY) if rng.random() < 0.1 else
        replace(moment, score=round(float(rng.beta(2, 2)), 6))
        for moment in evidence.series
    )  # fmt: skip
    evidence = replace(evidence, score=p, heat_map=heat_map, series=series)
    low, high = sorted((draw(UNIT), draw(UNIT)))
    interval = draw(st.sampled_from([None, (min(low, p), max(high, p))]))
    return Verdict(track.id, outcome, p, threshold, clear, reasons, interval, (evidence,))


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenes())
def test_every_number_stands_in_the_findings_of_its_sentence(scene):
    observation, verdicts = scene
    findings = find(observation, verdicts, CARD)
    by_id = {finding.id: finding for finding in findings}
    written = narrate(findings, verdicts, observation.media.kind, CARD, ("ko", "en"))
    ids = {
        language: [sentence.finding_ids for sentence in narrative.interpretation]
        for language, narrative in written.items()
    }
    assert ids["ko"] == ids["en"]
    for narrative in written.values():
        for sentence in narrative.interpretation:
            allowed = numbers_allowed([by_id[id_] for id_ in sentence.finding_ids])
            assert numbers_of(sentence.text) <= allowed, sentence
        for text in (narrative.conclusion, narrative.action, narrative.disclaimer):
            assert not numbers_of(text)
    for line in Plan(findings, observation.media.kind).limits():
        for language in WORDS:
            text = WORDS.get(language).sentences[line.kind](line)
            assert numbers_of(text) <= numbers_allowed(line.findings), text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_check_itself_catches_a_changed_number(report_of, language):
    report = report_of("video", Outcome.MANIPULATED, 2)
    by_id = {finding.id: finding for finding in report.findings}
    caught = tried = 0
    for sentence in report.narratives[language].interpretation:
        allowed = numbers_allowed([by_id[id_] for id_ in sentence.finding_ids])
        for number in numbers_of(sentence.text):
            tried += 1
            wrong = f"{float(number) + 1.7:g}"
            caught += not numbers_of(sentence.text.replace(number, wrong)) <= allowed
    assert tried > 20
    assert caught == tried


def test_the_same_file_gives_the_same_words(report_of):
    report = report_of("video", Outcome.MANIPULATED, 3)
    again = narrate(
        find(report.observation, report.verdicts, CARD),
        report.verdicts,
        report.media.kind,
        CARD,
        ("ko", "en"),
    )
    assert again == report.narratives
