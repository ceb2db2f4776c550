"""Usual ranges of the human cues from made clips, and the card that they end on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_bundle import build_tiny_bundle

from unmask.data.clips import Clip, ClipPerson
from unmask.detectors.coherence.features import feature_vector
from unmask.detectors.coherence.measure import settled
from unmask.detectors.track_features import TrackFeatures
from unmask.evaluate.cue_references import (
    coarse_range,
    coarsest_quantiser,
    cue_lines,
    fit_cue_references,
    write_cue_references,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings
from unmask.train.clip_readings import Reading, TrackReading
from unmask.types import Measurement

pytestmark = pytest.mark.train
UNIT = "% of face width per frame"


def reading(
    number: int,
    motion: float | None,
    gaze: float,
    *,
    swapped: bool = False,
    h264_qp: float | None = None,
) -> Reading:
    """Person `number` of a clip with two cues and a forensic measurement."""
    kind = "soft" if swapped else ""
    person = ClipPerson(f"p{number}", "lfw", swapped, kind)
    why, coded = "" if motion else "still", {"h264_qp": h264_qp}
    still = Measurement("scene_motion", "cue", "A", motion, UNIT, reason=why, detail=coded)
    other = Measurement("gaze", "cue", "A", gaze, "degrees")
    noise = Measurement("noise_ratio", "forensic", "A", 1.0, "ratio")
    nothing, frames = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    features = TrackFeatures("A", nothing, np.zeros((0, 3)), np.zeros(0), frames)
    track = TrackReading(features, nothing, frames, "", (still, other, noise))
    return Reading(Clip(Path(f"{number}.mp4"), "made", "val", (person,)), person, track)


@pytest.fixture
def people() -> list[Reading]:
    """A hundred genuine people with motion .01 to 1.00 %, and twenty swapped ones above them."""
    genuine = [reading(n, (n + 1) / 100, n / 10) for n in range(100)]
    return genuine + [reading(100 + n, 2.0 + n, 3.0, swapped=True) for n in range(20)]


def test_lines_hold_each_persons_cues_once_with_the_repeat(people):
    again = [reading(n, (n + 1) / 100 + 0.05, n / 10) for n in range(100)]
    lines = cue_lines([*people, reading(0, 9.0, 9.0)], again)
    assert len(lines) == 2 * len(people)
    first = lines[lines["name"] == "scene_motion"].iloc[0]
    assert (first["klass"], first["source"], first["value"]) == ("real", "lfw", 0.01)
    assert first["repeat"] == pytest.approx(0.06)
    assert lines.loc[lines["klass"] == "swap", "repeat"].isna().all()


@pytest.fixture
def coded() -> list[Reading]:
    """Fifty people at each quantiser from 20 to 35, who shake from 30 on; swapped ones always."""
    found = []
    for qp in range(20, 36):
        for n in range(50):
            motion = (0.5 if qp >= 30 and n % 10 == 0 else 0.1) + n / 1000
            found.append(reading(100 * qp + n, motion, 1.0, h264_qp=qp))
        found.append(reading(100 * qp + 99, 3.0, 1.0, swapped=True, h264_qp=qp))
    return found


def test_the_limit_is_where_genuine_faces_begin_to_shake(coded):
    # of the people at 29-31 two in thirty shake: more than 5 %; at 28-30 one in thirty
    assert coarsest_quantiser(coded) == 30.0
    assert coarsest_quantiser([one for one in coded if one.track.measurements[0].value < 1]) == 30
    calm = [r for r in coded if r.track.measurements[0].detail["h264_qp"] < 30]
    assert coarsest_quantiser(calm) is None
    assert coarsest_quantiser([reading(1, 0.5, 1.0)]) is None


def test_coarser_clips_are_held_against_what_is_usual_there(coded, tmp_path):
    lines = cue_lines(coded, (), 30.0)
    motion = lines[(lines["name"] == "scene_motion") & (lines["klass"] == "real")]
    assert motion["value"].notna().sum() == 11 * 50
    coarse = coarse_range(coded, 30.0)
    assert coarse == (pytest.approx(0.1, abs=0.01), pytest.approx(0.52, abs=0.02))
    assert coarse_range(coded, 35.0) is None
    folder = build_tiny_bundle(tmp_path, "b")
    write_cue_references(folder, fit_cue_references(lines, 30.0, coarse))
    known = load_bundle(folder, Settings()).card.measurements
    assert (known["scene_motion"].h264_qp_max, known["gaze"].h264_qp_max) == (30.0, None)
    fine, shaken = (
        settled(one.track.measurements[0], known["scene_motion"]) for one in (coded[0], coded[-2])
    )
    assert fine.reference == known["scene_motion"].reference
    assert shaken.reference == coarse
    ratio = known["scene_motion"].reference[1] / coarse[1]
    assert shaken.detail == {"h264_qp": 35, "usual_ratio": pytest.approx(ratio)}
    # the same share of what is usual says the same, however the clip is coded
    plain = replace(fine, value=ratio * shaken.value)
    usual = {"scene_motion": known["scene_motion"].reference}
    for one, other in zip(
        feature_vector([plain], usual, 0.5), feature_vector([shaken], usual, 0.5), strict=True
    ):
        assert one == pytest.approx(other)


def test_the_range_is_that_of_genuine_people_and_only_motion_has_a_lower_end(people):
    found = fit_cue_references(cue_lines(people, people))
    assert found["scene_motion"]["reference"] == [0.05, 0.95]
    assert found["scene_motion"]["auc"] == {"swap": 1.0}
    assert found["scene_motion"]["error"] == 0.0
    assert found["scene_motion"]["n"] == 100
    assert found["gaze"]["reference"][0] == 0.0


def test_the_lower_end_guards_the_verdict(people, tmp_path):
    folder = build_tiny_bundle(tmp_path)
    write_cue_references(folder, fit_cue_references(cue_lines(people)))
    card = load_bundle(folder, Settings()).card
    assert card.verdict.motion_min == card.measurements["scene_motion"].reference[0] == 0.05
    before = json.loads((folder / "card.json").read_text("utf-8"))
    write_cue_references(folder, {})
    assert json.loads((folder / "card.json").read_text("utf-8")) == before


def test_abstentions_give_no_value():
    lines = cue_lines([reading(0, None, 1.0)])
    assert lines["reason"].tolist() == ["still", ""]
    assert fit_cue_references(lines) == {}
