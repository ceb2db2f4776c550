"""The sandbox: confinement, crashes, clocks, orphans, and equal bits for equal files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from odd_files import gif_bomb, moving, picture, png, video, write
from PIL import Image

from unmask.errors import ErrorKind, LimitError, RefusedError, UnmaskError
from unmask.media.process import WorkerProcess
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import Source, open_source
from unmask.settings import Settings

PATIENCE_S = 60  # of the tests, on a busy machine


@pytest.fixture
def own(settings: Settings) -> Iterator[Decoder]:
    """A decoder of this test alone: it will be hurt."""
    with Decoder(settings) as decoder:
        yield decoder


@pytest.fixture
def card(tmp_path: Path, settings: Settings) -> Iterator[Source]:
    with open_source(write(tmp_path, "card.png", picture("PNG")), settings) as source:
        yield source


@pytest.fixture
def slow(tmp_path: Path, settings: Settings) -> Iterator[Source]:
    """A file that keeps the worker busy for three seconds (the budget of an animation)."""
    with open_source(write(tmp_path, "slow.gif", gif_bomb()), settings) as source:
        yield source


def pid_of(decoder: Decoder) -> int:
    assert decoder.worker_pid is not None
    return decoder.worker_pid


def state_of(pid: int) -> str:
    """The process's state letter; "gone" where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def error_of(decoder: Decoder, source: Source) -> UnmaskError:
    with pytest.raises(UnmaskError) as caught:
        decoder.decode(source)
    assert caught.value.hint
    return caught.value


# --- confinement ------------------------------------------------------------------------------


def test_the_worker_is_confined(own: Decoder, card: Source, settings: Settings) -> None:
    own.decode(card)
    pid = pid_of(own)
    limits = {}
    for line in Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]:
        limits[line[:26].strip()] = line[26:].split()[:2]
    assert limits["Max address space"] == [str(settings.worker_memory_bytes)] * 2
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == [str(settings.worker_open_files)] * 2
    soft, hard = limits["Max cpu time"]
    assert int(soft) < int(hard) == 3600
    assert os.getsid(pid) == pid != os.getsid(0)
    assert os.getpgid(pid) == pid


def test_the_worker_loads_no_model_stack(own: Decoder, card: Source, tmp_path: Path) -> None:
    own.decode(card)
    with open_source(write(tmp_path, "a.mp4", video("mp4", moving(3))), Settings()) as clip:
        own.decode(clip)
    mapped = Path(f"/proc/{pid_of(own)}/maps").read_text()
    for library in ("onnxruntime", "torch", "cv2", "pydantic", "numpy", "typst"):
        assert library not in mapped
    assert "libavcodec" in mapped  # the probe sees what is there


def test_the_worker_inherits_nothing(own: Decoder, card: Source) -> None:
    own.decode(card)
    open_files = [str(p.readlink()) for p in Path(f"/proc/{pid_of(own)}/fd").iterdir()]
    plain = [name for name in open_files if not name.startswith(("socket:", "pipe:"))]
    assert set(plain) == {"/dev/null", "/memfd:unmask-frames (deleted)"}
    assert len(open_files) == 7  # the null device thrice, the ring, two sockets, a pipe
    assert b"HOME=" not in Path(f"/proc/{pid_of(own)}/environ").read_bytes()


def test_the_worker_has_no_network_where_the_kernel_allows(own: Decoder, card: Source) -> None:
    own.decode(card)
    flag = "--net" if os.geteuid() == 0 else "-Urn"
    allowed = subprocess.run(["unshare", flag, "true"], capture_output=True, check=False)
    ours, theirs = (Path(f"/proc/{who}/ns/net").readlink() for who in ("self", pid_of(own)))
    assert (ours != theirs) == (allowed.returncode == 0)


# --- crashes and clocks -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_worker_killed_in_the_middle_costs_one_file(
    number: signal.Signals, own: Decoder, card: Source, slow: Source
) -> None:
    own.decode(card)
    pid = pid_of(own)
    killer = threading.Timer(0.4, os.kill, (pid, number))
    killer.start()
    error = error_of(own, slow)
    killer.join()
    assert isinstance(error, RefusedError)
    assert error.kind is ErrorKind.DECODER_CRASH
    assert own.worker_pid is None
    assert state_of(pid) == "gone"
    assert len(own.decode(card).frames) == 1
    assert own.worker_pid != pid


def test_a_worker_that_died_idle_is_replaced_unnoticed(own: Decoder, card: Source) -> None:
    own.decode(card)
    pid = pid_of(own)
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: state_of(pid) in "ZX")
    assert len(own.decode(card).frames) == 1
    assert own.worker_pid != pid


def test_the_clock_ends_a_slow_file_and_not_the_next(
    card: Source, slow: Source, tmp_path: Path
) -> None:
    with Decoder(Settings(image_clock_s=1.0)) as decoder:
        pid = pid_of(decoder)
        os.kill(pid, signal.SIGSTOP)  # it will answer nothing, however fast the machine is
        error = error_of(decoder, slow)
        assert isinstance(error, LimitError)
        assert error.kind is ErrorKind.TIME_LIMIT
        assert state_of(pid) == "gone"
    with Decoder(Settings()) as decoder:
        assert len(decoder.decode(card).frames) == 1


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGALRM])
def test_the_workers_own_clocks_are_told_apart_from_crashes(
    number: signal.Signals, own: Decoder, slow: Source
) -> None:
    killer = threading.Timer(0.4, os.kill, (pid_of(own), number))
    killer.start()
    error = error_of(own, slow)
    killer.join()
    assert error.kind is ErrorKind.TIME_LIMIT


def test_too_much_memory_is_a_limit(card: Source, tmp_path: Path, settings: Settings) -> None:
    rows = (b"\0" + bytes(3 * 7000)) * 7000  # 49 megapixels, which Pillow holds in 196 MB
    bomb = write(tmp_path, "bomb.png", png(7000, 7000, 8, 2, rows))
    tight = Settings(worker_memory_bytes=200 * 2**20)
    with Decoder(tight) as decoder, open_source(bomb, settings) as source:
        error = error_of(decoder, source)
        assert isinstance(error, LimitError)
        assert error.kind is ErrorKind.MEMORY_LIMIT
        assert len(decoder.decode(card).frames) == 1


def test_an_interrupted_question_is_not_answered_later(
    own: Decoder, card: Source, slow: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> dict:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(WorkerProcess, "ask", interrupt)
        with pytest.raises(KeyboardInterrupt):
            own.decode(slow)
    assert own.decode(card).media.format == "png"


def test_a_lying_worker_is_a_broken_worker(
    own: Decoder, card: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = pid_of(own)
    with monkeypatch.context() as patch:
        patch.setattr(WorkerProcess, "_message", lambda *_: {"frame": [9**9, 9, 0, 0.0]})
        assert error_of(own, card).kind is ErrorKind.DECODER_CRASH
    assert state_of(pid) == "gone"
    assert len(own.decode(card).frames) == 1


# --- no orphans -------------------------------------------------------------------------------

PARENT = """
import sys, threading
from pathlib import Path
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings
decoder = Decoder(Settings())
source = open_source(Path(sys.argv[1]), Settings())
print(decoder.worker_pid, flush=True)
if sys.argv[2] == "busy":
    decoder.decode(source)
threading.Event().wait()
"""


@pytest.mark.parametrize("business", ["idle", "busy"])
def test_a_killed_parent_leaves_no_worker(business: str, tmp_path: Path) -> None:
    path = write(tmp_path, "slow.gif", gif_bomb())
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path), business], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.5)
        assert state_of(worker) not in {"gone", "Z"}
        parent.kill()
    assert wait_for(lambda: state_of(worker) in {"gone", "Z", "X"})


def test_a_thread_that_ends_takes_no_worker_along(card: Source, settings: Settings) -> None:
    made: list[Decoder] = []
    thread = threading.Thread(target=lambda: made.append(Decoder(settings)))
    thread.start()
    thread.join()
    with made[0] as decoder:
        decoder.decode(card)
        pid = pid_of(decoder)
        time.sleep(0.2)
        decoder.decode(card)
        assert decoder.worker_pid == pid


def test_closing_leaves_nothing(card: Source, settings: Settings) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    decoder = Decoder(settings)
    decoder.decode(card)
    pid = pid_of(decoder)
    decoder.close()
    decoder.close()
    assert state_of(pid) == "gone"
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(ValueError, match="open decoder"):
        decoder.decode(card)


# --- equal bits -------------------------------------------------------------------------------


def same(left: Decoded, right: Decoded) -> bool:
    pairs = zip(left.frames, right.frames, strict=True)
    return (
        left.media == right.media
        and left.cuts_s == right.cuts_s
        and left.skipped == right.skipped
        and left.damaged == right.damaged
        and all(
            (a.index, a.time_s) == (b.index, b.time_s) and np.array_equal(a.image_rgb, b.image_rgb)
            for a, b in pairs
        )
    )


def _clip(damaged: bool) -> bytes:
    rng = np.random.default_rng(1)
    cards = [
        np.clip(card + rng.integers(-20, 20, card.shape), 0, 255).astype(np.uint8)
        for card in moving(60, 160, 120)
    ]
    clip = bytearray(video("mpegts", cards, options={"preset": "veryfast", "g": "30"}))
    if damaged:
        for at in rng.integers(1000, len(clip) - 1000, 40):
            clip[at : at + 8] = rng.bytes(8)
    return bytes(clip)


@pytest.mark.parametrize("damaged", [False, True])
def test_the_same_file_gives_the_same_bits(
    damaged: bool,
    tmp_path: Path,
    decoder: Decoder,
    own: Decoder,
    settings: Settings,
) -> None:
    with open_source(write(tmp_path, "a.ts", _clip(damaged)), settings) as source:
        first = decoder.decode(source)
        assert first.damaged == damaged
        for _ in range(3):
            assert same(first, decoder.decode(source))
        assert same(first, own.decode(source))


def test_two_decoders_and_many_threads_agree(
    tmp_path: Path, decoder: Decoder, own: Decoder, settings: Settings, card: Source
) -> None:
    with open_source(write(tmp_path, "a.ts", _clip(damaged=False)), settings) as source:
        expected = decoder.decode(source)
        results: list[bool] = []

        def work(which: Decoder) -> None:
            results.append(same(expected, which.decode(source)))
            results.append(which.decode(card).media.format == "png")

        threads = [threading.Thread(target=work, args=(d,)) for d in (decoder, own) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [True] * 8


def test_frames_outlive_the_decoder_and_cannot_be_written(
    tmp_path: Path, settings: Settings
) -> None:
    path = write(tmp_path, "a.bmp", picture("BMP", Image.new("RGB", (64, 64), (1, 2, 3))))
    with Decoder(settings) as decoder, open_source(path, settings) as source:
        frame = decoder.decode(source).frames[0]
    assert (frame.image_rgb == (1, 2, 3)).all()
    assert frame.image_rgb.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        frame.image_rgb[0, 0] = 0
