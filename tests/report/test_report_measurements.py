"""Tested maps and measurements in the JSON, the pages and their pictures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from builders import build_report
from jsonschema import Draft202012Validator

from unmask.report import WRITERS
from unmask.report.as_json import SCHEMA_VERSION, read_schema, report_to_dict, to_text
from unmask.report.labels import label
from unmask.report.material import gather
from unmask.types import Faithfulness, Measurement, Outcome, Report

PASSED = Faithfulness(0.93, 0.41, 0.9, 0.1, 0.88, 1.7)
FAILED = {
    "drop_like_random": replace(PASSED, marked=0.91, shown=False, reason="drop_like_random"),
    "unstable": replace(PASSED, stability=0.2, shown=False, reason="unstable"),
}
MEASURED = (
    Measurement("noise_ratio", "forensic", "A", 1.2345678, "ratio", (0.5, 1.5), 0.8),
    Measurement("jpeg_grid", "forensic", "A", None, "ratio", None, 0.0, "no_grid"),
    Measurement("gaze", "cue", "A", 0.4, "share"),
)


def report_with(tested: Faithfulness | None) -> Report:
    report = build_report("image", Outcome.MANIPULATED)
    verdict = report.verdicts[0]
    heat_map = replace(verdict.evidence[0].heat_map, faithfulness=tested)
    evidence = (replace(verdict.evidence[0], heat_map=heat_map),)
    verdicts = (replace(verdict, evidence=evidence), *report.verdicts[1:])
    return replace(report, verdicts=verdicts, measurements=MEASURED)


@pytest.mark.parametrize("tested", [None, PASSED, *FAILED.values()])
def test_tested_maps_and_measurements_follow_the_schema(tested):
    data = json.loads(to_text(report_to_dict(report_with(tested))))
    errors = Draft202012Validator(read_schema()).iter_errors(data)
    assert [error.message for error in errors] == []
    assert data["schema_version"] == SCHEMA_VERSION == "1.1"


def test_the_json_holds_the_test_of_the_map():
    heatmap = report_to_dict(report_with(PASSED))["faces"][0]["heatmap"]
    assert heatmap["shown"] is True
    assert heatmap["reason"] == ""
    assert heatmap["faithfulness"] == {
        "marked_drop": 0.52, "random_drop": 0.03, "stability": 0.88, "before": 0.93,
        "area_share": 0.1, "agreement": 1.7,
    }  # fmt: skip
    assert report_to_dict(report_with(None))["faces"][0]["heatmap"]["faithfulness"] is None


def test_the_json_holds_the_forensic_measurements_of_each_person():
    face = report_to_dict(report_with(None))["faces"][0]
    assert face["measurements"] == [
        {
            "name": "noise_ratio", "value": 1.234568, "unit": "ratio", "reference": [0.5, 1.5],
            "reliability": 0.8, "reason": "",
        },
        {
            "name": "jpeg_grid", "value": None, "unit": "ratio", "reference": None,
            "reliability": 0.0, "reason": "no_grid",
        },
    ]  # fmt: skip


@pytest.mark.parametrize("reason", FAILED)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_map_that_failed_is_not_shown_and_the_page_says_why(reason, language):
    material = gather(report_with(FAILED[reason]))
    drawn = material.faces["A"]
    assert drawn.heat is None
    assert drawn.blend in material.pictures  # a head of its own: the test says nothing of it
    assert drawn.crop in material.pictures
    page = WRITERS.get("html")().render(material, language).decode()
    assert label(language, f"map_hidden.{reason}") in page
    assert label(language, "heat_map.alt", id="A") not in page
    assert material.data["faces"][0]["heatmap"]["values"]  # the numbers stay for whoever asks


def test_a_map_that_passed_is_shown_without_a_note():
    material = gather(report_with(PASSED))
    assert material.faces["A"].heat in material.pictures
    page = WRITERS.get("html")().render(material, "en").decode()
    assert not any(label("en", f"map_hidden.{reason}") in page for reason in FAILED)
