"""The frozen configuration of a run, read from TOML and recorded with the run, all of it."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unmask.data.adapters.base import CLASSES
from unmask.data.recipe import Recipe
from unmask.errors import UsageError


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run at one picture size, with a one-cycle (warm-up, cosine) learning rate.

    draws      training pictures drawn
    lr         highest learning rate (AdamW)
    warm_up    share of the steps until it is reached
    final_lr   learning rate at the end, as a share of `lr`
    """

    size_px: int
    draws: int
    lr: float
    warm_up: float = 0.1
    final_lr: float = 0.01


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that decides a run.

    start_from     run folder whose averaged weights are taken over, or "" for ImageNet's
    held_out       sources that are neither trained on nor validated on
    checkpoint     draws between checkpoints and validations ("an epoch")
    ema            decay of the weight average, per step
    """

    architecture: str
    manifest: str
    recipe: Recipe
    stages: tuple[Stage, ...]
    seed: int = 0
    start_from: str = ""
    held_out: tuple[str, ...] = ()
    classes: tuple[str, ...] = CLASSES
    mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    std: tuple[float, float, float] = (128.0, 128.0, 128.0)
    batch: int = 32
    weight_decay: float = 0.02
    dropout: float = 0.2
    label_smoothing: float = 0.03
    blend_weight: float = 0.3
    ema: float = 0.998
    checkpoint: int = 9600
    validate_per_source: int = 200
    threads: int = 2
    loaders: int = 2
    compile: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as recorded in `config.json` of the run."""
        return asdict(self)


def read_config(path: Path) -> Config:
    """Parse a TOML configuration; UsageError with the next step where it does not fit."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no configuration {path}", "see configs/default.toml") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}", "mend that line") from error
    held_out = tuple(raw.pop("held_out", ()))
    try:
        recipe = Recipe.from_dict(raw.pop("recipe"), held_out)
        stages = tuple(Stage(**stage) for stage in raw.pop("stages"))
        plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
        return Config(recipe=recipe, stages=stages, held_out=held_out, **plain)
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path} does not fit: {error}", "see configs/default.toml") from error
