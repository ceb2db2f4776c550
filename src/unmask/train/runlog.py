"""What a run writes beside its weights: `log.jsonl`, `skipped.jsonl`; its lock; full disks.

A line of the log holds `step`, `draws` and what was measured. Lines of validations have `epoch`,
`train_loss`, `train_accuracy`, `val_loss`, `val_accuracy` and `auc`; the others `loss`, `accuracy`
over the steps since the line before.
"""

from __future__ import annotations

import errno
import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from unmask.errors import ErrorKind, UsageError

LOG = "log.jsonl"
SKIPPED = "skipped.jsonl"
LOCK = ".lock"
FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_TEXT = ("No space left", "os error 28", "quota exceeded")  # safetensors words it as text


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk under `path` into a UsageError (kind `disk`); other errors pass."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        full = isinstance(error, OSError) and error.errno in FULL
        if not full and not any(text in str(error) for text in FULL_TEXT):
            raise
        raise UsageError(
            f"{path} cannot be written: the disk is full",
            "free some space and give the same command again: the last checkpoint is whole, and "
            "the run goes on from it",
            ErrorKind.DISK,
        ) from error


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """In here no other process trains in the folder `out`; UsageError where one does already.

    A record lock of POSIX: it goes with this process, however that ends, and unlike one of flock
    the processes that draw do not inherit it, who outlive a killed run by seconds. Of one process
    it keeps nobody out, and the file must not be opened twice: closing it gives the lock back.
    """
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        file = (out / LOCK).open("ab")
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # POSIX leaves open which of the two it is
            raise UsageError(
                f"another process is training in the folder {out}",
                "wait for it or stop it, or choose another --out",
            ) from None
        yield


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    with disk_errors(path):
        part = path.with_name(path.name + ".part")
        part.write_text(text, "utf-8")
        part.replace(path)


class RunLog:
    """The log and the list of skipped pictures of one run's folder."""

    def __init__(self, out: Path) -> None:
        self.path, self._skipped_path = out / LOG, out / SKIPPED
        self._skipped = {line["path"] for line in _lines(self._skipped_path)}

    def append(self, line: dict[str, Any]) -> dict[str, Any]:
        """Add a line; the line as it was written, with its rounded numbers."""
        return self._add(self.path, line)

    def lines(self) -> list[dict[str, Any]]:
        """Every line, in order."""
        return _lines(self.path)

    def validations(self) -> list[dict[str, Any]]:
        """The lines of validations, in order."""
        return [line for line in self.lines() if "auc" in line]

    def trim(self, step: int) -> None:
        """Forget lines after `step`: what a killed run did after its last checkpoint."""
        lines = self.lines()
        kept = [line for line in lines if line["step"] <= step]
        if len(kept) < len(lines):
            write_text(self.path, "".join(json.dumps(line) + "\n" for line in kept))

    def skip(self, paths: Sequence[str]) -> None:
        """List pictures that could not be read, each once."""
        for path in dict.fromkeys(paths):
            if path not in self._skipped:
                self._skipped.add(path)
                self._add(self._skipped_path, {"path": path, "reason": "unreadable"})

    @property
    def skipped(self) -> int:
        """How many pictures could not be read so far."""
        return len(self._skipped)

    @staticmethod
    def _add(path: Path, line: dict[str, Any]) -> dict[str, Any]:
        written = {k: round(float(v), 5) if isinstance(v, float) else v for k, v in line.items()}
        with disk_errors(path), path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(written) + "\n")
        return written


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSONL file; a last one that a kill cut off is left out."""
    if not path.is_file():
        return []
    found = []
    for text in path.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found
