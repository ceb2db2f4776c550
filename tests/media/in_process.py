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

BUFFER_BYTES = 1 << 24


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
        buffer_bytes=BUFFER_BYTES,
    )


class Result(NamedTuple):
    """Rows [start, width, height, index, time_s] of the kept frames, their pixels, the facts."""

    rows: list[list[Any]]
    images: list[np.ndarray]
    facts: dict[str, Any]


def decode_here(path: Path, file_format: str, **changes: Any) -> Result:
    """Decode a clip as a clip of that format, whatever it is; `changes` are fields of the job."""
    source, buffer = os.open(path, os.O_RDONLY), os.memfd_create("frames")
    try:
        os.ftruncate(buffer, BUFFER_BYTES)
        job = make_job(file_format, path.stat().st_size, Settings())._replace(**changes)
        writer = PixelWriter(buffer, job.buffer_bytes)
        facts = decode_video(source, job, writer)
        images = [
            np.frombuffer(os.pread(buffer, w * h * 3, start), np.uint8).reshape(h, w, 3)
            for start, w, h, *_ in writer.frames
        ]
        return Result(writer.frames, images, facts)
    finally:
        os.close(source)
        os.close(buffer)
