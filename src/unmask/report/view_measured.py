"""One person's numbers beside the network: the cues of the scene and the forensic measurements.

JSON data -> `Table`s of a `Person`. What could not be measured stands below its table with the
reason, so that a picture of one face does not show four empty lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from unmask.explain.format import decimal
from unmask.report.document import Table
from unmask.report.labels import label
from unmask.report.wording import words_of
from unmask.types import Finding

FRONT_DEG = 10.0  # a light nearer to the camera's side than this comes from the front
HEAD = ("what", "value", "usual", "judged", "reliability")


def measured_of(
    face: dict[str, Any], findings: Sequence[dict[str, Any]], language: str
) -> tuple[Table, ...]:
    """The tables of cues and of measurements of a person, without those that were not asked for.

    `findings` are the report's: what they know of a cue beyond its value is told in words.
    """
    details = {one["id"]: one["detail"] for one in findings}
    cues = [
        {"name": one["cue"], **one, "detail": details.get(f"{face['id']}.cue.{one['cue']}", {})}
        for one in face["cues"]
    ]
    groups = {"cues": cues, "measurements": face["measurements"]}
    return tuple(_table(name, entries, language) for name, entries in groups.items() if entries)


def _table(title: str, entries: Sequence[dict[str, Any]], language: str) -> Table:
    taken = [entry for entry in entries if entry["value"] is not None]
    notes = [words for entry in taken for words in _in_words(entry, language)]
    notes += [label(language, f"measured.{title}.note")] if taken else []
    missing = "; ".join(_missing(entries, language))
    if missing:
        notes.append(label(language, "measured.missing", names=missing))
    return Table(
        label(language, f"measured.{title}"),
        tuple(label(language, f"measured.{part}") for part in HEAD),
        tuple(_row(entry, language) for entry in taken),
        tuple(i for i, entry in enumerate(taken) if _judged(entry) in {"higher", "lower"}),
        " ".join(notes),
    )


def _row(entry: dict[str, Any], language: str) -> tuple[str, ...]:
    shown, usual = words_of(language).usual(_finding(entry))
    return (
        _capital(_name(entry, language)),
        shown,
        usual if entry["reference"] is not None else label(language, "measured.unknown"),
        label(language, f"judged.{_judged(entry)}"),
        decimal(entry["reliability"], 2),
    )


def _in_words(entry: dict[str, Any], language: str) -> Iterator[str]:
    """Where the light comes from, and which part of a cue stands out."""
    detail = entry.get("detail", {})
    if "light_deg" in detail:
        here, there = (
            label(language, f"side.{_side(detail[key])}")
            for key in ("azimuth_deg", "others_azimuth_deg")
        )
        apart, usual = (decimal(detail[key]) for key in ("light_deg", "light_spread_deg"))
        yield label(language, "cue.light", here=here, there=there, apart=apart, usual=usual)
    if "worst" in detail and _judged(entry) == "higher":
        part = label(language, f"cue.part.{detail['worst']}")
        yield label(language, "cue.part", name=_name(entry, language), part=part)


def _side(azimuth_deg: float) -> str:
    if abs(azimuth_deg) < FRONT_DEG:
        return "front"
    return "right" if azimuth_deg > 0 else "left"


def _finding(entry: dict[str, Any]) -> Finding:
    """The entry as what the sentences are made of, so that both show a number alike."""
    reference = None if entry["reference"] is None else tuple(entry["reference"])
    return Finding("", "", "measure", entry["value"], entry["unit"], reference)


def _judged(entry: dict[str, Any]) -> str:
    if entry["reference"] is None:
        return "open"
    low, high = entry["reference"]
    if entry["value"] > high:
        return "higher"
    return "lower" if entry["value"] < low else "usual"


def _missing(entries: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    """What abstained, those with the same reason together: "gaze, face and body (one face)"."""
    by_reason: dict[str, list[str]] = {}
    for entry in entries:
        if entry["reason"]:
            by_reason.setdefault(entry["reason"], []).append(_name(entry, language))
    for reason, names in by_reason.items():
        why = label(language, f"reason.{reason}")
        yield label(language, "measured.why", names=", ".join(names), reason=why)


def _name(entry: dict[str, Any], language: str) -> str:
    return words_of(language).measures[entry["name"]]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
