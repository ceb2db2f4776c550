"""Build the manifest and meshes of the default bundle's training material.

Usage: python scripts/scan_data.py DATA_DIR MANIFEST.parquet
DATA_DIR holds `deepfake_faces/` and folders named real_* and fake_* (see docs/TRAINING.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

from unmask.data.adapters import ADAPTERS
from unmask.data.manifest import build_manifest, write_manifest
from unmask.data.meshes import fit_meshes

RATIO = (0.8, 0.1, 0.1)


def main(data: Path, manifest: Path) -> None:
    """Scan every folder of `data`, split by identity 8:1:1, fit the meshes."""
    pictures = list(ADAPTERS.get("deepfake-faces")(data / "deepfake_faces"))
    for folder in sorted([*data.glob("real_*"), *data.glob("fake_*")]):
        pictures += ADAPTERS.get("indexed-crops")(folder)
    table = build_manifest(pictures, ratio=RATIO, seed=0)
    write_manifest(table, manifest)
    fit_meshes(table, manifest)
    print(table.groupby(["source", "klass", "split"]).size().unstack(fill_value=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
