"""The manifest: one table of labelled pictures, with their split and their face meshes.

Stands between the adapters and everything that reads data. Columns: path, klass, source, video,
identity, x1, y1, x2, y2, split; beside `NAME.parquet` lies `NAME.meshes.npz` with `landmarks`
(N, 478, 2) in pixels of each file and `score` (N,), row for row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from unmask.data.adapters.base import Picture
from unmask.errors import UsageError

SPLITS = ("train", "val", "test")
COLUMNS = ("path", "klass", "source", "video", "identity", "x1", "y1", "x2", "y2", "split")


def build_manifest(
    pictures: Iterable[Picture], *, ratio: Sequence[float] = (0.6, 0.2, 0.2), seed: int = 0
) -> pd.DataFrame:
    """The table of `pictures`, split by identity in the given ratio (train, val, test)."""
    rows = []
    for picture in pictures:
        row = asdict(picture)
        row["path"] = str(picture.path)
        row.update(zip(("x1", "y1", "x2", "y2"), row.pop("box_xyxy"), strict=True))
        rows.append(row)
    if not rows:
        raise UsageError("the data set holds no pictures", "check the folder and the adapter")
    table = pd.DataFrame(rows)
    table["split"] = [split_of(identity, ratio, seed) for identity in table["identity"]]
    return table[list(COLUMNS)]


def split_of(identity: str, ratio: Sequence[float], seed: int) -> str:
    """The split of an identity: a pure function of its name, so that new rows move nobody."""
    digest = hashlib.sha256(f"{seed}:{identity}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64 * sum(ratio)
    for split, share in zip(SPLITS, ratio, strict=True):
        if place < share:
            return split
        place -= share
    return SPLITS[-1]


def write_manifest(table: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    table.to_parquet(part, index=False)
    part.replace(path)


def read_manifest(path: Path) -> pd.DataFrame:
    """The table at `path`; UsageError where columns are missing or the file is not there."""
    if not path.is_file():
        raise UsageError(f"there is no manifest at {path}", "make one with scripts/scan_data.py")
    table = pd.read_parquet(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise UsageError(f"the manifest {path} lacks the columns {missing}", "scan the data again")
    return table


def meshes_path(manifest: Path) -> Path:
    """Where the meshes of a manifest lie."""
    return manifest.with_suffix(".meshes.npz")


def read_meshes(manifest: Path) -> tuple[np.ndarray, np.ndarray]:
    """(landmarks (N, 478, 2) float32, score (N,) float32), row for row of the manifest."""
    with np.load(meshes_path(manifest)) as stored:
        return stored["landmarks"].astype(np.float32), stored["score"].astype(np.float32)
