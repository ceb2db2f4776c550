"""One person's evidence table: classes, maps, regions, scores of the detectors.

JSON data -> `Table`s of a `Person`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unmask.explain.format import decimal, percent, percent_range
from unmask.report.document import Table
from unmask.report.labels import label, label_or
from unmask.report.wording import words_of


def evidence_of(
    face: dict[str, Any], findings: list[dict[str, Any]], language: str
) -> Iterator[Table]:
    """The groups of a person's evidence, those that have rows, all under one head."""
    head = tuple(label(language, f"evidence.{part}") for part in ("what", "value", "reference"))
    findings = [finding for finding in findings if finding["subject"] == face["id"]]
    groups = {
        "classes": _classes(face, language),
        "maps": _maps(findings, language),
        "regions": _regions(findings, language),
        "detectors": _detectors(face, language),
    }
    for name, rows in groups.items():
        if rows:
            yield Table(label(language, f"evidence.{name}"), head, tuple(rows))


def _classes(face: dict[str, Any], language: str) -> list[tuple[str, ...]]:
    shares = face["class_probabilities"]
    parted = "swap_alone" if "edit" in shares else "swap"
    return [
        (
            label_or(language, f"class.{parted if name == 'swap' else name}", name),
            percent(p, language),
            "",
        )
        for name, p in shares.items()
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
            reference = label(
                language, "evidence.usual", value=percent_range(usual[0], usual[1], language)
            )
        name = words_of(language).regions[detail["region"]]
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
