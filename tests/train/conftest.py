"""A tiny data set in a real layout, drawn, with its manifest and meshes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_faces import write_tiny_manifest

from unmask.data.recipe import Entry, Recipe
from unmask.train.config import Config, Stage

RECIPE = Recipe(
    (
        Entry("set", "real", 1.0),
        Entry("set", "swap", 0.6),
        Entry("set", "real", 0.4, {"self_blend": 1.0}, "swap"),
    ),
    native_px=(120.0, 190.0),
)


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of 16 genuine and 16 manipulated drawn faces, in the layout of plain folders."""
    return write_tiny_manifest(tmp_path_factory.mktemp("data"))


@pytest.fixture
def tiny_config(tiny_data: Path) -> Callable[..., Config]:
    """A run of 12 steps in two stages and three epochs; keywords change it."""

    def make(**changes: object) -> Config:
        config = Config(
            architecture="own-cnn",
            manifest=str(tiny_data),
            recipe=RECIPE,
            stages=(Stage(64, 64, 1e-3), Stage(96, 32, 5e-4)),
            batch=8,
            checkpoint=32,
            loaders=0,
            threads=1,
            classes=("real", "swap"),
            device="cpu",
        )
        return dataclasses.replace(config, **changes)

    return make
