"""The trimmed mean, against a plain definition."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny_bundle import tiny_card

from unmask.detectors.track_rule import consensus
from unmask.detectors.usability import common_reason
from unmask.models.card_reader import parse_card
from unmask.types import Reason


def card_with(trim: float):
    return parse_card(json.dumps(tiny_card(track={"trim": trim})))


def test_hand_worked():
    logits = np.array([[0, 9, 0], [0, 1, 0], [0, 2, 0], [0, -9, 0], [0, 3, 0]], float)
    mean, kept = consensus(logits, card_with(0.2))
    assert kept.tolist() == [1, 2, 4]
    assert mean.tolist() == [0, 2, 0]


@pytest.mark.parametrize("n", [1, 2, 4, 5, 9, 10, 32])
@pytest.mark.parametrize("trim", [0.0, 0.1, 0.2, 0.49])
def test_matches_the_definition(n, trim):
    card = card_with(trim)
    logits = np.random.default_rng(n).normal(size=(n, 3))
    mean, kept = consensus(logits, card)
    ranked = sorted(range(n), key=lambda i: card.log_odds(logits[i]))
    cut = int(trim * n)
    wanted = ranked[cut : n - cut]
    assert sorted(wanted) == kept.tolist()
    assert len(kept) >= 1
    assert mean == pytest.approx(np.mean([logits[i] for i in wanted], axis=0))


def test_equal_frames_are_trimmed_by_their_order():
    _, kept = consensus(np.zeros((5, 3)), card_with(0.2))
    assert kept.tolist() == [1, 2, 3]


def test_the_commonest_reason_and_among_equals_the_first():
    small, blur, far = Reason.FACE_TOO_SMALL, Reason.LOW_QUALITY, Reason.OUT_OF_RANGE
    assert common_reason([small, blur, blur]) is blur
    assert common_reason([far, blur]) is blur
    assert common_reason([far, small, blur]) is small
