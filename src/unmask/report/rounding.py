"""The one place where the numbers of a report are rounded, and where NaN ends."""

from __future__ import annotations

import math
from datetime import datetime
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np

from unmask.errors import InternalError
from unmask.types import Verdict

# Decimals in the JSON, by meaning. Probabilities keep six, so that ranks survive in evaluations.
PROBABILITY = 6
PIXELS = 1
SECONDS = 3
DEGREES = 1
MEASURE = 4  # everything else


def rounded(value: Any, digits: int) -> Any:
    """`value` as plain data, each float in it rounded to `digits` decimals.

    Takes numbers, texts, sequences, mappings, enums, times and numpy arrays. InternalError on NaN,
    on infinity and on any other type: a report with a hole in it must not be written.
    """
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum | PurePath):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float | np.floating):
        return _finite(float(value), digits)
    if isinstance(value, dict):
        return {str(key): rounded(item, digits) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.integer | np.bool_):
        return rounded(value.tolist(), digits)
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [rounded(item, digits) for item in items]
    raise InternalError(
        f"a {type(value).__name__} cannot stand in a report", "please report this as a bug"
    )


def _finite(value: float, digits: int) -> float:
    if not math.isfinite(value):
        raise InternalError(f"a report cannot hold {value}", "please report this as a bug")
    return round(value, digits) + 0.0  # + 0.0 turns -0.0 into 0.0


def rounded_probability(verdict: Verdict) -> float | None:
    """Rounded, but never across a threshold: a reader must find the outcome in the numbers."""
    exact = verdict.fake_probability
    if exact is None:
        return None
    shown = _finite(exact, PROBABILITY)
    step = 10.0**-PROBABILITY
    if exact < verdict.threshold <= shown or exact <= verdict.clear_below < shown:
        return _finite(shown - step, PROBABILITY)
    if shown < verdict.threshold <= exact or shown <= verdict.clear_below < exact:
        return _finite(shown + step, PROBABILITY)
    return shown
