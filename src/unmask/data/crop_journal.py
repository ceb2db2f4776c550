"""What a scan has already cut: one line of JSON for every finished file.

A line is added only when all crops of a file are in place, so a scan that was killed goes on with
the first file without a line. Half a line (the process died while writing it) is cut off. A file
that has changed since, or crops that are gone, count as not done. One process writes; the lock is
the kernel's, so it dies with the process.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from unmask.data.face_crops import Crop, Cut
from unmask.errors import ErrorKind, UsageError

JOURNAL = "journal.jsonl"


class CropJournal:
    """The journal in a folder of crops; a context manager that locks the folder.

    settings   what crops depend on; lines of other settings do not count
    """

    def __init__(self, folder: Path, settings: dict[str, int]) -> None:
        self.folder = folder
        self._settings = settings
        self._done: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # unbuffered: a line is one write, and nothing waits in this process
            self._file = (self.folder / JOURNAL).open("ab", buffering=0)
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise UsageError(
                f"another scan is writing to {self.folder}", "wait for it, or choose another --out"
            ) from None
        self._read()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def find(self, path: Path) -> Cut | None:
        """What became of a file in an earlier run; None where it has to be cut."""
        line = self._done.get(str(path))
        if line is None or line["settings"] != self._settings or line["stamp"] != _stamp(path):
            return None
        crops = tuple(Crop.from_dict(crop) for crop in line["crops"])
        if any(crop.file and not (self.folder / crop.file).is_file() for crop in crops):
            return None
        return Cut(crops, line["reason"], line["detail"])

    def add(self, path: Path, cut: Cut) -> None:
        """Note that a file is done, in one write."""
        line = {
            "path": str(path),
            "stamp": _stamp(path),
            "settings": self._settings,
            "crops": [crop.as_dict() for crop in cut.crops],
            "reason": cut.reason,
            "detail": cut.detail,
        }
        text = json.dumps(line).encode() + b"\n"
        try:
            written = self._file.write(text)
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        if written != len(text):
            raise _unwritable(self.folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def _read(self) -> None:
        """The whole lines; a torn one at the end is cut off."""
        whole = 0
        for text in (self.folder / JOURNAL).read_bytes().splitlines(keepends=True):
            try:
                line = json.loads(text)
            except ValueError:
                break
            if not text.endswith(b"\n"):
                break
            self._done[line["path"]] = line
            whole += len(text)
        self._file.truncate(whole)


def _stamp(path: Path) -> list[int]:
    """Size and time of the last change: another file under the same name has others."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write to {folder}: {error.strerror}",
        "free some space, or choose another place with --out",
        ErrorKind.DISK,
    )
