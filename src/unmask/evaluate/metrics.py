"""The field's metrics for P(manipulated), each from scikit-learn where it has it.

Abstentions are counted and never scored .5: pass only faces that have a probability. `measure`
wants both kinds; `measure_some` gives what one kind alone allows and None for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

Labels = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
CHANCE = 0.5  # the AUC of guessing


@dataclass(frozen=True, slots=True)
class Metrics:
    """All in [0, 1]; `accuracy` to `f1` at `threshold`."""

    n: int
    n_fake: int
    auc: float
    ap: float
    eer: float
    tpr_at_fpr_1: float
    tpr_at_fpr_5: float
    threshold: float
    accuracy: float
    precision: float
    recall: float
    specificity: float
    f1: float
    ece: float
    brier: float

    def to_dict(self) -> dict[str, float]:
        """Plain data, rounded to 4 places."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def measure(
    fake: Labels, probability: Scores, threshold: float, called: Labels | None = None
) -> Metrics:
    """All metrics of (N,) labels and probabilities; ValueError where a class is missing.

    `called` (N,) says which were called manipulated, where that is not `threshold` alone.
    """
    if fake.all() or not fake.any():
        raise ValueError("expected genuine and manipulated faces, got one kind only")
    false_rate, true_rate, _ = roc_curve(fake, probability)
    called = probability >= threshold if called is None else called
    hits, alarms = int((called & fake).sum()), int((called & ~fake).sum())
    precision = hits / max(1, hits + alarms)
    recall = hits / int(fake.sum())
    return Metrics(
        n=len(fake),
        n_fake=int(fake.sum()),
        auc=float(roc_auc_score(fake, probability)),
        ap=float(average_precision_score(fake, probability)),
        eer=equal_error_rate(false_rate, true_rate),
        tpr_at_fpr_1=float(true_rate[false_rate <= 0.01].max()),
        tpr_at_fpr_5=float(true_rate[false_rate <= 0.05].max()),
        threshold=threshold,
        accuracy=float((called == fake).mean()),
        precision=precision,
        recall=recall,
        specificity=1 - alarms / int((~fake).sum()),
        f1=2 * precision * recall / max(1e-12, precision + recall),
        ece=expected_calibration_error(fake, probability),
        brier=float(brier_score_loss(fake, probability)),
    )


NAMES = tuple(field.name for field in fields(Metrics) if field.name not in ("n", "n_fake"))


def measure_some(
    fake: Labels, probability: Scores, threshold: float, called: Labels | None = None
) -> dict[str, float | None]:
    """The fields of `Metrics` and `false_alarm_rate`; None where a kind that it needs is missing.

    Genuine faces alone give accuracy, specificity and the false-alarm rate; manipulated ones alone
    give accuracy and recall.
    """
    values: dict[str, float | None] = dict.fromkeys(NAMES)
    values |= {"n": len(fake), "n_fake": int(fake.sum()), "threshold": threshold}
    called = probability >= threshold if called is None else called
    if fake.any() and not fake.all():
        values |= asdict(measure(fake, probability, threshold, called))
    elif len(fake):
        right = float((called == fake).mean())
        values |= {"accuracy": right, ("recall" if fake.all() else "specificity"): right}
    genuine = called[~fake]
    values["false_alarm_rate"] = float(genuine.mean()) if len(genuine) else None
    return values


def equal_error_rate(false_rate: Scores, true_rate: Scores) -> float:
    """Where the miss rate equals the false-alarm rate, by linear interpolation of the ROC."""
    difference = 1 - true_rate - false_rate
    after = int(np.argmax(difference <= 0))
    if after == 0:
        return float(false_rate[0])
    high, low = difference[after - 1], difference[after]
    along = high / (high - low) if high != low else 0.0
    return float(false_rate[after - 1] + along * (false_rate[after] - false_rate[after - 1]))


def expected_calibration_error(
    fake: Labels, probability: Scores, bins: int = 15, weights: Scores | None = None
) -> float:
    """Mean distance between probability and observed share over equal-width bins (Guo, 2017)."""
    return float(
        sum(
            share * abs(mean - seen)
            for mean, seen, share in reliability(fake, probability, bins, weights)
        )
    )


def reliability(
    fake: Labels, probability: Scores, bins: int = 15, weights: Scores | None = None
) -> list[tuple[float, float, float]]:
    """(mean probability, share manipulated, share of all faces) of each bin that holds any."""
    every = np.ones(len(fake)) if weights is None else weights
    index = np.minimum((probability * bins).astype(int), bins - 1)
    rows = []
    for one in np.unique(index):
        inside = index == one
        weight = every[inside]
        mean = float(np.average(probability[inside], weights=weight))
        seen = float(np.average(fake[inside], weights=weight))
        rows.append((mean, seen, float(weight.sum() / every.sum())))
    return rows


def resamples(
    groups: npt.NDArray[np.object_], *, rounds: int = 1000, seed: int = 0
) -> Iterator[npt.NDArray[np.intp]]:
    """Rows of `rounds` bootstrap samples: whole groups drawn with replacement."""
    rng = np.random.default_rng(seed)
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for _ in range(rounds):
        chosen = rng.integers(len(names), size=len(names))
        yield np.concatenate([order[starts[g] : starts[g + 1]] for g in chosen])


def bootstrap_interval(
    fake: Labels,
    probability: Scores,
    groups: npt.NDArray[np.object_],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """95 % interval of the AUC, drawing whole groups (identities or videos) with replacement."""
    rng = np.random.default_rng(seed)
    codes = np.unique(groups.astype(str), return_inverse=True)[1]
    rank = np.unique(probability, return_inverse=True)[1]
    many = int(codes.max()) + 1
    values = []
    for _ in range(rounds):
        times = np.bincount(rng.integers(many, size=many), minlength=many)[codes]
        value = _counted_auc(fake, rank, times)
        if value is not None:
            values.append(value)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def may_be_chance(auc_interval: tuple[float, float]) -> bool:
    """Whether an AUC's interval leaves open that the order of the scores says nothing."""
    return auc_interval[0] <= CHANCE


def quick_auc(fake: Labels, probability: Scores) -> float | None:
    """The AUC, the same as scikit-learn's but fast enough to be drawn a thousand times."""
    rank = np.unique(probability, return_inverse=True)[1]
    return _counted_auc(fake, rank, np.ones(len(fake), np.intp)) if len(fake) else None


def _counted_auc(
    fake: Labels, rank: npt.NDArray[np.intp], times: npt.NDArray[np.intp]
) -> float | None:
    """The AUC where each row counts several times; the same as of the repeated rows, but faster."""
    above = np.bincount(rank, times * fake)
    below = np.bincount(rank, times * ~fake, minlength=len(above))
    pairs = float(above.sum() * below.sum())
    return float((above * (np.cumsum(below) - below / 2)).sum() / pairs) if pairs else None


def bootstrap_intervals(
    fake: Labels,
    probability: Scores,
    groups: npt.NDArray[np.object_],
    threshold: float,
    called: Labels | None = None,
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> dict[str, list[float] | None]:
    """{metric: 95 % interval} of every metric that the labels allow, over whole groups."""
    drawn: dict[str, list[float]] = {name: [] for name in NAMES if name != "threshold"}
    for rows in resamples(groups, rounds=rounds, seed=seed) if len(fake) else ():
        chosen = None if called is None else called[rows]
        values = measure_some(fake[rows], probability[rows], threshold, chosen)
        for name, known in drawn.items():
            value = values[name]
            if value is not None:
                known.append(value)
    return {
        name: [float(v) for v in np.quantile(known, [0.025, 0.975])] if known else None
        for name, known in drawn.items()
    }


def risk_coverage(fake: Labels, probability: Scores, n_all: int) -> dict[str, list[float]]:
    """Share of errors at .5 among the most certain faces, by the share of all faces they are.

    Certainty is max(p, 1 - p); equal ones come together (El-Yaniv & Wiener, 2010). `n_all` counts
    the faces without a probability too, so that the coverage ends below 1 where there are any.
    """
    if not len(fake):
        return {"coverage": [], "risk": []}
    certainty = np.maximum(probability, 1 - probability)
    order = np.argsort(-certainty, kind="stable")
    wrong = ((probability >= 0.5) != fake)[order].cumsum()
    ends = np.flatnonzero(np.append(np.diff(certainty[order]) != 0, True))
    return {
        "coverage": [float(v) for v in (ends + 1) / n_all],
        "risk": [float(v) for v in wrong[ends] / (ends + 1)],
    }


def wilson_interval(hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a share of `hits` in `n` (Wilson, 1927)."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
