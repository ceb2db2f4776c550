"""The PDF report: what its pages say, that nothing lies on anything else, tags and fonts."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import numpy as np
import pymupdf
import pytest
from PIL import Image

from unmask.report.labels import label
from unmask.report.material import gather
from unmask.report.pdf import PdfWriter, printable
from unmask.types import Outcome, Skipped

LONG_NAME = "아주_긴_파일_이름과_English_이름이_섞인_" + "x" * 60 + "_마지막.jpeg"


def pages_of(data: bytes) -> pymupdf.Document:
    return pymupdf.open(stream=data, filetype="pdf")


def text_of(document: pymupdf.Document) -> str:
    return " ".join(" ".join(page.get_text() for page in document).split())


def overlap(a: pymupdf.Rect, b: pymupdf.Rect) -> float:
    """Area of the overlap in square points; 0 where there is none."""
    shared = pymupdf.Rect(a) & b
    return 0.0 if shared.is_empty else shared.width * shared.height


def words_on_pictures(document: pymupdf.Document) -> list[str]:
    """Words of which more than a tenth lies on a picture."""
    found = []
    for page in document:
        pictures = [pymupdf.Rect(info["bbox"]) for info in page.get_image_info()]
        for *corners, word, _, _, _ in page.get_text("words"):
            box = pymupdf.Rect(corners)
            if any(overlap(box, p) > 0.1 * box.width * box.height for p in pictures):
                found.append(word)
    return found


def words_on_words(document: pymupdf.Document) -> list[tuple[str, str]]:
    """Pairs of words of which the smaller lies on the other by more than a third."""
    found = []
    for page in document:
        words = [(pymupdf.Rect(w[:4]), w[4]) for w in page.get_text("words")]
        for i, (a, word) in enumerate(words):
            for b, other in words[i + 1 :]:
                smaller = min(a.width * a.height, b.width * b.height)
                if smaller > 0 and overlap(a, b) > smaller / 3:
                    found.append((word, other))
    return found


def outside(document: pymupdf.Document) -> list[str]:
    """Words and pictures that leave the page's margins (20 mm at the sides)."""
    found = []
    for page in document:
        room = pymupdf.Rect(55, 30, page.rect.width - 55, page.rect.height - 20)
        found += [w[4] for w in page.get_text("words") if not room.contains(pymupdf.Rect(w[:4]))]
        found += [
            str(info["bbox"])
            for info in page.get_image_info()
            if not room.contains(pymupdf.Rect(info["bbox"]))
        ]
    return found


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_say_the_outcome_and_nothing_overlaps(case, language, pdf_of):
    document = pages_of(pdf_of(language, *case))
    text = text_of(document)
    assert label(language, f"outcome.{case[1]}") in text
    assert label(language, "title") in text
    assert "0123456789abcdef" * 4 in text
    assert words_on_pictures(document) == []
    assert words_on_words(document) == []
    assert outside(document) == []


def test_no_text_is_printed_over_a_portrait_picture(pdf_of):
    """The defect of a known student system: a tall picture ran into the text below it."""
    document = pages_of(pdf_of("ko", "image", Outcome.MANIPULATED, 1, True, path="portrait.jpeg"))
    first = document[0].get_image_info()
    assert any(i["bbox"][3] - i["bbox"][1] > 1.5 * (i["bbox"][2] - i["bbox"][0]) for i in first)
    assert words_on_pictures(document) == []
    assert "portrait.jpeg" in text_of(document)


def test_the_tests_for_overlap_see_an_overlap(pdf_of):
    document = pages_of(pdf_of("ko"))
    page = next(page for page in document if page.get_image_info())
    box = pymupdf.Rect(page.get_image_info()[0]["bbox"])
    page.insert_text((box.x0 + 20, box.y0 + 40), "inside", fontsize=12)
    page.insert_text((box.x0 + 22, box.y0 + 42), "again", fontsize=12)
    assert {"inside", "again"} <= set(words_on_pictures(document))
    assert ("inside", "again") in words_on_words(document)


@pytest.fixture(scope="module")
def crowded(report_of):
    """Eight people in an upright clip, cuts, damage, long names, limits, words without a space."""
    report = report_of("video", Outcome.MANIPULATED, 8, True, path=LONG_NAME)
    observation = replace(
        report.observation,
        cuts_s=(3.1, 9.9, 10.4),
        damaged=True,
        skipped=(Skipped("frames", "broken packet " * 12, 3),),
    )
    narratives = {
        code: replace(n, limits=(*n.limits, "긴 한계 설명입니다. " * 60, "withoutanyspace" * 20))
        for code, n in report.narratives.items()
    }
    material = gather(replace(report, observation=observation, narratives=narratives))
    return pages_of(PdfWriter().render(material, "ko"))


def test_a_crowded_report_stays_in_order(crowded):
    assert words_on_pictures(crowded) == []
    assert words_on_words(crowded) == []
    assert outside(crowded) == []
    letters = re.sub(r"\s", "", text_of(crowded))
    assert LONG_NAME in letters
    assert "withoutanyspace" * 20 in letters


def test_korean_breaks_between_words_only(crowded):
    for page in crowded:
        for block in page.get_text("dict")["blocks"]:
            for line in block.get("lines", []):
                words = "".join(span["text"] for span in line["spans"]).strip()
                if words.startswith(("긴 한", "한계", "설명입")):
                    assert words.split()[-1] in {"긴", "한계", "설명입니다."}


def test_no_raw_markdown(case, pdf_of):
    text = text_of(pages_of(pdf_of("ko", *case)))
    assert re.findall(r"\*\*|__|`|(?:^|\s)#{1,6}\s|\]\(|\$|</?[a-z]+>", text) == []


@pytest.mark.parametrize("name", ["#strong[x] $y$ *z* _w_ @ref.jpg", "$x^2$ `code` \\ // .png"])
def test_a_file_name_is_never_markup(name, pdf_of):
    letters = re.sub(r"\s", "", text_of(pages_of(pdf_of("en", path=name))))
    shown = name.rsplit("/", 1)[-1]
    assert re.sub(r"\s", "", shown) in letters


def test_letters_the_font_lacks_are_shown_as_code_points(pdf_of):
    assert "[U+4E2D][U+1F642].jpg" in text_of(pages_of(pdf_of("ko", path="한글中🙂.jpg")))
    assert printable({"a": ["가A", ("中",)]}) == {"a": ["가A", ["[U+4E2D]"]]}


def test_red_stays_red_in_the_pdf(pdf_of):
    document = pages_of(pdf_of("ko"))
    squares = [
        Image.open(io.BytesIO(document.extract_image(info["xref"])["image"])).convert("RGB")
        for page in document
        for info in page.get_image_info(xrefs=True)
        if info["width"] == info["height"]
    ]
    assert len(squares) == 3  # the face, its heat map, its blend map
    spots = [np.asarray(p)[int(0.72 * p.height), p.width // 2].astype(int) for p in squares]
    crop, heat, blend = (int(red - blue) for red, _, blue in spots)
    assert heat > crop > blend


def test_it_is_tagged_and_every_picture_has_a_description(pdf_of):
    document = pages_of(pdf_of("ko", "video", Outcome.MANIPULATED, 3))
    catalog = document.pdf_catalog()
    assert document.xref_get_key(catalog, "Lang") == ("string", "ko")
    assert "true" in document.xref_get_key(catalog, "MarkInfo")[1]
    assert document.xref_get_key(catalog, "StructTreeRoot")[0] == "xref"
    described = sum(
        "/Alt" in document.xref_object(xref) for xref in range(1, document.xref_length())
    )
    assert described >= sum(len(page.get_image_info()) for page in document)


def test_only_the_shipped_fonts_are_used_and_embedded(pdf_of):
    document = pages_of(pdf_of("ko", "video", Outcome.MANIPULATED, 3))
    fonts = {font[3] for page in document for font in page.get_fonts()}
    assert fonts
    assert all(re.fullmatch(r"[A-Z]{6}\+NotoSansKR-(Regular|Bold)(-\S+)?", f) for f in fonts)


def test_the_date_is_that_of_the_report(pdf_of):
    meta = pages_of(pdf_of("ko")).metadata
    assert meta["creationDate"].startswith("D:20261122093000")
    assert meta["title"] == f"{label('ko', 'title')} – sample.jpeg"


def test_the_numbers_of_the_pdf_stand_in_the_json(material_of, pdf_of):
    data = material_of("image", Outcome.INCONCLUSIVE, 2, True).data
    text = text_of(pages_of(pdf_of("ko", "image", Outcome.INCONCLUSIVE, 2, True)))
    assert f"{data['fake_probability']:.0%}" in text
    for sentence in data["interpretation"]["sentences"]["ko"]:
        assert sentence["text"] in text
    assert json.dumps(data["input"]["width"]) in text
