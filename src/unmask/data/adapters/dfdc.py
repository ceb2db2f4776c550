"""Deepfake Detection Challenge (Dolhansky et al., 2020, arXiv:2006.07397): videos, metadata.json.

    dfdc_train_part_N/metadata.json   {"NAME.mp4": {"label", "split", "original"}, ...}
    dfdc_train_part_N/NAME.mp4

`original` is there for fakes only. `split` says "train" in every part that was published for
training: that is the part's name and leaves nothing to validate on, so it is not kept; any other
value is. Who is seen is not published; a fake goes with its original, and an optional `groups.csv`
(videoname, group, identity) beside the parts joins originals of one person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unmask.data.adapters.base import SPLITS, Picture, adapter, read_groups
from unmask.errors import UsageError

METADATA = "metadata.json"
PART = "dfdc_train_part_*"
PLACES = (METADATA, f"{PART}/{METADATA}", f"{PART}/{PART}/{METADATA}")  # archives nest parts again
LABELS = {"REAL": "real", "FAKE": "swap"}
OFFICIAL = {"val": "val", "validate": "val", "validation": "val", "test": "test"}


def _parts(root: Path) -> list[Path]:
    """The metadata files that have videos beside them, by the part's number where there is one."""
    listed = {path for pattern in PLACES for path in root.glob(pattern)}
    found = [path for path in listed if any(path.parent.glob("*.mp4"))]
    return sorted(found, key=lambda path: (_number(path.parent.name), path))


def _number(name: str) -> int:
    digits = name.rpartition("_")[2]
    return int(digits) if digits.isdigit() else -1


@adapter(
    "dfdc",
    layout=f"dfdc_train_part_N/{METADATA} (or {METADATA}) with the videos beside it",
    recognises=lambda root: bool(_parts(root)),
)
def dfdc(root: Path) -> Iterator[Picture]:
    """Every video that the metadata lists."""
    groups = read_groups(root)
    for metadata in _parts(root):
        for name, entry in sorted(_read(metadata).items()):
            label = str(entry.get("label", "")).upper()
            if label not in LABELS:
                raise UsageError(
                    f"{metadata.parent.name}/{METADATA}: {name} has the label {label!r}",
                    "DFDC's labels are REAL and FAKE; take the file as published",
                )
            original = (entry.get("original") or name).removesuffix(".mp4")
            official = OFFICIAL.get(str(entry.get("split", "")).lower())
            yield Picture(
                metadata.parent / name,
                LABELS[label],
                "dfdc",
                original,
                groups.get(f"{original}.mp4", original),
                None,
                (official,) if official else SPLITS,
            )


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a metadata file; UsageError where it is not one of DFDC's."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{path.parent.name}/{METADATA} is no JSON: {error}", "download that part again"
        ) from None
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        raise UsageError(
            f"{path.parent.name}/{METADATA} does not map file names to entries",
            "name another folder, or the data set's adapter with --adapter",
        )
    return data
