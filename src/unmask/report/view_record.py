"""What a report says of its own making: checks, what was left out, versions, settings, who wrote.

JSON data -> the last sections of the `Document`. A check's detail is a line of tokens made by
`record.py`; here each becomes words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from unmask.explain.format import decimal
from unmask.report.codes import left_out_words, lost_words
from unmask.report.document import Row, Table
from unmask.report.labels import LABELS, label, label_or

SHOWN_SETTINGS = (
    "bundle",
    "frames",
    "burst_frames",
    "face_width_min_px",
    "faces_max",
    "cues",
    "threads",
)
# Words of a check's detail: "3/4", "key=value", a reason, or a run of anything else.
TOKEN = re.compile(r"\d+/\d+(?!\S)|\w+=\S+|\w+(?=$| \w+=)|\S.*")
NOT_IN_BUNDLE = re.compile(r"bundle=(\S+) has none")
OF_CUE = re.compile(r"\w+=\d+/\d+")  # of a cue, before the reasons of its abstentions
STANDARD, FALLBACK = "template", "template (after "


def checks_of(coverage: dict[str, Any], language: str) -> Table:
    """Every check, what became of it and why."""
    rows = tuple(
        (
            label_or(language, f"check.{check['name']}", check["name"]),
            label(language, f"status.{check['status']}"),
            narrator_words(check["detail"], language)
            if check["name"] == "narrator"
            else detail_words(check["detail"], language),
        )
        for check in coverage["checks"]
    )
    head = tuple(label(language, part) for part in ("check", "status", "detail"))
    return Table("", head, rows)


def detail_words(detail: str, language: str) -> str:
    """The detail of a check in words: "3/4 tracks=1 low_quality=2"; what is unknown stays as is."""
    absent = NOT_IN_BUNDLE.fullmatch(detail)
    if absent:
        return label(language, "detail.not_in_bundle", value=absent[1])
    groups: list[list[str]] = []  # a cue with its reasons, or one token
    for token in TOKEN.findall(detail):
        if groups and OF_CUE.fullmatch(groups[-1][0]) and not OF_CUE.fullmatch(token):
            groups[-1].append(token)
        else:
            groups.append([token])
    return ", ".join(_group(group, language) for group in groups)


def _group(tokens: list[str], language: str) -> str:
    first, *others = (_token(token, language) for token in tokens)
    if not others:
        return first
    return label(language, "detail.cue", what=first, others=", ".join(others))


def _token(token: str, language: str) -> str:
    key, equals, value = token.partition("=")
    if not equals and re.fullmatch(r"\d+/\d+", token):
        done, total = token.split("/")
        return label(language, "detail.of", done=done, total=total)
    if f"reason.{key}" in LABELS:
        reason = label(language, f"reason.{key}")
        return label(language, "detail.count", reason=reason, value=value) if equals else reason
    if key == "credentials":
        state = label(language, f"credentials.{value}")
        return f"{label(language, 'origin.credentials')}: {state}"
    if f"detail.{key}" in LABELS:
        return label(language, f"detail.{key}", value=value)
    return lost_words(token, language) or token


def left_out_of(coverage: dict[str, Any], language: str) -> Table | None:
    """What was not looked at, and why; None where that is nothing."""
    rows = tuple(
        (*left_out_words(s["what"], s["reason"], language), str(s["count"]))
        for s in coverage["left_out"]
    )
    if not rows:
        return None
    head = tuple(label(language, part) for part in ("left_out", "reason", "count"))
    return Table(label(language, "left_out"), head, rows)


def coverage_of(coverage: dict[str, Any], language: str) -> Iterator[Row]:
    """How many frames were analysed, and whether the file is damaged."""
    count = label(language, "frames.value", count=coverage["frames"])
    yield Row(label(language, "frames"), count)
    if coverage["damaged"]:
        yield Row(label(language, "check.decode"), label(language, "damaged"))


def record_of(data: dict[str, Any], language: str) -> Iterator[Row]:
    """Who wrote the words, with which versions and settings, in what time."""
    yield Row(label(language, "narrator"), _written(data, language))
    yield Row(label(language, "versions"), _pairs(data["versions"]))
    settings = {key: data["settings"][key] for key in SHOWN_SETTINGS if key in data["settings"]}
    if settings:
        yield Row(label(language, "settings"), _pairs(settings))
    if data["timings_s"]:
        unit = "초" if language == "ko" else " s"
        spent = {
            label_or(language, f"timing.{name}", name): f"{decimal(value, 3)}{unit}"
            for name, value in data["timings_s"].items()
        }
        yield Row(label(language, "timings"), _pairs(spent))


def _written(data: dict[str, Any], language: str) -> str:
    narrator = narrator_words(data["interpretation"]["narrator"], language)
    register = data["settings"].get("text_register")
    if register is None:
        return narrator
    return f"{narrator} · {label(language, f'register.{register}')}"


def narrator_words(narrator: str, language: str) -> str:
    """Who wrote the interpretation; the name of a language model stays as it is."""
    if narrator == STANDARD:
        return label(language, "narrator.template")
    if narrator.startswith(FALLBACK):
        why = narrator.removeprefix(FALLBACK).removesuffix(")")
        return label(language, "narrator.fallback", why=why)
    return narrator


def _pairs(values: dict[str, Any]) -> str:
    shown = (
        f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in values.items()
    )
    return " · ".join(shown)
