"""What comes out of decoding, and the check of the worker's messages on the parent's side.

The worker may have been taken over by the file it decoded, so its messages are data from a
stranger: every number is checked before memory is taken, and the pixels are only ever numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from unmask.errors import ErrorKind, LimitError, RefusedError, UnmaskError
from unmask.media.source import Source
from unmask.media.wire import SKIPPED_MAX, Job
from unmask.types import Frame, MediaInfo, MediaKind, Skipped

_TEXT_MAX = 400  # characters of a message or a hint
_QP_MAX = 51.0 + 6 * 6  # of H.264 at 14 bits
_WRONG = (LookupError, TypeError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A decoded file.

    media       what the file is; size after rotation, of the first frame
    frames      a picture: one, index 0, time 0; else the sampled ones in order of time
    cuts_s      times of scene cuts, seconds, ascending
    skipped     what was left out and why
    damaged     True where part of the file could not be decoded
    """

    media: MediaInfo
    frames: tuple[Frame, ...]
    cuts_s: tuple[float, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    damaged: bool = False

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("expected at least one frame, got none")


class AnswerError(Exception):
    """A message of the worker does not follow the protocol: treat the worker as broken."""


class Reception:
    """Collects the frames of one job as the worker announces them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._room = job.frame_bytes_max
        self.frames: list[Frame] = []

    def take(self, message: dict[str, Any], fill: Callable[[memoryview], None]) -> bool:
        """False for the closing answer; else the message is dealt with, a frame's pixels too.

        `fill` fills the memory it is given from the stream of pixels. AnswerError where the
        announcement is wrong.
        """
        try:
            if "reset" in message:
                self._room = self._job.frame_bytes_max
                self.frames.clear()
            elif "frame" in message:
                self._receive(message["frame"], fill)
            else:
                return False
        except _WRONG as error:
            raise AnswerError(str(error)) from None
        return True

    def drain(self) -> list[Frame]:
        """The frames that came since the last call; their room may be filled again."""
        frames, self.frames = self.frames, []
        self._room = self._job.frame_bytes_max
        return frames

    def _receive(self, row: list[Any], fill: Callable[[memoryview], None]) -> None:
        width, height, index, time_s, h264_qp = row
        self._check(width, height, index)
        self._room -= width * height * 3
        image_rgb = np.empty((height, width, 3), np.uint8)
        frame = Frame(image_rgb, index, _amount(time_s), _quantiser(h264_qp))
        fill(image_rgb.reshape(-1).data)
        image_rgb.flags.writeable = False
        self.frames.append(frame)

    def _check(self, *numbers: object) -> None:
        if not all(type(number) is int for number in numbers):
            raise TypeError(f"expected whole numbers, got {numbers}")
        width, height, _ = (number for number in numbers if isinstance(number, int))
        side_max = max(self._job.width_max_px, self._job.height_max_px)
        if not (1 <= width <= side_max and 1 <= height <= side_max):
            raise ValueError(f"expected sides of 1 to {side_max}, got {width, height}")
        if width * height * 3 > self._room:
            raise ValueError(f"expected at most {self._room} bytes, got {width, height}")
        most = max(self._job.frames, self._job.animation_frames_max)
        if len(self.frames) >= most:
            raise ValueError(f"expected at most {most} frames, got more")


def read_answer(answer: dict[str, Any], frames: list[Frame], source: Source) -> Decoded:
    """The closing answer and the frames before it as `Decoded`.

    Raises the worker's own UnmaskError where it sent one, AnswerError where the answer is wrong.
    """
    try:
        if "error" in answer:
            _raise_error(answer["error"])
        return Decoded(
            media=_media(answer, source, frames[0]),
            frames=tuple(frames),
            cuts_s=tuple(_amount(value) for value in answer["cuts"]),
            skipped=tuple(_skipped(row) for row in answer["skipped"][:SKIPPED_MAX]),
            damaged=answer["damaged"] is True,
        )
    except _WRONG as error:
        raise AnswerError(str(error)) from None


def _raise_error(error: dict[str, Any]) -> NoReturn:
    kind = ErrorKind(error["kind"])
    known: dict[str, type[UnmaskError]] = {"refused": RefusedError, "limit": LimitError}
    raise known[error["class"]](
        kind, str(error["message"])[:_TEXT_MAX], str(error["hint"])[:_TEXT_MAX]
    )


def _media(answer: dict[str, Any], source: Source, first: Frame) -> MediaInfo:
    height, width = first.image_rgb.shape[:2]
    fps = answer.get("fps")
    duration = answer.get("duration")
    return MediaInfo(
        kind=MediaKind(answer["kind"]),
        format=source.format,
        width_px=width,
        height_px=height,
        bytes=source.bytes,
        sha256=source.sha256,
        duration_s=None if duration is None else _amount(duration),
        fps=None if fps is None else Fraction(int(fps[0]), int(fps[1])),
    )


def _amount(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"expected a number, got {type(value).__name__}")
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"expected a number >= 0, got {value}")
    return float(value)


def _quantiser(value: object) -> float | None:
    return None if value is None else min(_amount(value), _QP_MAX)


def _skipped(row: list[Any]) -> Skipped:
    what, reason, count = row
    if type(count) is not int:
        raise TypeError("expected a whole number of skipped things")
    return Skipped(str(what)[:60], str(reason)[:60], count)
