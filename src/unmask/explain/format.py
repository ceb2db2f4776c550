"""The one place where numbers become text, for the sentences and for every report writer.

A probability is shown as a percentage without decimals, "over 99%" from .995 and "under 1%" below
.005, so that no rounding ever reads as certainty; experts read it as a fraction with three
decimals, held to the same rule. Languages are "en" and "ko".
"""

from __future__ import annotations

import math

from unmask.errors import UsageError
from unmask.types import Finding

LANGUAGES = ("en", "ko")
OVER, UNDER = 0.995, 0.005
FRACTION_OVER, FRACTION_UNDER, FRACTION_DECIMALS = 0.9995, 0.0005, 3
MEASURE_DECIMALS = {"width": 0, "sharpness": 1, "exposure": 2, "yaw": 0}
MAX_DECIMALS = 4  # a comparison that four decimals do not show is shown as equal
SHARES = frozenset({"share", "probability"})  # units that are told in percent


def check_language(language: str) -> str:
    """The language itself; UsageError where it is not one that reports are written in."""
    if language not in LANGUAGES:
        raise UsageError(f"unknown language {language!r}", f"known: {', '.join(LANGUAGES)}")
    return language


def percent(share: float, language: str, decimals: int = 0) -> str:
    """A share in [0, 1]: "97%", "over 99%" / "99% 이상", "under 1%" / "1% 미만"."""
    if share >= OVER and decimals == 0:
        return "99% 이상" if language == "ko" else "over 99%"
    if share < UNDER and decimals == 0:
        return "1% 미만" if language == "ko" else "under 1%"
    return f"{_rounded(share * 100, decimals):.{decimals}f}%"


def _rounded(value: float, decimals: int) -> float:
    """Half up, as readers round, not half to even."""
    return math.floor(value * 10.0**decimals + 0.5) / 10.0**decimals


def threshold_percent(limit: float) -> str:
    """A threshold as it is set, to two decimals at most: "90%", "92.5%"."""
    return f"{decimal(limit * 100, 2)}%"


def percent_beside(
    share: float, limit: float, language: str, *, exact: bool = False
) -> tuple[str, str]:
    """A share and the limit it is compared with, with as many decimals as keep them apart.

    .8996 beside .9 is "89.96%" and "90%", not twice "90%". With `exact` the limit is a threshold
    and shown as it is set; else it is rounded as the share is.
    """
    for decimals in range(MAX_DECIMALS + 1):
        bound = round(limit * 100, 2) if exact else _rounded(limit * 100, decimals)
        shown_limit = threshold_percent(limit) if exact else percent(limit, language, decimals)
        apart = (_rounded(share * 100, decimals) > bound) == (share > limit)
        if share == limit or (apart and _rounded(share * 100, decimals) != bound):
            return percent(share, language, decimals), shown_limit
    return percent(share, language), threshold_percent(limit)


def percent_range(low: float, high: float, language: str) -> str:
    """A range of shares: "91% to 98%" / "91%~98%"; one value where both read the same."""
    first, last = percent(low, language), percent(high, language)
    if first == last:
        return first
    return f"{first}~{last}" if language == "ko" else f"{first} to {last}"


def fraction(share: float, language: str) -> str:
    """A probability as experts write it: "0.968", "over 0.999" / "0.999 초과", "under 0.001"."""
    if share >= FRACTION_OVER:
        return "0.999 초과" if language == "ko" else "over 0.999"
    if share < FRACTION_UNDER:
        return "0.001 미만" if language == "ko" else "under 0.001"
    return f"{_rounded(share, FRACTION_DECIMALS):.{FRACTION_DECIMALS}f}"


def fraction_beside(share: float, limit: float, language: str) -> tuple[str, str]:
    """A probability and the limit it is held against, with decimals that keep them apart."""
    shown_limit = decimal(limit, MAX_DECIMALS)
    bound = float(shown_limit)
    for decimals in range(FRACTION_DECIMALS, MAX_DECIMALS + 3):
        value = _rounded(share, decimals)
        if share == limit or ((value > bound) == (share > limit) and value != bound):
            shown = f"{value:.{decimals}f}" if decimals > FRACTION_DECIMALS else None
            return shown or fraction(share, language), shown_limit
    return fraction(share, language), shown_limit


def decimal(value: float, decimals: int = 1) -> str:
    """A plain number, trailing zeros dropped: "5.2", "240", "0.05"."""
    text = f"{_rounded(value, decimals):.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_beside(value: float, limit: float, decimals: int = 1) -> tuple[str, str]:
    """A number and the limit it is compared with, with as many decimals as keep them apart."""
    for digits in range(decimals, MAX_DECIMALS + 1):
        shown, shown_limit = decimal(value, digits), decimal(limit, digits)
        if shown != shown_limit or value == limit:
            return shown, shown_limit
    return decimal(value, decimals), decimal(limit, decimals)


def measure_beside_limit(finding: Finding) -> tuple[str, str, bool]:
    """A quality finding: (value, the limit it misses or nears, whether that is a lower one).

    Without units; those belong to the language.
    """
    value, detail = float(finding.value or 0.0), finding.detail
    is_lower = "at_least" in detail and (value < detail["at_least"] or "at_most" not in detail)
    limit = detail["at_least"] if is_lower else detail["at_most"]
    shown, shown_limit = decimal_beside(value, limit, MEASURE_DECIMALS[detail["measure"]])
    return shown, shown_limit, is_lower


def seconds(time_s: float, language: str) -> str:
    """A time or duration: "12.5 s" / "12.5초", from a minute on "2 min 5 s" / "2분 5초"."""
    tenths = math.floor(max(0.0, time_s) * 10 + 0.5)
    minutes, rest = divmod(tenths, 600)
    shown = decimal(rest / 10)
    if not minutes:
        return f"{shown}초" if language == "ko" else f"{shown} s"
    if rest == 0:
        return f"{minutes}분" if language == "ko" else f"{minutes} min"
    return f"{minutes}분 {shown}초" if language == "ko" else f"{minutes} min {shown} s"


def measured(finding: Finding) -> tuple[str, str, str]:
    """A measurement: (value, low, high of its usual range), apart where value and border differ.

    Shares are given in percent; other units belong to the language.
    """
    value = float(finding.value or 0.0)
    low, high = finding.reference or (value, value)
    factor = 100.0 if finding.unit in SHARES else 1.0
    least = 0 if factor > 1 else 2
    for digits in range(least, MAX_DECIMALS + 1):
        numbers = [_rounded(number * factor, digits) for number in (value, low, high)]
        inside = numbers[1] <= numbers[0] <= numbers[2]
        whole = factor > 1 and numbers[0] in (0.0, 100.0) and value not in (0.0, 1.0)
        if inside == (low <= value <= high) and not whole:
            break
    sign = "%" if factor > 1 else ""
    shown, bottom, top = (f"{decimal(n, MAX_DECIMALS)}{sign}" for n in numbers)
    return shown, bottom, top
