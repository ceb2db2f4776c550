"""Configurations: the shipped ones read, wrong ones are refused, plain ones follow the manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unmask.data.manifest import meshes_path, read_manifest, write_manifest
from unmask.errors import UsageError
from unmask.train.config import Config, read_config, read_run_config
from unmask.train.plain import Plan, plain_config

pytestmark = pytest.mark.train
CONFIGS = Path(__file__).parents[2] / "configs"


def test_the_shipped_configurations_read() -> None:
    first, second = (read_config(CONFIGS / f"default-{i}.toml") for i in (1, 2))
    assert first.classes == second.classes == ("real", "swap", "synthetic")
    left_out = {e.source for e in second.recipe.entries} - {e.source for e in first.recipe.entries}
    assert left_out == set(first.held_out)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stages = [", "is not TOML"),
        ('architecture = "own-cnn"', "does not fit"),
        ('architecture = "own-cnn"\nstages = []\nspeed = 3\n[recipe]\nentries = []', "speed"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_config(path)


GOOD = """
architecture = "own-cnn"
manifest = "m.parquet"
{}
[[stages]]
size_px = 64
draws = 64
lr = 0.001
{}
[recipe]
entries = []
"""


@pytest.mark.parametrize(
    ("top", "stage", "message"),
    [
        ('optimiser = "adamax"', "", "unknown optimiser"),
        ('device = "tpu"', "", "unknown device"),
        ("accumulate = 5", "", "accumulate: expected a divisor"),
        ('classes = ["swap", "real"]', "", "classes: expected two or three"),
        ('classes = ["real", "a", "b"]', "", "three classes"),
        ("batch = 65", "", "draws of a stage"),
        ("", 'schedule = "linear"', "unknown schedule"),
        ("", "warm_up = 1.0", "warm_up"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    tmp_path: Path, top: str, stage: str, message: str
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(GOOD.format("", ""))
    assert read_config(path).architecture == "own-cnn"
    path.write_text(GOOD.format(top, stage))
    with pytest.raises(UsageError, match=message):
        read_config(path)


def test_a_run_recorded_before_a_key_existed_has_its_default(tmp_path: Path) -> None:
    config = read_config(CONFIGS / "default-1.toml")
    raw = config.to_dict()
    for key in ("optimiser", "blend", "patience", "pretrained"):
        raw.pop(key)
    (tmp_path / "config.json").write_text(json.dumps(raw))
    assert read_run_config(tmp_path) == config


def recorded(run: Path, manifest: str) -> Config:
    """A configuration with a relative manifest, as a run that begins here records it."""
    config = replace(read_config(CONFIGS / "default-1.toml"), manifest=manifest)
    run.mkdir(exist_ok=True)
    (run / "config.json").write_text(json.dumps(config.record()))
    return config


def test_a_run_finds_its_relative_manifest_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("began", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.parquet").touch()
    monkeypatch.chdir(tmp_path / "began")
    config = recorded(Path("run"), "m.parquet")
    run = Path("run").absolute()
    assert config.same_run(read_run_config(run))
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert read_run_config(run).manifest == str(tmp_path / "began" / "m.parquet")
    assert not config.same_run(read_run_config(run))  # here the name means another manifest


def test_data_and_runs_may_be_moved_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "m.parquet").touch()
    monkeypatch.chdir(tmp_path / "old")
    config = recorded(Path("run"), "m.parquet")
    (tmp_path / "old").rename(tmp_path / "new")
    monkeypatch.chdir(tmp_path / "new")
    assert read_run_config(Path("run")).manifest == "m.parquet"
    assert config.same_run(read_run_config(Path("run")))


def manifest_of(tmp_path: Path, tiny_data: Path, **classes: str) -> Path:
    """The tiny manifest with classes replaced (real=..., swap=...), without its pictures."""
    table = read_manifest(tiny_data)
    table["klass"] = [classes.get(name, name) for name in table["klass"]]
    path = tmp_path / "m.parquet"
    write_manifest(table, path)
    meshes_path(path).write_bytes(meshes_path(tiny_data).read_bytes())
    return path


def shares(config: Config) -> dict[tuple[str, str], float]:
    """Share of the draws by (class drawn from, class of the result)."""
    total = sum(entry.weight for entry in config.recipe.entries)
    return {
        (one.klass, one.becomes or one.klass): one.weight / total for one in config.recipe.entries
    }


def test_a_plain_run_draws_both_sides_evenly_and_an_epoch_is_the_training_split(
    tiny_data: Path,
) -> None:
    table = read_manifest(tiny_data)
    rows = int((table["split"] == "train").sum())
    config = plain_config(Plan("own-cnn", tiny_data, epochs=3, size_px=64, batch=4))
    assert config.checkpoint == rows // 4 * 4
    assert config.stages[0].draws == 3 * config.checkpoint
    assert config.classes == ("real", "swap")
    assert not config.pretrained
    assert shares(config) == pytest.approx(
        {("real", "real"): 0.5, ("swap", "swap"): 0.4, ("real", "swap"): 0.1}
    )
    plain = plain_config(Plan("own-cnn", tiny_data, blend=False))
    assert shares(plain) == pytest.approx({("real", "real"): 0.5, ("swap", "swap"): 0.5})
    assert plain.batch == min(32, rows)


def test_as_in_the_manifest_means_as_often_as_there(tiny_data: Path) -> None:
    train = read_manifest(tiny_data).query("split == 'train'")
    real = float((train["klass"] == "real").mean())
    config = plain_config(Plan("own-cnn", tiny_data, blend=False, even=False))
    assert shares(config)["real", "real"] == pytest.approx(real)


@pytest.mark.parametrize(
    ("kind", "blend", "classes"),
    [("swap", True, "swap"), ("synthetic", False, "synthetic"), ("synthetic", True, "manipulated")],
)
def test_the_second_of_two_classes_is_named_after_what_it_holds(
    kind: str, blend: bool, classes: str, tmp_path: Path, tiny_data: Path
) -> None:
    manifest = manifest_of(tmp_path, tiny_data, swap=kind)
    assert plain_config(Plan("own-cnn", manifest, blend=blend)).classes == ("real", classes)


@pytest.mark.parametrize(
    ("classes", "wanted", "message"),
    [
        ({"real": "swap"}, None, "no genuine face"),
        ({"swap": "real"}, None, "no manipulated face"),
        ({}, 3, "class 'synthetic' is empty"),
    ],
)
def test_an_empty_class_is_named(
    classes: dict[str, str], wanted: int | None, message: str, tmp_path: Path, tiny_data: Path
) -> None:
    manifest = manifest_of(tmp_path, tiny_data, **classes)
    with pytest.raises(UsageError, match=message):
        plain_config(Plan("own-cnn", manifest, classes=wanted))


def test_faces_without_a_mesh_do_not_count(tmp_path: Path, tiny_data: Path) -> None:
    manifest = manifest_of(tmp_path, tiny_data)
    with np.load(meshes_path(tiny_data)) as stored:
        marks, score = stored["landmarks"], stored["score"]
    fakes = (read_manifest(manifest)["klass"] == "swap").to_numpy()
    np.savez(meshes_path(manifest), landmarks=marks, score=np.where(fakes, 0, score))
    with pytest.raises(UsageError, match="no manipulated face"):
        plain_config(Plan("own-cnn", manifest))
