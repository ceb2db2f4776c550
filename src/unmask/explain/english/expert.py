"""English sentences of the expert's register: fractions, every number, and its range."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.measures import EXPERT as MEASURES_EXPERT
from unmask.explain.english.names import EN, MEASURES, REGIONS, UNITS, listing, person
from unmask.explain.format import (
    MEASURE_DECIMALS,
    decimal,
    decimal_beside,
    fraction,
    fraction_beside,
    percent,
    seconds,
)
from unmask.explain.lines import Line
from unmask.explain.words import Say
from unmask.types import Finding, MediaKind


def _probability(line: Line, limit: str) -> tuple[str, str]:
    """(the clause up to the comparison, the limit `limit` as text)."""
    finding = line.one("probability")
    detail = finding.detail
    shown, shown_limit = fraction_beside(float(finding.value or 0.0), detail[limit], EN)
    interval = ""
    if "low" in detail:
        low, high = fraction(detail["low"], EN), fraction(detail["high"], EN)
        interval = f" ({decimal(detail['confidence'] * 100)}% interval {low} to {high})"
    of = f"Calibrated probability that the face of {person(line.subject)} was manipulated"
    return f"{of}: {shown}{interval}", shown_limit


def _manipulated(line: Line) -> str:
    clause, limit = _probability(line, "threshold")
    return f"{clause}; it reaches the threshold of {limit}."


def _no_evidence(line: Line) -> str:
    clause, limit = _probability(line, "clear_below")
    return f"{clause}, within the range up to {limit} that is reported as no evidence."


def _grey_zone(line: Line) -> str:
    finding = line.one("probability")
    detail, p = finding.detail, float(finding.value or 0.0)
    upper = p - detail["clear_below"] > detail["threshold"] - p
    clause, _ = _probability(line, "threshold" if upper else "clear_below")
    low, high = (decimal(detail[key], 4) for key in ("clear_below", "threshold"))
    return f"{clause}; between {low} and {high} the result is left open."


def _open(line: Line) -> str:
    clause, _ = _probability(line, "threshold")
    return f"{clause}; the result is left open for another reason."


def _class(line: Line) -> str:
    detail = line.one("class").detail
    swap, synthetic = fraction(detail["swap"], EN), fraction(detail["synthetic"], EN)
    if "edit" in detail:
        parts = f"swapped {swap}, a part edited {fraction(detail['edit'], EN)}"
    else:
        parts = f"swapped or blended in {swap}"
    return (
        f"Class probabilities of person {line.subject}: {parts}, generated as a whole {synthetic}."
    )


def _regions(line: Line) -> str:
    heat = line.one("heat")
    at = "" if heat.detail.get("time_s") is None else f" at {seconds(heat.detail['time_s'], EN)}"
    parts = [_region(region) for region in line.all("region")]
    peak = percent(float(heat.value or 0.0), EN)
    return (
        f"Heat map of person {line.subject}{at} (peak {peak} of the scale), share of the positive "
        f"mass by region: {'; '.join(parts)}."
    )


def _region(region: Finding) -> str:
    detail = region.detail
    share, area = percent(float(region.value or 0.0), EN, 1), percent(detail["area_share"], EN, 1)
    usual = ""
    if region.reference is not None:
        low, high = (percent(bound, EN, 1) for bound in region.reference)
        usual = f"; usual range in genuine faces {low} to {high}"
    return f"{share} {REGIONS[detail['region']]} ({area} of the area{usual})"


def _blend(line: Line) -> str:
    blend = line.one("blend")
    where = [REGIONS[name] for name in blend.detail["regions"]]
    mostly = f", mostly {listing(where)}" if where else ""
    return (
        f"The blend map of {person(line.subject)} lies at or above its cut of "
        f"{decimal(blend.detail['cut'], 2)} in {percent(float(blend.value or 0.0), EN, 1)} of the "
        f"face crop{mostly}; its peak is {decimal(blend.detail['peak'], 2)}."
    )


def _time(line: Line) -> str:
    detail = line.one("time").detail
    limit = decimal(detail["threshold"], 4)
    high, _ = fraction_beside(detail["high"], detail["threshold"], EN)
    return (
        f"Moments of person {line.subject} at or above the threshold of {limit}: {detail['over']} "
        f"of {detail['moments']}. Probability by moment: lowest {fraction(detail['low'], EN)}, "
        f"highest {high} at {seconds(detail['peak_s'], EN)}, standard deviation "
        f"{decimal(detail['spread'], 3)}. The result rests on all moments together."
    )


def _quality(line: Line) -> str:
    parts = [_measure(finding) for finding in line.all("quality")]
    when = " (median over the clip)" if line.media is MediaKind.VIDEO else ""
    return f"Person {line.subject}{when}, within the limits of use: {'; '.join(parts)}."


def _measure(finding: Finding) -> str:
    detail = finding.detail
    name, value = detail["measure"], float(finding.value or 0.0)
    if name == "blockiness":
        return f"block grid {decimal(value, 2)} (1 is none)"
    unit, digits, limits = UNITS.get(name, ""), MEASURE_DECIMALS[name], []
    shown = decimal(value, digits)
    for key, side in (("at_least", "at least"), ("at_most", "at most")):
        if key in detail:
            shown, bound = decimal_beside(value, detail[key], digits)
            limits.append(f"{side} {bound}{unit}")
    return f"{MEASURES[name]} {shown}{unit} ({', '.join(limits)})"


SENTENCES: Mapping[str, Say] = {
    "probability_manipulated": _manipulated,
    "probability_no_evidence": _no_evidence,
    "probability_grey_zone": _grey_zone,
    "probability_open": _open,
    "class": _class,
    "regions": _regions,
    "blend": _blend,
    "time": _time,
    "time_some": _time,
    "time_none": _time,
    "quality_good": _quality,
    **MEASURES_EXPERT,
}
