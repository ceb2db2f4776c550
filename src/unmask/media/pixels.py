"""The worker's side of the pixel buffer: frames are written raw into memory the parent will map.

The parent makes the buffer (a sealed memfd of fixed size, sparse until written), because a worker
with RLIMIT_FSIZE 0 can neither grow a file nor write to one; it can fill mapped pages. Each frame
starts on a page of its own and is unmapped once it is complete, so that it costs memory once.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from unmask.errors import ErrorKind, LimitError
from unmask.media.wire import PAGE


class PixelWriter:
    """Appends frames to the buffer behind descriptor `fd` of `size` bytes."""

    def __init__(self, fd: int, size: int) -> None:
        self._fd = fd
        self._size = size
        self._end = 0
        self.frames: list[list[Any]] = []

    def reset(self) -> None:
        """Forget all frames: the next pass writes over them."""
        self._end = 0
        self.frames.clear()

    def fits(self, width: int, height: int) -> bool:
        """True where one more frame of that size can be written."""
        return self._end + width * height * 3 <= self._size

    @contextmanager
    def window(self, width: int, height: int, index: int, time_s: float) -> Iterator[mmap.mmap]:
        """Mapped memory of width*height*3 bytes to fill with RGB rows; listed when it is left.

        LimitError where the buffer is full.
        """
        length = width * height * 3
        if not self.fits(width, height):
            raise LimitError(
                ErrorKind.MEMORY_LIMIT,
                f"the frames need more than {self._size >> 20} MiB",
                "sample fewer frames, or make the picture smaller",
            )
        flags = mmap.MAP_SHARED | mmap.MAP_POPULATE
        with mmap.mmap(self._fd, length, flags=flags, offset=self._end) as memory:
            yield memory
        self.frames.append([self._end, width, height, index, round(time_s, 6)])
        self._end += -(-length // PAGE) * PAGE
