"""`unmask models list|show|verify`: what judges a face, whose faces it learnt from, its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.console import draw, error_line, shown, write_err, write_out
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.words import sentence, word
from unmask.errors import BundleError
from unmask.types import Check, CheckStatus

if TYPE_CHECKING:
    from unmask.models.bundle import Bundle
    from unmask.settings import Settings

AGAIN = "take the bundle again from where it was published"
SHOWN = (
    "name",
    "version",
    "task",
    "architecture",
    "created",
    "licence",
    "classes",
    "population",
    "verdict",
    "limits_of_use",
    "metrics",
)
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]
LanguageOption = Annotated[Language | None, typer.Option("--lang", help="ko or en.")]


def list_models(as_json: JsonFlag = False, lang: LanguageOption = None) -> None:
    """List the bundles that ship and those in UNMASK_BUNDLES_DIR."""
    from unmask.models.bundle import list_bundles

    settings = make_settings(())
    language = terminal_language(lang)
    entries = [_entry(name, folder, settings) for name, folder in list_bundles(settings).items()]
    if as_json:
        write_out(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
    else:
        heads = ("name", "version", "architecture", "threshold", "state", "sha256")
        rows = [[str(entry.get(head, "-")) for head in heads] for entry in entries]
        for row in rows:
            row[4] = word(row[4], language)
            row[5] = row[5][:16]
        write_out(draw(simple_table([word(head, language) for head in heads], rows)))
    if any(entry["state"] != "ok" for entry in entries):
        raise typer.Exit(BundleError.exit_code)


def show_model(
    name: Annotated[str, typer.Argument(metavar="NAME|DIR", help="Bundle to show.")] = "default",
    as_json: JsonFlag = False,
    lang: LanguageOption = None,
) -> None:
    """Show a bundle's card: population, thresholds, metrics, training data, limits."""
    from unmask.models.bundle import load_bundle

    bundle = load_bundle(name, make_settings(()))
    card = bundle.card.to_dict()
    if as_json:
        data = {**card, "sha256": bundle.sha256}
        write_out(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        return
    write_out(draw(simple_table(("", ""), _card_rows(card, bundle, terminal_language(lang)))))


def verify_models(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|DIR]...", help="Bundles [all].")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Check every promise of the bundles' cards, and the hashes of the face networks."""
    from unmask.models.bundle import list_bundles
    from unmask.models.networks import network_hashes, read_network
    from unmask.models.verify import verify_bundle

    settings = make_settings(())
    failed = 0
    wanted = names or list(list_bundles(settings))
    for name in wanted:
        rows = verify_bundle(name, settings)
        write_out("".join(f"{shown(name)}: {row.name}: {_said(row)}\n" for row in rows))
        for row in rows:
            if row.status is CheckStatus.FAILED:
                failed += 1
                write_err(error_line(BundleError(row.detail, AGAIN), shown(name)))
    networks = [Path(file_name).stem for file_name in network_hashes()]
    for network in networks:
        try:
            read_network(network)
        except BundleError as error:
            failed += 1
            write_err(error_line(error))
    if failed:
        raise typer.Exit(BundleError.exit_code)
    language = terminal_language(lang)
    write_out(sentence("verified", language, count=len(wanted), networks=len(networks)) + "\n")


def _said(row: Check) -> str:
    words = {CheckStatus.RUN: "ok", CheckStatus.FAILED: "FAILED", CheckStatus.SKIPPED: "skipped"}
    return f"{words[row.status]}, {row.detail}" if row.detail else words[row.status]


def _entry(name: str, folder: Path, settings: Settings) -> dict[str, Any]:
    from unmask.models.bundle import load_bundle

    try:
        bundle = load_bundle(folder, settings)
    except BundleError as error:
        return {"name": name, "state": "broken", "error": error.as_dict()}
    card = bundle.card
    return {
        "name": name,
        "version": card.version,
        "architecture": card.architecture,
        "threshold": card.verdict.threshold,
        "state": "ok",
        "sha256": bundle.sha256,
        "population": card.population,
        "licence": card.licence,
        "created": card.created,
    }


def _card_rows(card: dict[str, Any], bundle: Bundle, language: str) -> list[tuple[str, str]]:
    """What a person asks a card, in two columns; the JSON has all of it."""
    rows = [("sha256", bundle.sha256)]
    for key in SHOWN:
        rows += _flatten(key, card[key], language)
    sources = [
        f"{one['name']} ({one['class']}): {one['count']}. {one['terms']}"
        for one in card["training_data"]
    ]
    limits = [f"- {one[language]}" for one in card["limits"]]
    return [*rows, ("training_data", "\n".join(sources)), ("limits", "\n".join(limits))]


def _flatten(key: str, value: Any, language: str) -> list[tuple[str, str]]:
    """Nested data as dotted keys, texts in the reader's language, lists on one line."""
    if isinstance(value, dict) and set(value) == {"en", "ko"}:
        return [(key, str(value[language]))]
    if isinstance(value, dict):
        nested = (_flatten(f"{key}.{inner}", item, language) for inner, item in value.items())
        return [row for rows in nested for row in rows]
    if isinstance(value, list):
        return [(key, ", ".join(str(item) for item in value))]
    return [(key, f"{value:.6g}" if isinstance(value, float) else str(value))]
