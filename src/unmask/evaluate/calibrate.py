"""Calibration and thresholds of a bundle, fitted on validation faces only.

Temperature and a bias on the class "real" by weighted likelihood (Guo et al., 2017): sources count
alike inside each side and both sides count alike, so P(manipulated) is meant for an even prior.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_softmax

from unmask.evaluate.metrics import wilson_interval

Floats = npt.NDArray[np.float64]
BIN_EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """class_probabilities = softmax((logits + bias) / temperature); bias on "real" alone."""

    temperature: float
    real_bias: float


def balance(fake: npt.NDArray[np.bool_], source: npt.NDArray[np.object_]) -> Floats:
    """(N,) weights, mean 1: both sides count alike, and sources count alike inside a side."""
    weights = np.zeros(len(fake))
    for side in (False, True):
        names = np.unique(source[fake == side])
        for name in names:
            inside = (fake == side) & (source == name)
            weights[inside] = 1 / (len(names) * inside.sum())
    return np.asarray(weights * len(fake) / weights.sum(), np.float64)


def fit_temperature(
    logits: Floats, real_index: int, fake: npt.NDArray[np.bool_], weights: Floats
) -> Fit:
    """The temperature and real-bias of the highest weighted likelihood of real / manipulated.

    With targets a little off 0 and 1, by how many faces there are (Platt, 1999): a few faces that
    are told apart without a miss do not make the network certain.
    """
    sure = {side: _platt_target(weights[fake == side]) for side in (False, True)}
    target = np.where(fake, sure[True], 1 - sure[False])

    def loss(parameters: Floats) -> float:
        fit = Fit(float(np.exp(parameters[0])), float(parameters[1]))
        p = fake_probability(logits, real_index, fit)
        p = np.clip(p, 1e-9, 1 - 1e-9)
        return float(-(weights * (target * np.log(p) + (1 - target) * np.log(1 - p))).sum())

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
    return Fit(float(np.exp(best.x[0])), float(best.x[1]))


def _platt_target(weights: Floats) -> float:
    """(n + 1) / (n + 2) for n faces, n being the effective number of unlike weights."""
    n = weights.sum() ** 2 / (weights**2).sum()
    return float((n + 1) / (n + 2))


def fake_probability(logits: Floats, real_index: int, fit: Fit) -> Floats:
    """(N,) 1 - P(real) of (N, C) logits."""
    moved = logits.copy()
    moved[:, real_index] += fit.real_bias
    share = log_softmax(moved / fit.temperature, axis=1)[:, real_index]
    return np.asarray(-np.expm1(share), np.float64)


def threshold_for(
    probability: Floats, source: npt.NDArray[np.object_], false_alarms: float
) -> float:
    """The lowest threshold with at most that share of genuine faces over it, sources alike."""
    fake = np.zeros(len(probability), bool)
    weights = balance(fake, source)
    order = np.argsort(-probability)
    over = np.cumsum(weights[order]) / weights.sum()
    first = int(np.searchsorted(over, false_alarms, side="right"))
    return float(np.nextafter(probability[order[min(first, len(order) - 1)]], 2.0))


def reliability_bins(
    probability: Floats, fake: npt.NDArray[np.bool_], weights: Floats
) -> list[dict[str, object]]:
    """The card's bins: share manipulated among faces that scored in [low, high), with interval.

    With weights the effective number of faces (Kish) stands in for the count.
    """
    bins = []
    for low, high in itertools.pairwise(BIN_EDGES):
        inside = (probability >= low) & ((probability < high) | (high == 1.0))
        total = float(weights[inside].sum())
        n = total**2 / float((weights[inside] ** 2).sum()) if total else 0.0
        share = float(weights[inside & fake].sum()) / total if total else (low + high) / 2
        interval = wilson_interval(share * n, n)
        bins.append(
            {
                "low": low,
                "high": high,
                "n": int(inside.sum()),
                "manipulated_share": round(share, 4),
                "interval": [round(v, 4) for v in interval],
            }
        )
    return bins


def false_alarms_by_source(
    scores: pd.DataFrame, probability: Floats, threshold: float
) -> dict[str, dict[str, float]]:
    """{real source: {n, share called manipulated}}."""
    result = {}
    real = scores[(scores["klass"] == "real") & np.isfinite(probability)]
    for name, part in real.groupby("source"):
        called = probability[part.index] >= threshold
        result[str(name)] = {"n": len(part), "share": round(float(called.mean()), 4)}
    return result
