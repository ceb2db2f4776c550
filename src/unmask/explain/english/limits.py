"""English sentences for what could not be said of a person, and for the limits a file raises."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.names import (
    EN,
    MEASURED,
    MEASURES,
    count,
    listing,
    noun,
    person,
    persons,
    value_and_limit,
    value_and_usual,
)
from unmask.explain.format import decimal, percent_beside, threshold_percent
from unmask.explain.lines import Line
from unmask.explain.words import Say


def _none_given(line: Line) -> str:
    return f"No probability is given for {person(line.subject)}"


def _too_small(line: Line) -> str:
    width = line.one("quality")
    if width.detail["within"]:
        value = decimal(float(width.value or 0.0), 0)
        few = "less than the width set for this analysis"
        return f"{_none_given(line)}: the face is {value} px wide, {few}."
    value, limit = value_and_limit(width)
    return f"{_none_given(line)}: the face is {value} wide, and {limit} are needed."


def _low_quality(line: Line) -> str:
    parts = []
    for finding in line.all("quality"):
        value, limit = value_and_limit(finding)
        parts.append(f"its {MEASURES[finding.detail['measure']]} is {value} ({limit} is needed)")
    why = f"; {listing(parts)}" if parts else ""
    return f"{_none_given(line)}: the face cannot be read well enough{why}."


def _too_few(line: Line) -> str:
    detail = line.one("abstention").detail
    least = decimal(detail["at_least"])
    if "usable" not in detail:
        return f"{_none_given(line)}: fewer than {least} frames show the face well enough."
    usable = count(detail["usable"], "frame", "frames")
    return f"{_none_given(line)}: the face can be read in {usable}, and {least} are needed."


def _out_of_range(line: Line) -> str:
    if turned := line.all("quality"):
        value, limit = value_and_limit(turned[0])
        return f"{_none_given(line)}: the head is turned by {value}, and {limit} is allowed."
    if not line.one("abstention").detail["has_mesh"]:
        return f"{_none_given(line)}: no facial landmarks could be fitted to the face."
    return f"{_none_given(line)}: the face is outside what the model is meant for."


def _too_smooth(line: Line) -> str:
    measured = ""
    for cue in line.all("cue"):
        shown, usual = value_and_usual(cue)
        is_lower = f"is {shown}, lower than usual in genuine faces ({usual})"
        measured = f": the {MEASURED['scene_motion']} {is_lower}"
    return (
        f"The face of {person(line.subject)} moves more smoothly than filmed faces do{measured}. "
        "That does not show in a frame by itself, so the frames do not settle the question."
    )


def _too_compressed(line: Line) -> str:
    blocks = "".join(
        f": block grid {decimal(float(one.value or 0), 2)} (1 is none)"
        for one in line.all("quality")
    )
    return (
        f"The face of {person(line.subject)} is compressed strongly{blocks}. In such pictures "
        "a low probability does not settle the question."
    )


def _too_blurred(line: Line) -> str:
    value, limit = value_and_limit(line.one("quality"))
    return (
        f"The face of {person(line.subject)} is blurred: its sharpness is {value} ({limit} is "
        "needed). In such pictures a low probability does not settle the question."
    )


def _some_moments(line: Line) -> str:
    return (
        f"Some moments in a row, taken alone, reach the threshold for {person(line.subject)}. "
        "A change to a part of the clip alone need not show in all moments together, so they do "
        "not settle the question."
    )


def _partial(line: Line) -> str:
    return (
        "Part of the file could not be decoded, so the rest does not settle the question for "
        f"{person(line.subject)}."
    )


def _damage(line: Line) -> str:
    return f"Part of the {noun(line.media)} could not be decoded and was not examined."


def _skipped(line: Line) -> str:
    return (
        f"Not everything in the {noun(line.media)} was analysed; the coverage section lists what "
        "was left out, and why."
    )


def _unchecked(line: Line) -> str:
    detail = line.one("unchecked").detail
    return (
        f"For {persons(detail['ids'])}, the {MEASURED[detail['name']]} was not measured, so the "
        "check for too smooth a motion had no part in this result."
    )


def _coarse(line: Line) -> str:
    detail = line.one("heat").detail
    cells = f"{detail['rows']} by {detail['columns']} cells"
    return (
        f"The heat map is coarse, {cells} over the face crop: a small region such as an eye shares "
        "its cell with what lies beside it."
    )


def _cuts(line: Line) -> str:
    cuts = count(int(line.one("frames").detail["cuts"]), "cut", "cuts")
    return (
        f"The clip has {cuts}, and nobody is followed across a cut: the same person may be listed "
        "under more than one letter."
    )


def _no_mesh(line: Line) -> str:
    return (
        f"No facial landmarks could be fitted to the face of {person(line.subject)}; no regions "
        "are named for it."
    )


def _interval_low(line: Line) -> str:
    return _interval(line, "low", "threshold")


def _interval_high(line: Line) -> str:
    return _interval(line, "high", "clear_below")


def _interval(line: Line, end: str, key: str) -> str:
    detail = line.one("probability").detail
    shown, _ = percent_beside(detail[end], detail[key], EN, exact=True)
    side = "down" if end == "low" else "up"
    confidence = decimal(detail["confidence"] * 100)
    return (
        f"The {confidence}% interval for {person(line.subject)} reaches {side} to {shown}, past "
        f"the limit of {threshold_percent(detail[key])} on which the result depends."
    )


def _near(line: Line) -> str:
    finding = line.one("quality")
    value, limit = value_and_limit(finding)
    of = f"The {MEASURES[finding.detail['measure']]} of the face of {person(line.subject)}"
    return f"{of}, {value}, is close to the limit of use ({limit})."


def _measures(line: Line) -> str:
    return (
        "Measurements beside the network support or qualify its answer; none of them decides, and "
        "genuine faces lie outside a usual range now and then."
    )


SENTENCES: Mapping[str, Say] = {
    "abstain_face_too_small": _too_small,
    "abstain_low_quality": _low_quality,
    "abstain_too_few_frames": _too_few,
    "abstain_out_of_range": _out_of_range,
    "abstain_partial_decode": _partial,
    "abstain_too_smooth": _too_smooth,
    "abstain_too_compressed": _too_compressed,
    "abstain_too_blurred": _too_blurred,
    "abstain_some_moments": _some_moments,
    "limit_damage": _damage,
    "limit_skipped": _skipped,
    "limit_unchecked": _unchecked,
    "limit_cuts": _cuts,
    "limit_measures": _measures,
    "limit_coarse": _coarse,
    "limit_no_mesh": _no_mesh,
    "limit_interval_low": _interval_low,
    "limit_interval_high": _interval_high,
    "limit_near": _near,
}
