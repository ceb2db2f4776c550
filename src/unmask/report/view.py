"""The report in the words of one language: `Material` -> `Document`.

HTML and PDF are laid out from the `Document`; nothing in it comes from anywhere but the JSON data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from unmask.explain.format import check_language, decimal, seconds, threshold_percent
from unmask.report.document import Document, Figure, Row, Table
from unmask.report.figures import date_and_time, size_of
from unmask.report.labels import LABELS, label, label_or
from unmask.report.material import Material
from unmask.report.view_person import answer_of, person_of

SHOWN_SETTINGS = ("bundle", "frames", "burst_frames", "face_width_min_px", "faces_max", "threads")
# Words of a check's detail: "3/4", "key=value", a reason, or a run of anything else.
TOKEN = re.compile(r"\d+/\d+(?!\S)|\w+=\S+|\w+(?=$| \w+=)|\S.*")


def view(material: Material, language: str) -> Document:
    """The document of a report; UsageError where the language is not "ko" or "en"."""
    check_language(language)
    data = material.data
    missing = label(language, "missing")
    said = data["interpretation"]["sentences"].get(language, [])
    return Document(
        language=language,
        name=data["input"]["name"],
        short_sha256=data["input"]["sha256"][:12],
        created=date_and_time(data["created"]),
        answer=answer_of(data, label(language, f"says.{data['outcome']}"), language),
        overview=tuple(_overview(data, language)),
        scenes=tuple(_scenes(material, language)),
        persons=tuple(person_of(face, material, language) for face in data["faces"]),
        interpretation=paragraphs(said) or (missing,),
        reliability=tuple(_reliability(data["model"], language)),
        limits=tuple(data["limits"].get(language, ())),
        training=_training(data["model"], language),
        conclusion=data["conclusion"].get(language, missing),
        action=data["action"].get(language, missing),
        disclaimer=data["disclaimer"].get(language, missing),
        checks=_checks(data["coverage"], language),
        left_out=_left_out(data["coverage"], language),
        coverage=tuple(_coverage(data["coverage"], language)),
        record=tuple(_record(data, language)),
        steps=tuple(data["steps"]),
        words={key: label(language, key) for key in LABELS},
    )


def paragraphs(sentences: list[dict[str, Any]]) -> tuple[str, ...]:
    """The sentences, those on one subject together: neighbours whose first findings share it."""

    def subject(sentence: dict[str, Any]) -> str:
        return str(next(iter(sentence["finding_ids"]), "")).partition(".")[0]

    grouped = groupby(sentences, key=subject)
    return tuple(" ".join(str(sentence["text"]) for sentence in group) for _, group in grouped)


def _overview(data: dict[str, Any], language: str) -> Iterator[Row]:
    media, model = data["input"], data["model"]
    yield Row(label(language, "file"), media["name"])
    yield Row(label(language, "kind"), " · ".join(_kind(media, language)))
    yield Row(label(language, "sha256"), media["sha256"], mono=True)
    yield Row(label(language, "created"), date_and_time(data["created"]))
    people = label(language, "persons.value", count=len(data["faces"]))
    yield Row(label(language, "persons"), people)
    yield Row(label(language, "model"), f"{model['name']} {model['version']}".strip())
    yield Row(label(language, "model_sha256"), model["sha256"], mono=True)
    yield Row(label(language, "population"), in_language(model["population"], language))
    thresholds = label(
        language,
        "thresholds.value",
        threshold=threshold_percent(data["threshold"]),
        clear=threshold_percent(data["clear_below"]),
    )
    yield Row(label(language, "thresholds"), thresholds)


def _kind(media: dict[str, Any], language: str) -> Iterator[str]:
    yield f"{label(language, 'kind.' + media['kind'])} ({media['format']})"
    yield f"{media['width']} × {media['height']} px"
    yield size_of(media["bytes"])
    if media["duration_s"] is not None:
        yield seconds(media["duration_s"], language)
    if media["fps"] is not None:
        yield label(language, "fps", value=decimal(media["fps"], 2))


def in_language(words: Any, language: str) -> str:
    """A text of the model card: {"ko": …, "en": …} or one text for both."""
    if isinstance(words, dict):
        return str(words.get(language) or next(iter(words.values()), ""))
    return str(words)


def _scenes(material: Material, language: str) -> Iterator[Figure]:
    for scene in material.scenes:
        picture = material.pictures[scene.name]
        ids = ", ".join(scene.ids) or label(language, "scene.none")
        key = "people" if len(scene.ids) > 1 else "person"
        parts = [label(language, key, id=ids, ids=ids) if scene.ids else ids]
        if scene.time_s is not None:
            parts.append(label(language, "scene.time", time=seconds(scene.time_s, language)))
        yield Figure(
            scene.name,
            picture.width_px,
            picture.height_px,
            label(language, "scene.alt", ids=ids),
            " · ".join(parts),
        )


def _reliability(model: dict[str, Any], language: str) -> Iterator[Row]:
    rule = in_language(model["rule"], language)
    if rule:
        yield Row(label(language, "rule"), rule)
    use = " · ".join(_use(model["limits_of_use"], language))
    if use:
        yield Row(label(language, "use"), use)


def _use(limits: dict[str, Any], language: str) -> Iterator[str]:
    for key, value in limits.items():
        name = f"use.{key}"
        if name not in LABELS:
            continue
        if isinstance(value, list):
            low, high = (decimal(v, 2) for v in value)
            yield label(language, name, low=low, high=high)
        else:
            yield label(language, name, value=decimal(value))


def _training(model: dict[str, Any], language: str) -> Table | None:
    if not model["training_data"]:
        return None
    head = ("source", "class", "number", "terms")
    rows = tuple(
        (
            str(source.get("name", "")),
            label_or(language, f"class.{source.get('class')}", str(source.get("class", ""))),
            f"{source['count']:,}" if isinstance(source.get("count"), int) else "",
            str(source.get("terms", "")),
        )
        for source in model["training_data"]
    )
    return Table(
        label(language, "training"),
        tuple(label(language, f"training.{part}") for part in head),
        rows,
    )


def _checks(coverage: dict[str, Any], language: str) -> Table:
    rows = tuple(
        (
            label_or(language, f"check.{check['name']}", check["name"]),
            label(language, f"status.{check['status']}"),
            detail_words(check["detail"], language),
        )
        for check in coverage["checks"]
    )
    head = tuple(label(language, part) for part in ("check", "status", "detail"))
    return Table("", head, rows)


def detail_words(detail: str, language: str) -> str:
    """The detail of a check in words: "3/4 tracks=1 low_quality=2"; what is unknown stays as is."""
    return ", ".join(_token(token, language) for token in TOKEN.findall(detail))


def _token(token: str, language: str) -> str:
    key, equals, value = token.partition("=")
    if not equals and re.fullmatch(r"\d+/\d+", token):
        done, total = token.split("/")
        return label(language, "detail.of", done=done, total=total)
    if f"reason.{key}" in LABELS:
        reason = label(language, f"reason.{key}")
        return label(language, "detail.count", reason=reason, value=value) if equals else reason
    if f"detail.{key}" in LABELS:
        return label(language, f"detail.{key}", value=value)
    return token


def _left_out(coverage: dict[str, Any], language: str) -> Table | None:
    rows = tuple((s["what"], s["reason"], str(s["count"])) for s in coverage["left_out"])
    if not rows:
        return None
    head = tuple(label(language, part) for part in ("left_out", "reason", "count"))
    return Table(label(language, "left_out"), head, rows)


def _coverage(coverage: dict[str, Any], language: str) -> Iterator[Row]:
    count = label(language, "frames.value", count=coverage["frames"])
    yield Row(label(language, "frames"), count)
    if coverage["damaged"]:
        yield Row(label(language, "status.failed"), label(language, "damaged"))


def _record(data: dict[str, Any], language: str) -> Iterator[Row]:
    yield Row(label(language, "versions"), _pairs(data["versions"]))
    settings = {key: data["settings"][key] for key in SHOWN_SETTINGS if key in data["settings"]}
    if settings:
        yield Row(label(language, "settings"), _pairs(settings))
    if data["timings_s"]:
        spent = {name: f"{decimal(value, 3)} s" for name, value in data["timings_s"].items()}
        yield Row(label(language, "timings"), _pairs(spent))


def _pairs(values: dict[str, Any]) -> str:
    shown = (
        f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in values.items()
    )
    return " · ".join(shown)
