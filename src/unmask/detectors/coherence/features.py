"""From the cues of one person to the vector that a fitted fusion learns from and is served with.

Measurements of one track + the frame detector's probability -> (FEATURES,) float64. A logistic
model on it knows about abstentions: each cue has its value, standardised by its reference, and a
flag that it abstained, with the value then 0, so that the flag's weight alone speaks. Beside the
value stand the cue's parts, each with a scale of its own and 0 where it is not known. The order is
`FEATURE_NAMES`; training and serving both call `feature_vector`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from unmask.types import Measurement

# Cue: its parts, each with what divides it: the scale on which it is of the order of one.
PARTS: dict[str, dict[str, float]] = {
    "appearance": {"noise": 1.0, "sharpness": 1.0, "chroma": 1.0, "grid": 1.0, "light": 1.0},
    "face_body": {"scale": 1.0, "slide": 1.0, "skin": 1.0, "sharpness": 1.0},
    "gaze": {"unsteady": 1.0, "apart": 10.0},
    "scene_motion": {"inner": 0.2, "head": 0.2},
}
LIMIT = 6.0  # features are cut here: one wild number must not decide
PROBABILITY_MARGIN = 1e-4  # log-odds beyond +-9.2 say no more than these
FRAME = "frame_log_odds"
# In a cue's detail: its usual upper end in fine clips over that in clips coded as coarsely as this.
USUAL_RATIO = "usual_ratio"


def _names() -> tuple[str, ...]:
    names = [FRAME, f"{FRAME}:absent"]
    for cue, parts in PARTS.items():
        names += [cue, f"{cue}:absent", *(f"{cue}:{part}" for part in parts)]
    return tuple(names)


FEATURE_NAMES = _names()


def feature_vector(
    measurements: Sequence[Measurement],
    references: Mapping[str, tuple[float, float]],
    fake_probability: float | None,
) -> npt.NDArray[np.float64]:
    """(len(FEATURE_NAMES),) of one person.

    `measurements` are this person's, any families; `references` the usual range by cue, those the
    model was fitted with; `fake_probability` the frame detector's, or None where it abstained. A
    cue that was not run counts as one that abstained. Measurements of several persons: ValueError.
    """
    if len({one.subject for one in measurements}) > 1:
        subjects = sorted({one.subject for one in measurements})
        raise ValueError(f"expected the measurements of one person, got those of {subjects}")
    by_name = {one.name: one for one in measurements if one.name in PARTS}
    values: list[float] = [*_frame(fake_probability)]
    for cue, parts in PARTS.items():
        values += _cue(by_name.get(cue), references.get(cue), parts)
    return np.array(values, np.float64)


def _frame(probability: float | None) -> tuple[float, float]:
    if probability is None:
        return 0.0, 1.0
    p = min(max(probability, PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN)
    return math.log(p / (1 - p)), 0.0


def _cue(
    one: Measurement | None, reference: tuple[float, float] | None, parts: Mapping[str, float]
) -> list[float]:
    if one is None or one.value is None:
        return [0.0, 1.0, *(0.0 for _ in parts)]
    ratio = float(one.detail.get(USUAL_RATIO, 1.0))
    return [
        standardised(ratio * one.value, reference),
        0.0,
        *(_cut(ratio * _part(one.detail, part) / scale) for part, scale in parts.items()),
    ]


def standardised(value: float, reference: tuple[float, float] | None) -> float:
    """How far a value lies from the middle of its usual range, in halves of it; cut at the limit.

    Without a reference the value itself.
    """
    if reference is None:
        return _cut(value)
    low, high = reference
    return _cut((value - (low + high) / 2) / max((high - low) / 2, 1e-9))


def _part(detail: Mapping[str, Any], name: str) -> float:
    nested = detail.get("parts", detail)
    value = nested.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _cut(value: float) -> float:
    return min(LIMIT, max(-LIMIT, value))
