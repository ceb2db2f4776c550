"""From the FILE… of the command line to the list of files to analyse.

Folders expand in a fixed order (by the bytes of the path), links inside them are never followed,
hidden entries are left out and counted. A file that was named is always taken, whatever it is:
the refusal it meets becomes a row of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import ErrorKind, RefusedError, UnmaskError, UsageError

Identity = tuple[int, int]  # device and inode


@dataclass(frozen=True, slots=True)
class Target:
    """One file to analyse, or the `error` that stands in its row (a folder nobody may read).

    `in_folder` is True where the path was found in a folder: then links are not followed.
    `called` is the name its row has instead of the path (samples: not where we are installed).
    """

    path: Path
    in_folder: bool = False
    error: UnmaskError | None = None
    called: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """All files to analyse and how many hidden entries folders held."""

    targets: tuple[Target, ...]
    hidden: int


def expand(paths: Sequence[Path], *, limit: int, leave_out: Path | None = None) -> Intake:
    """The files behind the named paths; UsageError where there are none or more than `limit`.

    `leave_out` is the folder reports go to: what an earlier run wrote there is no input.
    """
    skip = _identity(leave_out) if leave_out is not None else None
    targets: list[Target] = []
    hidden = 0
    for path in paths:
        if _is_folder(path):
            found, left = _walk(path, skip, limit - len(targets))
            hidden += left
        else:
            found = [Target(path)]
        targets += found
        if len(targets) > limit:
            raise UsageError(
                f"more than {limit:,} files",
                "analyse them in parts, or raise batch_files_max with --settings",
            )
    if not targets:
        raise UsageError("the folders hold no files", "name a picture, a video or another folder")
    return Intake(tuple(targets), hidden)


def _walk(top: Path, skip: Identity | None, room: int) -> tuple[list[Target], int]:
    """Everything below a folder, sorted; ends early once there are more than `room` files."""
    found: list[Target] = []
    hidden = 0
    folders = [top]
    while folders and len(found) <= room:
        folder = folders.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError as error:
            found.append(Target(folder, in_folder=True, error=_unreadable(error)))
            continue
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith("."):
                hidden += 1
            elif not entry.is_dir(follow_symlinks=False):
                found.append(Target(path, in_folder=True))
            elif skip is None or _identity(path) != skip:
                folders.append(path)
    return sorted(found, key=lambda target: os.fsencode(target.path)), hidden


def _is_folder(path: Path) -> bool:
    """False also where nobody can tell: opening it will say why."""
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, a parent nobody may enter
        return False


def _identity(path: Path) -> Identity | None:
    """What two paths to one folder share; None where there is no such folder yet."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _unreadable(error: OSError) -> RefusedError:
    return RefusedError(
        ErrorKind.NO_PERMISSION,
        f"the folder cannot be read: {error.strerror}",
        "change its permissions or name the files themselves",
    )
