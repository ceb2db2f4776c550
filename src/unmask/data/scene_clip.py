"""Writing made frames as a clip: H.264 in MP4 (`media/clip_writer.py`) in one call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from unmask.media.clip_writer import ClipWriter
from unmask.types import ImageArray


def write_clip(
    frames_rgb: Iterable[ImageArray],
    path: Path,
    *,
    fps: int = 25,
    crf: int = 23,
    preset: str = "medium",
    places: Sequence[int] | None = None,
    repeatable: bool = False,
) -> int:
    """Encode (H, W, 3) frames of one size into `path`; returns how many there were.

    `places` are the frames' ascending numbers where some are left out: each keeps its own time.
    `repeatable` as in `ClipWriter`: the same bytes every time.
    """
    with ClipWriter(path, fps=fps, crf=crf, preset=preset, repeatable=repeatable) as writer:
        for image in frames_rgb:
            writer.add(image, place=None if places is None else places[writer.frames])
        return writer.frames
