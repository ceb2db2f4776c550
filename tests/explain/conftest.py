"""What the explanation tests share: the parsed card and reports that are built once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest
from builders import build_report
from card_data import build_card

from unmask.models.card import Card
from unmask.models.card_reader import parse_card
from unmask.types import Outcome, Reason, Report


@pytest.fixture(scope="session")
def card() -> Card:
    return parse_card(json.dumps(build_card()))


@cache
def _report(kind: str, outcome: str, people: int, reason: str, swap: str) -> Report:
    return build_report(kind, outcome, people, reason=Reason(reason), swap=swap == "swap")


@pytest.fixture(scope="session")
def report_of() -> Callable[..., Report]:
    """report_of(kind, outcome, people, reason, swap), each report built once."""

    def get(
        kind: str = "image",
        outcome: str = Outcome.MANIPULATED,
        people: int = 1,
        reason: str = Reason.GREY_ZONE,
        swap: str = "swap",
    ) -> Report:
        return _report(kind, str(outcome), people, str(reason), swap)

    return get
