"""Which measurements, cues and tests of the map are told: the unusual ones one by one.

Findings of kind `measure` and `cue` -> Lines. What lies in its usual range is told in one sentence
per section, what could not be measured only in detail, and what this vocabulary has no name for not
at all: the JSON has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from unmask.explain.lines import Facts, Line
from unmask.explain.sections import Section
from unmask.explain.vocabulary import CUES, MEASURES
from unmask.types import Finding

TOLD_IN = (Section.TEXTURE, Section.LIGHT)


def is_unusual(finding: Finding) -> bool:
    """Whether a measured value lies outside its reference range."""
    if not isinstance(finding.value, int | float) or finding.reference is None:
        return False
    low, high = finding.reference
    return not low <= finding.value <= high


def measure_lines(
    facts: Facts, subject: str, told: Collection[str] = (), *, brief: bool, detailed: bool
) -> Iterator[Line]:
    """Texture, light, context of one person; of a `brief` one only what is unusual.

    `told` are cues that were told before.
    """
    measures = [f for f in facts.all(subject, "measure") if f.detail.get("name") in MEASURES]
    for section in TOLD_IN:
        own = [f for f in measures if MEASURES[f.detail["name"]] is section]
        yield from _told(facts, section, "measure", own, brief=brief)
    cues = [f for f in facts.all(subject, "cue") if f.detail.get("name") in CUES]
    cues = [f for f in cues if f.detail["name"] not in told]
    yield from _told(facts, Section.CONTEXT, "cue", cues, brief=brief)
    absent = [f for f in (*measures, *cues) if f.value is None]
    if absent and detailed:
        yield facts.line(Section.RELIABILITY, "measures_absent", *absent)


def _told(
    facts: Facts, section: Section, kind: str, findings: Sequence[Finding], *, brief: bool
) -> Iterator[Line]:
    for finding in findings:
        if is_unusual(finding):
            yield facts.line(section, f"{kind}_unusual", finding)
    usual = [f for f in findings if f.value is not None and f.reference and not is_unusual(f)]
    if usual and not brief:
        yield facts.line(section, f"{kind}s_usual", *usual)


def faithfulness_lines(facts: Facts, subject: str) -> Iterator[Line]:
    """What taking the marked part away did to the answer, or that the map failed this test."""
    for finding in facts.all(subject, "faithfulness"):
        kind = "faithfulness" if finding.detail["shown"] else "faithfulness_failed"
        yield facts.line(Section.MAP, kind, finding)
