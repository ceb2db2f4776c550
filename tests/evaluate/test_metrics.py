"""Metrics against hand-worked examples and a second implementation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from unmask.evaluate.calibrate import (
    Fit,
    balance,
    calibrate,
    fake_probability,
    fit_calibration,
    kind_limits,
    reliability_bins,
    threshold_for,
)
from unmask.evaluate.metrics import (
    bootstrap_interval,
    expected_calibration_error,
    measure,
    resamples,
    wilson_interval,
)

pytestmark = pytest.mark.train


def test_a_hand_worked_example() -> None:
    fake = np.array([False, False, False, True, True])
    p = np.array([0.1, 0.4, 0.6, 0.5, 0.9])
    m = measure(fake, p, 0.55)
    assert m.auc == pytest.approx(5 / 6)  # one of six pairs is in the wrong order
    assert m.accuracy == pytest.approx(3 / 5)
    assert (m.precision, m.recall) == (pytest.approx(1 / 2), pytest.approx(1 / 2))
    assert m.specificity == pytest.approx(2 / 3)
    assert m.f1 == pytest.approx(1 / 2)
    assert m.brier == pytest.approx((0.01 + 0.16 + 0.36 + 0.25 + 0.01) / 5)
    assert m.tpr_at_fpr_1 == pytest.approx(1 / 2)
    assert m.eer == pytest.approx(1 / 3)


def test_auc_agrees_with_counting_pairs() -> None:
    rng = np.random.default_rng(0)
    fake = rng.random(300) < 0.4
    p = np.round(np.clip(rng.normal(0.4 + 0.2 * fake, 0.2), 0, 1), 2)
    pairs = np.sign(p[fake][:, None] - p[~fake][None]) / 2 + 0.5
    assert measure(fake, p, 0.5).auc == pytest.approx(pairs.mean())


def test_calibration_error_of_known_shares() -> None:
    p = np.repeat([0.25, 0.75], 100)
    fake = np.concatenate([np.arange(100) < 25, np.arange(100) < 55])
    assert expected_calibration_error(fake, p) == pytest.approx(0.5 * 0 + 0.5 * 0.2)


def test_one_kind_alone_has_no_metrics() -> None:
    with pytest.raises(ValueError, match="one kind only"):
        measure(np.ones(3, bool), np.full(3, 0.5), 0.5)


def test_the_interval_draws_whole_groups() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), 25).astype(object)
    fake = np.repeat(rng.random(40) < 0.5, 25)
    p = np.clip(np.repeat(rng.normal(0, 0.3, 40), 25) + 0.3 * fake + 0.4, 0, 1)
    wide = np.subtract(*bootstrap_interval(fake, p, groups, rounds=300)[::-1])
    narrow = np.subtract(
        *bootstrap_interval(fake, p, np.arange(1000).astype(object), rounds=300)[::-1]
    )
    assert wide > 2 * narrow


def test_counting_rows_gives_the_interval_of_repeating_them() -> None:
    rng = np.random.default_rng(5)
    groups = rng.integers(0, 30, 300).astype(object)
    fake = rng.random(300) < 0.4
    p = np.round(rng.random(300) + 0.1 * fake, 2)  # with ties
    repeated = [roc_auc_score(fake[rows], p[rows]) for rows in resamples(groups, rounds=50, seed=2)]
    assert bootstrap_interval(fake, p, groups, rounds=50, seed=2) == (
        pytest.approx(np.quantile(repeated, 0.025)),
        pytest.approx(np.quantile(repeated, 0.975)),
    )


def test_wilson_interval_of_a_known_case() -> None:
    low, high = wilson_interval(0, 10)
    assert (low, high) == (0.0, pytest.approx(0.2775, abs=1e-3))
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(0, 1.5, 6000)
    fake = rng.random(6000) < 1 / (1 + np.exp(-true))
    logits = np.stack([-2 * true + 1.0, np.zeros(6000)], axis=1)
    fit = fit_calibration(logits, 0, fake, np.ones(6000))
    assert fit.temperature[1] == pytest.approx(2.0, rel=0.1)
    assert fit.bias[1] == pytest.approx(1.0, abs=0.2)
    p = fake_probability(logits, 0, fit)
    assert expected_calibration_error(fake, p) < 0.03
    assert (
        expected_calibration_error(fake, fake_probability(logits, 0, Fit((1.0, 1.0), (0.0, 0.0))))
        > 0.05
    )


def test_a_kind_that_calls_genuine_faces_too_easily_speaks_more_softly() -> None:
    """Genuine portraits that look generated must not make the threshold for swaps too high."""
    rng = np.random.default_rng(3)
    real = np.stack([np.zeros(4000), rng.normal(-2, 1.5, 4000), rng.normal(-3, 1, 4000)], axis=1)
    real[:400, 2] = rng.normal(0, 2, 400)
    swap = np.stack([np.zeros(2000), rng.normal(2, 1.5, 2000), rng.normal(-3, 1, 2000)], axis=1)
    made = np.stack([np.zeros(2000), rng.normal(-3, 1, 2000), rng.normal(4, 1.5, 2000)], axis=1)
    logits = np.concatenate([real, swap, made])
    fake = np.arange(8000) >= 4000
    source = np.array(["a"] * 400 + ["b"] * 3600 + ["c"] * 2000 + ["d"] * 2000, object)

    fit, threshold = calibrate(logits, 0, fake, source, 0.005)
    assert fit.temperature[2] > 1.3 * fit.temperature[1]
    swap_limit, made_limit = kind_limits(real, 0, source[:4000], fit, 0.005)
    assert swap_limit == pytest.approx(made_limit, abs=0.01)
    assert threshold == max(swap_limit, made_limit)

    apart = fit_calibration(logits, 0, fake, balance(fake, source))
    over = max(kind_limits(real, 0, source[:4000], apart, 0.005))
    caught = [
        (fake_probability(swap, 0, one) >= at).mean()
        for one, at in ((fit, threshold), (apart, over))
    ]
    assert caught[0] > caught[1] + 0.05


def test_a_kind_that_calls_nobody_leaves_likelihood_to_decide() -> None:
    rng = np.random.default_rng(4)
    real = np.stack([np.zeros(500), rng.normal(-1, 1, 500), np.full(500, -20.0)], axis=1)
    swap = np.stack([np.zeros(500), rng.normal(1, 1, 500), np.full(500, -20.0)], axis=1)
    logits, fake = np.concatenate([real, swap]), np.arange(1000) >= 500
    source = np.where(fake, "f", "r").astype(object)
    fit, threshold = calibrate(logits, 0, fake, source, 0.01)
    assert fit == fit_calibration(logits, 0, fake, balance(fake, source))
    called = fake_probability(real, 0, fit) >= threshold
    assert called.mean() <= 0.01


def test_weights_balance_sides_and_sources() -> None:
    fake = np.array([False] * 6 + [True] * 2)
    source = np.array(["a"] * 5 + ["b"] + ["c"] * 2, object)
    weights = balance(fake, source)
    assert weights.sum() == pytest.approx(8)
    assert weights[fake].sum() == pytest.approx(4)
    assert weights[:5].sum() == pytest.approx(weights[5])


def test_the_threshold_keeps_its_promise() -> None:
    rng = np.random.default_rng(3)
    p = rng.random(1000)
    source = np.array(["a"] * 900 + ["b"] * 100, object)
    t = threshold_for(p, source, 0.02)
    weights = balance(np.zeros(1000, bool), source)
    assert weights[p >= t].sum() / weights.sum() <= 0.02
    assert weights[p >= t - 0.02].sum() / weights.sum() > 0.02


def test_bins_hold_every_face_once() -> None:
    rng = np.random.default_rng(4)
    p = np.append(rng.random(500), [0.0, 1.0])
    fake = rng.random(502) < p
    bins = reliability_bins(p, fake, np.ones(502))
    assert sum(int(b["n"]) for b in bins) == 502
    for b in bins:
        low, high = b["interval"]
        assert low <= b["manipulated_share"] <= high
