"""The robustness card: eight changes of one file, each analysed like the file itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from builders import build_observation
from tiny_bundle import build_tiny_bundle

import unmask
from unmask.analyzer import Analyzer
from unmask.media.decoded import Decoded
from unmask.report.as_json import read_schema, report_to_dict
from unmask.robustness import CHANGES, CLIP_FRAMES, robustness_rows
from unmask.settings import Settings
from unmask.types import CheckStatus, Frame, Outcome, Reason, Verdict

NAMES = [(change.name, change.level) for change in CHANGES]


def decoded_of(kind: str = "image", frames: int | None = None) -> Decoded:
    seen = build_observation(kind)
    return Decoded(seen.media, seen.frames[:frames])


def verdict(probability: float) -> Verdict:
    outcome = Outcome.MANIPULATED if probability >= 0.9 else Outcome.NO_EVIDENCE
    return Verdict("file", outcome, probability, 0.9, 0.89)


class Judge:
    """Calls a bright picture manipulated; keeps what it was shown."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.shown: list[Decoded] = []

    def __call__(self, decoded: Decoded) -> Verdict:
        self.shown.append(decoded)
        mean = float(np.mean([frame.image_rgb.mean() for frame in decoded.frames]))
        return verdict(0.95 if mean > self.limit else 0.05)


def test_there_are_eight_changes_with_names_of_their_own():
    assert len(CHANGES) == len(set(NAMES)) == 8
    kinds = ["jpeg", "jpeg", "half_size", "blur", "noise", "crop", "h264", "brightness"]
    assert [name for name, _ in NAMES] == kinds


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.name}-{change.level}")
@pytest.mark.parametrize("shape", [(120, 90), (33, 32), (121, 91)])
def test_a_change_changes_the_picture_in_the_same_way_each_time(change, shape):
    rng = np.random.default_rng(1)
    image = rng.integers(60, 180, (*shape, 3), np.uint8)
    kept = image.copy()
    first, again = (change.apply(image, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.array_equal(image, kept)
    assert first.dtype == np.uint8
    height, width = shape
    cropped = (height - 2 * round(height * 0.1), width - 2 * round(width * 0.1))
    sizes = {"half_size": (height // 2, width // 2), "crop": cropped}
    assert first.shape == (*sizes.get(change.name, shape), 3)
    if first.shape == image.shape:
        assert not np.array_equal(first, image)


def test_stronger_compression_changes_more():
    image = build_observation("image").frames[0].image_rgb
    rng = np.random.default_rng(0)
    mild, strong = (
        np.abs(change.apply(image, rng).astype(int) - image).mean() for change in CHANGES[:2]
    )
    assert 0 < mild < strong


def test_of_a_picture_the_first_row_is_its_own_verdict():
    decoded, own, judge = decoded_of(), verdict(0.05), Judge(1000)
    rows = robustness_rows(decoded, own, judge)
    assert [(row.change, row.level) for row in rows] == [("none", "frames=1"), *NAMES]
    assert len(judge.shown) == 8
    assert rows[0].fake_probability == 0.05
    assert {row.outcome for row in rows} == {Outcome.NO_EVIDENCE}


def test_a_change_that_tips_the_outcome_is_found():
    decoded = decoded_of()
    mean = float(decoded.frames[0].image_rgb.mean())
    rows = robustness_rows(decoded, verdict(0.05), Judge(mean * 1.15))
    assert [row.change for row in rows if row.outcome is Outcome.MANIPULATED] == ["brightness"]


def test_reasons_stand_in_their_row():
    open_ = Verdict("file", Outcome.INCONCLUSIVE, None, 0.9, 0.3, (Reason.NO_FACE,))
    rows = robustness_rows(decoded_of(), verdict(0.05), lambda _: open_)
    assert {row.reason for row in rows[1:]} == {"no_face"}
    assert {row.fake_probability for row in rows[1:]} == {None}


def test_without_a_probability_on_the_fewer_frames_nothing_is_tried():
    none = Verdict("file", Outcome.INCONCLUSIVE, None, 0.9, 0.3, (Reason.TOO_FEW_FRAMES,))
    shown = []
    rows = robustness_rows(decoded_of("video"), verdict(0.05), lambda d: shown.append(d) or none)
    assert [(row.change, row.lacking) for row in rows] == [("none", ("too_few_frames",))]
    assert len(shown) == 1


def test_of_a_clip_fewer_frames_in_whole_bursts_are_used():
    decoded, judge = decoded_of("video"), Judge(1000)
    rows = robustness_rows(decoded, verdict(0.05), judge)
    assert rows[0].level == f"frames={CLIP_FRAMES}"
    assert len(judge.shown) == 9
    indices = [frame.index for frame in judge.shown[0].frames]
    assert len(indices) == CLIP_FRAMES
    steps = np.diff(indices)
    assert (steps == 1).sum() == 9  # three bursts of four
    assert indices[0] < 200 < 400 < indices[-1]
    for shown in judge.shown[1:]:
        assert [frame.index for frame in shown.frames] == indices


@pytest.mark.parametrize("frames", [1, 3, CLIP_FRAMES])
def test_a_short_clip_is_used_whole(frames):
    judge = Judge(1000)
    rows = robustness_rows(decoded_of("video", frames), verdict(0.05), judge)
    assert rows[0].level == f"frames={frames}"
    assert len(judge.shown) == 8


def test_neighbours_without_gaps_are_cut_into_bursts():
    decoded = decoded_of("video")
    image = decoded.frames[0].image_rgb
    run = tuple(Frame(image, index, index / 25) for index in range(32))
    judge = Judge(1000)
    robustness_rows(replace(decoded, frames=run), verdict(0.05), judge)
    indices = [frame.index for frame in judge.shown[0].frames]
    assert indices == [4, 5, 6, 7, 16, 17, 18, 19, 24, 25, 26, 27]


# --- through the whole analysis -------------------------------------------------------------------


def analyse(folder: Path, path: Path, **settings):
    with Analyzer(Settings(**settings), folder) as analyzer:
        return analyzer.analyze(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return build_tiny_bundle(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def portrait() -> Path:
    return Path(unmask.__file__).parent / "samples" / "portrait-genuine.jpg"


def test_a_report_holds_the_card_and_says_how_many_hold(folder, portrait):
    report, again = (analyse(folder, portrait, robustness=True) for _ in range(2))
    assert report.robustness == again.robustness
    assert [(row.change, row.level) for row in report.robustness[1:]] == NAMES
    first = report.robustness[0]
    assert (first.outcome, first.fake_probability) == (report.outcome, report.fake_probability)
    assert len({row.fake_probability for row in report.robustness}) > 4
    held = sum(row.outcome is report.outcome for row in report.robustness[1:])
    assert report.robustness_held == held
    data = report_to_dict(report)
    jsonschema.validate(json.loads(json.dumps(data)), read_schema())
    assert data["robustness_held"] == held
    assert data["settings"]["robustness"] is True
    (finding,) = [one for one in report.findings if one.id == "file.robustness"]
    assert (finding.value, finding.detail["changes"]) == (held, 8)
    assert len(finding.detail["lost"]) == 8 - held
    rows = {check.name: check for check in report.coverage}
    assert rows["robustness"].status is CheckStatus.RUN


def test_the_card_changes_nothing_else(folder, portrait):
    plain, carded = (analyse(folder, portrait, robustness=flag) for flag in (False, True))
    assert (plain.robustness, plain.robustness_held) == ((), None)
    assert plain.fake_probability == carded.fake_probability
    assert [v.outcome for v in plain.verdicts] == [v.outcome for v in carded.verdicts]
    assert "robustness" not in {check.name for check in plain.coverage}


def test_a_change_that_loses_the_face_is_counted_neither_way(folder, portrait, monkeypatch):
    def lost(self, decoded):
        return Verdict("file", Outcome.INCONCLUSIVE, None, 0.9, 0.3, (Reason.NO_FACE,))

    monkeypatch.setattr(Analyzer, "_judge_file", lost)
    report = analyse(folder, portrait, robustness=True)
    assert (report.robustness_held, report.robustness_counted) == (None, ())
    (row,) = [check for check in report.coverage if check.name == "robustness"]
    assert (row.status, row.detail) == (CheckStatus.SKIPPED, "0/8 no_face=8")
    (finding,) = [one for one in report.findings if one.id == "file.robustness"]
    assert (finding.value, finding.detail["changes"], finding.detail["why"]) == (0, 0, ["no_face"])


def test_without_a_probability_there_is_nothing_to_hold(folder, tmp_path):
    from PIL import Image

    path = tmp_path / "grey.png"
    Image.new("RGB", (200, 200), (90, 90, 90)).save(path)
    report = analyse(folder, path, robustness=True)
    assert report.robustness == ()
    (row,) = [check for check in report.coverage if check.name == "robustness"]
    assert (row.status, row.detail) == (CheckStatus.SKIPPED, "no_face")
