"""English sentences about forensic measurements, cues and the test of the heat map."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.names import (
    ABSENT,
    EN,
    MEASURED,
    listing,
    measured_names,
    person,
    value_and_usual,
)
from unmask.explain.format import decimal, fraction, percent
from unmask.explain.lines import Line
from unmask.explain.words import Say
from unmask.types import Finding


def _unusual(line: Line) -> str:
    (finding,) = line.findings
    shown, usual = value_and_usual(finding)
    value, (low, _) = float(finding.value or 0.0), finding.reference or (0.0, 0.0)
    side = "lower" if value < low else "higher"
    of = f"the {MEASURED[finding.detail['name']]} is {shown}"
    return f"For {person(line.subject)}, {of}, {side} than usual in genuine faces ({usual})."


def _usual(line: Line) -> str:
    if len(line.findings) == 1:
        shown, usual = value_and_usual(line.findings[0])
        of = f"{measured_names(line.findings)} is {shown}"
        return f"For {person(line.subject)}, {of}, as usual in genuine faces ({usual})."
    return (
        f"For {person(line.subject)}, {measured_names(line.findings)} are within the ranges that "
        "are usual in genuine faces."
    )


def _usual_expert(line: Line) -> str:
    return f"Person {line.subject}, within the usual range: {'; '.join(map(_each, line.findings))}."


def _each(finding: Finding) -> str:
    shown, usual = value_and_usual(finding)
    return f"{MEASURED[finding.detail['name']]} {shown} (usual range {usual})"


def _absent(line: Line) -> str:
    parts = [
        f"{MEASURED[f.detail['name']]} ({ABSENT.get(f.detail['reason'], 'not measurable here')})"
        for f in line.findings
    ]
    return f"Not measured for {person(line.subject)}: {listing(parts)}."


def _faithfulness(line: Line) -> str:
    detail = line.one("faithfulness").detail
    before, marked, random = (percent(detail[key], EN) for key in ("before", "marked", "random"))
    area = percent(detail["area_share"], EN)
    return (
        f"Removing the {area} of the face crop that the heat map of {person(line.subject)} marks "
        f"most strongly takes the probability, in this one view, from {before} to {marked}; "
        f"removing a random {area} takes it to {random}."
    )


def _faithfulness_expert(line: Line) -> str:
    detail = line.one("faithfulness").detail
    before, marked, random = (fraction(detail[key], EN) for key in ("before", "marked", "random"))
    area = percent(detail["area_share"], EN)
    return (
        f"Deletion test of the heat map of {person(line.subject)}: without the marked {area} of "
        f"the crop the probability goes from {before} to {marked}, without a random {area} to "
        f"{random}; correlation of the map under mirroring and recompression "
        f"{decimal(detail['stability'], 2)}."
    )


def _failed(line: Line) -> str:
    return (
        f"The heat map of {person(line.subject)} is not shown: it did not pass the test of whether "
        "the answer rests on the places that it marks."
    )


def _failed_expert(line: Line) -> str:
    detail = line.one("faithfulness").detail
    before, marked, random = (fraction(detail[key], EN) for key in ("before", "marked", "random"))
    area = percent(detail["area_share"], EN)
    return (
        f"The heat map of {person(line.subject)} failed its deletion test and is not shown: "
        f"without the marked {area} of the crop the probability goes from {before} to {marked}, "
        f"without a random {area} to {random}; correlation of the map under mirroring and "
        f"recompression {decimal(detail['stability'], 2)}."
    )


SENTENCES: Mapping[str, Say] = {
    "measure_unusual": _unusual,
    "measures_usual": _usual,
    "cue_unusual": _unusual,
    "cues_usual": _usual,
    "measures_absent": _absent,
    "faithfulness": _faithfulness,
    "faithfulness_failed": _failed,
}
EXPERT: Mapping[str, Say] = {
    "measures_usual": _usual_expert,
    "cues_usual": _usual_expert,
    "faithfulness": _faithfulness_expert,
    "faithfulness_failed": _failed_expert,
}
