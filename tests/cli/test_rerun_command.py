"""`unmask rerun`: reproduced, or what differs and in which order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def report(run, files) -> Path:
    """A report on disk of manipulated.jpg in the current folder."""
    files("manipulated.jpg")
    assert run("analyze", "--format", "json", "manipulated.jpg").code == 0
    return next(Path("unmask-reports").glob("*.json"))


def change(path: Path, **changes: object) -> None:
    """Set dotted keys (with __ for dots) of a report on disk."""
    data = json.loads(path.read_text())
    for key, value in changes.items():
        *parents, last = key.split("__")
        place = data
        for parent in parents:
            place = place[parent]
        place[last] = value
    path.write_text(json.dumps(data))


def test_the_same_file_gives_the_same_numbers(run, report):
    ran = run("rerun", "--lang", "en", report)
    assert ran.code == 0
    assert ran.out == "The same file, the same model, the same numbers: the report is reproduced.\n"


def test_time_timings_and_path_are_not_compared(run, report):
    change(report, created="1999-01-01T00:00:00+00:00", timings_s={}, input__name="x.jpg")
    assert run("rerun", report).code == 0


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"fake_probability": 0.5}, "fake_probability"),
        ({"model__sha256": "0" * 64, "fake_probability": 0.5}, "model.sha256"),
        ({"versions__numpy": "1.0", "fake_probability": 0.5}, "versions.numpy"),
        ({"outcome": "no_evidence"}, "outcome"),
    ],
)
def test_what_differs_is_named_causes_first(run, report, changes, first):
    change(report, **changes)
    ran = run("rerun", "--json", report)
    assert ran.code == 3
    assert ran.json["reproduced"] is False
    assert ran.json["differences"][0]["where"] == first
    assert len(ran.json["differences"]) == len(changes)


def test_numbers_of_another_file_are_not_compared(run, report):
    change(report, input__sha256="1" * 64, fake_probability=0.1)
    ran = run("rerun", "--json", report)
    assert [one["where"] for one in ran.json["differences"]] == ["input.sha256"]


def test_the_table_names_both_values_in_the_readers_language(run, report):
    change(report, fake_probability=0.125)
    ran = run("rerun", "--lang", "ko", report)
    assert "재현되지 않았습니다" in ran.out
    assert "0.125" in ran.out
    assert "0.968" in ran.out


def test_settings_of_the_report_are_used(run, report, fakes):
    change(report, settings__frames=9, settings__bundle="other")
    run("rerun", report)
    assert (fakes[-1].settings.frames, fakes[-1].settings.bundle) == (9, "other")
    run("rerun", "--bundle", "mine", report)
    assert fakes[-1].settings.bundle == "mine"


def test_a_moved_file_is_asked_for_and_found(run, report):
    Path("manipulated.jpg").rename("manipulated-moved.jpg")
    ran = run("rerun", report)
    assert ran.code == 2
    assert "say where it is with --file" in ran.err
    assert run("rerun", "--file", "manipulated-moved.jpg", report).code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("{}", "is no report"),
        ("[1, 2]", "is no report"),
        ('{"input": {"path": "x"}, "error": {"kind": "corrupt"}}', "tells of an error"),
        ('{"input": {}}', "is not where the report says"),
        ('{"input": {"path": "\\u001b[31m"}}', "is not where the report says"),
        (
            '{"input": {"path": "a\\ufffd.jpg"}}',
            "say where it is with --file (its name holds bytes",
        ),
    ],
)
def test_what_is_no_report_is_refused(run, tmp_path, text, message):
    (tmp_path / "r.json").write_text(text)
    ran = run("rerun", "r.json")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "\x1b" not in ran.err


def test_what_a_language_model_wrote_is_not_compared_and_no_model_is_asked(run, report, fakes):
    change(
        report,
        settings__llm="openai:some-model",
        interpretation__narrator="openai:some-model",
        interpretation__en="Other words for the same.",
    )
    ran = run("rerun", "--json", report)
    assert (ran.code, ran.json["differences"]) == (0, [])
    assert fakes[-1].settings.llm == "template"
