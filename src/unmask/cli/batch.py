"""The batch: one row for every file, whatever becomes of it.

A file that fails becomes a row with its error and the next one goes on; an interruption keeps what
is done. The exit code is the numerically highest one seen (docs/USAGE.md has the table); bugs of
ours are counted apart, because a code of 3, 4 or 5 would outrank their 1.
"""

from __future__ import annotations

import errno
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from unmask.cli.console import debugging, shown, write_err
from unmask.cli.intake import Target
from unmask.errors import ErrorKind, InternalError, RefusedError, UnmaskError, UsageError
from unmask.types import Outcome, Report

EXIT_INCONCLUSIVE = 3
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count it
EXIT_TERMINATED = 143  # 128 + SIGTERM


class AnalyzerLike(Protocol):
    """What the batch needs of `unmask.analyzer.Analyzer`."""

    def analyze(self, path: Path, *, follow_links: bool = True) -> Report:
        """The report on one file; UnmaskError where there can be none."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where reports go (None: nowhere), as which files and languages, with videos of clips."""

    folder: Path | None
    formats: tuple[str, ...]
    languages: tuple[str, ...]
    overlay: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one file; an `error` beside an outcome is a report nobody could save.

    Of `changes` the outcome survived `held`, and not those in `lost` ("jpeg:q40"); where none could
    be tested, `untested` has the reasons.
    """

    path_shown: str
    outcome: Outcome | None = None
    fake_probability: float | None = None
    interval: tuple[float, float] | None = None
    reasons: tuple[str, ...] = ()
    faces: int = 0
    files: tuple[Path, ...] = ()
    error: UnmaskError | None = None
    held: int | None = None
    changes: int = 0
    lost: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code this file alone would give."""
        own = EXIT_INCONCLUSIVE if self.outcome is Outcome.INCONCLUSIVE else 0
        return max(own, self.error.exit_code if self.error is not None else 0)


@dataclass(slots=True)
class Tally:
    """The rows so far; `signal_code` is set once a signal ended the batch early."""

    rows: list[Row] = field(default_factory=list)
    signal_code: int = 0

    @property
    def bugs(self) -> int:
        """Number of rows that failed through a bug of ours."""
        return sum(1 for row in self.rows if row.error and row.error.kind is ErrorKind.INTERNAL)

    @property
    def exit_code(self) -> int:
        """The signal's code after an interruption, else the highest code of all rows."""
        return self.signal_code or max((row.exit_code for row in self.rows), default=0)


OnRow = Callable[[Row, dict[str, Any]], None]


def run_batch(
    analyzer: AnalyzerLike,
    targets: Sequence[Target],
    output: Output,
    *,
    on_start: Callable[[str], None],
    on_row: OnRow,
) -> Tally:
    """Analyse every target; `on_row` gets each row and its JSON form as soon as it is there."""
    tally = Tally()
    try:
        with terminate_as_interrupt():
            for target in targets:
                on_start(_name(target))
                row, data = _one(analyzer, target, output)
                with interrupts_wait():
                    tally.rows.append(row)
                    on_row(row, data)
    except KeyboardInterrupt as stop:
        tally.signal_code = EXIT_TERMINATED if stop.args else EXIT_INTERRUPTED
    return tally


def _one(analyzer: AnalyzerLike, target: Target, output: Output) -> tuple[Row, dict[str, Any]]:
    from unmask.report import error_to_dict, report_to_dict

    name = _name(target)
    try:
        if target.error is not None:
            raise target.error  # noqa: TRY301 - one way from an error to its row
        found = analyzer.analyze(target.path, follow_links=not target.in_folder)
        # two folders may hold files of one name: a row says which one it is
        report = replace(found, path_shown=name)
        data = report_to_dict(report)
    except Exception as error:  # noqa: BLE001 - the batch's edge: a bug becomes a row, loudly
        failure = as_unmask_error(error)
        return Row(name, error=failure), error_to_dict(name, failure)
    files, failure_to_save = _save(report, output)
    verdict = report.verdict
    row = Row(
        name,
        report.outcome,
        report.fake_probability,
        verdict.interval,
        tuple(str(reason) for reason in verdict.reasons),
        len(report.verdicts) - 1,
        files,
        failure_to_save,
        report.robustness_held,
        len(report.robustness_counted),
        tuple(
            f"{changed.change}:{changed.level}"
            for changed in report.robustness_counted
            if changed.outcome is not report.outcome
        ),
        _untested(report),
    )
    return row, data


def _untested(report: Report) -> tuple[str, ...]:
    """Why no change could be tested; () where one was, or none was asked for."""
    if report.robustness_counted:
        return ()
    return tuple(dict.fromkeys(reason for row in report.robustness for reason in row.lacking))


def _name(target: Target) -> str:
    return target.called or shown(target.path)


def _save(report: Report, output: Output) -> tuple[tuple[Path, ...], UnmaskError | None]:
    if output.folder is None:
        return (), None
    from unmask.report import write_reports

    try:
        files = write_reports(report, output.folder, output.formats, output.languages)
        if output.overlay:
            files += _overlay(report, output)
    except OSError as error:
        return (), UsageError(
            f"the report could not be written: {_what_failed(error)}",
            "free some space or choose another folder with --out",
            ErrorKind.DISK,
        )
    except Exception as error:  # noqa: BLE001 - the verdict stands even where saving it failed
        return (), as_unmask_error(error)
    return tuple(files), None


def as_unmask_error(error: Exception) -> UnmaskError:
    """Any exception as one of ours: files and disks are the user's to mend, the rest is our bug."""
    if isinstance(error, UnmaskError):
        return error
    if isinstance(error, OSError):
        return _of_system(error)
    if debugging():
        write_err("".join(traceback.format_exception(error)))
    return InternalError(
        f"{type(error).__name__}: {error}",
        "run it again with UNMASK_DEBUG=1 and report what it prints, with `unmask doctor`",
    )


def _what_failed(error: OSError) -> str:
    """The file, where the system names one, and the system's own words."""
    where = f"{shown(error.filename)}: " if isinstance(error.filename, str) else ""
    return f"{where}{error.strerror or error}"


def _of_system(error: OSError) -> UnmaskError:
    """An error of the system by its kind; only a full disk is called one."""
    what = _what_failed(error)
    if isinstance(error, FileNotFoundError):
        return RefusedError(ErrorKind.NOT_FOUND, what, "check the path")
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        hint = "check which path has to be a file and which a folder"
        return RefusedError(ErrorKind.NOT_A_FILE, what, hint)
    if isinstance(error, PermissionError):
        hint = "allow reading and writing there, or take another path"
        return RefusedError(ErrorKind.NO_PERMISSION, what, hint)
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = "free some space or choose another folder with --out"
    other = "check that the file and its disk can be read and written"
    return UsageError(what, hint if full else other, ErrorKind.DISK)


def _overlay(report: Report, output: Output) -> list[Path]:
    """The video beside a clip's reports, in their first language."""
    from unmask.report.overlay_clip import write_overlay

    if output.folder is None:
        return []
    path = write_overlay(report, output.folder, output.languages[0])
    return [] if path is None else [path]


@contextmanager
def terminate_as_interrupt() -> Iterator[None]:
    """In here SIGTERM is a KeyboardInterrupt with an argument: it ends as cleanly as Ctrl-C."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt("terminated")

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread, where signals do not arrive anyway
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """In here the first SIGINT or SIGTERM waits until the end: what is counted is also written.

    A second one is not held up: whoever reads our output may have stopped reading.
    """
    waiting: list[tuple[int, FrameType | None]] = []
    handlers: dict[int, Any] = {}

    def note(number: int, frame: FrameType | None) -> None:
        if waiting:
            handlers[number](number, frame)
        waiting.append((number, frame))

    try:
        for wanted in (signal.SIGINT, signal.SIGTERM):
            if callable(signal.getsignal(wanted)):
                handlers[wanted] = signal.signal(wanted, note)
    except ValueError:  # not in the main thread, where signals do not arrive anyway
        yield
        return
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number, frame in waiting[:1]:
        handlers[number](number, frame)
