"""From the frames of one person to one number, by the rule on the card.

Trimmed mean: the frames are ordered by their log-odds of being manipulated, the outer `trim` share
on each side is left out, and the logits of the rest are averaged. It withstands single frames that
fail in either direction. Evaluation calls the same function, so reported and served numbers agree.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unmask.models.card import Card, FloatVector


def consensus(logits: FloatVector, card: Card) -> tuple[FloatVector, npt.NDArray[np.intp]]:
    """Mean logits (C,) of the kept frames and their positions in (n, C) `logits`, in order.

    n is at least 1; at least one frame is always kept.
    """
    odds = np.array([card.log_odds(one) for one in logits])
    cut = int(card.track.trim * len(odds))
    order = np.argsort(odds, kind="stable")
    kept = np.sort(order[cut : len(odds) - cut])
    return logits[kept].mean(axis=0), kept
