"""Training, its checkpoints, export, and the closed-form map against its definition."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.models.session import open_session
from unmask.train.architectures import ARCHITECTURES
from unmask.train.checkpoint import average_runs, read_average
from unmask.train.config import Config, Stage, read_config
from unmask.train.export import autograd_grad_cam, check_parity, export_onnx
from unmask.train.loop import Trainer, blend_loss
from unmask.train.network import Detector, Exported

pytestmark = [pytest.mark.train, pytest.mark.slow]
RECIPE = Recipe(
    (
        Entry("set", "real", 1.0),
        Entry("set", "swap", 0.6),
        Entry("set", "real", 0.4, {"self_blend": 1.0}, "swap"),
    ),
    native_px=(120.0, 190.0),
)


def tiny_config(manifest: Path, **changes: object) -> Config:
    config = Config(
        architecture="own-cnn",
        manifest=str(manifest),
        recipe=RECIPE,
        stages=(Stage(64, 64, 1e-3), Stage(96, 32, 5e-4)),
        batch=8,
        checkpoint=32,
        loaders=0,
        threads=1,
        classes=("real", "swap"),
    )
    return dataclasses.replace(config, **changes)


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_has_the_closed_form(name: str) -> None:
    torch.manual_seed(0)
    detector = Detector(name, 3).eval()
    image = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        logits, cam, blend, features = Exported(detector)(image)
    assert logits.shape == (2, 3)
    assert cam.shape == (2, 3, 2, 2)
    assert blend.shape == (2, 1, 4, 4)
    assert features.shape[0] == 2
    sums = cam.sum(dim=(2, 3)) + detector.head.bias
    torch.testing.assert_close(sums, logits, atol=1e-5, rtol=1e-5)
    for klass in range(3):
        torch.testing.assert_close(
            cam[:, klass], autograd_grad_cam(detector, image, klass).detach(), atol=1e-5, rtol=1e-4
        )


@pytest.mark.parametrize("name", ["own-cnn", "efficientnet-lite0"])
def test_the_exported_file_says_what_torch_says(name: str) -> None:
    torch.manual_seed(1)
    detector = Detector(name, 3)
    model = export_onnx(detector, 64)
    parity = check_parity(detector, model, 64)
    assert max(parity.outputs, parity.grad_cam) < 1e-4
    session = open_session(model, threads=1)
    batch = np.random.default_rng(0).normal(size=(5, 3, 64, 64)).astype(np.float32)
    assert [o.shape[0] for o in session.run(None, {"image": batch})] == [5, 5, 5, 5]


def test_a_wrong_export_is_refused() -> None:
    torch.manual_seed(2)
    model = export_onnx(Detector("own-cnn", 3), 64)
    with pytest.raises(UsageError, match="differs from torch"):
        check_parity(Detector("own-cnn", 3), model, 64)


def test_a_killed_run_ends_like_an_unbroken_one(tiny_data: Path, tmp_path: Path) -> None:
    config = tiny_config(tiny_data)
    Trainer(config, tmp_path / "whole").run()

    class StoppedError(Exception):
        pass

    broken = Trainer(config, tmp_path / "broken")
    step = broken._train_step

    def dies(*arguments: object) -> np.ndarray:
        if broken.step == 6:
            raise StoppedError
        return step(*arguments)

    broken._train_step = dies
    with pytest.raises(StoppedError):
        broken.run()
    Trainer(config, tmp_path / "broken").run()
    whole, resumed = (read_average(tmp_path / name) for name in ("whole", "broken"))
    assert whole.keys() == resumed.keys()
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, atol=0, rtol=0, msg=name)
    lines = (tmp_path / "whole" / "log.jsonl").read_text().splitlines()
    assert "auc" in json.loads(lines[-1])
    assert json.loads(lines[-1])["step"] == 12


def test_the_average_of_runs_is_the_mean_of_their_weights(tiny_data: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        config = tiny_config(tiny_data, seed=seed, stages=(Stage(64, 8, 1e-3),))
        Trainer(config, tmp_path / str(seed)).run()
    average_runs([tmp_path / "1", tmp_path / "2"], tmp_path / "mean")
    one, two, mean = (read_average(tmp_path / name) for name in ("1", "2", "mean"))
    assert mean.keys() == one.keys()
    torch.testing.assert_close(mean["head.weight"], (one["head.weight"] + two["head.weight"]) / 2)
    assert not torch.equal(one["head.weight"], two["head.weight"])


def test_another_configuration_in_the_same_folder_is_refused(
    tiny_data: Path, tmp_path: Path
) -> None:
    Trainer(tiny_config(tiny_data, stages=(Stage(64, 8, 1e-3),)), tmp_path).run()
    with pytest.raises(UsageError, match="another configuration"):
        Trainer(tiny_config(tiny_data, seed=9), tmp_path).run()


def test_a_loss_that_is_not_finite_ends_the_run(tiny_data: Path, tmp_path: Path) -> None:
    trainer = Trainer(tiny_config(tiny_data), tmp_path)
    with torch.no_grad():
        trainer.network.head.weight.fill_(float("nan"))
    with pytest.raises(UsageError, match="not finite at step 0"):
        trainer.run()


def test_blend_loss_ignores_unknown_masks() -> None:
    logits = torch.zeros(2, 1, 4, 4, requires_grad=True)
    mask = torch.stack([torch.full((1, 4, 4), -1.0), torch.ones(1, 4, 4)])
    blend_loss(logits, mask).backward()
    assert logits.grad is not None
    assert float(logits.grad[0].abs().sum()) == 0
    assert float(logits.grad[1].sum()) < 0


def test_the_shipped_configurations_read() -> None:
    folder = Path(__file__).parents[2] / "configs"
    first, second = (read_config(folder / f"default-{i}.toml") for i in (1, 2))
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
def test_wrong_configurations_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_config(path)
