"""The drawings and pictures of a report: gauge, timeline, boxes round the faces."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageChops

from unmask.detectors.peaks import PEAKS_APART_S, PEAKS_MAX
from unmask.report.gauge import draw_gauge
from unmask.report.pictures import (
    SCENE_SIDE_PX,
    draw_moments,
    draw_scenes,
)
from unmask.report.subjects import subjects_of
from unmask.report.svg import text_width
from unmask.report.timeline import draw_timeline
from unmask.types import Faithfulness, Frame, Outcome

SVG = "{http://www.w3.org/2000/svg}"


def entry(p: float | None, threshold: float = 0.9, clear: float = 0.3) -> dict[str, object]:
    return {
        "id": "A",
        "outcome": "inconclusive",
        "fake_probability": p,
        "interval": [max(0, p - 0.1), min(1, p + 0.1)] if p is not None else None,
        "threshold": threshold,
        "clear_below": clear,
        "frame_index": 2,
    }


def texts(svg: str) -> list[tuple[str, str, float, float]]:
    """(y, words, left, right) of the texts of a drawing."""
    found = []
    for node in ET.fromstring(svg).iter(f"{SVG}text"):
        width = text_width(node.text or "", float(node.get("font-size")))
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor")]
        left = float(node.get("x")) - shift * width
        found.append((node.get("y"), node.text, left, left + width))
    return found


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("p", [0.0, 0.04, 0.5, 0.897, 1.0])
@pytest.mark.parametrize(
    ("threshold", "clear"), [(0.9, 0.3), (0.5, 0.49), (0.99, 0.95), (0.05, 0.01), (0.5, 0.5)]
)
def test_the_words_of_a_gauge_stay_inside_and_apart(language, p, threshold, clear):
    found = texts(draw_gauge(entry(p, threshold, clear), language))
    assert all(left >= -12 and right <= 732 for _, _, left, right in found)
    for i, (y, words, left, right) in enumerate(found):
        for other_y, other, other_left, other_right in found[i + 1 :]:
            if y == other_y:
                assert right <= other_left + 1 or other_right <= left + 1, (words, other)


def test_without_a_probability_there_is_no_gauge():
    assert draw_gauge(entry(None), "ko") == ""


def timeline(
    scores: list[float | None],
    cuts: tuple[float, ...] = (),
    temporal: list[float | None] | None = None,
) -> ET.Element:
    moments = [
        {
            "time_s": float(i),
            "fake_probability": score,
            "reason": None if score is not None else "low_quality",
            "frame_index": i,
            "temporal": None if temporal is None else temporal[i],
        }
        for i, score in enumerate(scores)
    ]
    svg = draw_timeline(entry(0.5) | {"timeline": moments}, 0.3, cuts, 10.0, "en")
    return ET.fromstring(svg)


def count(root: ET.Element, tag: str, **attributes: str) -> int:
    return sum(
        all(node.get(key.replace("_", "-")) == value for key, value in attributes.items())
        for node in root.iter(f"{SVG}{tag}")
    )


def test_a_timeline_shows_scores_abstentions_and_the_telling_moment():
    root = timeline([0.2, 0.4, 0.9, None, 0.5])
    assert count(root, "circle", r="3.4") == 4
    assert count(root, "circle", r="7") == 1
    assert count(root, "path") == 1  # the cross of the abstention
    assert "4 measured, 1 without a reading" in root.get("aria-label")


@pytest.mark.parametrize(
    ("scores", "cuts", "joined"),
    [
        ([0.1, 0.2, 0.3, 0.4], (), 3),
        ([0.1, 0.2, 0.3, 0.4], (1.5,), 2),
        ([0.1, None, 0.3, 0.4], (), 1),
        ([0.5], (), 0),
    ],
)
def test_no_line_crosses_a_cut_or_an_abstention(scores, cuts, joined):
    axis = 1
    lines = [n for n in timeline(scores, cuts).iter(f"{SVG}line") if n.get("class") == "l-ink"]
    solid = [n for n in lines if n.get("stroke-dasharray") is None]
    assert len(solid) == joined + axis
    assert len(lines) - len(solid) == len(cuts)


@pytest.mark.parametrize(
    ("temporal", "cuts", "squares", "joined"),
    [
        (None, (), 0, 0),
        ([0.2, 0.4, 0.6, 0.8], (), 4, 3),
        ([0.2, 0.4, 0.6, 0.8], (1.5,), 4, 2),
        ([None, 0.4, None, 0.8], (), 2, 0),
    ],
)
def test_the_temporal_score_is_a_dashed_line_of_its_own(temporal, cuts, squares, joined):
    root = timeline([0.1, 0.2, 0.3, 0.4], cuts, temporal)
    assert count(root, "rect", width="6") == squares
    assert count(root, "line", stroke_dasharray="5 3") == joined


def test_the_moments_shown_are_the_highest_and_apart(report_of):
    report = report_of("video", Outcome.MANIPULATED, 1)
    (subject,) = subjects_of(report)
    drawn = draw_moments(subject, report)
    assert len(drawn) == PEAKS_MAX
    by_frame = {moment.frame_index: moment for moment in subject.main.series}
    shown = [by_frame[index] for index, _ in drawn]
    assert shown[0].score == max(moment.score for moment in by_frame.values())
    times = sorted(moment.time_s for moment in shown)
    assert min(b - a for a, b in pairwise(times)) >= PEAKS_APART_S
    assert all(Image.open(BytesIO(p.data)).size == (p.width_px, p.height_px) for _, p in drawn)


def test_a_moment_shows_its_map_beside_the_face_unless_it_failed_its_test(report_of):
    report = report_of("video", Outcome.MANIPULATED, 1)
    (subject,) = subjects_of(report)
    frames = [index for index, _ in draw_moments(subject, report)]
    failed = Faithfulness(0.9, 0.9, 0.9, 0.1, 0.2, shown=False, reason="unstable")
    passed = replace(subject.heat_map, frame_index=frames[0])
    peaks = (passed, replace(passed, frame_index=frames[1], faithfulness=failed))
    drawn = draw_moments(replace(subject, main=replace(subject.main, peaks=peaks)), report)
    wide, plain, without = (picture for _, picture in drawn)
    assert wide.width_px > 2 * wide.height_px > 0
    assert plain.width_px == plain.height_px == without.width_px == wide.height_px


@pytest.mark.parametrize("kind", ["image", "video"])
def test_no_moments_without_time_or_probability(kind, report_of):
    outcome = Outcome.MANIPULATED if kind == "image" else Outcome.INCONCLUSIVE
    report = report_of(kind, outcome, 1, reason="low_quality")
    assert [draw_moments(subject, report) for subject in subjects_of(report)] == [[]]


def test_an_empty_timeline_is_not_drawn():
    assert draw_timeline(entry(0.5) | {"timeline": []}, 0.3, (), 10.0, "ko") == ""


def scene_pictures(report):
    return [
        (scene, Image.open(BytesIO(scene.picture.data)))
        for scene in draw_scenes(report, subjects_of(report))
    ]


@pytest.mark.parametrize("portrait", [False, True])
def test_every_person_is_boxed_in_the_whole_picture(portrait, report_of):
    report = report_of("image", Outcome.NO_EVIDENCE, 8, portrait)
    ((scene, picture),) = scene_pictures(report)
    assert scene.ids == tuple("ABCDEFGH")
    frame = report.observation.frames[0].image_rgb
    assert picture.size == (frame.shape[1], frame.shape[0])
    changed = np.asarray(ImageChops.difference(picture, Image.fromarray(frame))).max(axis=2) > 80
    for track in report.observation.tracks:
        left, top, _, bottom = (round(float(v)) for v in track.faces[0].box_xyxy)
        assert changed[top + 5 : bottom - 5, left - 2 : left + 3].any(axis=1).mean() > 0.9


def test_large_pictures_are_made_smaller(report_of):
    report = report_of("image", Outcome.NO_EVIDENCE, 1)
    wide = Frame(np.zeros((500, 5000, 3), np.uint8), 0, 0.0)
    observation = replace(report.observation, frames=(wide,))
    ((_, picture),) = scene_pictures(replace(report, observation=observation))
    assert picture.size == (SCENE_SIDE_PX, SCENE_SIDE_PX // 10)


def test_people_who_never_meet_are_shown_in_frames_of_their_own(report_of):
    report = report_of("video", Outcome.NO_EVIDENCE, 2)
    first, second = report.observation.tracks
    tracks = (
        replace(first, faces=first.faces[:16]),
        replace(second, faces=second.faces[16:]),
    )
    observation = replace(report.observation, tracks=tracks)
    scenes = [scene for scene, _ in scene_pictures(replace(report, observation=observation))]
    assert [scene.ids for scene in scenes] == [("A",), ("B",)]
