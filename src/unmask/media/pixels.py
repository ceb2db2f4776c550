"""The worker's side of the pixels: frames leave raw, one after the other.

A message on the socket announces each frame, then its RGB rows follow through the ring of shared
memory (`ring.py`). The worker keeps nothing of a frame that has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

Announce = Callable[[dict[str, Any]], None]


class Sink(Protocol):
    """Where the pixels go."""

    def write(self, data: bytes | memoryview) -> None:
        """Pass bytes on."""
        ...

    def flush(self) -> None:
        """The frame is complete."""
        ...


class PixelWriter:
    """Sends frames: `announce` takes the messages, `sink` the pixels.

    `bytes_max` is what all frames of a file may take together; `rows` holds what was announced,
    [width, height, index, time_s, h264_qp] of each frame.
    """

    def __init__(self, sink: Sink, bytes_max: int, announce: Announce) -> None:
        self._sink, self._bytes_max, self._announce = sink, bytes_max, announce
        self._used = 0
        self.rows: list[list[Any]] = []

    def reset(self) -> None:
        """Take all frames back: another pass over the file begins."""
        if self.rows:
            self._announce({"reset": True})
        self._used = 0
        self.rows.clear()

    def forget(self) -> None:
        """Start the count of frames and bytes over: in a stream nobody keeps what was sent."""
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
        h264_qp: float | None = None,
    ) -> None:
        """Send a frame whose RGB rows are the `chunks`, together width*height*3 bytes.

        ValueError where the chunks are of another length: the stream would be out of step.
        """
        qp = None if h264_qp is None else round(h264_qp, 2)
        row = [width, height, index, round(time_s, 6), qp]
        self._announce({"frame": row})
        self.rows.append(row)
        self._used += width * height * 3
        missing = width * height * 3
        for chunk in chunks:
            missing -= len(chunk)
            self._sink.write(chunk)
        self._sink.flush()
        if missing:
            raise ValueError(f"expected {width * height * 3} bytes, got {missing} fewer")
