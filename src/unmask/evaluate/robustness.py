"""How much an answer suffers on the way: a grid of degradations by kind and level.

The kinds and levels of DeeperForensics-1.0 and those of ours (`media/degrade.py`), each applied to
the whole frame before faces are looked for, on the same few files in every cell. The reference is
the same files through the same chain without a change. Lost faces are counted, never scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from unmask.errors import UsageError
from unmask.evaluate.chain import AS_IS
from unmask.evaluate.results import Figures
from unmask.evaluate.scoring import OnDone, items_of, score_items
from unmask.evaluate.targets import Targets, draw_evenly
from unmask.media.degrade import LEVELS
from unmask.models.bundle import Bundle
from unmask.settings import Settings

CELL_FILES = 200
Cell = tuple[str, int]
EVERY_CELL: tuple[Cell, ...] = tuple(
    (kind, level + 1) for kind, values in LEVELS.items() for level in range(len(values))
)


@dataclass(frozen=True, slots=True)
class GridPlan:
    """Which cells, on how many files, drawn with which seed."""

    cells: tuple[Cell, ...] = EVERY_CELL
    files: int = CELL_FILES
    seed: int = 0

    def __post_init__(self) -> None:
        for kind, level in self.cells:
            if kind not in LEVELS or not 1 <= level <= len(LEVELS[kind]):
                raise _no_such(f"{kind}:{level}")

    def count(self, targets: Targets) -> int:
        """How many scores the grid takes, the reference among them."""
        return (1 + len(self.cells)) * min(self.files, len(targets))


def parse_cells(text: str | None) -> tuple[Cell, ...]:
    """ "jpeg,blur:3" as cells: every level of jpeg, level 3 of blur; None = the whole grid.

    UsageError where there is no such kind or level.
    """
    if text is None:
        return EVERY_CELL
    cells: list[Cell] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        kind, _, level = part.partition(":")
        levels = [int(level)] if level.isdigit() else [n for k, n in EVERY_CELL if k == kind]
        if not levels or (level and not level.isdigit()):
            raise _no_such(part)
        cells += [(kind, one) for one in levels]
    return GridPlan(tuple(dict.fromkeys(cells))).cells


def _no_such(cell: str) -> UsageError:
    kinds = ", ".join(LEVELS)
    return UsageError(f"there is no degradation {cell!r}", f"kinds: {kinds}; levels 1 to 5")


def measure_grid(
    bundle: Bundle,
    targets: Targets,
    file: Path,
    settings: Settings,
    plan: GridPlan,
    *,
    workers: int = 1,
    on_done: OnDone = lambda _: None,
) -> dict[str, Any]:
    """{reference, cells, mean_auc, mean_auc_loss, worst, …} of the grid; scores are kept in `file`.

    A cell's AUC and rates are those of the faces that it left readable; its loss is against the
    reference. Null where one class is missing.
    """
    chosen = targets.take(draw_evenly(targets.table, plan.files, plan.seed))
    changes = [AS_IS, *plan.cells]
    items = [item for change in changes for item in items_of(chosen, change)]
    lines = score_items(bundle, items, file, settings, workers=workers, on_done=on_done)
    cells = []
    for number, change in enumerate(changes):
        part = lines[number * len(chosen) : (number + 1) * len(chosen)]
        figures = Figures(chosen.table.join(pd.DataFrame(part)), bundle.card)
        cells.append({"kind": change[0], "level": change[1], **_cell(figures)})
    reference, rest = cells[0], cells[1:]
    for cell in rest:
        cell["auc_loss"] = _loss(reference["auc"], cell["auc"])
    return {
        "files": len(chosen),
        "seed": plan.seed,
        "reference": reference,
        "cells": rest,
        **_summary(rest),
        "per_kind": {
            kind: _summary([cell for cell in rest if cell["kind"] == kind])
            for kind in dict.fromkeys(cell["kind"] for cell in rest)
        },
    }


def _cell(figures: Figures) -> dict[str, Any]:
    rows = figures.scored | ~figures.scored
    values = {**figures.counts(rows), **figures.metrics(rows)}
    wanted = ("n", "n_scored", "n_abstained", "faces_lost", "n_unreadable", "auc", "recall",
              "false_alarm_rate", "ece")  # fmt: skip
    return {name: values[name] for name in wanted}


def _loss(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else before - after


def _summary(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    measured = [cell for cell in cells if cell["auc"] is not None]
    worst = min(measured, key=lambda cell: float(cell["auc"]), default=None)
    return {
        "mean_auc": _mean([cell["auc"] for cell in measured]),
        "mean_auc_loss": _mean([cell["auc_loss"] for cell in measured]),
        "worst": None
        if worst is None
        else {name: worst[name] for name in ("kind", "level", "auc", "auc_loss")},
        "faces_lost": sum(cell["faces_lost"] for cell in cells),
        "n_abstained": sum(cell["n_abstained"] for cell in cells),
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
