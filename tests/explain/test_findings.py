from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from builders import UNCLEARED, build_card, build_observation, build_verdict, build_verdicts

from unmask.detectors.heat import EMPTY_PEAK
from unmask.explain.findings import find
from unmask.explain.regions import measure_regions
from unmask.models.card_reader import parse_card
from unmask.types import Measurement, MediaKind, Moment, Outcome, Reason, Skipped, Verdict

PICTURE_KINDS = {"region", "even", "blend", "class", "no_mesh"}


def by_id(findings):
    return {finding.id: finding for finding in findings}


def found(card, outcome=Outcome.MANIPULATED, *, kind="image", people=1, **quality):
    observation = build_observation(kind, people, **quality)
    return by_id(find(observation, build_verdicts(observation, outcome), card))


def with_map(observation, verdict, **changes):
    """The verdict with another heat map in its evidence."""
    evidence = verdict.evidence[0]
    heat_map = replace(evidence.heat_map, **changes)
    return replace(verdict, evidence=(replace(evidence, heat_map=heat_map),))


def test_ids_are_unique_ordered_and_the_file_comes_first(report_of):
    for people in (1, 3):
        findings = report_of("video", Outcome.MANIPULATED, people).findings
        ids = [finding.id for finding in findings]
        assert len(set(ids)) == len(ids)
        subjects = list(dict.fromkeys(finding.subject for finding in findings))
        assert subjects == ["file", *"ABC"[:people]]
        assert all(finding.id.startswith(f"{finding.subject}.") for finding in findings)


def test_findings_are_plain_json(report_of):
    for outcome in Outcome:
        for finding in report_of("video", outcome, 2).findings:
            text = json.dumps([finding.value, finding.detail, finding.reference], allow_nan=False)
            assert json.loads(text)[1] == finding.detail
            assert 0.0 <= finding.strength <= 1.0


def test_probability_is_the_verdicts_and_not_the_mean_of_the_map(card):
    observation = build_observation()
    verdict = build_verdicts(observation, Outcome.MANIPULATED)[0]
    for values in (np.zeros((5, 5)), np.full((5, 5), 0.5), np.eye(5) * 9):
        changed = with_map(observation, verdict, values=values.astype(np.float32))
        findings = by_id(find(observation, (changed, replace(changed, subject="file")), card))
        assert findings["A.probability"].value == verdict.fake_probability
        assert findings["A.heat"].unit != findings["A.probability"].unit


def test_probability_finding_carries_interval_and_thresholds(card):
    finding = found(card)["A.probability"]
    assert finding.detail == {
        "threshold": 0.9, "clear_below": 0.3, "confidence": 0.95, "low": 0.908, "high": 0.998,
    }  # fmt: skip
    assert finding.reference == (0.0, 0.3)
    assert finding.direction == "towards_manipulated"
    assert finding.strength == pytest.approx((0.968 - 0.9) / 0.1)


@pytest.mark.parametrize(
    ("outcome", "direction"),
    [
        (Outcome.MANIPULATED, "towards_manipulated"),
        (Outcome.INCONCLUSIVE, "neutral"),
        (Outcome.NO_EVIDENCE, "towards_genuine"),
    ],
)
def test_direction_follows_the_outcome(card, outcome, direction):
    findings = found(card, outcome)
    assert findings["A.verdict"].direction == direction
    assert findings["A.verdict"].value == str(outcome)


def test_manipulated_face_has_its_map_read_by_region(card):
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    findings = by_id(find(observation, verdicts, card))
    heat_map = verdicts[0].evidence[0].heat_map
    measured = {s.name: s for s in measure_regions(observation.tracks[0].faces[0], heat_map)}
    mouth = findings["A.region.mouth"]
    assert mouth.value == measured["mouth"].mass
    assert mouth.reference == card.heat_map.genuine_region_shares["mouth"]
    assert mouth.value > mouth.reference[1]
    told = [finding for finding in findings.values() if finding.kind == "region"]
    assert [finding.value for finding in told] == sorted((f.value for f in told), reverse=True)
    for name, share in measured.items():
        usual = card.heat_map.genuine_region_shares.get(name)
        stands_out = share.mass > usual[1] if usual else share.concentration >= 1.5
        assert (f"A.region.{name}" in findings) == (stands_out and share.mass >= 0.05)


def test_class_is_the_most_likely_kind_of_manipulation_and_never_real(card):
    observation = build_observation()
    for swap, expected in ((True, "swap"), (False, "synthetic")):
        verdicts = build_verdicts(observation, Outcome.MANIPULATED, swap=swap)
        finding = by_id(find(observation, verdicts, card))["A.class"]
        assert finding.value == expected
        assert finding.detail == {
            name: p
            for name, p in verdicts[0].evidence[0].class_probabilities.items()
            if name != "real"
        }


def test_an_edited_part_is_a_kind_of_its_own(card):
    observation = build_observation()
    (verdict, whole) = build_verdicts(observation, Outcome.MANIPULATED)
    (evidence,) = verdict.evidence
    for log_odds, expected in ((2.0, "edit"), (-2.0, "swap")):
        parted = card.with_edits(evidence.class_probabilities, log_odds)
        assert list(parted) == ["real", "swap", "edit", "synthetic"]
        assert sum(parted.values()) == pytest.approx(1)
        assert parted["real"] == evidence.class_probabilities["real"]
        said = replace(verdict, evidence=(replace(evidence, class_probabilities=parted),))
        finding = by_id(find(observation, (said, whole), card))["A.class"]
        assert finding.value == expected
        assert finding.detail == {name: p for name, p in parted.items() if name != "real"}


def test_card_with_one_kind_of_manipulation_has_no_word_about_kinds(card):
    two = json.loads(card.text) | {"classes": ["real", "fake"]}
    two["calibration"]["bias"] = [0, 0]
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    findings = find(observation, verdicts, parse_card(json.dumps(two)))
    assert "A.class" not in by_id(findings)


@pytest.mark.parametrize("outcome", [Outcome.NO_EVIDENCE, Outcome.INCONCLUSIVE])
def test_no_region_kind_or_blend_unless_manipulated(card, outcome):
    findings = found(card, outcome, kind="video")
    assert not PICTURE_KINDS & {finding.kind for finding in findings.values()}
    assert {"A.probability", "A.heat", "A.time", "A.quality.width"} <= set(findings)


WITH_A_NUMBER = {Reason.GREY_ZONE, *UNCLEARED}


@pytest.mark.parametrize("reason", sorted(set(Reason) - WITH_A_NUMBER - {Reason.NO_FACE}))
def test_abstained_person_has_reason_and_quality_and_nothing_else(card, reason):
    observation = build_observation("video")
    verdicts = build_verdicts(observation, Outcome.INCONCLUSIVE, reason)
    findings = [f for f in find(observation, verdicts, card) if f.subject == "A"]
    assert {finding.kind for finding in findings} == {"verdict", "quality", "abstention"}
    assert f"A.abstention.{reason}" in by_id(findings)


def test_no_mesh_no_regions(card):
    findings = found(card, with_mesh=False)
    assert PICTURE_KINDS & {f.kind for f in findings.values()} == {"class", "no_mesh"}


def test_map_that_shows_nothing_names_no_region(card):
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    values = verdicts[0].evidence[0].heat_map.values
    faint = (values / values.max() * 0.5 * EMPTY_PEAK * 0.6).astype(np.float32)
    changed = with_map(observation, verdicts[0], values=faint)
    findings = by_id(find(observation, (changed, verdicts[-1]), card))
    assert findings["A.heat"].detail["empty"]
    assert not {"region", "even"} & {finding.kind for finding in findings.values()}


def test_even_map_names_no_region(card):
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    changed = with_map(observation, verdicts[0], values=np.full((5, 5), 0.5, np.float32))
    findings = by_id(find(observation, (changed, verdicts[-1]), card))
    assert "A.even" in findings
    assert "region" not in {finding.kind for finding in findings.values()}


def test_blend_says_where_and_how_much(card):
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    blend = np.zeros((10, 10), np.float32)
    blend[6:8, 4:6] = 0.9
    findings = by_id(
        find(observation, (with_map(observation, verdicts[0], blend=blend), verdicts[-1]), card)
    )
    assert findings["A.blend"].value == pytest.approx(0.04, abs=0.02)
    assert findings["A.blend"].detail["regions"][0] == "mouth"
    nothing = with_map(observation, verdicts[0], blend=np.full((10, 10), 0.4, np.float32))
    finding = by_id(find(observation, (nothing, verdicts[-1]), card))["A.blend"]
    assert (finding.value, finding.detail["regions"]) == (0.0, [])


def test_time_counts_read_moments_only(card):
    observation = build_observation("video")
    verdict = build_verdicts(observation, Outcome.MANIPULATED)[0]
    scores = [0.95, None, 0.4, 0.97, None, 0.91]
    series = tuple(
        Moment(i / 2, score, None if score is not None else Reason.LOW_QUALITY)
        for i, score in enumerate(scores)
    )
    changed = replace(verdict, evidence=(replace(verdict.evidence[0], series=series),))
    findings = by_id(find(observation, (changed, replace(changed, subject="file")), card))
    time = findings["A.time"]
    read = [0.95, 0.4, 0.97, 0.91]
    assert time.value == 3 / 4
    assert findings["A.unread"].value == 2
    assert time.detail["peak_s"] == 1.5
    assert (time.detail["low"], time.detail["high"]) == (0.4, 0.97)
    mean = sum(read) / 4
    assert time.detail["spread"] == pytest.approx(math.sqrt(sum((x - mean) ** 2 for x in read) / 4))


def test_picture_has_no_word_about_time(card):
    assert not {"time", "unread", "frames"} & {f.kind for f in found(card).values()}


@pytest.mark.parametrize(
    ("quality", "measure", "within"),
    [
        ({"width_px": 22.0}, "width", False),
        ({"width_px": 30.0}, "width", True),
        ({"sharpness": 5.2}, "sharpness", False),
        ({"exposure": 0.03}, "exposure", False),
        ({"exposure": 0.97}, "exposure", False),
        ({"yaw_deg": -72.0}, "yaw", False),
        ({"yaw_deg": 59.0}, "yaw", True),
    ],
)
def test_quality_is_held_against_the_cards_limits(card, quality, measure, within):
    finding = found(card, Outcome.NO_EVIDENCE, **quality)[f"A.quality.{measure}"]
    assert finding.detail["within"] is within
    assert finding.direction == "neutral"


def test_quality_of_a_scored_person_is_that_of_the_scored_faces(card):
    observation = build_observation("video")
    verdicts = build_verdicts(observation, Outcome.NO_EVIDENCE)
    evidence, track = verdicts[0].evidence[0], observation.tracks[0]
    series = tuple(
        replace(moment, score=None, reason=Reason.LOW_QUALITY) if i >= 8 else moment
        for i, moment in enumerate(evidence.series)
    )
    faces = tuple(
        replace(face, quality=replace(face.quality, sharpness=3.0)) if i >= 8 else face
        for i, face in enumerate(track.faces)
    )
    observation = replace(observation, tracks=(replace(track, faces=faces),))
    scored = replace(verdicts[0], evidence=(replace(evidence, series=series),))
    findings = by_id(find(observation, (scored, verdicts[-1]), card))
    assert findings["A.quality.sharpness"].value == 240.0
    assert findings["A.unread"].value == 24


def test_file_findings_count_what_is_open_skipped_and_damaged(card):
    observation = replace(
        build_observation("video", 3),
        damaged=True,
        skipped=(Skipped("frame", "corrupt packet", 4),),
    )
    findings = by_id(find(observation, build_verdicts(observation, Outcome.MANIPULATED), card))
    assert findings["file.faces"].value == 3
    assert findings["file.faces"].detail["ids"] == ["A", "B", "C"]
    assert findings["file.frames"].value == 32
    assert findings["file.open.low_quality"].value == 1
    assert findings["file.skipped.1"].value == 4
    assert "file.damage" in findings


def test_file_without_a_face_says_so_and_has_no_probability(card):
    findings = found(card, Outcome.INCONCLUSIVE, people=0)
    assert findings["file.verdict"].detail["reasons"] == ["no_face"]
    assert findings["file.faces"].value == 0
    assert "file.probability" not in findings


def test_certain_border_has_full_strength(card):
    observation = build_observation()
    assert observation.media.kind is MediaKind.IMAGE
    sure = build_verdict(observation, observation.tracks[0], Outcome.MANIPULATED)
    at_one = Verdict("A", Outcome.MANIPULATED, 1.0, 1.0, 0.3, evidence=sure.evidence)
    assert by_id(find(observation, (at_one,), card))["A.verdict"].strength == 1.0


def test_same_input_gives_the_same_findings(card):
    observation = build_observation("video", 2)
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    assert find(observation, verdicts, card) == find(observation, verdicts, card)


@pytest.mark.parametrize(
    ("value", "kind", "outcome", "told"),
    [
        (0.1, "video", Outcome.NO_EVIDENCE, False),
        (None, "video", Outcome.NO_EVIDENCE, True),
        (None, "video", Outcome.INCONCLUSIVE, False),
        (None, "image", Outcome.NO_EVIDENCE, False),
    ],
)
def test_who_is_cleared_without_the_check_for_smooth_motion_is_told(value, kind, outcome, told):
    data = build_card()
    data["verdict"]["motion_min"] = 0.02
    card = parse_card(json.dumps(data))
    observation = build_observation(kind, 1)
    verdict = build_verdict(observation, observation.tracks[0], outcome)
    reason = "" if value is not None else "still"
    motion = Measurement("scene_motion", "cue", "A", value, "%", None, 1.0, reason)
    for measured in ([motion], [] if told else [motion]):  # cues may be switched off
        ids = by_id(find(observation, [verdict], card, measurements=measured))
        assert ("file.unchecked" in ids) == told
    assert not told or ids["file.unchecked"].detail["ids"] == ["A"]
