"""The letters that a Korean page carries, so that it can be read where no Korean font is installed.

Noto Sans KR with the Hangul syllables of the package's own words (`scripts/make_fonts.py`). Fonts
of the computer come first: they know every syllable, also those of a file's name.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources

FAMILY = "Unmask Hangul"  # as the style sheets name it
FILES = {400: "NotoSansKR-Regular-page.woff2", 700: "NotoSansKR-Bold-page.woff2"}


@cache
def page_font(language: str) -> str:
    """The CSS rules that bring the letters of a language, "" where any computer has them."""
    if language != "ko":
        return ""
    return "".join(_rule(weight, name) for weight, name in FILES.items())


def _rule(weight: int, name: str) -> str:
    data = resources.files("unmask.report").joinpath("fonts", name).read_bytes()
    text = base64.b64encode(data).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{text}) format('woff2');unicode-range:U+AC00-D7A3}}\n"
    )
