"""`unmask train` and `unmask export`: from drawn faces to a bundle that judges a picture."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from installed import COMMAND
from tiny_faces import write_faces, write_tiny_manifest

from unmask.data.manifest import meshes_path, read_manifest, write_manifest

pytestmark = pytest.mark.train
SMALL = ("--epochs", "1", "--size", "64", "--batch", "8", "--loaders", "0", "--threads", "1")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_manifest(tmp_path_factory.mktemp("command"), 20)


def trained(run: Callable, manifest: Path, *options: str) -> Path:
    """A run of one epoch in the folder `run`."""
    ran = run("train", "--architecture", "own-cnn", "--data", manifest, *SMALL, "--out", "run",
              "--lang", "en", *options)  # fmt: skip
    assert ran.code == 0, ran.err
    assert "Next: unmask export run --out BUNDLE" in ran.out
    assert not ran.err
    return Path("run")


def losses(out: Path) -> list[tuple[int, float]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["val_loss"]) for line in lines if "auc" in line]


@pytest.mark.slow
def test_faces_become_a_run_a_bundle_and_a_verdict(run, manifest, tmp_path):
    out = trained(run, manifest, "--tensorboard")
    assert {"config.json", "checkpoint.safetensors", "log.jsonl", "curves.png"} <= {
        path.name for path in out.iterdir()
    }
    assert list((out / "tensorboard").glob("events.*"))
    ran = run("export", out, "--out", "mine", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "unmask analyze --bundle ./mine FILE" in ran.out
    assert run("models", "verify", "./mine").code == 0
    card = json.loads((tmp_path / "mine" / "card.json").read_text())
    assert card["name"] == "mine"
    assert card["outputs"]["blend"] == "blend"
    counts = {(row["name"], row["class"]): row["count"] for row in card["training_data"]}
    config = json.loads((out / "config.json").read_text())
    assert sum(counts.values()) // 8 * 8 == config["checkpoint"]
    assert all(f"{count:,}" in card["population"]["ko"] for count in counts.values())
    assert card["metrics"]["validation"]["n"] > 4
    picture = sorted((manifest.parent / "set" / "fake").glob("*.png"))[0]
    shutil.copy(picture, tmp_path / "face.png")
    analysed = subprocess.run(
        [COMMAND, "analyze", "--bundle", "./mine", "--json", "face.png"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert analysed.returncode in (0, 3), analysed.stderr
    report = json.loads(analysed.stdout)
    report = report[0] if isinstance(report, list) else report
    assert report["model"]["name"] == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("int8", [False, True])
def test_a_network_without_blend_head_exports_and_verifies(run, manifest, tmp_path, int8):
    out = trained(run, manifest, "--no-blend", "--optimizer", "sgd", "--schedule", "step")
    ran = run("export", out, "--out", "plain", "--name", "other", *(["--int8"] if int8 else []))
    assert ran.code == 0, ran.err
    card = json.loads((tmp_path / "plain" / "card.json").read_text())
    assert card["outputs"]["blend"] is None
    assert card["name"] == "other"
    assert run("models", "verify", "./plain").code == 0
    trial = card["metrics"].get("int8")
    assert (trial is not None) == int8
    if trial is not None:
        worth_it = trial["time_ratio"] < 1 and trial["auc_float32"] - trial["auc_int8"] <= 0.003
        assert trial["kept"] == worth_it
        import onnx

        kinds = {node.op_type for node in onnx.load(tmp_path / "plain" / "model.onnx").graph.node}
        assert ("QuantizeLinear" in kinds) == trial["kept"]


@pytest.mark.slow
def test_what_validation_lacks_or_shows_is_said_at_export(run, tmp_path):
    own = write_tiny_manifest(tmp_path / "own", 40)
    out = trained(run, own, "--no-blend")
    table = read_manifest(own)
    lost = table[(table["split"] == "val") & (table["klass"] == "real")]["path"].tolist()
    Path(lost[0]).unlink()
    Path(lost[1]).write_bytes(b"no picture")
    for options in ((), ("--int8",)):
        ran = run("export", out, "--out", "mine", "--lang", "en", *options)
        assert ran.code == 0, ran.err
        assert f"read and were left out: 2, {lost[0]} first" in ran.out
        card = json.loads(Path("mine/card.json").read_text())
        val = card["metrics"]["validation"]
        assert val["unreadable"] == 2
        assert val["n"] == (table["split"] == "val").sum() - 2
    # the same scores with the labels of validation exchanged, so that one of the two is chance
    other = {"real": "swap", "swap": "real"}
    in_val = table["split"] == "val"
    table.loc[in_val, "klass"] = table.loc[in_val, "klass"].map(other)
    write_manifest(table, Path("wrong.parquet"))
    shutil.copy(meshes_path(own), "wrong.meshes.npz")
    wrong = run("export", out, "--out", "theirs", "--lang", "en", "--manifest", "wrong.parquet")
    assert wrong.code == 0, wrong.err
    said = (ran, "mine"), (wrong, "theirs")
    warned = 0
    for one, folder in said:
        card = json.loads(Path(folder, "card.json").read_text())
        val = card["metrics"]["validation"]
        assert max(card["calibration"]["temperature"]) <= 100
        chance = val["interval"][0] <= 0.5
        assert ("do not use its verdicts" in one.err) == chance
        assert ("Not usable" in card["limits"][0]["en"]) == chance
        warned += chance
    assert warned
    for path in lost:
        Path(path).unlink(missing_ok=True)
    ran = run("export", out, "--out", "none")
    assert ran.code == 2
    assert f"no usable genuine face to calibrate on ({len(lost)} pictures" in ran.err


@pytest.mark.slow
def test_a_folder_of_pictures_is_scanned_into_the_run(run, tmp_path):
    faces = write_faces(tmp_path / "faces", 10, side_px=256)
    ran = run("train", "--architecture", "own-cnn", "--data", faces, *SMALL, "--out", "run")
    assert ran.code == 0, ran.err
    assert Path("run/data.parquet").is_file()
    before = losses(Path("run"))
    again = run("train", "--architecture", "own-cnn", "--data", faces, *SMALL, "--out", "run")
    assert again.code == 0, again.err
    assert losses(Path("run")) == before


CONFIG = """
architecture = "own-cnn"
manifest = "{manifest}"
classes = ["real", "swap"]
batch = 8
checkpoint = 32
threads = 1
loaders = 1
device = "cpu"
[[stages]]
size_px = 64
draws = 160
lr = 1e-3
[recipe]
entries = [
  {{ source = "set", klass = "real", weight = 1 }},
  {{ source = "set", klass = "swap", weight = 1 }},
]
"""


def weights(out: Path) -> dict[str, bytes]:
    from unmask.train.checkpoint import read_average

    return {name: value.numpy().tobytes() for name, value in read_average(out).items()}


@pytest.mark.slow
def test_a_run_that_was_killed_ends_as_if_nothing_had_happened(tmp_path, manifest):
    (tmp_path / "c.toml").write_text(CONFIG.format(manifest=manifest))
    command = [COMMAND, "train", "c.toml", "--quiet", "--out"]
    subprocess.run([*command, "whole"], cwd=tmp_path, check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "killed"], cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        end = time.monotonic() + 200
        while len(losses_so_far(tmp_path / "killed")) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    done = len(losses_so_far(tmp_path / "killed"))
    assert 2 <= done < 5
    subprocess.run(
        [COMMAND, "train", "--out", "killed"], cwd=tmp_path, check=True, capture_output=True
    )
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")


def losses_so_far(out: Path) -> list[tuple[int, float]]:
    return losses(out) if (out / "log.jsonl").is_file() else []


@pytest.mark.slow
def test_two_processes_share_a_run(tmp_path, manifest):
    (tmp_path / "c.toml").write_text(CONFIG.format(manifest=manifest).replace("160", "64"))
    train = ["-m", "unmask", "train", "c.toml", "--quiet", "--out"]
    subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", *train, "two"],
        cwd=tmp_path, check=True, capture_output=True, timeout=250,
        env={**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    subprocess.run([sys.executable, *train, "one"], cwd=tmp_path, check=True, capture_output=True)
    shared, alone = losses(tmp_path / "two"), losses(tmp_path / "one")
    assert [step for step, _ in shared] == [step for step, _ in alone] == [4, 8]
    # the same draws, but each process normalises its own half of them: near at first, then apart
    assert shared[0][1] == pytest.approx(alone[0][1], rel=0.2)
    assert weights(tmp_path / "two") != weights(tmp_path / "one")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing says what to train"),
        (("--architecture", "own-cnn"), "nothing says what to train"),
        (("missing.toml",), "there is no configuration missing.toml"),
        (("c.toml", "--epochs", "3"), "given beside it: epochs"),
        (("pictures",), "pictures is a folder, not a configuration"),
        (("pictures.png",), "pictures.png is not TOML"),
        (("--architecture", "own-cn", "--data", "{manifest}"), "did you mean own-cnn"),
        (("--architecture", "own-cnn", "--data", "none.parquet"), "there is no manifest"),
        (("--architecture", "own-cnn", "--data", "{manifest}", "--classes", "3"), "is empty"),
        (("--architecture", "own-cnn", "--data", "{manifest}", "--size", "65"), "multiple of 16"),
        (("--architecture", "own-cnn", "--data", "{manifest}", "--optimizer", "x"), "adamw"),
        (("--architecture", "own-cnn", "--data", "{manifest}", "--device", "cuda"), "CUDA"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(run, manifest, arguments, message, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    Path("c.toml").write_text(CONFIG.format(manifest=manifest))
    Path("pictures").mkdir()
    Path("pictures.png").write_bytes(b"\x89PNG")
    ran = run("train", *[text.format(manifest=manifest) for text in arguments], "--out", "new/run")
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert not Path("new").exists()


@pytest.mark.parametrize("task", ["frames", "temporal"])
def test_the_folder_of_a_run_given_as_configuration_is_told_from_one(run, task):
    Path("done").mkdir()
    Path("done/config.json").write_text(json.dumps({"task": task}))
    ran = run("train", "done", "--out", "new")
    assert ran.code == 2
    assert "done is the folder of a run" in ran.err
    assert "`unmask train --out done`" in ran.err
    assert not Path("new").exists()


def test_a_folder_that_was_there_stays(run):
    Path("here").mkdir()
    assert run("train", "--out", "here").code == 2
    assert Path("here").is_dir()


@pytest.mark.parametrize("command", [("train", "c.toml"), ("export", "run", "--out", "b")])
def test_without_the_extra_the_line_to_type_is_named(run, command, monkeypatch):
    monkeypatch.setattr("unmask.cli.extras._is_installed", lambda name: name != "torch")
    ran = run(*command)
    assert ran.code == 2
    assert "pip install 'unmask[train]'" in ran.err


def test_export_without_a_run_says_so(run):
    ran = run("export", "nothing", "--out", "bundle")
    assert ran.code == 2
    assert "nothing holds no run" in ran.err
    assert not Path("bundle").exists()


def test_export_says_how_to_name_a_manifest_that_is_gone(run):
    from unmask.train.config import read_config

    Path("c.toml").write_text(CONFIG.format(manifest="gone.parquet"))
    Path("run").mkdir()
    Path("run/config.json").write_text(json.dumps(read_config(Path("c.toml")).record()))
    ran = run("export", "run", "--out", "bundle")
    assert ran.code == 2
    assert "there is no manifest at gone.parquet" in ran.err
    assert "--manifest FILE" in ran.err
