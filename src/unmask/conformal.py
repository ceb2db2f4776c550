"""A threshold that few genuine files cross: split conformal prediction, exact for finite samples.

`unmask calibrate` scores n genuine files and sets the threshold just above the k-th smallest
score, k = ceil((n + 1)(1 - rate)): a further genuine file of the same kind reaches it with a
probability of at most (n + 1 - k) / (n + 1) <= rate, averaged over the choice of the n files (Vovk,
Gammerman and Shafer, 2005). What this one choice gives is uncertain: the share of genuine files at
or over the threshold follows Beta(n + 1 - k, k) (Vovk, 2012), whose quantiles are the interval. Its
upper end is that of Clopper and Pearson (1934) for the n - k files found over it.
Plain arithmetic: no scipy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unmask.errors import UsageError

CONFIDENCE = 0.95  # of the interval
DECIMALS = 6  # of a threshold: those of the report's JSON
_STEPS = 100  # halvings of [0, 1]: beyond the precision of a float


@dataclass(frozen=True, slots=True)
class ConformalThreshold:
    """A threshold and what it promises.

    threshold   a score at or over it counts as an alarm, [0, 1]
    rate        bound on the share of genuine files that give one, (over + 1) / (files + 1)
    interval    95 % interval of that share for this very choice of files
    files, over genuine files scored, and how many of them lie over the threshold
    """

    threshold: float
    rate: float
    interval: tuple[float, float]
    files: int
    over: int


def files_needed(rate: float) -> int:
    """The fewest files with which `rate` can be promised: n files promise 1 / (n + 1) at best."""
    return math.ceil(1 / rate - 1e-9) - 1


def check_count(count: int, rate: float) -> None:
    """UsageError where so few genuine files cannot promise the rate."""
    needed = files_needed(rate)
    if count < needed:
        raise UsageError(
            f"{count} genuine {'file' if count == 1 else 'files'} cannot promise at most "
            f"{rate:.4g} false alarms: {needed} are needed",
            f"add {needed - count} more, or allow {1 / (count + 1):.4f} or more"
            if count
            else "give a folder of genuine files that show faces",
        )


def conformal_threshold(scores: Sequence[float], rate: float) -> ConformalThreshold:
    """The lowest threshold that keeps false alarms at `rate` (0..1) for files like these.

    UsageError where there are too few files for that rate, or their scores leave no room.
    """
    count = len(scores)
    check_count(count, rate)
    # (n + 1) * rate files may lie over it; the small sum keeps 0.1 * 30 from being 2.9999...
    over = math.floor((count + 1) * rate + 1e-9) - 1
    highest = sorted(scores)[count - over - 1]
    threshold = round((math.floor(highest * 10**DECIMALS) + 1) / 10**DECIMALS, DECIMALS)
    if threshold > 1:
        raise UsageError(
            f"{over + 1} or more of the genuine files score 1: no threshold lies over them",
            "this model does not fit your material: choose another bundle, or a higher rate",
        )
    over = sum(score >= threshold for score in scores)
    tail = (1 - CONFIDENCE) / 2
    low, high = (beta_quantile(share, over + 1, count - over) for share in (tail, 1 - tail))
    return ConformalThreshold(threshold, (over + 1) / (count + 1), (low, high), count, over)


def beta_quantile(share: float, a: int, b: int) -> float:
    """The x in [0, 1] below which Beta(a, b) lies with probability `share`; a, b whole and > 0."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_below(x: float, a: int, b: int) -> float:
    """P(Beta(a, b) <= x) = P(Binomial(a + b - 1, x) >= a), for whole a and b."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    trials = a + b - 1
    log_x, log_rest = math.log(x), math.log1p(-x)
    below = math.fsum(
        math.exp(_log_choose(trials, hits) + hits * log_x + (trials - hits) * log_rest)
        for hits in range(a)
    )
    return 1 - min(1.0, below)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
