"""The frozen configuration of a run, read from TOML and recorded with the run, all of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unmask.data.adapters.base import CLASSES
from unmask.data.recipe import Recipe
from unmask.errors import UsageError

OPTIMISERS = ("adam", "adamw", "sgd")
SCHEDULES = ("cosine", "step")
DEVICES = ("auto", "cpu", "cuda")
STRIDE_PX = 16  # of the blend map: every picture size is a multiple of it
SIZE_MIN_PX = 32
HINT = "see docs/TRAINING.md and configs/default-1.toml"
# What may differ when a run goes on: it decides how fast the draws come, not which they are.
NOT_COMPARED = ("loaders", "device")
PATHS = ("manifest", "start_from", "teacher")
FOLDER = "folder"  # of `config.json`: the working directory in which the run began


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run at one picture size, with one course of the learning rate.

    draws      training pictures drawn
    lr         highest learning rate
    warm_up    share of the steps until it is reached
    schedule   what follows: "cosine" falls to `final_lr` (a share of `lr`) at the end; "step" is
               multiplied by `step_factor` at each of `step_at` (shares of the steps)
    """

    size_px: int
    draws: int
    lr: float
    warm_up: float = 0.1
    final_lr: float = 0.01
    schedule: str = "cosine"
    step_at: tuple[float, ...] = (0.5, 0.75)
    step_factor: float = 0.1

    def __post_init__(self) -> None:
        fits = self.size_px >= SIZE_MIN_PX and self.size_px % STRIDE_PX == 0
        expected = f"a multiple of {STRIDE_PX} from {SIZE_MIN_PX} px up"
        _expect(fits, "size_px of a stage", expected, self.size_px)
        _expect(self.draws > 0, "draws of a stage", "more than 0", self.draws)
        _expect(self.lr > 0, "lr of a stage", "more than 0", self.lr)
        _expect(0 <= self.warm_up < 1, "warm_up of a stage", "a share below 1", self.warm_up)
        _expect_one_of("schedule", self.schedule, SCHEDULES)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that decides a run.

    start_from       run or bundle folder whose weights are taken over, or "" for a fresh network
    pretrained       a fresh network starts from ImageNet's weights where the architecture has any
    teacher          run or bundle folder of the same classes whose answers are learnt, too; "" for
                     none; `teacher_weight` is their share of the class loss
    held_out         sources that are neither trained on nor validated on
    classes          "real" first; with two, every manipulation is the other one
    batch            draws per step, over all processes
    accumulate       parts in which a step's draws pass through the network (less memory)
    optimiser        "adamw", "adam" or "sgd" (Nesterov, with `momentum`)
    drop_path        share of residual blocks left out while training, 0 = none
    mixup            a of Beta(a, a), in what shares the pictures of every other batch are laid over
                     each other (`train/mixup.py`); 0 = never
    blend            whether there is a head that maps where a blend is (loss times `blend_weight`)
    ema              decay of the weight average, per step; 0 = the last weights themselves
    mixed_precision  half precision with loss scaling, on a GPU only
    checkpoint       draws between checkpoints and validations ("an epoch")
    patience         epochs without a better validation AUC after which the run ends, its best
                     epoch being what is exported; 0 = never, the last epoch being exported
    threads          of torch; `loaders` are the processes that draw
    device           "auto" takes a GPU where there is one
    """

    architecture: str
    manifest: str
    recipe: Recipe
    stages: tuple[Stage, ...]
    seed: int = 0
    start_from: str = ""
    teacher: str = ""
    teacher_weight: float = 0.7
    pretrained: bool = True
    held_out: tuple[str, ...] = ()
    classes: tuple[str, ...] = CLASSES
    mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    std: tuple[float, float, float] = (128.0, 128.0, 128.0)
    batch: int = 32
    accumulate: int = 1
    optimiser: str = "adamw"
    momentum: float = 0.9
    weight_decay: float = 0.02
    dropout: float = 0.2
    drop_path: float = 0.0
    label_smoothing: float = 0.03
    mixup: float = 0.0
    blend: bool = True
    blend_weight: float = 0.3
    ema: float = 0.998
    mixed_precision: bool = False
    checkpoint: int = 9600
    patience: int = 0
    validate_per_source: int = 200
    threads: int = 2
    loaders: int = 2
    device: str = "auto"
    compile: bool = False

    def __post_init__(self) -> None:
        _expect_one_of("optimiser", self.optimiser, OPTIMISERS)
        _expect_one_of("device", self.device, DEVICES)
        _expect(self.batch > 0, "batch", "more than 0", self.batch)
        share = 0 <= self.teacher_weight <= 1
        _expect(share, "teacher_weight", "a share from 0 to 1", self.teacher_weight)
        _expect(0 <= self.drop_path < 1, "drop_path", "a share below 1", self.drop_path)
        _expect(self.mixup >= 0, "mixup", "0 or more", self.mixup)
        _expect(not (self.mixup and self.teacher), "mixup", "0 beside a teacher", self.mixup)
        parts = 0 < self.accumulate <= self.batch and self.batch % self.accumulate == 0
        _expect(parts, "accumulate", f"a divisor of the batch {self.batch}", self.accumulate)
        _expect(bool(self.stages), "stages", "one or more", "none")
        for stage in self.stages:
            _expect(stage.draws >= self.batch, "draws of a stage", "a batch or more", stage.draws)
        known = len(self.classes) in (2, 3) and self.classes[0] == CLASSES[0]
        _expect(known, "classes", 'two or three, "real" first', list(self.classes))
        if len(self.classes) == len(CLASSES):
            _expect(self.classes == CLASSES, "three classes", CLASSES, list(self.classes))

    def class_index(self, klass: str) -> int:
        """Where a class of the data (`CLASSES`) stands in the network's output."""
        return min(CLASSES.index(klass), len(self.classes) - 1)

    def steps_of(self, stage: Stage) -> int:
        """Optimiser steps of a stage."""
        return stage.draws // self.batch

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        return sum(self.steps_of(stage) for stage in self.stages)

    @property
    def epoch_steps(self) -> int:
        """Steps between two checkpoints."""
        return max(1, self.checkpoint // self.batch)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    def record(self) -> dict[str, Any]:
        """What `config.json` of a run holds: everything, and where its relative paths start."""
        return self.to_dict() | {FOLDER: str(Path.cwd())}

    def same_run(self, other: Config) -> bool:
        """Whether a run of the one may go on with the other."""
        mine, theirs = self._absolute(), other._absolute()
        return all(mine[key] == theirs[key] for key in mine if key not in NOT_COMPARED)

    def _absolute(self) -> dict[str, Any]:
        """Plain data with absolute paths."""
        values = self.to_dict()
        paths = {key: str(Path(values[key]).absolute()) for key in PATHS if values[key]}
        return values | paths


def _expect(condition: bool, what: str, expected: object, got: object) -> None:
    if not condition:
        raise UsageError(f"{what}: expected {expected}, got {got}", HINT)


def _expect_one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"unknown {what} {value!r}", f"choose from {', '.join(known)}")


def read_toml(path: Path, hint: str) -> dict[str, Any]:
    """What the TOML at `path` holds; UsageError where it is none, `hint` where there is nothing."""
    if (path / "config.json").is_file():
        raise UsageError(
            f"{path} is the folder of a run, not a configuration",
            f"`unmask train --out {path}` goes on with that run",
        )
    if path.is_dir():
        raise UsageError(
            f"{path} is a folder, not a configuration",
            "give a TOML, or the folder of pictures as --data with an --architecture",
        )
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no configuration {path}", hint) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", "mend that line") from error


def read_config(path: Path) -> Config:
    """Parse a TOML configuration; UsageError with the next step where it does not fit."""
    return parse_config(read_toml(path, HINT), path)


def read_run_config(run: Path) -> Config:
    """The configuration recorded in a run's folder; what it does not name has its default.

    Relative paths start in the folder where the run began, if what they name is still there, else
    in the working directory: a tree of data and runs may be moved.
    """
    path = run / "config.json"
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{run} holds no run", "train first, or name the run's folder") from None
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}", "take a whole run's folder") from error
    folder = Path(raw.pop(FOLDER, ""))
    for key in PATHS:
        if raw.get(key) and (folder / raw[key]).exists():
            raw[key] = str(folder / raw[key])
    return parse_config(raw, path)


def parse_config(raw: Mapping[str, Any], path: Path) -> Config:
    """The configuration in plain data; `path` is named in errors."""
    values = dict(raw)
    held_out = tuple(values.pop("held_out", ()))
    try:
        recipe = Recipe.from_dict(values.pop("recipe"), held_out)
        stages = tuple(Stage(**_frozen(stage)) for stage in values.pop("stages"))
        return Config(recipe=recipe, stages=stages, held_out=held_out, **_frozen(values))
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path} does not fit: {error}", HINT) from error


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
