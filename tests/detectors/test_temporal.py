"""The detector over time and the fused rule: numbers by hand, abstentions, thresholds."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from observed import build_observation
from tiny_bundle import build_tiny_bundle, tiny_card
from tiny_temporal import FRAMES_MIN, TEMPORAL, WINDOW, build_temporal_bundle, fusion_section

from unmask.detectors.clip_rule import ClipRule, people_at_once
from unmask.detectors.fused import PERSON_FEATURES, FusionRule, person_vector
from unmask.detectors.fusion import judge
from unmask.detectors.image import ImageDetector
from unmask.detectors.temporal import TemporalDetector, windows
from unmask.detectors.track_features import TrackFeatures
from unmask.errors import BundleError
from unmask.models.bundle import load_bundle
from unmask.models.card_reader import parse_card
from unmask.models.verify import verify_bundle
from unmask.record import coverage_over_time, steps_over_time
from unmask.settings import Settings
from unmask.types import CheckStatus, Evidence, FaceTrack, Measurement, Outcome, Reason

SETTINGS = Settings(threads=1)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return load_bundle(build_temporal_bundle(tmp_path_factory.mktemp("over time")), SETTINGS)


def track(values, subject="A", step_s=0.04):
    features = np.zeros((len(values), 3), np.float32)
    features[:, 0] = values
    times = np.arange(len(values)) * step_s
    logits, places = np.zeros((len(values), 3)), np.arange(len(values), dtype=np.int64) + 10
    return TrackFeatures(subject, features, logits, times, places)


def frame(score, subject="A"):
    if isinstance(score, Reason):
        return Evidence("image", "face", subject, None, score)
    classes = {"real": 1 - score, "swap": 0.75 * score, "synthetic": 0.25 * score}
    return Evidence("image", "face", subject, score, class_probabilities=classes, reliability=0.8)


def expected(mean):
    """sigmoid((gain * mean + bias) / temperature)"""
    return 1 / (1 + math.exp(-(4 * mean + 0.5) / 2))


@pytest.mark.parametrize("count", [4, 5, 6, 7, 32])
def test_score_and_series_are_the_networks_answers(bundle, count):
    values = np.random.default_rng(count).normal(size=count)
    (said,) = TemporalDetector(bundle, SETTINGS).detect([frame(0.5)], [track(values)])
    assert (said.detector, said.cue, said.subject, said.reliability) == (
        "temporal", "time", "A", 0.8,
    )  # fmt: skip
    assert said.score == pytest.approx(expected(values.mean()), abs=1e-6)
    assert [moment.frame_index for moment in said.series] == list(range(10, 10 + count))
    for place, moment in enumerate(said.series):
        start = min(max(place - min(WINDOW, count) // 2, 0), max(0, count - WINDOW))
        around = values[start : start + WINDOW]
        assert moment.score == pytest.approx(expected(around.mean()), abs=1e-6)
    assert said.time_s == max(said.series, key=lambda moment: moment.score).time_s


def test_windows_are_neighbours_and_hold_their_frame():
    for count in (1, 5, 6, 20):
        places = windows(count, 6)
        assert places.shape == (count, min(6, count))
        assert (np.diff(places, axis=1) == 1).all()
        assert all(place in row for place, row in enumerate(places))
        assert places.min() == 0
        assert places.max() == count - 1


@pytest.mark.parametrize(
    ("frames", "seen", "reason"),
    [
        (FRAMES_MIN - 1, 0.5, Reason.TOO_FEW_FRAMES),
        (0, Reason.LOW_QUALITY, Reason.LOW_QUALITY),
        (9, Reason.FACE_TOO_SMALL, Reason.FACE_TOO_SMALL),
    ],
)
def test_it_abstains_with_the_reason(bundle, frames, seen, reason):
    (said,) = TemporalDetector(bundle, SETTINGS).detect([frame(seen)], [track([0.0] * frames)])
    assert (said.score, said.reason, said.series, said.reliability) == (None, reason, (), 0.0)


def test_the_features_come_with_the_frames_scores(bundle):
    """Mean over the views of what the graph calls features: here the mean colour of the crop."""
    observation = build_observation("video", 2)
    detector = ImageDetector(bundle, SETTINGS)
    evidence, features = detector.look(observation)
    assert [one.score for one in evidence] == [one.score for one in detector.detect(observation)]
    for one, person in zip(features, observation.tracks, strict=True):
        assert one.subject == person.id
        assert one.features.shape == (len(person.faces), 3)
        assert one.frame_indices.tolist() == [face.frame_index for face in person.faces]
        assert one.gaps_s[0] == 0
        assert (one.gaps_s[1:] > 0).all()
        logits = one.features[0] @ np.diag([4.0, 4.0, 4.0]) + [-0.25, 0.5, 0.125]  # r, g, b
        first = evidence[["A", "B"].index(one.subject)].series[0].score
        shares = np.exp(logits) / np.exp(logits).sum()
        assert first == pytest.approx(1 - shares[1], abs=1e-5)


def test_a_picture_and_a_plain_bundle_keep_the_frame_rule(bundle, tmp_path):
    still = build_observation("image", 1)
    rule = ClipRule(bundle, SETTINGS)
    said = rule.extend(still, [frame(0.4)], [track([1.0] * 9)], ())
    assert [one.detector for one in said] == ["image"]
    plain = load_bundle(build_tiny_bundle(tmp_path), SETTINGS)
    clip = build_observation("video", 1)
    said = ClipRule(plain, SETTINGS).extend(clip, [frame(0.4)], [track([1.0] * 9)], ())
    assert [one.detector for one in said] == ["image"]


WEIGHTS = {"frame_log_odds": 0.5, "temporal": 0.25, "temporal:absent": -1.0}


def fused_bundle(tmp_path, **changes):
    section = fusion_section(WEIGHTS, **changes)
    return load_bundle(build_temporal_bundle(tmp_path, fusion=section), SETTINGS)


def log_odds(p):
    return math.log(p / (1 - p))


@pytest.mark.parametrize("frames", [9, FRAMES_MIN - 1])
def test_the_fused_probability_by_hand_and_with_an_abstention(tmp_path, frames):
    bundle = fused_bundle(tmp_path)
    clip = build_observation("video", 1)
    said = ClipRule(bundle, SETTINGS).extend(clip, [frame(0.3)], [track([0.5] * frames)], ())
    assert [one.detector for one in said] == ["fusion", "image", "temporal"]
    seen = frames >= FRAMES_MIN
    late = 0.25 * log_odds(expected(0.5)) if seen else -1.0
    p = 1 / (1 + math.exp(-(0.25 + 0.5 * log_odds(0.3) + late)))
    assert said[0].score == pytest.approx(p, abs=1e-6)
    classes = said[0].class_probabilities
    assert sum(classes.values()) == pytest.approx(1)
    assert classes["swap"] == pytest.approx(3 * classes["synthetic"])
    assert 1 - classes["real"] == pytest.approx(p)


@pytest.mark.parametrize(("people", "leads"), [(1, "image"), (2, "fusion"), (3, "fusion")])
def test_it_judges_no_smaller_company_than_it_was_fitted_on(tmp_path, people, leads):
    bundle = fused_bundle(tmp_path, people_min=2)
    clip = build_observation("video", people)
    names = "ABC"[:people]
    said = ClipRule(bundle, SETTINGS).extend(
        clip, [frame(0.3, name) for name in names], [track([0.5] * 9, name) for name in names], ()
    )
    assert said[0].detector == leads
    verdicts = judge(clip, said, bundle.card)
    row = coverage_over_time(clip, verdicts, bundle.card)[1]
    told = "too_few_people" if people < 2 else f"{people}/{people}"
    assert (row.name, row.detail) == ("fusion", told)
    steps = steps_over_time(clip, verdicts, bundle.card)
    assert any(step.startswith("fusion: ") for step in steps) is (people > 1)


def test_people_are_counted_in_a_frame_and_not_over_cuts():
    clip = build_observation("video", 1)
    (one,) = clip.tracks
    half = len(one.faces) // 2
    parts = (FaceTrack("A", one.faces[:half]), FaceTrack("B", one.faces[half:]))
    assert people_at_once(replace(clip, tracks=parts)) == 1
    assert people_at_once(build_observation("video", 2)) == 2
    assert people_at_once(replace(clip, tracks=())) == 0


def test_cues_move_it_by_their_weight_and_their_flag(tmp_path):
    rule = FusionRule(parse_card(json.dumps(card_with({"gaze": 2.0, "gaze:absent": 0.7}))).fusion)
    cue = Measurement("gaze", "cue", "A", 3.0, "deg")
    (with_cue,) = rule.fuse([frame(0.5)], [], [cue])
    (without,) = rule.fuse([frame(0.5)], [], [])
    assert log_odds(with_cue.score) == pytest.approx(0.25 + 2.0 * 3.0)
    assert log_odds(without.score) == pytest.approx(0.25 + 0.7)


def card_with(chosen, **changes):
    return tiny_card() | {"fusion": fusion_section(chosen, **changes)}


def test_its_own_thresholds_decide_and_the_file_follows(tmp_path):
    bundle = fused_bundle(tmp_path)
    clip = build_observation("video", 2)
    image = [frame(0.9, "A"), frame(Reason.LOW_QUALITY, "B")]
    tracks = [track([1.0] * 9, "A"), track([], "B")]
    every = ClipRule(bundle, SETTINGS).extend(clip, image, tracks, ())
    first, second, file = judge(clip, every, bundle.card)
    assert (first.threshold, first.clear_below) == (0.7, 0.2)
    assert first.outcome is Outcome.MANIPULATED
    assert first.fake_probability == every[0].score
    assert first.evidence[0].detector == "fusion"
    assert (second.outcome, second.fake_probability) == (Outcome.INCONCLUSIVE, None)
    assert second.reasons == (Reason.LOW_QUALITY,)
    assert (file.threshold, file.fake_probability) == (0.7, first.fake_probability)
    still = build_observation("image", 1)
    (person, _) = judge(still, [frame(0.8)], bundle.card)
    assert (person.threshold, person.outcome) == (0.9, Outcome.INCONCLUSIVE)


def test_the_vector_knows_about_abstentions():
    places = {name: place for place, name in enumerate(PERSON_FEATURES)}
    vector = person_vector([], {}, None, None)
    assert all(vector[place] == name.endswith(":absent") for name, place in places.items())
    known = person_vector([], {}, 0.5, 0.9)
    assert known[places["temporal"]] == pytest.approx(log_odds(0.9))
    assert known[places["temporal:absent"]] == 0


@pytest.mark.parametrize(
    ("section", "wrong", "message"),
    [
        ("temporal", {"frames_min": 1}, r"temporal\.frames_min: .*at least 2"),
        ("temporal", {"window_frames": 3}, r"temporal\.window_frames: .*at least 4"),
        ("temporal", {"calibration": {"temperature": 0, "bias": 0}}, "temperature"),
        ("fusion", {"clear_below": 0.8}, "clear_below: expected at most the threshold 0.7"),
        ("fusion", {"weights": {}}, r"fusion\.weights\.\w+: expected a value"),
    ],
)
def test_a_card_that_does_not_hold_together(tmp_path, section, wrong, message):
    good = {"temporal": TEMPORAL, "fusion": fusion_section({})}[section]
    with pytest.raises(BundleError, match=message):
        load_bundle(build_temporal_bundle(tmp_path, **{section: good | wrong}), SETTINGS)


def test_an_unknown_feature_is_named():
    section = fusion_section({})
    section["features"] = ["aura"]
    section["weights"], section["intervals"] = {"aura": 1.0}, {"aura": [0, 1]}
    card = parse_card(json.dumps(tiny_card() | {"fusion": section}))
    with pytest.raises(BundleError, match="aura"):
        FusionRule(card.fusion)


def test_verify_runs_the_part(tmp_path):
    folder = build_temporal_bundle(tmp_path)
    rows = {row.name: row for row in verify_bundle(folder, SETTINGS)}
    assert rows["network over time"].status is CheckStatus.RUN
    wrong = build_temporal_bundle(tmp_path / "b", temporal=TEMPORAL | {"input": {"features": 5}})
    rows = {row.name: row for row in verify_bundle(wrong, SETTINGS)}
    assert rows["network over time"].status is CheckStatus.FAILED
