"""Draws as batches: the loader that stands between `data.draws` and the training loop.

A step's draws are [step * batch, (step + 1) * batch) whatever the number of processes and parts:
each process takes its own equal share of them, part after part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from unmask.data.adapters.base import CLASSES
from unmask.data.draws import Drawer
from unmask.errors import UsageError
from unmask.train.config import STRIDE_PX, Config

Item = tuple[Tensor, int, Tensor, tuple[str, ...]]


class Problem(NamedTuple):
    """A UsageError as a value: torch cannot carry it out of a loading process as it is."""

    message: str
    hint: str


class Batch(NamedTuple):
    """images (N, 3, S, S) uint8; classes (N,); masks (N, 1, S/16, S/16), -1 = unknown; skipped."""

    images: Tensor
    classes: Tensor
    masks: Tensor
    skipped: list[str]


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a step's draws that one of several processes makes."""

    index: int = 0
    of: int = 1


class Draws(Dataset[Item | Problem]):
    """The draws of the steps [first_step, first_step + steps) that are this process's share."""

    def __init__(
        self,
        drawer: Drawer,
        config: Config,
        first_step: int,
        steps: int,
        size_px: int,
        share: Share,
    ) -> None:
        self.drawer, self.config, self.size_px = drawer, config, size_px
        self.first_step, self.steps, self.share = first_step, steps, share
        self.per_step = config.batch // share.of

    def __len__(self) -> int:
        return self.steps * self.per_step

    def draw_index(self, position: int) -> int:
        """The number of the draw at a position of this process's sequence."""
        step, inside = divmod(position, self.per_step)
        start = (self.first_step + step) * self.config.batch
        return start + self.share.index * self.per_step + inside

    def __getitem__(self, position: int) -> Item | Problem:
        try:
            draw = self.drawer.draw(self.draw_index(position), self.size_px)
        except UsageError as error:
            return Problem(error.message, error.hint)
        cells = self.size_px // STRIDE_PX
        mask = np.full((cells, cells), -1, np.float32)
        if draw.mask is not None:
            grid = draw.mask.reshape(cells, STRIDE_PX, cells, STRIDE_PX)
            mask = grid.mean(axis=(1, 3))
        image = torch.from_numpy(draw.crop_rgb).permute(2, 0, 1)
        klass = self.config.class_index(CLASSES[draw.klass])
        return image, klass, torch.from_numpy(mask[None].astype(np.float32)), draw.skipped


def collate(items: Sequence[Item | Problem]) -> Batch | Problem:
    """One batch of items, the skipped files in one list; or the first problem among them."""
    good: list[Item] = []
    for item in items:
        if isinstance(item, Problem):
            return item
        good.append(item)
    images, classes, masks = default_collate([item[:3] for item in good])
    return Batch(images, classes, masks, [path for item in good for path in item[3]])


def load_steps(draws: Draws, config: Config, *, on_gpu: bool) -> Iterator[list[Batch]]:
    """The parts of one step after another; UsageError where nothing can be drawn."""
    loader = DataLoader(
        draws,
        draws.per_step // config.accumulate,
        num_workers=config.loaders,
        collate_fn=collate,
        pin_memory=on_gpu,
        worker_init_fn=one_thread,
    )
    parts: list[Batch] = []
    for batch in loader:
        if isinstance(batch, Problem):
            raise UsageError(batch.message, batch.hint)
        parts.append(batch)
        if len(parts) == config.accumulate:
            yield parts
            parts = []


def one_thread(_worker: int) -> None:
    """Keep this process to one core."""
    import cv2

    cv2.setNumThreads(0)
    torch.set_num_threads(1)
