"""Learning from another network: whose answers, on which pictures, and with what weight."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from unmask.errors import UsageError
from unmask.models.bundle import load_bundle, shipped_folder
from unmask.models.session import open_session
from unmask.settings import Settings
from unmask.train.batches import Batch
from unmask.train.checkpoint import trained_network
from unmask.train.config import Config
from unmask.train.loop import Trainer
from unmask.train.teacher import Teacher

pytestmark = [pytest.mark.train, pytest.mark.slow]
Make = Callable[..., Config]
CPU = torch.device("cpu")


def pictures(count: int, size_px: int = 32) -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randint(0, 255, (count, 3, size_px, size_px), dtype=torch.uint8)


@pytest.fixture
def finished(tiny_config: Make, tmp_path: Path) -> tuple[Config, Path]:
    """A run that may be a teacher."""
    config, folder = tiny_config(mean=(100.0, 110.0, 120.0)), tmp_path / "teacher"
    Trainer(config, folder).run()
    return config, folder


def test_a_teacher_sees_pictures_as_it_was_trained(finished: tuple[Config, Path]) -> None:
    config, folder = finished
    student = dataclasses.replace(config, mean=(0.0, 0.0, 0.0))
    images = pictures(4)
    said = Teacher(folder, student, CPU).shares(images)
    mean = torch.tensor(config.mean).view(1, 3, 1, 1)
    std = torch.tensor(config.std).view(1, 3, 1, 1)
    with torch.no_grad():
        logits, _ = trained_network(config, folder).eval()((images.float() - mean) / std)
    torch.testing.assert_close(said, logits.softmax(1), atol=1e-5, rtol=1e-4)


def test_the_loss_is_shared_between_labels_and_teacher(
    finished: tuple[Config, Path], tmp_path: Path
) -> None:
    config, folder = finished
    images, classes = pictures(4), torch.tensor([0, 1, 0, 1])
    losses = {}
    for weight in (0.0, 1.0):
        taught = dataclasses.replace(
            config, teacher=str(folder), teacher_weight=weight, dropout=0.0, seed=7
        )
        trainer = Trainer(taught, tmp_path / str(weight))
        batch = Batch(images, classes, torch.full((4, 1, 2, 2), -1.0), [])
        losses[weight] = trainer.train_step(trainer.model, [batch])[0]
    plain = Trainer(dataclasses.replace(config, dropout=0.0, seed=7), tmp_path / "plain")
    inputs = (images.float() - plain.mean) / plain.std
    logits, _ = plain.network.train()(inputs)
    by_label = functional.cross_entropy(logits, classes, label_smoothing=config.label_smoothing)
    by_teacher = functional.cross_entropy(logits, Teacher(folder, config, CPU).shares(images))
    assert losses[0.0] == pytest.approx(by_label.item(), abs=1e-5)
    assert losses[1.0] == pytest.approx(by_teacher.item(), abs=1e-5)


def test_a_bundle_may_teach(tiny_config: Make) -> None:
    bundle = load_bundle("default", Settings())
    card = bundle.card
    size = card.input.size_px
    base = tiny_config(classes=card.classes, mean=card.input.mean, std=card.input.std)
    stage = dataclasses.replace(base.stages[0], size_px=size)
    config = dataclasses.replace(base, stages=(stage,))
    images = pictures(2, size)
    said = Teacher(shipped_folder() / "default", config, CPU).shares(images)
    inputs = ((images.float() - 127) / 128).numpy()
    logits = open_session(bundle.model, threads=1).run(["logits"], {"image": inputs})[0]
    torch.testing.assert_close(said, torch.from_numpy(logits).softmax(1), atol=1e-3, rtol=1e-2)


def test_a_teacher_of_other_classes_is_refused(finished: tuple[Config, Path]) -> None:
    config, folder = finished
    other = dataclasses.replace(config, classes=("real", "swap", "synthetic"))
    assert config.classes != other.classes
    with pytest.raises(UsageError, match="teacher's classes"):
        Teacher(folder, other, CPU)


def test_a_bundle_teaches_in_its_own_colours_whatever_the_students(
    tiny_config: Make,
) -> None:
    card = load_bundle("default", Settings()).card
    base = tiny_config(classes=card.classes)
    stage = dataclasses.replace(base.stages[0], size_px=card.input.size_px)
    own = dataclasses.replace(base, stages=(stage,), mean=card.input.mean, std=card.input.std)
    other = dataclasses.replace(own, mean=(123.675, 116.28, 103.53), std=(58.4, 57.1, 57.4))
    images = pictures(2, card.input.size_px)
    folder = shipped_folder() / "default"
    first, second = (Teacher(folder, one, CPU).shares(images) for one in (own, other))
    torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("changes", [{"teacher_weight": 1.5}, {"drop_path": 1.0}])
def test_shares_out_of_range_are_refused(tiny_config: Make, changes: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(changes))):
        tiny_config(**changes)
