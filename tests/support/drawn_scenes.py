"""Labelled drawn faces on disk, as a folder and as a manifest; a fake's lower half is red."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from drawn_face import LOOKS, paste_face

from unmask.data.manifest import COLUMNS, meshes_path
from unmask.settings import Settings

SIDE = 240
SETTINGS = Settings(threads=1)


def scene(index: int, *, fake: bool, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """A drawn face before a grey wall and its mesh."""
    rng = np.random.default_rng(index)
    image = np.full((side, side, 3), 120, np.uint8)
    marks = paste_face(image, (side / 2, side / 2), 0.55 * side, LOOKS[index % 2])
    noisy = image + rng.normal(0, 5, image.shape)
    if fake:
        noisy[side // 2 :] += np.array([90, -30, -30])
    return np.clip(noisy, 0, 255).astype(np.uint8), marks


def write_scenes(root: Path, real: int, fake: int) -> Path:
    """`root/real` and `root/fake` with that many pictures each (a folder of 0 is not made)."""
    for name, count in (("real", real), ("fake", fake)):
        for index in range(count):
            (root / name).mkdir(parents=True, exist_ok=True)
            image, _ = scene(index, fake=name == "fake")
            cv2.imwrite(str(root / name / f"{index}.png"), image[:, :, ::-1])
    return root


def write_manifest_of_scenes(root: Path, count: int = 6) -> Path:
    """A manifest with meshes: `count` genuine and `count` red faces, all in the test split."""
    rows, meshes = [], []
    for name, klass in (("real_drawn", "real"), ("fake_drawn", "swap")):
        folder = root / name / "images"
        folder.mkdir(parents=True)
        for index in range(count):
            image, marks = scene(index, fake=klass != "real")
            path = folder / f"{index}.png"
            cv2.imwrite(str(path), image[:, :, ::-1])
            low, high = marks[:468].min(axis=0), marks[:468].max(axis=0)
            person = f"{name}/{index}"
            box = (*low.tolist(), *high.tolist())
            rows.append((str(path), klass, name, person, person, *box, "test"))
            meshes.append(marks)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    manifest = root / "drawn.parquet"
    table.to_parquet(manifest)
    scores = np.ones(len(table), np.float32)
    np.savez(meshes_path(manifest), landmarks=np.stack(meshes), score=scores)
    return manifest
