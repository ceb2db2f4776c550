"""Losses, optimisers and the course of the learning rate: the arithmetic of the training loop.

Cosine with warm-up: Loshchilov & Hutter, "SGDR" (2017); decoupled decay: "AdamW" (2019).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from unmask.train.config import Config, Stage


def blend_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """BCE + Dice over the pictures whose mask is known; 0 where none is."""
    known = mask[:, 0, 0, 0] >= 0
    if not bool(known.any()):
        return logits.sum() * 0
    logits, mask = logits[known], mask[known]
    bce = functional.binary_cross_entropy_with_logits(logits, mask)
    fakes = mask.amax(dim=(1, 2, 3)) > 0.1
    if not bool(fakes.any()):
        return bce
    p, m = torch.sigmoid(logits[fakes]), mask[fakes]
    overlap = (p * m).sum(dim=(1, 2, 3))
    dice = 1 - (2 * overlap + 1) / (p.sum(dim=(1, 2, 3)) + m.sum(dim=(1, 2, 3)) + 1)
    return bce + dice.mean()


def build_optimiser(network: nn.Module, config: Config) -> torch.optim.Optimizer:
    """The optimiser of that name; decay on matrices and kernels only."""
    groups, rate = _groups(network, config.weight_decay), config.stages[0].lr
    if config.optimiser == "sgd":
        nesterov = config.momentum > 0
        return torch.optim.SGD(groups, lr=rate, momentum=config.momentum, nesterov=nesterov)
    if config.optimiser == "adam":
        return torch.optim.Adam(groups, lr=rate)
    return torch.optim.AdamW(groups, lr=rate)


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weight decay on matrices and kernels only, not on biases and normalisation."""
    wide = [p for p in network.parameters() if p.ndim > 1]
    narrow = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": wide, "weight_decay": decay}, {"params": narrow, "weight_decay": 0.0}]


def learning_rate(stage: Stage, at: int, steps: int) -> float:
    """The learning rate of step `at` (from 0) of a stage of `steps` steps."""
    warm = max(1, int(stage.warm_up * steps))
    if at < warm:
        return stage.lr * ((at + 1) / warm)
    if stage.schedule == "step":
        passed = sum(at >= share * steps for share in stage.step_at)
        return float(stage.lr * stage.step_factor**passed)
    along = (at - warm) / max(1, steps - warm)
    share = stage.final_lr + (1 - stage.final_lr) * (1 + math.cos(math.pi * along)) / 2
    return stage.lr * share


def update_average(average: dict[str, Tensor], network: nn.Module, decay: float, step: int) -> None:
    """Move the weight average towards the weights; the first steps count more."""
    decay = min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for name, value in network.state_dict().items():
            held = average[name]
            if held.dtype.is_floating_point:
                held.lerp_(value, 1 - decay)
            else:
                held.copy_(value)
