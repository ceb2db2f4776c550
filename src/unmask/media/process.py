"""The worker process as its parent holds it: start, question and answer, end.

Four things tie the two together: a socket for messages (and the input's descriptor), a ring of
shared memory for pixels with a socket for its tokens, and a pipe on which nothing is ever written,
whose end tells the worker that we are gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from unmask.media.decoded import Reception
from unmask.media.ring import RingReader, create_ring
from unmask.media.wire import MESSAGE_BYTES_MAX, Job, pack, unpack
from unmask.settings import Settings
from unmask.types import Frame

_PACKAGE = Path(__file__).resolve().parent.parent
_LAST_WORDS_S = 2.0


class IdleDeathError(Exception):
    """The worker was gone before it got the file: no fault of the file."""


class CrashError(Exception):
    """The worker ended while it decoded."""


class WorkerProcess:
    """One worker process and the descriptors that tie it to us; OSError where it cannot start."""

    def __init__(self, settings: Settings) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._tokens, their_tokens = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        life_read, self._life = os.pipe2(os.O_CLOEXEC)
        ring_fd = create_ring()
        self._ring = RingReader(ring_fd, self._tokens.fileno())
        inherited = {
            "socket_fd": theirs.fileno(),
            "token_fd": their_tokens.fileno(),
            "ring_fd": ring_fd,
            "life_fd": life_read,
        }
        try:
            self.process = _spawn(inherited, settings)
        except BaseException:
            self._close()
            raise
        finally:
            theirs.close()
            their_tokens.close()
            os.close(ring_fd)
            os.close(life_read)

    def ask(self, job: Job, source_fd: int) -> tuple[dict[str, Any], list[Frame]]:
        """The worker's closing answer and the frames it sent before.

        TimeoutError when the clock runs out, AnswerError or ValueError where it talks nonsense.
        """
        deadline = time.monotonic() + job.clock_s
        self._send(job, source_fd)
        reception = Reception(job)
        while True:
            message = self._message(deadline)
            if not reception.take(message, lambda room: self._fill(room, deadline)):
                return message, reception.frames

    def stream(
        self, job: Job, source_fd: int
    ) -> Generator[Frame, None, tuple[dict[str, Any], list[Frame]]]:
        """Frame after frame as they are asked for; returns the closing answer and the first frame.

        As `ask`, but the clock is that of each frame, and no other frame is kept.
        """
        self._send(job, source_fd)
        reception = Reception(job)
        first: list[Frame] = []
        while True:
            deadline = time.monotonic() + job.clock_s
            message = self._message(deadline)
            if not reception.take(message, partial(self._fill, deadline=deadline)):
                return message, first
            for frame in reception.drain():
                first = first or [frame]
                yield frame

    def _send(self, job: Job, source_fd: int) -> None:
        self._channel.settimeout(job.clock_s)
        try:
            socket.send_fds(self._channel, [pack(job._asdict())], [source_fd])
        except (BrokenPipeError, ConnectionResetError):
            raise IdleDeathError from None

    def stop(self, *, ending: bool = False) -> int:
        """End the process, its group included; the exit status (negative: the signal).

        `ending` gives a process that is ending by itself the time to say why.
        """
        if ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_LAST_WORDS_S)
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self._close()
        return self.process.wait()

    def _close(self) -> None:
        self._channel.close()
        self._tokens.close()
        self._ring.close()
        os.close(self._life)

    def _message(self, deadline: float) -> dict[str, Any]:
        self._channel.settimeout(_left_s(deadline))
        try:
            data = self._channel.recv(MESSAGE_BYTES_MAX)
        except ConnectionResetError:
            data = b""
        if not data:
            raise CrashError
        return unpack(data)

    def _fill(self, room: memoryview, deadline: float) -> None:
        """Read pixels until `room` is full."""
        poll = select.poll()
        poll.register(self._tokens, select.POLLIN)

        def wait() -> None:
            if not poll.poll(_left_s(deadline) * 1000):
                raise TimeoutError

        try:
            self._ring.fill(room, wait)
        except (EOFError, ConnectionError):
            raise CrashError from None


def _left_s(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _spawn(inherited: dict[str, int], settings: Settings) -> subprocess.Popen[bytes]:
    options = {
        **inherited,
        "package": str(_PACKAGE),
        "sys_path": [entry for entry in sys.path if Path(entry).is_absolute()],
        "memory_bytes": settings.worker_memory_bytes,
        "open_files": settings.worker_open_files,
    }
    script = str(_PACKAGE / "media" / "worker.py")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", script, json.dumps(options)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ},
        pass_fds=tuple(inherited.values()),
        start_new_session=True,
    )
