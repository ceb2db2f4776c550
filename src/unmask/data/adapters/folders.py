"""Plain folders: `real/`, `fake/` or `synthetic/`, any depth, of pictures that are face crops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from unmask.data.adapters.base import ADAPTERS, Picture

FOLDERS = {"real": "real", "fake": "swap", "swap": "swap", "synthetic": "synthetic"}
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
# Share of the picture's side that a face is taken to fill where no box is given.
FILL = 0.8


@ADAPTERS.register("folders")
def folders(root: Path) -> Iterator[Picture]:
    """Every picture below the class folders, in sorted order."""
    for folder, klass in FOLDERS.items():
        for path in sorted((root / folder).rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                with Image.open(path) as image:
                    width, height = image.size
                side = min(width, height) * FILL
                x, y = (width - side) / 2, (height - side) / 2
                name = str(path.relative_to(root))
                yield Picture(path, klass, root.name, name, name, (x, y, x + side, y + side))
