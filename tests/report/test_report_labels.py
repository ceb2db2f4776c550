"""Labels, fonts and figures: every word in both languages, every letter in the font."""

from __future__ import annotations

import ast
import hashlib
import re
from importlib import resources

import pytest
from PIL import ImageFont

from unmask.detectors.coherence.base import CUES
from unmask.detectors.coherence.measure import CueReader  # noqa: F401 (registers the cues)
from unmask.detectors.forensics.base import FORENSICS
from unmask.detectors.forensics.measure import read_face  # noqa: F401 (registers measurements)
from unmask.errors import UsageError
from unmask.explain import vocabulary
from unmask.explain.sections import Section
from unmask.explain.words import Register
from unmask.report.figures import date_and_time, probability, size_of, ticks
from unmask.report.labels import LABELS, SYMBOLS, label, label_or
from unmask.report.labels_aside import ASIDE
from unmask.report.labels_record import RECORD
from unmask.report.pdf import printable
from unmask.report.view import view
from unmask.report.view_record import detail_words, narrator_words
from unmask.report.wording import words_of
from unmask.types import CheckStatus, Credentials, MediaKind, Outcome, Reason

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
        (size_of(512, "en"), "512\u00a0bytes"),
        (size_of(245_760, "ko"), "240.0\u00a0KiB (245,760바이트)"),
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
         "5건 중 4건, 화질이 낮아 판독이 어려움: 2건, 모델이 다루는 범위를 벗어남: 1건"),
        ("frames=32 damaged=true packets: corrupt (1); seconds: truncated (3)",
         "프레임 32장, 파일 일부 손상, 데이터 조각 1(손상됨); "
         "재생 시간(초) 3(파일이 중간에서 끊김)"),
        ("no_face", "얼굴을 찾지 못함"),
        ("", ""),
        ("metadata could not be read", "metadata could not be read"),
        ("image", "사진이므로 해당 없음"),
        ("off", "사용하지 않도록 설정됨"),
        ("bundle=default has none", "모델 default에 포함되지 않음"),
        ("appearance=4/4 gaze=1/4 eyes_not_readable=2 one_face=1 scene_motion=0/4 still=4",
         "외관 4/4, 시선 1/4(눈을 읽을 수 없음: 2건, 함께 나온 다른 얼굴이 없음: 1건), "
         "장면 속 움직임 0/4(움직임이 없는 사진임: 4건)"),
        ("credentials=absent metadata=2 encodings=1 problem=manifest.x",
         "콘텐츠 자격 증명(C2PA): 없음, 메타데이터 항목 2개, 부호화 기록 1건, "
         "문제 코드 manifest.x"),
    ],
)  # fmt: skip
def test_details_of_checks_in_words(detail, expected):
    assert detail_words(detail, "ko") == expected


@pytest.mark.parametrize(
    ("narrator", "expected"),
    [
        ("template", "standard wording"),
        ("openai:some-model", "openai:some-model"),
        ("template (after openai:x was refused: numbers)",
         "standard wording (a language model's text was not used: openai:x was refused: numbers)"),
    ],
)  # fmt: skip
def test_who_wrote_the_words(narrator, expected):
    assert narrator_words(narrator, "en") == expected


def codes_in_the_code(package):
    """The reasons that a package's modules abstain with, as they stand in its source."""
    calls = {"abstained": 3, "missing": 0}  # {function: place of the reason among its arguments}
    found = set()
    for path in resources.files(package).iterdir():
        if not path.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=args) if name in calls:
                    found |= constants(args[calls[name]])
                case ast.Assign(targets=[ast.Name(id="reason")], value=value):
                    found |= constants(value)
                case ast.FunctionDef(name="_reason"):
                    returned = (n.value for n in ast.walk(node) if isinstance(n, ast.Return))
                    found |= {code for value in returned for code in constants(value)}
    return found


def constants(node):
    """The texts that an expression may give, beside those of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return constants(body) | constants(orelse)
    return set()


@pytest.mark.parametrize(
    ("package", "some"),
    [
        ("unmask.detectors.forensics", {"no_mesh", "face_too_small", "no_light", "no_grid"}),
        ("unmask.detectors.coherence", {"one_face", "still", "no_shoulders", "no_texture"}),
    ],
)
def test_every_reason_to_abstain_has_a_label(package, some):
    codes = codes_in_the_code(package)
    assert some <= codes
    assert {code for code in codes if f"reason.{code}" not in LABELS} == set()


def test_what_can_be_told_of_measurements_and_sections_has_a_label():
    wanted = {f"reason.{code}" for code in vocabulary.REASONS}
    wanted |= {f"section.{section}" for section in Section}
    wanted |= {f"credentials.{state}" for state in Credentials}
    wanted |= {f"register.{register}" for register in Register}
    wanted |= {f"detail.{cue}" for cue in CUES}
    assert wanted - set(LABELS) == set()
    for language in ("ko", "en"):
        assert {*CUES, *FORENSICS} <= set(words_of(language).measures)


def test_no_label_stands_in_two_tables():
    assert set(RECORD) & set(ASIDE) == set()
    source = resources.files("unmask.report").joinpath("labels.py").read_text("utf-8")
    assert [key for key in (*RECORD, *ASIDE) if f'    "{key}": (' in source] == []
