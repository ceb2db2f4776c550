"""`unmask calibrate DIR…`: a threshold for one's own material, from genuine files, as a profile.

    files -> Analyzer -> one score each -> conformal threshold -> PROFILE.json

What gives no score (no face, a refusal, the same file twice) is listed and left out. The profile is
used with `unmask analyze --profile`; `profiles.py` reads it.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from unmask.cli.analyze import OpenAnalyzer, open_analyzer, prepare_folder
from unmask.cli.batch import Output, Row, run_batch
from unmask.cli.console import error_line, shown, write_err, write_out
from unmask.cli.intake import Target, expand
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.progress import ProgressBar
from unmask.cli.words import reason_words, sentence, word
from unmask.conformal import CONFIDENCE, ConformalThreshold, check_count, conformal_threshold
from unmask.errors import ErrorKind, UnmaskError, UsageError
from unmask.settings import Settings

RATE_MAX = 0.5  # beyond it a threshold says nothing
DUPLICATE = "duplicate"


@dataclass(slots=True)
class Collected:
    """What the genuine files gave: {sha256: score}, (file, reason) of those left out, the model."""

    scores: dict[str, float] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    model: dict[str, Any] = field(default_factory=dict)
    threshold: float = 0.0

    def take(self, row: Row, data: dict[str, Any]) -> None:
        """Count one file in or note why it is left out."""
        if row.error is not None:
            self.left_out.append((row.path_shown, str(row.error.kind)))
            return
        self.model, self.threshold = data["model"], data["threshold"]
        sha256 = data["input"]["sha256"]
        if sha256 in self.scores:
            self.left_out.append((row.path_shown, DUPLICATE))
        elif row.fake_probability is None:
            self.left_out.append((row.path_shown, row.reasons[0]))
        else:
            self.scores[sha256] = row.fake_probability


def calibrate(
    genuine: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Folders of genuine files of one kind."),
    ],
    max_false_alarms: Annotated[
        str,
        typer.Option("--max-false-alarms", metavar="SHARE", help="For instance 1% or 0.01."),
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Of the profile [the folder's].")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The profile [NAME.profile.json]."),
    ] = None,
    bundle: Annotated[
        str | None, typer.Option("--bundle", metavar="NAME|DIR", help="Model bundle [default].")
    ] = None,
    frames: Annotated[
        int | None, typer.Option("--frames", metavar="N", help="Frames to take from a clip [32].")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--settings", metavar="KEY=VALUE", help="Any other setting; repeatable."),
    ] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Set a threshold that few of your own genuine files cross, and save it as a profile."""
    from unmask.report.writer import write_file

    rate = parse_rate(max_false_alarms)
    given = make_settings(settings or (), bundle=bundle, frames=frames)
    chosen = given.model_copy(update={"profile": None, "robustness": False})
    called = _called(name, genuine[0])
    target = out if out is not None else Path(f"{called.replace('/', '_')}.profile.json")
    prepare_folder(target.absolute().parent)
    language = terminal_language(lang)
    found = _score(genuine, rate, chosen, language, open_analyzer)
    result = conformal_threshold(tuple(found.scores.values()), rate)
    write_file(target, _profile(called, rate, result, found, chosen).encode())
    write_out(_said(result, rate, found, target, language))


def parse_rate(text: str) -> float:
    """ "1%" or "0.01" as a share; UsageError where it is none, or none that makes sense."""
    number = text.strip().removesuffix("%")
    try:
        rate = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= RATE_MAX:
        raise UsageError(
            f"--max-false-alarms: expected a share over 0 and up to {RATE_MAX:.0%}, got {text!r}",
            "for instance --max-false-alarms 1%",
        )
    return rate


def _called(name: str | None, folder: Path) -> str:
    from unmask.media.text import clean_name
    from unmask.profiles import NAME_MAX

    return clean_name(name or folder.absolute().name)[:NAME_MAX]


def _score(
    genuine: list[Path], rate: float, settings: Settings, language: str, opener: OpenAnalyzer
) -> Collected:
    """The scores of all files; UsageError before the first where a named path cannot be read, or
    where the files can never be enough.
    """
    targets = expand(genuine, limit=settings.batch_files_max).targets
    unread = {target: trouble for target in targets if (trouble := _trouble(target)) is not None}
    for target, trouble in unread.items():
        if not target.in_folder:
            raise trouble
    try:
        check_count(len(targets) - len(unread), rate)
    except UsageError:
        for target, trouble in unread.items():
            write_err(error_line(trouble, shown(target.path), language))
        raise
    found = Collected()
    progress = ProgressBar(len(targets), language)
    with opener(settings) as analyzer, progress as bar:

        def on_row(row: Row, data: dict[str, Any]) -> None:
            if row.error is not None:
                bar.note(error_line(row.error, row.path_shown, language))
            found.take(row, data)
            bar.advance()

        nowhere = Output(None, (), ())
        tally = run_batch(analyzer, targets, nowhere, on_start=bar.start, on_row=on_row)
    if tally.signal_code:
        raise typer.Exit(tally.signal_code)
    return found


def _trouble(target: Target) -> UnmaskError | None:
    """Why there is no file to score here; None where it can be opened."""
    if target.error is not None:
        return target.error
    hint = "name files or folders of genuine files that you may read"
    if not os.path.lexists(target.path):
        return UsageError(f"{shown(target.path)} does not exist", hint, ErrorKind.NOT_FOUND)
    if not os.access(target.path, os.R_OK):
        return UsageError(f"{shown(target.path)} cannot be read", hint, ErrorKind.NO_PERMISSION)
    return None


def _profile(
    name: str, rate: float, result: ConformalThreshold, found: Collected, settings: Settings
) -> str:
    from unmask.profiles import profile_text
    from unmask.types import Profile

    profile = Profile(
        name=name,
        threshold=result.threshold,
        max_false_alarms=rate,
        interval=(round(result.interval[0], 6), round(result.interval[1], 6)),
        files=result.files,
        bundle_sha256=found.model["sha256"],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return profile_text(profile, found.model["name"], tuple(found.scores), settings)


def _said(
    result: ConformalThreshold, rate: float, found: Collected, target: Path, language: str
) -> str:
    from unmask.explain.format import decimal, percent_range, threshold_percent

    low, high = result.interval
    lines = [
        sentence(
            "calibrated",
            language,
            threshold=decimal(result.threshold, 6),
            own=decimal(found.threshold, 6),
            files=result.files,
        ),
        sentence(
            "promised",
            language,
            rate=threshold_percent(rate),
            confidence=decimal(CONFIDENCE * 100),
            interval=percent_range(low, high, language),
        ),
    ]
    if found.left_out:
        counts = Counter(_reason(why, language) for _, why in found.left_out)
        listed = ", ".join(f"{why}: {number}" for why, number in sorted(counts.items()))
        lines.append(sentence("not_scored", language, count=len(found.left_out), listed=listed))
        lines += [f"  {name}: {_reason(why, language)}" for name, why in found.left_out]
    path = shown(target)
    lines.append(sentence("profile_saved", language, path=path, quoted=shlex.quote(path)))
    return "\n".join(lines) + "\n"


def _reason(why: str, language: str) -> str:
    said = reason_words(why, language)
    return word(why, language) if said == why else said
