"""What parent and worker say to each other: small JSON messages, no pickle.

Parent to worker: a `Job`, with the file's descriptor beside it. Worker to parent: a
`{"frame": [width, height, index, time_s, h264_qp]}` for each frame, whose pixels follow on the
pipe; a `{"reset": true}` where a second pass over the file begins; at last the facts, or
`{"error": ...}`.
A question for the provenance brings no frames; a stream brings frame after frame, at its own pace.
The parent believes nothing of it before it has checked it (`decoded.py`).
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

MESSAGE_BYTES_MAX = 160_000  # fits the default socket buffer of Linux (212,992 bytes)
CUTS_MAX = 4096
SKIPPED_MAX = 64
DECODE, PROVENANCE, STREAM = "decode", "provenance", "stream"  # what a worker may be asked for
# Of the provenance: an answer of so many texts of so many characters fits, whatever the characters.
TEXTS_MAX, TEXT_MAX = 32, 200
FRAME_BYTES_MAX = 1 << 30  # all frames of one file together; a longer list is cut, and said so


class Job(NamedTuple):
    """One file to decode: its sniffed `format`, its size, and the limits that hold for it."""

    kind: str
    format: str
    bytes: int
    frames: int
    burst: int
    pixels_max: int
    side_min_px: int
    width_max_px: int
    height_max_px: int
    streams_max: int
    animation_frames_max: int
    animation_seconds_max: float
    clock_s: float
    frame_bytes_max: int
    task: str = DECODE
    rate_fps: float = 0.0  # frames per second of a stream
    trust_list: str = ""  # path of a PEM file with the anchors of C2PA signers, or none
    h264_qp: bool = False  # whether the frames are to say how coarsely they were coded


def pack(message: dict[str, Any]) -> bytes:
    """The message as bytes; ValueError where it is too long for one datagram."""
    data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    if len(data) > MESSAGE_BYTES_MAX:
        raise ValueError(f"expected at most {MESSAGE_BYTES_MAX} bytes, got {len(data)}")
    return data


def unpack(data: bytes) -> dict[str, Any]:
    """The message in `data`; ValueError where it is not JSON, TypeError where not an object."""
    message = json.loads(data)
    if not isinstance(message, dict):
        raise TypeError(f"expected a JSON object, got {type(message).__name__}")
    return message
