"""The shipped font (Noto Sans KR, bold) for text that is drawn into pictures."""

from __future__ import annotations

import io
from functools import cache
from importlib import resources

from PIL import ImageFont


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """The font at a size; covers `fonts/coverage.txt`."""
    data = resources.files("unmask.report").joinpath("fonts/NotoSansKR-Bold.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size_px)
