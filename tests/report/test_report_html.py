"""The HTML report: one balanced, self-contained, escaped page without a script."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from unmask.report.html import HtmlWriter
from unmask.report.labels import label
from unmask.report.material import gather
from unmask.types import Outcome

VOID = {"meta", "img", "br", "link", "hr", "input"}
CSP = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)


class Page(HTMLParser):
    """Reads a page strictly: `problems`, `tags` with their attributes, the text a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"{tag} is left open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_is_balanced_and_says_the_outcome(case, language, html_of):
    page = Page(html_of(language, *case))
    assert page.problems == []
    assert ("html", {"lang": language}) in page.tags
    assert label(language, f"outcome.{case[1]}") in page.text
    for section in ("overview", "interpretation", "reliability", "conclusion", "disclaimer",
                    "coverage", "record"):  # fmt: skip
        assert label(language, section) in page.text


def test_nothing_is_fetched_and_nothing_runs(case, html_of):
    text = html_of("ko", *case)
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "form", "base", "a"}
        assert not [name for name in attributes if name.startswith("on") or name == "href"]
        assert attributes.get("src", "data:image/").startswith("data:image/")
    policies = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert policies == [CSP]
    assert text.count("url(") == text.count("url(data:font/woff2;base64,")
    assert "@import" not in text
    assert re.findall(r"https?://[^\"'\s<]+", text) == (
        ["http://www.w3.org/2000/svg"] * text.count("<svg ")
    )


@pytest.mark.parametrize(
    "name", ["<script>alert(1)<b>.jpg", '"><img src=x onerror=y>.jpg', "{{7}}"]
)
def test_a_file_name_is_never_markup(name, html_of):
    text = html_of("en", path=name)
    page = Page(text)
    assert page.problems == []
    assert name in page.text
    assert name not in text or name == "{{7}}"
    assert not [tag for tag, attributes in page.tags if tag == "script" or "onerror" in attributes]


def test_bidi_controls_of_a_name_are_gone(html_of):
    assert "\u202e" not in html_of("en", path="photo\u202egpj.exe")


def test_texts_of_a_report_are_never_markup(report_of):
    report = report_of()
    words = replace(report.narratives["ko"], limits=("<img src=x> & <i>",), conclusion="<u>끝</u>")
    text = HtmlWriter().render(gather(replace(report, narratives={"ko": words})), "ko").decode()
    assert "&lt;img src=x&gt; &amp; &lt;i&gt;" in text
    assert "<u>" not in text


def pictures(text: str) -> dict[str, Image.Image]:
    """{alternative text: picture} of a page."""
    found = {}
    for tag, attributes in Page(text).tags:
        if tag == "img":
            data = base64.b64decode(attributes["src"].split(",", 1)[1])
            found[attributes["alt"]] = Image.open(io.BytesIO(data))
    return found


def test_every_picture_says_what_it_shows_and_carries_no_metadata(html_of):
    found = pictures(html_of("ko", "video", Outcome.MANIPULATED, 3))
    assert all(found)
    for picture in found.values():
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_red_stays_red_in_the_heat_map(html_of):
    heat = pictures(html_of("ko"))[label("ko", "heat_map.alt", id="A")]
    assert heat.format == "PNG"
    red, _, blue = np.asarray(heat)[int(0.72 * heat.height), heat.width // 2].astype(int)
    assert red - blue > 60


def test_a_genuine_face_has_an_empty_heat_map(html_of):
    found = pictures(html_of("ko", "image", Outcome.NO_EVIDENCE, 1))
    crop, heat = (
        np.asarray(found[label("ko", f"{key}.alt", id="A")], np.float32)
        for key in ("crop", "heat_map")
    )
    assert np.abs(crop - heat).mean() < 3  # no more than the JPEG of the crop


def test_what_the_page_says_stands_in_the_json(material_of, html_of):
    data = material_of("video", Outcome.MANIPULATED, 2).data
    text = Page(html_of("en", "video", Outcome.MANIPULATED, 2)).text
    for sentence in data["interpretation"]["sentences"]["en"]:
        assert sentence["text"] in text
    for words in (*data["limits"]["en"], data["conclusion"]["en"], data["action"]["en"],
                  data["disclaimer"]["en"], data["input"]["sha256"], data["model"]["sha256"],
                  data["model"]["population"]["en"], *data["steps"]):  # fmt: skip
        assert words in text
    assert "97%" in text
    assert round(data["fake_probability"] * 100) == 97


def test_a_language_without_words_is_said_and_not_left_empty(report_of):
    report = report_of()
    material = gather(replace(report, narratives={"ko": report.narratives["ko"]}))
    page = Page(HtmlWriter().render(material, "en").decode())
    assert label("en", "missing") in page.text
