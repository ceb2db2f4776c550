"""Kaggle `manjilkarki/deepfake-and-real-images`: `{Train,Validation,Test}/{Real,Fake}/*.jpg`.

Faces of OpenForensics (Le et al., ICCV 2021) at 256 px: photos, and photos whose faces were
exchanged for generated ones and blended in, which is the class "swap" here. The archive holds one
folder `Dataset/`; that folder and its parent are both understood. The three splits are official.
Who is seen is not published, so every file counts as a person of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import Picture, adapter
from unmask.data.adapters.folders import pictures_of_classes

SOURCE = "deepfake_and_real_images"
OFFICIAL = {"Train": "train", "Validation": "val", "Test": "test"}


def _top(root: Path) -> Path:
    inner = root / "Dataset"
    return inner if inner.is_dir() else root


def _recognises(root: Path) -> bool:
    top = _top(root)
    return all((top / split / klass).is_dir() for split in OFFICIAL for klass in ("Real", "Fake"))


@adapter(
    "deepfake-and-real-images",
    layout="Train/, Validation/ and Test/, each with Real/ and Fake/",
    recognises=_recognises,
)
def deepfake_and_real_images(root: Path) -> Iterator[Picture]:
    """Every picture of the three splits."""
    top = _top(root)
    for folder, split in OFFICIAL.items():
        yield from pictures_of_classes(top, top / folder, SOURCE, (split,))
