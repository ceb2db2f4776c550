"""Manifests of drawn faces with what a test plants in their files or rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from drawn_data import write_picture
from drawn_face import LOOKS, SIDE_PX, draw_face, mesh_points

from unmask.data.manifest import write_manifest, write_meshes

SIDE = 96
SPLITS = ("train", "train", "train", "val", "test")
Change = Callable[[np.ndarray, int, bool], np.ndarray]


def drawn_picture(index: int) -> np.ndarray:
    """(96, 96, 3) RGB: one of the drawn people on a ground of its own, with grain."""
    rng = np.random.default_rng(index)
    image, alpha = draw_face(LOOKS[index % len(LOOKS)])
    patches = rng.integers(0, 255, (5, 5, 3)).astype(np.uint8)
    ground = cv2.resize(patches, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    whole = image * alpha[..., None] + ground * (1 - alpha[..., None])
    small = cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.clip(small + rng.normal(0, 5, small.shape), 0, 255).astype(np.uint8)


def planted_manifest(
    folder: Path, *, count: int = 30, change: Change | None = None, source: str = "set"
) -> Path:
    """A manifest of `count` genuine and `count` manipulated pictures, each of another person.

    `change` gets (picture, index, is fake) and gives what is written.
    """
    rows = []
    for index in range(2 * count):
        fake = index % 2 == 1
        image = drawn_picture(index)
        image = image if change is None else change(image, index, fake)
        path = write_picture(folder / f"{index:03d}.jpg", image, quality=90)
        height, width = image.shape[:2]
        rows.append(
            {
                "path": str(path),
                "klass": "swap" if fake else "real",
                "source": source,
                "video": f"video {index}",
                "identity": f"person {index}",
                "x1": 0.15 * width,
                "y1": 0.1 * height,
                "x2": 0.85 * width,
                "y2": 0.95 * height,
                "split": SPLITS[index // 2 % len(SPLITS)],
            }
        )
    return write_planted(pd.DataFrame(rows), folder / "planted.parquet")


def write_planted(table: pd.DataFrame, manifest: Path) -> Path:
    """Write the table and the meshes of its drawings; returns the manifest."""
    marks = np.repeat(mesh_points()[None] * np.float32(SIDE / SIDE_PX), len(table), axis=0)
    write_meshes(manifest, marks.astype(np.float32), np.ones(len(table), np.float32))
    write_manifest(table, manifest)
    return manifest
