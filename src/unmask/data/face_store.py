"""The pictures that draws are made from: rows of a manifest that hold a face, read as they are cut.

Knows files, meshes and relatives (which genuine pictures show what a fake was made from), no
recipe. Stands between the manifest and `draws.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.meshes import decode_rgb
from unmask.errors import UsageError
from unmask.faces.crop import face_geometry
from unmask.types import FloatArray, ImageArray

MESH_SCORE_MIN = 0.5  # below it there is no face (deepfake_faces holds about 1 in 36 of these)
HELD_BYTES_MAX = 4 * 2**30  # files up to this are kept in memory, larger sets are read as drawn
CONTEXT = 1.9  # side of the working cut over the face: what the widest crop and jitter can reach


class Face(NamedTuple):
    """image_rgb (H, W, 3) uint8 and the mesh (478, 2) float32 in its pixels."""

    image_rgb: ImageArray
    landmarks_px: FloatArray


class FaceStore:
    """The rows of one split of a manifest that have a mesh.

    table          those rows, numbered from 0
    landmarks_px   (N, 478, 2), row for row
    """

    def __init__(self, manifest: Path, split: str) -> None:
        table = read_manifest(manifest)
        landmarks, score = read_meshes(manifest)
        keep = (score >= MESH_SCORE_MIN) & (table["split"] == split).to_numpy()
        self.table = table[keep].reset_index(drop=True)
        self.landmarks_px = landmarks[keep]
        self._files = _read_all(self.table)
        self._genuine = _genuine_by_video(self.table)

    def rows_of(self, source: str, klass: str) -> np.ndarray:
        """The rows of a source and class; UsageError where there are none."""
        rows = np.flatnonzero((self.table["source"] == source) & (self.table["klass"] == klass))
        if not len(rows):
            raise UsageError(
                f"no training picture of class {klass!r} in source {source!r}",
                "take the entry out of the recipe or scan the data again",
            )
        return rows

    def relatives(self, row: int) -> list[int]:
        """The genuine pictures of the video that a fake was made from."""
        return self._genuine.get((self.table["source"][row], self.table["video"][row]), [])

    def read(self, row: int) -> Face | None:
        """The whole picture, or None where it cannot be read."""
        data = self._files[row] if self._files else _file_bytes(self.table["path"][row])
        image = decode_rgb(np.frombuffer(data, np.uint8))
        return None if image is None else Face(image, self.landmarks_px[row])

    def first_readable(
        self, rows: Iterable[int], native_px: float, skipped: list[str]
    ) -> tuple[int, Face]:
        """The first of the rows that can be read, at its native size; `skipped` gains the others.

        UsageError where none can.
        """
        for row in rows:
            face = self.read(row)
            if face is not None:
                return row, at_native_size(face, native_px)
            skipped.append(str(self.table["path"][row]))
        raise UsageError(
            f"{len(skipped)} pictures tried in turn cannot be read, {skipped[0]} first",
            "check that the pictures are still there, or scan the data again",
        )


def native_cut(face: Face, native_px: float) -> tuple[tuple[slice, slice], tuple[int, int] | None]:
    """Where the surroundings of a face lie, and the (width, height) they are made smaller to."""
    geometry = face_geometry(face.landmarks_px, np.zeros(4, np.float32))
    half = geometry.side_px * CONTEXT / 2
    x1, y1 = (max(0, int(c - half)) for c in geometry.centre_px)
    x2, y2 = (int(c + half) + 1 for c in geometry.centre_px)
    height, width = face.image_rgb.shape[:2]
    where = slice(y1, min(y2, height)), slice(x1, min(x2, width))
    scale = native_px / geometry.side_px
    if scale >= 1:
        return where, None
    sides = (where[1].stop - x1, where[0].stop - y1)
    return where, (max(8, round(sides[0] * scale)), max(8, round(sides[1] * scale)))


def at_native_size(face: Face, native_px: float) -> Face:
    """The surroundings of the face, the face at most `native_px` large, and its landmarks there."""
    where, size = native_cut(face, native_px)
    image = shrink(face.image_rgb[where], size)
    corner = np.array([where[1].start, where[0].start], np.float32)
    marks: FloatArray = np.asarray(face.landmarks_px - corner, np.float32)
    if size is not None:
        full = (where[1].stop - where[1].start, where[0].stop - where[0].start)
        ratio = np.array(size, np.float32) / np.array(full, np.float32)
        marks = np.asarray(marks * ratio, np.float32)
    return Face(np.ascontiguousarray(image), np.asarray(marks, np.float32))


def shrink(values: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """An area average of (H, W) or (H, W, 3) at (width, height); as it is where that is None."""
    return values if size is None else cv2.resize(values, size, interpolation=cv2.INTER_AREA)


def rough_pose(landmarks: FloatArray) -> FloatArray:
    """(N, 2): where the nose tip lies between the sides and between brow and chin of the mesh."""
    mesh = landmarks[:, :468]
    low, high = mesh.min(axis=1), mesh.max(axis=1)
    return np.asarray((mesh[:, 1] - low) / np.maximum(high - low, 1), np.float32)


def _genuine_by_video(table: pd.DataFrame) -> dict[tuple[str, str], list[int]]:
    real = table[table["klass"] == "real"]
    rows: dict[tuple[str, str], list[int]] = {}
    for row, source, video in zip(real.index, real["source"], real["video"], strict=True):
        rows.setdefault((source, video), []).append(int(row))
    return rows


def _read_all(table: pd.DataFrame) -> list[bytes]:
    """The files, or nothing where they are too many to be held."""
    held, total = [], 0
    for path in table["path"]:
        held.append(_file_bytes(path))
        total += len(held[-1])
        if total > HELD_BYTES_MAX:
            return []
    return held


def _file_bytes(path: str) -> bytes:
    """The file, or nothing where it cannot be read (which decodes to no picture)."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
