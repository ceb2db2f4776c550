"""What an evaluation is asked about: the rows of manifests and the files of labelled folders.

The first step of `unmask evaluate`: paths become one table of targets. A manifest's rows are faces
whose mesh may be known already; a folder with `real/` and `fake/` holds pictures and clips of any
size, whose faces the serving chain finds. Nothing is left out here: what cannot be read becomes a
row of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.data.adapters.base import child
from unmask.data.adapters.folders import FOLDERS, SPLIT_FOLDERS
from unmask.data.manifest import SPLITS, meshes_path, read_manifest, read_meshes
from unmask.errors import UsageError
from unmask.types import FloatArray

ALL = "all"
COLUMNS = ("path", "klass", "family", "source", "video", "identity", "group")
LAYOUT = "give a manifest (.parquet) or a folder that holds real/, fake/ or both"


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The files or faces to be scored, row for row.

    table      path, klass, family (kind of forgery), source, video, identity, group (what the
               bootstrap draws: the person, else the file); `track_id` where faces of one person
               in one clip belong together
    boxes      (N, 4) float32 face boxes of manifest rows; NaN for files of a folder
    landmarks  {row: (478, 2) float32} where the mesh is known
    meshless   rows of a manifest with meshes that has none for them: their face is lost
    manifests  the manifests among the paths
    """

    table: pd.DataFrame
    boxes: FloatArray
    landmarks: dict[int, FloatArray] = field(default_factory=dict)
    meshless: frozenset[int] = frozenset()
    manifests: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    def take(self, rows: npt.NDArray[np.intp]) -> Targets:
        """The targets of some rows, in that order."""
        return Targets(
            self.table.iloc[rows].reset_index(drop=True),
            self.boxes[rows],
            {n: self.landmarks[r] for n, r in enumerate(rows) if r in self.landmarks},
            frozenset(n for n, r in enumerate(rows) if r in self.meshless),
            self.manifests,
        )


def collect(
    paths: Sequence[Path],
    *,
    split: str = "test",
    sources: Sequence[str] = (),
    limit: int | None = None,
    seed: int = 0,
) -> Targets:
    """All targets of the paths; UsageError where a path is neither, or holds nothing.

    `split` chooses rows of manifests, and folders named after splits; `sources` keeps those alone;
    `limit` draws that many, evenly from sources and classes, the same ones for the same seed.
    """
    if split not in (*SPLITS, ALL):
        raise UsageError(f"unknown split {split!r}", f"choose from {', '.join((*SPLITS, ALL))}")
    parts = [_of_path(path, split) for path in paths]
    targets = _of_sources(_join(parts), sources)
    if not len(targets):
        where = ", ".join(str(path) for path in paths) or "no path"
        raise UsageError(f"nothing to evaluate in {where} (split {split})", LAYOUT)
    return targets if limit is None else targets.take(draw_evenly(targets.table, limit, seed))


def is_data(path: Path) -> bool:
    """Whether a path is something `collect` takes: a manifest or a folder of classes."""
    return path.suffix == ".parquet" or bool(_class_folders(path)) or bool(_split_folders(path))


def _of_sources(targets: Targets, sources: Sequence[str]) -> Targets:
    known = sorted(set(targets.table["source"]))
    for name in sources:
        if name not in known:
            raise UsageError(f"no such source: {name!r}", f"known: {', '.join(known) or 'none'}")
    if not sources:
        return targets
    return targets.take(np.flatnonzero(targets.table["source"].isin(sources).to_numpy()))


def draw_evenly(table: pd.DataFrame, limit: int, seed: int) -> npt.NDArray[np.intp]:
    """At most `limit` rows in their order, in turn from every (source, class), seeded."""
    if limit < 1:
        raise UsageError(f"expected a limit of at least 1, got {limit}", "leave --limit away")
    if limit >= len(table):
        return np.arange(len(table))
    rng = np.random.default_rng(seed)
    turn = np.empty(len(table), np.int64)
    strata = table["source"].astype(str) + "/" + table["klass"].astype(str)
    for name in sorted(strata.unique()):
        rows = np.flatnonzero((strata == name).to_numpy())
        turn[rows] = rng.permutation(len(rows))
    order = np.lexsort((rng.random(len(table)), turn))
    return np.sort(order[:limit])


def _of_path(path: Path, split: str) -> Targets:
    if path.suffix == ".parquet":
        return _of_manifest(path, split)
    if not path.is_dir():
        raise UsageError(f"{path} is neither a manifest nor a folder", LAYOUT)
    folders = _split_folders(path)
    chosen = [path] if not folders else [f for s, f in folders.items() if split in (s, ALL)]
    rows = [row for folder in chosen for row in _files(path, folder)]
    if not rows and not folders and not _class_folders(path):
        raise UsageError(f"the folder {path} holds neither real/ nor fake/", LAYOUT)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Targets(table, np.full((len(table), 4), np.nan, np.float32))


def _class_folders(folder: Path) -> dict[str, Path]:
    found = {name: child(folder, name) for name in FOLDERS}
    return {name: where for name, where in found.items() if where is not None}


def _split_folders(folder: Path) -> dict[str, Path]:
    found = {split: child(folder, *names) for split, names in SPLIT_FOLDERS.items()}
    return {split: where for split, where in found.items() if where and _class_folders(where)}


def _files(root: Path, folder: Path) -> list[tuple[str, ...]]:
    """Rows of every file in the class folders; hidden ones and links to elsewhere left alone."""
    rows: list[tuple[str, ...]] = []
    for name, where in _class_folders(folder).items():
        for path in sorted(where.rglob("*")):
            inner = path.relative_to(where).parts
            if path.is_dir() or any(part.startswith(".") for part in inner):
                continue
            called = path.relative_to(root).as_posix()
            top = root.resolve().name
            source = top if len(inner) == 1 else f"{top}/{inner[0]}"
            family = FOLDERS[name] if name != "fake" else "fake"
            rows.append((str(path), FOLDERS[name], family, source, called, called, str(path)))
    return rows


def _of_manifest(path: Path, split: str) -> Targets:
    table = read_manifest(path)
    keep = (table["split"] == split).to_numpy() | (split == ALL)
    rows = np.flatnonzero(keep)
    known = meshes_path(path).is_file()
    landmarks: dict[int, FloatArray] = {}
    meshless: frozenset[int] = frozenset()
    if known:
        from unmask.data.face_store import MESH_SCORE_MIN

        marks, score = read_meshes(path)
        if len(marks) != len(table):
            raise UsageError(
                f"{meshes_path(path).name} holds {len(marks)} meshes for {len(table)} rows",
                "scan the data again: the meshes belong to another manifest",
            )
        found = score[rows] >= MESH_SCORE_MIN
        landmarks = {n: marks[row] for n, row in enumerate(rows) if found[n]}
        meshless = frozenset(int(n) for n in np.flatnonzero(~found))
    part = table.iloc[rows].reset_index(drop=True)
    boxes = part[["x1", "y1", "x2", "y2"]].to_numpy(np.float32)
    return Targets(_manifest_columns(part), boxes, landmarks, meshless, (path,))


def _manifest_columns(part: pd.DataFrame) -> pd.DataFrame:
    chosen: dict[str, Any] = {
        name: part[name].astype(str) for name in COLUMNS if name in part.columns
    }
    family = part["family"] if "family" in part.columns else part["klass"]
    chosen |= {"family": family.astype(str), "group": part["identity"].astype(str)}
    table = pd.DataFrame(chosen)[list(COLUMNS)]
    if {"track", "original"} <= set(part.columns):
        clip = part["original"].fillna("").astype(str)
        track = clip + "#" + part["track"].fillna("").astype(str)
        table["clip"] = clip
        table["track_id"] = track.where((clip != "") & (part["track"].fillna("") != ""), "")
    return table


def _join(parts: Sequence[Targets]) -> Targets:
    landmarks: dict[int, FloatArray] = {}
    meshless: set[int] = set()
    start = 0
    for part in parts:
        landmarks |= {start + row: marks for row, marks in part.landmarks.items()}
        meshless |= {start + row for row in part.meshless}
        start += len(part)
    tables = [part.table for part in parts if len(part)]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(part.boxes for part in parts)])
    manifests = tuple(path for part in parts for path in part.manifests)
    return Targets(table, boxes, landmarks, frozenset(meshless), manifests)
