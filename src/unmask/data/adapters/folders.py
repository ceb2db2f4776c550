"""Plain folders: `real/` beside `fake/` (or `swap/`, `synthetic/`), pictures or videos, any depth.

The same below `train/`, `val/` and `test/` keeps those splits. Nothing is known about who is seen,
so every file is a person of its own; name the people with another layout where that matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import SPLITS, Picture, adapter, child, media_below

FOLDERS = {"real": "real", "fake": "swap", "swap": "swap", "synthetic": "synthetic"}
SPLIT_FOLDERS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}


def has_class_folders(root: Path) -> bool:
    """Whether a folder holds `real/`, and one of the other classes beside it."""
    others = [name for name in FOLDERS if name != "real"]
    return child(root, "real") is not None and child(root, *others) is not None


def split_folders(root: Path) -> dict[str, Path]:
    """split -> its folder below `root`, of those that hold class folders."""
    found = {split: child(root, *names) for split, names in SPLIT_FOLDERS.items()}
    return {
        split: folder for split, folder in found.items() if folder and has_class_folders(folder)
    }


def pictures_of_classes(
    root: Path, folder: Path, source: str, splits: tuple[str, ...]
) -> Iterator[Picture]:
    """Everything in the class folders right below `folder`, class by class in sorted order."""
    for name, klass in FOLDERS.items():
        where = child(folder, name)
        for path in media_below(where) if where else ():
            called = path.relative_to(root).as_posix()
            yield Picture(path, klass, source, called, called, None, splits)


@adapter(
    "folders",
    layout="real/ beside fake/, swap/ or synthetic/; or train/, val/, test/ that hold these",
    recognises=lambda root: has_class_folders(root) or bool(split_folders(root)),
)
def folders(root: Path) -> Iterator[Picture]:
    """Every picture and video below the class folders, in sorted order."""
    for split, folder in split_folders(root).items():
        yield from pictures_of_classes(root, folder, root.name, (split,))
    yield from pictures_of_classes(root, root, root.name, SPLITS)
