"""`unmask data eda MANIFEST`: what is in a data set, as one page with counts, plots and samples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import draw, shown, write_out
from unmask.cli.evaluate import Bars
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, report_languages, terminal_language
from unmask.cli.table import simple_table

Manifest = Annotated[Path, typer.Argument(metavar="MANIFEST", help="Manifest to look at.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the results.")]
Pictures = Annotated[
    bool, typer.Option(help="Whether the page carries pictures of faces from the data.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of every draw.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="Processes [one per core].")
]
Lang = Annotated[
    Language | None, typer.Option("--lang", help="Language of the page: ko, en or both.")
]


def eda(
    manifest: Manifest,
    out: Out,
    pictures: Pictures = True,
    seed: Seed = 0,
    workers: Workers = None,
    lang: Lang = None,
) -> None:
    """Show a data set: counts, sizes, light, sharpness, JPEG tables, samples of each source."""
    need_extra("train")
    from unmask.data.pool import usable_cores
    from unmask.evaluate.data_reports import PageOptions, make_overview
    from unmask.evaluate.data_sentences import overview_sentences
    from unmask.evaluate.data_words import WORDS, class_name

    language = terminal_language(lang)
    options = PageOptions(report_languages(lang), pictures, seed, workers or usable_cores())
    with out_folder(out), Bars(language) as bars:
        found, files = make_overview(manifest, out, options, bars)
    words = WORDS[language]
    heads = [words[name] for name in ("source", "class", "n", "videos", "persons")]
    rows = [
        [group["source"], class_name(group["klass"], language)]
        + [f"{group[name]:,}" for name in ("rows", "videos", "persons")]
        for group in found["groups"]
    ]
    write_out(draw(simple_table(heads, rows)))
    write_out(draw(*overview_sentences(found, language)))
    write_out("".join(f"{shown(file)}\n" for file in files))
