"""One person's section: answer, pictures with the test of the map, timeline, moments.

Filled from the JSON data alone; the pictures come by name from `material.py`. The evidence table is
made in `view_evidence.py`, cues and measurements in `view_measured.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from unmask.explain.format import decimal, percent, percent_range, seconds
from unmask.explain.lines import Line
from unmask.explain.words import Register
from unmask.report.document import Answer, ColourScale, Figure, Person, Row, Timeline
from unmask.report.figures import probability
from unmask.report.gauge import draw_gauge, gauge_words
from unmask.report.labels import SYMBOLS, label
from unmask.report.material import BLEND_SCALE, HEAT_SCALE, Material
from unmask.report.timeline import draw_timeline, has_temporal, timeline_words
from unmask.report.view_evidence import evidence_of
from unmask.report.view_measured import measured_of
from unmask.report.wording import words_of
from unmask.types import Finding, MediaKind


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
        interval="" if interval is None else percent_range(interval[0], interval[1], language),
        gauge_svg=draw_gauge(entry, language),
        gauge_alt="" if p is None else gauge_words(entry, language),
    )


def file_answer(data: dict[str, Any], language: str) -> Answer:
    """The answer for the whole file; with several persons it says whose probability this is, and
    for whom each reason holds."""
    faces, p = data["faces"], data["fake_probability"]
    some = data["outcome"] == "inconclusive" and len({face["outcome"] for face in faces}) > 1
    says = label(language, f"says.{data['outcome']}{'.some' if some else ''}")
    answer = answer_of(data, says, language)
    if len(faces) < 2:
        return answer
    highest = [face["id"] for face in faces if p is not None and face["fake_probability"] == p]
    whose = {r: [f["id"] for f in faces if r in f["reasons"]] for r in data["reasons"]}
    told = zip(answer.reasons, whose.values(), strict=True)
    if data["outcome"] == "inconclusive" and p is not None and p <= data["clear_below"]:
        answer = replace(answer, gauge_svg="", gauge_alt="")  # it would point to "no evidence"
    return replace(
        answer,
        probability=_whose(answer.probability, highest[:1], language),
        reasons=tuple(_whose(reason, ids, language) for reason, ids in told),
    )


def _whose(what: str, ids: list[str], language: str) -> str:
    if not ids:
        return what
    key = "whose" if len(ids) == 1 else "whose.several"
    return label(language, key, what=what, ids=", ".join(ids))


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
        note=_note(face, material.data, language),
        rows=tuple(_rows(face, language)),
        evidence=tuple(evidence_of(face, material.data["findings"], language)),
        measured=measured_of(face, material.data["findings"], language),
        timeline=_timeline(entry, material.data, language),
        moments=tuple(_moments(face, material, language)),
    )


def _note(face: dict[str, Any], data: dict[str, Any], language: str) -> str:
    """What the test of the map found, or why there is no map to see; "" without a test."""
    heatmap = face["heatmap"]
    if heatmap is None:
        return label(language, "no_map")
    tested = heatmap["faithfulness"]
    if heatmap["shown"]:
        return "" if tested is None else _tested(face["id"], data, language)
    left = {key: tested["before"] - tested[f"{key}_drop"] for key in ("marked", "random")}
    shares = {**left, "before": tested["before"], "area": tested["area_share"]}
    shown = {key: percent(min(max(p, 0.0), 1.0), language) for key, p in shares.items()}
    stability = decimal(tested["stability"], 2)
    numbers = label(language, "map_test.failed", stability=stability, **shown)
    return f"{label(language, 'map_hidden.' + heatmap['reason'])} {numbers}"


def _tested(person: str, data: dict[str, Any], language: str) -> str:
    """The sentence of the interpretation on the test, whether or not it was told there."""
    kind = "faithfulness"
    found = (f for f in data["findings"] if f["subject"] == person and f["kind"] == kind)
    media = MediaKind(data["input"]["kind"])
    told = (Line(kind, (Finding(**finding),), media) for finding in found)
    return " ".join(words_of(language).say(line, Register.PLAIN) for line in told)


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
            label(language, "scale.high", value=decimal(face["heatmap"]["scale"], 2)),
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
    name = label(language, "quality" if face["time_s"] is None else "quality.clip")
    yield Row(name, quality_line(face["quality"], language))
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


def _timeline(entry: dict[str, Any], data: dict[str, Any], language: str) -> Timeline | None:
    end = data["input"]["duration_s"] or 0.0
    clear = entry["clear_below"]
    svg = draw_timeline(entry, clear, data["coverage"]["cuts_s"], end, language)
    if not svg:
        return None
    legend = label(language, "timeline.legend")
    if has_temporal(entry):
        legend = f"{legend}  {label(language, 'timeline.temporal')}"
    return Timeline(svg, timeline_words(entry, clear, language), legend)


def _moments(face: dict[str, Any], material: Material, language: str) -> Iterator[Figure]:
    """The face where its probability is highest."""
    by_frame = {moment["frame_index"]: moment for moment in face["timeline"]}
    for name, frame_index in material.faces[face["id"]].moments:
        picture, moment = material.pictures[name], by_frame[frame_index]
        time = seconds(moment["time_s"], language)
        value = percent(moment["fake_probability"], language)
        alt = label(language, "moment.alt", id=face["id"], time=time, value=value)
        yield Figure(name, picture.width_px, picture.height_px, alt, f"{time} · {value}")
