"""The JSON of a person's timeline: what each frame says, alone and with its neighbours."""

from __future__ import annotations

from typing import Any

from unmask.report.rounding import PROBABILITY, SECONDS, rounded
from unmask.report.subjects import Subject

TEMPORAL = "temporal"


def timeline_section(subject: Subject) -> list[dict[str, Any]]:
    """One entry per face of the track, in order of time.

    `fake_probability` is the frame detector's on that frame, `temporal` the temporal detector's on
    the frames round it: null where it abstained or where the bundle has none.
    """
    if subject.main is None:
        return []
    over_time = {
        moment.frame_index: moment.score
        for evidence in subject.verdict.evidence
        if evidence.detector == TEMPORAL
        for moment in evidence.series
    }
    return [
        {
            "time_s": rounded(moment.time_s, SECONDS),
            "fake_probability": rounded(moment.score, PROBABILITY),
            "reason": None if moment.reason is None else str(moment.reason),
            "frame_index": moment.frame_index,
            "temporal": rounded(over_time.get(moment.frame_index), PROBABILITY),
        }
        for moment in subject.main.series
    ]
