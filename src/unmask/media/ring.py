"""The way of the pixels out of the worker: a small ring of shared memory, used again and again.

The worker copies a frame into slot after slot and passes a token for each through a socket; the
parent copies the slot out and passes the token back. Pages of so small a ring are mapped once and
stay in the cache, so that two plain copies are all it costs: 43 + 14 ms for 200 MB against 63 + 35
through a pipe, whose pages are allocated and freed one by one, and more than that with fresh
shared pages for every frame (benchmarks/sandbox.py). The memory is sealed: a worker that has been
taken over cannot shrink it under the parent's feet, and whatever it writes there is only pixels.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Callable

SLOT_BYTES = 1 << 20
SLOTS = 4
_TOKEN = b"\1"
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


def create_ring() -> int:
    """A descriptor of fresh shared memory of the ring's size, sealed; OSError where there is none.

    It is passed to the worker, and both sides map it.
    """
    fd = os.memfd_create("unmask-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(fd, SLOT_BYTES * SLOTS)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    except OSError:
        os.close(fd)
        raise
    return fd


class RingWriter:
    """The worker's end: `write` what belongs to a frame, then `flush` it."""

    def __init__(self, ring_fd: int, token_fd: int) -> None:
        self._memory = memoryview(mmap.mmap(ring_fd, SLOT_BYTES * SLOTS))
        self._tokens = token_fd
        self._slot = self._at = 0
        self._free = SLOTS

    def write(self, data: bytes | memoryview) -> None:
        """Pass bytes on; waits where the parent is behind."""
        rest = memoryview(data)
        while rest:
            if self._at == 0:
                self._take_slot()
            count = min(len(rest), SLOT_BYTES - self._at)
            start = self._slot * SLOT_BYTES + self._at
            self._memory[start : start + count] = rest[:count]
            self._at += count
            rest = rest[count:]
            if self._at == SLOT_BYTES:
                self._pass_on()

    def flush(self) -> None:
        """Pass on what is left in the last slot of a frame."""
        if self._at:
            self._pass_on()

    def _take_slot(self) -> None:
        if self._free == 0:
            self._free = len(os.read(self._tokens, SLOTS))
            if self._free == 0:
                raise BrokenPipeError
        self._free -= 1

    def _pass_on(self) -> None:
        os.write(self._tokens, _TOKEN)
        self._slot, self._at = (self._slot + 1) % SLOTS, 0


class RingReader:
    """The parent's end; `fill` reads a frame."""

    def __init__(self, ring_fd: int, token_fd: int) -> None:
        self._map = mmap.mmap(ring_fd, SLOT_BYTES * SLOTS, prot=mmap.PROT_READ)
        self._tokens = token_fd
        self._slot = 0

    def fill(self, room: memoryview, wait: Callable[[], None]) -> None:
        """Fill `room` with the next frame; `wait` returns when a token can be read, or raises.

        EOFError or ConnectionError where the worker is gone.
        """
        with memoryview(self._map) as memory:
            while room:
                wait()
                if not os.read(self._tokens, 1):
                    raise EOFError
                count, start = min(len(room), SLOT_BYTES), self._slot * SLOT_BYTES
                room[:count] = memory[start : start + count]
                os.write(self._tokens, _TOKEN)
                self._slot = (self._slot + 1) % SLOTS
                room = room[count:]

    def close(self) -> None:
        """Give the memory back."""
        self._map.close()
