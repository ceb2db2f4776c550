"""The manifest: one table of labelled pictures, with their split and their face meshes.

Stands between the adapters and everything that reads data. Columns that every manifest has
(`COLUMNS`): path, klass, source, video, identity, x1, y1, x2, y2, split. A scan adds where a crop
came from (`PLACE_COLUMNS`) and facts of the file (`FILE_COLUMNS`). Beside `NAME.parquet` lies
`NAME.meshes.npz` with `landmarks` (N, 478, 2) in pixels of each file and `score` (N,), row for row.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from unmask.data.adapters.base import SPLITS, Picture
from unmask.errors import UsageError

__all__ = [
    "COLUMNS",
    "FILE_COLUMNS",
    "PLACE_COLUMNS",
    "SPLITS",
    "build_manifest",
    "mesh_arrays",
    "meshes_path",
    "read_manifest",
    "read_meshes",
    "split_of",
    "write_manifest",
    "write_meshes",
]

COLUMNS = ("path", "klass", "source", "video", "identity", "x1", "y1", "x2", "y2", "split")
# original: the file a crop was cut from, "" where `path` is the file itself; frame_index, time_s
# and track say where in a video it was (missing for pictures).
PLACE_COLUMNS = ("original", "frame_index", "time_s", "track")
# What numpy lets through of a file that is no archive of arrays, or a damaged one: from zipfile a
# NotImplementedError where the damaged head names a compression that there is not.
NPZ_ERRORS = (OSError, ValueError, TypeError, EOFError, NotImplementedError, BadZipFile, zlib.error)
SCAN = "make it (again) with `unmask data scan`"
# Of the file at `path`; jpeg_table names its quantisation tables, "" where it has none.
FILE_COLUMNS = ("sha256", "width_px", "height_px", "bytes", "jpeg_table")


def build_manifest(
    pictures: Iterable[Picture], *, ratio: Sequence[float] = (0.6, 0.2, 0.2), seed: int = 0
) -> pd.DataFrame:
    """The table of `pictures`, split by identity in the given ratio (train, val, test).

    Where a data set's authors say where a picture goes, it goes there.
    """
    rows = [_row(picture) for picture in pictures]
    if not rows:
        raise UsageError("the data set holds no pictures", "check the folder and the adapter")
    table = pd.DataFrame(rows)
    table["split"] = [
        split_of(identity, ratio, seed, splits)
        for identity, splits in zip(table["identity"], table["splits"], strict=True)
    ]
    table["frame_index"] = table["frame_index"].astype("Int64")
    table["time_s"] = table["time_s"].astype("float64")
    return table[[*COLUMNS, *PLACE_COLUMNS]]


def _row(picture: Picture) -> dict[str, Any]:
    if picture.box_xyxy is None:
        raise UsageError(
            f"nobody has looked for the face in {picture.path} yet",
            "build manifests of whole pictures and videos with `unmask data scan`",
        )
    row = asdict(picture)
    row["path"] = str(picture.path)
    row["original"] = "" if picture.original is None else str(picture.original)
    row.update(zip(("x1", "y1", "x2", "y2"), row.pop("box_xyxy"), strict=True))
    return row


def split_of(
    identity: str, ratio: Sequence[float], seed: int, splits: Sequence[str] = SPLITS
) -> str:
    """The split of an identity: a pure function of its name, so that new rows move nobody.

    Only the named splits are given; their shares keep their proportion.
    """
    if len(splits) == 1:
        return splits[0]
    shares = [share if split in splits else 0.0 for split, share in zip(SPLITS, ratio, strict=True)]
    digest = hashlib.sha256(f"{seed}:{identity}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares)
    for split, share in zip(SPLITS, shares, strict=True):
        if place < share:
            return split
        place -= share
    return splits[-1]


def write_manifest(table: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    table.to_parquet(part, index=False)
    part.replace(path)


def write_meshes(manifest: Path, landmarks_px: np.ndarray, score: np.ndarray) -> None:
    """Write (N, 478, 2) landmarks and (N,) scores beside a manifest, whole or not at all."""
    part = meshes_path(manifest).with_suffix(".part.npz")
    part.parent.mkdir(parents=True, exist_ok=True)
    np.savez(part, landmarks=landmarks_px, score=score)
    part.replace(meshes_path(manifest))


def read_manifest(path: Path) -> pd.DataFrame:
    """The table at `path`; UsageError where there is none, or it is no manifest or damaged."""
    if not path.is_file():
        raise UsageError(f"there is no manifest at {path}", SCAN)
    try:
        table = pd.read_parquet(path)
    except PermissionError:
        raise
    except (OSError, ValueError) as error:  # pyarrow's are one or the other
        raise UsageError(f"{path} is no manifest or is damaged: {_line(error)}", SCAN) from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise UsageError(f"{path} is no manifest: it lacks the columns {missing}", SCAN)
    return table


def _line(error: Exception) -> str:
    """The first line of what a library says."""
    return str(error).partition("\n")[0]


def meshes_path(manifest: Path) -> Path:
    """Where the meshes of a manifest lie."""
    return manifest.with_suffix(".meshes.npz")


def read_meshes(manifest: Path) -> tuple[np.ndarray, np.ndarray]:
    """(landmarks (N, 478, 2) float32, score (N,) float32), row for row of the manifest."""
    arrays = mesh_arrays(manifest)
    return arrays["landmarks"].astype(np.float32), arrays["score"].astype(np.float32)


def mesh_arrays(manifest: Path) -> dict[str, np.ndarray]:
    """Every array of a manifest's meshes by its name; UsageError where they miss or are damaged."""
    path = meshes_path(manifest)
    if not path.is_file():
        raise UsageError(f"{path} is missing: the faces of the manifest have no meshes", SCAN)
    try:
        with path.open("rb") as file, np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except PermissionError:
        raise
    except NPZ_ERRORS as error:
        what = f"{path} is no file of meshes or is damaged: {_line(error)}"
        raise UsageError(what, SCAN) from error
    missing = {"landmarks", "score"} - arrays.keys()
    if missing:
        raise UsageError(f"{path} is no file of meshes: it lacks {sorted(missing)}", SCAN)
    return arrays
