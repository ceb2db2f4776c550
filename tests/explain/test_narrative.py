from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, product

import pytest
from builders import build_observation, build_report, build_verdicts
from varied import varied_card, varied_record

from unmask.detectors.coherence.measure import CUES as CUES_MEASURED
from unmask.detectors.forensics.measure import FORENSICS
from unmask.errors import UsageError
from unmask.explain.findings import find
from unmask.explain.narrate import make_narrator, narrate
from unmask.explain.regions import REGIONS
from unmask.explain.sections import Section
from unmask.explain.template import Record, TemplateNarrator
from unmask.explain.vocabulary import CUES, MEASURES
from unmask.explain.words import WORDS, Register
from unmask.settings import Settings
from unmask.types import Finding, MediaKind, Outcome, Reason, Skipped

LANGUAGES = ("ko", "en")
# Words that speak of a manipulation's traces, kinds or places.
ARTEFACT = {
    "en": re.compile(
        r"artefact|artifact|trace|swap|blend|generated|synthe|evidence for manipulation|"
        + r"|".join(["eye", "brow", "nose", "mouth", "cheek", "forehead", "chin", "jaw", "hair"])
    ),
    "ko": re.compile(
        r"흔적|교체|합성|생성|쪽 근거|눈썹|턱선|머리선|(?<![가-힣])(?:눈|코|입|볼|턱|이마)(?=[(,)])"
    ),
}
CASES = [
    *product(["image", "video"], [Outcome.MANIPULATED, Outcome.NO_EVIDENCE], [1, 3], ["grey_zone"]),
    *product(["image", "video"], [Outcome.INCONCLUSIVE], [2], sorted(set(Reason) - {"no_face"})),
    ("image", Outcome.INCONCLUSIVE, 0, "no_face"),
    ("video", Outcome.INCONCLUSIVE, 0, "no_face"),
]


def words_of(narrative):
    fixed = (narrative.conclusion, narrative.action, narrative.disclaimer)
    return [*(s.text for s in narrative.interpretation), *narrative.limits, *fixed]


def told(observation, verdicts, card, language="en"):
    findings = find(observation, verdicts, card)
    return narrate(findings, verdicts, observation.media.kind, card, (language,))[language]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_every_report_has_all_sections_in_both_languages_on_the_same_findings(report_of, case):
    report = report_of(*case)
    assert tuple(report.narratives) == LANGUAGES
    korean, english = (report.narratives[language] for language in LANGUAGES)
    assert [s.finding_ids for s in korean.interpretation] == [
        s.finding_ids for s in english.interpretation
    ]
    assert len(korean.limits) == len(english.limits) >= 3
    known = {finding.id for finding in report.findings}
    for narrative in (korean, english):
        assert narrative.narrator == "template"
        for sentence in narrative.interpretation:
            assert sentence.finding_ids
            assert set(sentence.finding_ids) <= known
        assert all(text.strip() for text in words_of(narrative))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_markup_in_any_text(report_of, case, language):
    for text in words_of(report_of(*case).narratives[language]):
        assert not re.search(r"[*_#`<>|\\\[\]{}]|~~|://|\n|  ", text), text
        assert text.endswith(".")
        assert "None" not in text
        assert "nan" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_no_artefact_talk_where_nothing_was_found(report_of, case, language):
    report = report_of(*case)
    manipulated = {v.subject for v in report.verdicts if v.outcome is Outcome.MANIPULATED}
    subjects = {finding.id: finding.subject for finding in report.findings}
    for sentence in report.narratives[language].interpretation:
        if not {subjects[id_] for id_ in sentence.finding_ids} & manipulated:
            assert not ARTEFACT[language].search(sentence.text), sentence.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_artefact_words_are_found_where_they_belong(report_of, language):
    words = report_of("image", Outcome.MANIPULATED).narratives[language].interpretation
    assert sum(bool(ARTEFACT[language].search(s.text)) for s in words) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_regions_are_named_only_from_region_findings(report_of, language):
    report = report_of("video", Outcome.MANIPULATED, 2)
    kinds = {finding.id: finding for finding in report.findings}
    names = WORDS.get(language).regions
    seen = 0
    for sentence in report.narratives[language].interpretation:
        measured = {
            name
            for id_ in sentence.finding_ids
            for name in (
                [kinds[id_].detail["region"]]
                if kinds[id_].kind == "region"
                else kinds[id_].detail.get("regions", [])
            )
        }
        for name in REGIONS:
            pattern = rf"(?<![가-힣]){names[name]}(?=[(,)])" if language == "ko" else names[name]
            if re.search(pattern, sentence.text):
                assert name in measured, (name, sentence.text)
                seen += 1
    assert seen >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_mesh_the_report_says_that_it_names_no_regions(card, language):
    observation = build_observation(with_mesh=False)
    words = told(observation, build_verdicts(observation, Outcome.MANIPULATED), card, language)
    place = {"en": r"\bon the (mouth|chin|nose)", "ko": r"(입|턱|코)\("}[language]
    assert not any(re.search(place, sentence.text) for sentence in words.interpretation)
    assert any(("landmarks" if language == "en" else "특징점") in text for text in words.limits)


def test_limits_come_from_the_card(card, report_of):
    for language, narrative in report_of().narratives.items():
        stated = [limit[language] for limit in card.limits]
        assert narrative.limits[1 : 1 + len(stated)] == tuple(stated)
        assert card.population[language] in narrative.limits[0]


@pytest.mark.parametrize(
    ("change", "english"),
    [
        ({"damaged": True}, "could not be decoded and was not examined"),
        (
            {"skipped": (Skipped("face", "too many faces"),)},
            "coverage section lists what was left out",
        ),
    ],
)
def test_what_the_file_lacks_becomes_a_limit(card, change, english):
    observation = replace(build_observation(), **change)
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    assert english in " ".join(told(observation, verdicts, card).limits)
    plain = told(build_observation(), verdicts, card)
    assert english not in " ".join(plain.limits)


def test_interval_that_crosses_the_threshold_becomes_a_limit(card):
    observation = build_observation()
    verdicts = build_verdicts(observation, Outcome.MANIPULATED)
    crossing = replace(verdicts[0], interval=(0.84, 0.99))
    limits = told(observation, (crossing, verdicts[-1]), card).limits
    assert any("reaches down to 84%, past the limit of 90%" in text for text in limits)
    assert not any("reaches down" in text for text in told(observation, verdicts, card).limits)


def test_cuts_become_a_limit_because_nobody_is_followed_across_them(card):
    observation = replace(build_observation("video", 2), cuts_s=(3.0, 9.5))
    verdicts = build_verdicts(observation, Outcome.NO_EVIDENCE)
    assert any("2 cuts" in text for text in told(observation, verdicts, card).limits)
    assert any("장면 전환이 2번" in t for t in told(observation, verdicts, card, "ko").limits)
    alone = replace(build_observation("video", 1), cuts_s=(3.0,))
    verdicts = build_verdicts(alone, Outcome.NO_EVIDENCE)
    assert not any("cut" in text for text in told(alone, verdicts, card).limits)


def test_single_moments_over_the_threshold_do_not_read_as_the_result(card):
    observation = build_observation("video")
    verdicts = build_verdicts(observation, Outcome.NO_EVIDENCE)
    evidence = verdicts[0].evidence[0]
    series = (replace(evidence.series[0], score=0.97), *evidence.series[1:])
    spiked = replace(verdicts[0], evidence=(replace(evidence, series=series),))
    text = " ".join(s.text for s in told(observation, (spiked, verdicts[-1]), card).interpretation)
    assert "1 of the 32 moments counted reaches the threshold of 90% when taken alone" in text
    assert "judged by all moments together" in text


def test_only_a_picture_has_its_persons_told_from_left_to_right(report_of):
    first = {
        kind: report_of(kind, Outcome.NO_EVIDENCE, 3).narratives["en"].interpretation[0].text
        for kind in ("image", "video")
    }
    assert "(persons A to C, from left to right)" in first["image"]
    assert "(persons A to C);" in first["video"]


def test_face_close_to_the_limit_of_use_becomes_a_limit(card):
    observation = build_observation(width_px=36.0)
    words = told(observation, build_verdicts(observation, Outcome.NO_EVIDENCE), card)
    assert any("36 px, is close to the limit of use (at least 30 px)" in t for t in words.limits)


@pytest.mark.parametrize(
    ("reason", "quality", "english", "korean"),
    [
        ("face_too_small", {"width_px": 22.0}, "22 px wide", "22픽셀로"),
        ("face_too_small", {"width_px": 40.0}, "less than the width set", "지정한 크기보다 작아"),
        ("low_quality", {"sharpness": 5.2}, "sharpness is 5.2 (at least 8", "선명도 5.2, 8 이상"),
        ("low_quality", {"exposure": 0.97}, "exposure is 0.97 (at most 0.95", "0.95 이하 필요"),
        ("low_quality", {}, "cannot be read well enough.", "화질이 충분하지 않아"),
        ("out_of_range", {"yaw_deg": 72.0}, "turned by 72°", "고개를 72도 돌린"),
        ("out_of_range", {"with_mesh": False}, "no facial landmarks", "특징점을 찾을 수 없어"),
        ("out_of_range", {}, "outside what the model is meant for", "사용 범위를 벗어나"),
        ("too_few_frames", {}, "in 2 frames, and 4 are needed", "2장뿐이어서(4장 이상 필요)"),
    ],
)
def test_inconclusive_says_why_and_what_would_help(card, reason, quality, english, korean):
    observation = build_observation("video", **quality)
    verdicts = build_verdicts(observation, Outcome.INCONCLUSIVE, Reason(reason))
    for language, expected in (("en", english), ("ko", korean)):
        words = told(observation, verdicts, card, language)
        assert any(expected in sentence.text for sentence in words.interpretation)
        help_ = {"en": "What would help: ", "ko": "판정에 도움이 되는 자료: "}[language]
        assert help_ in words.action


def test_action_depends_on_the_outcome(report_of):
    for language in LANGUAGES:
        actions = {report_of("image", o).narratives[language].action for o in Outcome}
        endings = {report_of("image", o).narratives[language].conclusion for o in Outcome}
        assert len(actions) == len(endings) == len(Outcome)


def test_conclusion_names_the_persons_by_outcome(report_of):
    words = report_of("image", Outcome.MANIPULATED, 3).narratives
    assert words["en"].conclusion == (
        "There is evidence that the face of person A in this picture was manipulated. For person C "
        "the question remains open. For person B no evidence of manipulation was found."
    )
    assert words["ko"].conclusion == (
        "이 사진에서 인물 A의 얼굴이 조작되었다는 증거가 확인되었습니다. 인물 C에 대해서는 판정을 "
        "보류합니다. 인물 B에 대해서는 조작의 증거가 발견되지 않았습니다."
    )


def test_no_evidence_is_never_called_proof(report_of):
    words = report_of("video", Outcome.NO_EVIDENCE).narratives
    assert "does not prove that the clip is genuine" in words["en"].conclusion
    assert "진본임을 증명하는 것은 아닙니다" in words["ko"].conclusion


def test_a_crowd_is_told_briefly(card):
    observation = build_observation("image", 6)
    words = told(observation, build_verdicts(observation, Outcome.NO_EVIDENCE), card)
    assert len(words.interpretation) == 1 + 6


def test_languages_know_the_same_lines_and_regions():
    tables = [WORDS.get(language) for language in WORDS]
    assert tuple(WORDS) == ("en", "ko")
    assert set(tables[0].sentences) == set(tables[1].sentences)
    for table in tables:
        assert set(table.regions) == set(REGIONS)


def test_unknown_narrator_and_language_are_refused(card):
    with pytest.raises(UsageError, match="unknown narrator 'templat'") as error:
        make_narrator(Settings(llm="templat"))
    assert "template" in error.value.hint
    with pytest.raises(UsageError, match="unknown language"):
        narrate((), build_verdicts(build_observation(), Outcome.NO_EVIDENCE),
                MediaKind.IMAGE, card, ("fr",))  # fmt: skip


SECTIONS = [section for section in Section if section is not Section.PROVENANCE]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("register", list(Register))
def test_sections_stand_in_their_order_for_every_person(language, register):
    seen = set()
    for seed in range(40):
        record = varied_record(seed)
        words = TemplateNarrator(Settings(text_register=register)).write(record, language)
        by_person = groupby(words.interpretation, lambda s: s.finding_ids[0].partition(".")[0])
        for _, sentences in by_person:
            order = [SECTIONS.index(Section(sentence.section)) for sentence in sentences]
            assert order == sorted(order)
        seen |= {sentence.section for sentence in (*words.interpretation, *words.next_steps)}
        assert {s.section for s in words.next_steps} <= {Section.NEXT}
        assert words.next_steps or not record.findings
    assert seen == set(SECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_registers_say_the_same_of_the_same_findings(language):
    longer = 0
    for seed in range(30):
        record = varied_record(seed)
        plain, expert = (
            TemplateNarrator(Settings(text_register=register)).write(record, language)
            for register in Register
        )
        cited = [
            {i for s in words.interpretation for i in s.finding_ids} for words in (plain, expert)
        ]
        assert cited[0] <= cited[1]
        assert (plain.conclusion, plain.limits) == (expert.conclusion, expert.limits)
        longer += sum(map(len, (s.text for s in expert.interpretation))) > sum(
            map(len, (s.text for s in plain.interpretation))
        )
    assert longer > 20


def test_the_experts_read_fractions_intervals_and_ranges(report_of):
    report = report_of("image", Outcome.MANIPULATED)
    record = Record(report.findings, report.verdicts, report.media.kind, varied_card())
    text = {
        (language, register): " ".join(
            s.text
            for s in TemplateNarrator(Settings(text_register=register))
            .write(record, language)
            .interpretation
        )
        for language in LANGUAGES
        for register in Register
    }
    assert "0.968 (95% interval 0.908 to 0.998)" in text["en", "expert"]
    assert "0.968(95% 구간 0.908~0.998)" in text["ko", "expert"]
    assert "block grid 1.05" in text["en", "expert"]
    for language in LANGUAGES:
        assert "97%" in text[language, "plain"]
        assert "0.968" not in text[language, "plain"]


def test_next_steps_follow_the_outcome(report_of):
    def steps(*case):
        return " ".join(s.text for s in report_of(*case).narratives["en"].next_steps)

    assert "Look first at the mouth" in steps("image", Outcome.MANIPULATED)
    assert "names no place to start from" in steps("image", Outcome.NO_EVIDENCE)
    assert "leaves it open" in steps("image", Outcome.INCONCLUSIVE)
    assert "no face was found" in steps("image", Outcome.INCONCLUSIVE, 0, "no_face")
    generated = steps("image", Outcome.MANIPULATED, 1, "grey_zone", "synthetic")
    assert "Look first at" in generated


def test_a_map_that_failed_its_test_is_not_read(report_of):
    report = report_of("image", Outcome.MANIPULATED)
    tested = Finding("A.faithfulness", "A", "faithfulness", 0.1, "probability", detail={
        "before": 0.9, "marked": 0.8, "random": 0.8, "area_share": 0.1, "stability": 0.2,
        "shown": False, "reason": "drop_like_random",
    })  # fmt: skip
    record = Record((*report.findings, tested), report.verdicts, MediaKind.IMAGE, varied_card())
    words = TemplateNarrator().write(record, "en")
    told = [s.text for s in words.interpretation if s.section == Section.MAP]
    assert told == [
        "The heat map of person A is not shown: it did not pass the test of whether the answer "
        "rests on the places that it marks."
    ]
    assert "mouth" not in " ".join(s.text for s in words.next_steps)
    assert not any("heat map is coarse" in limit for limit in words.limits)


def test_every_measurement_and_cue_has_a_name_in_every_language():
    measured = {*FORENSICS, *CUES_MEASURED}
    assert {*MEASURES, *CUES} == measured
    for language in WORDS:
        assert set(WORDS.get(language).measures) == measured
        assert measured <= set(WORDS.get(language).lexicon.measures)


def test_every_sentence_of_the_experts_is_one_of_the_plain_ones_too():
    for language in WORDS:
        words = WORDS.get(language)
        assert set(words.expert) <= set(words.sentences)
    english, korean = (WORDS.get(language) for language in ("en", "ko"))
    assert set(english.expert) == set(korean.expert)


@pytest.mark.parametrize(("kind", "said"), [("video", True), ("image", False)])
def test_an_experts_quality_is_said_to_be_the_median_over_the_clip(kind, said):
    """The page's own row shows that of one frame; both stand in one report."""
    report = build_report(kind, Outcome.NO_EVIDENCE)
    record = Record(report.findings, report.verdicts, report.media.kind, varied_card())
    for language, words in (("en", "median over the clip"), ("ko", "영상 전체의 중앙값")):
        narrative = TemplateNarrator(Settings(text_register="expert")).write(record, language)
        (told,) = [s for s in narrative.interpretation if "A.quality.sharpness" in s.finding_ids]
        assert (words in told.text) == said
