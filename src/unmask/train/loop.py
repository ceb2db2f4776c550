"""The training loop: plain, resumable, deterministic in what it draws.

A run is a folder: `config.json`, `log.jsonl` and `skipped.jsonl` (`runlog.py`), `curves.png`, and
`checkpoint.safetensors` (weights, averaged weights, optimiser, place). After a kill -9 the same
command goes on from the last checkpoint with the draws it would have made.

`accelerate` supplies the device, half precision and, under `accelerate launch`, further processes;
on one CPU it computes what the plain loop computes. All processes make equal shares of each step's
draws; the first one alone validates and writes.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate.utils import broadcast_object_list
from torch import Tensor
from torch.nn import functional

from unmask.data.draws import Drawer
from unmask.errors import UsageError
from unmask.models.bundle import CARD_FILE
from unmask.train.batches import Batch, Draws, Share, load_steps
from unmask.train.checkpoint import FILE, load_checkpoint, read_average, save_best, save_checkpoint
from unmask.train.config import Config, Stage, read_run_config
from unmask.train.curves import draw_curves
from unmask.train.mixup import mixed
from unmask.train.network import Detector
from unmask.train.optimise import blend_loss, build_optimiser, learning_rate, update_average
from unmask.train.prepare import (
    expect_even_shares,
    expect_every_class,
    keep_freed_memory,
    make_accelerator,
)
from unmask.train.runlog import RunLog, disk_errors, locked, write_text
from unmask.train.teacher import Teacher
from unmask.train.unfold import unfold_bundle
from unmask.train.validate import Validation
from unmask.train.watch import Watcher

log = logging.getLogger(__name__)
LOG_EVERY = 50  # steps
GRADIENT_NORM_MAX = 5.0
Sums = np.ndarray[Any, np.dtype[np.float64]]  # class loss, blend loss, share of right classes


def initial_weights(config: Config, network: Detector) -> None:
    """Load into `network` what the run starts from; nothing where it starts fresh."""
    if not config.start_from:
        return
    if (Path(config.start_from) / CARD_FILE).is_file():
        unfold_bundle(Path(config.start_from), config, network)
        return
    weights = read_average(Path(config.start_from))
    if not config.blend:
        weights = {k: v for k, v in weights.items() if not k.startswith("blend.")}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise UsageError(
            f"the weights of {config.start_from} do not fit {config.architecture!r} with "
            f"{len(config.classes)} classes",
            "name a run of the same architecture, classes and heads as start_from",
        ) from error


class Trainer:
    """One run in one folder; `run()` trains to the end, from the start or the last checkpoint."""

    def __init__(self, config: Config, out: Path, *, watchers: Sequence[Watcher] = ()) -> None:
        self.config, self.out = config, out
        with disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        keep_freed_memory()
        self.accelerator = make_accelerator(config)
        self.share = Share(self.accelerator.process_index, self.accelerator.num_processes)
        expect_even_shares(config, self.share)
        self.watchers = watchers if self._writes else ()
        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self.network = Detector(
            config.architecture,
            len(config.classes),
            dropout=config.dropout,
            pretrained=config.pretrained and not config.start_from,
            blend=config.blend,
            drop_path=config.drop_path,
        )
        initial_weights(config, self.network)
        self.network.to(memory_format=torch.channels_last)
        self.model: Any = self.accelerator.prepare_model(self.network)
        device = self.accelerator.device
        self.teacher = Teacher(Path(config.teacher), config, device) if config.teacher else None
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.optimiser = build_optimiser(self.network, config)
        self._stepper = self.accelerator.prepare_optimizer(self.optimiser)
        self.mean = torch.tensor(config.mean, device=device).view(1, 3, 1, 1)
        self.std = torch.tensor(config.std, device=device).view(1, 3, 1, 1)
        self.step = 0
        self.log = RunLog(out)
        self._trained: dict[str, float] = {}  # means of the last epoch
        self._epoch: list[Sums] = []  # of every step since the last checkpoint
        self._recent: list[Sums] = []  # of every step since the last line of the log

    def run(self) -> None:
        """Train all stages; every `checkpoint` draws save, validate and redraw the curves.

        UsageError where another process trains in the folder.
        """
        expect_every_class(self.config)
        with locked(self.out) if self._writes else nullcontext():
            self._run()

    def _run(self) -> None:
        self._record_config()
        self._go_on()
        if self._is_over():
            return
        drawer = Drawer(Path(self.config.manifest), self.config.recipe, seed=self.config.seed)
        validation = Validation(self.config)
        for watcher in self.watchers:
            watcher.start(self.config.steps, self.step)
        try:
            self._run_stages(drawer, validation)
        finally:
            for watcher in self.watchers:
                watcher.end()

    def _go_on(self) -> None:
        """Take over the last checkpoint, where there is one."""
        notes = load_checkpoint(self.out, self.network, self.average, self.optimiser)
        self.step, self._trained = notes["step"], notes.get("trained", {})
        if self.accelerator.scaler is not None and notes.get("scaler"):
            self.accelerator.scaler.load_state_dict(notes["scaler"])
        if self._writes:
            self.log.trim(self.step)

    def _is_over(self) -> bool:
        over = self._writes and self.step >= self.config.steps and self._validated()
        return self._agree(over) or (self.step > 0 and self._stops_early())

    def _agree(self, decision: bool) -> bool:
        """What the first process decided, in every process."""
        return bool(broadcast_object_list([decision])[0])

    @property
    def _writes(self) -> bool:
        return bool(self.accelerator.is_main_process)

    def _record_config(self) -> None:
        if not self._writes:
            return
        begun = (self.out / FILE).is_file()
        if begun and not self.config.same_run(read_run_config(self.out)):
            raise UsageError(
                f"{self.out} holds a run with another configuration", "choose another --out"
            )
        if not begun:
            text = json.dumps(self.config.record(), indent=1)
            write_text(self.out / "config.json", text)

    def _run_stages(self, drawer: Drawer, validation: Validation) -> None:
        first = 0
        for stage in self.config.stages:
            steps = self.config.steps_of(stage)
            if first < self.step <= first + steps and self._writes and not self._validated():
                self._validate(validation, stage.size_px)  # the kill came between the two
            if self.step < first + steps and not self._stops_early():
                self._run_stage(stage, drawer, validation, first, steps)
            first += steps

    def _run_stage(
        self, stage: Stage, drawer: Drawer, validation: Validation, first: int, steps: int
    ) -> None:
        config = self.config
        last = first + steps
        draws = Draws(drawer, config, self.step, last - self.step, stage.size_px, self.share)
        model: Any = torch.compile(self.model, dynamic=False) if config.compile else self.model
        self.network.train()
        since = time.monotonic()
        on_gpu = self.accelerator.device.type == "cuda"
        for parts in load_steps(draws, config, on_gpu=on_gpu):
            self._set_rate(stage, self.step - first, steps)
            torch.manual_seed(config.seed * 1_000_003 + self.step + self.share.index * 7_919)
            sums = self.train_step(model, parts)
            self.step += 1
            self._note(sums, [path for part in parts for path in part.skipped])
            if self.step % LOG_EVERY == 0:
                self._log_steps(time.monotonic() - since)
                since = time.monotonic()
            if self.step % config.epoch_steps == 0 or self.step == last:
                self._checkpoint(validation, stage.size_px)
                if self._stops_early():
                    return
                since = time.monotonic()

    def train_step(self, model: Any, parts: Sequence[Batch]) -> Sums:
        """One optimiser step over the parts of this process's share; what it measured."""
        self._stepper.zero_grad()
        sums = np.zeros(3)
        for index, part in enumerate(parts):
            whole = index == len(parts) - 1
            with nullcontext() if whole else self.accelerator.no_sync(model):
                sums += self._backward(model, part, index, len(parts)) / len(parts)
        self.accelerator.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM_MAX)
        self._stepper.step()
        update_average(self.average, self.network, self.config.ema, self.step)
        return sums

    def _backward(self, model: Any, part: Batch, index: int, parts: int) -> Sums:
        device = self.accelerator.device
        images = part.images.to(device, non_blocking=True)
        classes = part.classes.to(device, non_blocking=True)
        inputs = ((images.float() - self.mean) / self.std).contiguous(
            memory_format=torch.channels_last
        )
        masks, mixture = part.masks.to(device, non_blocking=True), None
        if self.config.mixup:
            mixture = mixed(inputs, masks, self.config.mixup, self._mixup_seed(index))
        if mixture is not None:
            inputs, masks = mixture.inputs, mixture.masks
        with self.accelerator.autocast():
            logits, blend = model(inputs)
        logits = logits.float()
        loss = self._class_loss(logits, classes)
        if mixture is not None:
            others = self._class_loss(logits, classes[mixture.other])
            loss = mixture.share * loss + (1 - mixture.share) * others
        if self.teacher is not None:
            taught = functional.cross_entropy(logits, self.teacher.shares(images))
            loss = torch.lerp(loss, taught, self.config.teacher_weight)
        where = loss.new_zeros(())
        if blend is not None:
            where = blend_loss(blend.float(), masks)
        total = loss + self.config.blend_weight * where
        if not math.isfinite(float(total.detach())):
            raise self._not_finite()
        self.accelerator.backward(total / parts)
        hits = (logits.detach().argmax(1) == classes).float().mean()
        return np.array([float(loss.detach()), float(where.detach()), float(hits)])

    def _class_loss(self, logits: Tensor, classes: Tensor) -> Tensor:
        smoothing = self.config.label_smoothing
        return functional.cross_entropy(logits, classes, label_smoothing=smoothing)

    def _mixup_seed(self, part: int) -> int:
        """Another one for each step, process and part of a step."""
        return self.config.seed * 7_000_003 + self.step + self.share.index * 7_919 + part * 104_729

    def _not_finite(self) -> UsageError:
        rate = self.optimiser.param_groups[0]["lr"]
        return UsageError(
            f"the loss is not finite at step {self.step} (learning rate {rate:.3g})",
            "lower the learning rate (a tenth of it) or lengthen the warm-up, and train into a new "
            "folder; the last checkpoint from before is untouched",
        )

    def _set_rate(self, stage: Stage, at: int, steps: int) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(stage, at, steps)

    def _note(self, sums: Sums, skipped: Sequence[str]) -> None:
        self._epoch.append(sums)
        self._recent.append(sums)
        if self._writes:
            self.log.skip(skipped)
        for watcher in self.watchers:
            watcher.step(self.step, float(sums[0]), float(sums[2]))

    def _log_steps(self, seconds: float) -> None:
        loss, where, accuracy = np.mean(self._recent, axis=0)
        rate = len(self._recent) * self.config.batch / seconds
        self._recent = []
        self._log(loss=loss, blend=where, accuracy=accuracy, images_s=rate)

    def _checkpoint(self, validation: Validation, size_px: int) -> None:
        loss, where, accuracy = map(float, np.mean(self._epoch, axis=0))
        self._trained = {"train_loss": loss, "train_blend": where, "train_accuracy": accuracy}
        if self._writes:
            notes: dict[str, Any] = {"step": self.step, "trained": self._trained}
            if self.accelerator.scaler is not None:
                notes["scaler"] = self.accelerator.scaler.state_dict()
            save_checkpoint(self.out, self.network, self.average, self.optimiser, notes)
            self._validate(validation, size_px)
        self._epoch, self._recent = [], []
        self.accelerator.wait_for_everyone()

    def _validate(self, validation: Validation, size_px: int) -> None:
        """Validate the averaged weights, log it with the epoch's training, keep the best."""
        live: dict[str, Tensor] = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        measured = validation.run(self.network, size_px)
        self.network.load_state_dict(live)
        self.network.train()
        self.log.skip(validation.unreadable)
        before = [line["auc"] for line in self.log.validations()]
        if self.config.patience and round(measured["auc"], 5) > max(before, default=-1.0):
            save_best(self.out, self.average)
        self._log(epoch=len(before) + 1, **self._trained, **measured)
        draw_curves(self.out)

    def _validated(self) -> bool:
        return any(line["step"] == self.step for line in self.log.validations())

    def _stops_early(self) -> bool:
        """Whether `patience` epochs have passed without a better validation; alike everywhere."""
        if not self.config.patience:
            return False
        stop = False
        if self._writes:
            values = [line["auc"] for line in self.log.validations()]
            best = values.index(max(values)) if values else 0
            stop = len(values) - 1 - best >= self.config.patience
        return self._agree(stop)

    def _log(self, **values: Any) -> None:
        if not self._writes:
            return
        line = self.log.append(
            {"step": self.step, "draws": self.step * self.config.batch, **values}
        )
        log.info("%s", line)
        for watcher in self.watchers:
            watcher.line(line)
