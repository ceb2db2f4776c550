"""Which frames are chosen, where cuts are, and what counts as missing."""

from __future__ import annotations

import random
from itertools import pairwise
from math import sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unmask.media.packets import Clock
from unmask.media.sampling import (
    SAME_SCENE,
    STREAM_BURST,
    CutFinder,
    SteadyRate,
    choose_frames,
    edge_agreement,
    missing_frames,
)


def steady(count: int, rate: float = 25.0) -> list[float]:
    return [i / rate for i in range(count)]


def test_hand_worked_example() -> None:
    # 40 frames, 8 wanted in bursts of 4: two shares of 20, middles at frames 10 and 30
    assert choose_frames(steady(40), 8, 4) == (8, 9, 10, 11, 28, 29, 30, 31)


def test_few_frames_are_all_taken() -> None:
    assert choose_frames(steady(5), 8, 4) == (0, 1, 2, 3, 4)
    assert choose_frames([], 8, 4) == ()


def test_bursts_follow_time_not_frame_count() -> None:
    busy_start = [i / 100 for i in range(1000)] + [10.0 + i for i in range(90)]
    chosen = [busy_start[i] for i in choose_frames(busy_start, 16, 4)]
    assert sum(time_s > 50 for time_s in chosen) == 8


@settings(deadline=None, derandomize=True, database=None)
@given(
    count=st.integers(0, 400),
    frames=st.integers(1, 64),
    burst=st.integers(1, 10),
    seed=st.integers(0, 9),
)
def test_chosen_frames_exist_once_and_ascend(
    count: int, frames: int, burst: int, seed: int
) -> None:
    rng = random.Random(seed)
    times = sorted(rng.choice([0.0, 1.0, rng.random() * 100]) for _ in range(count))
    chosen = choose_frames(times, frames, burst)
    assert len(chosen) == min(count, frames)
    assert list(chosen) == sorted(set(chosen))
    assert all(0 <= index < count for index in chosen)


def _cuts(levels: list[int]) -> list[float]:
    finder = CutFinder()
    for index, level in enumerate(levels):
        finder.add(bytes([level] * 192), float(index))
    return finder.cuts_s(100)


def test_a_jump_is_a_cut_a_flash_and_a_fade_are_not() -> None:
    assert _cuts([20] * 10 + [90] * 10) == [10.0]
    assert _cuts([20] * 10 + [200] + [20] * 10) == []
    assert _cuts(list(range(0, 200, 15))) == []
    assert _cuts([]) == []


def test_a_move_after_a_frame_shown_twice_is_no_cut() -> None:
    """As in a recorded call: the head moves on, one frame is repeated, the next moves further."""
    moving, held = [20, 28, 34], [34]
    assert _cuts([20, *moving, *held, 47, 52, 56, 61]) == []
    assert _cuts([20, *moving, 47, 52, 56, 61]) == []
    assert _cuts([20, *moving, *held, 90, 95, 99, 104]) == [5.0]  # as far as a new scene


def test_every_picture_of_a_show_begins_a_scene() -> None:
    shown = [level for level in (20, 70, 120, 60) for _ in range(3)]
    assert _cuts(shown) == [3.0, 6.0, 9.0]


def _drawn(seed: int, gain: float = 1.0) -> bytes:
    """A thumbnail of soft shapes, lit by `gain`, brighter to the right where that is not 1."""
    rng = random.Random(seed)
    waves = [(rng.uniform(0.2, 1.2), rng.uniform(0.2, 1.2), rng.uniform(0, 6)) for _ in range(4)]
    grey = [
        (90 + sum(14 * sin(a * x + b * y + c) for a, b, c in waves)) * gain ** (0.5 + x / 15)
        for y in range(12)
        for x in range(16)
    ]
    return bytes(round(min(255.0, max(0.0, value))) for value in grey)


def _cuts_between(before: bytes, after: bytes) -> list[float]:
    finder = CutFinder()
    for number in range(12):
        finder.add(before if number < 6 else after, float(number))
    return finder.cuts_s(100)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("gain", [0.5, 0.75, 1.3, 1.8])
def test_a_lamp_is_no_cut_and_another_picture_is_one_however_it_is_lit(
    seed: int, gain: float
) -> None:
    plain = _drawn(seed)
    assert edge_agreement(plain, _drawn(seed, gain)) > SAME_SCENE
    assert edge_agreement(plain, _drawn(seed + 100, gain)) < SAME_SCENE
    assert _cuts_between(plain, _drawn(seed, gain)) == []
    assert _cuts_between(plain, _drawn(seed + 100, gain)) == [6.0]


def test_a_picture_without_edges_agrees_with_nothing() -> None:
    assert edge_agreement(bytes(192), _drawn(0)) == edge_agreement(bytes(192), bytes(192)) == 0


def test_cuts_are_limited_in_number() -> None:
    finder = CutFinder()
    for index in range(200):
        finder.add(bytes([200 * (index // 10 % 2)] * 192), float(index))
    assert finder.cuts_s(3) == [10.0, 20.0, 30.0]


def test_missing_frames_of_a_steady_clip() -> None:
    whole = steady(100)
    assert missing_frames(whole) == 0
    assert missing_frames(whole[:40] + whole[47:]) == 7
    assert missing_frames([0.0]) == 0
    uneven = [sum(random.Random(i).random() for _ in range(3)) for i in range(60)]
    assert missing_frames(sorted(uneven)) == 0


def test_the_clock_never_runs_backwards() -> None:
    clock = Clock(9000, 1 / 90000, 0.04, may_jump=True)
    stamps = [9000, 12600, 16200, 9000, 12600, None, 900_000_000]
    times = [clock.time_s(stamp) for stamp in stamps]
    assert times == pytest.approx([0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24])


def test_a_pause_is_a_pause_outside_mpegts() -> None:
    clock = Clock(0, 0.001, 0.04, may_jump=False)
    assert [clock.time_s(stamp) for stamp in (0, 40, 30_040)] == pytest.approx([0, 0.04, 30.04])


def taken(times_s: list[float], rate_fps: float, burst: int) -> list[int]:
    rate = SteadyRate(rate_fps, burst)
    return [place for place, time_s in enumerate(times_s) if rate.takes(time_s)]


def test_a_stream_is_read_at_its_rate_with_bursts() -> None:
    found = taken(steady(75), 5.0, burst=4)
    bursts = [[start + step for step in range(4)] for start in (0, 20, 40, 60)]
    ticks = [place for place in range(0, 75, 5) if place % 20]
    assert found == sorted([*ticks, *(place for burst in bursts for place in burst)])
    assert taken(steady(30), 5.0, burst=1) == list(range(0, 30, 5))
    assert taken(steady(20), 25.0, burst=4) == list(range(20))


@pytest.mark.parametrize("rate_fps", [1.0, 2.0, 3.0, 10.0])
def test_no_step_of_a_stream_is_long_all_by_itself(rate_fps: float) -> None:
    """`CutFinder` would take it for a cut: what lies round it moved so much less."""
    times_s = steady(1500)
    kept = [times_s[place] for place in taken(times_s, rate_fps, STREAM_BURST)]
    steps = [after - before for before, after in pairwise(kept)]
    for place in range(2, len(steps) - 2):
        around = [*steps[place - 2 : place], *steps[place + 1 : place + 3]]
        assert steps[place] < 2 * max(around)
