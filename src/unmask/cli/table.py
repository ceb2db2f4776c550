"""The table at the end of a batch, and the plain two-column tables of the other commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unmask.cli.batch import Row, Tally
from unmask.cli.console import columns, draw, shown
from unmask.cli.words import change_words, outcome_words, reason_words, sentence, word
from unmask.types import Outcome

WIDE = 110  # columns that reasons and faces need for columns of their own
INTERVAL_FITS = 60  # columns from which the interval stands beside the probability
OVER = 0.995  # would be rounded to 1
NAME_SHARE = 0.3  # of the width: a file's name does not fold before

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

# "No evidence" gets no green: it is not an all-clear.
STYLES = {Outcome.MANIPULATED: "bold red", Outcome.INCONCLUSIVE: "yellow", None: "magenta"}


def result_text(tally: Tally, language: str, *, saved: bool) -> str:
    """Table, count by outcome, report paths one per line, and the caveat; ready for stdout."""
    parts = [draw(_result_table(tally.rows, language)), draw(summary(tally.rows, language))]
    if any(row.held is not None or row.untested for row in tally.rows):
        parts.append(_robustness_lines(tally.rows, language))
    if saved:
        parts.append(_report_lines(tally.rows, language))
    if any(row.outcome is Outcome.NO_EVIDENCE for row in tally.rows):
        parts.append("\n" + draw(sentence("caveat", language), width=min(columns(), 100)))
    return "".join(parts)


def summary(rows: Sequence[Row], language: str) -> str:
    """`3 files: 1 manipulated, 2 inconclusive` in the order of severity."""
    counts = Counter(row.outcome for row in rows)
    order = (Outcome.MANIPULATED, Outcome.INCONCLUSIVE, Outcome.NO_EVIDENCE, None)
    named = [(outcome_words(outcome, language), counts[outcome]) for outcome in order]
    if language == "ko":
        listed = ", ".join(f"{name} {count}개" for name, count in named if count)
        return f"파일 {len(rows)}개: {listed}"
    listed = ", ".join(f"{count} {name.lower()}" for name, count in named if count)
    return f"{len(rows)} {'file' if len(rows) == 1 else 'files'}: {listed}"


def simple_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table without frills: text folds, nothing is cut off, markup is never read."""
    from rich import box
    from rich.table import Table

    named = any(heads)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_header=named)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _result_table(rows: Sequence[Row], language: str) -> Table:
    """On a narrow terminal the reason stands below the outcome, the faces are left out."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    width = columns()
    wide = width >= WIDE
    longest = max(cell_len(row.path_shown) for row in rows)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    room = None if wide else min(longest, int(NAME_SHARE * width))
    table.add_column(word("file", language), overflow="fold", min_width=room)
    table.add_column(word("outcome", language), overflow="fold")
    table.add_column(
        word("probability", language),
        justify="right",
        overflow="fold",
        no_wrap=width >= INTERVAL_FITS,
    )
    if wide:
        table.add_column(word("faces", language), justify="right", no_wrap=True)
        table.add_column(word("reason", language), overflow="fold")
    for row in rows:
        table.add_row(*_cells(row, language, wide=wide, interval=width >= INTERVAL_FITS))
    return table


def _cells(row: Row, language: str, *, wide: bool, interval: bool) -> list[Text]:
    from rich.text import Text

    outcome = Text(outcome_words(row.outcome, language), STYLES.get(row.outcome, ""))
    reasons = _reasons(row, language)
    cells = [Text(row.path_shown), outcome, Text(_probability(row, interval=interval))]
    if wide:
        return [*cells, Text(str(row.faces) if row.outcome is not None else "-"), Text(reasons)]
    if reasons:
        outcome.append(f"\n{reasons}", style="not bold")
    return cells


def _probability(row: Row, *, interval: bool) -> str:
    if row.fake_probability is None:
        return "-"
    if row.interval is None or not interval:
        return f"{row.fake_probability:.3f}"
    low, high = row.interval
    return f"{row.fake_probability:.3f} [{_end(low)}, {_end(high)}]"


def _end(share: float) -> str:
    """An end of an interval with two decimals, none of which reads as certainty."""
    if share > OVER:
        return ">.99"
    return "<.01" if share < 1 - OVER else f"{share:.2f}"


def _reasons(row: Row, language: str) -> str:
    said = [reason_words(reason, language) for reason in row.reasons]
    if row.error is not None:
        said.append(word(str(row.error.kind), language))
    return ", ".join(said)


def _robustness_lines(rows: Sequence[Row], language: str) -> str:
    lines = [f"{word('robustness', language)}:"]
    for row in rows:
        if row.untested:
            why = ", ".join(reason_words(reason, language) for reason in row.untested)
            lines.append(f"  {sentence('untested', language, name=row.path_shown, why=why)}")
        if row.held is None:
            continue
        said = sentence("held", language, name=row.path_shown, held=row.held, all=row.changes)
        if row.lost:
            names = (change_words(change, language) for change in row.lost)
            said += sentence("lost", language, lost=", ".join(names))
        lines.append(f"  {said}")
    return "\n".join(lines) + "\n"


def _report_lines(rows: Sequence[Row], language: str) -> str:
    files = [shown(file) for row in rows for file in row.files]
    if not files:
        return word("no_reports", language) + "\n"
    return "\n".join((f"{word('reports', language)}:", *(f"  {file}" for file in files))) + "\n"
