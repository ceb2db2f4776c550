"""What a page shows that no sentence does: sizes, dates, axis ticks, a probability by its limits.

All other numbers become text in `explain/format.py`. Everything starts from the rounded numbers of
the JSON.
"""

from __future__ import annotations

from datetime import datetime

from unmask.explain.format import percent_beside
from unmask.report.labels import label

SPACE = "\u00a0"  # no break between a number and its unit


def probability(p: float, threshold: float, clear_below: float, language: str) -> str:
    """A probability as a percentage that never reads like a threshold it does not reach."""
    nearest = min((threshold, clear_below), key=lambda limit: abs(p - limit))
    return percent_beside(p, nearest, language, exact=True)[0]


def ticks(seconds: float, *, tenths: bool, minutes: bool) -> str:
    """A time on an axis: "7", "7.2", with minutes "1:05"."""
    if not minutes:
        return f"{seconds:.1f}" if tenths else f"{seconds:.0f}"
    whole, rest = divmod(round(seconds), 60)
    return f"{whole}:{rest:02d}"


def size_of(n_bytes: int, language: str) -> str:
    """A file's size in the unit that reads best, and in bytes: "240.0 KiB (245,760 bytes)"."""
    exact = label(language, "bytes", value=f"{n_bytes:,}").replace(" ", SPACE)
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if n_bytes >= factor:
            return f"{n_bytes / factor:,.1f}{SPACE}{unit} ({exact})"
    return exact


def date_and_time(iso: str) -> str:
    """An ISO time with its zone as a reader sees it: "2026-11-22 09:30:00 (UTC+00:00)"."""
    when = datetime.fromisoformat(iso)
    zone = when.strftime("%z")
    return f"{when:%Y-%m-%d %H:%M:%S} (UTC{zone[:3]}:{zone[3:5]})"
