"""Kaggle `dagnelies/deepfake_faces`: `metadata.csv` and `faces_224/NAME.jpg`, one face per video.

An optional `groups.csv` (videoname, group, identity) names the person of the original video; a
fake belongs to its original, so that both stay on one side of every split.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import Picture, adapter, read_groups

# The pictures are tight crops of 224 px: the face box as a share of the side, seen on the material.
BOX = (0.10 * 224, 0.05 * 224, 0.90 * 224, 0.98 * 224)


@adapter(
    "deepfake-faces",
    layout="metadata.csv and faces_224/",
    recognises=lambda root: (root / "metadata.csv").is_file() and (root / "faces_224").is_dir(),
)
def deepfake_faces(root: Path) -> Iterator[Picture]:
    """Every picture that is listed in the metadata and exists."""
    groups = read_groups(root)
    with (root / "metadata.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            stem = row["videoname"].removesuffix(".mp4")
            path = root / "faces_224" / f"{stem}.jpg"
            if not path.is_file():
                continue
            is_real = row["label"].upper() == "REAL"
            original = stem if is_real else row["original"].removesuffix(".mp4")
            identity = groups.get(row["videoname"], original)
            yield Picture(
                path, "real" if is_real else "swap", "deepfake_faces", original, identity, BOX
            )
