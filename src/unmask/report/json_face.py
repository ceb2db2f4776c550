"""The JSON of a person's heat map, with its test, and of what was measured beside the network."""

from __future__ import annotations

from typing import Any

from unmask.report.rounding import MEASURE, PROBABILITY, rounded
from unmask.types import HeatMap, Measurement, Report


def heatmap_section(heat_map: HeatMap | None) -> dict[str, Any] | None:
    """The map, how it is shown, and whether: `faithfulness` is null where nothing was tested."""
    if heat_map is None:
        return None
    tested = heat_map.faithfulness
    return {
        "scale": rounded(heat_map.scale, MEASURE),
        "faithfulness": None
        if tested is None
        else {
            "marked_drop": rounded(tested.marked_drop, PROBABILITY),
            "random_drop": rounded(tested.random_drop, PROBABILITY),
            "stability": rounded(tested.stability, MEASURE),
            "before": rounded(tested.before, PROBABILITY),
            "area_share": rounded(tested.area_share, MEASURE),
            "agreement": rounded(tested.agreement, MEASURE),
        },
        "shown": heat_map.shown,
        "reason": "" if tested is None else tested.reason,
        "frame_index": heat_map.frame_index,
        "crop_to_frame": rounded(heat_map.crop_to_frame, MEASURE),
        "values": rounded(heat_map.values, MEASURE),
        "blend": rounded(heat_map.blend, MEASURE),
    }


def measurements_section(report: Report, subject: str, family: str) -> list[dict[str, Any]]:
    """The measurements of one person and one family ("forensic", "cue"), in their order."""
    return [_measurement(one) for one in _of(report, subject, family)]


def cues_section(report: Report, subject: str) -> list[dict[str, Any]]:
    """The human cues of one person; where one abstained its value is null and reason says why."""
    return [cue_row(one) for one in _of(report, subject, "cue")]


def cue_row(one: Measurement) -> dict[str, Any]:
    """One human cue of a person."""
    row = _measurement(one)
    return {"cue": row.pop("name"), **row}


def _of(report: Report, subject: str, family: str) -> list[Measurement]:
    return [one for one in report.measurements if (one.subject, one.family) == (subject, family)]


def _measurement(one: Measurement) -> dict[str, Any]:
    return {
        "name": one.name,
        "value": rounded(one.value, PROBABILITY),  # as in the findings: both are shown
        "unit": one.unit,
        "reference": rounded(one.reference, PROBABILITY),
        "reliability": rounded(one.reliability, MEASURE),
        "reason": one.reason,
    }
