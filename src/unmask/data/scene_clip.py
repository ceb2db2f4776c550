"""Writing made frames as a clip: H.264 in MP4, one thread, no time stamps of the day.

The same frames and the same libx264 give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av

from unmask.types import ImageArray

MUXER = {"movflags": "faststart", "fflags": "+bitexact"}  # no date, no version in the file


def write_clip(
    frames_rgb: Iterable[ImageArray], path: Path, *, fps: int = 25, crf: int = 23
) -> int:
    """Encode (H, W, 3) frames of one even size into `path`; returns how many there were."""
    count = 0
    with av.open(str(path), "w", format="mp4", options=MUXER) as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "medium", "threads": "1"}
        for image in frames_rgb:
            if count == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode(None))
    return count
