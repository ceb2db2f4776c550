"""The checker: how much of what is wrong it catches, how much of what is right it lets pass."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from builders import build_card, build_report
from said import RIGHT, WRONG, said
from varied import varied_record
from wrong_texts import WRONG as KINDS
from wrong_texts import right_text, wrong_text

from unmask.explain.checker import Facts, check_narrative, check_sentence, check_texts
from unmask.explain.narrate import Record
from unmask.explain.template import TemplateNarrator
from unmask.explain.words import WORDS
from unmask.models.card_reader import parse_card
from unmask.settings import Settings
from unmask.types import Outcome, Reason, Sentence

TEXTS = 200
REPORTS = 200
LANGUAGES = ("en", "ko")


def faults_of(sentence, record, language):
    facts = Facts.of(record.findings, record.verdicts)
    return check_sentence(sentence, facts, WORDS.get(language).lexicon)


@pytest.mark.parametrize("register", ["plain", "expert"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_templates_is_unsupported(language, register):
    narrator = TemplateNarrator(Settings(text_register=register))
    sentences = 0
    for seed in range(REPORTS):
        record = varied_record(seed)
        narrative = narrator.write(record, language)
        facts = Facts.of(record.findings, record.verdicts)
        assert check_narrative(narrative, facts, narrative) == (), seed
        sentences += len(narrative.interpretation) + len(narrative.next_steps)
    assert sentences > 10 * REPORTS


@pytest.mark.parametrize("register", ["plain", "expert"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_keeps_somebody_from_being_cleared_is_supported(language, register):
    report = build_report("video", Outcome.INCONCLUSIVE, 2, reason=Reason.TOO_SMOOTH)
    card = parse_card(json.dumps(build_card()))
    record = Record(report.findings, report.verdicts, report.media.kind, card)
    narrator = TemplateNarrator(Settings(text_register=register))
    narrative = narrator.write(record, language)
    facts = Facts.of(report.findings, report.verdicts)
    assert check_narrative(narrative, facts, narrative) == ()
    (why,) = [s for s in narrative.interpretation if "A.abstention.too_smooth" in s.finding_ids]
    assert "A.cue.scene_motion" in why.finding_ids
    told = [s for s in narrative.interpretation if "A.cue.scene_motion" in s.finding_ids]
    assert told == [why]  # once


@pytest.mark.parametrize("register", ["plain", "expert"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("reason", "measure"),
    [(Reason.TOO_COMPRESSED, "blockiness"), (Reason.TOO_BLURRED, "sharpness")],
)
def test_why_an_unclear_face_is_not_cleared_is_supported(language, register, reason, measure):
    report = build_report("image", Outcome.INCONCLUSIVE, reason=reason)
    card = parse_card(json.dumps(build_card()))
    record = Record(report.findings, report.verdicts, report.media.kind, card)
    narrative = TemplateNarrator(Settings(text_register=register)).write(record, language)
    facts = Facts.of(report.findings, report.verdicts)
    assert check_narrative(narrative, facts, narrative) == ()
    ids = f"A.abstention.{reason}"
    (why,) = [s for s in narrative.interpretation if ids in s.finding_ids]
    assert f"A.quality.{measure}" in why.finding_ids
    told = [s for s in narrative.interpretation if "A.quality.sharpness" in s.finding_ids]
    if reason is Reason.TOO_BLURRED:
        assert told == [why]  # once: not as a good value, nor as outside the limits of use


@pytest.mark.parametrize("register", ["plain", "expert"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stretch_that_stands_out_is_told_with_its_time(language, register):
    report = build_report("video", Outcome.INCONCLUSIVE, reason=Reason.SOME_MOMENTS)
    card = parse_card(json.dumps(build_card()))
    record = Record(report.findings, report.verdicts, report.media.kind, card)
    narrative = TemplateNarrator(Settings(text_register=register)).write(record, language)
    assert check_narrative(narrative, Facts.of(report.findings, report.verdicts), narrative) == ()
    (why,) = [s for s in narrative.interpretation if "A.abstention.some_moments" in s.finding_ids]
    (time,) = [f for f in report.findings if f.kind == "time"]
    first = narrative.next_steps[0]
    assert first.finding_ids == ("A.time",)
    assert f"{time.detail['peak_s']:.1f}" in first.text
    assert why.text in {s.text for s in narrative.interpretation[1:3]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_texts_are_caught(language):
    missed = []
    for seed in range(TEXTS):
        kind, sentence, record = wrong_text(seed, language)
        if not faults_of(sentence, record, language):
            missed.append((kind, sentence.text))
    assert len(missed) <= 0.01 * TEXTS, missed
    assert len(KINDS) >= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_texts_pass(language):
    refused = []
    for seed in range(TEXTS):
        kind, sentence, record = right_text(seed, language)
        if faults := faults_of(sentence, record, language):
            refused.append((kind, sentence.text, faults))
    assert len(refused) <= 0.01 * TEXTS, refused


@pytest.mark.parametrize(("language", "text", "ids"), WRONG)
def test_a_text_made_wrong_by_hand_is_caught(language, text, ids):
    sentence, record = said(text, ids)
    assert faults_of(sentence, record, language)


@pytest.mark.parametrize(("language", "text", "ids"), RIGHT)
def test_a_text_said_in_other_words_by_hand_passes(language, text, ids):
    sentence, record = said(text, ids)
    assert faults_of(sentence, record, language) == ()


def whole(language="en"):
    record = varied_record(3)
    return TemplateNarrator().write(record, language), Facts.of(record.findings, record.verdicts)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"limits": ()}, "the limits is not that of the report"),
        ({"disclaimer": "Trust this."}, "the disclaimer is not that"),
        ({"conclusion": "All is well."}, "the conclusion is not that"),
        ({"action": "Do nothing."}, "the action is not that"),
    ],
)
def test_limits_and_disclaimer_are_the_reports_own(change, fault):
    narrative, facts = whole()
    assert fault in " ".join(check_narrative(replace(narrative, **change), facts, narrative))


def test_every_person_must_be_told():
    narrative, facts = whole()
    people = [s for s in narrative.interpretation if "A.probability" not in s.finding_ids]
    faults = check_texts(people, (), facts, "en")
    assert "the finding A.probability is not told" in faults


def test_the_same_sentence_twice_is_a_fault():
    narrative, facts = whole()
    first = narrative.interpretation[0]
    faults = check_texts((first, *narrative.interpretation), (), facts, "en")
    assert "a sentence stands there twice" in faults


def test_too_many_sentences_are_a_fault():
    narrative, facts = whole()
    faults = check_texts(narrative.interpretation * 60, (), facts, "en")
    assert any("more than 120 sentences" in fault for fault in faults)


def test_next_steps_and_interpretation_do_not_mix():
    narrative, facts = whole()
    step, first = narrative.next_steps[0], narrative.interpretation[0]
    assert any("out of place" in f for f in check_texts((step,), (), facts, "en"))
    assert any("out of place" in f for f in check_texts((), (first,), facts, "en"))


@pytest.mark.parametrize("section", ["map", "texture", "context", "voice", ""])
def test_a_sentence_belongs_to_its_section(section):
    narrative, facts = whole()
    first = replace(narrative.interpretation[0], section=section)
    assert check_sentence(first, facts, WORDS.get("en").lexicon)


def test_a_finding_that_only_the_report_speaks_of_cannot_be_cited():
    record = varied_record(3)
    odd = replace(record.findings[0], id="file.provenance", kind="provenance", value="absent")
    facts = Facts.of((*record.findings, odd), record.verdicts)
    sentence = Sentence("The file carries no credentials.", ("file.provenance",), "result")
    faults = check_sentence(sentence, facts, WORDS.get("en").lexicon)
    assert "a finding is cited that only the report itself speaks of" in faults
