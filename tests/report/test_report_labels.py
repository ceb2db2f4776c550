"""Labels, fonts and figures: every word in both languages, every letter in the font."""

from __future__ import annotations

import hashlib
import re
from importlib import resources

import pytest
from PIL import ImageFont

from unmask.errors import UsageError
from unmask.report.figures import date_and_time, probability, size_of, ticks
from unmask.report.labels import LABELS, SYMBOLS, label, label_or
from unmask.report.pdf import printable
from unmask.report.view import detail_words, paragraphs, view
from unmask.types import CheckStatus, MediaKind, Outcome, Reason

FONTS = resources.files("unmask.report").joinpath("fonts")


@pytest.mark.parametrize("key", sorted(LABELS))
def test_both_languages_fill_in_the_same_values(key):
    korean, english = LABELS[key]
    assert korean.strip() == korean != ""
    assert english.strip() == english != ""
    assert set(re.findall(r"\{\w+\}", korean)) == set(re.findall(r"\{\w+\}", english))
    assert printable(korean) == korean
    assert printable(english) == english


def test_everything_that_can_be_said_has_a_label():
    wanted = [f"outcome.{o}" for o in Outcome] + [f"says.{o}" for o in Outcome]
    wanted += [f"reason.{r}" for r in Reason] + [f"status.{s}" for s in CheckStatus]
    wanted += [f"kind.{k}" for k in MediaKind] + [
        f"class.{c}" for c in ("real", "swap", "synthetic")
    ]
    assert set(wanted) <= set(LABELS)
    assert set(SYMBOLS) == set(Outcome)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


def test_unknown_names_stay_as_they_are():
    assert label_or("ko", "check.new_cue", "new_cue") == "new_cue"
    with pytest.raises(KeyError):
        label("ko", "no_such_label")


def test_an_unknown_language_is_refused(material_of):
    with pytest.raises(UsageError):
        view(material_of(), "fr")


def test_fonts_are_those_the_script_made():
    for line in FONTS.joinpath("SHA256SUMS").read_text("ascii").splitlines():
        expected, name = line.split()
        assert hashlib.sha256(FONTS.joinpath(name).read_bytes()).hexdigest() == expected
    assert "SIL OPEN FONT LICENSE" in FONTS.joinpath("OFL.txt").read_text("utf-8")


def test_the_fonts_have_every_hangul_syllable():
    every = "".join(map(chr, range(0xAC00, 0xD7A4)))
    assert len(every) == 11_172
    assert printable(every) == every
    for name in ("NotoSansKR-Regular.ttf", "NotoSansKR-Bold.ttf"):
        with resources.as_file(FONTS.joinpath(name)) as path:
            font = ImageFont.truetype(path, 20)
        assert font.getname()[0] == "Noto Sans KR"
        missing = bytes(font.getmask("\U0010ffff"))
        assert all(bytes(font.getmask(c)) != missing for c in "가힣뷁A×▲◆○●·")


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.97, "97%"), (0.8996, "89.96%"), (0.9, "90%"), (0.3004, "30.04%"), (0.57, "57%")],
)
def test_a_probability_never_reads_like_a_threshold_it_does_not_reach(p, shown):
    assert probability(p, 0.9, 0.3, "en") == shown


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (size_of(512), "512\u00a0B"),
        (size_of(245_760), "240.0\u00a0KiB (245,760\u00a0B)"),
        (ticks(65, tenths=False, minutes=True), "1:05"),
        (ticks(0.5, tenths=True, minutes=False), "0.5"),
        (date_and_time("2026-11-22T09:30:00+09:00"), "2026-11-22 09:30:00 (UTC+09:00)"),
    ],
)
def test_figures(made, expected):
    assert made == expected


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("1/2 tracks=1", "2건 중 1건, 인물 1명"),
        ("4/5 low_quality=2 out_of_range=1",
         "5건 중 4건, 화질이 낮아 판독이 어려움 2건, 모델이 다루는 범위를 벗어남 1건"),
        ("no_face", "얼굴을 찾지 못함"),
        ("", ""),
        ("metadata could not be read", "metadata could not be read"),
    ],
)  # fmt: skip
def test_details_of_checks_in_words(detail, expected):
    assert detail_words(detail, "ko") == expected


def test_sentences_on_one_person_make_one_paragraph():
    said = [("One.", ["file.faces"]), ("Two.", ["A.verdict"]), ("Three.", ["A.region.mouth"]),
            ("Four.", [])]  # fmt: skip
    sentences = [{"text": text, "finding_ids": ids} for text, ids in said]
    assert paragraphs(sentences) == ("One.", "Two. Three.", "Four.")
