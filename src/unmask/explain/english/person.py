"""English sentences about the scene and each person: probability, kind, time, quality.

Every number comes from a finding of the line, through `explain/format.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.names import (
    EN,
    MEASURES,
    count,
    listing,
    noun,
    number_word,
    person,
    value_and_limit,
)
from unmask.explain.format import (
    decimal,
    percent,
    percent_beside,
    seconds,
    threshold_percent,
)
from unmask.explain.lines import Line
from unmask.explain.words import Say
from unmask.types import MediaKind


def _scene(line: Line) -> str:
    ids: list[str] = line.one("faces").detail["ids"]
    where, examined = f"in the {noun(line.media)}", _examined(line)
    if not ids:
        return f"No face was found {where}{examined}."
    one, many = ("face", "faces") if line.media is MediaKind.IMAGE else ("person", "persons")
    if len(ids) == 1:
        return f"One {one} was found {where} ({person(ids[0])}){examined}."
    order = ", from left to right" if line.media is MediaKind.IMAGE else ""
    who = f"persons {ids[0]} {'and' if len(ids) == 2 else 'to'} {ids[-1]}{order}"
    return f"{number_word(len(ids))} {many} were found {where} ({who}){examined}."


def _examined(line: Line) -> str:
    frames = line.all("frames")
    if not frames:
        return ""
    number = int(frames[0].value or 0)
    span = frames[0].detail.get("duration_s")
    taken = "" if span is None else f" taken from {seconds(span, EN)}"
    verb = "was" if number == 1 else "were"
    return f"; {count(number, 'frame', 'frames')}{taken} {verb} examined"


def _probability(line: Line, limit: str | None) -> tuple[str, str]:
    """(the clause up to the comparison, the limit `limit` as text)."""
    finding = line.one("probability")
    p, detail = float(finding.value or 0.0), finding.detail
    shown, shown_limit = percent(p, EN), ""
    if limit:
        shown, shown_limit = percent_beside(p, detail[limit], EN, exact=True)
    of = f"the face of {person(line.subject)} was manipulated"
    return f"The probability that {of} is {shown}", shown_limit


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
    low, high = (threshold_percent(detail[key]) for key in ("clear_below", "threshold"))
    return f"{clause}; between {low} and {high} the result is left open."


def _open(line: Line) -> str:
    clause, _ = _probability(line, None)
    return f"{clause}, but the result is left open for another reason."


def _class(line: Line) -> str:
    detail = line.one("class").detail
    swap, synthetic = percent(detail["swap"], EN), percent(detail["synthetic"], EN)
    given = f"For {person(line.subject)}, the model gives {swap} to a face that was swapped"
    if "edit" in detail:
        between = f", {percent(detail['edit'], EN)} to a face of which a part was edited,"
    else:
        between = " or blended in"
    return f"{given}{between} and {synthetic} to a face that was generated as a whole."


def _time(line: Line) -> str:
    detail = line.one("time").detail
    some = f"{detail['over']} of the {detail['moments']} moments counted"
    every = f"each of the {detail['moments']} moments counted"
    moments = every if detail["over"] == detail["moments"] else some
    reaches = f"reaches the threshold of {threshold_percent(detail['threshold'])} in {moments}"
    return f"The probability for {person(line.subject)} {reaches}; it {_range(line)}."


def _time_some(line: Line) -> str:
    detail = line.one("time").detail
    return (
        f"For {person(line.subject)}, {detail['over']} of the {detail['moments']} moments counted "
        f"{'reaches' if detail['over'] == 1 else 'reach'} the threshold of "
        f"{threshold_percent(detail['threshold'])} when taken alone, but a person is judged by all "
        f"moments together; the probability {_range(line)}."
    )


def _range(line: Line) -> str:
    peak = seconds(line.one("time").detail["peak_s"], EN)
    return f"{_low_to_high(line)} and is highest at {peak}"


def _time_none(line: Line) -> str:
    detail = line.one("time").detail
    return (
        f"In none of the {detail['moments']} moments counted does the probability for "
        f"{person(line.subject)} reach the threshold of {threshold_percent(detail['threshold'])}; "
        f"it {_low_to_high(line)}."
    )


def _low_to_high(line: Line) -> str:
    detail = line.one("time").detail
    high, _ = percent_beside(detail["high"], detail["threshold"], EN, exact=True)
    low = percent(detail["low"], EN)
    return f"is {low}" if low == high else f"ranges from {low} to {high}"


def _unread(line: Line) -> str:
    moments = count(int(line.one("unread").value or 0), "moment is", "moments are")
    of = f"For {person(line.subject)}, {moments} not counted"
    return f"{of}, because the face could not be read well enough there."


def _quality_good(line: Line) -> str:
    measured = {finding.detail["measure"]: finding for finding in line.all("quality")}
    median = "" if line.media is MediaKind.IMAGE else " (median over the clip)"
    width = f"{decimal(float(measured['width'].value or 0.0), 0)} px wide{median}"
    of = f"The face of {person(line.subject)} is {width}"
    if len(measured) == 1:
        return f"{of}, which is within the range the model is meant for."
    names = listing([{**MEASURES, "width": "size"}[name] for name in measured])
    return f"{of}; {names} are within the range the model is meant for."


def _quality_outside(line: Line) -> str:
    finding = line.one("quality")
    value, limit = value_and_limit(finding)
    if finding.detail["measure"] == "yaw":
        turned = f"The head of {person(line.subject)} is turned by {value}"
        return f"{turned}, which is outside what the model is meant for ({limit})."
    of = f"The {MEASURES[finding.detail['measure']]} of the face of {person(line.subject)}"
    return f"{of}, {value}, is outside what the model is meant for ({limit})."


SENTENCES: Mapping[str, Say] = {
    "scene": _scene,
    "probability_manipulated": _manipulated,
    "probability_no_evidence": _no_evidence,
    "probability_grey_zone": _grey_zone,
    "probability_open": _open,
    "class": _class,
    "time": _time,
    "time_some": _time_some,
    "time_none": _time_none,
    "unread": _unread,
    "quality_good": _quality_good,
    "quality_outside": _quality_outside,
}
