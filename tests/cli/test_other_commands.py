"""`models`, `doctor`, `demo` and the main entry."""

from __future__ import annotations

import json
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from unmask.cli import health


@pytest.fixture
def bundles(tmp_path, monkeypatch):
    """A folder with one small bundle named tiny, where UNMASK_BUNDLES_DIR points."""
    from tiny_bundle import build_tiny_bundle

    folder = tmp_path / "bundles"
    folder.mkdir()
    build_tiny_bundle(folder)
    monkeypatch.setenv("UNMASK_BUNDLES_DIR", str(folder))
    monkeypatch.setenv("UNMASK_BUNDLE", "tiny")
    return folder


def test_version(run):
    assert run("--version").out == f"unmask {metadata.version('unmask')}\n"


def test_help_names_every_command_in_both_languages(run):
    out = run("--help").out
    assert all(name in out for name in ("analyze", "demo", "doctor", "models", "rerun"))
    assert "얼굴" in out
    assert run().code == 2


def test_models_list_names_the_bundle_and_its_state(run, bundles):
    ran = run("models", "list", "--json")
    entry = next(entry for entry in ran.json if entry["name"] == "tiny")
    assert entry["state"] == "ok"
    assert re.fullmatch("[0-9a-f]{64}", entry["sha256"])
    assert entry["sha256"][:16] in run("models", "list").out


def test_models_show_has_the_card(run, bundles):
    card = json.loads((bundles / "tiny" / "card.json").read_text())
    assert run("models", "show", "tiny", "--json").json.items() >= card.items()
    korean = run("models", "show", "tiny", "--lang", "ko").out
    assert card["population"]["ko"][:8] in korean
    assert card["population"]["en"] not in korean


def test_models_verify_finds_one_flipped_byte(run, bundles):
    assert run("models", "verify", "tiny").code == 0
    model = bundles / "tiny" / "model.onnx"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(bytes(data))
    ran = run("models", "verify", "tiny")
    assert ran.code == 2
    assert ran.err.startswith("error [bad_bundle]: tiny")
    assert "card and hashes: FAILED" in ran.out
    assert run("models", "list").code == 2
    assert run("doctor").code == 2


def test_an_unknown_bundle_lists_near_names(run, bundles):
    ran = run("models", "show", "tinny")
    assert ran.code == 2
    assert "did you mean tiny" in ran.err


def test_doctor_is_well_here_and_every_other_row_has_a_fix(run, bundles):
    ran = run("doctor", "--json")
    rows = {row["name"]: row for row in ran.json["checks"]}
    assert rows["bundle tiny"]["state"] == "ok"
    assert rows["packages"]["state"] == "ok"
    assert {"video codecs", "HEIC", "AVIF", "PDF", "sandbox: limits"} <= rows.keys()
    assert all(row["fix"] for row in rows.values() if row["state"] != "ok")
    assert ran.json["well"] is True
    assert ran.code == 0
    assert "필요한 항목이 모두 정상입니다." in run("doctor", "--lang", "ko").out


def test_doctor_says_how_to_mend_what_is_missing(run, bundles, monkeypatch):
    monkeypatch.setenv("UNMASK_BUNDLE", "gone")
    wanted = ["nonesuch>=1", 'absent>=2; extra == "train"']
    monkeypatch.setattr(health.metadata, "requires", lambda _: wanted)
    monkeypatch.setattr(health, "REQUIRED_CODECS", frozenset({"h264", "nocodec"}))
    monkeypatch.setattr(health, "CODECS", ("h264", "nocodec"))
    ran = run("doctor", "--json")
    broken = {
        row["name"]: row for row in ran.json["checks"] if row["state"] in {"missing", "broken"}
    }
    assert ran.code == 2
    assert broken.keys() == {"nonesuch", "video codecs", "bundle gone"}
    assert broken["nonesuch"]["fix"] == "pip install 'nonesuch>=1'"
    assert "nocodec" in broken["video codecs"]["fix"]


def test_demo_analyses_every_sample_and_prints_where_reports_are(run, tmp_path, monkeypatch):
    folder = tmp_path / "samples"
    folder.mkdir()
    for name in ("grey_zone.jpg", "manipulated.mp4", "README.md"):
        (folder / name).write_bytes(b"x")
    monkeypatch.setattr(
        "unmask.cli.demo.samples",
        lambda: sorted(folder.glob("*.jpg")) + sorted(folder.glob("*.mp4")),
    )
    ran = run("demo", "--lang", "en", "--format", "json")
    assert ran.code == 0  # inconclusive is an answer too
    assert len(list(Path("demo-reports").glob("*.json"))) == 2
    assert ran.out.count("  demo-reports/") == 2
    shutil.move(folder / "grey_zone.jpg", folder / "corrupt.jpg")
    assert run("demo", "--format", "json").code == 4


def test_demo_without_samples_is_an_error(run, monkeypatch):
    monkeypatch.setattr("unmask.cli.demo.samples", list)
    ran = run("demo")
    assert ran.code == 2
    assert ran.err.startswith("error [not_found]: this installation has no samples")
