"""What a human expert should look at next, from the findings alone: places, moments, measurements.

Facts -> Lines of the section `next`. These are places to start from, not further evidence; what the
reader should do with the result is the report's recommended action.
"""

from __future__ import annotations

from collections.abc import Iterator

from unmask.explain.lines import FILE, Facts, Line
from unmask.explain.plan_measures import is_unusual
from unmask.explain.sections import Section
from unmask.explain.vocabulary import CUES, MEASURES
from unmask.types import Finding, Outcome, Reason

PERSONS_TOLD = 3  # an expert starts somewhere; the JSON has them all
REGIONS_TOLD = 2


def next_lines(facts: Facts) -> Iterator[Line]:
    """Persons called manipulated first, then open ones; for the rest one line on the file."""
    persons = facts.persons
    manipulated = [s for s in persons if facts.outcome(s) is Outcome.MANIPULATED]
    open_ = [s for s in persons if facts.outcome(s) is Outcome.INCONCLUSIVE]
    for subject in manipulated[:PERSONS_TOLD]:
        yield from _manipulated(facts, subject)
        yield from _measures(facts, subject)
    for subject in open_[: PERSONS_TOLD - min(len(manipulated), PERSONS_TOLD - 1)]:
        yield from _open(facts, subject)
        yield from _measures(facts, subject)
    for verdict in facts.all(FILE, "verdict"):
        if not persons:
            yield _line(facts, "next_no_face", *facts.all(FILE, "faces"), verdict)
        elif not (manipulated or open_):
            yield _line(facts, "next_clear", verdict)


def _line(facts: Facts, kind: str, *findings: Finding) -> Line:
    return facts.line(Section.NEXT, kind, *findings)


def _manipulated(facts: Facts, subject: str) -> Iterator[Line]:
    shown = all(f.detail["shown"] for f in facts.all(subject, "faithfulness"))
    regions = facts.all(subject, "region")[:REGIONS_TOLD] if shown else []
    kinds = facts.all(subject, "class")
    if regions:
        yield _line(facts, "next_regions", *regions)
    elif kinds and kinds[0].value == "synthetic":
        yield _line(facts, "next_whole", *kinds)
    else:
        yield _line(facts, "next_face", *facts.all(subject, "verdict"))
    yield from _moment(facts, subject)


def _open(facts: Facts, subject: str) -> Iterator[Line]:
    if probability := facts.all(subject, "probability"):
        verdicts = facts.all(subject, "verdict")
        if any(Reason.SOME_MOMENTS in one.detail["reasons"] for one in verdicts):
            yield from _moment(facts, subject)
        yield _line(facts, "next_grey", *probability, *verdicts)
    else:
        yield _line(facts, "next_unread", *facts.all(subject, "verdict"))


def _moment(facts: Facts, subject: str) -> Iterator[Line]:
    for finding in facts.all(subject, "time"):
        if finding.detail["over"] < finding.detail["moments"]:
            yield _line(facts, "next_moment", finding)


def _measures(facts: Facts, subject: str) -> Iterator[Line]:
    known = {*MEASURES, *CUES}
    found = [f for kind in ("measure", "cue") for f in facts.all(subject, kind)]
    odd = [f for f in found if f.detail.get("name") in known and is_unusual(f)]
    if odd:
        yield _line(facts, "next_measures", *odd)
