"""What the report tests share: synthetic reports, their material and files, made once each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from builders import build_report

from unmask.report import WRITERS
from unmask.report.material import Material, gather
from unmask.types import Outcome, Reason, Report

CASES = [
    ("image", Outcome.MANIPULATED, 1, False),
    ("image", Outcome.MANIPULATED, 1, True),
    ("image", Outcome.NO_EVIDENCE, 8, False),
    ("image", Outcome.INCONCLUSIVE, 0, False),
    ("image", Outcome.INCONCLUSIVE, 2, True),
    ("video", Outcome.MANIPULATED, 3, False),
    ("video", Outcome.NO_EVIDENCE, 1, True),
    ("video", Outcome.INCONCLUSIVE, 1, False),
]


@cache
def _report(kind: str, outcome: str, people: int, portrait: bool, reason: str, path: str) -> Report:
    return build_report(
        kind, outcome, people, portrait=portrait, reason=Reason(reason), path_shown=path
    )


@cache
def _material(*case: object) -> Material:
    return gather(_report(*case))


@cache
def _file(name: str, language: str, *case: object) -> bytes:
    return WRITERS.get(name)().render(_material(*case), language)


def _case(
    kind: str = "image",
    outcome: str = Outcome.MANIPULATED,
    people: int = 1,
    portrait: bool = False,
    *,
    reason: str = Reason.GREY_ZONE,
    path: str = "",
) -> tuple[object, ...]:
    return kind, str(outcome), people, portrait, str(reason), path


@pytest.fixture(scope="session")
def report_of() -> Callable[..., Report]:
    """report_of(kind, outcome, people, portrait, reason=, path=)."""
    return lambda *case, **more: _report(*_case(*case, **more))


@pytest.fixture(scope="session")
def material_of() -> Callable[..., Material]:
    return lambda *case, **more: _material(*_case(*case, **more))


@pytest.fixture(scope="session")
def html_of() -> Callable[..., str]:
    """html_of(language, kind, outcome, people, portrait, …): the page."""
    return lambda language, *case, **more: _file("html", language, *_case(*case, **more)).decode()


@pytest.fixture(scope="session")
def pdf_of() -> Callable[..., bytes]:
    """pdf_of(language, kind, outcome, people, portrait, …): the file's bytes."""
    return lambda language, *case, **more: _file("pdf", language, *_case(*case, **more))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `case` runs over all of CASES."""
    if "case" in metafunc.fixturenames:
        ids = [f"{k}-{o}-{n}{'-portrait' * p}" for k, o, n, p in CASES]
        metafunc.parametrize("case", CASES, ids=ids)
