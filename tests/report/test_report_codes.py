"""Codes of the JSON in the words of a language, and numbers that two places show."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import SimpleNamespace

import pytest
from builders import build_report

from unmask.faces import follow, reader
from unmask.report.codes import (
    REASONS,
    encoding_words,
    format_name,
    left_out_words,
    level_words,
    terms_words,
)
from unmask.report.json_face import measurements_section
from unmask.report.material import gather
from unmask.report.timeline import draw_timeline
from unmask.report.view import view
from unmask.report.wording import words_of
from unmask.types import Finding, Measurement, Outcome


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (format_name("jpeg"), "JPEG"),
        (format_name("mpegts"), "MPEG-TS"),
        (
            encoding_words("jpeg quality=92 tables=standard chroma=4:2:0 progressive=no", "ko"),
            "JPEG, 품질 92, 표준 압축표, 색 정보 4:2:0, 순차 방식",
        ),
        (
            encoding_words("h264 profile=high encoder=x264 core=165 crf=23.0", "en"),
            "H.264, profile high, encoder x264, version 165, rate factor (CRF) 23.0",
        ),
        (level_words("q40", "ko"), "품질 40"),
        (level_words("edges=10%", "en"), "10% off every edge"),
        (level_words("something=else", "en"), "something=else"),
        (terms_words("research data; public figures", "ko"), "연구용 자료; 공인"),
        (terms_words("other terms", "ko"), "other terms"),
        (left_out_words("seconds", "truncated", "ko"), ("재생 시간(초)", "파일이 중간에서 끊김")),
        (
            left_out_words("faces", "weak detection that no face mesh confirms", "ko"),
            ("얼굴", "얼굴인지 불확실하며 특징점으로 확인되지 않음"),
        ),
        (
            left_out_words(
                "unread faces", "more than 64 faces in a frame, the largest were read", "en"
            ),
            ("faces not read", "more than 64 faces in a frame; the largest were read"),
        ),
    ],
)
def test_codes_in_words(made, expected):
    assert made == expected


def test_the_reasons_of_the_face_reader_are_those_that_have_words():
    source = inspect.getsource(follow) + inspect.getsource(reader)
    assert all(f'"{reason}"' in source for reason in REASONS)


def test_with_several_persons_the_file_says_whose_probability_it_gives():
    def shown(people: int, language: str) -> str:
        report = build_report("image", Outcome.MANIPULATED, people)
        return view(gather(report), language).answer.probability

    assert shown(3, "en").endswith("% (person A)")
    assert shown(3, "ko").endswith("%(인물 A)")
    assert shown(1, "en").endswith("%")


def test_a_measurement_is_rounded_alike_in_table_and_sentence():
    one = Measurement("jpeg_grid", "forensic", "A", 0.90496, "ratio")
    report = SimpleNamespace(measurements=[one])
    (entry,) = measurements_section(report, "A", "forensic")
    finding = Finding("", "A", "measure", one.value, "ratio")
    kept = replace(finding, value=entry["value"])
    assert words_of("en").usual(kept) == words_of("en").usual(finding)
    assert words_of("en").usual(finding)[0] == "0.9"


def test_the_threshold_keeps_its_number_beside_the_end_of_the_axis():
    moment = {"time_s": 0.0, "frame_index": 0, "fake_probability": 0.5, "temporal": None}
    face = {"id": "A", "timeline": [moment], "threshold": 0.9787, "frame_index": 0}
    svg = draw_timeline(face, 0.2607, (), 1.0, "en")
    assert ">97.87%<" in svg
    assert ">100%<" not in svg
    assert ">0%<" in svg
