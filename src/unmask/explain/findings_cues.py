"""The human cues as findings: one per person and cue, with what the sentence needs.

Measurements of family "cue" -> findings of kind "cue", id "<subject>.cue.<name>". Every cue grows
with what does not fit, so only a value above its usual range points towards a manipulation, and
only for a person whose verdict leaves one open; within the range it points nowhere, because most
swaps keep within it, too. An abstention is a finding with the reason and no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmask.types import Finding, Measurement, Outcome, Verdict

KIND = FAMILY = "cue"
FULL_STRENGTH = 2.0  # times the usual range's upper end


def cue_findings(verdict: Verdict, measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """One finding per cue of the verdict's subject, in their order."""
    for one in measurements:
        if one.subject != verdict.subject or one.family != FAMILY:
            continue
        detail = {**one.detail, "name": one.name, "reliability": one.reliability}
        if one.reason:
            detail["reason"] = one.reason
        strength = 0.0 if verdict.outcome is Outcome.NO_EVIDENCE else _strength(one)
        yield Finding(
            f"{one.subject}.cue.{one.name}",
            one.subject,
            KIND,
            one.value,
            one.unit,
            one.reference,
            "towards_manipulated" if strength > 0 else "neutral",
            strength,
            detail,
        )


def _strength(one: Measurement) -> float:
    """0 up to the end of the usual range, 1 from twice that end on; times the reliability."""
    if one.value is None or one.reference is None or one.value <= one.reference[1]:
        return 0.0
    end = max(one.reference[1], 1e-9)
    return min(1.0, (one.value - end) / (end * (FULL_STRENGTH - 1))) * one.reliability
