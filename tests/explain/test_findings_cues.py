"""Cues as findings: what is unusual points, what is usual or open does not."""

from __future__ import annotations

import pytest
from builders import build_observation, build_verdict

from unmask.explain.findings_cues import cue_findings
from unmask.types import Measurement, Outcome


def cue(value, reference=(0.0, 2.0), reliability=1.0):
    reason = "" if value is not None else "one_face"
    return Measurement(
        "gaze", "cue", "A", value, "degrees", reference, reliability, reason, {"x": 1}
    )


@pytest.fixture(scope="module")
def verdicts():
    observation = build_observation("video", 1)
    return {o: build_verdict(observation, observation.tracks[0], o) for o in Outcome}


@pytest.mark.parametrize(
    ("measurement", "direction", "strength"),
    [
        (cue(1.9), "neutral", 0.0),
        (cue(3.0), "towards_manipulated", 0.5),
        (cue(3.0, reliability=0.5), "towards_manipulated", 0.25),
        (cue(40.0), "towards_manipulated", 1.0),
        (cue(40.0, reference=None), "neutral", 0.0),
        (cue(-1.0), "neutral", 0.0),  # below the range: a cue grows with what does not fit
        (cue(None), "neutral", 0.0),
    ],
)
def test_only_a_value_above_its_range_points(verdicts, measurement, direction, strength):
    (found,) = cue_findings(verdicts[Outcome.MANIPULATED], [measurement])
    assert (found.direction, found.strength) == (direction, pytest.approx(strength))
    assert (found.id, found.kind, found.value) == ("A.cue.gaze", "cue", measurement.value)
    assert (found.unit, found.reference) == (measurement.unit, measurement.reference)
    assert found.detail["name"] == "gaze"
    assert found.detail["x"] == 1
    assert found.detail.get("reason", "") == measurement.reason


def test_nothing_points_at_somebody_without_evidence(verdicts):
    (found,) = cue_findings(verdicts[Outcome.NO_EVIDENCE], [cue(40.0)])
    assert (found.direction, found.strength) == ("neutral", 0.0)


def test_others_and_other_families_are_left_out(verdicts):
    other = Measurement("gaze", "cue", "B", 3.0, "degrees")
    forensic = Measurement("noise_ratio", "forensic", "A", 3.0, "dB")
    assert list(cue_findings(verdicts[Outcome.MANIPULATED], [other, forensic])) == []
