"""`unmask rerun REPORT.json`: does the same file with the same model still give the same numbers?

Compared are the file's sha256, the bundle's sha256, the versions, and every number and word of the
report. Left out are the time it was made, the timings and the path, which say nothing of the
result. Exit 0: reproduced. Exit 3: something differs, and what it is stands in the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from unmask.cli.analyze import open_analyzer
from unmask.cli.batch import EXIT_INCONCLUSIVE
from unmask.cli.console import draw, shown, write_out
from unmask.cli.demo import samples
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.words import sentence, word
from unmask.errors import ErrorKind, UsageError
from unmask.settings import Settings

REPORT_BYTES_MAX = 256 * 2**20
NOT_COMPARED = {"created", "timings_s", "input.path", "input.name", "settings.profile"}
ROWS_SHOWN = 40
ABSENT = "–"
TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two reports differ; `where` is a dotted path into the JSON."""

    where: str
    before: str
    now: str


def rerun(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="A report of unmask.")],
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Where the file is now, if it was moved."),
    ] = None,
    bundle: Annotated[
        str | None,
        typer.Option("--bundle", metavar="NAME|DIR", help="Bundle to use [the report's]."),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="FILE", help="Profile to use [the report's]."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the differences as JSON to stdout.")
    ] = False,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Analyse the report's file again and say what differs, if anything does."""
    from unmask.report import report_to_dict

    before = read_report(report)
    path = file if file is not None else find_file(before, report)
    with open_analyzer(settings_of(before, bundle, profile)) as analyzer:
        now = json.loads(json.dumps(report_to_dict(analyzer.analyze(path))))
    found = compare(before, now)
    write_out(_as_json(found) if as_json else _as_text(found, terminal_language(lang)))
    raise typer.Exit(EXIT_INCONCLUSIVE if found else 0)


def read_report(path: Path) -> dict[str, Any]:
    """The report in a JSON file (or the only one of an array); UsageError where it is none."""
    hint = "name a report that `unmask analyze --format json` wrote"
    try:
        if path.stat().st_size > REPORT_BYTES_MAX:
            raise UsageError(f"{shown(path)} is too large for a report", hint)
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}", hint) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{shown(path)} is no JSON", hint) from None
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict) or not isinstance(data.get("input"), dict):
        raise UsageError(f"{shown(path)} is no report", hint)
    if "error" in data:
        raise UsageError(
            f"{shown(path)} tells of an error, there are no numbers to reproduce",
            "run `unmask analyze` on the file itself",
        )
    return data


def find_file(before: dict[str, Any], report: Path) -> Path:
    """The analysed file: as the report names it, from here, beside the report, or a sample."""
    named = before["input"].get("path")
    if isinstance(named, str) and named:
        name = Path(named).name
        beside = (report.parent / name, report.parent.parent / name)
        shipped = (sample for sample in samples() if sample.name == name)
        for candidate in (Path(named), *beside, *shipped):
            if candidate.is_file():
                return candidate
    hint = "say where it is with --file"
    if "\N{REPLACEMENT CHARACTER}" in str(named):
        hint += " (its name holds bytes that are no UTF-8, which the report cannot repeat)"
    raise UsageError(
        f"the file {shown(str(named))} is not where the report says",
        hint,
        ErrorKind.NOT_FOUND,
    )


def settings_of(
    before: dict[str, Any], bundle: str | None, profile: Path | None = None
) -> Settings:
    """The settings the report was made with; ours for whatever it does not name.

    A profile that is no longer where it was can be named anew: its path says nothing of the result.
    A report never makes this machine ask a language model: the templates write the words.
    """
    kept = before.get("settings")
    known = kept if isinstance(kept, dict) else {}
    pairs = {k: v for k, v in known.items() if k in Settings.model_fields}
    pairs["llm"] = TEMPLATE
    own = {"bundle": bundle, "profile": None if profile is None else profile.absolute()}
    return make_settings((), **{**pairs, **{k: v for k, v in own.items() if v is not None}})


def compare(before: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What differs, causes first: file, model, versions; another file's numbers are left out."""
    if _by_language_model(before):
        before, now = _without_its_words(before), _without_its_words(now)
    found = list(_differences(before, now, ""))
    causes = ("input.sha256", "model.sha256", "versions.", "settings.")
    if any(difference.where == "input.sha256" for difference in found):
        return [one for one in found if one.where.startswith(causes)]
    return sorted(found, key=lambda one: not one.where.startswith(causes))


def _by_language_model(report: dict[str, Any]) -> bool:
    settings = report.get("settings")
    return isinstance(settings, dict) and settings.get("llm", TEMPLATE) != TEMPLATE


def _without_its_words(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what a language model may say otherwise the next time."""
    rest = {key: value for key, value in report.items() if key != "interpretation"}
    rest["settings"] = {k: v for k, v in report.get("settings", {}).items() if k != "llm"}
    coverage = report.get("coverage")
    if isinstance(coverage, dict) and isinstance(coverage.get("checks"), list):
        checks = [row for row in coverage["checks"] if row.get("name") != "narrator"]
        rest["coverage"] = {**coverage, "checks": checks}
    return rest


def _differences(before: Any, now: Any, where: str) -> Iterator[Difference]:
    if where in NOT_COMPARED:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*before, *now)):
            inner = f"{where}.{key}" if where else str(key)
            yield from _differences(before.get(key, ABSENT), now.get(key, ABSENT), inner)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _differences(one, other, f"{where}[{index}]")
    elif before != now:
        yield Difference(where, _brief(before), _brief(now))


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown_text(text if len(text) <= 80 else f"{text[:79]}…")


def shown_text(text: str) -> str:
    """Text of a report, which is a stranger's file, without control characters."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _as_json(found: list[Difference]) -> str:
    data = {
        "reproduced": not found,
        "differences": [
            {"where": one.where, "report": one.before, "now": one.now} for one in found
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: list[Difference], language: str) -> str:
    if not found:
        return sentence("same", language) + "\n"
    heads = [word(key, language) for key in ("what", "before", "now")]
    rows = [(shown_text(one.where), one.before, one.now) for one in found[:ROWS_SHOWN]]
    text = sentence("differs", language) + "\n" + draw(simple_table(heads, rows))
    left = len(found) - ROWS_SHOWN
    return text + (f"… +{left} (--json)\n" if left > 0 else "")
