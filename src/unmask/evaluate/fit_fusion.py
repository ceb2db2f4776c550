"""Fits the rule for the people of clips: a logistic model that knows about abstentions.

Table of validation people -> [here] -> the card's section `fusion`, which `detectors/fused.py`
serves. Features are standardised for the fit only; the strength of the L2 penalty is chosen by
cross-validation over whole clips. A part (the network over time, one cue) without which the
cross-validated log-loss is no worse is left out: its weights are 0. So is a cue that would speak
for a face by not fitting: every cue grows with what does not fit. Sides count alike and so do
sources inside a side, so that the probability is meant for an even prior. Thresholds and
calibration bins come from the predictions for left-out clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from unmask.detectors.coherence.features import FRAME, PARTS
from unmask.detectors.fused import PERSON_FEATURES, TEMPORAL
from unmask.errors import UsageError
from unmask.evaluate.calibrate import balance, reliability_bins, threshold_for
from unmask.evaluate.clip_table import cue_references, vectors
from unmask.evaluate.metrics import resamples
from unmask.models.card import Decision

Floats = npt.NDArray[np.float64]
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # 1 / L2 penalty
FOLDS, ROUNDS = 5, 300
PEOPLE_MIN = 10  # of each side
GROUPS = (FRAME, TEMPORAL, *PARTS)  # what is left in or out as one


@dataclass(frozen=True, slots=True, eq=False)
class FusionFit:
    """A fitted rule.

    weights, intercept   in units of the features; 0 for what was left out
    intervals            (F, 2) 95 % of the weights over bootstrap samples of clips
    strength             of the penalty; dropped: groups that were left out
    left_out             (N,) P(manipulated) of each person from a fit without their clip
    """

    weights: Floats
    intercept: float
    intervals: Floats
    strength: float
    dropped: tuple[str, ...]
    left_out: Floats

    def probability(self, x: Floats) -> Floats:
        """(N,) P(manipulated) of (N, F) vectors."""
        return _sigmoid(x @ self.weights + self.intercept)


def places_of(group: str) -> list[int]:
    """The places of a group's features: its value, its flag, its parts."""
    return [i for i, name in enumerate(PERSON_FEATURES) if name.split(":")[0] == group]


def fit_fusion(
    x: Floats,
    fake: npt.NDArray[np.bool_],
    source: npt.NDArray[np.object_],
    clip: npt.NDArray[np.object_],
    *,
    groups: Sequence[str] = GROUPS,
    rounds: int = ROUNDS,
    drop: bool = True,
) -> FusionFit:
    """Fit the rule on (N, F) vectors of validation people; `groups` are those that may speak.

    UsageError where a side has fewer than `PEOPLE_MIN` people.
    """
    if min(int(fake.sum()), int((~fake).sum())) < PEOPLE_MIN:
        raise UsageError(
            f"expected {PEOPLE_MIN} genuine and {PEOPLE_MIN} manipulated people, "
            f"got {int((~fake).sum())} and {int(fake.sum())}",
            "give more validation clips",
        )
    weight = balance(fake, source)
    trial = _Trial(x, fake, weight, clip)
    kept = [group for group in GROUPS if group in groups]
    strength, loss = trial.best_strength(kept)
    while drop and len(kept) > 1:
        losses = {g: trial.loss([k for k in kept if k != g], strength) for g in kept if g != FRAME}
        least = min(losses, key=lambda group: losses[group])
        if losses[least] > loss:
            break
        kept.remove(least)
        loss = losses[least]
    weights, intercept = trial.fit(kept, strength)
    while drop and (wrong := [g for g in kept if g in PARTS and weights[places_of(g)[0]] < 0]):
        kept.remove(wrong[0])
        weights, intercept = trial.fit(kept, strength)
    drawn = [
        trial.fit(kept, strength, rows)[0]
        for rows in resamples(clip, rounds=rounds)
        if 0 < int(fake[rows].sum()) < len(rows)
    ]
    low_high = np.quantile(np.stack(drawn), [0.025, 0.975], axis=0).T if drawn else None
    return FusionFit(
        weights=weights,
        intercept=intercept,
        intervals=np.stack([weights, weights], axis=1) if low_high is None else low_high,
        strength=strength,
        dropped=tuple(group for group in groups if group not in kept),
        left_out=trial.left_out(kept, strength),
    )


class _Trial:
    """Fits on some of the features and some of the rows; whole clips are left out together."""

    def __init__(
        self,
        x: Floats,
        fake: npt.NDArray[np.bool_],
        weight: Floats,
        clip: npt.NDArray[np.object_],
    ) -> None:
        self._x, self._fake, self._weight = x, fake, weight
        folds = min(FOLDS, len(np.unique(clip.astype(str))))
        codes = np.unique(clip.astype(str), return_inverse=True)[1]
        splitter = GroupKFold(folds, shuffle=True, random_state=0)
        self._folds = list(splitter.split(x, fake, codes))

    def fit(
        self, groups: Sequence[str], strength: float, rows: npt.NDArray[np.intp] | None = None
    ) -> tuple[Floats, float]:
        """(weights of all features, intercept) from some rows, or all."""
        rows = np.arange(len(self._x)) if rows is None else rows
        places = sorted(place for group in groups for place in places_of(group))
        x = self._x[rows][:, places]
        middle, spread = x.mean(axis=0), x.std(axis=0)
        spread[spread < 1e-9] = 1.0
        model = LogisticRegression(C=strength, max_iter=500)
        model.fit((x - middle) / spread, self._fake[rows], sample_weight=self._weight[rows])
        weights = np.zeros(self._x.shape[1])
        weights[places] = model.coef_[0] / spread
        return weights, float(model.intercept_[0] - weights[places] @ middle)

    def left_out(self, groups: Sequence[str], strength: float) -> Floats:
        """(N,) P(manipulated), each from a fit without the person's clip."""
        out = np.zeros(len(self._x))
        for learned, asked in self._folds:
            weights, intercept = self.fit(groups, strength, learned)
            out[asked] = _sigmoid(self._x[asked] @ weights + intercept)
        return out

    def loss(self, groups: Sequence[str], strength: float) -> float:
        """Weighted log-loss on left-out clips."""
        p = np.clip(self.left_out(groups, strength), 1e-6, 1 - 1e-6)
        losses = -np.where(self._fake, np.log(p), np.log1p(-p))
        return float(np.average(losses, weights=self._weight))

    def best_strength(self, groups: Sequence[str]) -> tuple[float, float]:
        """(strength, loss) of the smallest cross-validated loss."""
        losses = {strength: self.loss(groups, strength) for strength in STRENGTHS}
        best = min(losses, key=lambda strength: losses[strength])
        return best, losses[best]


def _sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)), np.float64)


def fusion_section(
    table: pd.DataFrame,
    frames: Decision,
    *,
    false_alarms: float = 0.02,
    misses: float = 0.1,
) -> tuple[dict[str, Any], FusionFit]:
    """The card's section from a table of validation people (`clip_table.py`), and the fit.

    People whom the frame detector could not judge are left out, as they are when served. `frames`
    are that detector's own thresholds. Made clips are of one kind, so the rule is never looser than
    they are: both its thresholds are at least as strict as those of a person whose cues are the
    median of genuine people.
    """
    known = table[table["frame"].notna()].reset_index(drop=True)
    references = cue_references(known)
    fake = known["fake"].to_numpy(bool)
    source = (known["data"] + "/" + known["source"]).to_numpy(object)
    x = vectors(known, references)
    fit = fit_fusion(x, fake, source, known["clip"].to_numpy(object))
    p = fit.left_out
    usual = np.tile(np.median(x[~fake], axis=0), (2, 1))
    usual[:, places_of(FRAME)[0]] = logit([frames.threshold, frames.clear_below])
    like_threshold, like_clear = (float(one) for one in fit.probability(usual))
    threshold = max(threshold_for(p[~fake], source[~fake], false_alarms), like_threshold)
    missed = threshold_for(1 - p[fake], source[fake], misses)
    clear_below = min(max(0.01, 1 - missed), like_clear, threshold)
    section = {
        "features": list(PERSON_FEATURES),
        "weights": {
            n: round(float(w), 5) for n, w in zip(PERSON_FEATURES, fit.weights, strict=True)
        },
        "intercept": round(fit.intercept, 5),
        "intervals": {
            name: [round(float(low), 5), round(float(high), 5)]
            for name, (low, high) in zip(PERSON_FEATURES, fit.intervals, strict=True)
        },
        "references": {cue: list(span) for cue, span in references.items()},
        "threshold": round(min(threshold, 1.0), 4),
        "clear_below": round(clear_below, 4),
        "bins": reliability_bins(p, fake, balance(fake, source)),
        "people_min": int(known["people"].min()),
        "trained_on": {
            "people": len(known),
            "manipulated": int(fake.sum()),
            "clips": int(known["clip"].nunique()),
            "data": sorted(known["data"].unique().tolist()),
            "penalty": fit.strength,
            "left_out": list(fit.dropped),
        },
    }
    return section, fit
