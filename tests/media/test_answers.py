"""The worker's messages are a stranger's: every lie about frames and facts must be caught."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import FileSink, make_job
from odd_files import picture, write

from unmask.errors import ErrorKind, LimitError, RefusedError
from unmask.media.decoded import AnswerError, Reception, read_answer
from unmask.media.pixels import PixelWriter
from unmask.media.source import Source, open_source
from unmask.media.wire import MESSAGE_BYTES_MAX, pack, unpack
from unmask.settings import Settings

FACTS: dict[str, Any] = {
    "kind": "video",
    "fps": [30000, 1001],
    "duration": 2.0,
    "cuts": [1.0],
    "skipped": [["packets", "corrupt", 2]],
    "damaged": True,
}
ROW = [4, 2, 7, 0.5, 23.4]


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Iterator[Source]:
    with open_source(write(tmp_path, "a.png", picture("PNG")), settings) as opened:
        yield opened


def count_up(room: memoryview) -> None:
    room[:] = bytes(range(len(room)))


def receive(*rows: object) -> Reception:
    """The reception after the announcement of these frames."""
    reception = Reception(make_job("mp4", 100, Settings()))
    for row in rows:
        assert reception.take({"frame": row}, count_up)
    return reception


def test_a_good_answer_is_read(source: Source) -> None:
    decoded = read_answer(FACTS, receive(ROW).frames, source)
    (frame,) = decoded.frames
    assert np.array_equal(frame.image_rgb.ravel(), np.arange(24))
    assert frame.image_rgb.shape == (2, 4, 3)
    assert (frame.index, frame.time_s, frame.h264_qp) == (7, 0.5, 23.4)
    assert decoded.media.sha256 == source.sha256
    assert str(decoded.media.fps) == "30000/1001"
    assert decoded.cuts_s == (1.0,)
    assert decoded.damaged


def test_a_reset_takes_the_frames_back() -> None:
    reception = receive(ROW, ROW)
    assert reception.take({"reset": True}, count_up)
    assert reception.frames == []
    assert not reception.take(FACTS, count_up)


FALSE_FRAMES: dict[str, object] = {
    "no row": None,
    "short row": [4, 2, 0, 0.0],
    "long row": [4, 2, 0, 0.0, None, 1],
    "row in words": "abcd",
    "no width": [0, 2, 0, 0.0, None],
    "negative sides": [-4, -2, 0, 0.0, None],
    "giant side": [10**9, 1, 0, 0.0, None],
    "all sides too large": [8192, 8192, 0, 0.0, None],
    "side in words": ["4", 2, 0, 0.0, None],
    "side as a list": [[4], 2, 0, 0.0, None],
    "truth as a number": [True, 2, 0, 0.0, None],
    "fractional side": [4.0, 2, 0, 0.0, None],
    "negative index": [4, 2, -1, 0.0, None],
    "index in words": [4, 2, "1", 0.0, None],
    "negative time": [4, 2, 0, -1.0, None],
    "time that is no number": [4, 2, 0, float("nan"), None],
    "endless time": [4, 2, 0, float("inf"), None],
    "time in words": [4, 2, 0, "0", None],
    "negative quantiser": [4, 2, 0, 0.0, -1.0],
    "quantiser that is no number": [4, 2, 0, 0.0, float("nan")],
    "quantiser in words": [4, 2, 0, 0.0, "fine"],
}


@pytest.mark.parametrize("case", sorted(FALSE_FRAMES))
def test_false_frames_are_caught_before_pixels_are_read(case: str) -> None:
    def fail(room: memoryview) -> None:
        raise AssertionError("pixels were read")

    reception = receive()
    with pytest.raises(AnswerError):
        reception.take({"frame": FALSE_FRAMES[case]}, fail)


def test_too_many_frames_are_caught() -> None:
    reception = receive(*[ROW] * 32)
    with pytest.raises(AnswerError, match="at most 32 frames"):
        reception.take({"frame": ROW}, count_up)


def test_more_memory_than_agreed_is_not_taken() -> None:
    reception = Reception(make_job("mp4", 100, Settings())._replace(frame_bytes_max=30))
    assert reception.take({"frame": ROW}, count_up)
    with pytest.raises(AnswerError, match="at most 6 bytes"):
        reception.take({"frame": ROW}, count_up)


FALSE_FACTS: dict[str, dict[str, Any]] = {
    "unknown kind": {"kind": "sound"},
    "no kind": {"kind": None},
    "rate by zero": {"fps": [1, 0]},
    "rate in words": {"fps": "fast"},
    "endless duration": {"duration": float("inf")},
    "cuts in words": {"cuts": ["now"]},
    "negative cut": {"cuts": [-1.0]},
    "no cuts": {"cuts": None},
    "skipped in words": {"skipped": ["all"]},
    "skipped without count": {"skipped": [["a", "b", "c"]]},
    "error of unknown kind": {
        "error": {"class": "refused", "kind": "x", "message": "", "hint": ""}
    },
    "error of unknown class": {
        "error": {"class": "bug", "kind": "corrupt", "message": "", "hint": ""}
    },
    "error in words": {"error": "no"},
}


@pytest.mark.parametrize("case", sorted(FALSE_FACTS))
def test_false_facts_are_caught(case: str, source: Source) -> None:
    with pytest.raises(AnswerError):
        read_answer({**FACTS, **FALSE_FACTS[case]}, receive(ROW).frames, source)


def test_an_answer_without_frames_is_false(source: Source) -> None:
    with pytest.raises(AnswerError):
        read_answer(FACTS, [], source)


def test_the_workers_own_errors_pass_through(source: Source) -> None:
    row = {"class": "refused", "kind": "corrupt", "message": "m" * 9999, "hint": "h"}
    with pytest.raises(RefusedError) as caught:
        read_answer({"error": row}, [], source)
    assert caught.value.kind is ErrorKind.CORRUPT
    assert len(caught.value.message) == 400
    with pytest.raises(LimitError):
        read_answer({"error": {**row, "class": "limit", "kind": "memory_limit"}}, [], source)


def test_messages_are_small_json_objects() -> None:
    assert unpack(pack({"a": 1})) == {"a": 1}
    with pytest.raises(ValueError, match="at most"):
        pack({"a": "x" * MESSAGE_BYTES_MAX})
    with pytest.raises(ValueError, match="JSON compliant"):
        pack({"a": float("nan")})
    with pytest.raises(TypeError, match="object"):
        unpack(b"[1]")


def test_the_writer_announces_counts_and_takes_back() -> None:
    messages: list[dict[str, Any]] = []
    read_end, write_end = os.pipe()
    writer = PixelWriter(FileSink(write_end), 600, messages.append)
    writer.add(10, 10, 0, 0.1234567, [b"a" * 100, memoryview(b"b" * 200)], 23.456)
    assert os.read(read_end, 1000) == b"a" * 100 + b"b" * 200
    assert messages == [{"frame": [10, 10, 0, 0.123457, 23.46]}]
    assert writer.fits(10, 10)
    assert not writer.fits(10, 11)
    with pytest.raises(ValueError, match="expected 300 bytes"):
        writer.add(10, 10, 1, 0.2, [b"short"])
    writer.reset()
    assert messages[-1] == {"reset": True}
    assert writer.rows == []
    assert writer.fits(10, 20)
    os.close(read_end)
    os.close(write_end)
