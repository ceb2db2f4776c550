"""A tiny data set of drawn faces on disk, with its manifest and meshes: what training reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from drawn_face import LOOKS, SIDE_PX, draw_face, mesh_points

from unmask.data.adapters import ADAPTERS
from unmask.data.manifest import build_manifest, meshes_path, write_manifest

SIDE = 192
BOX = (0.1 * SIDE, 0.1 * SIDE, 0.9 * SIDE, 0.9 * SIDE)


def noisy_face(index: int, *, fake: bool, side_px: int = SIDE) -> np.ndarray:
    """One of the drawn people with seeded grain; a fake has coarse stripes over the face."""
    rng = np.random.default_rng(index)
    image, _ = draw_face(LOOKS[index % len(LOOKS)])
    image = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA).astype(np.float32)
    image += rng.normal(0, 6, image.shape)
    if fake:
        image[::4] += 60
    return np.clip(image, 0, 255).astype(np.uint8)


def write_faces(root: Path, per_class: int, *, side_px: int = SIDE) -> Path:
    """`root/real` and `root/fake`, `per_class` PNG files each; returns `root`."""
    for folder in ("real", "fake"):
        (root / folder).mkdir(parents=True)
        for index in range(per_class):
            image = noisy_face(index, fake=folder == "fake", side_px=side_px)
            cv2.imwrite(str(root / folder / f"{index:02d}.png"), image[:, :, ::-1])
    return root


def write_tiny_manifest(root: Path, per_class: int = 16) -> Path:
    """`root/tiny.parquet` of one source "set", half of it for training, with exact meshes."""
    write_faces(root / "set", per_class)
    manifest = root / "tiny.parquet"
    pictures = [replace(one, box_xyxy=BOX) for one in ADAPTERS.get("folders")(root / "set")]
    table = build_manifest(pictures, ratio=(0.5, 0.25, 0.25), seed=1)
    write_manifest(table, manifest)
    marks = np.repeat(mesh_points()[None] * (SIDE / SIDE_PX), len(table), axis=0)
    np.savez(meshes_path(manifest), landmarks=marks, score=np.ones(len(table), np.float32))
    return manifest
