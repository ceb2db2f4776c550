"""The table of `unmask watch`: alive on stderr while frames arrive, at the end on stdout."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from unmask.cli.console import draw
from unmask.cli.table import STYLES
from unmask.cli.words import outcome_words, reason_words, sentence, word
from unmask.types import Outcome

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from unmask.watch import PersonReading, Reading

REDRAW_S = 0.2
ROWS_LIVE_MAX = 12  # those in sight first; the table at the end has everybody


class LiveTable:
    """Redraws the table a few times per second; silent where stderr is no terminal."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._live: Live | None = None
        self._drawn_s = 0.0

    def show(self, reading: Reading) -> None:
        """Draw the reading, unless the last one was drawn just now."""
        now_s = time.monotonic()
        if self._live is None or now_s - self._drawn_s < REDRAW_S:
            return
        self._drawn_s = now_s
        persons = sorted(reading.persons, key=lambda one: one.face is None)[:ROWS_LIVE_MAX]
        table = _table(persons, self._language)
        table.caption = sentence(
            "watch_running", self._language, time=f"{reading.frame.time_s:.1f}"
        )
        self._live.update(table, refresh=True)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._live = _live()
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()


def watch_text(reading: Reading, language: str, *, read_fps: float) -> str:
    """The table at the end and what it rests on; ready for stdout."""
    verdict = reading.verdict
    said = sentence(
        "watch_end",
        language,
        frames=reading.frames,
        time=f"{reading.frame.time_s:.1f}",
        fps=f"{read_fps:.1f}",
        outcome=outcome_words(verdict.outcome, language),
    )
    parts = [draw(_table(reading.persons, language)), draw(said)]
    if not reading.persons:  # nobody's row tells the reason
        why = ", ".join(reason_words(str(one), language) for one in verdict.reasons)
        parts = [draw(f"{said} ({why})" if why else said)]
    if verdict.outcome is Outcome.NO_EVIDENCE:
        parts.append("\n" + draw(sentence("caveat", language)))
    return "".join(parts)


def _live() -> Live:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    return Live(
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _table(persons: list[PersonReading] | tuple[PersonReading, ...], language: str) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", caption_justify="left")
    for head in ("person", "outcome", "probability", "newest", "looks", "seen", "reason"):
        table.add_column(word(head, language), overflow="fold")
    for person in persons:
        verdict = person.verdict
        table.add_row(
            Text(person.id, "" if person.face is not None else "dim"),
            Text(outcome_words(verdict.outcome, language), STYLES.get(verdict.outcome, "")),
            Text(_number(verdict.fake_probability)),
            Text(_number(None if person.newest is None else person.newest.score)),
            Text(str(person.looks)),
            Text(f"{person.first_s:.1f}-{person.last_s:.1f} s"),
            Text(", ".join(reason_words(str(one), language) for one in verdict.reasons)),
        )
    return table


def _number(probability: float | None) -> str:
    return "-" if probability is None else f"{probability:.3f}"
