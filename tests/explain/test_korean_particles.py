from __future__ import annotations

import re
from itertools import product

import pytest

from unmask.explain.particles import PAIRS, last_sound, particle, with_particle
from unmask.types import Outcome, Reason

# word, 은/는, 이/가, 을/를, 과/와, 으로/로
TABLE = [
    ("얼굴", "은", "이", "을", "과", "로"),
    ("코", "는", "가", "를", "와", "로"),
    ("입", "은", "이", "을", "과", "으로"),
    ("턱선", "은", "이", "을", "과", "으로"),
    ("사진", "은", "이", "을", "과", "으로"),
    ("영상", "은", "이", "을", "과", "으로"),
    ("인물 A", "는", "가", "를", "와", "로"),
    ("인물 B", "는", "가", "를", "와", "로"),
    ("인물 F", "는", "가", "를", "와", "로"),
    ("인물 L", "은", "이", "을", "과", "로"),
    ("인물 M", "은", "이", "을", "과", "으로"),
    ("인물 N", "은", "이", "을", "과", "으로"),
    ("인물 R", "은", "이", "을", "과", "로"),
    ("인물 Z", "는", "가", "를", "와", "로"),
    ("0", "은", "이", "을", "과", "으로"),
    ("1", "은", "이", "을", "과", "로"),
    ("2", "는", "가", "를", "와", "로"),
    ("3", "은", "이", "을", "과", "으로"),
    ("4", "는", "가", "를", "와", "로"),
    ("5", "는", "가", "를", "와", "로"),
    ("6", "은", "이", "을", "과", "으로"),
    ("7", "은", "이", "을", "과", "로"),
    ("8", "은", "이", "을", "과", "로"),
    ("9", "는", "가", "를", "와", "로"),
    ("10", "은", "이", "을", "과", "으로"),
    ("200", "은", "이", "을", "과", "으로"),
    ("1,000", "은", "이", "을", "과", "으로"),
    ("20000", "은", "이", "을", "과", "으로"),
    ("5.2", "는", "가", "를", "와", "로"),
    ("0.03", "은", "이", "을", "과", "으로"),
    ("97%", "는", "가", "를", "와", "로"),
    ("99% 이상", "은", "이", "을", "과", "으로"),
    ("1% 미만", "은", "이", "을", "과", "으로"),
    ("22픽셀", "은", "이", "을", "과", "로"),
    ("72도", "는", "가", "를", "와", "로"),
    ("72°", "는", "가", "를", "와", "로"),
    ("12.5초", "는", "가", "를", "와", "로"),
    ("열지도(12.5초 시점)", "는", "가", "를", "와", "로"),
    ("얼굴(인물 A)", "은", "이", "을", "과", "로"),
    ("‘사진’", "은", "이", "을", "과", "으로"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_particle_fits_the_sound_before_it(row):
    word, *expected = row
    assert [particle(word, pair) for pair in PAIRS] == expected


@pytest.mark.parametrize("word", ["", "…", "???"])
def test_what_cannot_be_read_gets_both_forms(word):
    assert last_sound(word) is None
    assert with_particle(word, "은/는") == f"{word}은(는)"


def test_unknown_pair_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        particle("코", "도")


# Every noun of the templates that a particle follows directly.
NOUN = re.compile(
    r"(열지도|지도|얼굴|확률|사진|영상|시점|부위|값|최댓값|곳|구간|자료|파일|결과|모델|증거|근거|"
    r"인물 [A-Z]|\d+(?:\.\d+)?%|\d+(?:\.\d+)?픽셀|\d+(?:\.\d+)?)(은|는|이|가|을|를|과|와|으로|로)"
    r"(?=[\s,.])"
)


@pytest.mark.parametrize(
    ("kind", "outcome", "reason"),
    [
        *product(
            ["image", "video"], [Outcome.MANIPULATED, Outcome.NO_EVIDENCE], [Reason.GREY_ZONE]
        ),
        *product(["image", "video"], [Outcome.INCONCLUSIVE], Reason),
    ],
)
def test_every_particle_in_generated_text_fits(report_of, kind, outcome, reason):
    people = 0 if reason is Reason.NO_FACE else 3
    words = report_of(kind, outcome, people, reason).narratives["ko"]
    text = [sentence.text for sentence in words.interpretation]
    text += [*words.limits, words.conclusion, words.action, words.disclaimer]
    checked = 0
    for word, used in NOUN.findall("\n".join(text)):
        pair = next(pair for pair, forms in PAIRS.items() if used in forms)
        assert used == particle(word, pair), f"{word}{used}"
        checked += 1
    assert checked > 2
