"""Long clips: only the needed groups of pictures are decoded, and the frames stay the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from in_process import Result, decode_here
from odd_files import moving, video, write

from unmask.media import videos
from unmask.media.packets import Scan, plan_stretches

GROUPS = {"preset": "veryfast", "g": "20", "keyint_min": "20"}
CLIPS = {
    "H.264 with B frames": ("mp4", "libx264", GROUPS),
    "H.264 with open groups": ("mkv", "libx264", {**GROUPS, "x264-params": "open-gop=1"}),
    "H.265": ("mp4", "libx265", {"x265-params": "log-level=none:keyint=20:min-keyint=20"}),
    "VP9": ("webm", "libvpx-vp9", {"g": "20"}),
}
MUXERS = {"mkv": "matroska"}


def both_ways(path: Path, file_format: str, patch: pytest.MonkeyPatch) -> tuple[Result, Result]:
    """The clip decoded in full, and in stretches; the second must not fall back to the first."""
    full = decode_here(path, file_format, frames=8, burst=2)
    with patch.context() as change:
        change.setattr(videos, "LONG_PIXELS", 0)
        change.setattr(videos._Pass, "run", None)  # a fall-back would call it
        return full, decode_here(path, file_format, frames=8, burst=2)


@pytest.mark.parametrize("case", sorted(CLIPS))
def test_stretches_give_the_same_frames(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_format, codec, options = CLIPS[case]
    muxer = MUXERS.get(file_format, file_format)
    path = write(tmp_path, "long", video(muxer, moving(200), codec=codec, options=options))
    full, skipped = both_ways(path, file_format, monkeypatch)
    assert skipped.rows == full.rows
    assert len(skipped.rows) == 8
    for one, other in zip(full.images, skipped.images, strict=True):
        assert np.array_equal(one, other)
    assert skipped.facts["duration"] == full.facts["duration"]
    assert skipped.facts["damaged"] is False


def test_stretches_leave_most_packets_alone() -> None:
    marks = [(place * 512, place % 25 == 0) for place in range(1000)]
    scan = Scan([p / 25 for p in range(1000)], 0, 1 / 12800, 0.04, None, [], marks)
    plan = plan_stretches(scan, (100, 101, 610, 611))
    assert plan is not None
    assert plan.ranges == [range(100, 118), range(600, 628)]
    assert plan.index_of[512 * 610] == 610


def test_stretches_that_touch_are_joined() -> None:
    marks = [(place, place % 25 == 0) for place in range(200)]
    scan = Scan([p / 25 for p in range(200)], 0, 0.04, 0.04, None, [], marks)
    plan = plan_stretches(scan, (10, 20, 40))
    assert plan is not None
    assert plan.ranges == [range(57)]


def test_without_stamps_or_key_frames_there_is_no_plan() -> None:
    times = [p / 25 for p in range(50)]
    assert plan_stretches(Scan(times, 0, 0.04, 0.04, None, [], []), (3,)) is None
    marks = [(place, False) for place in range(50)]
    assert plan_stretches(Scan(times, 0, 0.04, 0.04, None, [], marks), (3,)) is None


def test_a_long_clip_with_damage_is_decoded_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = bytearray(video("mp4", moving(200), options=GROUPS))
    start, stop = clip.index(b"mdat") + 4, clip.index(b"moov") - 4
    rng = np.random.default_rng(4)
    for at in rng.integers(start + (stop - start) // 3, stop - 6, 30):
        clip[at : at + 6] = rng.bytes(6)
    monkeypatch.setattr(videos, "LONG_PIXELS", 0)
    result = decode_here(write(tmp_path, "long", bytes(clip)), "mp4", frames=32)
    assert result.facts["damaged"] is True
    assert len(result.rows) == 32


def test_a_small_buffer_gives_fewer_frames_over_the_whole_clip(tmp_path: Path) -> None:
    path = write(tmp_path, "long", video("mp4", moving(200), options=GROUPS))
    result = decode_here(path, "mp4", frame_bytes_max=12 * 64 * 48 * 3)
    assert len(result.rows) == 12
    assert result.rows[-1][2] > 150  # the end of the clip is not what is left out
    assert result.facts["skipped"] == [["frames", "limit", 20]]
