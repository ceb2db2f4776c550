"""`unmask data scan DIR…`: from data sets on disk to one manifest with splits and meshes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Self

import typer

from unmask.cli.analyze import prepare_folder
from unmask.cli.console import draw, shown, write_err, write_out
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, terminal_language
from unmask.cli.progress import ProgressBar
from unmask.cli.table import simple_table
from unmask.cli.words import reason_words, sentence, word
from unmask.errors import ErrorKind

if TYPE_CHECKING:
    from unmask.data.scan import Scanned, ScanPlan


def scan(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Data sets, or a folder that holds several."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Manifest to write (*.parquet).")
    ],
    adapter: Annotated[
        str | None,
        typer.Option("--adapter", metavar="NAME", help="Layout of the data (default: recognised)."),
    ] = None,
    ratio: Annotated[
        str, typer.Option("--ratio", metavar="A:B:C", help="Shares of train, val, test.")
    ] = "6:2:2",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the split.")] = 0,
    frames: Annotated[
        int,
        typer.Option("--frames", metavar="N", min=1, max=512, help="Faces per person of a video."),
    ] = 8,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Processes (default: one per core)."),
    ] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Put data sets into one manifest: find the faces, split by person, fit the meshes."""
    need_extra("train")
    from unmask.data.adapters import find_data_sets
    from unmask.data.pool import usable_cores
    from unmask.data.scan import ScanPlan
    from unmask.data.splits import parse_shares

    found = {known.root: known for folder in folders for known in find_data_sets(folder, adapter)}
    train, val, test = parse_shares(ratio, 3)
    plan = ScanPlan(
        tuple(found.values()), out, (train, val, test), seed, frames, workers or usable_cores()
    )
    prepare_folder(out.absolute().parent)
    _run(plan, terminal_language(lang))


def _run(plan: ScanPlan, language: str) -> None:
    from unmask.data.scan import scan as scan_data

    for known in plan.data_sets:
        write_err(f"{known.adapter}: {shown(known.root)}")
    try:
        with _Bars(language) as bars:
            scanned = scan_data(plan, bars)
    except KeyboardInterrupt:
        write_err(sentence("scan_stopped", language))
        raise
    write_out(_summary(scanned, plan.out, language))


class _Bars:
    """One progress bar after the other, one for each stage of a scan."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._bar: ProgressBar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` files begins."""
        self._end()
        self._bar = ProgressBar(total, self._language, doing=name)
        self._bar.__enter__()

    def advance(self) -> None:
        """One more file of the stage is done."""
        if self._bar is not None:
            self._bar.advance()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _summary(scanned: Scanned, out: Path, language: str) -> str:
    """The table of sources, what was left out, and the next step."""
    from unmask.data.scan import skipped_path

    table = scanned.table
    text = draw(simple_table(_heads(language), _counts(scanned)))
    whole = {"rows": len(table), "videos": _videos(scanned), "out": shown(out)}
    text += sentence("scanned", language, **whole) + "\n"
    if scanned.files_resumed:
        text += sentence("resumed", language, count=scanned.files_resumed) + "\n"
    if scanned.left_out:
        where = shown(skipped_path(out))
        text += sentence("left_out", language, count=len(scanned.left_out), out=where) + "\n"
        rows = [(_reason(name, language), str(count)) for name, count in scanned.reasons().items()]
        text += draw(simple_table((word("reason", language), word("count", language)), rows))
    return text + sentence("scan_next", language, command=f"unmask data eda {shown(out)}") + "\n"


def _heads(language: str) -> tuple[str, ...]:
    names = (word("source", language), word("class", language))
    return (*names, "train", "val", "test", word("all", language))


def _counts(scanned: Scanned) -> list[tuple[str, ...]]:
    """One row for each source and class, and one for all of them."""
    splits = ("train", "val", "test")
    table = scanned.table
    rows = []
    for (source, klass), part in table.groupby(["source", "klass"]):
        numbers = [int((part["split"] == split).sum()) for split in splits]
        rows.append((source, klass, *map(str, numbers), str(len(part))))
    numbers = [int((table["split"] == split).sum()) for split in splits]
    return [*rows, ("", "", *map(str, numbers), str(len(table)))]


def _videos(scanned: Scanned) -> int:
    return int(scanned.table.groupby(["source", "klass", "video"]).ngroups)


def _reason(name: str, language: str) -> str:
    """A reason in words: error kinds are worded here, reasons of the analysis in the reports."""
    return word(name, language) if name in set(ErrorKind) else reason_words(name, language)
