"""One person's section: answer, pictures, measurements, evidence table, timeline.

Filled from the JSON data alone; the pictures come by name from `material.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import unmask.explain.english
import unmask.explain.korean  # noqa: F401 (importing a language registers it)
from unmask.explain.format import decimal, percent, percent_range, seconds
from unmask.explain.words import WORDS
from unmask.report.document import Answer, ColourScale, Figure, Person, Row, Table, Timeline
from unmask.report.figures import probability
from unmask.report.gauge import draw_gauge, gauge_words
from unmask.report.labels import SYMBOLS, label, label_or
from unmask.report.material import BLEND_SCALE, HEAT_SCALE, Material
from unmask.report.timeline import draw_timeline, timeline_words

MOMENTS_MAX = 3  # rows of the table of moments


def answer_of(entry: dict[str, Any], says: str, language: str) -> Answer:
    """The answer of a person or of the whole file (`entry` with its `clear_below`)."""
    outcome, p = entry["outcome"], entry["fake_probability"]
    interval, none = entry["interval"], label(language, "no_probability")
    number = none
    if p is not None:
        number = probability(p, entry["threshold"], entry["clear_below"], language)
    return Answer(
        outcome=outcome,
        symbol=SYMBOLS[outcome],
        label=label(language, f"outcome.{outcome}"),
        says=says,
        reasons=tuple(label(language, f"reason.{reason}") for reason in entry["reasons"]),
        probability=number,
        interval="" if interval is None else _range(interval, language),
        gauge_svg=draw_gauge(entry, language),
        gauge_alt="" if p is None else gauge_words(entry, language),
    )


def _range(bounds: list[float], language: str) -> str:
    return percent_range(bounds[0], bounds[1], language)


def person_of(face: dict[str, Any], material: Material, language: str) -> Person:
    """The section of the person `face`, an entry of the JSON's `faces`."""
    entry = {**face, "clear_below": material.data["clear_below"]}
    answer = answer_of(entry, "", language)
    if len(material.data["faces"]) == 1:  # the file's gauge shows the same
        answer = replace(answer, gauge_svg="", gauge_alt="")
    return Person(
        id=face["id"],
        heading=label(language, "person", id=face["id"]),
        answer=answer,
        figures=tuple(_figures(face, material, language)),
        note="" if face["heat_map"] else label(language, "no_map"),
        rows=tuple(_rows(face, language)),
        evidence=tuple(_evidence(face, material.data["findings"], language)),
        timeline=_timeline(entry, material.data, language),
    )


def _figures(face: dict[str, Any], material: Material, language: str) -> Iterator[Figure]:
    names = material.faces[face["id"]]
    for key, name in (("crop", names.crop), ("heat_map", names.heat), ("blend_map", names.blend)):
        if name is None:
            continue
        picture = material.pictures[name]
        yield Figure(
            name,
            picture.width_px,
            picture.height_px,
            label(language, f"{key}.alt", id=face["id"]),
            label(language, key),
            _scale(key, face, language),
        )


def _scale(key: str, face: dict[str, Any], language: str) -> ColourScale | None:
    if key == "heat_map":
        return ColourScale(
            HEAT_SCALE,
            label(language, "scale.alt"),
            label(language, "scale.low"),
            label(language, "scale.high", value=decimal(face["heat_map"]["scale"], 2)),
            label(language, "scale.caption"),
        )
    if key == "blend_map":
        words = (label(language, f"blend.{part}") for part in ("alt", "low", "high", "caption"))
        return ColourScale(BLEND_SCALE, *words)
    return None


def _rows(face: dict[str, Any], language: str) -> Iterator[Row]:
    if face["time_s"] is not None:
        yield Row(label(language, "moment"), seconds(face["time_s"], language))
        seen = face["seen"]
        yield Row(
            label(language, "seen"),
            label(
                language,
                "seen.value",
                first=seconds(seen["first_s"], language),
                last=seconds(seen["last_s"], language),
                count=seen["count"],
            ),
        )
    corners = dict(zip(("x1", "y1", "x2", "y2"), map(decimal, face["box_xyxy"]), strict=True))
    yield Row(label(language, "box"), label(language, "box.value", **corners))
    yield Row(label(language, "quality"), quality_line(face["quality"], language))
    if face["head_pose_deg"] is not None:
        angles = dict(
            zip(("yaw", "pitch", "roll"), map(decimal, face["head_pose_deg"]), strict=True)
        )
        yield Row(label(language, "pose"), label(language, "pose.value", **angles))


def quality_line(quality: dict[str, float] | None, language: str) -> str:
    """Size, sharpness, exposure, contrast and compression of a face in one line."""
    if quality is None:
        return label(language, "quality.none")
    shown = {
        "width": decimal(quality["width_px"], 0),
        "sharpness": decimal(quality["sharpness"], 1),
        "exposure": decimal(quality["exposure"], 2),
        "contrast": decimal(quality["contrast"], 2),
        "blockiness": decimal(quality["blockiness"], 2),
    }
    return " · ".join(label(language, f"quality.{key}", value=v) for key, v in shown.items())


def _evidence(
    face: dict[str, Any], findings: list[dict[str, Any]], language: str
) -> Iterator[Table]:
    head = tuple(label(language, f"evidence.{part}") for part in ("what", "value", "reference"))
    findings = [finding for finding in findings if finding["subject"] == face["id"]]
    groups = {
        "classes": _classes(face, language),
        "maps": _maps(findings, language),
        "regions": _regions(findings, language),
        "moments": _moments(face, language),
        "detectors": _detectors(face, language),
    }
    for name, rows in groups.items():
        if rows:
            yield Table(label(language, f"evidence.{name}"), head, tuple(rows))


def _classes(face: dict[str, Any], language: str) -> list[tuple[str, ...]]:
    return [
        (label_or(language, f"class.{name}", name), percent(p, language), "")
        for name, p in face["class_probabilities"].items()
    ]


def _regions(findings: list[dict[str, Any]], language: str) -> list[tuple[str, ...]]:
    """Regions that stand out, with the usual share on genuine faces or their share of the area."""
    rows: list[tuple[str, ...]] = []
    for finding in findings:
        if finding["kind"] != "region":
            continue
        usual, detail = finding["reference"], finding["detail"]
        if usual is None:
            area = percent(detail["area_share"], language)
            reference = label(language, "evidence.area", value=area)
        else:
            reference = label(language, "evidence.usual", value=_range(usual, language))
        name = WORDS.get(language).regions[detail["region"]]
        rows.append((name, percent(finding["value"], language), reference))
    return rows


def _maps(findings: list[dict[str, Any]], language: str) -> list[tuple[str, ...]]:
    """How hot the heat map gets, and how much of the crop the blend map marks."""
    rows: list[tuple[str, ...]] = []
    for finding in findings:
        if finding["kind"] == "heat":
            low, high = (decimal(v, 2) for v in finding["reference"])
            reference = label(language, "evidence.empty", low=low, high=high)
            name = label(language, "evidence.heat")
            rows.append((name, decimal(finding["value"], 2), reference))
        if finding["kind"] == "blend":
            name = label(language, "evidence.blend")
            rows.append((name, percent(finding["value"], language), ""))
    return rows


def _moments(face: dict[str, Any], language: str) -> list[tuple[str, ...]]:
    scored = [m for m in face["timeline"] if m["fake_probability"] is not None]
    if face["fake_probability"] is None:
        return []
    top = sorted(scored, key=lambda m: (-m["fake_probability"], m["time_s"]))[:MOMENTS_MAX]
    return [
        (seconds(m["time_s"], language), percent(m["fake_probability"], language), "") for m in top
    ]


def _detectors(face: dict[str, Any], language: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for evidence in face["evidence"]:
        name = label_or(language, f"check.{evidence['detector']}", evidence["detector"])
        if evidence["score"] is None:
            reason = label(language, f"reason.{evidence['reason']}")
            value = label(language, "evidence.abstained", reason=reason)
        else:
            value = percent(evidence["score"], language)
        fit = decimal(evidence["reliability"], 2)
        rows.append((name, value, label(language, "reliability.value", value=fit)))
    return rows


def _timeline(entry: dict[str, Any], data: dict[str, Any], language: str) -> Timeline | None:
    end = data["input"]["duration_s"] or 0.0
    clear = entry["clear_below"]
    svg = draw_timeline(entry, clear, data["coverage"]["cuts_s"], end, language)
    if not svg:
        return None
    return Timeline(svg, timeline_words(entry, clear, language), label(language, "timeline.legend"))
