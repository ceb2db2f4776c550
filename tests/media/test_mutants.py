"""A thousand seeded mutants of small sound files: refused or read, never more than that."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from odd_files import animation, heic, moving, picture, video, write
from PIL import Image

from unmask.errors import ErrorKind, UnmaskError
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.settings import Settings

MUTANTS_EACH = 100
SECONDS_EACH = 20  # no single mutant may take longer, even on a busy machine
PEAK_KIB_MAX = 700 * 1024  # of the worker, over all mutants of a seed file
FRAMES = 8


def _noisy() -> Image.Image:
    rng = np.random.default_rng(8)
    return Image.fromarray(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))


SEEDS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: picture("JPEG", _noisy()),
    "png": lambda: picture("PNG", _noisy()),
    "gif": lambda: animation("GIF", 6),
    "webp": lambda: picture("WEBP", _noisy()),
    "avif": lambda: picture("AVIF", _noisy()),
    "heic": heic,
    "mp4": lambda: video("mp4", moving(12)),
    "mkv": lambda: video("matroska", moving(12)),
    "avi": lambda: video("avi", moving(12), codec="mpeg4", options={}),
    "mpegts": lambda: video("mpegts", moving(12)),
}


def mutate(data: bytes, rng: random.Random) -> bytes:
    """One to three injuries: flipped bits, cuts, swaps, holes, repeats, extreme numbers."""
    mutant = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        INJURIES[rng.randrange(len(INJURIES))](mutant, rng)
    return bytes(mutant)


def _span(data: bytearray, rng: random.Random, most: int = 64) -> slice:
    start = rng.randrange(max(1, len(data)))
    return slice(start, start + rng.randint(1, most))


def _flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 16)):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _drop(data: bytearray, rng: random.Random) -> None:
    del data[_span(data, rng)]


def _blank(data: bytearray, rng: random.Random) -> None:
    span = _span(data, rng)
    data[span] = bytes(len(data[span]))


def _extreme(data: bytearray, rng: random.Random) -> None:
    span = _span(data, rng, 4)
    data[span] = rng.choice([b"\xff", b"\x7f", b"\x80"]) * len(data[span])


def _repeat(data: bytearray, rng: random.Random) -> None:
    span = _span(data, rng)
    data[span] = data[span] * rng.randint(2, 20)


def _swap(data: bytearray, rng: random.Random) -> None:
    half = len(data) // 2
    length = rng.randint(1, 64)
    left, right = rng.randrange(max(1, half)), half + rng.randrange(max(1, half))
    one, other = data[left : left + length], data[right : right + length]
    data[right : right + length], data[left : left + length] = one, other


INJURIES = (_flip, _cut, _drop, _blank, _extreme, _repeat, _swap)


def check(decoded: Decoded) -> None:
    """What every caller may rely on, whatever the file was."""
    assert 1 <= len(decoded.frames) <= 16
    indices = [frame.index for frame in decoded.frames]
    assert indices == sorted(set(indices))
    times = [frame.time_s for frame in decoded.frames]
    assert times == sorted(times)
    for frame in decoded.frames:
        height, width = frame.image_rgb.shape[:2]
        assert 1 <= width <= 16384
        assert 1 <= height <= 16384
        frame.image_rgb.max()  # every page can be read


def peak_kib(pid: int) -> int:
    """The most memory the process has held, KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


@pytest.mark.slow
@pytest.mark.parametrize("file_format", sorted(SEEDS))
def test_mutants_are_refused_or_read(file_format: str, tmp_path: Path, settings: Settings) -> None:
    data = SEEDS[file_format]()
    outcomes: Counter[str] = Counter()
    with Decoder(settings) as decoder:
        first_pid = decoder.worker_pid
        for seed in range(MUTANTS_EACH):
            path = write(tmp_path, "mutant", mutate(data, random.Random(seed)))
            started = time.monotonic()
            try:
                with open_source(path, settings) as source:
                    check(decoder.decode(source, FRAMES))
                    outcomes["read"] += 1
            except UnmaskError as error:
                outcomes[str(error.kind) if error.hint else "no hint"] += 1
            assert time.monotonic() - started < SECONDS_EACH, f"mutant {seed}"
        assert decoder.worker_pid is not None
        assert peak_kib(decoder.worker_pid) < PEAK_KIB_MAX
    assert sum(outcomes.values()) == MUTANTS_EACH
    assert not {ErrorKind.DECODER_CRASH, "no hint"} & outcomes.keys(), outcomes
    assert decoder.worker_pid is None
    assert first_pid is not None
    assert not Path(f"/proc/{first_pid}").exists()
    assert len(outcomes) > 1  # the injuries do hurt, and do not always kill


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["mp4", "mpegts", "mkv"])
def test_damaged_clips_give_the_same_bits_twice(
    file_format: str, tmp_path: Path, decoder: Decoder, settings: Settings
) -> None:
    data = SEEDS[file_format]()
    compared = 0
    for seed in range(40):
        mutant = bytearray(data)
        rng = random.Random(1000 + seed)
        for _ in range(6):
            mutant[rng.randrange(len(data) // 3, len(data))] ^= 1 << rng.randrange(8)
        try:
            with open_source(write(tmp_path, "mutant", bytes(mutant)), settings) as source:
                first, second = (decoder.decode(source, FRAMES) for _ in range(2))
        except UnmaskError:
            continue
        compared += 1
        for one, other in zip(first.frames, second.frames, strict=True):
            assert (one.index, one.time_s) == (other.index, other.time_s)
            assert np.array_equal(one.image_rgb, other.image_rgb)
    assert compared > 5
