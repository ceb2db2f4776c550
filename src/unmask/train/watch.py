"""Who looks on while a run trains: a progress bar, TensorBoard. Watchers change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from torch.utils.tensorboard import SummaryWriter


class Watcher(Protocol):
    """Told by the trainer what happens, in order: start, then steps and lines, then end."""

    def start(self, steps: int, done: int) -> None:
        """A run of `steps` steps begins, `done` of them before."""

    def step(self, done: int, loss: float, accuracy: float) -> None:
        """A step is done; loss and accuracy are those of its batch."""

    def line(self, line: dict[str, Any]) -> None:
        """A line was added to the log."""

    def end(self) -> None:
        """The run is over, or broke off with an error."""


class TensorBoard:
    """Writes every number of the log for TensorBoard into the run's folder `tensorboard`."""

    def __init__(self, out: Path) -> None:
        self._folder = out / "tensorboard"
        self._writer: SummaryWriter | None = None

    def start(self, steps: int, done: int) -> None:
        """Open the folder; what lies after the step of the last checkpoint is hidden."""
        self._writer = SummaryWriter(str(self._folder), purge_step=done + 1 if done else None)

    def step(self, done: int, loss: float, accuracy: float) -> None:
        """Nothing: the lines of the log are enough."""

    def line(self, line: dict[str, Any]) -> None:
        """One scalar per number."""
        if self._writer is None:
            return
        kind = "epoch" if "auc" in line else "step"
        for name, value in line.items():
            if name not in ("step", "draws", "epoch"):
                self._writer.add_scalar(f"{kind}/{name}", value, line["step"])

    def end(self) -> None:
        """Flush and close."""
        if self._writer is not None:
            self._writer.close()
