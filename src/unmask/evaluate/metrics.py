"""The field's metrics for P(manipulated), each from scikit-learn where it has it.

Abstentions are counted and never scored .5: pass only faces that have a probability.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

Labels = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]


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


def measure(fake: Labels, probability: Scores, threshold: float) -> Metrics:
    """All metrics of (N,) labels and probabilities; ValueError where a class is missing."""
    if fake.all() or not fake.any():
        raise ValueError("expected genuine and manipulated faces, got one kind only")
    false_rate, true_rate, _ = roc_curve(fake, probability)
    called = probability >= threshold
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


def equal_error_rate(false_rate: Scores, true_rate: Scores) -> float:
    """Where the miss rate equals the false-alarm rate, by linear interpolation of the ROC."""
    difference = 1 - true_rate - false_rate
    after = int(np.argmax(difference <= 0))
    if after == 0:
        return float(false_rate[0])
    high, low = difference[after - 1], difference[after]
    along = high / (high - low) if high != low else 0.0
    return float(false_rate[after - 1] + along * (false_rate[after] - false_rate[after - 1]))


def expected_calibration_error(fake: Labels, probability: Scores, bins: int = 15) -> float:
    """Mean distance between probability and observed share over equal-width bins (Guo, 2017)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    error = 0.0
    for one in np.unique(index):
        inside = index == one
        error += inside.mean() * abs(probability[inside].mean() - fake[inside].mean())
    return float(error)


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
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(names) + 1))
    values = []
    for _ in range(rounds):
        chosen = rng.integers(len(names), size=len(names))
        rows = np.concatenate([order[starts[g] : starts[g + 1]] for g in chosen])
        if fake[rows].any() and not fake[rows].all():
            values.append(roc_auc_score(fake[rows], probability[rows]))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def wilson_interval(hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a share of `hits` in `n` (Wilson, 1927)."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
