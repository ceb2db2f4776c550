"""Which frames of a clip are kept, and where its scenes change.

Frames come in short bursts of neighbours, because motion cues need neighbours and the verdict
needs the whole clip; bursts are spread evenly over time, not over the frame count, so that a clip
of variable rate is not judged by its busiest second. What arrives without an end is read at a
steady rate, with a burst of neighbours from time to time (`SteadyRate`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from operator import mul, sub

# A cut stands out from its neighbours, as in PySceneDetect's adaptive detector (ratio 3 to the mean
# of a window of 2 frames, at least 15 grey levels). We compare with the largest of the window: a
# flash is two equal jumps, and no cut.
CUT_DIFFERENCE_MIN = 12.0  # mean absolute difference of two thumbnails, grey levels
CUT_RATIO_MIN = 2.0
CUT_WINDOW = 2  # frames on each side
# A frame shown twice moves nothing and the one after it twice as far: it is counted as two steps.
HELD_DIFFERENCE, HELD_MAX = 0.1, 3  # grey levels; so many held steps in a row are counted
# A lamp that is switched on jumps like a cut, but leaves every edge where it was. The edges of two
# thumbnails of one scene, lit anew (960 of them), agreed by .80 or more in 99 of 100; those of two
# different pictures, of portraits framed alike too, by .62 at the most in 999 of 1,000.
SAME_SCENE = 0.8
STREAM_BURST = 6  # frames; longer than in a file: fewer bursts have come when a reading is wanted
BURST_EVERY_S = 0.75  # of a stream; less often where that would be nearly every frame ...
BURST_STEPS_MIN = 3  # ... which hides cuts: a lone long step among short ones looks like one
TICK_TOLERANCE_S = 1e-4  # times and ticks are rounded differently
SPARSE = (64, 48)  # width, height: every n-th pixel of the frame ...
THUMBNAIL = (16, 12)  # ... averaged down to this, so that grain is no change of scene


def choose_frames(times_s: Sequence[float], frames: int, burst: int) -> tuple[int, ...]:
    """Indices into the ascending `times_s` (seconds) of at most `frames` frames, ascending.

    All of them where the clip has no more; else bursts of `burst` neighbours, each in the middle
    of an equal share of the clip's time.
    """
    count = len(times_s)
    if count <= frames:
        return tuple(range(count))
    lengths = _burst_lengths(frames, burst)
    first, span = times_s[0], times_s[-1] - times_s[0]
    starts: list[int] = []
    for place, length in enumerate(lengths):
        middle_s = first + span * (place + 0.5) / len(lengths)
        starts.append(bisect_left(times_s, middle_s) - length // 2)
    _separate(starts, lengths, count)
    return tuple(
        start + step
        for start, length in zip(starts, lengths, strict=True)
        for step in range(length)
    )


def missing_frames(times_s: Sequence[float]) -> int:
    """How many frames a clip of steady rate lacks, by the gaps in its ascending times (seconds).

    0 where the rate is not steady: nine steps in ten must be within a tenth of the median.
    """
    steps = [after - before for before, after in pairwise(times_s)]
    usual = sorted(steps)[len(steps) // 2] if steps else 0.0
    steady = sum(abs(step - usual) <= 0.1 * usual for step in steps)
    if usual <= 0 or steady < 0.9 * len(steps):
        return 0
    return sum(round(step / usual) - 1 for step in steps if step > 1.5 * usual)


def _burst_lengths(frames: int, burst: int) -> list[int]:
    """`frames` split into bursts that differ by at most one frame."""
    bursts = max(1, frames // max(1, min(burst, frames)))
    return [frames // bursts + (place < frames % bursts) for place in range(bursts)]


def _separate(starts: list[int], lengths: list[int], count: int) -> None:
    """Shift bursts so that none overlaps another or leaves 0..count."""
    floor = 0
    for place, length in enumerate(lengths):
        starts[place] = floor = max(starts[place], floor)
        floor += length
    ceiling = count
    for place in range(len(lengths) - 1, -1, -1):
        starts[place] = ceiling = min(starts[place], ceiling - lengths[place])


def edge_agreement(one: bytes | memoryview, other: bytes | memoryview) -> float:
    """How alike the edges of two thumbnails are: 1 where only the light differs.

    Cosine between all differences of neighbouring pixels, across and down; 0 for a plain picture.
    """
    mine, theirs = _edges(one), _edges(other)
    size = _product(mine, mine) * _product(theirs, theirs)
    return _product(mine, theirs) / sqrt(size) if size else 0.0


def _edges(thumbnail: bytes | memoryview) -> list[int]:
    width = THUMBNAIL[0]
    rows = [thumbnail[at : at + width] for at in range(0, len(thumbnail), width)]
    across = [step for row in rows for step in map(sub, row[1:], row)]
    down = [step for before, after in pairwise(rows) for step in map(sub, after, before)]
    return across + down


def _product(one: list[int], other: list[int]) -> int:
    return sum(map(mul, one, other))


def burst_gap_s(rate_fps: float) -> float:
    """Seconds from the start of one burst of a stream to the next at the least."""
    return max(BURST_EVERY_S, BURST_STEPS_MIN / rate_fps)


class SteadyRate:
    """Which frames of a stream are taken: one a tick, and now and then its neighbours, too."""

    def __init__(self, rate_fps: float, burst: int) -> None:
        self._rate_fps, self._burst = rate_fps, burst
        self._due_s = self._burst_due_s = 0.0
        self._more = 0  # frames of the burst that has begun

    def takes(self, time_s: float) -> bool:
        """Whether the next frame is taken, given its time; a tick is never made up for."""
        tick = time_s >= self._due_s - TICK_TOLERANCE_S
        if tick:
            ticks = int((time_s + TICK_TOLERANCE_S) * self._rate_fps) + 1
            self._due_s = ticks / self._rate_fps
        if self._more:
            self._more -= 1
            return True
        if tick and time_s >= self._burst_due_s - TICK_TOLERANCE_S:
            self._more = self._burst - 1
            self._burst_due_s = time_s + burst_gap_s(self._rate_fps)
        return tick


class CutFinder:
    """Finds hard cuts in a stream of grey thumbnails, one call per decoded frame."""

    def __init__(self) -> None:
        self._last: bytes | memoryview | None = None
        self._differences = array("f")
        self._times_s = array("d")
        self._lamps: set[int] = set()  # places where only the light jumped

    def add(self, thumbnail: bytes | memoryview, time_s: float) -> None:
        """Take the next frame's thumbnail (equal lengths) and its time."""
        last = self._last
        if last is not None:
            difference = sum(map(abs, map(sub, thumbnail, last))) / max(1, len(thumbnail))
            if difference >= CUT_DIFFERENCE_MIN and edge_agreement(thumbnail, last) >= SAME_SCENE:
                self._lamps.add(len(self._differences))
            self._differences.append(difference)
            self._times_s.append(time_s)
        self._last = thumbnail

    def cuts_s(self, most: int) -> list[float]:
        """Times of the first frames of new scenes, ascending, at most `most` of them."""
        found = (
            round(time_s, 6)
            for place, time_s in enumerate(self._times_s)
            if self._stands_out(place)
        )
        return [time_s for _, time_s in zip(range(most), found, strict=False)]

    def begins_scene(self, number: int) -> bool:
        """Whether the frame added as `number` (from 0) is the first of a new scene.

        Final once `CUT_WINDOW` more frames were added.
        """
        return 0 < number <= len(self._differences) and self._stands_out(number - 1)

    def _stands_out(self, place: int) -> bool:
        if self._differences[place] < CUT_DIFFERENCE_MIN or place in self._lamps:
            return False
        low = max(0, place - CUT_WINDOW)
        around = (
            self._differences[low:place] + self._differences[place + 1 : place + 1 + CUT_WINDOW]
        )
        step = self._differences[place] / (1 + self._held_before(place))
        return step >= CUT_RATIO_MIN * max(around, default=0.0)

    def _held_before(self, place: int) -> int:
        """Steps right before that one in which the picture was held, at most HELD_MAX."""
        held = 0
        for difference in reversed(self._differences[max(0, place - HELD_MAX) : place]):
            if difference > HELD_DIFFERENCE:
                break
            held += 1
        return held
