"""Cuts in frames that come one after another: from a camera, or from a clip as it is decoded.

The rule is that of whole clips (`sampling.CutFinder`), which compares with the frames after a cut,
too; so every frame is handed on two frames late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import cv2

from unmask.media.sampling import CUT_WINDOW, SPARSE, THUMBNAIL, CutFinder
from unmask.types import Frame, ImageArray


def with_cuts(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Every frame, and whether it is the first of a new scene."""
    finder = CutFinder()
    waiting: deque[tuple[int, Frame]] = deque()
    for number, frame in enumerate(frames):
        finder.add(_thumbnail(frame.image_rgb), frame.time_s)
        waiting.append((number, frame))
        if len(waiting) > CUT_WINDOW:
            yield _settled(waiting, finder)
    while waiting:
        yield _settled(waiting, finder)


def _settled(waiting: deque[tuple[int, Frame]], finder: CutFinder) -> tuple[Frame, bool]:
    number, frame = waiting.popleft()
    return frame, finder.begins_scene(number)


def _thumbnail(image_rgb: ImageArray) -> bytes:
    sparse = cv2.resize(image_rgb, SPARSE, interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(sparse, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, THUMBNAIL, interpolation=cv2.INTER_AREA).tobytes()
