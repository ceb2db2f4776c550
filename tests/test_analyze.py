"""The whole way from a file to a report, with the parts around it stubbed where they are slow."""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cv2
import numpy as np
import pytest
from observed import build_observation
from tiny_bundle import build_tiny_bundle

import unmask
from unmask import analyzer as analyzer_module
from unmask.analyzer import Analyzer
from unmask.errors import (
    BundleError,
    ErrorKind,
    InternalError,
    LimitError,
    RefusedError,
    UnmaskError,
    UsageError,
)
from unmask.media.decoded import Decoded
from unmask.settings import Settings
from unmask.types import (
    CheckStatus,
    Credentials,
    Observation,
    Outcome,
    Provenance,
    Reason,
    Report,
    Skipped,
)

WHEN = datetime(2026, 11, 22, 18, 30, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_tiny_bundle(tmp_path / "bundles")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    rng = np.random.default_rng(1)
    cv2.imwrite(str(path), rng.integers(90, 160, (120, 160, 3), np.uint8))
    return path


class Stage:
    """Puts a made-up scene in the place of decoder and face reader; counts what is opened."""

    def __init__(self, observation: Observation) -> None:
        self.observation = observation
        self.decoders = 0
        self.closed = 0
        self.fails: dict[str, Exception] = {}
        self.says = Provenance(Credentials.ABSENT)

    def decoder(self, _settings: Settings, *, h264_qp: bool = False) -> Stage:
        assert not h264_qp  # no card of these tests asks
        self.decoders += 1
        return self

    def decode(self, source, frames: int) -> Decoded:
        if source.path_shown in self.fails:
            raise self.fails[source.path_shown]
        seen = self.observation
        return Decoded(seen.media, seen.frames[:frames], seen.cuts_s, seen.skipped, seen.damaged)

    def provenance(self, _source) -> Provenance:
        return self.says

    def close(self) -> None:
        self.closed += 1

    def reader(self, _settings: Settings) -> Stage:
        return self

    def observe(self, media, frames, cuts_s, skipped, *, damaged) -> Observation:
        return Observation(media, frames, self.observation.tracks, skipped, cuts_s, damaged)


@pytest.fixture
def stage(monkeypatch) -> Stage:
    scene = Stage(build_observation("image", 2))
    monkeypatch.setattr(analyzer_module, "Decoder", scene.decoder)
    monkeypatch.setattr(analyzer_module, "FaceReader", scene.reader)
    return scene


def make(folder: Path, **options) -> Analyzer:
    return Analyzer(bundle=folder, clock=lambda: WHEN, **options)


def test_a_report_holds_the_whole_record(stage, folder, photo):
    with make(folder) as analyzer:
        report = analyzer.analyze(photo)
    assert isinstance(report, Report)
    assert report.path_shown == "photo.png"
    assert [v.subject for v in report.verdicts] == ["A", "B", "file"]
    assert report.created == WHEN
    card = (folder / "card.json").read_bytes()
    assert report.bundle_sha256 == hashlib.sha256(card).hexdigest()
    assert report.card == json.loads(card)
    assert set(report.narratives) == {"ko", "en"}
    assert list(report.timings_s) == [
        *("load", "read", "faces", "detector", "measure", "cues", "temporal", "explain")
    ]
    assert all(seconds >= 0 for seconds in report.timings_s.values())
    assert report.versions["unmask"] == unmask.__version__
    assert {"python", "numpy", "onnxruntime", "opencv-python-headless", "av", "pillow"} <= set(
        report.versions
    )
    assert all("not installed" not in version for version in report.versions.values())


def test_the_options_of_a_report_make_the_same_numbers_again(stage, folder, photo):
    settings = Settings(frames=7, face_width_min_px=33)
    with make(folder, settings=settings) as analyzer:
        first = analyzer.analyze(photo)
    options = json.loads(json.dumps(first.settings))
    languages, bundle = options.pop("languages"), options.pop("bundle")
    again = Settings(**options)
    assert (again.frames, again.face_width_min_px) == (7, 33)
    with Analyzer(again, bundle, languages=languages) as analyzer:
        second = analyzer.analyze(photo)
    assert [v.fake_probability for v in first.verdicts] == [
        v.fake_probability for v in second.verdicts
    ]
    assert (first.steps, first.coverage) == (second.steps, second.coverage)
    assert second.settings == first.settings


def test_the_bundle_of_the_settings_is_the_default(stage, folder, photo):
    settings = Settings(bundle="tiny", bundles_dir=folder.parent)
    with Analyzer(settings) as analyzer:
        assert analyzer.analyze(photo).card["name"] == "tiny"


def test_another_bundle_gives_other_numbers_and_another_hash(stage, folder, photo, tmp_path):
    weak = {"real": (0.0, 1.0, 0.0), "swap": (0.5, 0.0, 0.0), "synthetic": (0.0, 0.0, 0.5)}
    other = build_tiny_bundle(tmp_path / "more", "other", weights=weak)
    reports = []
    for choice in (folder, other):
        with make(choice) as analyzer:
            reports.append(analyzer.analyze(photo))
    first, second = reports
    assert first.bundle_sha256 != second.bundle_sha256
    assert abs(first.fake_probability - second.fake_probability) > 1e-3
    assert first.steps != second.steps


def test_an_unknown_bundle_fails_before_any_file_is_read(stage):
    with pytest.raises(BundleError, match="unknown bundle 'nothing-like-it'"):
        Analyzer(bundle="nothing-like-it")
    assert stage.decoders == 0


def test_the_decoder_stays_warm_and_is_closed_once(stage, folder, photo):
    analyzer = make(folder)
    analyzer.analyze(photo)
    analyzer.analyze(photo)
    assert (stage.decoders, stage.closed) == (1, 0)
    analyzer.close()
    analyzer.close()
    assert (stage.decoders, stage.closed) == (1, 1)


def test_languages_are_those_asked_for(stage, folder, photo):
    with make(folder, languages=("en",)) as analyzer:
        report = analyzer.analyze(photo)
    assert list(report.narratives) == ["en"]
    assert report.settings["languages"] == ["en"]


# --- coverage and steps ---------------------------------------------------------------------------


def rows(report: Report) -> dict[str, tuple[CheckStatus, str]]:
    return {check.name: (check.status, check.detail) for check in report.coverage}


def report_on(stage: Stage, folder: Path, photo: Path, observation: Observation) -> Report:
    stage.observation = observation
    with make(folder) as analyzer:
        return analyzer.analyze(photo)


RUN, SKIPPED, FAILED = CheckStatus.RUN, CheckStatus.SKIPPED, CheckStatus.FAILED


def test_coverage_of_a_picture(stage, folder, photo):
    report = report_on(stage, folder, photo, build_observation("image", 2))
    assert rows(report) == {
        "decode": (RUN, "frames=1"),
        "faces": (RUN, "2/2 tracks=2"),
        "mesh": (RUN, "2/2"),
        "image": (RUN, "2/2"),
        "heat_map": (RUN, "2/2"),
        "blend_map": (RUN, "2/2"),
        "consensus": (SKIPPED, "image"),
        "temporal": (SKIPPED, "bundle=tiny has none"),
        "fusion": (SKIPPED, "bundle=tiny has none"),
        "measurements": (RUN, "15/16 no_grid=1"),
        "cues": (RUN, "appearance=2/2 face_body=2/2 gaze=2/2 scene_motion=0/2 still=2"),
        "provenance": (RUN, "credentials=absent metadata=0 encodings=0"),
        "narrator": (RUN, "template"),
    }


def test_the_coverage_tells_of_a_language_model_that_gave_no_answer(stage, folder, photo):
    settings = Settings(llm="openai:m", llm_base_url="http://127.0.0.1:9/v1", llm_timeout_s=2)
    with make(folder, settings=settings) as analyzer:
        report = analyzer.analyze(photo)
    status, detail = rows(report)["narrator"]
    assert status is FAILED
    assert detail.startswith("template (after openai:m gave no answer: ")
    assert report.settings["llm"] == "openai:m"
    assert "llm_base_url" not in report.settings


def test_the_register_of_the_settings_words_the_report(stage, folder, photo):
    texts = {}
    for register in ("plain", "expert"):
        with make(folder, settings=Settings(text_register=register)) as analyzer:
            report = analyzer.analyze(photo)
        texts[register] = " ".join(s.text for s in report.narratives["en"].interpretation)
        assert report.settings["text_register"] == register
    assert "Calibrated probability" in texts["expert"]
    assert "Calibrated probability" not in texts["plain"]


def test_coverage_of_a_clip_with_a_face_nobody_can_read(stage, folder, photo):
    report = report_on(stage, folder, photo, build_observation("video", 2, sharpness=0.5))
    found = rows(report)
    assert found["image"] == (RUN, "32/64 low_quality=32")
    assert found["heat_map"] == (RUN, "1/2")
    assert found["consensus"] == (RUN, "1/2 rule=trimmed_mean")


def test_coverage_without_a_face(stage, folder, photo):
    report = report_on(stage, folder, photo, replace(build_observation("image"), tracks=()))
    assert {name for name, row in rows(report).items() if row == (SKIPPED, "no_face")} == {
        "faces",
        "mesh",
        "image",
        "heat_map",
        "blend_map",
        "measurements",
        "cues",
    }
    assert (report.outcome, report.verdict.reasons) == (Outcome.INCONCLUSIVE, (Reason.NO_FACE,))
    assert report.fake_probability is None


def test_coverage_of_a_damaged_file_says_what_was_lost(stage, folder, photo):
    damaged = replace(
        build_observation("video"), damaged=True, skipped=(Skipped("packets", "corrupt", 3),)
    )
    report = report_on(stage, folder, photo, damaged)
    assert rows(report)["decode"] == (FAILED, "frames=32 damaged=true packets: corrupt (3)")
    assert Reason.PARTIAL_DECODE in report.verdict.reasons


def test_coverage_of_a_bundle_without_a_blend_map(stage, photo, tmp_path):
    folder = build_tiny_bundle(tmp_path, outputs={"blend": None})
    report = report_on(stage, folder, photo, build_observation("image"))
    assert rows(report)["blend_map"] == (SKIPPED, "bundle=tiny has none")


def test_steps_name_the_parameters(stage, folder, photo):
    report = report_on(stage, folder, photo, build_observation("video"))
    steps = dict(step.split(": ", 1) for step in report.steps)
    assert list(steps) == [
        "read",
        "decode",
        "faces",
        "image",
        "consensus",
        "verdict",
        "cues",
        "provenance",
    ]
    assert steps["provenance"] == "trust_list=none"
    assert f"sha256={report.media.sha256}" in steps["read"]
    assert "size_px=32 margins=1.15,1.35 views=4 scored=32" in steps["image"]
    assert f"sha256={report.bundle_sha256}" in steps["image"]
    assert steps["verdict"] == "temperature=swap:1,synthetic:1 threshold=0.9 clear_below=0.3"


# --- failures -------------------------------------------------------------------------------------


def test_a_batch_loses_no_row(stage, folder, tmp_path, photo, caplog):
    paths = [photo]
    for name in ("slow.png", "bug.png", "memory.png", "last.png"):
        path = tmp_path / name
        path.write_bytes(photo.read_bytes())
        paths.append(path)
    empty = tmp_path / "empty.png"
    empty.touch()
    paths[2:2] = [empty, tmp_path / "missing.png"]
    stage.fails = {
        "slow.png": LimitError("time_limit", "too slow", "cut it"),
        "bug.png": ZeroDivisionError("by zero"),
        "memory.png": MemoryError(),
    }
    with make(folder) as analyzer, caplog.at_level(logging.CRITICAL):
        results = list(analyzer.analyze_many(paths))
    assert [path for path, _ in results] == paths
    kinds = [getattr(result, "kind", "report") for _, result in results]
    assert kinds == [
        "report",
        "time_limit",
        "empty_file",
        "not_found",
        "internal",
        "memory_limit",
        "report",
    ]
    assert all(result.hint for _, result in results if isinstance(result, UnmaskError))


def test_a_bug_is_an_internal_error_with_its_traceback_in_the_log(stage, folder, photo, caplog):
    stage.fails = {"photo.png": ZeroDivisionError("by zero")}
    with make(folder) as analyzer, pytest.raises(InternalError, match="ZeroDivisionError: by zero"):
        analyzer.analyze(photo)
    assert "ZeroDivisionError: by zero" in caplog.text
    assert "Traceback" in caplog.text


def test_an_interruption_is_not_a_row(stage, folder, photo):
    stage.fails = {"photo.png": KeyboardInterrupt()}  # type: ignore[dict-item]
    with make(folder) as analyzer, pytest.raises(KeyboardInterrupt):
        list(analyzer.analyze_many([photo]))


def test_links_are_refused_where_they_must_not_be_followed(stage, folder, photo, tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(photo)
    with make(folder) as analyzer:
        assert isinstance(analyzer.analyze(link), Report)
        with pytest.raises(RefusedError):
            analyzer.analyze(link, follow_links=False)


# --- the real parts -------------------------------------------------------------------------------


def test_a_picture_without_a_face_through_the_real_decoder_and_reader(folder, photo):
    report = unmask.analyze(photo, bundle=folder)
    assert (report.outcome, report.verdict.reasons) == (Outcome.INCONCLUSIVE, (Reason.NO_FACE,))
    assert report.media.sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (report.media.width_px, report.media.height_px) == (160, 120)
    assert report.created.tzinfo is not None


# --- the package ----------------------------------------------------------------------------------


def test_all_is_sorted_and_everything_in_it_is_there():
    assert unmask.__all__ == sorted(unmask.__all__)
    assert all(getattr(unmask, name) is not None for name in unmask.__all__)
    assert dir(unmask) == sorted(unmask.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'anlyze'"):
        _ = unmask.anlyze  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    assert unmask.__version__ == project["version"]


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import unmask", {"numpy", "onnxruntime", "cv2", "pydantic"}),
        ("from unmask import Analyzer", {"torch", "av", "PIL", "jinja2", "typst", "pandas"}),
    ],
)
def test_imports_are_lazy(code, absent):
    script = f"{code}\nimport sys\nprint(sorted(set({sorted(absent)!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


# --- cues -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cues", "kind", "people", "expected"),
    [
        ("none", "video", 2, (SKIPPED, "off")),
        ("gaze", "video", 1, (SKIPPED, "gaze=0/1 one_face=1")),
        ("gaze,appearance", "image", 2, (RUN, "appearance=2/2 gaze=2/2")),
        ("appearance", "image", 1, (SKIPPED, "appearance=0/1 one_face=1")),
    ],
)
def test_cues_are_switched_and_accounted_for(stage, folder, photo, cues, kind, people, expected):
    stage.observation = build_observation(kind, people)
    with make(folder, settings=Settings(cues=cues)) as analyzer:
        report = analyzer.analyze(photo)
    assert rows(report)["cues"] == expected
    assert f"cues: asked={cues} measured=" in " ".join(report.steps)
    names = {one.name for one in report.measurements if one.family == "cue"}
    assert names == {name for name in cues.split(",") if name != "none"}
    assert {f.id for f in report.findings if f.kind == "cue"} == {
        f"{track.id}.cue.{name}" for track in stage.observation.tracks for name in names
    }


def test_an_unknown_cue_fails_before_any_file_is_read(stage, folder):
    with pytest.raises(UnmaskError, match="unknown cue 'gazze'"):
        make(folder, settings=Settings(cues="gazze"))
    assert stage.decoders == 0


@pytest.mark.parametrize("kind", [RefusedError, LimitError, UsageError, BundleError, InternalError])
def test_errors_reach_another_process_whole(kind):
    more = (ErrorKind.CORRUPT,) if kind in (RefusedError, LimitError) else ()
    error = kind(*more, "it is broken", "mend it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.as_dict(), str(again)) == (error.as_dict(), str(error))
