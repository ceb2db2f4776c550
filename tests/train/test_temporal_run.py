"""From drawn clips to a bundle that judges over time, by the commands a person types."""

from __future__ import annotations

import json
import shutil

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_data import scene
from held_lock import held_lock
from tiny_bundle import build_tiny_bundle, tiny_card
from tiny_temporal import build_temporal_bundle, fusion_section

from unmask import Analyzer
from unmask.cli import main
from unmask.data.clips import read_clips
from unmask.data.scene_clip import write_clip
from unmask.detectors.track_features import TrackFeatures
from unmask.evaluate.clip_degrade import SCALE, degrade_clips
from unmask.evaluate.clip_report import clip_report, fit_rules
from unmask.evaluate.clip_table import clip_table
from unmask.models.bundle import load_bundle
from unmask.models.card_reader import parse_card
from unmask.models.verify import verify_bundle
from unmask.report.as_json import read_schema, report_to_dict
from unmask.settings import Settings
from unmask.train import clip_readings
from unmask.train.clip_readings import TrackReading, read_people
from unmask.types import CheckStatus

pytestmark = [pytest.mark.train, pytest.mark.slow]
FRAMES, BOX = 8, [160.0, 140.0, 260.0, 262.0]
LIMITS = {
    "face_width_min_px": 30,
    "needs_mesh": False,
    "sharpness_min": 0.0,
    "exposure": [0.0, 1.0],
    "yaw_max_deg": 90,
}


def write_one(path, look, *, flickers, frames=FRAMES):
    """A drawn person who sways; with a fault the face's colour changes from frame to frame."""
    rng = np.random.default_rng(look)
    images = []
    for k in range(frames):
        image = scene((look, 110 + k % 3))
        if flickers:
            gain = np.array([rng.uniform(0.6, 1.2), 1.0, rng.uniform(0.7, 1.2)], np.float32)
            image = np.clip(image * gain, 0, 255).astype(np.uint8)
        images.append(cv2.GaussianBlur(image, (0, 0), 0.6))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_clip(images, path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Genuine and flickering clips of every split, with their truth."""
    folder = tmp_path_factory.mktemp("made")
    truth = []
    for split, count in (("train", 4), ("val", 2), ("test", 2)):
        for number in range(count):
            fake = number % 2 == 1
            file = f"{split}/{number}.mp4"
            write_one(folder / file, number // 2, flickers=fake)
            person = {"identity": f"{split}{number}", "source": "drawn", "swapped": fake,
                      "kind": "flicker" if fake else None, "donor": None,
                      "boxes_xyxy": [BOX] * FRAMES}  # fmt: skip
            truth.append({"file": file, "split": split, "number": number, "people": [person],
                          "width_px": 480, "height_px": 320, "fps": 25, "crf": 23,
                          "frames": list(range(FRAMES))})  # fmt: skip
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


@pytest.fixture(scope="module")
def exported(made, tmp_path_factory):
    """(run, bundle) after `unmask train` and `unmask export`."""
    folder = tmp_path_factory.mktemp("runs")
    bundle = build_tiny_bundle(folder, limits_of_use=LIMITS)
    config = folder / "over.toml"
    config.write_text(
        f'task = "temporal"\nbundle = "{bundle}"\ndata = "{made}"\nprojection = 4\nhidden = 4\n'
        f'epochs = 12\nlr = 0.02\ncache = "{folder / "cache"}"\n'
    )
    assert main(["train", str(config), "--out", str(folder / "run"), "--lang", "en"]) == 0
    out = folder / "with-time"
    assert main(["export", str(folder / "run"), "--out", str(out), "--lang", "en"]) == 0
    return folder / "run", out


def test_the_bundle_verifies_and_its_card_tells_of_the_part(exported):
    run, folder = exported
    bundle = load_bundle(folder, Settings())
    assert bundle.card.temporal.features == 3
    assert bundle.card.temporal.metrics["validation"]["n"] == 2
    assert {row.status for row in verify_bundle(folder, Settings())} == {CheckStatus.RUN}
    assert (run / "curves.png").is_file()
    assert main(["train", "--out", str(run), "--lang", "en"]) == 0  # it is over: nothing is done


def test_a_run_in_which_another_process_trains_is_refused(exported, capsys):
    run, _ = exported
    with held_lock(run):
        assert main(["train", "--out", str(run), "--lang", "en"]) == 2
    assert "another process is training in the folder" in capsys.readouterr().err


def test_the_report_carries_the_temporal_score(exported, made):
    jsonschema = pytest.importorskip("jsonschema")
    with Analyzer(Settings(threads=1), exported[1]) as analyzer:
        report = analyzer.analyze(made / "test" / "1.mp4")
        short = analyzer.analyze(write_one(made / "short.mp4", 0, flickers=False, frames=3))
    data = report_to_dict(report)
    jsonschema.validate(data, read_schema())
    (face,) = data["faces"]
    assert len(face["timeline"]) == FRAMES
    assert all(0 <= moment["temporal"] <= 1 for moment in face["timeline"])
    said = {one["detector"]: one for one in face["evidence"]}
    assert set(said) == {"image", "temporal"}
    assert face["fake_probability"] == said["image"]["score"]  # no fused rule on this card
    rows = {row["name"]: row["status"] for row in data["coverage"]["checks"]}
    assert (rows["temporal"], rows["fusion"]) == ("run", "skipped")
    (face,) = report_to_dict(short)["faces"]
    assert [moment["temporal"] for moment in face["timeline"]] == [None] * 3
    assert {e["detector"]: e["reason"] for e in face["evidence"]}["temporal"] == "too_few_frames"


def test_a_fused_rule_gives_the_persons_probability(made, tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    section = fusion_section({"frame_log_odds": 0.2, "temporal": 0.3})
    folder = build_temporal_bundle(tmp_path, fusion=section, limits_of_use=LIMITS)
    with Analyzer(Settings(threads=1), folder) as analyzer:
        data = report_to_dict(analyzer.analyze(made / "test" / "1.mp4"))
    jsonschema.validate(data, read_schema())
    (face,) = data["faces"]
    said = {one["detector"]: one["score"] for one in face["evidence"]}
    odds = [np.log(said[name] / (1 - said[name])) for name in ("image", "temporal")]
    p = 1 / (1 + np.exp(-(0.25 + 0.2 * odds[0] + 0.3 * odds[1])))
    assert face["fake_probability"] == pytest.approx(p, abs=2e-3)
    assert (face["threshold"], data["fake_probability"]) == (0.7, face["fake_probability"])
    assert sum(face["class_probabilities"].values()) == pytest.approx(1, abs=0.01)
    assert 1 - face["class_probabilities"]["real"] == pytest.approx(p, abs=0.01)


def test_readings_are_kept_and_tell_who_is_who(made, exported, tmp_path, monkeypatch):
    clips = [clip for clip in read_clips(made) if clip.split == "test"]
    first = read_people(clips, exported[1], tmp_path, cues=True)
    assert [one.person.swapped for one in first] == [False, True]
    monkeypatch.setattr("unmask.train.clip_readings.Decoder", None)  # nobody may look again
    again = read_people(clips, exported[1], tmp_path, cues=False)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.track.features.features, two.track.features.features)
        np.testing.assert_array_equal(one.track.features.logits, two.track.features.logits)
        assert one.track.reason == two.track.reason
        assert one.track.measurements == two.track.measurements
    bundle = load_bundle(exported[1], Settings())
    table = clip_table(again, bundle)
    assert table["fake"].tolist() == [False, True]
    assert table["temporal"].between(0, 1).all()
    with Analyzer(Settings(threads=1), exported[1]) as analyzer:
        judged = [analyzer.analyze(clip.path).verdicts[0] for clip in clips]
    said = [next(e for e in one.evidence if e.detector == "image") for one in judged]
    assert table["frame"].tolist() == pytest.approx([one.score for one in said])
    shares = [{k: v for k, v in one.class_probabilities.items() if k != "real"} for one in said]
    assert table["read_as"].tolist() == [max(one, key=one.get) for one in shares]


@pytest.mark.parametrize(
    ("logits", "edits", "reason", "read"),
    [
        ([0.0, 2.0, 0.0], [-1.0, -2.0], "", "swap"),
        ([0.0, 2.0, 0.0], [3.0, -1.0], "", "edit"),
        ([0.0, 2.0, 0.0], None, "", "swap"),
        ([0.0, 1.0, 1.2], [0.1, 0.1], "", "synthetic"),  # the edit's share is half of the swap's
        ([0.0, 2.0, 0.0], [3.0, 3.0], "too_dark", ""),
    ],
)
def test_a_kept_reading_says_what_a_face_reads_as(logits, edits, reason, read, tmp_path):
    empty, places = np.zeros((2, 4), np.float32), np.arange(2)
    said = None if edits is None else np.array(edits)
    features = TrackFeatures("A", empty, np.array([logits] * 2), np.zeros(2), places, said)
    kept = TrackReading(features, np.zeros((2, 4), np.float32), places, reason, ())
    clip_readings._store(tmp_path / "a.npz", [kept])
    (again,) = clip_readings._load(tmp_path / "a.npz")
    card = parse_card(json.dumps(tiny_card()))
    assert (again.read_as(card), kept.read_as(card)) == (read, read)


def test_another_calibration_needs_no_new_look(made, exported, tmp_path, monkeypatch):
    clips = [clip for clip in read_clips(made) if clip.split == "test"]
    folder = tmp_path / "bundle"
    shutil.copytree(exported[1], folder)
    before = clip_table(
        read_people(clips, folder, tmp_path, cues=False), load_bundle(folder, Settings())
    )
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["calibration"]["temperature"] = 1e6  # all three classes alike
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    monkeypatch.setattr("unmask.train.clip_readings.Decoder", None)
    after = clip_table(
        read_people(clips, folder, tmp_path, cues=False), load_bundle(folder, Settings())
    )
    assert after["frame"].tolist() == pytest.approx([2 / 3, 2 / 3], abs=1e-4)
    assert (before["frame"] < 0.65).all()


def test_degraded_copies_keep_their_truth(made, tmp_path):
    copy = degrade_clips(made, tmp_path / "small")
    before = [clip for clip in read_clips(made) if clip.split == "test"]
    after = read_clips(copy)
    assert len(after) == len(before)
    for one, two in zip(before, after, strict=True):
        ratio = two.people[0].boxes_xyxy / one.people[0].boxes_xyxy
        assert np.abs(ratio - SCALE).max() < 0.01
        assert two.path.stat().st_size < one.path.stat().st_size


def test_the_evaluation_finds_a_planted_gain():
    """Where frames say nothing and the network over time everything, the gain is what is left."""
    rng = np.random.default_rng(0)
    count = 240
    fake = np.arange(count) % 2 == 1
    split = np.where(np.arange(count) < count // 2, "val", "test")
    unseen = (split == "test") & (np.arange(count) % 4 == 3)
    kind = np.where(fake, np.where(unseen, "drop", "jitter"), "")
    table = pd.DataFrame(
        {"data": "made", "clip": [f"c{i // 2}" for i in range(count)], "split": split,
         "identity": "i", "source": "s", "kind": kind, "fake": fake,
         "frame": rng.uniform(0.3, 0.7, count),
         "temporal": np.clip(0.5 + 0.4 * (2 * fake - 1) + rng.normal(0, 0.05, count), 0.01, 0.99),
         "cues": [()] * count, "unread": "",
         "read_as": np.where(unseen, "edit", "swap")}
    )  # fmt: skip
    section = fusion_section({"temporal": 2.0}, intercept=0.0)
    card = parse_card(json.dumps(tiny_card() | {"fusion": section}))
    report = clip_report(table, table.iloc[:0], fit_rules(table, card), {"made": 120})
    assert report["unseen_kinds"] == ["drop"]
    half = count // 4 // 2
    known = {"n": half, "classes": {"swap": half}}
    assert report["read_as"] == {"drop": {"n": half, "classes": {"edit": half}}, "jitter": known}
    for name in ("in_set", "unseen_kind"):
        subset = report["subsets"][name]
        assert subset["rules"]["all"]["accuracy"] > 0.98
        assert subset["gains"]["shipped"]["accuracy_points"] > 30
        assert subset["gains"]["shipped"]["interval"][0] > 15
        assert subset["ablation"]["temporal"]["accuracy_points"] > 30
        assert subset["ablation"]["gaze"]["accuracy_points"] == 0
    assert report["data"]["made"]["shipped"]["all_faces_right"] > 0.98
    assert report["data"]["made"]["shipped"]["false_alarms"] == 0
