"""`unmask demo`: analyse the samples that ship with the package and say where the reports are."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from unmask.cli.analyze import Job, open_analyzer, run_job
from unmask.cli.batch import EXIT_INCONCLUSIVE, Output
from unmask.cli.intake import Intake, Target
from unmask.cli.options import (
    Language,
    make_settings,
    parse_formats,
    report_languages,
    terminal_language,
)
from unmask.errors import ErrorKind, UsageError

DEMO_FOLDER = Path("demo-reports")
SAMPLE_SUFFIXES = {".jpg", ".png", ".webp", ".mp4", ".webm", ".mkv"}


def samples() -> list[Path]:
    """The sample files of this installation, sorted by name (see `samples/README.md`)."""
    folder = Path(str(resources.files("unmask"))) / "samples"
    found = sorted(folder.glob("*")) if folder.is_dir() else []
    return [path for path in found if path.suffix in SAMPLE_SUFFIXES]


def demo(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the reports.")
    ] = DEMO_FOLDER,
    formats: Annotated[
        str, typer.Option("--format", metavar="LIST", help="json, html, pdf.")
    ] = "html,json,pdf",
    lang: Annotated[
        Language, typer.Option("--lang", help="Language of the reports.")
    ] = Language.BOTH,
) -> None:
    """Analyse the samples that ship with unmask and print where their reports are."""
    settings = make_settings(())
    files = samples()
    if not files:
        raise UsageError(
            "this installation has no samples", "reinstall unmask", ErrorKind.NOT_FOUND
        )
    job = Job(
        settings,
        Intake(tuple(Target(file, called=file.name) for file in files), hidden=0),
        Output(out, parse_formats(formats), report_languages(lang)),
        terminal_language(lang),
        as_json=False,
    )
    code = run_job(job, open_analyzer).exit_code
    # A demo has done its work when every sample got its answer, and "inconclusive" is one.
    raise typer.Exit(0 if code == EXIT_INCONCLUSIVE else code)
