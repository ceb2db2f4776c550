"""The report as plain JSON data; its numbers are rounded here and never again.

    Report -> [here] -> dict -> report.json
                          '---> the words and tables of HTML and PDF (`view.py`)

HTML and PDF are built from this dictionary, so every number a reader sees in them stands in the
JSON. Its form is `schema/report-1.json` (JSON Schema, draft 2020-12); `SCHEMA_VERSION` is raised
with every change that a reader of old reports would notice. No NaN and no infinity can occur:
`rounding.py` raises InternalError before one is written.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import PurePath
from typing import Any

from unmask.errors import UnmaskError
from unmask.explain.narrate import narrators_of
from unmask.media.text import clean_name
from unmask.report.json_aside import (
    about_file_section,
    profile_section,
    provenance_section,
    robustness_section,
    sentence_section,
)
from unmask.report.json_face import cues_section, heatmap_section, measurements_section
from unmask.report.json_timeline import timeline_section
from unmask.report.rounding import (
    DEGREES,
    MEASURE,
    PIXELS,
    PROBABILITY,
    SECONDS,
    rounded,
    rounded_probability,
)
from unmask.report.subjects import Subject, subjects_of
from unmask.types import Evidence, Face, Finding, Narrative, Report

SCHEMA_VERSION = "1.1"


def report_to_dict(report: Report) -> dict[str, Any]:
    """The report as JSON data of `schema/report-1.json`. InternalError where a number is NaN."""
    verdict = report.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "created": report.created.isoformat(),
        "input": _input(report),
        "outcome": str(verdict.outcome),
        "reasons": [str(reason) for reason in verdict.reasons],
        "fake_probability": rounded_probability(verdict),
        "interval": rounded(verdict.interval, PROBABILITY),
        "threshold": rounded(verdict.threshold, PROBABILITY),
        "clear_below": rounded(verdict.clear_below, PROBABILITY),
        "faces": [_face(subject, report) for subject in subjects_of(report)],
        "interpretation": _interpretation(report.narratives),
        "limits": _by_language(report.narratives, "limits"),
        "conclusion": _by_language(report.narratives, "conclusion"),
        "action": _by_language(report.narratives, "action"),
        "disclaimer": _by_language(report.narratives, "disclaimer"),
        "findings": [_finding(finding) for finding in report.findings],
        "about_file": about_file_section(report),
        "provenance": provenance_section(report),
        "robustness": robustness_section(report),
        "robustness_held": report.robustness_held,
        "profile": profile_section(report),
        "coverage": _coverage(report),
        "model": _model(report),
        "versions": dict(sorted(report.versions.items())),
        "steps": list(report.steps),
        "settings": rounded(report.settings, PROBABILITY),
        "timings_s": rounded(report.timings_s, SECONDS),
    }


def error_to_dict(path_shown: str, error: UnmaskError) -> dict[str, Any]:
    """The entry of a file that could not be analysed: its path and what to do next."""
    return {
        "schema_version": SCHEMA_VERSION,
        "input": {"path": path_shown, "name": _name(path_shown)},
        "error": error.as_dict(),
    }


def to_text(data: Any) -> str:
    """JSON text of a report or a list of them: UTF-8 letters as they are, ends with a newline."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read_schema() -> dict[str, Any]:
    """The published JSON Schema of one entry."""
    text = resources.files("unmask.report").joinpath("schema/report-1.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _name(path_shown: str) -> str:
    return clean_name(PurePath(path_shown).name or path_shown)


def _input(report: Report) -> dict[str, Any]:
    media = report.media
    return {
        "path": report.path_shown,
        "name": _name(report.path_shown),
        "sha256": media.sha256,
        "kind": str(media.kind),
        "format": media.format,
        "width": media.width_px,
        "height": media.height_px,
        "bytes": media.bytes,
        "duration_s": rounded(media.duration_s, SECONDS),
        "fps": None if media.fps is None else rounded(float(media.fps), SECONDS),
    }


def _face(subject: Subject, report: Report) -> dict[str, Any]:
    verdict, face = subject.verdict, subject.face
    is_clip = subject.is_clip
    return {
        "id": subject.id,
        "box_xyxy": rounded(face.box_xyxy, PIXELS),
        "time_s": rounded(face.time_s, SECONDS) if is_clip else None,
        "frame_index": face.frame_index,
        "outcome": str(verdict.outcome),
        "reasons": [str(reason) for reason in verdict.reasons],
        "fake_probability": rounded_probability(verdict),
        "interval": rounded(verdict.interval, PROBABILITY),
        "threshold": rounded(verdict.threshold, PROBABILITY),
        "class_probabilities": rounded(_classes(subject), PROBABILITY),
        "timeline": timeline_section(subject) if is_clip else [],
        "heatmap": heatmap_section(subject.heat_map),
        "measurements": measurements_section(report, subject.id, "forensic"),
        "cues": cues_section(report, subject.id),
        "quality": _quality(face),
        "detector_score": rounded(face.score, MEASURE),
        "head_pose_deg": rounded(face.head_pose_deg, DEGREES),
        "seen": _seen(subject),
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
    }


def _classes(subject: Subject) -> dict[str, float]:
    if subject.main is None or subject.verdict.fake_probability is None:
        return {}
    return subject.main.class_probabilities


def _seen(subject: Subject) -> dict[str, Any]:
    faces = subject.track.faces
    times = [face.time_s for face in faces]
    return {
        "count": len(faces),
        "first_s": rounded(min(times), SECONDS) if subject.is_clip else None,
        "last_s": rounded(max(times), SECONDS) if subject.is_clip else None,
    }


def _quality(face: Face) -> dict[str, Any] | None:
    quality = face.quality
    if quality is None:
        return None
    return {
        "width_px": rounded(quality.width_px, MEASURE),
        "sharpness": rounded(quality.sharpness, MEASURE),
        "exposure": rounded(quality.exposure, MEASURE),
        "contrast": rounded(quality.contrast, MEASURE),
        "blockiness": rounded(quality.blockiness, MEASURE),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "detector": evidence.detector,
        "cue": evidence.cue,
        "score": rounded(evidence.score, PROBABILITY),
        "reason": None if evidence.reason is None else str(evidence.reason),
        "reliability": rounded(evidence.reliability, MEASURE),
        "interval": rounded(evidence.interval, PROBABILITY),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "subject": finding.subject,
        "kind": finding.kind,
        "value": rounded(finding.value, PROBABILITY),
        "unit": finding.unit,
        "reference": rounded(finding.reference, PROBABILITY),
        "direction": finding.direction,
        "strength": rounded(finding.strength, MEASURE),
        "detail": rounded(finding.detail, PROBABILITY),
    }


def _interpretation(narratives: dict[str, Narrative]) -> dict[str, Any]:
    written = {code: narratives.get(code) for code in ("ko", "en")}
    by_code: dict[str, Any] = {
        code: None if words is None else " ".join(s.text for s in words.interpretation)
        for code, words in written.items()
    }
    by_code["narrator"] = narrators_of(narratives)
    for part, name in (("interpretation", "sentences"), ("next_steps", "next_steps")):
        by_code[name] = {
            code: [sentence_section(sentence) for sentence in getattr(words, part)]
            for code, words in written.items()
            if words is not None
        }
    return by_code


def _by_language(narratives: dict[str, Narrative], part: str) -> dict[str, Any]:
    return {
        code: rounded(getattr(narratives[code], part), MEASURE)
        for code in ("ko", "en")
        if code in narratives
    }


def _coverage(report: Report) -> dict[str, Any]:
    observation = report.observation
    return {
        "checks": [
            {"name": check.name, "status": str(check.status), "detail": check.detail}
            for check in report.coverage
        ],
        "left_out": [
            {"what": skipped.what, "reason": skipped.reason, "count": skipped.count}
            for skipped in observation.skipped
        ],
        "frames": len(observation.frames),
        "damaged": observation.damaged,
        "cuts_s": rounded(observation.cuts_s, SECONDS),
    }


def _model(report: Report) -> dict[str, Any]:
    card = report.card
    return {
        "name": card["name"],
        "version": card.get("version", ""),
        "sha256": report.bundle_sha256,
        "population": card["population"],
        "architecture": card.get("architecture", ""),
        "classes": list(card.get("classes", [])),
        "rule": card.get("verdict", {}).get("rule", {}),
        "training_data": rounded(card.get("training_data", []), MEASURE),
        "metrics": rounded(card.get("metrics", {}), PROBABILITY),
        "limits": card.get("limits", []),
        "limits_of_use": rounded(card.get("limits_of_use", {}), MEASURE),
        "licence": card.get("licence", ""),
        "created": card.get("created", ""),
    }
