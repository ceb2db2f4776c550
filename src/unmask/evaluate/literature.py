"""The table of the literature on one data set: architectures x splits x subsets, trained plainly.

Students split `deepfake_faces` at random, so that the same people are trained and tested on; beside
that stands the split by person. A cell is one training and one reading of its test split. Finished
cells are files of their own, so that a table that was interrupted goes on with the missing ones.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.recipe import Recipe
from unmask.data.splits import SplitBy, SplitPlan, split_table, write_rows
from unmask.errors import UsageError
from unmask.evaluate.metrics import measure
from unmask.train.batches import one_thread
from unmask.train.checkpoint import FILE, trained_network
from unmask.train.config import Config
from unmask.train.loop import Trainer
from unmask.train.plain import Plan, plain_config
from unmask.train.prepare import device_of
from unmask.train.runlog import write_text
from unmask.train.validate import fake_log_odds, score_faces

VALIDATED = 100  # faces of each class per epoch, four times as many where there are over 1,000
SHOWN = ("accuracy", "f1", "precision", "recall", "specificity", "auc")


@dataclass(frozen=True, slots=True)
class Budget:
    """What one architecture may spend: `epochs` of the training split, or that many `draws`.

    test_faces  how many faces of the test split are judged, None = all
    """

    name: str
    size_px: int
    epochs: int = 0
    draws: int = 0
    test_faces: int | None = None

    def __post_init__(self) -> None:
        if (self.epochs > 0) == (self.draws > 0):
            raise UsageError(f"the budget of {self.name!r} names {self}", "give epochs or draws")


@dataclass(frozen=True, slots=True)
class TablePlan:
    """The whole table; `subsets` are genuine : manipulated, `loaders` and `device` of `Config`."""

    architectures: tuple[Budget, ...]
    recipe: Recipe
    source: str
    seed: int
    ratio: tuple[float, float, float]
    splits: tuple[SplitBy, ...]
    subsets: tuple[tuple[float, float], ...]
    threshold: float
    batch: int
    lr: float
    loaders: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Cell:
    """One training: an architecture on one subset in one split."""

    budget: Budget
    split: SplitBy
    subset: tuple[float, float]

    @property
    def data_name(self) -> str:
        """Name of the manifest it is trained on, shared with other architectures."""
        return f"{self.split}-{self.subset[0]:g}-{self.subset[1]:g}"

    @property
    def name(self) -> str:
        """Name of its files."""
        return f"{self.budget.name.replace(':', '-')}-{self.data_name}"


def read_plan(path: Path) -> TablePlan:
    """The plan in a TOML (configs/literature.toml); UsageError where it does not fit."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        recipe: dict[str, Any] = {
            key: tuple(v) if isinstance(v, list) else v for key, v in raw["recipe"].items()
        }
        train, val, test = (float(share) for share in raw["ratio"])
        return TablePlan(
            architectures=tuple(Budget(**one) for one in raw["architectures"]),
            recipe=Recipe((), **recipe),
            source=raw["source"],
            seed=raw["seed"],
            ratio=(train, val, test),
            splits=tuple(SplitBy(one) for one in raw["splits"]),
            subsets=tuple((float(real), float(fake)) for real, fake in raw["subsets"]),
            threshold=raw["threshold"],
            batch=raw["batch"],
            lr=raw["lr"],
            loaders=raw.get("loaders", 0),
            device=raw.get("device", "cpu"),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path} is no plan of a table: {error}", "see configs/literature.toml"
        ) from error


def cells_of(plan: TablePlan, only: Sequence[str] = ()) -> Iterator[Cell]:
    """Every cell, the architectures in their order; `only` those of some names.

    A name is an architecture's or a cell's; UsageError with those there are for any other.
    """
    cells = [
        Cell(budget, split, subset)
        for budget in plan.architectures
        for split in plan.splits
        for subset in plan.subsets
    ]
    names = [one for cell in cells for one in (cell.budget.name, cell.name)]
    if unknown := [name for name in only if name not in names]:
        raise UsageError(
            f"the plan has no cell {unknown[0]!r}", f"known: {', '.join(dict.fromkeys(names))}"
        )
    return iter([c for c in cells if not only or c.budget.name in only or c.name in only])


def prepare_data(manifest: Path, plan: TablePlan, out: Path) -> None:
    """One manifest for each split and subset, `out/data/NAME.parquet`; those that are there stay.

    Undersampling happens inside each split part, so train, val and test stand in the same ratio.
    """
    table = read_manifest(manifest)
    rows = table[table["source"] == plan.source]
    if rows.empty:
        raise UsageError(f"{manifest} holds no source {plan.source!r}", "name another manifest")
    for cell in cells_of(plan):
        path = _data_path(out, cell)
        if path.is_file():
            continue
        split = SplitPlan(plan.ratio, cell.split, cell.subset, seed=plan.seed)
        kept = split_table(rows, split)
        kept.index = rows.index[kept.index]
        write_rows(kept, manifest, path)


def _data_path(out: Path, cell: Cell) -> Path:
    return out / "data" / f"{cell.data_name}.parquet"


def result_path(out: Path, cell: Cell) -> Path:
    """Where the figures of a finished cell lie."""
    return out / "cells" / f"{cell.name}.json"


def run_cell(plan: TablePlan, cell: Cell, out: Path) -> dict[str, Any]:
    """Train and test one cell, or read its figures where it is finished."""
    path = result_path(out, cell)
    if path.is_file():
        held: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return held
    one_thread(0)  # cells run side by side
    config, run = cell_config(plan, cell, out), out / "runs" / cell.name
    start, start_cpu = time.monotonic(), time.process_time()
    Trainer(config, run).run()
    figures = _test(config, run, cell, plan.threshold)
    result = {
        "architecture": cell.budget.name,
        "split": str(cell.split),
        "genuine_to_manipulated": f"{cell.subset[0]:g}:{cell.subset[1]:g}",
        "size_px": cell.budget.size_px,
        "draws": sum(stage.draws for stage in config.stages),
        "training_faces": config.checkpoint if cell.budget.epochs else None,
        "epochs": cell.budget.epochs or None,
        "pretrained": config.pretrained,
        "seed": plan.seed,
        "seconds": round(time.monotonic() - start, 1),
        "cpu_seconds": round(time.process_time() - start_cpu, 1),
        **figures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(result, indent=1) + "\n")
    (run / FILE).unlink()  # hundreds of megabytes with the larger networks
    return result


def cell_config(plan: TablePlan, cell: Cell, out: Path) -> Config:
    """The frozen configuration of a cell's training."""
    budget = cell.budget
    plain = Plan(
        budget.name,
        _data_path(out, cell),
        epochs=max(1, budget.epochs),
        size_px=budget.size_px,
        batch=plan.batch,
        lr=plan.lr,
        seed=plan.seed,
        blend=False,
        even=False,
        threads=1,
        loaders=plan.loaders,
        device=plan.device,
        mixed_precision=plan.device != "cpu",
    )
    config = replace(plain_config(plain, plan.recipe), validate_per_source=VALIDATED)
    if not budget.draws:
        return config
    draws = budget.draws // config.batch * config.batch
    return replace(config, stages=(replace(config.stages[0], draws=draws),), checkpoint=draws)


def _test(config: Config, run: Path, cell: Cell, threshold: float) -> dict[str, Any]:
    """Figures of the test split: faces without a mesh are counted as lost and not judged."""
    manifest = Path(config.manifest)
    table = read_manifest(manifest)
    landmarks, score = read_meshes(manifest)
    test = (table["split"] == "test").to_numpy()
    rows = np.flatnonzero(test & (score >= MESH_SCORE_MIN))
    if cell.budget.test_faces is not None and len(rows) > cell.budget.test_faces:
        rng = np.random.default_rng(config.seed)
        rows = np.sort(rng.choice(rows, cell.budget.test_faces, replace=False))
    network = trained_network(config, run).to(device_of(config))
    faces: pd.DataFrame = table.iloc[rows].reset_index(drop=True)
    size_px = config.stages[-1].size_px
    logits, read = score_faces(network, faces, landmarks[rows], size_px, config)
    fake = (faces["klass"] != "real").to_numpy()[read]
    probability = expit(fake_log_odds(logits[read]))
    measured = measure(fake, probability, threshold).to_dict()
    lost = int((test & (score < MESH_SCORE_MIN)).sum()) + int((~read).sum())
    return {"test_split": int(test.sum()), "faces_lost": lost, **measured}


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """The table as Markdown, one line per cell."""
    heads = ("architecture", "split", "real : fake", "px", "trained on", "n test", *SHOWN)
    lines = [_line(heads), _line(["---"] * len(heads))]
    for one in results:
        budget = f"{one['epochs']} epochs" if one["epochs"] else f"{one['draws']:,} draws"
        start = ", ImageNet's weights" if one["pretrained"] else ""
        named = [one["architecture"], one["split"], one["genuine_to_manipulated"]]
        sizes = [str(one["size_px"]), budget + start, f"{one['n']:,}"]
        lines.append(_line([*named, *sizes, *(f"{one[name]:.3f}" for name in SHOWN)]))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
