"""What is told of the file beside its verdicts: interpretation, robustness card, origin, profile.

JSON data -> parts of the `Document`. Origin and robustness never touch a probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from unmask.explain.format import percent, percent_range, threshold_percent
from unmask.report.codes import encoding_words, level_words
from unmask.report.document import Origin, Passage, Row, Table
from unmask.report.labels import SYMBOLS, label
from unmask.report.wording import words_of
from unmask.types import MediaKind

FILE = "file"


def passages_of(data: dict[str, Any], language: str) -> tuple[Passage, ...]:
    """The interpretation, person by person and by what each sentence is about; () without one."""
    said = data["interpretation"]["sentences"].get(language, [])
    several = len(data["faces"]) > 1
    found: list[Passage] = []
    for subject, sentences in groupby(said, key=_subject if several else lambda _: FILE):
        named = subject in {face["id"] for face in data["faces"]}
        heading = label(language, "person", id=subject) if named else ""
        found.append(Passage(heading, tuple(_by_section(list(sentences), language))))
    return tuple(found)


def _subject(sentence: dict[str, Any]) -> str:
    return str(next(iter(sentence["finding_ids"]), FILE)).partition(".")[0]


def _by_section(sentences: list[dict[str, Any]], language: str) -> Iterator[Row]:
    for section, group in groupby(sentences, key=lambda sentence: str(sentence["section"])):
        text = " ".join(str(sentence["text"]) for sentence in group)
        yield Row(label(language, f"section.{section}"), text)


def next_steps_of(data: dict[str, Any], language: str) -> tuple[str, ...]:
    """What a human expert should look at next."""
    steps = data["interpretation"]["next_steps"].get(language, [])
    return tuple(str(sentence["text"]) for sentence in steps)


def _about(data: dict[str, Any], finding_id: str, language: str) -> tuple[str, ...]:
    """The sentences on the file that rest on the findings whose id begins like that."""
    return tuple(
        str(sentence["text"])
        for sentence in data["about_file"].get(language, [])
        if sentence["finding_ids"][0].startswith(finding_id)
    )


def robustness_of(data: dict[str, Any], language: str) -> Table | None:
    """The same file under its changes; None where that was not asked for."""
    rows = data["robustness"]
    if not rows:
        return None
    held = data["robustness_held"]
    counted = sum(row["fake_probability"] is not None for row in rows[1:])
    said = (
        label(language, "robustness.untested")
        if held is None
        else label(language, "robustness.held", held=held, total=counted)
    )
    return Table(
        f"{label(language, 'robustness')}: {said}",
        tuple(label(language, f"robustness.{part}") for part in ("change", "outcome", "p", "same")),
        tuple(_changed(row, data, language) for row in rows),
        note=" ".join(_about(data, "file.robustness", language)),
    )


def _changed(row: dict[str, Any], data: dict[str, Any], language: str) -> tuple[str, ...]:
    if row["change"] == "none":
        count = row["level"].removeprefix("frames=")
        clip = data["input"]["kind"] == MediaKind.VIDEO
        name = label(language, "robustness.fewer" if clip else "robustness.none", count=count)
    else:
        change = words_of(language).change(f"{row['change']}:{row['level']}")
        named = f"{change[:1].upper()}{change[1:]}"
        level = level_words(row["level"], language)
        name = label(language, "measured.named", name=named, level=level)
    outcome, p = row["outcome"], row["fake_probability"]
    compared = "holds" if outcome == data["outcome"] else "differs"
    return (
        name,
        label(language, "robustness.failed")
        if outcome is None
        else f"{SYMBOLS[outcome]} {label(language, f'outcome.{outcome}')}",
        label(language, "no_probability") if p is None else percent(p, language),
        label(language, f"robustness.{'uncounted' if p is None else compared}"),
    )


def origin_of(data: dict[str, Any], language: str) -> Origin | None:
    """Where the file says it comes from; None where nobody looked."""
    found = data["provenance"]
    if found is None:
        return None
    rows = tuple((entry["field"], entry["text"]) for entry in found["metadata"])
    head = tuple(label(language, f"origin.{part}") for part in ("field", "text"))
    return Origin(
        _about(data, "file.provenance", language),
        tuple(_origin_rows(found, language)),
        Table(label(language, "origin.metadata"), head, rows) if rows else None,
    )


def _origin_rows(found: dict[str, Any], language: str) -> Iterator[Row]:
    state = label(language, f"credentials.{found['credentials']}")
    yield Row(label(language, "origin.credentials"), state)
    for key in ("signer", "generator"):
        if found[key]:
            yield Row(label(language, f"origin.{key}"), found[key])
    for key in ("trusted", "generated"):
        if found[key] is not None:
            said = label(language, f"{key}.{'yes' if found[key] else 'no'}")
            yield Row(label(language, f"origin.{key}"), said)
    if found["actions"]:
        yield Row(label(language, "origin.actions"), ", ".join(found["actions"]))
    if found["encodings"]:
        words = [encoding_words(text, language) for text in found["encodings"]]
        yield Row(label(language, "origin.encodings"), "\n".join(words))
    if found["problems"]:
        yield Row(label(language, "origin.problems"), ", ".join(found["problems"]))


def profile_row(data: dict[str, Any], language: str) -> Iterator[Row]:
    """The threshold of one's own, where one was used."""
    profile = data["profile"]
    if profile is None:
        return
    low, high = profile["interval"]
    value = label(
        language,
        "profile.value",
        name=profile["name"],
        threshold=threshold_percent(profile["threshold"]),
        files=profile["files"],
        most=threshold_percent(profile["max_false_alarms"]),
        interval=percent_range(low, high, language),
    )
    yield Row(label(language, "profile"), value)
