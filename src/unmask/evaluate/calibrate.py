"""Calibration and thresholds of a bundle, fitted on validation faces only.

A temperature and a bias for each kind of manipulation (vector scaling, Guo et al., 2017) by
weighted likelihood: sources count alike inside each side and both sides count alike, so
P(manipulated) is meant for an even prior. Where there are two kinds their temperatures are bound
to each other so that at one threshold each calls as many genuine faces manipulated as the other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq, minimize
from scipy.special import log_softmax, logit

from unmask.evaluate.metrics import wilson_interval

Floats = npt.NDArray[np.float64]
BIN_EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
RATIOS = (1 / 4, 4.0)  # of the temperatures of two kinds: looked for between these
TEMPERATURE_MAX = 100.0  # of a fit: far over that of any network that tells something
TWO_KINDS = 3  # classes: "real" and two kinds of manipulation


@dataclass(frozen=True, slots=True)
class Fit:
    """class_probabilities = softmax((logits - logit of "real" + bias) / temperature).

    Both have one number a class; those of "real" are 1 and 0.
    """

    temperature: tuple[float, ...]
    bias: tuple[float, ...]


def balance(fake: npt.NDArray[np.bool_], source: npt.NDArray[np.object_]) -> Floats:
    """(N,) weights, mean 1: both sides count alike, and sources count alike inside a side."""
    weights = np.zeros(len(fake))
    for side in (False, True):
        names = np.unique(source[fake == side])
        for name in names:
            inside = (fake == side) & (source == name)
            weights[inside] = 1 / (len(names) * inside.sum())
    return np.asarray(weights * len(fake) / weights.sum(), np.float64)


def fit_calibration(
    logits: Floats,
    real_index: int,
    fake: npt.NDArray[np.bool_],
    weights: Floats,
    ratio: float | None = None,
) -> Fit:
    """The temperatures and biases of the highest weighted likelihood of real / manipulated.

    logits (N, C); with `ratio` the second kind's temperature is that many times the first's.
    With targets a little off 0 and 1, by how many faces there are (Platt, 1999): a few faces that
    are told apart without a miss do not make the network certain. Of a network worse than chance
    the likeliest temperature is infinite: at `TEMPERATURE_MAX` its answers still differ.
    """
    classes = logits.shape[1]
    kinds = [index for index in range(classes) if index != real_index]
    sure = {side: _platt_target(weights[fake == side]) for side in (False, True)}
    target = np.where(fake, sure[True], 1 - sure[False])

    def fit_of(parameters: Floats) -> Fit:
        temperature, bias = np.ones(classes), np.zeros(classes)
        bias[kinds] = parameters[: len(kinds)]
        free = np.exp(np.minimum(parameters[len(kinds) :], np.log(TEMPERATURE_MAX)))
        temperature[kinds] = free if ratio is None else free[0] * np.asarray([1.0, ratio])
        return Fit(tuple(temperature.tolist()), tuple(bias.tolist()))

    def loss(parameters: Floats) -> float:
        p = np.clip(fake_probability(logits, real_index, fit_of(parameters)), 1e-9, 1 - 1e-9)
        return float(-(weights * (target * np.log(p) + (1 - target) * np.log(1 - p))).mean())

    free = len(kinds) + (len(kinds) if ratio is None else 1)
    options = {"xatol": 1e-4, "fatol": 1e-9, "maxiter": 4000}
    return fit_of(minimize(loss, np.zeros(free), method="Nelder-Mead", options=options).x)


def _platt_target(weights: Floats) -> float:
    """(n + 1) / (n + 2) for n faces, n being the effective number of unlike weights."""
    n = weights.sum() ** 2 / (weights**2).sum()
    return float((n + 1) / (n + 2))


def class_scores(logits: Floats, real_index: int, fit: Fit) -> Floats:
    """(N, C) calibrated logits of (N, C) logits; those of "real" are 0."""
    against_real = logits - logits[:, [real_index]]
    return np.asarray((against_real + fit.bias) / np.asarray(fit.temperature), np.float64)


def fake_probability(logits: Floats, real_index: int, fit: Fit) -> Floats:
    """(N,) 1 - P(real) of (N, C) logits."""
    share = log_softmax(class_scores(logits, real_index, fit), axis=1)[:, real_index]
    return np.asarray(-np.expm1(share), np.float64)


def calibrate(
    logits: Floats,
    real_index: int,
    fake: npt.NDArray[np.bool_],
    source: npt.NDArray[np.object_],
    false_alarms: float,
) -> tuple[Fit, float]:
    """The fit for one threshold, and that threshold.

    false_alarms   share of genuine faces that each kind of manipulation may call, sources alike

    What is known of one kind need not hold of another: genuine portraits of a source never seen
    can look generated where none looks swapped. So the kind that calls genuine faces too easily
    gets the higher temperature, until one threshold is right for both. Where no ratio in `RATIOS`
    does that, as where a kind calls no genuine face at all, likelihood alone decides.
    """
    weights = balance(fake, source)

    def limits(fit: Fit) -> list[float]:
        return kind_limits(logits[~fake], real_index, source[~fake], fit, false_alarms)

    def apart(log_ratio: float) -> float:
        bound = fit_calibration(logits, real_index, fake, weights, float(np.exp(log_ratio)))
        first, second = np.clip(limits(bound), 1e-9, 1 - 1e-9)
        return float(logit(second) - logit(first))

    fit = fit_calibration(logits, real_index, fake, weights)
    if logits.shape[1] == TWO_KINDS:
        low, high = np.log(RATIOS)
        if apart(low) > 0 > apart(high):
            ratio = float(np.exp(brentq(apart, low, high, xtol=1e-3)))
            fit = fit_calibration(logits, real_index, fake, weights, ratio)
    return fit, max(limits(fit))


def kind_limits(
    logits: Floats,
    real_index: int,
    source: npt.NDArray[np.object_],
    fit: Fit,
    false_alarms: float,
) -> list[float]:
    """For each kind the lowest threshold at which it calls that share of these genuine faces.

    A face is called by the kind that is likeliest in it.
    """
    scores = class_scores(logits, real_index, fit)
    kinds = [index for index in range(logits.shape[1]) if index != real_index]
    likeliest = np.asarray(kinds)[np.argmax(scores[:, kinds], axis=1)]
    probability = fake_probability(logits, real_index, fit)
    return [
        threshold_for(np.where(likeliest == kind, probability, 0.0), source, false_alarms)
        for kind in kinds
    ]


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
