"""A tiny data set in a real layout, drawn, with its manifest and meshes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_face import LOOKS, SIDE_PX, draw_face, mesh_points

from unmask.data.adapters import ADAPTERS
from unmask.data.manifest import build_manifest, meshes_path, write_manifest

PER_CLASS = 16
SIDE = 192


def noisy_face(index: int, *, fake: bool) -> np.ndarray:
    """One of the drawn people with seeded grain; a fake has coarse stripes over the face."""
    rng = np.random.default_rng(index)
    image, _ = draw_face(LOOKS[index % len(LOOKS)])
    image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    image += rng.normal(0, 6, image.shape)
    if fake:
        image[::4] += 60
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of 16 genuine and 16 manipulated drawn faces, in the layout of plain folders."""
    root = tmp_path_factory.mktemp("data")
    for folder in ("real", "fake"):
        (root / "set" / folder).mkdir(parents=True)
        for index in range(PER_CLASS):
            name = root / "set" / folder / f"{index:02d}.png"
            cv2.imwrite(str(name), noisy_face(index, fake=folder == "fake")[:, :, ::-1])
    manifest = root / "tiny.parquet"
    table = build_manifest(ADAPTERS.get("folders")(root / "set"), ratio=(0.5, 0.25, 0.25), seed=1)
    write_manifest(table, manifest)
    marks = np.repeat(mesh_points()[None] * (SIDE / SIDE_PX), len(table), axis=0)
    np.savez(meshes_path(manifest), landmarks=marks, score=np.ones(len(table), np.float32))
    return manifest
