"""Train, validation and test parts of a manifest that share no person and no video.

Stands between a scanned manifest and everything that trains or measures. Rows that share a video or
a person, directly or through others, form one group (a connected component of the graph of rows,
videos and persons) and a group lies in one split, so a real picture and its fakes do too. Groups
are dealt out so that each source and class comes near the wanted ratio. `random` ignores all that;
it is here because the literature uses it, and its figures are too good (the same faces are trained
and tested on). Undersampling and limits drop rows by a seeded draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from unmask.data.manifest import SPLITS, mesh_arrays, meshes_path
from unmask.errors import UsageError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class SplitBy(StrEnum):
    """What may not lie on two sides of a split; `RANDOM` lets everything."""

    IDENTITY = "identity"
    VIDEO = "video"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What decides a split, with the seed.

    ratio            shares of train, validation, test; any positive sum, zeros allowed
    undersample      (real, fake): drop rows in each split until they stand so; None = keep all
    limit_per_class  most rows of one class, over all splits; None = no limit
    """

    ratio: tuple[float, float, float] = (6.0, 2.0, 2.0)
    by: SplitBy = SplitBy.IDENTITY
    undersample: tuple[float, float] | None = None
    limit_per_class: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.ratio) < 0 or not sum(self.ratio) > 0:
            raise UsageError(
                f"expected shares of train, val and test, got {self.ratio}", "for instance 6:2:2"
            )
        if self.undersample is not None and min(self.undersample) <= 0:
            raise UsageError(
                f"expected a ratio real:fake of positive numbers, got {self.undersample}",
                "for instance 1:1 or 1:2",
            )
        if self.limit_per_class is not None and self.limit_per_class < 1:
            raise UsageError(f"limit per class is {self.limit_per_class}", "it must be >= 1")


def parse_shares(text: str, count: int) -> tuple[float, ...]:
    """ "6:2:2" as `count` numbers >= 0; UsageError for anything else."""
    parts = text.split(":")
    try:
        values = tuple(float(part) for part in parts)
    except ValueError:
        values = ()
    if len(values) != count or not all(math.isfinite(v) and v >= 0 for v in values):
        example = {2: "1:2", 3: "6:2:2"}.get(count, "1:1")
        raise UsageError(
            f"expected {count} numbers with colons between them, got {text!r}",
            f"for instance {example}",
        )
    return values


def video_keys(table: pd.DataFrame) -> pd.Series[str]:
    """Videos by name that are one and the same: names count inside their source only."""
    return table["source"].astype(str) + "\0" + table["video"].astype(str)


def groups_of(table: pd.DataFrame, by: SplitBy) -> Ints:
    """(N,) number of the group of each row. An empty video, identity or hash links to nothing."""
    count = len(table)
    if by is SplitBy.RANDOM:
        return np.arange(count, dtype=np.int64)
    columns = [video_keys(table).where(table["video"].astype(str) != "", "")]
    if by is SplitBy.IDENTITY:
        columns.append(table["identity"].astype(str))
    if "sha256" in table:  # the same file twice is one picture, whatever it is called
        columns.append(table["sha256"].fillna("").astype(str))
    rows, nodes, total = [], [], count
    for column in columns:
        known = np.flatnonzero((column != "").to_numpy())
        codes, names = pd.factorize(column.iloc[known])
        rows.append(known)
        nodes.append(codes + total)
        total += len(names)
    edges = np.concatenate(rows), np.concatenate(nodes)
    graph = coo_array((np.ones(len(edges[0]), np.int8), edges), shape=(total, total))
    labels = connected_components(graph, directed=False)[1][:count]
    return np.asarray(np.unique(labels, return_inverse=True)[1], np.int64)


def split_table(table: pd.DataFrame, plan: SplitPlan) -> pd.DataFrame:
    """The rows that the plan keeps, in order, with their split; the index holds old row numbers.

    `attrs["split"]` records the plan.
    """
    if table.empty:
        raise UsageError("the manifest holds no rows", "scan the data again")
    table = table.reset_index(drop=True)
    if plan.limit_per_class is not None:
        rng = np.random.default_rng([plan.seed, 1])
        places = [_some(part, plan.limit_per_class, rng) for part in _sides(table, "klass")]
        table = table.loc[np.sort(np.concatenate(places))]
    shares = _deal(table, groups_of(table, plan.by), plan)
    table = table.assign(split=[SPLITS[k] for k in shares])
    if plan.undersample is not None:
        table = _undersample(table, plan.undersample, plan.seed)
    table.attrs["split"] = _record(plan)
    return table


def largest_group_share(table: pd.DataFrame, by: SplitBy) -> float:
    """Share of all rows in the largest group: where it is big, no ratio can be kept."""
    return float(np.bincount(groups_of(table, by)).max() / len(table))


def _record(plan: SplitPlan) -> dict[str, object]:
    return {
        "by": str(plan.by),
        "ratio": list(plan.ratio),
        "undersample": None if plan.undersample is None else list(plan.undersample),
        "limit_per_class": plan.limit_per_class,
        "seed": plan.seed,
    }


def _sides(table: pd.DataFrame, column: str) -> list[Ints]:
    """Index labels of the rows by value of a column, values in sorted order."""
    parts = table.groupby(column, sort=True).groups.values()
    return [np.asarray(part, np.int64) for part in parts]


def _some(labels: Ints, count: int, rng: np.random.Generator) -> Ints:
    return labels if len(labels) <= count else rng.choice(labels, count, replace=False)


def _deal(table: pd.DataFrame, groups: Ints, plan: SplitPlan) -> list[int]:
    """(N,) number of each row's split: groups from the largest on, each to the neediest split.

    Need is what a split still lacks of the group's own sources and classes, as a share of what it
    should get. A group that would overfill it goes where there is most room.
    """
    stratum = pd.factorize(table["source"].astype(str) + "\0" + table["klass"].astype(str))[0]
    counts = np.zeros((int(groups.max()) + 1, int(stratum.max()) + 1))
    np.add.at(counts, (groups, stratum), 1)
    sizes = counts.sum(axis=1)
    ratio = np.array(plan.ratio) / sum(plan.ratio)
    wanted = counts.sum(axis=0)[:, None] * ratio
    room = sizes.sum() * ratio
    given, filled = np.zeros_like(wanted), np.zeros(len(ratio))
    order = np.random.default_rng([plan.seed, 0]).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    chosen = np.zeros(len(sizes), np.int64)
    for group in order:
        used = np.flatnonzero(counts[group])
        lack = 1 - given[used] / np.maximum(wanted[used], 1e-9)
        need = counts[group, used] @ lack
        fits = (filled + sizes[group] <= np.ceil(room)) & (ratio > 0)
        if fits.any():
            place = int(np.argmax(np.where(fits, need, -np.inf)))
        else:
            place = int(np.argmax(np.where(ratio > 0, room - filled, -np.inf)))
        chosen[group] = place
        given[used, place] += counts[group, used]
        filled[place] += sizes[group]
    return [int(chosen[group]) for group in groups]


def _undersample(table: pd.DataFrame, ratio: Sequence[float], seed: int) -> pd.DataFrame:
    """Rows dropped at random inside each split until real : fake stand in the ratio."""
    kept = []
    rng = np.random.default_rng([seed, 2])
    for split in SPLITS:
        part = table[table["split"] == split]
        if part.empty:
            continue
        real = part.index[part["klass"] == "real"].to_numpy(np.int64)
        fake = part.index[part["klass"] != "real"].to_numpy(np.int64)
        if not len(real) or not len(fake):
            raise UsageError(
                f"the split {split} holds {len(real)} real and {len(fake)} manipulated pictures",
                "leave --undersample away, or choose another ratio or seed",
            )
        unit = min(len(real) / ratio[0], len(fake) / ratio[1])
        kept.append(_some(real, max(1, round(unit * ratio[0])), rng))
        kept.append(_some(fake, max(1, round(unit * ratio[1])), rng))
    return table.loc[np.sort(np.concatenate(kept))]


def write_rows(table: pd.DataFrame, manifest: Path, out: Path) -> None:
    """Write rows of `manifest` to `out`, with their meshes if there are any; whole or not at all.

    The index of `table` holds the row numbers in `manifest`, as `split_table` leaves it. `out`
    exists again only when everything that belongs to it does.
    """
    if out.resolve() == manifest.resolve():
        raise UsageError(f"{out} is the manifest that is read", "choose another file for --out")
    out.parent.mkdir(parents=True, exist_ok=True)
    part, mesh_part = out.with_suffix(".part"), meshes_path(out).with_suffix(".part.npz")
    has_meshes = meshes_path(manifest).is_file()
    try:
        if has_meshes:
            np.savez(mesh_part, **_mesh_rows(manifest, table.index.to_numpy()))
        table.reset_index(drop=True).to_parquet(part, index=False)
        out.unlink(missing_ok=True)
        meshes_path(out).unlink(missing_ok=True)
        if has_meshes:
            mesh_part.replace(meshes_path(out))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
        mesh_part.unlink(missing_ok=True)


def _mesh_rows(manifest: Path, rows: Ints) -> dict[str, Any]:
    arrays = mesh_arrays(manifest)
    for name, values in arrays.items():
        if len(rows) and len(values) <= rows.max():
            raise UsageError(
                f"{meshes_path(manifest)} has {len(values)} rows of {name!r}, too few",
                "scan the data again",
            )
    return {name: values[rows] for name, values in arrays.items()}
