"""The numbers that findings hold, with unit and role: all that a number in a text may be.

Findings -> [here] -> Quantities <- numbers of a text (`check_numbers.py`). A role says what a
number is for ("value", "limit", "usual", "interval", ...), so that a threshold is never taken for
a probability, nor one region's share for another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmask.types import Finding

SHARE_UNITS = frozenset({"share", "probability", "of scale"})
UNITS = {
    "px": "px", "degrees": "degrees", "dB": "dB", "grey levels": "grey levels", "s": "s", "z": "z",
    "delta ab": "Lab",
    "% of face width per frame": "percent",
}  # fmt: skip
# detail key of a finding: (unit, role); keys that are not listed may not be spoken of
DETAILS: Mapping[str, tuple[str, str]] = {
    "threshold": ("share", "threshold"),
    "clear_below": ("share", "clear"),
    "confidence": ("share", "confidence"),
    "low": ("share", "low"),
    "high": ("share", "high"),
    "swap": ("share", "value"),
    "edit": ("share", "value"),
    "synthetic": ("share", "value"),
    "area_share": ("share", "area"),
    "before": ("share", "before"),
    "marked": ("share", "marked"),
    "random": ("share", "random"),
    "stability": ("number", "stability"),
    "peak": ("number", "peak"),
    "cut": ("number", "limit"),
    "spread": ("number", "spread"),
    "duration_s": ("s", "duration"),
    "time_s": ("s", "time"),
    "peak_s": ("s", "peak_s"),
    "at_least": ("own", "limit"),
    "at_most": ("own", "limit"),
    "usable": ("count", "usable"),
    "moments": ("count", "moments"),
    "over": ("count", "over"),
    "cuts": ("count", "cuts"),
    "rows": ("count", "cells"),
    "columns": ("count", "cells"),
}
# Kinds of finding whose value is a number, and the role of that number.
ROLES: Mapping[str, str] = {
    "probability": "value",
    "heat": "peak",
    "region": "value",
    "blend": "value",
    "even": "regions",
    "faces": "faces",
    "frames": "frames",
    "unread": "unread",
    "quality": "value",
    "measure": "value",
    "cue": "value",
}
KEYS_OF_KIND = {"class": frozenset({"swap", "edit", "synthetic"})}
LABELS = ("region", "name", "measure")  # detail keys that name what a value is of


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a finding; `label` tells apart those that a sentence may list."""

    value: float
    unit: str
    role: str
    finding: Finding
    label: str = ""


def quantities_of(findings: Sequence[Finding]) -> tuple[Quantity, ...]:
    """Every number of these findings that a text may say."""
    return tuple(quantity for finding in findings for quantity in _of(finding))


def _of(finding: Finding) -> Iterator[Quantity]:
    unit = unit_of(finding)
    label = next((str(finding.detail[k]) for k in LABELS if k in finding.detail), "")
    role = ROLES.get(finding.kind)
    if role is not None and _is_number(finding.value):
        yield Quantity(float(finding.value or 0.0), unit, role, finding, label)
    if finding.kind in ("region", "measure", "cue"):
        for bound in finding.reference or ():
            yield Quantity(float(bound), unit, "usual", finding, label)
    if finding.kind == "quality" and finding.detail.get("measure") == "blockiness":
        yield Quantity(1.0, "number", "none", finding)
    yield from _details(finding, unit)


def _details(finding: Finding, own: str) -> Iterator[Quantity]:
    for key, value in finding.detail.items():
        if key not in DETAILS or not _is_number(value):
            continue
        unit, role = DETAILS[key]
        if finding.kind == "probability" and key in ("low", "high"):
            role = "interval"
        if finding.kind == "abstention":
            unit = "count"
        label = key if key in KEYS_OF_KIND.get(finding.kind, ()) else ""
        yield Quantity(float(value), own if unit == "own" else unit, role, finding, label)


def unit_of(finding: Finding) -> str:
    """The unit in which a finding's value may be written; "number" where it has none."""
    if finding.unit in SHARE_UNITS:
        return "share"
    if finding.unit in ("count", "regions"):
        return "count"
    return UNITS.get(finding.unit, "number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
