"""`unmask data audit MANIFEST`: leaks between splits, and what gives the classes away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import draw, shown, write_out
from unmask.cli.data_eda import Lang, Manifest, Out, Pictures, Seed, Workers
from unmask.cli.evaluate import Bars
from unmask.cli.extras import need_extra
from unmask.cli.options import report_languages, terminal_language
from unmask.cli.table import simple_table

EXIT_LEAK = 3  # as for a file that is inconclusive: a finding, not a failure


def audit(
    manifest: Manifest,
    out: Out,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="TOML|RUN", help="Audit this run's training draws, too."),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", min=100, help="How many of them.")
    ] = 2000,
    near_bits: Annotated[
        int,
        typer.Option(
            "--near-bits", metavar="N", min=0, max=7, help="Of 64, in which look-alikes differ."
        ),
    ] = 6,
    rounds: Annotated[int, typer.Option("--rounds", min=10, help="Bootstrap samples.")] = 500,
    pictures: Pictures = True,
    seed: Seed = 0,
    workers: Workers = None,
    lang: Lang = None,
) -> None:
    """Look for leaks between splits and for shortcuts; exit code 3 where a split leaks."""
    need_extra("train")
    from unmask.data.pool import usable_cores
    from unmask.evaluate.audit import AuditPlan, has_leak
    from unmask.evaluate.data_reports import PageOptions, make_audit

    language = terminal_language(lang)
    cores = workers or usable_cores()
    options = PageOptions(report_languages(lang), pictures, seed, cores)
    plan = AuditPlan(near_bits, rounds, seed, cores)
    with out_folder(out), Bars(language) as bars:
        found, files = make_audit(manifest, out, options, plan, bars, config=config, draws=draws)
    write_out(_tables(found, language))
    write_out("".join(f"{shown(file)}\n" for file in files))
    if has_leak(found):
        raise typer.Exit(EXIT_LEAK)


def _tables(found: dict[str, Any], language: str) -> str:
    """Leaks, shortcuts over all sources, and both in words; ready for stdout."""
    from unmask.evaluate.data_sentences import leak_sentences, shortcut_sentences
    from unmask.evaluate.data_words import WORDS

    words = WORDS[language]
    leaks = [
        [
            words[f"name_{leak['kind']}"].format(bits=found["near_bits"]),
            f"{leak['count']:,}",
            f"{leak['rows']:,}",
        ]
        for leak in found["leaks"]
    ]
    text = draw(simple_table([words[name] for name in ("leak", "found", "concerned")], leaks))
    said = leak_sentences(found, language)
    for where, section in (("files", found["shortcuts"]), ("draws", found["draws"])):
        if section is not None:
            text += draw(simple_table(_heads(words, where), _shortcuts(section, language)))
            said += shortcut_sentences(section, where, language)
    return text + draw(*said)


def _heads(words: dict[str, str], where: str) -> list[str]:
    return [f"{words['shortcuts']}: {words[where]}", "AUC", "95 %", ""]


def _shortcuts(section: dict[str, Any], language: str) -> list[list[str]]:
    from unmask.evaluate.data_sentences import auc_text, span_text
    from unmask.evaluate.data_words import WORDS, property_name
    from unmask.evaluate.shortcuts import ALL

    return [
        [
            property_name(one["name"], language),
            auc_text(one["auc"]),
            span_text(one["interval"]),
            WORDS[language][one["danger"]],
        ]
        for one in section["results"]
        if one["scope"] == ALL
    ]
