"""Which adapter reads a folder: the one that was named, else the first that knows the layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unmask.data.adapters.base import ADAPTERS
from unmask.errors import ErrorKind, UsageError

# The general layout comes last: a folder that a data set's own adapter knows is that data set.
LAST = "folders"


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder and the name of the adapter that reads it."""

    root: Path
    adapter: str


def recognise(root: Path) -> str | None:
    """The name of the adapter that knows the layout of `root`, or None."""
    names = sorted(ADAPTERS, key=lambda name: (name == LAST, name))
    return next((name for name in names if ADAPTERS.get(name).recognises(root)), None)


def find_data_sets(root: Path, adapter: str | None = None) -> list[DataSet]:
    """The data set at `root`, or those right below it, by name.

    UsageError where the folder is not there, the adapter does not know the layout, or nothing is
    recognised.
    """
    root = root.absolute()
    if not root.is_dir():
        raise UsageError(
            f"there is no folder {root}", "name the folder of a data set", ErrorKind.NOT_FOUND
        )
    if adapter is not None:
        known = ADAPTERS.get(adapter)
        if not known.recognises(root):
            raise UsageError(
                f"{root} is not laid out as {adapter} expects",
                f"it looks for {known.layout}",
            )
        return [DataSet(root, adapter)]
    here = recognise(root)
    if here is not None:
        return [DataSet(root, here)]
    below = [(path, recognise(path)) for path in sorted(root.iterdir()) if path.is_dir()]
    found = [DataSet(path, name) for path, name in below if name is not None]
    if not found:
        looked = "; ".join(f"{name}: {ADAPTERS.get(name).layout}" for name in ADAPTERS)
        raise UsageError(
            f"no data set is recognised in {root}",
            f"looked there and one folder below for {looked}; or name one with --adapter",
        )
    return found
