"""H.264 on a single picture, in memory: what a video codec does to one intra frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from unmask.errors import InternalError
from unmask.types import ImageArray


def h264_still(image_rgb: ImageArray, crf: int) -> ImageArray:
    """The picture (H, W, 3) after one H.264 intra frame at constant rate factor `crf` (0-51).

    4:2:0 needs even sides: an odd one is repeated at the edge and cut off again.
    """
    import av  # here: whoever needs another degradation does not load the codecs

    height, width = image_rgb.shape[:2]
    even = np.pad(image_rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = even.shape[1], even.shape[0]
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
    frame = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(format="yuv420p")
    frame.pts = 0
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    decoder = av.CodecContext.create("h264", "r")
    frames = [shown for packet in packets for shown in decoder.decode(packet)]
    frames += decoder.decode(None)
    if not frames:
        raise InternalError("libx264 gave no frame", "reinstall av: its libx264 is missing")
    return np.ascontiguousarray(frames[0].to_ndarray(format="rgb24")[:height, :width], np.uint8)
