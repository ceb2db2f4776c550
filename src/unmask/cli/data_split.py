"""`unmask data split MANIFEST`: deal a manifest's pictures out to train, validation and test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unmask.cli.analyze import prepare_folder
from unmask.cli.console import draw, shown, write_err, write_out
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.words import sentence, word
from unmask.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from unmask.data.splits import SplitBy, SplitPlan

# From this share of all rows on, one group of relatives decides what ratio can be kept.
LARGE_GROUP = 0.1


def split(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="Manifest to read.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Manifest to write (*.parquet).")
    ],
    ratio: Annotated[
        str, typer.Option("--ratio", metavar="A:B:C", help="Shares of train, val, test.")
    ] = "6:2:2",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="KIND",
            help="What stays on one side: identity (and video), video, or random (leaks).",
        ),
    ] = "identity",
    undersample: Annotated[
        str | None,
        typer.Option(
            "--undersample", metavar="A:B", help="Drop rows in each split to real:fake A:B."
        ),
    ] = None,
    limit_per_class: Annotated[
        int | None,
        typer.Option("--limit-per-class", metavar="N", min=1, help="At most N rows of a class."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of every draw.")] = 0,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Split a manifest without leaks: no person and no video lies on two sides."""
    need_extra("train")
    from unmask.data.manifest import read_manifest
    from unmask.data.splits import SplitPlan, parse_shares, split_table, write_rows

    train, val, test = parse_shares(ratio, 3)
    wanted = None
    if undersample is not None:
        real, fake = parse_shares(undersample, 2)
        wanted = (real, fake)
    plan = SplitPlan((train, val, test), _kind(by), wanted, limit_per_class, seed)
    if out.suffix != ".parquet":
        raise UsageError(
            f"expected a manifest named *.parquet, got {shown(out.name)}", "change --out"
        )
    table = read_manifest(manifest)
    kept = split_table(table, plan)
    prepare_folder(out.absolute().parent)
    write_rows(kept, manifest, out)
    language = terminal_language(lang)
    write_out(_summary(kept, table, plan, language))
    write_out(sentence("split_written", language, rows=len(kept), out=shown(out)) + "\n")
    _warn(kept, plan, language)


def _kind(text: str) -> SplitBy:
    from unmask.data.splits import SplitBy

    if text not in set(SplitBy):
        raise UsageError(f"--by is {text!r}", f"choose from {', '.join(SplitBy)}")
    return SplitBy(text)


def _summary(kept: pd.DataFrame, table: pd.DataFrame, plan: SplitPlan, language: str) -> str:
    """Rows by class and split, and what was dropped."""
    from unmask.data.manifest import SPLITS

    rows = []
    for klass, part in [*kept.groupby("klass"), (word("all", language), kept)]:
        counts = [int((part["split"] == name).sum()) for name in SPLITS]
        rows.append((str(klass), *map(str, counts), str(len(part))))
    heads = (word("class", language), *SPLITS, word("all", language))
    text = draw(simple_table(heads, rows))
    text += sentence(f"split_by_{plan.by}", language) + "\n"
    if len(kept) < len(table):
        text += sentence("split_dropped", language, count=len(table) - len(kept)) + "\n"
    return text


def _warn(kept: pd.DataFrame, plan: SplitPlan, language: str) -> None:
    """What spoils a split, on stderr: a leaky kind, one huge group, a split without a kind."""
    from unmask.data.manifest import SPLITS
    from unmask.data.splits import SplitBy, largest_group_share

    if plan.by is SplitBy.RANDOM:
        write_err(sentence("split_leaky", language))
    else:
        share = largest_group_share(kept, plan.by)
        if share >= LARGE_GROUP and len(kept) > 1 / LARGE_GROUP:
            write_err(sentence("split_large_group", language, share=f"{share:.0%}"))
    for name, wanted in zip(SPLITS, plan.ratio, strict=True):
        part = kept[kept["split"] == name]
        missing = {"real", "fake"} - {"real" if k == "real" else "fake" for k in part["klass"]}
        if wanted and missing:
            names = ", ".join(word(f"kind_{kind}", language) for kind in sorted(missing))
            write_err(sentence("split_one_kind", language, split=name, missing=names))
