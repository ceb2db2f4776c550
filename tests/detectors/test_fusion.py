"""From evidence to verdicts: the rule, as a table."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from observed import build_observation
from tiny_bundle import tiny_card

from unmask.detectors.fusion import judge, outcome_of
from unmask.models.card_reader import parse_card
from unmask.types import (
    UNREAD_FACES,
    Evidence,
    Measurement,
    Moment,
    Observation,
    Outcome,
    Reason,
    Skipped,
)

CARD = parse_card(json.dumps(tiny_card()))  # threshold .9, clear below .3
OBSERVATION = build_observation("image", 3)
FAKE, UNSURE, CLEAR = Outcome.MANIPULATED, Outcome.INCONCLUSIVE, Outcome.NO_EVIDENCE


def seen(people: int, *, damaged: bool = False) -> Observation:
    return replace(OBSERVATION, tracks=OBSERVATION.tracks[:people], damaged=damaged)


def says(subject: str, score: float | Reason) -> Evidence:
    if isinstance(score, Reason):
        return Evidence("image", "face", subject, None, score)
    return Evidence("image", "face", subject, score, interval=(score / 2, min(1.0, score * 1.01)))


def judged(*scores: float | Reason, damaged: bool = False):
    evidence = [says("ABC"[i], score) for i, score in enumerate(scores)]
    return judge(seen(len(scores), damaged=damaged), evidence, CARD)


@pytest.mark.parametrize(
    ("p", "damaged", "outcome", "reasons"),
    [
        (0.0, False, CLEAR, ()),
        (0.3, False, CLEAR, ()),
        (0.3001, False, UNSURE, (Reason.GREY_ZONE,)),
        (0.8999, False, UNSURE, (Reason.GREY_ZONE,)),
        (0.9, False, FAKE, ()),
        (1.0, False, FAKE, ()),
        (0.1, True, UNSURE, (Reason.PARTIAL_DECODE,)),
        (0.5, True, UNSURE, (Reason.PARTIAL_DECODE, Reason.GREY_ZONE)),
        (0.95, True, FAKE, ()),
    ],
)
def test_outcome_of_a_probability(p, damaged, outcome, reasons):
    assert outcome_of(p, CARD, damaged=damaged) == (outcome, reasons)
    person, file = judged(p, damaged=damaged)
    assert (person.outcome, person.reasons, person.fake_probability) == (outcome, reasons, p)
    assert (file.outcome, file.reasons, file.fake_probability) == (outcome, reasons, p)
    assert (person.threshold, person.clear_below) == (0.9, 0.3)


SMALL, BLUR = Reason.FACE_TOO_SMALL, Reason.LOW_QUALITY

FILES = [
    ((0.1, 0.2), CLEAR, 0.2, ()),
    ((0.1, 0.95), FAKE, 0.95, ()),
    ((0.1, 0.5), UNSURE, 0.5, (Reason.GREY_ZONE,)),
    ((0.5, 0.95), FAKE, 0.95, ()),
    ((SMALL, 0.1), UNSURE, 0.1, (SMALL,)),
    ((SMALL, 0.95), FAKE, 0.95, ()),
    ((BLUR, SMALL, 0.5), UNSURE, 0.5, (SMALL, BLUR, Reason.GREY_ZONE)),
    ((BLUR,), UNSURE, None, (BLUR,)),
    ((), UNSURE, None, (Reason.NO_FACE,)),
]


@pytest.mark.parametrize(("scores", "outcome", "p", "reasons"), FILES)
def test_the_files_verdict(scores, outcome, p, reasons):
    *persons, file = judged(*scores)
    assert len(persons) == len(scores)
    assert (file.subject, file.outcome, file.fake_probability) == ("file", outcome, p)
    assert file.reasons == reasons


GUARDED = replace(CARD, verdict=replace(CARD.verdict, motion_min=0.02))


def moves(subject: str, value: float | None) -> Measurement:
    reason = "still" if value is None else ""
    return Measurement("scene_motion", "cue", subject, value, "%", reason=reason)


@pytest.mark.parametrize(
    ("kind", "p", "motion", "outcome", "reasons"),
    [
        ("video", 0.1, 0.019, UNSURE, (Reason.TOO_SMOOTH,)),
        ("video", 0.1, 0.02, CLEAR, ()),
        ("video", 0.1, None, CLEAR, ()),
        ("video", 0.5, 0.0, UNSURE, (Reason.GREY_ZONE,)),
        ("video", 0.95, 0.0, FAKE, ()),
        ("image", 0.1, 0.0, CLEAR, ()),
    ],
)
def test_nobody_is_cleared_who_moves_more_smoothly_than_people(kind, p, motion, outcome, reasons):
    clip = build_observation(kind, 2)
    evidence = [says("A", p), says("B", 0.1)]
    other = Measurement("gaze", "cue", "B", 0.0, "degrees")
    person, neighbour, file = judge(clip, evidence, GUARDED, [moves("A", motion), other])
    assert (person.outcome, person.reasons, person.fake_probability) == (outcome, reasons, p)
    assert neighbour.outcome is CLEAR
    assert file.outcome is outcome
    unguarded = judge(clip, evidence, CARD, [moves("A", motion)])[0]
    assert unguarded.outcome is (CLEAR if reasons == (Reason.TOO_SMOOTH,) else outcome)


BLOCKED = replace(CARD, verdict=replace(CARD.verdict, blockiness_max=1.8))
BLURRED = replace(CARD, verdict=replace(CARD.verdict, sharpness_min=15.0))
UNLIMITED = replace(CARD, verdict=replace(CARD.verdict, sharpness_min=0.0))


@pytest.mark.parametrize(
    ("card", "p", "values", "outcome", "reasons"),
    [
        (BLOCKED, 0.1, (1.9,), UNSURE, (Reason.TOO_COMPRESSED,)),
        (BLOCKED, 0.1, (1.8,), CLEAR, ()),
        (BLOCKED, 0.1, (1.0, 1.9, 2.5), UNSURE, (Reason.TOO_COMPRESSED,)),
        (BLOCKED, 0.1, (1.0, 1.0, 2.5), CLEAR, ()),
        (BLOCKED, 0.5, (1.9,), UNSURE, (Reason.GREY_ZONE,)),
        (BLOCKED, 0.95, (1.9,), FAKE, ()),
        (BLURRED, 0.1, (14.9,), UNSURE, (Reason.TOO_BLURRED,)),
        (BLURRED, 0.1, (15.0,), CLEAR, ()),
        (BLURRED, 0.1, (90.0, 14.0, 9.0), UNSURE, (Reason.TOO_BLURRED,)),
        (BLURRED, 0.1, (90.0, 80.0, 9.0), CLEAR, ()),
        (BLURRED, 0.5, (9.0,), UNSURE, (Reason.GREY_ZONE,)),
        (BLURRED, 0.95, (9.0,), FAKE, ()),
    ],
)
def test_nobody_is_cleared_whose_face_is_compressed_or_blurred(card, p, values, outcome, reasons):
    measure = "blockiness" if card is BLOCKED else "sharpness"
    picture = build_observation("video" if len(values) > 1 else "image", 1)
    (track,) = picture.tracks
    faces = tuple(
        replace(face, quality=replace(face.quality, **{measure: value}))
        for face, value in zip(track.faces, values, strict=False)
    )
    picture = replace(picture, tracks=(replace(track, faces=faces),))
    person, file = judge(picture, [says("A", p)], card)
    assert (person.outcome, person.reasons, person.fake_probability) == (outcome, reasons, p)
    assert file.outcome is outcome
    unlimited = judge(picture, [says("A", p)], UNLIMITED)[0]
    held = {(Reason.TOO_COMPRESSED,), (Reason.TOO_BLURRED,)}
    assert unlimited.outcome is (CLEAR if reasons in held else outcome)


HIGH, LOW = 0.95, 0.05


@pytest.mark.parametrize(
    ("p", "scores", "outcome", "reasons"),
    [
        (0.1, [LOW] * 20 + [HIGH] * 4, UNSURE, (Reason.SOME_MOMENTS,)),
        (0.1, [HIGH] * 4 + [None] + [LOW] * 20, UNSURE, (Reason.SOME_MOMENTS,)),
        (0.1, [LOW] * 9 + [HIGH, HIGH, None, HIGH, HIGH], UNSURE, (Reason.SOME_MOMENTS,)),
        (0.5, [LOW] * 20 + [HIGH] * 4, UNSURE, (Reason.GREY_ZONE, Reason.SOME_MOMENTS)),
        (0.95, [LOW] * 2 + [HIGH] * 22, FAKE, ()),
        (0.1, [LOW] * 20 + [HIGH] * 3, CLEAR, ()),  # fewer than a clip must have
        (0.1, [LOW, HIGH] * 12, CLEAR, ()),  # never in a row
        (0.1, [LOW] * 20 + [0.8] * 4, CLEAR, ()),
        (0.1, [HIGH] * 4, CLEAR, ()),  # all there is has one probability: that of the rule
        (0.1, [LOW] * 20 + [1.0, 1.0, 1.0, 0.3], UNSURE, (Reason.SOME_MOMENTS,)),
    ],
)
def test_nobody_is_cleared_of_whom_some_moments_in_a_row_reach_the_threshold(
    p, scores, outcome, reasons
):
    clip = build_observation("video", 1)
    series = tuple(
        Moment(number / 25, score, Reason.LOW_QUALITY if score is None else None, number)
        for number, score in enumerate(scores)
    )
    person, _ = judge(clip, [replace(says("A", p), series=series)], CARD)
    assert (person.outcome, person.reasons) == (outcome, reasons)


def test_compression_is_that_of_the_faces_that_were_scored():
    clip = build_observation("video", 1)
    (track,) = clip.tracks
    faces = tuple(
        replace(face, quality=replace(face.quality, blockiness=2.5 if i == 2 else 1.0))
        for i, face in enumerate(track.faces)
    )
    clip = replace(clip, tracks=(replace(track, faces=faces),))
    series = tuple(
        Moment(face.time_s, 0.1, None, face.frame_index)
        if i == 2
        else Moment(face.time_s, None, Reason.LOW_QUALITY, face.frame_index)
        for i, face in enumerate(faces)
    )
    scored_alone = replace(says("A", 0.1), series=series)
    assert judge(clip, [scored_alone], BLOCKED)[0].reasons == (Reason.TOO_COMPRESSED,)
    assert judge(clip, [says("A", 0.1)], BLOCKED)[0].outcome is CLEAR


def test_damage_is_said_beside_no_face():
    (file,) = judged(damaged=True)
    assert file.reasons == (Reason.NO_FACE, Reason.PARTIAL_DECODE)


def test_faces_that_were_not_read_keep_a_file_from_no_evidence():
    crowd = replace(seen(1), skipped=(Skipped(UNREAD_FACES, "more than 64 faces", 3),))
    evidence = [says("A", 0.01)]
    person, file = judge(crowd, evidence, CARD)
    assert person.outcome is Outcome.NO_EVIDENCE
    assert (file.outcome, file.reasons) == (Outcome.INCONCLUSIVE, (Reason.PARTIAL_DECODE,))
    weak = replace(crowd, skipped=(Skipped("faces", "one weak detection", 1),))
    assert judge(weak, evidence, CARD)[-1].outcome is Outcome.NO_EVIDENCE


def test_an_abstention_has_no_probability_and_keeps_its_reason():
    person, _ = judged(BLUR)
    assert (person.fake_probability, person.interval, person.reasons) == (None, None, (BLUR,))
    assert person.evidence[0].reason is BLUR


def test_a_track_nobody_spoke_of_is_inconclusive():
    person, file = judge(seen(1), [], CARD)
    assert person.outcome is file.outcome is UNSURE
    assert person.reasons == (Reason.OUT_OF_RANGE,)


def test_the_interval_is_the_leading_evidences():
    person, _, file = judged(0.2, 0.1)
    assert person.interval == file.interval == (0.1, 0.2 * 1.01)


def test_verdicts_stand_in_the_order_of_the_tracks():
    evidence = [says("C", 0.95), says("A", 0.1), says("B", SMALL)]
    verdicts = judge(seen(3), evidence, CARD)
    assert [v.subject for v in verdicts] == ["A", "B", "C", "file"]
    assert [v.outcome for v in verdicts] == [CLEAR, UNSURE, FAKE, FAKE]


score = st.one_of(st.floats(0, 1), st.sampled_from([SMALL, BLUR, Reason.OUT_OF_RANGE]))


@settings(deadline=None)  # a busy machine is no defect
@given(st.lists(score, max_size=3), st.booleans())
def test_nothing_that_failed_ever_reads_as_genuine(scores, damaged):
    *persons, file = judged(*scores, damaged=damaged)
    failed = damaged or not scores or any(isinstance(one, Reason) for one in scores)
    if failed:
        assert file.outcome is not CLEAR
    for person, one in zip(persons, scores, strict=True):
        if damaged or isinstance(one, Reason):
            assert person.outcome is not CLEAR


@settings(deadline=None)  # a busy machine is no defect
@given(st.lists(score, min_size=1, max_size=3))
def test_the_order_of_persons_does_not_matter(scores):
    outcomes = {judged(*order)[-1].outcome for order in itertools.permutations(scores)}
    assert len(outcomes) == 1
