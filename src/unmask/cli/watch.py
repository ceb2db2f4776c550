"""`unmask watch [DEVICE|FILE]`: running verdicts per person, in the terminal and as a video."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.batch import (
    EXIT_INCONCLUSIVE,
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    terminate_as_interrupt,
)
from unmask.cli.console import shown, write_err, write_out
from unmask.cli.options import Language, make_settings, terminal_language
from unmask.cli.watch_table import LiveTable, watch_text
from unmask.cli.watch_video import OverlayVideo, check_target
from unmask.cli.words import sentence
from unmask.errors import ErrorKind, RefusedError, UsageError
from unmask.settings import Settings
from unmask.types import Outcome

if TYPE_CHECKING:
    from unmask.media.feed import Feed
    from unmask.watch import Reading, Watcher

RATE_FPS, RATE_MAX_FPS = 10.0, 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """A checked command line."""

    name: str
    settings: Settings
    rate_fps: float
    seconds: float | None
    overlay: Path | None
    language: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended: the last reading, the feed's damage, the signal's exit code, frames per s.

    `overlay` is the video, None without one that plays; `trouble` is why it could not be written.
    """

    reading: Reading
    damaged: bool
    signal_code: int
    read_fps: float
    overlay: Path | None
    trouble: UsageError | None


def watch(
    source: Annotated[
        str,
        typer.Argument(metavar="[DEVICE|FILE]", help="A camera (0, /dev/video0) or a clip."),
    ] = "0",
    overlay: Annotated[
        Path | None,
        typer.Option("--overlay", metavar="OUT.mp4", help="Also draw the verdicts into a video."),
    ] = None,
    fps: Annotated[
        float,
        typer.Option("--fps", metavar="N", help="Frames to read per second, at most."),
    ] = RATE_FPS,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="S", help="Stop after so many seconds of the clip."),
    ] = None,
    lang: Annotated[
        Language | None, typer.Option("--lang", help="Language of table and video [the locale's].")
    ] = None,
    bundle: Annotated[
        str | None, typer.Option("--bundle", metavar="NAME|DIR", help="Model bundle [default].")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="FILE", help="Threshold of your own, by `calibrate`."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--settings", metavar="KEY=VALUE", help="Any other setting; repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary to stdout and nothing else.")
    ] = False,
) -> None:
    """Show a running verdict for every person before a camera or in a clip, until Ctrl-C."""
    if not 1 <= fps <= RATE_MAX_FPS:
        raise UsageError(f"--fps takes 1 to {RATE_MAX_FPS:g}, got {fps:g}", "10 is usual")
    if seconds is not None and not seconds > 0:
        raise UsageError(f"--seconds takes more than 0, got {seconds:g}", "for instance 30")
    if overlay is not None:
        check_target(overlay, source)
    chosen = make_settings(
        settings or (),
        bundle=bundle,
        profile=None if profile is None else profile.absolute(),
    )
    job = Job(source, chosen, fps, seconds, overlay, terminal_language(lang), as_json)
    raise typer.Exit(run_job(job))


def run_job(job: Job) -> int:
    """Watch to the end or to the signal, print the result; the exit code."""
    # Here: they bring the libraries for videos and models with them.
    from unmask.media.feed import open_feed
    from unmask.watch import Watcher

    feed = open_feed(job.name, job.settings, job.rate_fps)
    try:
        watcher = Watcher(job.settings)
        ending = _watch(feed, watcher, job)
    finally:
        feed.close()
    if ending is None:
        write_err(sentence("watch_nothing", job.language))
        return EXIT_INTERRUPTED
    if job.as_json:
        write_out(json.dumps(_summary(feed, watcher, ending, job), allow_nan=False) + "\n")
    else:
        write_out(watch_text(ending.reading, job.language, read_fps=ending.read_fps))
        if ending.overlay is not None:
            write_out(sentence("watch_overlay", job.language, path=shown(ending.overlay)) + "\n")
    if ending.signal_code:
        write_err(sentence("watch_stopped", job.language))
    if ending.trouble is not None:
        raise ending.trouble
    if ending.signal_code:
        return ending.signal_code
    unclear = ending.reading.verdict.outcome is Outcome.INCONCLUSIVE
    return EXIT_INCONCLUSIVE if unclear else 0


def _watch(feed: Feed, watcher: Watcher, job: Job) -> Ending | None:
    """Read frame after frame; None where a signal came before the first.

    A video that can no longer be written ends the reading, too.
    """
    signal_code, started = 0, time.perf_counter()
    video: OverlayVideo | None = None
    with ExitStack() as stack:
        if job.overlay is not None:
            video = stack.enter_context(OverlayVideo(job.overlay, job.rate_fps, job.language))
        table = stack.enter_context(LiveTable(job.language))
        stack.enter_context(terminate_as_interrupt())
        try:
            for reading in watcher.read(feed):
                if video is not None:
                    video.add(reading)
                table.show(reading)
                if video is not None and video.trouble is not None:
                    break
                if job.seconds is not None and reading.frame.time_s >= job.seconds:
                    break
        except KeyboardInterrupt as stop:
            signal_code = EXIT_TERMINATED if stop.args else EXIT_INTERRUPTED
        last = watcher.conclude(damaged=feed.damaged)
        if last is None:
            if signal_code:
                return None
            raise RefusedError(
                ErrorKind.NO_FRAMES,
                f"{feed.name} sent no picture",
                "close other programs that use the camera, or choose another one",
            )
        if video is not None:
            video.end(last)
    elapsed_s = max(time.perf_counter() - started, 1e-9)
    return Ending(
        last,
        feed.damaged,
        signal_code,
        last.frames / elapsed_s,
        job.overlay if video is not None and video.kept else None,
        None if video is None else video.trouble,
    )


def _summary(feed: Feed, watcher: Watcher, ending: Ending, job: Job) -> dict[str, Any]:
    from unmask.report.json_watch import reading_to_dict

    card = watcher.bundle.card
    return {
        "source": feed.name,
        "sha256": feed.sha256,
        "bundle": {"name": card.name, "version": card.version, "sha256": watcher.bundle.sha256},
        "rule": card.track.rule,
        "interrupted": bool(ending.signal_code),
        "damaged": ending.damaged,
        "rate_fps": job.rate_fps,
        "overlay": None if ending.overlay is None else shown(ending.overlay),
        **reading_to_dict(ending.reading),
    }
