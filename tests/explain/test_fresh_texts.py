"""The checker on texts that were written by hand for it, and what they had it learn."""

from __future__ import annotations

import pytest
from fresh_texts import texts

import unmask.explain.narrate  # noqa: F401 (importing it registers the languages)
from unmask.explain.checker import Facts, check_sentence
from unmask.explain.korean.forms import beginnings
from unmask.explain.korean.vocabulary import unknown_words
from unmask.explain.words import WORDS

MENDED_BY = ("dev", "more")


def faults_of(text):
    facts = Facts.of(text.record.findings, text.record.verdicts)
    return check_sentence(text.sentence, facts, WORDS.get(text.language).lexicon)


def misjudged(which, kind, good):
    return [t.sentence.text for t in texts(which, kind) if (not faults_of(t)) is not good]


@pytest.mark.parametrize("which", MENDED_BY)
def test_every_wrong_text_it_was_mended_by_is_caught(which):
    assert misjudged(which, "wrong", good=False) == []


@pytest.mark.parametrize("which", MENDED_BY)
def test_every_right_text_it_was_mended_by_passes(which):
    assert misjudged(which, "right", good=True) == []


def test_the_held_out_set_is_judged_no_worse_than_when_it_was_measured():
    assert misjudged("held", "wrong", good=False) == []
    assert len(misjudged("held", "right", good=True)) <= 3


@pytest.mark.parametrize("which", ["dev", "held"])
def test_half_of_a_set_is_korean_and_every_finding_cited_is_there(which):
    for kind in ("wrong", "right"):
        found = texts(which, kind)
        assert len(found) >= 30
        assert 2 * sum(text.language == "ko" for text in found) == len(found)
        for text in found:
            known = {finding.id for finding in text.record.findings}
            assert known.issuperset(text.sentence.finding_ids), text.sentence.text


@pytest.mark.parametrize(
    ("stem", "form"),
    [("넘", "넘었"), ("높", "높아"), ("그치", "그쳐"), ("변하", "변했"), ("오르", "올라"),
     ("가깝", "가까워"), ("낮추", "낮춰"), ("벗어나", "벗어납"), ("보", "봅니")],
)  # fmt: skip
def test_the_forms_of_a_korean_stem_are_derived(stem, form):
    assert form in beginnings(stem)


def test_derived_forms_open_no_other_words():
    assert unknown_words("보안 넘버 크레딧 하객") == ["보안", "넘버", "크레딧", "하객"]


@pytest.mark.parametrize(
    ("language", "text", "made", "denied"),
    [
        ("en", "it is higher than usual", True, False),
        ("en", "it is not higher than usual", False, True),
        ("en", "it is not only higher than usual", True, False),
        ("ko", "통상 범위를 웃돕니다", True, False),
        ("ko", "통상 범위를 웃돌지 않습니다", False, True),
    ],
)
def test_a_claim_that_is_denied_is_its_contrary(language, text, made, denied):
    lexicon = WORDS.get(language).lexicon
    assert lexicon.wording.claims(lexicon.higher, text) == (made, denied)


@pytest.mark.parametrize(
    ("language", "text", "own"),
    [
        ("en", "about 12% of a photo and a cutoff", "12% of a picture and a threshold"),
        ("ko", "임계값은 약 90%이며 동영상의 신뢰 구간은", "기준은 90%이며 영상의 구간은"),
        ("ko", "근거의 34%", "근거의 34%"),
    ],
)  # fmt: skip
def test_other_words_for_the_same_are_read_as_the_reports_own(language, text, own):
    assert WORDS.get(language).lexicon.wording.canonical(text) == own
