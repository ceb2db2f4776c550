"""The JSON of a report: the published schema, the fields of the contract, rounding, no NaN."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from unmask.errors import ErrorKind, InternalError, RefusedError
from unmask.report import error_to_dict, read_schema, report_to_dict, to_text
from unmask.report.rounding import rounded
from unmask.types import Measurement, Outcome, Reason

FIELDS = {"input", "outcome", "reasons", "fake_probability", "threshold", "faces", "interpretation",
          "limits", "coverage", "model", "versions"}  # fmt: skip
FACE_FIELDS = {"id", "box_xyxy", "time_s", "outcome", "fake_probability", "class_probabilities",
               "reasons", "timeline"}  # fmt: skip


@pytest.fixture(scope="module")
def validator():
    schema = read_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_report_follows_the_schema(case, report_of, validator):
    data = json.loads(to_text(report_to_dict(report_of(*case))))
    assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_follows_the_schema(reason, report_of, validator):
    people = 0 if reason is Reason.NO_FACE else 1
    data = report_to_dict(report_of("image", Outcome.INCONCLUSIVE, people, reason=reason))
    assert data["reasons"] == [str(reason)]
    assert [error.message for error in validator.iter_errors(data)] == []


def test_the_fields_of_the_contract_are_there(case, report_of):
    data = report_to_dict(report_of(*case))
    assert set(data) >= FIELDS
    assert set(data["input"]) >= {"path", "sha256", "kind", "width", "height"}
    assert set(data["model"]) >= {"name", "population", "sha256"}
    assert set(data["interpretation"]) >= {"ko", "en", "narrator"}
    assert len(data["faces"]) == case[2]
    assert all(set(face) >= FACE_FIELDS for face in data["faces"])


def test_a_picture_has_no_times_and_a_clip_has_its_telling_moment(report_of):
    (face,) = report_to_dict(report_of("image"))["faces"]
    assert face["time_s"] is None
    assert face["timeline"] == []
    (face,) = report_to_dict(report_of("video"))["faces"]
    best = max(face["timeline"], key=lambda moment: moment["fake_probability"])
    assert face["time_s"] == best["time_s"]
    assert len(face["timeline"]) == 32


def test_a_person_without_a_probability_shows_no_class_and_no_map(report_of):
    report = report_of("image", Outcome.INCONCLUSIVE, 1, reason=Reason.OUT_OF_RANGE)
    (face,) = report_to_dict(report)["faces"]
    assert face["fake_probability"] is None
    assert face["class_probabilities"] == {}
    assert face["heatmap"] is None


def test_an_error_is_an_entry_of_the_schema(validator):
    error = RefusedError(ErrorKind.CORRUPT, "the file ends early", "get the original file")
    data = error_to_dict("folder/broken.jpg", error)
    assert data["input"] == {"path": "folder/broken.jpg", "name": "broken.jpg"}
    assert data["error"]["kind"] == "corrupt"
    assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "genuine"),
        ("fake_probability", 1.5),
        ("fake_probability", None),  # a probability stands with every outcome but inconclusive
        ("reasons", ["grey_zone"]),  # reasons stand with "inconclusive" alone
        ("surprise", 1),
    ],
)
def test_the_schema_refuses_what_the_report_must_not_say(field, value, report_of, validator):
    data = report_to_dict(report_of()) | {field: value}
    assert list(validator.iter_errors(data))


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0.12345678, 6, 0.123457),
        (-1e-9, 6, 0.0),
        (np.float32(0.5), 4, 0.5),
        (np.array([[1.25, 2.0]], np.float32), 1, [[1.2, 2.0]]),
        ((1, None, "x", True), 2, [1, None, "x", True]),
        ({"a": {"b": np.int64(3)}}, 2, {"a": {"b": 3}}),
        (Outcome.MANIPULATED, 2, "manipulated"),
    ],
)
def test_rounding(value, digits, expected):
    assert json.dumps(rounded(value, digits)) == json.dumps(expected)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.float32("nan"), object()])
def test_what_json_cannot_hold_is_our_bug_and_not_a_hole(bad, report_of):
    finding = replace(report_of().findings[0], detail={"deep": [bad]})
    with pytest.raises(InternalError):
        report_to_dict(replace(report_of(), findings=(finding,)))


@pytest.mark.parametrize(
    ("exact", "outcome"),
    [
        (0.9 - 1e-9, Outcome.INCONCLUSIVE),
        (0.9, Outcome.MANIPULATED),
        (0.3 + 1e-9, Outcome.INCONCLUSIVE),
        (0.3, Outcome.NO_EVIDENCE),
    ],
)
def test_rounding_never_crosses_a_threshold(exact, outcome, report_of):
    report = report_of("image", outcome, 1)
    *persons, last = report.verdicts
    data = report_to_dict(
        replace(report, verdicts=(*persons, replace(last, fake_probability=exact)))
    )
    p = data["fake_probability"]
    assert (p >= data["threshold"]) == (outcome is Outcome.MANIPULATED)
    assert (p <= data["clear_below"]) == (outcome is Outcome.NO_EVIDENCE)
    assert abs(p - exact) < 2e-6


def test_a_language_that_was_not_asked_for_is_null(report_of, validator):
    report = report_of()
    data = report_to_dict(replace(report, narratives={"ko": report.narratives["ko"]}))
    assert data["interpretation"]["en"] is None
    assert data["interpretation"]["ko"]
    assert set(data["limits"]) == {"ko"}
    assert list(validator.iter_errors(data)) == []


def test_the_cues_of_a_person_stand_with_unit_and_reason(report_of, validator):
    report = report_of("video", people=2)
    cues = (
        Measurement("gaze", "cue", "A", 12.34567, "degrees", (0.0, 9.0), 0.8),
        Measurement("face_body", "cue", "A", None, "z", None, 0.0, "no_shoulders"),
        Measurement("gaze", "cue", "B", 1.0, "degrees"),
    )
    data = report_to_dict(replace(report, measurements=cues))
    first, second = data["faces"][0]["cues"]
    assert first == {
        "cue": "gaze",
        "value": 12.34567,
        "unit": "degrees",
        "reference": [0.0, 9.0],
        "reliability": 0.8,
        "reason": "",
    }
    assert (second["cue"], second["value"], second["reason"]) == ("face_body", None, "no_shoulders")
    assert [one["value"] for one in data["faces"][1]["cues"]] == [1.0]
    assert list(validator.iter_errors(data)) == []
