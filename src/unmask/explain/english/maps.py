"""English sentences about heat maps and blend maps: only what was measured, region by region."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.names import EN, REGIONS, listing, person
from unmask.explain.format import UNDER, decimal, percent, percent_beside, seconds
from unmask.explain.lines import Line
from unmask.explain.words import Say
from unmask.types import Finding


def _map(line: Line) -> str:
    time_s = line.one("heat").detail.get("time_s")
    at = "" if time_s is None else f" at {seconds(time_s, EN)}"
    return f"heat map of {person(line.subject)}{at}"


def _peak(line: Line) -> str:
    return percent(float(line.one("heat").value or 0.0), EN)


def _regions(line: Line) -> str:
    first, *rest = line.all("region")
    share, usual = _share_and_usual(first)
    source = " in genuine faces" if first.reference else ""
    place = REGIONS[first.detail["region"]]
    parts = [f"{share} of the evidence for manipulation lies {place} ({usual}{source})"]
    for region in rest:
        share, usual = _share_and_usual(region)
        parts.append(f"{share} {REGIONS[region.detail['region']]} ({usual})")
    return f"In the {_map(line)}, {listing(parts)}."


def _share_and_usual(region: Finding) -> tuple[str, str]:
    share = float(region.value or 0.0)
    if region.reference is None:
        return percent(share, EN), f"{percent(region.detail['area_share'], EN)} of the area"
    low, top = region.reference
    shown, high = percent_beside(share, top, EN)
    if low >= UNDER and percent(low, EN) != high:
        return shown, f"{percent(low, EN)} to {high} is usual"
    return shown, f"{'' if top < UNDER else 'up to '}{high} is usual"


def _regions_even(line: Line) -> str:
    number = decimal(float(line.one("even").value or 0.0))
    return (
        f"In the {_map(line)}, the evidence for manipulation is spread over the face; none of the "
        f"{number} regions measured stands out."
    )


def _map_faint(line: Line) -> str:
    return (
        f"The {_map(line)} shows little, {_peak(line)} of its scale at most: the result rests on "
        "the face as a whole and cannot be tied to one place."
    )


def _map_empty(line: Line) -> str:
    return f"The {_map(line)} is almost empty: its highest value is {_peak(line)} of the scale."


def _map_low(line: Line) -> str:
    return (
        f"The highest value of the {_map(line)} is {_peak(line)} of the scale; over the whole face "
        "this did not add up to a higher probability."
    )


def _blend(line: Line) -> str:
    blend = line.one("blend")
    where = [REGIONS[name] for name in blend.detail["regions"]]
    mostly = f", mostly {listing(where)}" if where else ""
    share = percent(float(blend.value or 0.0), EN)
    return (
        f"The blend map of {person(line.subject)} marks {share} of the face crop as blended in"
        f"{mostly}."
    )


def _blend_none(line: Line) -> str:
    return f"The blend map of {person(line.subject)} marks no part of the face crop as blended in."


SENTENCES: Mapping[str, Say] = {
    "regions": _regions,
    "regions_even": _regions_even,
    "map_faint": _map_faint,
    "map_empty": _map_empty,
    "map_low": _map_low,
    "blend": _blend,
    "blend_none": _blend_none,
}
