"""The overlay video of `unmask watch`: each reading drawn onto its frame and encoded at once."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from unmask.cli.console import shown
from unmask.errors import ErrorKind, UsageError

if TYPE_CHECKING:
    from unmask.media.clip_writer import ClipWriter
    from unmask.report.overlay import Mark
    from unmask.watch import Reading

END_S = 2.0  # for so long the last picture stands, with the outcome of everything read
CRF = 23


def check_target(path: Path, source: str) -> None:
    """UsageError where the video must not or cannot be written there."""
    if path.suffix.lower() != ".mp4":
        raise UsageError(f"--overlay takes a file *.mp4, got {shown(path)}", "name it OUT.mp4")
    if path.exists() and Path(source).exists() and path.samefile(source):
        raise UsageError("--overlay names the clip that is watched", "give the video another name")
    if not path.parent.is_dir():
        raise _unwritable(path, "its folder does not exist")


class OverlayVideo:
    """Writes the video while frames arrive; it plays up to its last second at any moment.

    `trouble` is set where writing failed (a full disk): nothing more is drawn, and the file is cut
    to what plays, or removed where `kept` is False.
    """

    def __init__(self, path: Path, rate_fps: float, language: str) -> None:
        from unmask.media.clip_writer import ClipWriter
        from unmask.report.overlay import overlay_words

        self._path, self._language = path, language
        self._running = overlay_words("running", language)
        self.trouble: UsageError | None = None
        self.kept = True
        try:
            self._writer: ClipWriter = ClipWriter(
                path, fps=max(1, round(rate_fps)), crf=CRF, preset="veryfast", live=True
            )
        except OSError as error:
            raise _unwritable(path, error.strerror or str(error)) from None

    def add(self, reading: Reading) -> None:
        """One frame with everybody who is in it."""
        self._draw(reading, reading.frame.time_s, self._running)

    def end(self, reading: Reading) -> None:
        """The last frame once more, for `END_S`, with the outcome of everything read."""
        from unmask.report.overlay import final_words

        words = final_words(reading.verdict.outcome, self._language)
        for after_s in (0.1, END_S):
            self._draw(reading, reading.frame.time_s, words, after_s=after_s)

    def _draw(self, reading: Reading, time_s: float, foot: str, *, after_s: float = 0.0) -> None:
        from unmask.report.overlay import draw_overlay

        if self.trouble is not None:
            return
        picture = draw_overlay(
            reading.frame.image_rgb,
            _marks(reading),
            time_s=time_s,
            foot=foot,
            language=self._language,
        )
        try:
            self._writer.add_at(picture, time_s + after_s)
        except OSError as error:
            self._fail(error)
            self.close()

    def close(self) -> None:
        """Finish the file; closing twice is harmless."""
        try:
            self._writer.close()
        except OSError as error:
            self._fail(error)
        if self.trouble is not None and self.kept:
            from unmask.media.clip_writer import keep_whole_fragments

            self.kept = keep_whole_fragments(self._path)

    def _fail(self, error: OSError) -> None:
        """The first failure counts: closing a file on a full disk fails again."""
        if self.trouble is None:
            self.trouble = _unwritable(self._path, error.strerror or str(error))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _marks(reading: Reading) -> list[Mark]:
    from unmask.report.overlay import Mark

    return [
        Mark(
            person.id,
            person.face.box_xyxy,
            person.verdict.outcome,
            person.verdict.fake_probability,
            person.verdict.reasons,
        )
        for person in reading.persons
        if person.face is not None
    ]


def _unwritable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"cannot write {shown(path)}: {why}", "choose another place with --overlay", ErrorKind.DISK
    )
