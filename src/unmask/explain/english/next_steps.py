"""English sentences on what a human expert should look at next: places to start from."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.english.names import (
    EN,
    REGIONS,
    listing,
    measured_names,
    noun,
    person,
)
from unmask.explain.format import seconds
from unmask.explain.lines import Line
from unmask.explain.words import Say


def _regions(line: Line) -> str:
    where = [REGIONS[f.detail["region"]].replace("on the", "at the") for f in line.all("region")]
    return (
        f"Look first {listing(where)} of {person(line.subject)}, at full size and beside other "
        "recordings of the same person."
    )


def _whole(line: Line) -> str:
    return (
        f"For {person(line.subject)}, ask for the file as the camera wrote it: the model takes the "
        "face for generated as a whole, so no single place need stand out."
    )


def _face(line: Line) -> str:
    return (
        f"Compare the whole face of {person(line.subject)}, at full size, with other recordings of "
        "the same person."
    )


def _moment(line: Line) -> str:
    peak = seconds(line.one("time").detail["peak_s"], EN)
    return (
        f"Go through the clip frame by frame around {peak}, where the probability for "
        f"{person(line.subject)} is highest."
    )


def _grey(line: Line) -> str:
    return (
        f"Have the face of {person(line.subject)} judged on the original file and on other "
        "recordings: this analysis leaves it open."
    )


def _unread(line: Line) -> str:
    return (
        f"The face of {person(line.subject)} has to be judged by eye or on better material: this "
        "analysis says nothing about it."
    )


def _measures(line: Line) -> str:
    again = f"Measure again on the original file for {person(line.subject)}"
    return f"{again}: {measured_names(line.findings)}."


def _clear(line: Line) -> str:
    return (
        "This analysis names no place to start from. Where doubts remain, check source, time and "
        f"place of the {noun(line.media)} and look for other recordings."
    )


def _no_face(line: Line) -> str:
    return (
        f"Nothing in this {noun(line.media)} was examined for manipulation, because no face was "
        "found: an examination has to start from the beginning."
    )


SENTENCES: Mapping[str, Say] = {
    "next_regions": _regions,
    "next_whole": _whole,
    "next_face": _face,
    "next_moment": _moment,
    "next_grey": _grey,
    "next_unread": _unread,
    "next_measures": _measures,
    "next_clear": _clear,
    "next_no_face": _no_face,
}
