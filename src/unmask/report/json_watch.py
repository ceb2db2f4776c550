"""The JSON of a reading while or after frames arrived: `unmask watch --json`."""

from __future__ import annotations

from typing import Any

from unmask.report.json_face import cue_row
from unmask.report.rounding import PROBABILITY, SECONDS, rounded, rounded_probability
from unmask.types import Verdict
from unmask.watch import PersonReading, Reading


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """The verdict on everything read and each person's, with what they rest on."""
    return {
        "time_s": rounded(reading.frame.time_s, SECONDS),
        "frames": reading.frames,
        **_verdict(reading.verdict),
        "persons": [_person(person) for person in reading.persons],
    }


def _person(person: PersonReading) -> dict[str, Any]:
    newest, evidence = person.newest, person.verdict.evidence
    return {
        "id": person.id,
        **_verdict(person.verdict),
        "interval": rounded(person.verdict.interval, PROBABILITY),
        "rests_on": next((one.detector for one in evidence if one.score is not None), None),
        "looks": person.looks,
        "first_s": rounded(person.first_s, SECONDS),
        "last_s": rounded(person.last_s, SECONDS),
        "newest": None
        if newest is None
        else {
            "time_s": rounded(newest.time_s, SECONDS),
            "score": rounded(newest.score, PROBABILITY),
            "reason": rounded(newest.reason, 0),
        },
        "cues": [cue_row(one) for one in person.cues],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "fake_probability": rounded_probability(verdict),
        "threshold": rounded(verdict.threshold, PROBABILITY),
        "clear_below": rounded(verdict.clear_below, PROBABILITY),
        "reasons": [str(reason) for reason in verdict.reasons],
    }
