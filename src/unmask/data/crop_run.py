"""Cuts many files in worker processes, going on where an earlier run stopped.

Stands between `face_crops.py` (one file) and `scan.py` (data sets): what is done stands in the
journal, everything else is done now. A file that fails becomes a reason; a full disk ends the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.data.crop_journal import CropJournal
from unmask.data.face_crops import Cut, FaceCutter
from unmask.data.pool import map_in_processes
from unmask.errors import ErrorKind, LimitError, RefusedError, UsageError

# What another run, on another day, may well get through; the rest is a property of the file.
TRY_AGAIN = frozenset(
    {
        ErrorKind.TIME_LIMIT,
        ErrorKind.MEMORY_LIMIT,
        ErrorKind.DECODER_CRASH,
        ErrorKind.NOT_FOUND,
        ErrorKind.NO_PERMISSION,
        ErrorKind.INTERNAL,
    }
)


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    folder: Path
    frames: int


@dataclass(frozen=True, slots=True)
class _Full:
    """The disk does not take the crops: the run has to stop."""

    message: str
    hint: str


_CUTTER: dict[int, FaceCutter] = {}  # one for each process, by its frames, opened when needed


@dataclass(frozen=True, slots=True)
class CropRun:
    """Where crops go, how many faces are taken from each person of a video, and with how many
    processes.
    """

    folder: Path
    frames: int
    workers: int

    def cut_all(
        self, paths: Sequence[Path], on_done: Callable[[], None]
    ) -> tuple[dict[Path, Cut], int]:
        """What became of each file, and how many of them an earlier run had done."""
        cuts: dict[Path, Cut] = {}
        with CropJournal(self.folder, {"frames": self.frames}) as journal:
            for path in paths:
                done = journal.find(path)
                if done is not None:
                    cuts[path] = done
                    on_done()
            resumed = len(cuts)
            todo = [path for path in paths if path not in cuts]
            for path, cut in zip(todo, self._cuts(todo), strict=True):
                if cut.reason not in TRY_AGAIN:
                    journal.add(path, cut)
                cuts[path] = cut
                on_done()
        return cuts, resumed

    def _cuts(self, paths: Sequence[Path]) -> Iterator[Cut]:
        jobs = [_Job(path, self.folder, self.frames) for path in paths]
        try:
            for outcome in map_in_processes(_cut, jobs, workers=self.workers):
                if isinstance(outcome, _Full):
                    raise UsageError(outcome.message, outcome.hint, ErrorKind.DISK)
                yield outcome
        finally:
            for cutter in _CUTTER.values():
                cutter.close()
            _CUTTER.clear()


def _cut(job: _Job) -> Cut | _Full:
    """What becomes of one file; errors travel as data, because workers cannot raise ours."""
    if job.frames not in _CUTTER:
        _CUTTER[job.frames] = FaceCutter(job.frames)
    key = hashlib.sha256(str(job.path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    try:
        return _CUTTER[job.frames].cut(job.path, job.folder, f"{key[:2]}/{key}")
    except (RefusedError, LimitError) as error:
        return Cut(reason=str(error.kind), detail=error.message)
    except UsageError as error:
        return _Full(error.message, error.hint)
    except MemoryError:
        return Cut(reason=str(ErrorKind.MEMORY_LIMIT), detail="it needs more memory than there is")
    except Exception as error:  # noqa: BLE001 - the edge of one file: a bug becomes a line, loudly
        return Cut(reason=str(ErrorKind.INTERNAL), detail=f"{type(error).__name__}: {error}")
