"""Worker side: walking a clip's packets, and telling the time by them.

Walking costs milliseconds and says when each frame will be shown, which neither the header
(`nb_frames` is 0 in MPEG-TS) nor the average rate does. Time stamps are a stranger's: they may
start anywhere, start over where two recordings were joined, or be missing altogether.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import av
from av.error import FFmpegError

from unmask.media.container import too_much_memory
from unmask.media.sampling import missing_frames
from unmask.media.wire import Job

_READ_ERRORS_MAX = 16
_MISSING_S, _MISSING_SHARE = 0.5, 0.05  # a clip shorter than it says by more breaks off
_INDEXED = frozenset({"mp4", "mov", "mkv", "webm"})  # key frames are marked by the container
_REORDER = 16  # packets by which a decoder may lag behind (H.264 and HEVC: 16 pictures)
_JUMP_S = 10.0  # a step in MPEG-TS that is a new clock, not a pause (ffmpeg's dts_delta_threshold)


class Clock:
    """Time stamps as seconds from the start that never run backwards.

    `start` and all stamps count units of `unit_s` seconds; `step_s` is the usual distance.
    """

    def __init__(self, start: int, unit_s: float, step_s: float, *, may_jump: bool) -> None:
        self._shift_s = -start * unit_s
        self._unit_s, self._step_s, self._may_jump = unit_s, step_s, may_jump
        self._last_s: float | None = None

    def shift_s(self, stamp: int) -> float:
        """Seconds to add to stamps near `stamp`; renewed where the stamps start over."""
        time_s = stamp * self._unit_s + self._shift_s
        last_s = self._last_s
        if last_s is not None:
            back = time_s < last_s - self._step_s / 2
            if back or (self._may_jump and time_s > last_s + _JUMP_S):
                self._shift_s += last_s + self._step_s - time_s
                time_s = last_s + self._step_s
        self._last_s = time_s if last_s is None else max(last_s, time_s)
        return self._shift_s

    def time_s(self, stamp: int | None) -> float:
        """When a frame is shown; a frame without a stamp follows one step after the last."""
        if stamp is None:
            self._last_s = 0.0 if self._last_s is None else self._last_s + self._step_s
        else:
            self.shift_s(stamp)
        return max(0.0, self._last_s or 0.0)


class Scan(NamedTuple):
    """What the packets say: when each frame is shown (ascending, seconds) and how stamps count."""

    times_s: list[float]
    start: int
    unit_s: float
    step_s: float
    fps: list[int] | None
    lost: list[list[Any]]  # [what, why, count] of what the packets show to be missing
    marks: list[tuple[int, bool]]  # stamp and "is a key frame" in file order; [] where unreliable


class Stretches(NamedTuple):
    """What to decode of a long clip: `ranges` of packets, and the index of each stamp shown."""

    ranges: list[range]
    index_of: dict[int, int]


def scan_packets(container: Any, stream: Any, job: Job) -> Scan:
    """Walk all packets of the stream without decoding one."""
    unit_s = float(stream.time_base or 0) or 1e-3
    rate = stream.average_rate or stream.guessed_rate
    step_s = float(1 / rate) if rate else 0.04
    packets = [
        (packet.dts, packet.pts, packet.is_keyframe)
        for packet in read_packets(container, stream)
        if packet is not None and holds_frame(packet)
    ]
    stamps: list[tuple[int | None, int | None]] = [(dts, pts) for dts, pts, _ in packets]
    known = [pts for _, pts in stamps if pts is not None] or [0]
    clock = Clock(known[0], unit_s, step_s, may_jump=job.format == "mpegts")
    times: list[float] = []
    shift_s = -known[0] * unit_s
    for dts, pts in stamps:
        if dts is not None:
            shift_s = clock.shift_s(dts)
        times.append(len(times) * step_s if pts is None else pts * unit_s + shift_s)
    times.sort()
    first_s = times[0] if times else 0.0
    fps = [rate.numerator, rate.denominator] if rate else None
    start = known[0] + round(first_s / unit_s)
    times = [time_s - first_s for time_s in times]
    lost = _lost(container, stream, times, step_s) if times else []
    unique = job.format in _INDEXED and len(set(known)) == len(packets)
    marks = [(pts, key) for _, pts, key in packets if pts is not None] if unique else []
    return Scan(times, start, unit_s, step_s, fps, lost, marks)


def holds_frame(packet: Any) -> bool:
    """True for a packet that will be shown: not the flushing one, not cut away by an edit list."""
    return bool(packet.size) and not packet.is_discard


def plan_stretches(scan: Scan, chosen: tuple[int, ...]) -> Stretches | None:
    """The packets needed for the `chosen` frames, from the key frame before each on.

    None where the stamps do not tell.
    """
    shown = sorted(pts for pts, _ in scan.marks)
    place_of = {pts: place for place, (pts, _) in enumerate(scan.marks)}
    keys = [place for place, (_, is_key) in enumerate(scan.marks) if is_key]
    ranges: list[range] = []
    for index in chosen:
        place = place_of.get(shown[index]) if index < len(shown) else None
        before = [key for key in keys if place is not None and key <= place]
        # In an open group, pictures shown before the key frame need the group before it, too.
        while before and scan.marks[before[-1]][0] > shown[index]:
            before.pop()
        if place is None or not before:
            return None
        stop = min(len(scan.marks), place + 1 + _REORDER)
        if ranges and before[-1] <= ranges[-1].stop:
            ranges[-1] = range(ranges[-1].start, max(stop, ranges[-1].stop))
        else:
            ranges.append(range(before[-1], stop))
    return Stretches(ranges, {pts: index for index, pts in enumerate(shown)})


def _lost(container: Any, stream: Any, times_s: list[float], step_s: float) -> list[list[Any]]:
    """What is missing of a file that decodes without an error: its end, or frames in a stream.

    The declared length means something where the track has one of its own or is the only one;
    MPEG-TS declares none, but its frames come at a steady rate, so that a gap is a loss.
    """
    if container.format.name == "mpegts":
        missing = missing_frames(times_s)
        return [["frames", "missing", missing]] if missing else []
    declared_s = 0.0
    if stream.duration is not None:
        declared_s = float(stream.duration * stream.time_base)
    elif container.duration is not None and len(container.streams) == 1:
        declared_s = container.duration / av.time_base
    missing_s = declared_s - (times_s[-1] + step_s)
    if missing_s > max(_MISSING_S, _MISSING_SHARE * declared_s):
        return [["seconds", "truncated", math.ceil(missing_s)]]
    return []


def read_packets(container: Any, stream: Any) -> Iterator[Any]:
    """All packets up to the flushing one; None stands for a place that could not be read."""
    for _ in range(_READ_ERRORS_MAX):
        try:
            yield from container.demux(stream)
        except MemoryError:
            raise too_much_memory() from None
        except FFmpegError:
            yield None
        else:
            return
