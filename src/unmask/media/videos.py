"""Worker side: clips through PyAV, to the chosen frames in upright RGB.

Two readings of the file: the first only walks the packets (milliseconds) and says when each frame
is shown; the second decodes from the start to the end, keeps the chosen frames, and looks at a
tiny grey copy of every frame for cuts. Nothing is sought: seeking is slow, and wrong in MPEG-TS.
Of a long clip only the groups of pictures that hold chosen frames are decoded. A damaged clip is
decoded again in one thread, because decoders conceal damage from whatever the other threads have
finished by then, and equal files must give equal bits. So is one whose quantisers are asked for:
libavcodec reads those of a frame while another thread may still be decoding it.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from av.error import FFmpegError
from av.video.reformatter import VideoReformatter

from unmask.errors import ErrorKind, RefusedError
from unmask.media.container import (
    check_frame_size,
    h264_quantiser,
    open_container,
    pick_stream,
    raise_where_broken_off,
    too_much_memory,
)
from unmask.media.packets import (
    Clock,
    Scan,
    Stretches,
    holds_frame,
    plan_stretches,
    read_packets,
    scan_packets,
)
from unmask.media.pixels import PixelWriter
from unmask.media.sampling import SPARSE, THUMBNAIL, CutFinder, SteadyRate, choose_frames
from unmask.media.wire import CUTS_MAX, Job

_THREADS_MAX = 4
_PASSES_MAX = 3
LONG_PIXELS = 1920 * 1080 * 30 * 120  # more than two minutes of 1080p are not decoded in full


class _Pass:
    """One decoding of the whole clip, and what was met on the way."""

    def __init__(self, job: Job, scan: Scan, chosen: tuple[int, ...], writer: PixelWriter) -> None:
        self.job, self.writer = job, writer
        self.chosen = frozenset(chosen)
        self.clock = Clock(scan.start, scan.unit_s, scan.step_s, may_jump=job.format == "mpegts")
        self.cuts = CutFinder()
        self.times_s: list[float] = []
        self.bad_packets = self.corrupt_frames = self.wrong_size = self.too_many = 0
        self._sparse, self._tiny, self._rgb = (VideoReformatter() for _ in range(3))

    @property
    def damaged(self) -> bool:
        """True where anything could not be read or decoded."""
        return bool(self.bad_packets or self.corrupt_frames)

    def run(self, container: Any, stream: Any) -> None:
        """Decode all packets; errors of single packets are counted, not raised."""
        for packet in read_packets(container, stream):
            if packet is None:
                self.bad_packets += 1
            else:
                self._decode(stream, packet)

    def _decode(self, stream: Any, packet: Any) -> None:
        try:
            for frame in stream.codec_context.decode(packet):
                self._take(frame)
        except MemoryError:
            raise too_much_memory() from None
        except (FFmpegError, ValueError):
            self.bad_packets += 1

    def _take(self, frame: Any) -> None:
        if frame.is_corrupt:
            self.corrupt_frames += 1
            return
        try:
            check_frame_size(frame.width, frame.height, self.job)
        except RefusedError:
            if not self.times_s:
                raise
            self.wrong_size += 1
            return
        index, time_s = self._place(frame), self.clock.time_s(frame.pts)
        self.cuts.add(self._thumbnail(frame), time_s)
        if self._wanted(index, time_s):
            if self.writer.fits(frame.width, frame.height):
                self._keep(frame, index, time_s)
            else:
                self.too_many += 1
        self.times_s.append(time_s)

    def _place(self, frame: Any) -> int:
        return len(self.times_s)

    def _wanted(self, index: int, time_s: float) -> bool:
        return index in self.chosen

    def _thumbnail(self, frame: Any) -> bytes | memoryview:
        sparse = self._sparse.reformat(frame, *SPARSE, "gray", interpolation="POINT", threads=1)
        tiny = self._tiny.reformat(sparse, *THUMBNAIL, interpolation="AREA", threads=1)
        return _rows(tiny, THUMBNAIL[0])

    def _keep(self, frame: Any, index: int, time_s: float) -> None:
        colour = self._rgb.reformat(frame, format="rgb24")
        turns = (round(frame.rotation) // 90) % 4
        width, height = frame.width, frame.height
        if turns % 2:
            width, height = height, width
        pixels = _turned(colour, turns) if turns else _rows(colour, frame.width * 3)
        self.writer.add(width, height, index, time_s, [pixels], h264_quantiser(frame))


class _SkippingPass(_Pass):
    """A decoding of those stretches of a long clip that hold chosen frames."""

    stretches: Stretches

    def run(self, container: Any, stream: Any) -> None:
        """Decode the packets of the stretches; between them the decoder is emptied."""
        place, waiting = 0, list(reversed(self.stretches.ranges))
        for packet in read_packets(container, stream):
            if packet is None or not waiting:
                break
            if not holds_frame(packet):
                continue
            if place in waiting[-1]:
                self._decode(stream, packet)
            if place == waiting[-1].stop - 1:
                waiting.pop()
                self._decode(stream, None)
                stream.codec_context.flush_buffers()
            place += 1

    def _place(self, frame: Any) -> int:
        return self.stretches.index_of.get(frame.pts, -1)


class _SteadyPass(_Pass):
    """A decoding that sends frames at the job's steady rate, however many they become."""

    @cached_property
    def _rate(self) -> SteadyRate:
        return SteadyRate(self.job.rate_fps, self.job.burst)

    def _wanted(self, index: int, time_s: float) -> bool:
        return self._rate.takes(time_s)

    def _keep(self, frame: Any, index: int, time_s: float) -> None:
        super()._keep(frame, index, time_s)
        self.writer.forget()


def stream_video(fd: int, job: Job, writer: PixelWriter) -> dict[str, object]:
    """Send the clip behind `fd` frame by frame at `job.rate_fps`, now and then a burst of
    `job.burst`; the facts for the answer.

    In one thread, so that damage looks the same every time. Errors as those of `decode_video`.
    """
    with open_container(fd, job) as container:
        scan = scan_packets(container, pick_stream(container, job), job)
    taken = _run_pass(fd, _SteadyPass(job, scan, (), writer), threads=1)
    if not taken.times_s:
        raise_where_broken_off(fd, job)
        raise _no_frames()
    return _facts(scan, taken, taken.times_s)


def decode_video(fd: int, job: Job, writer: PixelWriter) -> dict[str, object]:
    """Decode the clip behind `fd`, writing the chosen frames; the facts for the answer.

    RefusedError where no frame comes out, LimitError where it takes too much memory.
    """
    with open_container(fd, job) as container:
        stream = pick_stream(container, job)
        scan = scan_packets(container, stream, job)
        area = stream.codec_context.width * stream.codec_context.height
    frames = min(job.frames, job.frame_bytes_max // max(1, 3 * area)) or 1
    if area * len(scan.times_s) > LONG_PIXELS:
        facts = _decode_long(fd, job, scan, frames, writer)
        if facts is not None:
            return facts
    times_s, threads = scan.times_s, _threads(job)
    for _ in range(_PASSES_MAX):
        chosen = choose_frames(times_s, frames, job.burst)
        writer.reset()
        taken = _run_pass(fd, _Pass(job, scan, chosen, writer), threads)
        if taken.damaged and threads > 1:
            threads = 1
        elif len(writer.rows) < len(chosen) and taken.times_s != times_s:
            times_s = taken.times_s  # the packets promised other frames than came out
        else:
            break
    if not writer.rows:
        raise_where_broken_off(fd, job)
        raise _no_frames()
    return _facts(scan, taken, taken.times_s)


def _no_frames() -> RefusedError:
    return RefusedError(
        ErrorKind.NO_FRAMES,
        "the video track holds no frame that can be decoded",
        "open it in a player and export it again, or get another copy",
    )


def _decode_long(
    fd: int, job: Job, scan: Scan, frames: int, writer: PixelWriter
) -> dict[str, object] | None:
    """The facts of a long clip of which only stretches were decoded; None where that fails."""
    chosen = choose_frames(scan.times_s, frames, job.burst)
    stretches = plan_stretches(scan, chosen)
    if stretches is None:
        return None
    skipping = _SkippingPass(job, scan, chosen, writer)
    skipping.stretches = stretches
    taken = _run_pass(fd, skipping, _threads(job))
    whole = len(writer.rows) == len(chosen) and not taken.damaged
    return _facts(scan, taken, scan.times_s) if whole else None


def _threads(job: Job) -> int:
    return 1 if job.h264_qp else min(_THREADS_MAX, len(os.sched_getaffinity(0)))


def _run_pass(fd: int, taken: _Pass, threads: int) -> _Pass:
    with open_container(fd, taken.job) as container:
        stream = pick_stream(container, taken.job)
        stream.codec_context.thread_count = threads
        stream.codec_context.thread_type = "AUTO"
        taken.run(container, stream)
    return taken


def _facts(scan: Scan, taken: _Pass, times_s: list[float]) -> dict[str, object]:
    held_back = max(0, min(taken.job.frames, len(times_s)) - len(taken.chosen))
    counts = {
        ("packets", "corrupt"): taken.bad_packets,
        ("frames", "corrupt"): taken.corrupt_frames,
        ("frames", "size"): taken.wrong_size,
        ("frames", "limit"): held_back + taken.too_many,
    }
    return {
        "kind": "video",
        "fps": scan.fps,
        "duration": round(times_s[-1] + scan.step_s, 6),
        "cuts": taken.cuts.cuts_s(CUTS_MAX),
        "skipped": [[*name, count] for name, count in counts.items() if count] + scan.lost,
        "damaged": taken.damaged or bool(scan.lost),
    }


def _rows(frame: Any, row_bytes: int) -> bytes | memoryview:
    """The first plane's pixels without the padding at the end of its rows."""
    plane = frame.planes[0]
    data = memoryview(plane).cast("B")
    stride = plane.line_size
    if stride == row_bytes:
        return data[: row_bytes * frame.height]
    return b"".join(bytes(data[y : y + row_bytes]) for y in range(0, stride * frame.height, stride))


def _turned(colour: Any, turns: int) -> bytes:
    """The pixels of an RGB frame turned by `turns` quarters counter-clockwise."""
    import numpy as np  # only here: most clips are upright, and the import is slow

    height, width = colour.height, colour.width
    pixels = np.frombuffer(_rows(colour, width * 3), np.dtype("V3")).reshape(height, width)
    return np.rot90(pixels, turns).tobytes()
