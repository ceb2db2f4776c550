"""Fit the face mesh to every picture of a manifest once; training and evaluation read it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from unmask.data.manifest import meshes_path
from unmask.faces.mesh import FaceMesh
from unmask.types import FloatArray, ImageArray

_MESH: dict[int, FaceMesh] = {}


def read_rgb(path: str) -> ImageArray | None:
    """The picture as (H, W, 3) uint8 RGB, or None where it cannot be read."""
    return decode_rgb(np.fromfile(path, np.uint8))


def decode_rgb(data: np.ndarray) -> ImageArray | None:
    """The picture in the bytes (N,) of a file as (H, W, 3) uint8 RGB, or None."""
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        return None
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def _fit(row: tuple[str, FloatArray]) -> tuple[FloatArray, float]:
    mesh = _MESH.setdefault(0, FaceMesh(threads=1))
    image = read_rgb(row[0])
    fit = None if image is None else mesh.fit(np.ascontiguousarray(image), row[1])
    if fit is None:
        return np.zeros((478, 2), np.float32), 0.0
    return fit.landmarks_px, fit.score


def fit_meshes(table: pd.DataFrame, manifest: Path, *, workers: int = 2) -> None:
    """Write `NAME.meshes.npz` beside the manifest; score 0 where there is no mesh."""
    boxes = table[["x1", "y1", "x2", "y2"]].to_numpy(np.float32)
    jobs = list(zip(table["path"], boxes, strict=True))
    with ProcessPoolExecutor(workers) as pool:
        fits = list(pool.map(_fit, jobs, chunksize=64))
    landmarks = np.stack([fit[0] for fit in fits]).astype(np.float32)
    scores = np.array([fit[1] for fit in fits], np.float32)
    part = meshes_path(manifest).with_suffix(".part.npz")
    np.savez(part, landmarks=landmarks, score=scores)
    part.replace(meshes_path(manifest))
