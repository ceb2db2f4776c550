"""A threshold of one's own: the arithmetic, the profile on disk, the commands that use it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from builders import build_report
from tiny_bundle import build_tiny_bundle

from unmask.analyzer import Analyzer
from unmask.cli.batch import EXIT_INTERRUPTED
from unmask.cli.calibrate import parse_rate
from unmask.conformal import beta_quantile, conformal_threshold, files_needed
from unmask.errors import ErrorKind, RefusedError, UsageError
from unmask.models.bundle import load_bundle
from unmask.profiles import apply_profile, load_profile, profile_text
from unmask.settings import Settings
from unmask.types import Outcome, Profile, Reason, Report, Verdict

# --- the arithmetic -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "files"), [(0.5, 1), (0.1, 9), (0.05, 19), (0.01, 99), (0.003, 333), (0.001, 999)]
)
def test_how_many_files_a_rate_needs(rate, files):
    assert files_needed(rate) == files
    scores = np.linspace(0.1, 0.9, files)
    assert conformal_threshold(scores, rate).rate <= rate
    with pytest.raises(UsageError, match=f"{files} are needed"):
        conformal_threshold(scores[1:], rate)


@pytest.mark.parametrize(
    ("files", "rate", "over"), [(99, 0.01, 0), (199, 0.01, 1), (29, 0.1, 2), (100, 0.05, 4)]
)
def test_the_threshold_stands_just_over_the_right_score(files, rate, over):
    scores = [round(0.001 * (i + 1), 6) for i in range(files)]
    found = conformal_threshold(np.random.default_rng(0).permutation(scores), rate)
    assert found.over == over == sum(score >= found.threshold for score in scores)
    assert found.threshold == pytest.approx(sorted(scores)[files - over - 1] + 1e-6, abs=1e-9)
    assert found.rate == pytest.approx((over + 1) / (files + 1))


def test_equal_scores_are_all_under_the_threshold():
    found = conformal_threshold([0.4] * 60 + [0.7] * 39, 0.1)
    assert (found.threshold, found.over) == (0.700001, 0)


def test_scores_of_one_leave_no_room():
    with pytest.raises(UsageError, match="score 1"):
        conformal_threshold([0.2] * 90 + [1.0] * 10, 0.05)


def test_the_promise_holds_on_average_and_the_interval_for_most_choices(monkeypatch):
    """10,000 calibrations on uniform scores, whose false-alarm rate is known: 1 - threshold."""
    monkeypatch.setattr("unmask.conformal.beta_quantile", cache(beta_quantile))
    rng, rate, files = np.random.default_rng(4), 0.05, 60
    shares, inside = [], 0
    for _ in range(10_000):
        found = conformal_threshold(rng.random(files), rate)
        shares.append(1 - found.threshold)
        inside += found.interval[0] <= shares[-1] <= found.interval[1]
    assert np.mean(shares) == pytest.approx(found.rate, abs=0.001)
    assert np.mean(shares) <= rate
    assert inside / 10_000 == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(("share", "a", "b"), [(0.025, 1, 99), (0.975, 3, 200), (0.5, 40, 2)])
def test_beta_quantiles_agree_with_another_implementation(share, a, b):
    stats = pytest.importorskip("scipy.stats")
    assert beta_quantile(share, a, b) == pytest.approx(stats.beta.ppf(share, a, b), abs=1e-9)


def test_beta_quantiles_worked_by_hand():
    assert beta_quantile(0.3, 1, 1) == pytest.approx(0.3)  # uniform
    assert beta_quantile(0.975, 1, 100) == pytest.approx(1 - 0.025**0.01)  # 1 - (1 - x)^100
    assert beta_quantile(0.5, 7, 7) == pytest.approx(0.5)  # symmetric
    assert math.isfinite(beta_quantile(0.975, 500, 9501))


@pytest.mark.parametrize(
    ("text", "rate"), [("1%", 0.01), (" 0.5 % ", 0.005), ("0.02", 0.02), ("50%", 0.5)]
)
def test_rates_are_read(text, rate):
    assert parse_rate(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["0", "-1%", "51%", "100", "many", "nan", "inf", "", "%"])
def test_rates_that_make_no_sense_are_refused(text):
    with pytest.raises(UsageError, match="expected a share"):
        parse_rate(text)


# --- the profile ----------------------------------------------------------------------------------

PROFILE = Profile("my camera", 0.8, 0.01, (0.001, 0.03), 250, "ab" * 32, "2026-11-22T09:00:00Z")


def saved(tmp_path: Path, profile: Profile = PROFILE, **changes: object) -> Path:
    data = json.loads(profile_text(profile, "tiny", ["cd" * 32], Settings())) | changes
    path = tmp_path / "p.json"
    path.write_text(json.dumps({k: v for k, v in data.items() if v != "gone"}))
    return path


def test_a_profile_comes_back_as_it_was_written(tmp_path):
    assert load_profile(saved(tmp_path), Settings()) == PROFILE
    data = json.loads((tmp_path / "p.json").read_text())
    assert (data["schema"], data["sha256"], data["settings"]["frames"]) == (1, ["cd" * 32], 32)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "other"}, "is no profile"),
        ({"schema": 2}, "schema: expected 1, got 2"),
        ({"threshold": 1.5}, "threshold: expected a number from 0 to 1"),
        ({"threshold": True}, "threshold: expected a number"),
        ({"threshold": "gone"}, "threshold"),
        ({"interval": [0.5, 0.1]}, "interval"),
        ({"interval": [0.5]}, "damaged"),
        ({"interval": 3}, "damaged"),
        ({"files": 0}, "files: expected a whole number"),
        ({"files": 2.5}, "files: expected a whole number"),
        ({"name": ""}, "name: expected a text"),
        ({"bundle_sha256": "x"}, "64 hex digits"),
        ({"settings": {"frames": 64}}, "made with frames=64, this run has frames=32"),
    ],
)
def test_a_damaged_profile_says_what_is_wrong(tmp_path, changes, message):
    with pytest.raises(UsageError, match=message):
        load_profile(saved(tmp_path, **changes), Settings())


@pytest.mark.parametrize(("text", "message"), [("", "is no JSON"), ("[1]", "is no profile")])
def test_what_is_no_profile_is_refused(tmp_path, text, message):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(UsageError, match=message):
        load_profile(tmp_path / "p.json", Settings())
    with pytest.raises(UsageError, match="cannot be read"):
        load_profile(tmp_path / "absent.json", Settings())


@pytest.mark.parametrize(("threshold", "clear_below"), [(0.95, 0.3), (0.5, 0.3), (0.2, 0.2)])
def test_a_profile_replaces_the_threshold_and_nothing_else(tmp_path, threshold, clear_below):
    bundle = load_bundle(build_tiny_bundle(tmp_path), Settings())
    own = replace(PROFILE, threshold=threshold, bundle_sha256=bundle.sha256)
    changed = apply_profile(bundle, own)
    assert changed.card.verdict.threshold == threshold
    assert changed.card.verdict.clear_below == clear_below
    assert changed.sha256 == bundle.sha256
    kept = replace(changed.card, verdict=bundle.card.verdict)
    assert kept.to_dict() == bundle.card.to_dict()


def test_a_profile_of_another_model_is_refused_with_the_next_step(tmp_path):
    folder = build_tiny_bundle(tmp_path)
    with pytest.raises(UsageError, match="made for another model") as caught:
        Analyzer(Settings(profile=saved(tmp_path)), folder)
    assert "--bundle" in caught.value.hint


def test_the_report_names_the_profile_and_judges_by_it(tmp_path):
    folder = build_tiny_bundle(tmp_path)
    sha256 = hashlib.sha256((folder / "card.json").read_bytes()).hexdigest()
    path = saved(tmp_path, replace(PROFILE, bundle_sha256=sha256))
    import unmask
    from unmask.report import report_to_dict

    portrait = Path(unmask.__file__).parent / "samples" / "portrait-genuine.jpg"
    with Analyzer(Settings(profile=path), folder) as analyzer:
        report = analyzer.analyze(portrait)
    data = report_to_dict(report)
    assert data["profile"]["name"] == "my camera"
    assert {data["threshold"], *(face["threshold"] for face in data["faces"])} == {0.8}
    assert data["settings"]["profile"] == str(path)
    assert data["model"]["sha256"] == sha256
    for language, word in (("en", "of the user's own"), ("ko", "프로필")):
        said = [one["text"] for one in data["about_file"][language]]
        assert any(word in text and "80%" in text and "250" in text for text in said)
    assert any(step.startswith("profile: threshold=0.8 files=250") for step in report.steps)


# --- the command ----------------------------------------------------------------------------------


class Scored:
    """Answers by file name: "0.42-a.jpg" has that probability, "no_face-1.jpg" has none."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __enter__(self) -> Scored:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def analyze(self, path: Path, *, follow_links: bool = True) -> Report:
        stem = path.stem.split("-")[0]
        if stem == "broken":
            raise RefusedError(ErrorKind.CORRUPT, f"{path.name} is damaged", "take another")
        if stem == "interrupt":
            raise KeyboardInterrupt
        if stem in set(Reason):
            report = build_report("image", Outcome.INCONCLUSIVE, 0, reason=Reason(stem))
        else:
            report = build_report("image", Outcome.NO_EVIDENCE)
            own = Verdict("file", Outcome.NO_EVIDENCE, float(stem), 0.99, 0.98)
            report = replace(report, verdicts=(*report.verdicts[:-1], own))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return replace(report, media=replace(report.media, sha256=digest))


@pytest.fixture
def scored(fakes, monkeypatch) -> list[Scored]:
    """The analyzers that `calibrate` opened."""
    made: list[Scored] = []

    def opener(settings: Settings) -> Scored:
        made.append(Scored(settings))
        return made[-1]

    monkeypatch.setattr("unmask.cli.calibrate.open_analyzer", opener)
    return made


@pytest.fixture
def genuine(tmp_path) -> Path:
    """39 genuine files of different contents with probabilities .010, .020, ..."""
    folder = tmp_path / "genuine"
    folder.mkdir()
    for i in range(39):
        (folder / f"{0.01 * (i + 1):.3f}-{i}.jpg").write_text(str(i))
    return folder


def test_a_folder_becomes_a_profile(run, scored, genuine):
    ran = run("calibrate", genuine, "--max-false-alarms", "5%", "--name", "desk", "--lang", "en")
    assert ran.code == 0
    data = json.loads(Path("desk.profile.json").read_text())
    assert (data["threshold"], data["files"], data["name"]) == (0.380001, 39, "desk")
    assert data["max_false_alarms"] == 0.05
    assert data["sha256"] == sorted(data["sha256"])
    assert len(set(data["sha256"])) == 39
    low, high = data["interval"]
    assert 0 < low < 0.05 < high < 0.2
    assert "Threshold 0.380001 (the model's own: 0.99), from 39 genuine files." in ran.out
    assert "at most 5% are called manipulated" in ran.out
    assert "unmask analyze --profile desk.profile.json" in ran.out
    assert list(Path().glob(".*.part")) == []


def test_files_without_a_score_are_listed_and_left_out(run, scored, genuine):
    (genuine / "no_face-1.jpg").write_text("n1")
    (genuine / "no_face-2.jpg").write_text("n2")
    (genuine / "broken-1.jpg").write_text("b")
    (genuine / "0.990-copy.jpg").write_text("7")  # the contents of a file that was scored
    ran = run("calibrate", genuine, "--max-false-alarms", "0.05", "--lang", "en", "-o", "a/b.json")
    assert ran.code == 0
    assert json.loads(Path("a/b.json").read_text())["files"] == 39
    assert "no score: 4 (" in ran.out
    assert "no face found: 2" in ran.out
    assert "the same file again: 1" in ran.out
    assert "genuine/no_face-1.jpg: no face found" in ran.out
    assert "error [corrupt]" in ran.err


def test_too_few_files_are_told_before_any_is_scored(run, scored, genuine):
    ran = run("calibrate", genuine, "--max-false-alarms", "1%")
    assert (ran.code, ran.out, scored) == (2, "", [])
    assert "39 genuine files cannot promise at most 0.01 false alarms: 99 are needed" in ran.err
    assert "add 60 more, or allow 0.0250 or more" in ran.err


def test_a_path_that_does_not_exist_is_no_genuine_file(run, scored, genuine):
    ran = run("calibrate", genuine, "nodir", "--max-false-alarms", "5%")
    assert (ran.code, ran.out, scored) == (2, "", [])
    assert ran.err.startswith("error [not_found]: nodir does not exist")


def test_unreadable_files_are_named_and_not_counted(run, scored, genuine, monkeypatch):
    (genuine / "shut.jpg").write_text("s")
    for path in sorted(genuine.iterdir())[1:-1]:
        path.unlink()
    monkeypatch.setattr("os.access", lambda path, mode: path.name != "shut.jpg")
    ran = run("calibrate", genuine, "--max-false-alarms", "5%")
    assert ran.code == 2
    first, last = ran.err.splitlines()
    assert first.startswith("error [no_permission]: ")
    assert "shut.jpg cannot be read" in first
    assert "1 genuine file cannot promise" in last


def test_too_few_scores_write_nothing(run, scored, genuine):
    for path in list(genuine.iterdir())[:10]:
        path.rename(path.with_name(f"no_face-{path.name}"))
    ran = run("calibrate", genuine, "--max-false-alarms", "3%")
    assert ran.code == 2
    assert "29 genuine files cannot promise" in ran.err
    assert list(Path().glob("*.json")) == []


def test_an_interruption_writes_nothing(run, scored, genuine):
    (genuine / "interrupt-1.jpg").write_text("i")
    ran = run("calibrate", genuine, "--max-false-alarms", "5%")
    assert ran.code == EXIT_INTERRUPTED
    assert list(Path().glob("*.json")) == []


def test_a_profile_in_the_environment_plays_no_part_in_calibration(
    run, scored, genuine, monkeypatch
):
    monkeypatch.setenv("UNMASK_PROFILE", "/nowhere.json")
    monkeypatch.setenv("UNMASK_ROBUSTNESS", "true")
    assert run("calibrate", genuine, "--max-false-alarms", "5%").code == 0
    assert (scored[0].settings.profile, scored[0].settings.robustness) == (None, False)


def test_the_korean_summary(run, scored, genuine):
    ran = run(
        "calibrate", genuine, "--max-false-alarms", "5%", "--lang", "ko", "--name", "우리 채널"
    )
    assert "진본 파일 39개로 정한 판정 기준값은 0.380001입니다" in ran.out
    assert Path("우리 채널.profile.json").is_file()


def test_analyze_and_rerun_hand_the_profile_on(run, fakes, files):
    files("manipulated.jpg")
    ran = run("analyze", "--profile", "p.json", "--robustness", "--trust-list", "t.pem",
              "--format", "json", "manipulated.jpg")  # fmt: skip
    assert ran.code == 0
    chosen = fakes[-1].settings
    assert chosen.profile == Path("p.json").absolute()
    assert chosen.trust_list == Path("t.pem").absolute()
    assert chosen.robustness is True
    (path,) = Path("unmask-reports").glob("*.json")
    data = json.loads(path.read_text())
    data["settings"] |= {"profile": "/old/p.json", "robustness": True}
    path.write_text(json.dumps(data))
    run("rerun", path)
    assert (fakes[-1].settings.profile, fakes[-1].settings.robustness) == (
        Path("/old/p.json"),
        True,
    )
    run("rerun", "--profile", "q.json", path)
    assert fakes[-1].settings.profile == Path("q.json").absolute()
