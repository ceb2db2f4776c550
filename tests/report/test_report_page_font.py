"""A Korean page carries its letters; they are those of every Korean word of the package."""

from __future__ import annotations

import base64
import io
import re
from importlib import resources
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import unmask
from unmask.evaluate.html import render_page
from unmask.report.page_font import FAMILY, FILES, page_font

PACKAGE = Path(unmask.__file__).parent
SOURCE = re.compile(r"src:url\(data:font/woff2;base64,([^)]+)\)")


@pytest.mark.parametrize("name", FILES.values())
def test_the_letters_are_those_of_the_packages_words(name):
    data = resources.files("unmask.report").joinpath("fonts", name).read_bytes()
    held = {chr(code) for code in TTFont(io.BytesIO(data)).getBestCmap()}
    texts = (p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".j2", ".css", ".json", ".toml"})
    spoken = {c for path in texts for c in re.findall("[가-힣]", path.read_text("utf-8"))}
    assert spoken <= held, "run: python scripts/make_fonts.py --pages"


def test_a_korean_page_brings_both_weights_and_an_english_one_nothing():
    rules = page_font("ko")
    assert rules.count("@font-face") == 2
    for text in SOURCE.findall(rules):
        assert TTFont(io.BytesIO(base64.b64decode(text))).flavor == "woff2"
    assert page_font("en") == ""


def test_the_style_sheets_name_the_family():
    css = resources.files("unmask.report").joinpath("templates", "report.css").read_text("utf-8")
    assert f'"{FAMILY}"' in css
    page = render_page("base.html.j2", "ko", title="보고서")
    assert "@font-face" in page
    assert f'"{FAMILY}"' in page
    assert "@font-face" not in render_page("base.html.j2", "en", title="report")
