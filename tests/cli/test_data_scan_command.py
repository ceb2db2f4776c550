"""`unmask data scan` on a small data set of drawn people."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from drawn_data import scene, write_picture

from unmask.cli import extras
from unmask.errors import UsageError

START = """
import sys
from unmask.cli.app import app
heavy = {"pandas", "torch", "scipy", "sklearn", "matplotlib", "pyarrow"} & set(sys.modules)
sys.exit(f"imported at start-up: {heavy}" if heavy else 0)
"""


def test_the_command_line_starts_without_the_extra():
    done = subprocess.run(
        [sys.executable, "-c", START], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_extra_is_one_line_with_the_command_that_mends_it(run, tmp_path, monkeypatch):
    version = metadata.version

    def no_torch(name: str) -> str:
        if name in {"torch", "timm"}:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(extras.metadata, "version", no_torch)
    ran = run("data", "scan", tmp_path, "--out", tmp_path / "m.parquet")
    assert ran.code == 2
    assert "missing: timm, torch" in ran.err
    assert ran.err.rstrip().endswith("pip install 'unmask[train]'")


def test_an_unknown_extra_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="expected an extra"):
        extras.need_extra("trian")


def test_a_source_tree_that_is_not_installed_says_so(monkeypatch):
    def missing(name):
        raise extras.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(extras.metadata, "requires", missing)
    with pytest.raises(UsageError, match="not installed") as caught:
        extras.need_extra("train")
    assert "pip install -e '.[train]'" in caught.value.hint


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("drawn") / "mine"
    for n in range(3):
        write_picture(root / f"real/{n}.png", scene((n, 60 + 20 * n)))
    write_picture(root / "fake/0.png", scene((0, 200)))
    write_picture(root / "fake/wall.png", scene())
    return root


@pytest.mark.train
def test_a_scan_prints_the_table_what_was_left_out_and_the_next_step(run, data, tmp_path):
    out = tmp_path / "sub" / "m.parquet"
    ran = run("data", "scan", data, "--out", out, "--ratio", "1:0:0", "--workers", "1")
    assert ran.code == 0, ran.err
    assert ran.err.startswith("folders: ")
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["source", "class", "train", "val", "test", "all"] in rows
    assert ["mine", "real", "3", "0", "0", "3"] in rows
    assert ["mine", "swap", "1", "0", "0", "1"] in rows
    assert ["4", "0", "0", "4"] in rows
    assert "Left out: files 1;" in ran.out
    assert ["no", "face", "found", "1"] in rows
    assert ran.out.rstrip().endswith(f"unmask data eda {out}")
    assert out.is_file()
    again = run("data", "scan", data, "-o", out, "--workers", "1", "--lang", "ko")
    assert "이미 처리한 파일 5개" in again.out
    assert "얼굴을 찾지 못함" in again.out


@pytest.mark.train
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ratio", "6:2"), "expected 3 numbers"),
        (("--ratio", "0:0:0"), "expected shares >= 0"),
        (("--adapter", "celeb-fd"), "did you mean celeb-df"),
        (("--adapter", "dfdc"), "it looks for dfdc_train_part_N/"),
        (("--frames", "0"), "--frames"),
        (("--out", "m.csv"), "expected a manifest named *.parquet"),
    ],
)
def test_a_wrong_option_says_what_is_allowed(run, data, tmp_path, options, said):
    ran = run("data", "scan", data, "--out", tmp_path / "m.parquet", *options)
    assert ran.code == 2
    assert said in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.train
def test_a_folder_that_is_no_data_set_is_told_every_layout(run, tmp_path):
    (tmp_path / "x").mkdir()
    ran = run("data", "scan", tmp_path / "x", "--out", tmp_path / "m.parquet")
    assert ran.code == 2
    assert "Celeb-real/ and Celeb-synthesis/" in ran.err


@pytest.mark.train
def test_an_interruption_keeps_what_is_done_and_says_how_to_go_on(run, data, tmp_path, monkeypatch):
    from unmask.data import crop_journal

    add = crop_journal.CropJournal.add

    def add_then_stop(self, path, cut):
        add(self, path, cut)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(crop_journal.CropJournal, "add", add_then_stop)
        ran = run("data", "scan", data, "--out", tmp_path / "m.parquet", "--workers", "1")
    assert ran.code == 130
    assert "the same command goes on from there" in ran.err
    again = run("data", "scan", data, "--out", tmp_path / "m.parquet", "--workers", "1")
    assert "Done by an earlier run and not read again: files 1." in again.out
