"""`unmask analyze FILE…`: from files and folders to reports, a table, or JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from unmask.cli.batch import AnalyzerLike, Output, Row, Tally, run_batch
from unmask.cli.console import error_line, shown, write_err, write_out
from unmask.cli.intake import Intake, expand
from unmask.cli.options import (
    DEFAULT_FORMATS,
    Language,
    Register,
    make_settings,
    parse_formats,
    report_languages,
    terminal_language,
)
from unmask.cli.progress import ProgressBar
from unmask.cli.table import result_text
from unmask.cli.words import sentence
from unmask.errors import ErrorKind, UsageError
from unmask.settings import Settings

DEFAULT_FOLDER = Path("unmask-reports")


class OpenAnalyzer(Protocol):
    """Makes the analyzer; tests put a fake in its place."""

    def __call__(self, settings: Settings) -> AbstractContextManager[AnalyzerLike]:
        """An analyzer with the settings' bundle, to be closed by leaving it."""


def open_analyzer(settings: Settings) -> AbstractContextManager[AnalyzerLike]:
    """The real analyzer; imported here because it brings the model stack with it."""
    from unmask.analyzer import Analyzer

    return Analyzer(settings=settings)


@dataclass(frozen=True, slots=True)
class Job:
    """A checked command line: what to analyse, how, and what to say of it."""

    settings: Settings
    intake: Intake
    output: Output
    language: str
    as_json: bool


def analyze(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Pictures, videos or folders of them."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Folder for reports [./unmask-reports]."),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", metavar="LIST", help="json, html, pdf [html,json]."),
    ] = None,
    lang: Annotated[
        Language | None, typer.Option("--lang", help="Language of the reports [the locale's].")
    ] = None,
    bundle: Annotated[
        str | None, typer.Option("--bundle", metavar="NAME|DIR", help="Model bundle [default].")
    ] = None,
    frames: Annotated[
        int | None, typer.Option("--frames", metavar="N", help="Frames to take from a clip [32].")
    ] = None,
    cues: Annotated[
        str | None, typer.Option("--cues", metavar="LIST", help="Human cues: all, none or names.")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="FILE", help="Threshold of your own, by `calibrate`."),
    ] = None,
    robustness: Annotated[
        bool,
        typer.Option("--robustness", help="Does the outcome hold under eight changes? Slow."),
    ] = False,
    overlay: Annotated[
        bool,
        typer.Option("--overlay", help="Also write a clip's analysed frames as a marked video."),
    ] = False,
    trust_list: Annotated[
        Path | None,
        typer.Option("--trust-list", metavar="PEM", help="Whom to trust as signers (C2PA)."),
    ] = None,
    register: Annotated[
        Register | None,
        typer.Option("--register", help="Words for everybody or for experts [plain]."),
    ] = None,
    narrator: Annotated[
        str | None,
        typer.Option("--narrator", metavar="NAME", help="template, openai:MODEL, ollama:MODEL."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--settings", metavar="KEY=VALUE", help="Any other setting; repeatable."),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print an array of reports to stdout and nothing else."),
    ] = False,
) -> None:
    """Say for every face whether there is evidence of manipulation, and why."""
    chosen = make_settings(
        settings or (),
        bundle=bundle,
        frames=frames,
        cues=cues,
        text_register=register,
        llm=narrator,
        profile=None if profile is None else profile.absolute(),
        robustness=robustness or None,
        trust_list=None if trust_list is None else trust_list.absolute(),
    )
    writes = not as_json or out is not None
    if overlay and not writes:
        raise UsageError("--overlay with --json needs a folder", "add --out DIR")
    folder = (out or DEFAULT_FOLDER) if writes else None
    job = Job(
        chosen,
        expand(files, limit=chosen.batch_files_max, leave_out=folder),
        Output(folder, parse_formats(formats or DEFAULT_FORMATS), report_languages(lang), overlay),
        terminal_language(lang),
        as_json,
    )
    raise typer.Exit(run_job(job, open_analyzer).exit_code)


def run_job(job: Job, opener: OpenAnalyzer) -> Tally:
    """Run the batch and print its result; the exit code is the tally's."""
    prepare_folder(job.output.folder)
    stream = _JsonArray() if job.as_json else None
    targets = job.intake.targets
    progress = ProgressBar(len(targets), job.language, quiet=job.as_json and sys.stdout.isatty())
    with opener(job.settings) as analyzer, progress as bar:

        def on_row(row: Row, data: dict[str, Any]) -> None:
            if row.error is not None:
                bar.note(error_line(row.error, row.path_shown, job.language))
            if stream is not None:
                stream.add(data)
            bar.advance()

        tally = run_batch(analyzer, targets, job.output, on_start=bar.start, on_row=on_row)
    if stream is not None:
        stream.end()
    elif tally.rows:
        write_out(result_text(tally, job.language, saved=job.output.folder is not None))
    _say_the_rest(tally, job)
    return tally


def prepare_folder(folder: Path | None) -> None:
    """Make the report folder before hours of work; UsageError (kind `disk`) where it cannot be."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".unmask-probe"
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write to the folder {shown(folder)}: {error.strerror}",
            "choose another folder with --out",
            ErrorKind.DISK,
        ) from None


@contextmanager
def out_folder(folder: Path) -> Iterator[None]:
    """In here `folder` can be written to; what is still empty at the end was made for nothing.

    Such folders go again, and only those that were not there before. UsageError (kind `disk`)
    where it cannot be written to.
    """
    fresh = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        prepare_folder(folder)
        yield
    finally:
        for one in fresh:
            with suppress(OSError):  # something lies in it, or another process was faster
                one.rmdir()


def _say_the_rest(tally: Tally, job: Job) -> None:
    """What must not be overlooked, on stderr: interruptions, hidden entries, our own bugs."""
    language = job.language
    if tally.signal_code:
        everything = len(job.intake.targets)
        write_err(sentence("stopped", language, done=len(tally.rows), all=everything))
    if job.intake.hidden:
        write_err(sentence("hidden", language, count=job.intake.hidden))
    if tally.bugs:
        write_err(sentence("bugs", language, count=tally.bugs))


class _JsonArray:
    """A JSON array on stdout, one report per line, valid also after an interruption."""

    def __init__(self) -> None:
        self._count = 0
        self._dump: Callable[[Any], str] = json.JSONEncoder(
            ensure_ascii=not _stdout_is_utf8(), allow_nan=False, separators=(",", ":")
        ).encode

    def add(self, data: dict[str, Any]) -> None:
        write_out(("[\n" if self._count == 0 else ",\n") + self._dump(data))
        self._count += 1

    def end(self) -> None:
        write_out("\n]\n" if self._count else "[]\n")


def _stdout_is_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
