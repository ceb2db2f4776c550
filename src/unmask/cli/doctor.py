"""`unmask doctor`: does everything work here, and what is to be done where it does not?

Every row has a state: ok; optional (not installed, nothing required needs it); missing or broken
(something required does not work, exit 2). Every row that is not ok has a line that mends it.
"""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer

from unmask.cli.console import draw, write_out
from unmask.cli.health import Finding, examine
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.words import sentence, word
from unmask.errors import BundleError

HASH = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b")  # the JSON has all 64 digits


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")] = False,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Check the installation: versions, model hashes, codecs, sandbox, optional parts."""
    rows = examine(make_settings(()))
    well = all(row.state in {"ok", "optional"} for row in rows)
    if as_json:
        data = {"well": well, "checks": [row.as_dict() for row in rows]}
        write_out(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        write_out(_as_text(rows, terminal_language(lang), well=well))
    if not well:
        raise typer.Exit(BundleError.exit_code)


def _as_text(rows: list[Finding], language: str, *, well: bool) -> str:
    heads = [word(key, language) for key in ("what", "state", "detail", "fix")]
    cells = [
        (row.name, word(row.state, language), HASH.sub(r"\1…", row.detail), row.fix) for row in rows
    ]
    end = sentence("all_well" if well else "not_well", language)
    return draw(simple_table(heads, cells)) + end + "\n"
