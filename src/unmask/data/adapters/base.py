"""What every data-set adapter gives: one `Picture` per labelled file, in a fixed order.

An adapter knows a layout as its authors publish it: which files are real, what a fake was made
from, who is seen, and which splits are official. It opens no picture. Files without a face box are
whole pictures or videos; `data/face_crops.py` finds their faces.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from unmask.registry import Registry

CLASSES = ("real", "swap", "synthetic")
SPLITS = ("train", "val", "test")
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".avif", ".heic"})
VIDEO_SUFFIXES = frozenset(
    {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts"}
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled file, or one face cut out of it.

    klass        "real", "swap" (face swap, blend or local edit) or "synthetic" (wholly generated)
    video        what it was cut from; a real and its fakes share it
    identity     the person where known, else something that keeps relatives on one side of a split
    box_xyxy     the face in pixels of the file; None where it has yet to be found
    splits       where the data set's authors let it go; one name where their split is official
    original     the file a crop was cut from; None where `path` is the file itself
    frame_index, time_s, track  of a face cut out of a video: where it was, and whose it is
    """

    path: Path
    klass: str
    source: str
    video: str
    identity: str
    box_xyxy: Box | None
    splits: tuple[str, ...] = SPLITS
    original: Path | None = None
    frame_index: int | None = None
    time_s: float | None = None
    track: str = ""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A data set's layout: in words, as a test of a folder, and as the list of its pictures."""

    layout: str
    recognises: Callable[[Path], bool]
    pictures: Callable[[Path], Iterator[Picture]]

    def __call__(self, root: Path) -> Iterator[Picture]:
        """Every picture below `root`, in a fixed order."""
        return self.pictures(root)


Listing = Callable[[Path], Iterator[Picture]]
ADAPTERS: Registry[Adapter] = Registry("data-set adapter")


def adapter(
    name: str, *, layout: str, recognises: Callable[[Path], bool]
) -> Callable[[Listing], Adapter]:
    """Register a listing function as the adapter `name`."""

    def make(listing: Listing) -> Adapter:
        return ADAPTERS.register(name)(Adapter(layout, recognises, listing))

    return make


def media_below(folder: Path, suffixes: frozenset[str] | None = None) -> list[Path]:
    """Pictures and videos below a folder by their suffix, sorted; hidden entries are left out."""
    wanted = IMAGE_SUFFIXES | VIDEO_SUFFIXES if suffixes is None else suffixes
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in wanted
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def child(root: Path, *names: str) -> Path | None:
    """The first folder right below `root` that has one of the names, whatever its case."""
    if not root.is_dir():
        return None
    wanted = {name.lower() for name in names}
    found = (path for path in sorted(root.iterdir()) if path.name.lower() in wanted)
    return next((path for path in found if path.is_dir()), None)


def read_groups(root: Path) -> dict[str, str]:
    """videoname -> identity from an optional `groups.csv`, which names the people of a data set."""
    path = root / "groups.csv"
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["videoname"]: row["identity"] for row in csv.DictReader(file)}
