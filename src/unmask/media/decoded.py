"""What comes out of decoding, and the check of the worker's answer on the parent's side.

The worker may have been taken over by the file it decoded, so its answer is data from a stranger:
every number is checked before memory is touched, and the pixels are only ever numbers.
"""

from __future__ import annotations

import math
import mmap
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from unmask.errors import ErrorKind, LimitError, RefusedError, UnmaskError
from unmask.media.source import Source
from unmask.media.wire import PAGE, SKIPPED_MAX, Job
from unmask.types import Frame, MediaInfo, MediaKind, Skipped

_TEXT_MAX = 400  # characters of a message or a hint


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
    """The worker's answer does not follow the protocol: treat the worker as broken."""


def read_answer(answer: dict[str, Any], source: Source, job: Job, buffer_fd: int) -> Decoded:
    """The answer as `Decoded`, its pixels mapped, not copied (the arrays are read-only).

    Raises the worker's own UnmaskError where it sent one, AnswerError where the answer is wrong.
    """
    try:
        if "error" in answer:
            _raise_error(answer["error"])
        frames = _frames(answer["frames"], job, buffer_fd)
        return Decoded(
            media=_media(answer, source, frames[0]),
            frames=frames,
            cuts_s=tuple(_seconds(value) for value in answer["cuts"]),
            skipped=tuple(_skipped(row) for row in answer["skipped"][:SKIPPED_MAX]),
            damaged=answer["damaged"] is True,
        )
    except (LookupError, TypeError, ValueError, OSError, ArithmeticError) as error:
        raise AnswerError(str(error)) from None


def _raise_error(error: dict[str, Any]) -> NoReturn:
    kind = ErrorKind(error["kind"])
    known: dict[str, type[UnmaskError]] = {"refused": RefusedError, "limit": LimitError}
    raise known[error["class"]](
        kind, str(error["message"])[:_TEXT_MAX], str(error["hint"])[:_TEXT_MAX]
    )


def _frames(rows: list[list[Any]], job: Job, buffer_fd: int) -> tuple[Frame, ...]:
    most = max(job.frames, job.animation_frames_max, 1)
    if not 1 <= len(rows) <= most:
        raise ValueError(f"expected 1 to {most} frames, got {len(rows)}")
    for start, width, height, *_ in rows:
        _check_window(start, width, height, job)
    end = max(start + width * height * 3 for start, width, height, *_ in rows)
    memory = mmap.mmap(buffer_fd, end, access=mmap.ACCESS_READ)
    return tuple(_frame(row, memory) for row in rows)


def _check_window(start: object, width: object, height: object, job: Job) -> None:
    if not (type(start) is int and type(width) is int and type(height) is int):
        raise ValueError("expected whole numbers for a frame's place and size")
    sides_max = max(job.width_max_px, job.height_max_px)
    inside = start >= 0 and start + width * height * 3 <= job.buffer_bytes
    if not (inside and start % PAGE == 0 and 1 <= width <= sides_max and 1 <= height <= sides_max):
        raise ValueError(f"expected a frame inside the buffer, got {start, width, height}")


def _frame(row: list[Any], memory: mmap.mmap) -> Frame:
    start, width, height, index, time_s = row
    pixels = np.frombuffer(memory, np.uint8, width * height * 3, start)
    if type(index) is not int:
        raise ValueError("expected a whole number for a frame's index")
    return Frame(pixels.reshape(height, width, 3), index, _seconds(time_s))


def _media(answer: dict[str, Any], source: Source, first: Frame) -> MediaInfo:
    kind = MediaKind(answer["kind"])
    height, width = first.image_rgb.shape[:2]
    fps = answer.get("fps")
    duration = answer.get("duration")
    return MediaInfo(
        kind=kind,
        format=source.format,
        width_px=width,
        height_px=height,
        bytes=source.bytes,
        sha256=source.sha256,
        duration_s=None if duration is None else _seconds(duration),
        fps=None if fps is None else Fraction(int(fps[0]), int(fps[1])),
    )


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"expected seconds, got {type(value).__name__}")
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"expected seconds >= 0, got {value}")
    return float(value)


def _skipped(row: list[Any]) -> Skipped:
    what, reason, count = row
    if type(count) is not int:
        raise ValueError("expected a whole number of skipped things")
    return Skipped(str(what)[:60], str(reason)[:60], count)
