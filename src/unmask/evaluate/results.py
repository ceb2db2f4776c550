"""From scores to figures: overall, per source, per forgery family, with everything that was lost.

`n` counts every target; `n_scored` those with a probability; the rest are abstentions, lost faces
and unreadable files, counted apart and never scored .5. Fakes are measured against the genuine
faces they must be told from: those of their own source where it has any, of its twin (`fake_X`
against `real_X`), else those of the sources that hold genuine faces only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.detectors.track_rule import consensus
from unmask.evaluate.calibrate import balance
from unmask.evaluate.metrics import (
    bootstrap_interval,
    bootstrap_intervals,
    expected_calibration_error,
    measure_some,
    quick_auc,
    resamples,
    risk_coverage,
    wilson_interval,
)
from unmask.models.card import Card
from unmask.types import Outcome

Rows = npt.NDArray[np.bool_]
ROUNDS = 1000
CURVE_POINTS = 100
NOT_SCORED = ("abstained", "no_face", "unreadable")
CALLED = tuple(str(outcome) for outcome in Outcome)


class Figures:
    """Figures of a scored table (`scoring.score_targets`) at the thresholds of a card.

    rounds, seed  of the bootstrap
    """

    def __init__(
        self, scores: pd.DataFrame, card: Card, *, rounds: int = ROUNDS, seed: int = 0
    ) -> None:
        self.card, self.rounds, self.seed = card, rounds, seed
        self.scores = scores.reset_index(drop=True)
        self.fake = (self.scores["klass"] != "real").to_numpy()
        self.scored = (self.scores["status"] == "scored").to_numpy()
        self.p = self.scores["p"].to_numpy(np.float64)
        outcome = self.scores["outcome"].to_numpy(str)
        self.called = self.scored & (outcome == Outcome.MANIPULATED)
        self.cleared = self.scored & (outcome == Outcome.NO_EVIDENCE)
        self.source = self.scores["source"].to_numpy(str)
        self.family = self.scores["family"].to_numpy(str)
        self.group = self.scores["group"].to_numpy(object)

    def to_dict(self) -> dict[str, Any]:
        """Everything; floats are not rounded yet."""
        everything = np.ones(len(self.scores), bool)
        overall = self.counts(everything) | self.metrics(everything)
        overall["threshold"] = self.card.verdict.threshold
        overall["clear_below"] = self.card.verdict.clear_below
        overall["ece_even_prior"] = self.even_prior_error()
        return {
            **overall,
            "intervals": self.intervals(everything),
            "confusion": self.confusion(everything),
            "risk_coverage": self.risk(),
            "per_source": {name: self.of_source(name) for name in self.sources},
            "per_family": {name: self.of_family(name) for name in self.families},
            "levels": self.levels(),
        }

    @property
    def sources(self) -> list[str]:
        """Names of the sources, sorted."""
        return sorted(set(self.source.tolist()))

    @property
    def families(self) -> list[str]:
        """Names of the kinds of forgery, sorted."""
        return sorted(set(self.family[self.fake].tolist()))

    def counts(self, rows: Rows) -> dict[str, Any]:
        """How many there are and what became of those without a probability."""
        part = self.scores[rows]
        status = part["status"]
        abstained = part.loc[status == "abstained", "reason"].value_counts()
        errors = part.loc[status == "unreadable", "error"].value_counts()
        return {
            "n": len(part),
            "n_genuine": int((~self.fake[rows]).sum()),
            "n_fake": int(self.fake[rows].sum()),
            "n_scored": int((status == "scored").sum()),
            "n_abstained": int((status == "abstained").sum()),
            "faces_lost": int((status == "no_face").sum()),
            "n_unreadable": int((status == "unreadable").sum()),
            "abstained": {str(k): int(v) for k, v in sorted(abstained.items())},
            "unreadable": {str(k): int(v) for k, v in sorted(errors.items())},
        }

    def metrics(self, rows: Rows) -> dict[str, float | None]:
        """The metrics over the scored of some rows; None where they do not exist."""
        here = rows & self.scored
        threshold = self.card.verdict.threshold
        values = measure_some(self.fake[here], self.p[here], threshold, self.called[here])
        return {k: v for k, v in values.items() if k not in ("n", "n_fake")}

    def intervals(self, rows: Rows) -> dict[str, list[float] | None]:
        """95 % bootstrap intervals over persons, or files where nobody is named."""
        here = rows & self.scored
        threshold = self.card.verdict.threshold
        return bootstrap_intervals(
            self.fake[here],
            self.p[here],
            self.group[here],
            threshold,
            self.called[here],
            rounds=self.rounds,
            seed=self.seed,
        )

    def auc_interval(self, rows: Rows) -> list[float] | None:
        """95 % interval of the AUC of some rows, or None."""
        here = rows & self.scored
        fake = self.fake[here]
        if not fake.any() or fake.all():
            return None
        low, high = bootstrap_interval(
            fake, self.p[here], self.group[here], rounds=self.rounds, seed=self.seed
        )
        return [low, high]

    def confusion(self, rows: Rows) -> dict[str, dict[str, int]]:
        """{genuine, manipulated} by what they were called at the shipped thresholds, or lost as."""
        outcome = np.where(self.scored, self.scores["outcome"], self.scores["status"])
        return {
            side: {
                name: int((rows & (self.fake == is_fake) & (outcome == name)).sum())
                for name in (*CALLED, *NOT_SCORED)
            }
            for side, is_fake in (("genuine", False), ("manipulated", True))
        }

    def risk(self) -> dict[str, Any]:
        """The risk-coverage curve, its mean risk, and the point that the thresholds choose.

        There, covered is what was called manipulated or no evidence; the rest is inconclusive.
        """
        curve = risk_coverage(self.fake[self.scored], self.p[self.scored], len(self.scores))
        risk = np.array(curve["risk"])
        covered = int((self.called | self.cleared).sum())
        wrong = int((self.called & ~self.fake).sum() + (self.cleared & self.fake).sum())
        ends = np.unique(np.linspace(0, len(risk) - 1, min(CURVE_POINTS, len(risk))).astype(int))
        return {
            "coverage": [curve["coverage"][i] for i in ends],
            "risk": [curve["risk"][i] for i in ends],
            "mean_risk": float(risk.mean()) if len(risk) else None,
            "at_thresholds": {
                "coverage": covered / len(self.scores) if len(self.scores) else None,
                "risk": wrong / covered if covered else None,
            },
        }

    def even_prior_error(self) -> float | None:
        """Calibration error with both sides, and sources inside a side, weighted alike.

        The probability on a card is meant for an even prior; a set that is mostly fakes, or mostly
        of one source, moves the plain error.
        """
        fake = self.fake[self.scored]
        if not fake.any() or fake.all():
            return None
        weights = balance(fake, self.source[self.scored].astype(object))
        return expected_calibration_error(fake, self.p[self.scored], weights=weights)

    def of_source(self, name: str) -> dict[str, Any]:
        """The figures of one source; fakes without genuine faces beside them borrow `against`."""
        own = self.source == name
        against = self.opponents(own & self.fake) & ~own
        both = own | against
        return {
            **self.counts(own),
            **self.metrics(both if self.fake[own].any() else own),
            "against": sorted(set(self.source[against].tolist())),
            "auc_interval": self.auc_interval(both),
            "false_alarms": self.outcomes(own & ~self.fake),
            "caught": self.outcomes(own & self.fake),
        }

    def of_family(self, name: str) -> dict[str, Any]:
        """The figures of one kind of forgery against the genuine faces of its sources."""
        own = self.fake & (self.family == name)
        against = self.opponents(own)
        return {
            **self.counts(own),
            **self.metrics(own | against),
            "against": sorted(set(self.source[against].tolist())),
            "auc_interval": self.auc_interval(own | against),
            "false_alarms": self.outcomes(against),
            "caught": self.outcomes(own),
        }

    def opponents(self, fakes: Rows) -> Rows:
        """The genuine faces that some fakes must be told from."""
        result = np.zeros(len(self.scores), bool)
        with_fakes = set(self.source[self.fake].tolist())
        alone = ~self.fake & ~np.isin(self.source, sorted(with_fakes))
        fallback = alone if alone.any() else ~self.fake
        for name in sorted(set(self.source[fakes].tolist())):
            own = ~self.fake & (self.source == name)
            if not own.any() and name.startswith("fake_"):
                own = ~self.fake & (self.source == f"real_{name.removeprefix('fake_')}")
            result |= own if own.any() else fallback
        return result

    def outcomes(self, rows: Rows) -> dict[str, Any] | None:
        """How many of the scored rows were called manipulated and cleared; Wilson's interval."""
        here = rows & self.scored
        n = int(here.sum())
        if not n:
            return None
        over = int(self.called[here].sum())
        clear = int(self.cleared[here].sum())
        return {
            "n": n,
            "share": over / n,
            "interval": list(wilson_interval(over, n)),
            "no_evidence": clear / n,
        }

    def levels(self) -> dict[str, Any]:
        """The same at the level of persons in clips and of clips, where the manifest names them."""
        if "track_id" not in self.scores.columns:
            return {}
        logits = [f"logit_{name}" for name in self.card.classes]
        if not set(logits) <= set(self.scores.columns):
            return {}
        tracks = self.scores[self.scored & (self.scores["track_id"].fillna("") != "").to_numpy()]
        if not len(tracks):
            return {}
        rows = []
        for _, part in tracks.groupby("track_id", sort=True):
            mean, _ = consensus(part[logits].to_numpy(np.float64), self.card)
            first = part.iloc[0]
            p = self.card.probability(mean)[1]
            rows.append((first["klass"] != "real", p, first["group"], first["clip"]))
        table = pd.DataFrame(rows, columns=["fake", "p", "group", "clip"])
        clips = table.groupby("clip", sort=True).agg({"fake": "max", "p": "max", "group": "first"})
        return {"track": self._level(table), "video": self._level(clips)}

    def _level(self, table: pd.DataFrame) -> dict[str, Any]:
        fake, p = table["fake"].to_numpy(bool), table["p"].to_numpy(np.float64)
        values: dict[str, Any] = dict(measure_some(fake, p, self.card.verdict.threshold))
        both = fake.any() and not fake.all()
        groups = table["group"].to_numpy(object)
        values["auc_interval"] = (
            list(bootstrap_interval(fake, p, groups, rounds=self.rounds, seed=self.seed))
            if both
            else None
        )
        return values


Statistic = Callable[[Rows, npt.NDArray[np.float64], Rows], float | None]


def _auc(fake: Rows, p: npt.NDArray[np.float64], _: Rows) -> float | None:
    return quick_auc(fake, p)


def _over(side: bool) -> Statistic:
    def share(fake: Rows, _: npt.NDArray[np.float64], called: Rows) -> float | None:
        here = fake == side
        return float(called[here].mean()) if here.any() else None

    return share


STATISTICS: dict[str, Statistic] = {
    "auc": _auc,
    "recall": _over(True),
    "false_alarm_rate": _over(False),
}


def paired_difference(
    first: Figures, second: Figures, rows: Rows, name: str = "auc"
) -> dict[str, Any] | None:
    """`first` minus `second` in one of `STATISTICS`, on what both scored, with a paired interval.

    Both tables hold the same targets in the same order; each bootstrap sample of 95 % is drawn once
    and measured twice. None where the statistic does not exist.
    """
    here = np.flatnonzero(rows & first.scored & second.scored)
    statistic = STATISTICS[name]

    def difference(chosen: npt.NDArray[np.intp]) -> float | None:
        fake = first.fake[chosen]
        a, b = (statistic(fake, side.p[chosen], side.called[chosen]) for side in (first, second))
        return None if a is None or b is None else a - b

    found = difference(here) if len(here) else None
    if found is None:
        return None
    samples = resamples(first.group[here], rounds=first.rounds, seed=first.seed)
    drawn = [value for one in samples if (value := difference(here[one])) is not None]
    low, high = (float(v) for v in np.quantile(drawn, [0.025, 0.975]))
    return {"difference": found, "interval": [low, high], "n": len(here)}
