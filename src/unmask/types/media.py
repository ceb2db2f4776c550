"""A file, its frames, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from unmask.checks import expect, expect_image
from unmask.types.arrays import ImageArray


class MediaKind(StrEnum):
    """What a file turned out to be."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What is known of the input file: `width_px` x `height_px` after rotation has been applied."""

    kind: MediaKind
    format: str
    width_px: int
    height_px: int
    bytes: int
    sha256: str
    duration_s: float | None = None
    fps: Fraction | None = None

    def __post_init__(self) -> None:
        expect(self.width_px > 0 and self.height_px > 0, "positive size", self)
        expect(len(self.sha256) == 64, "a sha256 of 64 hex digits", self.sha256)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture.

    image_rgb   (H, W, 3) uint8, upright
    index       place in the clip, from 0
    time_s      from the clip's start
    h264_qp     how coarsely an H.264 frame was coded: mean quantiser of its blocks, 0 (finest) to
                51, or beyond at more than 8 bits; None where the codec does not say
    """

    image_rgb: ImageArray
    index: int
    time_s: float
    h264_qp: float | None = None

    def __post_init__(self) -> None:
        expect_image("image_rgb", self.image_rgb)
        expect(self.index >= 0, "index >= 0", self.index)


UNREAD_FACES = "unread faces"  # what `Skipped` says of faces that nobody looked at


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out, and why: shown in the report's coverage."""

    what: str
    reason: str
    count: int = 1
