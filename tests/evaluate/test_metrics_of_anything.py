"""Metrics against scikit-learn, hand-worked curves, one class alone, and intervals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as oracle

from unmask.evaluate.metrics import (
    NAMES,
    bootstrap_interval,
    bootstrap_intervals,
    expected_calibration_error,
    measure_some,
    quick_auc,
    reliability,
    resamples,
    risk_coverage,
)

pytestmark = pytest.mark.train
THRESHOLD = 0.6
NEEDS_BOTH = set(NAMES) - {"accuracy", "recall", "specificity", "threshold"}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    fake = rng.random(400) < 0.6
    p = np.round(np.clip(rng.normal(0.45 + 0.25 * fake, 0.2), 0, 1), 2)
    return fake, p


ORACLES = {
    "auc": lambda y, p, c: oracle.roc_auc_score(y, p),
    "ap": lambda y, p, c: oracle.average_precision_score(y, p),
    "accuracy": lambda y, p, c: oracle.accuracy_score(y, c),
    "precision": lambda y, p, c: oracle.precision_score(y, c),
    "recall": lambda y, p, c: oracle.recall_score(y, c),
    "specificity": lambda y, p, c: oracle.recall_score(~y, ~c),
    "f1": lambda y, p, c: oracle.f1_score(y, c),
    "brier": lambda y, p, c: oracle.brier_score_loss(y, p),
    "false_alarm_rate": lambda y, p, c: 1 - oracle.recall_score(~y, ~c),
}


@pytest.mark.parametrize("name", ORACLES)
def test_a_metric_agrees_with_scikit_learn(name, data):
    fake, p = data
    found = measure_some(fake, p, THRESHOLD)[name]
    assert found == pytest.approx(ORACLES[name](fake, p, p >= THRESHOLD))


def test_the_quick_auc_is_scikit_learns(data):
    fake, p = data
    assert quick_auc(fake, p) == pytest.approx(oracle.roc_auc_score(fake, p))
    assert quick_auc(fake[fake], p[fake]) is None


@pytest.mark.parametrize(("name", "rate"), [("tpr_at_fpr_1", 0.01), ("tpr_at_fpr_5", 0.05)])
def test_the_rate_at_few_false_alarms_by_trying_every_threshold(name, rate, data):
    fake, p = data
    best = max((p[fake] >= t).mean() for t in [*np.unique(p), 2] if (p[~fake] >= t).mean() <= rate)
    assert measure_some(fake, p, THRESHOLD)[name] == pytest.approx(best)


@pytest.mark.parametrize(
    ("fake", "given"),
    [
        ([False] * 4, {"accuracy": 0.75, "specificity": 0.75, "false_alarm_rate": 0.25}),
        ([True] * 4, {"accuracy": 0.25, "recall": 0.25, "false_alarm_rate": None}),
        ([], {"accuracy": None, "recall": None, "specificity": None, "false_alarm_rate": None}),
    ],
)
def test_one_kind_gives_what_can_be_given_and_none_for_the_rest(fake, given):
    p = np.array([0.1, 0.2, 0.5, 0.9])[: len(fake)]
    found = measure_some(np.array(fake, bool), p, THRESHOLD)
    assert {name: found[name] for name in given} == given
    assert {found[name] for name in NEEDS_BOTH} == {None}


def test_risk_and_coverage_of_a_hand_worked_case():
    fake = np.array([True, True, False, True])
    p = np.array([0.99, 0.2, 0.2, 0.6])  # right, wrong, right, right; two are equally certain
    found = risk_coverage(fake, p, n_all=5)
    assert found["coverage"] == pytest.approx([1 / 5, 3 / 5, 4 / 5])
    assert found["risk"] == pytest.approx([0, 1 / 3, 1 / 4])
    assert risk_coverage(fake[:0], p[:0], 3) == {"coverage": [], "risk": []}


def test_weights_change_the_calibration_error_as_repeating_does(data):
    fake, p = data
    weights = np.where(fake, 2.0, 1.0)
    again = np.concatenate([np.arange(len(p)), np.flatnonzero(fake)])
    weighted = expected_calibration_error(fake, p, weights=weights)
    assert weighted == pytest.approx(expected_calibration_error(fake[again], p[again]))
    assert weighted != pytest.approx(expected_calibration_error(fake, p))
    assert sum(share for _, _, share in reliability(fake, p)) == pytest.approx(1)


def test_a_resample_draws_whole_groups():
    groups = np.array(["a", "a", "b", "c", "c", "c"], object)
    for rows in resamples(groups, rounds=20, seed=3):
        names, counts = np.unique(groups[rows], return_counts=True)
        sizes = {"a": 2, "b": 1, "c": 3}
        assert all(count % sizes[name] == 0 for name, count in zip(names, counts, strict=True))


def test_intervals_of_all_metrics_hold_their_value_and_agree_with_the_single_one(data):
    fake, p = data
    groups = np.repeat(np.arange(100), 4).astype(object)
    found = bootstrap_intervals(fake, p, groups, THRESHOLD, rounds=60, seed=1)
    values = measure_some(fake, p, THRESHOLD)
    for name in ("auc", "ap", "accuracy", "recall", "brier"):
        assert found[name][0] < values[name] < found[name][1], name
    assert found["auc"] == pytest.approx(bootstrap_interval(fake, p, groups, rounds=60, seed=1))


def test_one_kind_has_intervals_for_what_it_has():
    fake, p = np.zeros(50, bool), np.linspace(0, 1, 50)
    found = bootstrap_intervals(fake, p, np.arange(50).astype(object), THRESHOLD, rounds=50)
    assert found["auc"] is None
    low, high = found["specificity"]
    assert low < 0.6 < high
