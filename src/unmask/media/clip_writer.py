"""Writing frames as a clip: H.264 in MP4, one thread, no time stamps of the day.

The same frames and the same libx264 give the same bytes, nearly always: with macroblock trees and
B-frames libx264 165 gave up to five different files in thirty; `repeatable` switches the trees off,
which gave one. A `live` clip is written in fragments of
about a second (ISO/IEC 14496-12, movie fragments), so that it plays also where its writer ended
without a word.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np

from unmask.types import ImageArray

PLAIN = {"movflags": "faststart", "fflags": "+bitexact"}  # no date, no version in the file
LIVE = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "fflags": "+bitexact",
    "flush_packets": "1",
}
LIVE_TICK_S = Fraction(1, 1000)


def keep_whole_fragments(path: Path) -> bool:
    """Cut a live clip after its last whole fragment, so that it plays although writing failed.

    False, and the file is removed, where not one fragment is whole. OSError where it cannot be cut.
    """
    whole = at = 0
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        while at < size:
            file.seek(at)
            head = file.read(16)  # size and kind of a box, and its size in 64 bits where that is 1
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:])
            if length < 8 or at + length > size:
                break
            at += length
            if head[4:8] == b"mdat":
                whole = at
        file.truncate(whole)
    if not whole:
        path.unlink()
    return whole > 0


class ClipWriter:
    """Encodes (H, W, 3) uint8 frames of one size into `path`; close it, or use it as a context.

    fps   frames per second; of a live clip the usual rate, its frames have times of their own
    live  the file plays up to its last second at any moment, at some cost in size

    An odd side is made even by repeating its edge. OSError where the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        fps: int = 25,
        crf: int = 23,
        preset: str = "medium",
        live: bool = False,
        repeatable: bool = False,
    ) -> None:
        options = LIVE if live else PLAIN
        self._container: Any = av.open(str(path), "w", format="mp4", options=options)
        self._stream: Any = self._container.add_stream("libx264", rate=fps)
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": str(crf), "preset": preset, "threads": "1"}
        if repeatable:
            self._stream.options |= {"x264-params": "mbtree=0"}
        self._fps, self._live = fps, live
        if live:
            self._stream.options |= {"tune": "zerolatency", "g": str(fps)}
            self._stream.codec_context.time_base = LIVE_TICK_S
        self.frames = 0

    def add(self, image_rgb: ImageArray, *, place: int | None = None) -> None:
        """Encode the next frame; `place` is its number where some before it are left out."""
        tick = None if place is None else (place, Fraction(1, self._fps))
        self._encode(image_rgb, tick)

    def add_at(self, image_rgb: ImageArray, time_s: float) -> None:
        """Encode the next frame of a live clip, shown from `time_s` on; times ascend."""
        self._encode(image_rgb, (round(time_s / LIVE_TICK_S), LIVE_TICK_S))

    def close(self) -> None:
        """Write what the encoder still holds and finish the file; closing twice is harmless."""
        if self._container is None:
            return
        container, self._container = self._container, None
        try:
            if self.frames:
                container.mux(self._stream.encode(None))
        finally:
            container.close()

    def _encode(self, image_rgb: ImageArray, tick: tuple[int, Fraction] | None) -> None:
        height, width = image_rgb.shape[:2]
        if height % 2 or width % 2:
            image_rgb = np.pad(image_rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        if self.frames == 0:
            self._stream.height, self._stream.width = image_rgb.shape[:2]
        frame = av.VideoFrame.from_ndarray(image_rgb, format="rgb24")
        if tick is not None:
            frame.pts, frame.time_base = tick
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
