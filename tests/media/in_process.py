"""The worker's decoding functions called in the test's own process, without the sandbox."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from unmask.media.pixels import PixelWriter
from unmask.media.videos import decode_video
from unmask.media.wire import Job
from unmask.settings import Settings


def make_job(file_format: str, size: int, settings: Settings, frames: int = 32) -> Job:
    """The job that a decoder would send for a clip."""
    return Job(
        kind="video",
        format=file_format,
        bytes=size,
        frames=frames,
        burst=4,
        pixels_max=settings.image_pixels_max,
        side_min_px=32,
        width_max_px=settings.video_width_max_px,
        height_max_px=settings.video_height_max_px,
        streams_max=32,
        animation_frames_max=16,
        animation_seconds_max=3.0,
        clock_s=60.0,
        frame_bytes_max=1 << 24,
    )


class Result(NamedTuple):
    """Rows [width, height, index, time_s] of the kept frames, their pixels, the facts."""

    rows: list[list[Any]]
    images: list[np.ndarray]
    facts: dict[str, Any]


class FileSink:
    """Pixels into a file."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def flush(self) -> None:
        pass


def decode_here(path: Path, file_format: str, **changes: Any) -> Result:
    """Decode a clip as a clip of that format, whatever it is; `changes` are fields of the job."""
    source, buffer = os.open(path, os.O_RDONLY), os.memfd_create("frames")
    try:
        job = make_job(file_format, path.stat().st_size, Settings())._replace(**changes)

        def announce(message: dict[str, Any]) -> None:
            if "reset" in message:
                os.lseek(buffer, 0, os.SEEK_SET)

        writer = PixelWriter(FileSink(buffer), job.frame_bytes_max, announce)
        facts = decode_video(source, job, writer)
        os.lseek(buffer, 0, os.SEEK_SET)
        images = [
            np.frombuffer(os.read(buffer, w * h * 3), np.uint8).reshape(h, w, 3)
            for w, h, *_ in writer.rows
        ]
        return Result(writer.rows, images, facts)
    finally:
        os.close(source)
        os.close(buffer)
