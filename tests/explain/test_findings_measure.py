"""Measurements and tested maps as findings: what points where, and what is not said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import build_observation, build_verdicts

from unmask.explain.findings import find
from unmask.explain.findings_measure import measure_findings
from unmask.types import Faithfulness, Finding, Measurement, Outcome, Reason, Verdict

USUAL = (0.5, 1.5)


def measured(value: float | None, **changes: object) -> Measurement:
    reason = "" if value is not None else "no_neck"
    one = Measurement("noise_ratio", "forensic", "A", value, "ratio", USUAL, 0.8, reason)
    return replace(one, **changes)


def finding(outcome: Outcome, one: Measurement) -> Finding:
    observation = build_observation()
    verdict = build_verdicts(observation, outcome)[0]
    (found,) = measure_findings(verdict, [one])
    return found


@pytest.mark.parametrize(
    ("outcome", "value", "direction", "strength"),
    [
        (Outcome.MANIPULATED, 1.0, "neutral", 0.0),
        (Outcome.MANIPULATED, 1.75, "towards_manipulated", 0.25),
        (Outcome.MANIPULATED, 0.25, "towards_manipulated", 0.25),
        (Outcome.MANIPULATED, 9.0, "towards_manipulated", 1.0),
        (Outcome.INCONCLUSIVE, 1.75, "towards_manipulated", 0.25),
        (Outcome.NO_EVIDENCE, 9.0, "neutral", 0.0),
        (Outcome.NO_EVIDENCE, 1.0, "neutral", 0.0),
        (Outcome.MANIPULATED, None, "neutral", 0.0),
    ],
)
def test_only_what_is_unusual_points_and_only_where_a_manipulation_is_open(
    outcome, value, direction, strength
):
    found = finding(outcome, measured(value))
    assert (found.direction, found.strength) == (direction, pytest.approx(strength))
    assert (found.id, found.kind, found.value) == ("A.measure.noise_ratio", "measure", value)
    assert found.reference == USUAL
    assert found.detail["name"] == "noise_ratio"
    assert found.detail.get("reason", "") == ("no_neck" if value is None else "")


def test_without_a_reference_nothing_is_unusual():
    found = finding(Outcome.MANIPULATED, measured(99.0, reference=None))
    assert (found.direction, found.reference) == ("neutral", None)


def test_other_persons_and_cues_are_left_to_their_own():
    observation = build_observation()
    verdict = build_verdicts(observation, Outcome.MANIPULATED)[0]
    others = [measured(9.0, subject="B"), measured(9.0, family="cue", name="gaze")]
    assert list(measure_findings(verdict, others)) == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_verdict_never_rests_on_a_measurement(card, outcome):
    observation = build_observation()
    verdicts = build_verdicts(observation, outcome)
    plain = find(observation, verdicts, card)
    beside = find(observation, verdicts, card, (), [measured(99.0)])
    assert [f for f in beside if f.kind != "measure"] == list(plain)
    assert len(beside) == len(plain) + 1


def test_a_person_without_a_probability_has_no_measurements_told(card):
    observation = build_observation(sharpness=2.0)
    verdicts = build_verdicts(observation, Outcome.INCONCLUSIVE, Reason.LOW_QUALITY)
    found = find(observation, verdicts, card, (), [measured(9.0)])
    assert "measure" not in {one.kind for one in found}


TESTED = Faithfulness(0.93, 0.41, 0.9, 0.1, 0.88, 1.7)
FAILED = replace(TESTED, marked=0.91, shown=False, reason="drop_like_random")


def with_test(verdicts: tuple[Verdict, ...], tested: Faithfulness) -> tuple[Verdict, ...]:
    first = verdicts[0].evidence[0]
    heat_map = replace(first.heat_map, faithfulness=tested)
    evidence = (replace(first, heat_map=heat_map),)
    return (replace(verdicts[0], evidence=evidence), *verdicts[1:])


def test_a_tested_map_says_what_it_is_worth(card):
    observation = build_observation()
    verdicts = with_test(build_verdicts(observation, Outcome.MANIPULATED), TESTED)
    found = {one.id: one for one in find(observation, verdicts, card)}
    tested = found["A.faithfulness"]
    assert tested.value == pytest.approx(0.52)
    assert tested.direction == "neutral"
    assert tested.detail == {
        "before": 0.93, "marked": 0.41, "random": 0.9, "area_share": 0.1, "stability": 0.88,
        "agreement": 1.7, "shown": True, "reason": "",
    }  # fmt: skip
    assert any(one.kind == "region" for one in found.values())


def test_a_map_that_failed_names_no_region_and_the_blend_map_still_speaks(card):
    observation = build_observation()
    verdicts = with_test(build_verdicts(observation, Outcome.MANIPULATED), FAILED)
    found = find(observation, verdicts, card)
    kinds = {one.kind for one in found}
    assert not kinds & {"region", "even", "no_mesh"}
    assert {"heat", "faithfulness", "class", "blend"} <= kinds
