"""The training loop: what it resumes, when it stops, what it says when something is wrong."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from held_lock import held_lock
from safetensors import SafetensorError
from tiny_faces import write_tiny_manifest

from unmask.data.recipe import Entry, Recipe
from unmask.errors import ErrorKind, UsageError
from unmask.train import checkpoint
from unmask.train.batches import Draws, Share
from unmask.train.checkpoint import FILE, average_runs, read_average
from unmask.train.config import Config, Stage, read_run_config
from unmask.train.loop import Trainer
from unmask.train.optimise import blend_loss, learning_rate
from unmask.train.runlog import RunLog
from unmask.train.validate import Validation

pytestmark = [pytest.mark.train, pytest.mark.slow]
Make = Callable[..., Config]
ONE_STEP = (Stage(64, 8, 1e-3),)


class StoppedError(Exception):
    """Stands for the kill of a process."""


def run_killed_at(trainer: Trainer, method: str, step: int) -> None:
    """Run until `method` is called at `step`."""
    inner = getattr(trainer, method)

    def dies(*arguments: object) -> object:
        if trainer.step == step:
            raise StoppedError
        return inner(*arguments)

    setattr(trainer, method, dies)
    with pytest.raises(StoppedError):
        trainer.run()


def told(out: Path) -> list[dict[str, float]]:
    """The lines of the validations, which hold no times."""
    return RunLog(out).validations()


@pytest.mark.parametrize(
    ("method", "step", "changes"),
    [
        ("train_step", 6, {}),
        ("train_step", 10, {"optimiser": "sgd", "accumulate": 2, "blend": False}),
        # between a checkpoint and its validation
        ("_validate", 8, {"optimiser": "adam", "patience": 3, "mixup": 0.4}),
    ],
)
def test_a_killed_run_ends_like_an_unbroken_one(
    method: str, step: int, changes: dict, tiny_config: Make, tmp_path: Path
) -> None:
    config = tiny_config(**changes)
    Trainer(config, tmp_path / "whole").run()
    run_killed_at(Trainer(config, tmp_path / "broken"), method, step)
    Trainer(config, tmp_path / "broken").run()
    whole, resumed = (read_average(tmp_path / name) for name in ("whole", "broken"))
    assert whole.keys() == resumed.keys()
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, atol=0, rtol=0, msg=name)
    assert told(tmp_path / "whole") == told(tmp_path / "broken")
    assert [line["step"] for line in told(tmp_path / "whole")][-1] == 12
    assert (tmp_path / "whole" / "curves.png").stat().st_size > 5000


def test_a_validation_says_loss_accuracy_and_auc_of_both_sides(
    tiny_config: Make, tmp_path: Path
) -> None:
    Trainer(tiny_config(), tmp_path).run()
    lines = told(tmp_path)
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    for line in lines:
        assert line["train_loss"] > 0
        assert line["val_loss"] > 0
        assert 0 <= line["train_accuracy"] <= 1
        assert 0 <= line["val_accuracy"] <= 1
        assert {"auc", "auc.set", "over_half.set"} <= line.keys()


def test_a_finished_run_is_not_trained_again(tiny_config: Make, tmp_path: Path) -> None:
    config = tiny_config(stages=ONE_STEP)
    Trainer(config, tmp_path).run()
    before = (tmp_path / FILE).stat().st_mtime_ns
    again = Trainer(config, tmp_path)
    again.run()
    assert again.step == 1
    assert (tmp_path / FILE).stat().st_mtime_ns == before
    assert len(told(tmp_path)) == 1


def test_a_folder_in_which_another_process_trains_is_refused_until_that_dies(
    tiny_config: Make, tmp_path: Path
) -> None:
    config = tiny_config(stages=ONE_STEP)
    with held_lock(tmp_path):
        with pytest.raises(UsageError, match="another process is training in the folder") as caught:
            Trainer(config, tmp_path).run()
        assert "choose another --out" in caught.value.hint
        assert told(tmp_path) == []
    Trainer(config, tmp_path).run()
    assert len(told(tmp_path)) == 1


def test_a_run_goes_on_from_another_working_directory(
    tiny_data: Path, tiny_config: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Trainer(tiny_config(), tmp_path / "whole").run()
    monkeypatch.chdir(tiny_data.parent)
    config = tiny_config(manifest=tiny_data.name)
    run_killed_at(Trainer(config, tmp_path / "broken"), "train_step", 6)
    monkeypatch.chdir(tmp_path)
    Trainer(read_run_config(Path("broken")), Path("broken")).run()
    assert told(tmp_path / "broken") == told(tmp_path / "whole")


def test_early_stop_keeps_the_best_epoch_of_the_validation(
    tiny_config: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aucs = iter([0.6, 0.8, 0.8, 0.7, 0.9])
    weights = []

    def measured(_: Validation, network: torch.nn.Module, size_px: int) -> dict[str, float]:
        weights.append({k: v.clone() for k, v in network.state_dict().items()})
        return {"auc": next(aucs), "val_loss": 1.0, "val_accuracy": 0.5}

    monkeypatch.setattr(Validation, "run", measured)
    config = tiny_config(stages=(Stage(64, 40, 1e-3),), checkpoint=8, patience=2)
    trainer = Trainer(config, tmp_path)
    trainer.run()
    assert trainer.step == 4
    assert len(told(tmp_path)) == 4
    for name, value in read_average(tmp_path).items():
        torch.testing.assert_close(value, weights[1][name], atol=0, rtol=0)
    Trainer(config, tmp_path).run()
    assert len(told(tmp_path)) == 4


def test_the_average_of_runs_is_the_mean_of_their_weights(
    tiny_config: Make, tmp_path: Path
) -> None:
    for seed in (1, 2):
        Trainer(tiny_config(seed=seed, stages=ONE_STEP), tmp_path / str(seed)).run()
    average_runs([tmp_path / "1", tmp_path / "2"], tmp_path / "mean")
    one, two, mean = (read_average(tmp_path / name) for name in ("1", "2", "mean"))
    assert mean.keys() == one.keys()
    torch.testing.assert_close(mean["head.weight"], (one["head.weight"] + two["head.weight"]) / 2)
    assert not torch.equal(one["head.weight"], two["head.weight"])


def test_a_run_may_go_on_with_other_loaders_but_with_nothing_else(
    tiny_config: Make, tmp_path: Path
) -> None:
    Trainer(tiny_config(stages=ONE_STEP), tmp_path).run()
    Trainer(tiny_config(stages=ONE_STEP, loaders=1), tmp_path).run()
    with pytest.raises(UsageError, match="another configuration"):
        Trainer(tiny_config(seed=9, stages=ONE_STEP), tmp_path).run()


def test_a_run_starts_from_the_averaged_weights_of_another(
    tiny_config: Make, tmp_path: Path
) -> None:
    Trainer(tiny_config(stages=ONE_STEP), tmp_path / "first").run()
    start = tiny_config(seed=5, start_from=str(tmp_path / "first"), blend=False)
    held = Trainer(start, tmp_path / "second").network.state_dict()
    first = read_average(tmp_path / "first")
    assert set(first) - set(held) == {name for name in first if name.startswith("blend.")}
    for name, value in held.items():
        torch.testing.assert_close(value, first[name], atol=0, rtol=0)
    other = dataclasses.replace(start, classes=("real", "swap", "synthetic"))
    with pytest.raises(UsageError, match="do not fit"):
        Trainer(other, tmp_path / "third")


def test_a_loss_that_is_not_finite_says_which_step_and_what_to_do(
    tiny_config: Make, tmp_path: Path
) -> None:
    trainer = Trainer(tiny_config(), tmp_path)
    with torch.no_grad():
        trainer.network.head.weight.fill_(float("nan"))
    with pytest.raises(UsageError, match="not finite at step 0") as caught:
        trainer.run()
    assert "learning rate" in caught.value.hint


@pytest.mark.parametrize("name", ["log.jsonl", "config.json.part", "curves.png.part"])
def test_a_full_disk_is_named(name: str, tiny_config: Make, tmp_path: Path) -> None:
    config = tiny_config(stages=(Stage(64, 16, 1e-3),), checkpoint=8)
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(UsageError, match="the disk is full") as caught:
        Trainer(config, tmp_path).run()
    assert caught.value.kind is ErrorKind.DISK
    (tmp_path / name).unlink()
    Trainer(config, tmp_path).run()
    assert read_average(tmp_path)


def test_a_full_disk_leaves_the_last_checkpoint_whole(
    tiny_config: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config(stages=(Stage(64, 24, 1e-3),), checkpoint=8)
    run_killed_at(Trainer(config, tmp_path), "train_step", 1)
    held = (tmp_path / FILE).read_bytes()

    def full(*_: object, **__: object) -> None:  # as safetensors words it on a full tmpfs
        raise SafetensorError(
            "Error while serializing: I/O error: No space left on device (os error 28)"
        )

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save_file", full)
        with pytest.raises(UsageError, match="the disk is full") as caught:
            Trainer(config, tmp_path).run()
    assert caught.value.kind is ErrorKind.DISK
    assert "goes on from it" in caught.value.hint
    assert (tmp_path / FILE).read_bytes() == held
    again = Trainer(config, tmp_path)
    again.run()
    assert again.step == 3


def test_unreadable_pictures_are_replaced_and_listed(tmp_path: Path, tiny_config: Make) -> None:
    manifest = write_tiny_manifest(tmp_path / "data")
    config = tiny_config(manifest=str(manifest), stages=(Stage(64, 64, 1e-3),))
    folder = tmp_path / "data" / "set"
    broken = sorted(folder.glob("*/0[0-3].png"))
    broken[0].unlink()
    for path in broken[1:]:
        path.write_bytes(b"no picture")
    runs = []
    for out in ("one", "two"):
        Trainer(config, tmp_path / out).run()
        lines = (tmp_path / out / "skipped.jsonl").read_text().splitlines()
        runs.append([json.loads(line)["path"] for line in lines])
        assert told(tmp_path / out)[-1]["step"] == 8
    assert runs[0] == runs[1]
    assert len(runs[0]) == len(set(runs[0])) >= 3
    assert set(runs[0]) <= {str(path) for path in broken}
    first, second = (read_average(tmp_path / name) for name in ("one", "two"))
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_a_source_without_a_readable_picture_is_an_error(tmp_path: Path, tiny_config: Make) -> None:
    manifest = write_tiny_manifest(tmp_path / "data", 8)
    for path in (tmp_path / "data" / "set" / "fake").glob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(UsageError, match="cannot be read"):
        Trainer(tiny_config(manifest=str(manifest)), tmp_path / "run").run()


def test_an_empty_class_is_named(tiny_config: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the class 'synthetic' is empty"):
        Trainer(tiny_config(classes=("real", "swap", "synthetic")), tmp_path).run()


def test_two_classes_take_every_manipulation_as_one(tiny_config: Make, tmp_path: Path) -> None:
    entries = (
        Entry("set", "real", 1.0),
        Entry("set", "real", 1.0, {"whole_decoder": 1}, "synthetic"),
    )
    config = tiny_config(recipe=Recipe(entries), classes=("real", "manipulated"), stages=ONE_STEP)
    Trainer(config, tmp_path).run()
    assert [config.class_index(name) for name in ("real", "swap", "synthetic")] == [0, 1, 1]
    assert read_average(tmp_path)["head.weight"].shape[0] == 2


def test_parts_of_a_step_add_up_to_the_step(
    tiny_config: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without batch statistics and the blend loss the gradient is that of the whole step."""
    norms = []
    for parts in (1, 4):
        config = tiny_config(accumulate=parts, blend=False, stages=ONE_STEP, dropout=0.0)
        trainer = Trainer(config, tmp_path / str(parts))
        trainer.network.eval()
        monkeypatch.setattr(trainer.network, "train", lambda _=True: None)  # batch norm stays
        clip = trainer.accelerator.clip_grad_norm_
        trainer.accelerator.clip_grad_norm_ = lambda p, n, clip=clip: norms.append(clip(p, n))
        trainer.run()
    torch.testing.assert_close(norms[0], norms[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("of", [1, 2, 4])
def test_processes_share_the_draws_of_every_step(of: int, tiny_config: Make) -> None:
    config = tiny_config()
    shares = [Draws(None, config, 3, 2, 64, Share(i, of)) for i in range(of)]
    for step in (0, 1):
        made = [
            one.draw_index(step * one.per_step + inside)
            for one in shares
            for inside in range(one.per_step)
        ]
        assert sorted(made) == list(range((3 + step) * 8, (4 + step) * 8))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("cosine", {0: 0.5, 1: 1.0, 2: 1.0, 10: 0.505, 19: 0.0175}),
        ("step", {0: 0.5, 1: 1.0, 9: 1.0, 10: 0.1, 14: 0.1, 15: 0.01, 19: 0.01}),
    ],
)
def test_the_learning_rate_warms_up_and_falls(schedule: str, expected: dict[int, float]) -> None:
    stage = Stage(64, 160, 2.0, warm_up=0.1, schedule=schedule)
    got = {at: learning_rate(stage, at, 20) / 2 for at in expected}
    if schedule == "cosine":  # (at - 2) / 18 along the half wave, down to .01
        expected = {
            at: value if at < 2 else 0.01 + 0.99 * (1 + np.cos(np.pi * (at - 2) / 18)) / 2
            for at, value in expected.items()
        }
    assert got == pytest.approx(expected)


def test_blend_loss_ignores_unknown_masks() -> None:
    logits = torch.zeros(2, 1, 4, 4, requires_grad=True)
    mask = torch.stack([torch.full((1, 4, 4), -1.0), torch.ones(1, 4, 4)])
    blend_loss(logits, mask).backward()
    assert logits.grad is not None
    assert float(logits.grad[0].abs().sum()) == 0
    assert float(logits.grad[1].sum()) < 0
