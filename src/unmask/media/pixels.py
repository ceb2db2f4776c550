"""The worker's side of the pixels: frames leave raw through a pipe, one after the other.

A message on the socket announces each frame, then its RGB rows follow. A pipe and not shared
memory: fresh shared pages have to be zeroed and mapped one by one, which made the way out of the
worker 40 % dearer than copying through a pipe into large pages (benchmarks/sandbox.py), and a
worker with RLIMIT_FSIZE 0 may write to a pipe. The worker keeps nothing of a frame that has left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

Announce = Callable[[dict[str, Any]], None]


class PixelWriter:
    """Sends frames: `announce` takes the messages, descriptor `fd` the pixels.

    `bytes_max` is what all frames of a file may take together; `rows` holds what was announced,
    [width, height, index, time_s] of each frame.
    """

    def __init__(self, fd: int, bytes_max: int, announce: Announce) -> None:
        self._fd, self._bytes_max, self._announce = fd, bytes_max, announce
        self._used = 0
        self.rows: list[list[Any]] = []

    def reset(self) -> None:
        """Take all frames back: another pass over the file begins."""
        if self.rows:
            self._announce({"reset": True})
        self._used = 0
        self.rows.clear()

    def fits(self, width: int, height: int) -> bool:
        """True where one more frame of that size may be sent."""
        return self._used + width * height * 3 <= self._bytes_max

    def add(
        self,
        width: int,
        height: int,
        index: int,
        time_s: float,
        chunks: Iterable[bytes | memoryview],
    ) -> None:
        """Send a frame whose RGB rows are the `chunks`, together width*height*3 bytes.

        ValueError where the chunks are of another length: the stream would be out of step.
        """
        row = [width, height, index, round(time_s, 6)]
        self._announce({"frame": row})
        self.rows.append(row)
        self._used += width * height * 3
        missing = width * height * 3
        for chunk in chunks:
            rest = memoryview(chunk)
            missing -= len(rest)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        if missing:
            raise ValueError(f"expected {width * height * 3} bytes, got {missing} fewer")
