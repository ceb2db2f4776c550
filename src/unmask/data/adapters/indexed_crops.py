"""A folder of wide face crops: `images/*.jpg` and `index.csv` (file, x1, y1, x2, y2, original ...).

The folder's name tells source and class: `real_NAME` is real, `fake_NAME` is synthetic unless NAME
is one of the composites. A `person` column, or the original's name, keeps relatives together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import Picture, adapter
from unmask.errors import UsageError

COMPOSITES = ("ciplab", "faceswap_lfw")


@adapter(
    "indexed-crops",
    layout="index.csv and images/ in a folder named real_NAME or fake_NAME",
    recognises=lambda root: (root / "index.csv").is_file() and (root / "images").is_dir(),
)
def indexed_crops(root: Path) -> Iterator[Picture]:
    """Every picture in the index."""
    kind, _, name = root.name.partition("_")
    if kind not in ("real", "fake"):
        raise UsageError(
            f"the folder {root.name!r} is named neither real_NAME nor fake_NAME", "rename it"
        )
    klass = "real" if kind == "real" else "swap" if name in COMPOSITES else "synthetic"
    with (root / "index.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            box = (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))
            identity = row.get("person") or f"{root.name}/{_group(row['original'])}"
            yield Picture(
                root / "images" / row["file"], klass, root.name, row["original"], identity, box
            )


def _group(original: str) -> str:
    """CIPLAB's composites are named LEVEL_NUMBER_PARTS: the number is the group."""
    parts = original.removesuffix(".jpg").split("_")
    return parts[1] if len(parts) == 3 and parts[0] in ("easy", "mid", "hard") else original
