"""The report in the words of one language: `Material` -> `Document`.

HTML and PDF are laid out from the `Document`; nothing in it comes from anywhere but the JSON data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unmask.explain.format import check_language, decimal, seconds, threshold_percent
from unmask.report.codes import format_name, terms_words
from unmask.report.document import Document, Figure, Passage, Row, Table
from unmask.report.figures import date_and_time, size_of
from unmask.report.labels import LABELS, label, label_or
from unmask.report.material import Material
from unmask.report.view_file import (
    next_steps_of,
    origin_of,
    passages_of,
    profile_row,
    robustness_of,
)
from unmask.report.view_person import file_answer, person_of
from unmask.report.view_record import checks_of, coverage_of, left_out_of, record_of


def view(material: Material, language: str) -> Document:
    """The document of a report; UsageError where the language is not "ko" or "en"."""
    check_language(language)
    data = material.data
    missing = label(language, "missing")
    limits = tuple(data["limits"].get(language, ()))
    unsaid = (Passage("", (Row("", missing),)),)
    return Document(
        language=language,
        name=data["input"]["name"],
        short_sha256=data["input"]["sha256"][:12],
        created=date_and_time(data["created"]),
        answer=file_answer(data, language),
        overview=tuple(_overview(data, language)),
        scenes=tuple(_scenes(material, language)),
        scenes_note=_not_shown(material, language),
        persons=tuple(person_of(face, material, language) for face in data["faces"]),
        interpretation=passages_of(data, language) or unsaid,
        reliability=tuple(_reliability(data["model"], language)),
        limits=limits,
        limits_note=label(language, "limits.auc") if any("AUC" in one for one in limits) else "",
        training=_training(data["model"], language),
        conclusion=data["conclusion"].get(language, missing),
        action=data["action"].get(language, missing),
        next_steps=next_steps_of(data, language),
        robustness=robustness_of(data, language),
        origin=origin_of(data, language),
        disclaimer=data["disclaimer"].get(language, missing),
        checks=checks_of(data["coverage"], language),
        left_out=left_out_of(data["coverage"], language),
        coverage=tuple(coverage_of(data["coverage"], language)),
        record=tuple(record_of(data, language)),
        steps=tuple(data["steps"]),
        words={key: label(language, key) for key in LABELS},
    )


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
    yield from profile_row(data, language)


def _kind(media: dict[str, Any], language: str) -> Iterator[str]:
    kind = label(language, f"kind.{media['kind']}")
    yield label(language, "kind.format", kind=kind, format=format_name(media["format"]))
    yield f"{media['width']} × {media['height']} px"
    yield size_of(media["bytes"], language)
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


def _not_shown(material: Material, language: str) -> str:
    """Who appears in no picture, because only so many are shown; "" where everybody does."""
    shown = {name for scene in material.scenes for name in scene.ids}
    ids = [face["id"] for face in material.data["faces"] if face["id"] not in shown]
    if not ids or not material.scenes:
        return ""
    key = "scene.person_elsewhere" if len(ids) == 1 else "scene.people_elsewhere"
    return label(language, key, ids=", ".join(ids))


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
            terms_words(str(source.get("terms", "")), language),
        )
        for source in model["training_data"]
    )
    return Table(
        label(language, "training"),
        tuple(label(language, f"training.{part}") for part in head),
        rows,
    )
