"""The frozen configuration of a run of `task = "temporal"`: TOML, options, `config.json`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from unmask.errors import UsageError
from unmask.train.config import read_toml

TASK = "temporal"
HINT = "see docs/TEMPORAL.md"
NOT_COMPARED = ("threads", "workers", "cache")  # decide how fast a run is, not what comes out


@dataclass(frozen=True, slots=True)
class TemporalConfig:
    """Everything that decides a run over time.

    bundle         folder of the bundle whose features are learned from
    data           folders with `truth.json`, manifests of videos, or both
    projection, hidden   widths of the features' projection and of the LSTM
    frames_min     fewer usable frames are not judged, in training and when served
    window_frames  frames behind each point of a served series; training cuts ranges from
                   `frames_min` to all frames out of its tracks
    patience       epochs without a better validation AUC after which the run ends; 0 = never
    cache          folder of the readings of clips; "" = RUN/readings
    """

    bundle: str
    data: tuple[str, ...]
    task: str = TASK
    projection: int = 64
    hidden: int = 64
    bidirectional: bool = False
    dropout: float = 0.5
    epochs: int = 60
    batch: int = 32
    lr: float = 2e-3
    weight_decay: float = 0.02
    ema: float = 0.98
    patience: int = 15
    frames_min: int = 4
    window_frames: int = 8
    seed: int = 0
    threads: int = 1
    workers: int = 1
    cache: str = ""

    def __post_init__(self) -> None:
        _expect(self.task == TASK, "task", TASK, self.task)
        _expect(bool(self.data), "data", "one or more folders or manifests", "none")
        for name in ("projection", "hidden", "epochs", "batch", "threads", "workers"):
            _expect(getattr(self, name) > 0, name, "more than 0", getattr(self, name))
        _expect(self.lr > 0, "lr", "more than 0", self.lr)
        _expect(0 <= self.dropout < 1, "dropout", "a share below 1", self.dropout)
        _expect(0 <= self.ema < 1, "ema", "a decay below 1", self.ema)
        good = 2 <= self.frames_min <= self.window_frames
        expected = "2 or more, and no more than window_frames"
        _expect(good, "frames_min", expected, self.frames_min)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as recorded in `config.json` of the run."""
        return asdict(self)

    def same_run(self, other: TemporalConfig) -> bool:
        """Whether a run of the one may go on with the other."""
        mine, theirs = self.to_dict(), other.to_dict()
        return all(mine[key] == theirs[key] for key in mine if key not in NOT_COMPARED)


def _expect(condition: bool, what: str, expected: object, got: object) -> None:
    if not condition:
        raise UsageError(f"{what}: expected {expected}, got {got}", HINT)


def is_temporal(path: Path) -> bool:
    """Whether a TOML, or the `config.json` of a run's folder, is of this task.

    False where it cannot be read: whoever reads it next says what is wrong.
    """
    try:
        if path.is_dir():
            raw = json.loads((path / "config.json").read_text("utf-8"))
        else:
            raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(raw, dict) and raw.get("task") == TASK


def read_temporal_config(path: Path) -> TemporalConfig:
    """Parse a TOML configuration; UsageError where it does not fit.

    Relative paths in it are those of the folder where the command is given.
    """
    return parse_temporal(read_toml(path, HINT), path)


def read_temporal_run(run: Path) -> TemporalConfig:
    """The configuration recorded in a run's folder."""
    path = run / "config.json"
    try:
        return parse_temporal(json.loads(path.read_text("utf-8")), path)
    except FileNotFoundError:
        raise UsageError(f"{run} holds no run", "train first, or name the run's folder") from None
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}", "take a whole run's folder") from error


def parse_temporal(raw: Mapping[str, Any], path: Path) -> TemporalConfig:
    """The configuration in plain data; `path` is named in errors."""
    unknown = sorted(set(raw) - {field.name for field in fields(TemporalConfig)})
    if unknown:
        raise UsageError(f"{path} does not fit: unknown {unknown}", HINT)
    values = dict(raw)
    data = values.pop("data", ())
    try:
        return TemporalConfig(data=(data,) if isinstance(data, str) else tuple(data), **values)
    except TypeError as error:
        raise UsageError(f"{path} does not fit: {error}", HINT) from error
