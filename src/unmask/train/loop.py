"""The training loop: plain, resumable, deterministic in what it draws.

A run is a folder: `config.json`, `log.jsonl` (one line per 50 steps and per validation),
`checkpoint.safetensors` + `checkpoint.json` (weights, averaged weights, optimiser, place). After a
kill -9 the same command goes on from the last checkpoint with the draws it would have made.
"""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from unmask.data.draws import Drawer
from unmask.errors import UsageError
from unmask.train.checkpoint import load_checkpoint, read_average, save_checkpoint
from unmask.train.config import Config, Stage
from unmask.train.network import Detector
from unmask.train.validate import Validation

log = logging.getLogger(__name__)
LOG_EVERY = 50  # steps


class Draws(Dataset[tuple[Tensor, int, Tensor]]):
    """The draws [first, first + count) at one size; masks of -1 stand for unknown."""

    def __init__(self, drawer: Drawer, first: int, count: int, size_px: int) -> None:
        self.drawer, self.first, self.count, self.size_px = drawer, first, count, size_px

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, int, Tensor]:
        draw = self.drawer.draw(self.first + index, self.size_px)
        cells = self.size_px // 16
        mask = np.full((cells, cells), -1, np.float32)
        if draw.mask is not None:
            grid = draw.mask.reshape(cells, self.size_px // cells, cells, self.size_px // cells)
            mask = grid.mean(axis=(1, 3))
        image = torch.from_numpy(draw.crop_rgb).permute(2, 0, 1)
        return image, draw.klass, torch.from_numpy(mask[None].astype(np.float32))


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


class Trainer:
    """One run in one folder; `run()` trains to the end, from the start or the last checkpoint."""

    def __init__(self, config: Config, out: Path) -> None:
        self.config, self.out = config, out
        out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        fresh = not config.start_from
        self.network = Detector(
            config.architecture, len(config.classes), dropout=config.dropout, pretrained=fresh
        )
        if not fresh:
            self.network.load_state_dict(read_average(Path(config.start_from)))
        self.network.to(memory_format=torch.channels_last)
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            _groups(self.network, config.weight_decay), lr=config.stages[0].lr
        )
        self.mean = torch.tensor(config.mean).view(1, 3, 1, 1)
        self.std = torch.tensor(config.std).view(1, 3, 1, 1)
        self.step = 0

    def run(self) -> None:
        """Train all stages; every `checkpoint` draws save and validate."""
        self._record_config()
        self.step = load_checkpoint(self.out, self.network, self.average, self.optimiser)
        drawer = Drawer(Path(self.config.manifest), self.config.recipe, seed=self.config.seed)
        validation = Validation(self.config)
        first = 0
        for stage in self.config.stages:
            steps = stage.draws // self.config.batch
            if self.step < first + steps:
                self._run_stage(stage, drawer, validation, first, steps)
            first += steps

    def _record_config(self) -> None:
        path, text = self.out / "config.json", json.dumps(self.config.to_dict(), indent=1)
        if path.exists() and path.read_text("utf-8") != text:
            raise UsageError(
                f"{self.out} holds a run with another configuration", "choose another --out"
            )
        path.write_text(text, "utf-8")

    def _run_stage(
        self, stage: Stage, drawer: Drawer, validation: Validation, first: int, steps: int
    ) -> None:
        batch = self.config.batch
        done = self.step - first
        draws = Draws(drawer, self.step * batch, (steps - done) * batch, stage.size_px)
        loader = DataLoader(
            draws,
            batch,
            num_workers=self.config.loaders,
            drop_last=True,
            worker_init_fn=_one_thread,
        )
        network: Any = (
            torch.compile(self.network, dynamic=False) if self.config.compile else self.network
        )
        self.network.train()
        every = max(1, self.config.checkpoint // batch)
        sums, since = np.zeros(3), time.monotonic()
        for images, classes, masks in loader:
            self._set_rate(stage, self.step - first, steps)
            torch.manual_seed(self.config.seed * 1_000_003 + self.step)
            sums += self._train_step(network, images, classes, masks)
            self.step += 1
            if self.step % LOG_EVERY == 0:
                rate = LOG_EVERY * batch / (time.monotonic() - since)
                self._log(loss=sums[0], blend=sums[1], accuracy=sums[2], images_s=rate)
                sums, since = np.zeros(3), time.monotonic()
            if self.step % every == 0 or self.step == first + steps:
                self._checkpoint(validation, stage.size_px)
                since = time.monotonic()

    def _train_step(
        self, network: nn.Module, images: Tensor, classes: Tensor, masks: Tensor
    ) -> np.ndarray[Any, Any]:
        inputs = ((images.float() - self.mean) / self.std).contiguous(
            memory_format=torch.channels_last
        )
        logits, blend = network(inputs)
        loss = functional.cross_entropy(
            logits, classes, label_smoothing=self.config.label_smoothing
        )
        where = blend_loss(blend, masks)
        total = loss + self.config.blend_weight * where
        if not math.isfinite(float(total.detach())):
            raise UsageError(
                f"the loss is not finite at step {self.step}", "lower the learning rate"
            )
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(total)
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self._update_average()
        hits = (logits.detach().argmax(1) == classes).float().mean()
        parts = [float(loss.detach()), float(where.detach()), float(hits)]
        return np.array(parts) / LOG_EVERY

    def _update_average(self) -> None:
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                held = self.average[name]
                if held.dtype.is_floating_point:
                    held.lerp_(value, 1 - decay)
                else:
                    held.copy_(value)

    def _set_rate(self, stage: Stage, at: int, steps: int) -> None:
        warm = max(1, int(stage.warm_up * steps))
        if at < warm:
            share = (at + 1) / warm
        else:
            along = (at - warm) / max(1, steps - warm)
            share = stage.final_lr + (1 - stage.final_lr) * (1 + math.cos(math.pi * along)) / 2
        for group in self.optimiser.param_groups:
            group["lr"] = stage.lr * share

    def _checkpoint(self, validation: Validation, size_px: int) -> None:
        save_checkpoint(self.out, self.network, self.average, self.optimiser, self.step)
        live = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        self._log(**validation.run(self.network, size_px))
        self.network.load_state_dict(live)
        self.network.train()

    def _log(self, **values: Any) -> None:
        line = {"step": self.step, "draws": self.step * self.config.batch, **values}
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=lambda v: round(float(v), 5)) + "\n")
        log.info("%s", line)


def _one_thread(_worker: int) -> None:
    import cv2

    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weight decay on matrices and kernels only, not on biases and normalisation."""
    wide = [p for p in network.parameters() if p.ndim > 1]
    narrow = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": wide, "weight_decay": decay}, {"params": narrow, "weight_decay": 0.0}]
