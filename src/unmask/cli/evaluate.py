"""`unmask evaluate BUNDLE PATH…`: how well a model does on labelled pictures and clips."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import draw, shown, write_out
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.progress import ProgressBar
from unmask.cli.table import simple_table
from unmask.cli.words import word
from unmask.evaluate.progress import Progress

EXPLAIN_FACES = 300
SHOWN = ("auc", "ap", "eer", "tpr_at_fpr_1", "tpr_at_fpr_5", "accuracy", "precision", "recall",
         "specificity", "f1", "ece", "brier")  # fmt: skip
COUNTED = ("n", "n_scored", "n_abstained", "faces_lost", "n_unreadable")
Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Manifests (.parquet) or folders with real/ and fake/."),
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the results.")]
Split = Annotated[str, typer.Option("--split", help="Of manifests: test, val, train or all.")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", help="At most N files, evenly from sources and classes."),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; repeatable."),
]
Rounds = Annotated[int, typer.Option("--rounds", min=10, help="Bootstrap samples.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of every draw.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="Processes [one per core].")
]
Pairs = Annotated[
    list[str] | None,
    typer.Option("--settings", metavar="KEY=VALUE", help="Any other setting; repeatable."),
]
Lang = Annotated[
    Language | None, typer.Option("--lang", help="Language of the page [the locale's].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON to stdout.")]


def evaluate(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Name or folder of the model.")],
    paths: Paths,
    out: Out,
    split: Split = "test",
    degrade: Annotated[
        bool, typer.Option("--degrade", help="Measure the grid of degradations, too.")
    ] = False,
    cells: Annotated[
        str | None,
        typer.Option("--cells", metavar="LIST", help="Only these: jpeg,blur:3 [all]."),
    ] = None,
    cell_files: Annotated[
        int, typer.Option("--cell-files", metavar="N", min=1, help="Files per degradation.")
    ] = 200,
    explain: Annotated[
        bool, typer.Option("--explain", help="Measure the heat map, too (manifests only).")
    ] = False,
    explain_faces: Annotated[
        int, typer.Option("--explain-faces", metavar="N", min=1, help="Faces for that.")
    ] = EXPLAIN_FACES,
    audit: Annotated[
        bool, typer.Option(help="Look for leaks and shortcuts in the rows of manifests.")
    ] = True,
    sources: Sources = None,
    limit: Limit = None,
    rounds: Rounds = 1000,
    seed: Seed = 0,
    workers: Workers = None,
    settings: Pairs = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Measure a model on labelled faces: AUC, errors by source, calibration, what was lost."""
    need_extra("train")
    from unmask.evaluate.robustness import parse_cells
    from unmask.evaluate.run import METRICS_FILE, PAGE_FILE, Options
    from unmask.evaluate.run import evaluate as run

    language = terminal_language(lang)
    chosen = make_settings(settings or ())
    more: dict[str, Any] = {} if workers is None else {"workers": workers}
    options = Options(
        split=split,
        sources=tuple(sources or ()),
        limit=limit,
        cells=parse_cells(cells) if degrade or cells else (),
        cell_files=cell_files if limit is None else min(limit, cell_files),
        explain=explain_faces if explain else 0,
        audit=audit,
        rounds=rounds,
        seed=seed,
        language=language,
        **more,
    )
    with out_folder(out), Bars(language) as bars:
        result = run(bundle, paths, out, options, chosen, bars)
    if as_json:
        write_out(json.dumps(result, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
        return
    write_out(_tables(result, language))
    write_out(f"{shown(out / PAGE_FILE)}\n{shown(out / METRICS_FILE)}\n")


class Bars(Progress):
    """A progress bar for each part of the work, one after the other; a context manager."""

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

    def begin(self, what: str, total: int) -> None:
        """A part of the work of `total` steps begins."""
        self._end()
        self._bar = ProgressBar(total, self._language).__enter__()
        self._bar.start(what)

    def step(self, name: str) -> None:
        """One step is done."""
        if self._bar is not None:
            self._bar.start(shown(name))
            self._bar.advance()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _tables(result: dict[str, Any], language: str) -> str:
    """Figures with intervals, then a line per source; ready for stdout."""
    from unmask.evaluate.page import number, share, span

    figures = [[name, number(result[name]), span(result["intervals"].get(name))] for name in SHOWN]
    figures += [[name, str(result[name]), ""] for name in COUNTED]
    rows = [
        [
            name,
            str(one["n"]),
            str(one["n"] - one["n_scored"]),
            number(one["auc"]),
            share(one["false_alarms"]),
            share(one["caught"]),
        ]
        for name, one in result["per_source"].items()
    ]
    heads = ("source", "n", "lost", "AUC", "false_alarms", "caught")
    return draw(simple_table(("", word("value", language), "95 %"), figures)) + draw(
        simple_table([word(head, language) for head in heads], rows)
    )
