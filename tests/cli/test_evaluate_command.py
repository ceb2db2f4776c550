"""`unmask evaluate` and `unmask compare`: files, figures, clear errors."""

from __future__ import annotations

import json
import shutil

import pytest
from drawn_scenes import write_manifest_of_scenes, write_scenes
from tiny_bundle import build_tiny_bundle

pytestmark = pytest.mark.train
KEYS = {
    "auc", "ap", "eer", "accuracy", "precision", "recall", "specificity", "f1", "ece", "brier",
    "tpr_at_fpr_1", "tpr_at_fpr_5", "n", "n_scored", "n_abstained", "faces_lost", "n_unreadable",
    "per_source", "per_family", "confusion", "risk_coverage", "intervals", "bundle", "settings",
    "versions",
}  # fmt: skip
FEW = ("--rounds", "20", "--workers", "1")


@pytest.fixture
def bundle(tmp_path):
    """A bundle that hears red as "swap"."""
    limits = {"sharpness_min": 0.0, "exposure": [0.0, 1.0]}
    return build_tiny_bundle(tmp_path, limits_of_use=limits)


def test_a_folder_becomes_figures_pictures_and_a_page(run, tmp_path, bundle):
    data = write_scenes(tmp_path / "set", 3, 3)
    (data / "real" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    out = tmp_path / "out"
    ran = run("evaluate", bundle, data, "--out", out, *FEW, "--cells", "blur:1")
    assert ran.code == 0
    found = json.loads((out / "metrics.json").read_text("utf-8"))
    assert found.keys() >= KEYS
    assert (found["n"], found["n_scored"], found["n_unreadable"]) == (7, 6, 1)
    assert found["auc"] == 1.0
    assert found["per_source"]["set"]["n_genuine"] == 4
    assert found["settings"]["level"] == "file"
    assert len(found["bundle"]["sha256"]) == 64
    assert found["degradations"]["cells"][0]["kind"] == "blur"
    page = (out / "report.html").read_text("utf-8")
    assert "data:image/png;base64," in page
    assert "http" not in page.replace("http-equiv", "")
    assert {one.stem for one in (out / "pictures").iterdir()} >= {"roc", "pr", "confusion"}
    assert "report.html" in ran.out


@pytest.mark.parametrize(("real", "fake", "given"), [(2, 0, "specificity"), (0, 2, "recall")])
def test_one_class_gives_what_can_be_given(run, tmp_path, bundle, real, fake, given):
    data = write_scenes(tmp_path / "set", real, fake)
    ran = run("evaluate", bundle, data, "--out", tmp_path / "out", *FEW, "--json")
    assert ran.code == 0
    assert (ran.json["n"], ran.json["n_scored"]) == (2, 2)
    assert ran.json["auc"] is ran.json["ap"] is ran.json["ece"] is None
    assert ran.json[given] is not None
    assert "NaN" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("evaluate", "{bundle}", "--out", "o"), "missing argument 'path"),
        (("evaluate", "{bundle}", "nowhere", "--out", "o"), "neither a manifest nor a folder"),
        (("evaluate", "{bundle}", "empty", "--out", "o"), "neither real/ nor fake/"),
        (("evaluate", "{bundle}", "hollow", "--out", "o"), "nothing to evaluate"),
        (("evaluate", "{bundle}", "no.parquet", "--out", "o"), "there is no manifest"),
        (("evaluate", "nobody", "hollow", "--out", "o"), "unknown bundle"),
        (("evaluate", "{bundle}", "hollow", "--out", "o", "--cells", "fog"), "no degradation"),
        (("compare", "{bundle}", "set", "--out", "o"), "at least two bundles and one path"),
        (("compare", "{bundle}", "{bundle}", "--out", "o"), "at least two bundles and one path"),
        (("compare", "{bundle}", "{bundle}", "set", "--out", "o"), "named twice"),
    ],
)
def test_what_cannot_be_evaluated_is_one_clear_line(run, tmp_path, bundle, arguments, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "hollow" / "real").mkdir(parents=True)
    (tmp_path / "set" / "real").mkdir(parents=True)
    (tmp_path / "set" / "real" / "a.jpg").write_bytes(b"x")
    ran = run(*(argument.format(bundle=bundle) for argument in arguments))
    assert ran.code == 2
    assert words in ran.err.lower()
    assert ran.err.count("\n") == 1


def test_a_manifest_is_explained_and_audited_and_a_second_run_scores_nothing(
    run, tmp_path, bundle, monkeypatch
):
    manifest = write_manifest_of_scenes(tmp_path / "data", 4)
    out = tmp_path / "out"
    command = ("evaluate", bundle, manifest, "--out", out, *FEW, "--json")
    first = run(*command, "--explain", "--explain-faces", "2")
    assert first.code == 0
    assert first.json["settings"]["faces"] == "manifest"
    assert first.json["audit"]["shared"] == {"identity": 0, "video": 0, "sha256": None}
    assert first.json["explanation"]["pseudo_fakes"]["n"] == 2
    assert (out / "explanation.md").read_text("utf-8").startswith("## ")
    from unmask.evaluate.chain import Chain

    monkeypatch.setattr(Chain, "score", None)
    second = run(*command, "--no-audit")
    assert second.code == 0
    assert second.json["auc"] == first.json["auc"]
    assert second.json["audit"] is second.json["explanation"] is None


def test_bundles_are_compared_pair_by_pair_and_the_unseen_is_marked(run, tmp_path, bundle):
    manifest = write_manifest_of_scenes(tmp_path / "data", 4)
    card = json.loads((bundle / "card.json").read_text("utf-8"))
    known = [{"name": "fake_drawn", "class": "swap", "count": 9, "terms": "none"}]
    blind = build_tiny_bundle(
        tmp_path,
        "blind",
        weights={"real": (0, 0, 0), "swap": (0, 0, 0), "synthetic": (0, 0, 0)},
        training_data=known,
        limits_of_use=card["limits_of_use"],
    )
    out = tmp_path / "out"
    ran = run("compare", bundle, blind, manifest, "--out", out, *FEW, "--json")
    assert ran.code == 0
    found = ran.json
    assert [one["label"] for one in found["bundles"]] == ["tiny", "blind"]
    overall = next(d for d in found["differences"] if d["source"] == "all")
    assert overall["metric"] == "auc"
    assert overall["difference"] == pytest.approx(0.5)  # right always against guessing
    cells = found["matrix"]["fake_drawn"]
    assert (cells["tiny"]["auc"], cells["blind"]["auc"]) == (1.0, 0.5)
    assert (cells["tiny"]["trained_on"], cells["blind"]["trained_on"]) == ("unseen", "seen")
    left = [row for row in found["left_out"] if row["name"] == "fake_drawn"]
    assert [(row["bundle"], row["unseen"], row["gap"]) for row in left] == [("tiny", 1.0, -0.5)]
    assert "| fake_drawn | 1.000 (unseen) | 0.500 (seen) |" in (out / "comparison.md").read_text()
    assert "<table>" in (out / "comparison.html").read_text("utf-8")


def test_two_bundles_of_one_name_are_told_apart_by_their_hash(run, tmp_path, bundle):
    data = write_scenes(tmp_path / "set", 1, 1)
    other = tmp_path / "elsewhere" / "tiny"
    shutil.copytree(bundle, other)
    text = (other / "card.json").read_text("utf-8").replace('"version": "0.1.0"', '"version": "2"')
    (other / "card.json").write_text(text, "utf-8")
    ran = run("compare", bundle, other, data, "--out", tmp_path / "out", *FEW, "--json")
    labels = [one["label"] for one in ran.json["bundles"]]
    assert len(set(labels)) == 2
    assert all(label.startswith("tiny ") for label in labels)
