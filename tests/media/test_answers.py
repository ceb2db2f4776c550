"""The worker's answer is a stranger's: every lie about frames and facts must be caught."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import make_job
from odd_files import picture, write

from unmask.errors import ErrorKind, LimitError, RefusedError
from unmask.media.decoded import AnswerError, Decoded, read_answer
from unmask.media.pixels import PixelWriter
from unmask.media.source import Source, open_source
from unmask.media.wire import MESSAGE_BYTES_MAX, pack, unpack
from unmask.settings import Settings

SIZE = 1 << 24
GOOD: dict[str, Any] = {
    "kind": "video",
    "frames": [[0, 4, 2, 7, 0.5]],
    "fps": [30000, 1001],
    "duration": 2.0,
    "cuts": [1.0],
    "skipped": [["packets", "corrupt", 2]],
    "damaged": True,
}


@pytest.fixture
def buffer() -> Iterator[int]:
    fd = os.memfd_create("test")
    os.ftruncate(fd, SIZE)
    os.pwrite(fd, bytes(range(24)), 0)
    yield fd
    os.close(fd)


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Iterator[Source]:
    with open_source(write(tmp_path, "a.png", picture("PNG")), settings) as opened:
        yield opened


def read(answer: dict[str, Any], source: Source, buffer: int) -> Decoded:
    return read_answer(answer, source, make_job("mp4", source.bytes, Settings()), buffer)


def test_a_good_answer_is_read(source: Source, buffer: int) -> None:
    decoded = read(GOOD, source, buffer)
    (frame,) = decoded.frames
    assert np.array_equal(frame.image_rgb.ravel(), np.arange(24))
    assert frame.image_rgb.shape == (2, 4, 3)
    assert (frame.index, frame.time_s) == (7, 0.5)
    assert decoded.media.sha256 == source.sha256
    assert str(decoded.media.fps) == "30000/1001"
    assert decoded.cuts_s == (1.0,)
    assert decoded.damaged


LIES: dict[str, dict[str, Any]] = {
    "no frames": {"frames": []},
    "frames missing": {"frames": None},
    "too many frames": {"frames": [[0, 4, 2, i, 0.0] for i in range(33)]},
    "behind the buffer": {"frames": [[SIZE - 4096, 64, 64, 0, 0.0]]},
    "far behind the buffer": {"frames": [[4096 * 10**12, 4, 2, 0, 0.0]]},
    "before the buffer": {"frames": [[-4096, 4, 2, 0, 0.0]]},
    "between pages": {"frames": [[10, 4, 2, 0, 0.0]]},
    "no width": {"frames": [[0, 0, 2, 0, 0.0]]},
    "negative sides": {"frames": [[0, -4, -2, 0, 0.0]]},
    "giant sides": {"frames": [[0, 10**9, 1, 0, 0.0]]},
    "sides in words": {"frames": [[0, "4", 2, 0, 0.0]]},
    "truth as a number": {"frames": [[0, True, 2, 0, 0.0]]},
    "fractional place": {"frames": [[0.0, 4, 2, 0, 0.0]]},
    "negative index": {"frames": [[0, 4, 2, -1, 0.0]]},
    "index in words": {"frames": [[0, 4, 2, "1", 0.0]]},
    "negative time": {"frames": [[0, 4, 2, 0, -1.0]]},
    "time without number": {"frames": [[0, 4, 2, 0, float("nan")]]},
    "endless time": {"frames": [[0, 4, 2, 0, float("inf")]]},
    "short row": {"frames": [[0, 4]]},
    "unknown kind": {"kind": "sound"},
    "no kind": {"kind": None},
    "rate by zero": {"fps": [1, 0]},
    "rate in words": {"fps": "fast"},
    "endless duration": {"duration": float("inf")},
    "cuts in words": {"cuts": ["now"]},
    "negative cut": {"cuts": [-1.0]},
    "cuts missing": {"cuts": None},
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


@pytest.mark.parametrize("case", sorted(LIES))
def test_lies_are_caught(case: str, source: Source, buffer: int) -> None:
    with pytest.raises(AnswerError):
        read({**GOOD, **LIES[case]}, source, buffer)


def test_the_workers_own_errors_pass_through(source: Source, buffer: int) -> None:
    row = {"class": "refused", "kind": "corrupt", "message": "m" * 9999, "hint": "h"}
    with pytest.raises(RefusedError) as caught:
        read({"error": row}, source, buffer)
    assert caught.value.kind is ErrorKind.CORRUPT
    assert len(caught.value.message) == 400
    with pytest.raises(LimitError):
        read({"error": {**row, "class": "limit", "kind": "memory_limit"}}, source, buffer)


def test_messages_are_small_json_objects() -> None:
    assert unpack(pack({"a": 1})) == {"a": 1}
    with pytest.raises(ValueError, match="at most"):
        pack({"a": "x" * MESSAGE_BYTES_MAX})
    with pytest.raises(ValueError, match="JSON compliant"):
        pack({"a": float("nan")})
    with pytest.raises(TypeError, match="object"):
        unpack(b"[1]")


def test_the_writer_pages_its_frames_and_knows_its_end(buffer: int) -> None:
    writer = PixelWriter(buffer, 3 * 4096)
    for index in range(3):
        with writer.window(10, 10, index, index / 10) as memory:
            memory.write(bytes([index]) * 300)
    assert [row[0] for row in writer.frames] == [0, 4096, 8192]
    assert not writer.fits(1, 1)
    with pytest.raises(LimitError), writer.window(1, 1, 3, 0.0):
        pass
    with mmap.mmap(buffer, 3 * 4096) as memory:
        assert memory[4096 : 4096 + 300] == b"\x01" * 300
    writer.reset()
    assert writer.frames == []
    assert writer.fits(64, 64)
