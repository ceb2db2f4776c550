"""Whether every number of a sentence stands in its findings, at a rounding that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unmask.explain.format import MAX_DECIMALS, decimal, percent, seconds, threshold_percent
from unmask.types import Finding

NUMBER = re.compile(r"\d+(?:\.\d+)?")
SHARES = frozenset({"probability", "share", "of scale"})  # units shown as percentages
SHARE_KEYS = frozenset(
    {
        "low",
        "high",
        "threshold",
        "clear_below",
        "confidence",
        "area_share",
        "swap",
        "synthetic",
        "max_false_alarms",
    }
)
TIME_KEYS = frozenset({"duration_s", "time_s", "peak_s"})
PLAIN_KEYS = frozenset(
    {
        "at_least",
        "at_most",
        "moments",
        "over",
        "usable",
        "rows",
        "columns",
        "cuts",
        "files",
        "changes",
    }
)


def numbers_of(text: str) -> set[str]:
    """The numbers of a text as they are written."""
    return set(NUMBER.findall(text))


def numbers_allowed(findings: Sequence[Finding]) -> set[str]:
    """Every way in which the numbers of these findings may be written."""
    allowed: set[str] = set()
    for finding in findings:
        for text in _written(finding):
            allowed |= numbers_of(text)
    return allowed


def _written(finding: Finding) -> Iterator[str]:
    share = finding.unit in SHARES
    if isinstance(finding.value, int | float):
        yield from _share(finding.value) if share else _plain(finding.value)
    for bound in finding.reference or ():
        yield from _share(bound) if share else _plain(bound)
    for key, value in finding.detail.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if key in SHARE_KEYS:
            yield from _share(value)
        elif key in TIME_KEYS:
            yield seconds(value, "en")
        elif key in PLAIN_KEYS:
            yield from _plain(value)


def _share(value: float) -> Iterator[str]:
    yield threshold_percent(value)
    yield from (percent(value, "en", decimals) for decimals in range(MAX_DECIMALS + 1))


def _plain(value: float) -> Iterator[str]:
    yield from (decimal(value, decimals) for decimals in range(MAX_DECIMALS + 1))
