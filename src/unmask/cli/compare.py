"""`unmask compare BUNDLE BUNDLE… PATH…`: models side by side on the same labelled faces."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import draw, shown, write_out
from unmask.cli.evaluate import (
    AsJson,
    Bars,
    Lang,
    Limit,
    Out,
    Pairs,
    Rounds,
    Seed,
    Sources,
    Split,
    Workers,
)
from unmask.cli.extras import need_extra
from unmask.cli.options import make_settings, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.words import word

FILES = ("comparison.html", "comparison.md", "comparison.json")


def compare(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="BUNDLE BUNDLE... PATH...",
            help="Two or more models, then manifests or folders with real/ and fake/.",
        ),
    ],
    out: Out,
    split: Split = "test",
    sources: Sources = None,
    limit: Limit = None,
    rounds: Rounds = 1000,
    seed: Seed = 0,
    workers: Workers = None,
    settings: Pairs = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Put models side by side: paired differences, every source, what was left out of training."""
    need_extra("train")
    from unmask.evaluate.compare import compare as run
    from unmask.evaluate.compare import split_arguments
    from unmask.evaluate.run import Options

    bundles, paths = split_arguments(arguments)
    language = terminal_language(lang)
    chosen = make_settings(settings or ())
    more: dict[str, Any] = {} if workers is None else {"workers": workers}
    options = Options(
        split=split,
        sources=tuple(sources or ()),
        limit=limit,
        rounds=rounds,
        seed=seed,
        language=language,
        **more,
    )
    with out_folder(out), Bars(language) as bars:
        result = run(bundles, paths, out, options, chosen, bars)
    if as_json:
        write_out(json.dumps(result, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
        return
    write_out(_tables(result, language))
    write_out("".join(f"{shown(out / name)}\n" for name in FILES))


def _tables(result: dict[str, Any], language: str) -> str:
    from unmask.evaluate.page import HEADLINE, number, share, signed, span

    labels = [one["label"] for one in result["bundles"]]
    figures = [
        [name, *(number(one["metrics"][key]) for one in result["bundles"])]
        for key, name in HEADLINE.items()
    ]
    sources = [
        [source]
        + [
            share(cells[label]["false_alarms"])
            if cells[label]["auc"] is None
            else number(cells[label]["auc"])
            for label in labels
        ]
        for source, cells in result["matrix"].items()
    ]
    pairs = [
        [f"{d['first']} - {d['second']}", d["source"], d["metric"], signed(d["difference"]),
         span(d["interval"])]
        for d in result["differences"]
    ]  # fmt: skip
    heads = (word("model", language), word("source", language), "", word("difference", language))
    return (
        draw(simple_table(("", *labels), figures))
        + draw(simple_table((word("source", language), *labels), sources))
        + draw(simple_table((*heads, "95 %"), pairs))
    )
