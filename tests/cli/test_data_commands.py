"""`unmask data split`, `audit` and `eda` on drawn data with planted leaks and shortcuts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from planted_data import planted_manifest

from unmask.data.manifest import read_manifest, write_manifest

pytestmark = pytest.mark.train

RUN = """
architecture = "own-cnn"
manifest = "planted.parquet"
seed = 5

[[stages]]
size_px = 64
draws = 320
lr = 1e-3

[recipe]
margin = [1.0, 1.1]
native_px = [{native}]
degrade = {degrade}

[[recipe.entries]]
source = "set"
klass = "real"
weight = 1

[[recipe.entries]]
source = "set"
klass = "swap"
weight = 1
"""


def darker_fakes(image: np.ndarray, _: int, fake: bool) -> np.ndarray:
    return cv2.convertScaleAbs(image, alpha=0.5 if fake else 1.0)


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    return planted_manifest(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def dark(tmp_path_factory) -> Path:
    """Fakes are darker."""
    return planted_manifest(tmp_path_factory.mktemp("dark"), change=darker_fakes)


@pytest.fixture
def audited(run, tmp_path):
    """Audit a manifest; gives what ran and the JSON."""

    def audit(manifest: Path, *options: str | Path):
        out = tmp_path / "audit"
        ran = run("data", "audit", manifest, "--out", out, "--rounds", "60", "--workers", "1",
                  *options)  # fmt: skip
        return ran, json.loads((out / "audit.json").read_text("utf-8"))

    return audit


def overall(section: dict) -> dict[str, dict]:
    return {one["name"]: one for one in section["results"] if one["scope"] == "all"}


def self_contained(page: str) -> bool:
    """No script, nothing that is fetched, a policy that forbids both."""
    assert "Content-Security-Policy" in page
    sources = re.findall(r'src="([^"]{0,30})', page)
    return "<script" not in page and all(one.startswith("data:image/") for one in sources)


def test_a_clean_set_passes_the_audit(audited, clean, tmp_path):
    ran, found = audited(clean)
    assert ran.code == 0, ran.err
    assert "No person, no video and no picture lies in two splits." in ran.out
    assert "In the files, no property alone certainly exceeds" in ran.out
    assert found["shortcuts"]["dangerous"] == []
    assert found["draws"] is None
    page = (tmp_path / "audit" / "audit.html").read_text("utf-8")
    assert self_contained(page)
    assert '<html lang="en"' in page


def test_a_leak_ends_with_3_and_is_named(audited, clean, tmp_path):
    table = read_manifest(clean)
    row = {**table.iloc[0].to_dict(), "split": "test"}
    leaky = tmp_path / "leaky.parquet"
    write_manifest(pd.concat([table, pd.DataFrame([row])], ignore_index=True), leaky)
    ran, found = audited(leaky, "--lang", "ko")
    assert ran.code == 3
    counts = {leak["kind"]: leak["count"] for leak in found["leaks"]}
    near = counts.pop("near")  # drawn people are look-alikes at times
    assert counts == {"identity": 1, "video": 1, "file": 1, "pixels": 1}
    assert near >= 1
    assert "둘 이상의 분할에 걸친 인물이 1명 있습니다" in ran.out
    page = (tmp_path / "audit" / "audit.html").read_text("utf-8")
    assert "person 0" in page
    assert page.count("image/jpeg") == 2 * near
    audited(leaky, "--no-pictures")
    assert "image/jpeg" not in (tmp_path / "audit" / "audit.html").read_text("utf-8")


def test_a_planted_shortcut_is_called_dangerous_in_files_and_draws(audited, dark, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text(RUN.format(native="60.0, 64.0", degrade=0.0))
    ran, found = audited(dark, "--config", config, "--draws", "120")
    assert ran.code == 0, ran.err
    for section in (found["shortcuts"], found["draws"]):
        assert overall(section)["brightness"]["danger"] == "dangerous"
        assert overall(section)["brightness"]["auc"] > 0.9
        assert ["set", "brightness"] in section["dangerous"]
    assert (found["draws"]["size_px"], found["draws"]["n"]) == (64, 120)
    assert "Dangerous in the training draws: " in ran.out
    assert "run.toml" in (tmp_path / "audit" / "audit.html").read_text("utf-8")


def test_draws_of_a_levelled_recipe_pass(audited, clean, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text(RUN.format(native="40.0, 64.0", degrade=1.0))
    _, found = audited(clean, "--config", config, "--draws", "120")
    assert found["draws"]["dangerous"] == []
    kinds = {(one["kind"], one["fake"]): one["draws"] for one in found["draws"]["kinds"]}
    assert set(kinds) == {("as_is", False), ("as_is", True)}
    assert sum(kinds.values()) == 120


def test_the_overview_counts_and_shows_everything(run, dark, tmp_path):
    ran = run("data", "eda", dark, "--out", tmp_path / "eda", "--lang", "both", "--workers", "1")
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "eda" / "eda.json").read_text("utf-8"))
    assert (found["rows"], found["real"]) == (60, 30)
    assert found["splits"] == {"train": 36, "val": 12, "test": 12}
    real, fake = found["groups"]
    assert (real["klass"], real["sizes"]) == ("real", {"96 x 96": 30})
    assert fake["quantiles"]["brightness"][2] < 0.7 * real["quantiles"]["brightness"][2]
    assert len(real["tables"]) == 1
    english, korean = (
        (tmp_path / "eda" / f"eda.{name}.html").read_text("utf-8") for name in ("en", "ko")
    )
    for page in (english, korean):
        assert self_contained(page)
        assert page.count("image/jpeg") == 24  # 12 samples of each kind
        assert page.count("<img") == page.count(' alt="')
        assert ' alt=""' not in page
    assert "30 are genuine and 30 manipulated" in english
    assert "진본은 30장, 조작은 30장" in korean


def test_an_overview_without_pictures_carries_no_face(run, clean, tmp_path):
    run("data", "eda", clean, "-o", tmp_path, "--no-pictures", "--workers", "1", "--lang", "en")
    page = (tmp_path / "eda.html").read_text("utf-8")
    assert "image/jpeg" not in page
    assert "made without pictures" in page


def test_an_overview_tells_what_cannot_be_read(run, clean, tmp_path):
    table = read_manifest(clean)
    table.loc[0, "path"] = str(tmp_path / "gone.jpg")
    manifest = tmp_path / "m.parquet"
    write_manifest(table, manifest)
    ran = run("data", "eda", manifest, "-o", tmp_path, "--workers", "1", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "Pictures that could not be read: 1." in ran.out


def test_a_split_says_what_it_did_and_a_random_one_that_it_leaks(run, clean, tmp_path):
    out = tmp_path / "new.parquet"
    ran = run("data", "split", clean, "--out", out, "--ratio", "1:1:0", "--lang", "en")
    assert ran.code == 0, ran.err
    assert ["all", "30", "30", "0", "60"] in [line.split() for line in ran.out.splitlines()]
    assert "no person and no video lies in two splits" in ran.out
    assert ran.err == ""
    leaky = run("data", "split", clean, "-o", out, "--by", "random", "--undersample", "1:2",
                "--lang", "ko")  # fmt: skip
    assert "누출 있음" in leaky.out
    assert "경고: 무작위 분할" in leaky.err
    assert read_manifest(out).attrs["split"]["by"] == "random"
    assert (
        "무작위로 나눈 분할입니다"
        in run(
            "data",
            "eda",
            out,
            "-o",
            tmp_path / "eda",
            "--workers",
            "1",
            "--no-pictures",
            "--lang",
            "ko",
        ).out
    )


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("split", ("--out", "m.csv"), "expected a manifest named *.parquet"),
        ("split", ("--out", "m.parquet", "--by", "person"), "choose from identity, video, random"),
        ("split", ("--out", "m.parquet", "--ratio", "0:0:0"), "expected shares"),
        ("split", ("--out", "m.parquet", "--undersample", "1"), "expected 2 numbers"),
        ("audit", ("--out", "a", "--near-bits", "9"), "near-bits"),
        ("audit", ("--out", "a", "--config", "none.toml"), "there is no configuration"),
    ],
)
def test_wrong_options_say_what_is_allowed(run, clean, command, options, said):
    ran = run("data", command, clean, *options)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize("command", ["split", "audit", "eda"])
def test_a_missing_manifest_names_the_command_that_makes_one(run, tmp_path, command):
    ran = run("data", command, tmp_path / "none.parquet", "--out", tmp_path / "x.parquet")
    assert ran.code == 2
    assert "unmask data scan" in ran.err


NO_MANIFESTS = {
    "cut": lambda whole: whole[: len(whole) // 2],
    "garbled": lambda whole: whole[:-2000] + bytes(1992) + whole[-8:],
    "words": lambda whole: b"path,label\na.jpg,real\n",
    "empty": lambda whole: b"",
}
READERS = [
    ("data", "split", "{file}", "--out", "new/out.parquet"),
    ("data", "eda", "{file}", "--out", "new"),
    ("data", "audit", "{file}", "--out", "new"),
    ("train", "--architecture", "own-cnn", "--data", "{file}", "--out", "new"),
    ("evaluate", "default", "{file}", "--out", "new"),
    ("compare", "default", "default", "{file}", "--out", "new"),
]


@pytest.mark.parametrize("command", READERS, ids=lambda command: " ".join(command[:2]))
@pytest.mark.parametrize("damage", NO_MANIFESTS)
def test_a_file_that_is_no_manifest_is_told_in_one_line(run, clean, command, damage):
    Path("bad.parquet").write_bytes(NO_MANIFESTS[damage](clean.read_bytes()))
    ran = run(*[part.format(file="bad.parquet") for part in command])
    assert ran.code == 2
    assert ran.err.startswith("error [usage]: bad.parquet is no manifest or is damaged")
    assert "unmask data scan" in ran.err
    assert ran.err.count("\n") == 1
    assert not Path("new").exists()


@pytest.mark.parametrize("command", READERS, ids=lambda command: " ".join(command[:2]))
def test_a_table_without_a_manifests_columns_is_none(run, command):
    pd.DataFrame({"path": ["a.jpg"], "label": [0]}).to_parquet("bad.parquet")
    ran = run(*[part.format(file="bad.parquet") for part in command])
    assert ran.code == 2
    assert "bad.parquet is no manifest: it lacks the columns ['klass'" in ran.err
    assert "unmask data scan" in ran.err


@pytest.mark.parametrize("damage", [*NO_MANIFESTS, "other arrays", "missing"])
def test_damaged_meshes_are_told_in_one_line(run, clean, damage):
    write_manifest(read_manifest(clean), Path("good.parquet"))
    meshes = Path("good.meshes.npz")
    np.savez(meshes, landmarks=np.zeros((9, 478, 2)), score=np.zeros(9))
    if damage == "missing":
        meshes.unlink()
    elif damage == "other arrays":
        np.savez(meshes, faces=np.zeros(3))
    else:
        meshes.write_bytes(NO_MANIFESTS[damage](meshes.read_bytes()))
    ran = run("train", "--architecture", "own-cnn", "--data", "good.parquet", "--out", "new")
    assert ran.code == 2
    assert ran.err.startswith("error [usage]: good.meshes.npz is ")
    assert "unmask data scan" in ran.err
    assert ran.err.count("\n") == 1
