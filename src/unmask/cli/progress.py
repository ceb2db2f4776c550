"""Progress on stderr while a batch runs; silent where stderr is no terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from unmask.cli.console import write_err
from unmask.cli.words import sentence

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressBar:
    """A bar over `total` files with the name of the one at work; a context manager.

    `quiet` leaves the bar away: where the result itself scrolls over the same terminal. `doing` is
    the key of the sentence in front of it.
    """

    def __init__(
        self, total: int, language: str, *, quiet: bool = False, doing: str = "working"
    ) -> None:
        self._shows = sys.stderr.isatty() and not quiet
        self._progress: Progress | None = None
        self._total = total
        self._doing = sentence(doing, language)

    def __enter__(self) -> Self:
        if self._shows:
            self._progress = _bar()
            self._progress.start()
            self._progress.add_task(self._doing, total=self._total, name="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def start(self, name: str) -> None:
        """Show the name of the file that is being analysed."""
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], name=name)

    def advance(self) -> None:
        """One more file is done."""
        if self._progress is not None:
            self._progress.advance(self._progress.task_ids[0])

    def note(self, line: str) -> None:
        """A line above the bar, or on plain stderr."""
        if self._progress is None:
            write_err(line)
        else:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    name = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[name]}", table_column=name, markup=False),
        console=Console(stderr=True, highlight=False, emoji=False),
        transient=True,
        expand=True,
        # redirected, our JSON on stdout would come out on stderr
        redirect_stdout=False,
        redirect_stderr=False,
    )
