"""What was measured beside the network, as findings: value, usual range, and whether it is unusual.

A value outside its usual range points towards a manipulation only for a person whose verdict leaves
one open; for a person without evidence it is a plain number, because one genuine face in ten lies
outside any such range. What could not be measured is a finding too, with the reason and no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmask.types import Finding, Measurement, Outcome, Verdict

FAMILY = "forensic"


def measure_findings(verdict: Verdict, measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """One finding per forensic measurement of the verdict's subject, in their order."""
    for one in measurements:
        if one.subject != verdict.subject or one.family != FAMILY:
            continue
        pointed = one.unusual and verdict.outcome is not Outcome.NO_EVIDENCE
        detail = {**one.detail, "name": one.name, "reliability": one.reliability}
        if one.reason:
            detail["reason"] = one.reason
        yield Finding(
            f"{one.subject}.measure.{one.name}",
            one.subject,
            "measure",
            one.value,
            one.unit,
            one.reference,
            "towards_manipulated" if pointed else "neutral",
            _strength(one) if pointed else 0.0,
            detail,
        )


def _strength(one: Measurement) -> float:
    """How far outside the usual range: 1 from as far as the range is wide, or all of it."""
    if one.value is None or one.reference is None:
        return 0.0
    low, high = one.reference
    beyond = max(low - one.value, one.value - high, 0.0)
    return min(1.0, beyond / (high - low)) if high > low else 1.0
