"""Mixup: what is laid over what, in which shares, and what the loss makes of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from unmask.errors import UsageError
from unmask.train.batches import Batch
from unmask.train.config import Config
from unmask.train.loop import Trainer
from unmask.train.mixup import Mixed, mixed

pytestmark = [pytest.mark.train]
Make = Callable[..., Config]
STRENGTH = 0.4


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Four pictures of one value each, and masks of which the last is not known."""
    inputs = torch.arange(4.0).view(4, 1, 1, 1).expand(4, 3, 8, 8).contiguous()
    masks = torch.zeros(4, 1, 2, 2)
    masks[1], masks[3] = 1.0, -1.0
    return inputs, masks


def found(seeds: range) -> list[Mixed]:
    """The mixtures of these seeds."""
    return [m for m in (mixed(*batch(), STRENGTH, seed) for seed in seeds) if m is not None]


def test_about_every_other_batch_is_mixed_and_always_the_same() -> None:
    some = found(range(400))
    assert 160 < len(some) < 240
    again = found(range(400))
    assert [m.share for m in some] == [m.share for m in again]
    assert len({m.share for m in some}) == len(some)


def test_a_picture_keeps_the_larger_part_and_lends_the_rest() -> None:
    _, masks = batch()
    for one in found(range(60)):
        assert 0.5 <= one.share <= 1
        assert sorted(one.other.tolist()) == [0, 1, 2, 3]
        expected = one.share * torch.arange(4.0) + (1 - one.share) * one.other
        torch.testing.assert_close(one.inputs[:, 0, 0, 0], expected)
        for row, other in enumerate(one.other.tolist()):
            unknown = 3 in (row, other)
            blend = one.share * masks[row] + (1 - one.share) * masks[other]
            torch.testing.assert_close(one.masks[row], -torch.ones(1, 2, 2) if unknown else blend)


@pytest.mark.slow
def test_the_loss_counts_both_labels_by_their_shares(tiny_config: Make, tmp_path: Path) -> None:
    config = dataclasses.replace(tiny_config(), mixup=STRENGTH, dropout=0.0, blend=False)
    rng = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (4, 3, 64, 64), dtype=torch.uint8, generator=rng)
    classes, masks = torch.tensor([0, 1, 0, 1]), torch.full((4, 1, 2, 2), -1.0)
    kinds = set()
    for seed in range(12):
        trainer = Trainer(dataclasses.replace(config, seed=seed), tmp_path / str(seed))
        network, inputs = trainer.network.train(), (images.float() - trainer.mean) / trainer.std
        mixture = mixed(inputs, masks, STRENGTH, seed * 7_000_003)
        kinds.add(mixture is not None)
        share, other, shown = 1.0, torch.arange(4), inputs
        if mixture is not None:
            share, other, shown = mixture.share, mixture.other, mixture.inputs
        logits, _ = network(shown)
        smooth = config.label_smoothing
        own, lent = (
            functional.cross_entropy(logits, c, label_smoothing=smooth)
            for c in (classes, classes[other])
        )
        said = trainer.train_step(trainer.model, [Batch(images, classes, masks, [])])[0]
        assert said == pytest.approx((share * own + (1 - share) * lent).item(), abs=1e-5)
    assert kinds == {True, False}


@pytest.mark.parametrize("changes", [{"mixup": -0.1}, {"mixup": 0.4, "teacher": "runs/other"}])
def test_what_cannot_be_is_refused(tiny_config: Make, changes: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="mixup"):
        tiny_config(**changes)
