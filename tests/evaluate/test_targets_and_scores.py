"""From paths to scores: layouts, draws, what is lost, what is taken over from an earlier run."""

from __future__ import annotations

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_scenes import SETTINGS, scene
from tiny_bundle import build_tiny_bundle

from unmask.data.manifest import meshes_path
from unmask.errors import UsageError
from unmask.evaluate import scoring
from unmask.evaluate.chain import Chain, Item
from unmask.evaluate.scoring import POOL_FROM, score_targets
from unmask.evaluate.targets import collect, draw_evenly, is_data
from unmask.models.bundle import load_bundle

pytestmark = pytest.mark.train


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_a_folder_gives_every_file_its_class_and_source(tmp_path):
    root = touch(tmp_path / "set", "real/a.jpg", "real/lfw/b.jpg", "Fake/c.mp4", "synthetic/d.png",
                 "real/.hidden/e.jpg", "notes.txt")  # fmt: skip
    table = collect([root]).table
    rows = table[["klass", "family", "source"]].to_records(index=False).tolist()
    assert rows == [
        ("real", "real", "set"),
        ("real", "real", "set/lfw"),
        ("swap", "fake", "set"),
        ("synthetic", "synthetic", "set"),
    ]
    assert table["group"].is_unique


def test_folders_named_after_splits_are_chosen_by_split(tmp_path):
    root = touch(tmp_path / "set", "Train/real/a.jpg", "Test/real/b.jpg", "Test/fake/c.jpg")
    assert [len(collect([root], split=split)) for split in ("test", "train", "all")] == [2, 1, 3]
    with pytest.raises(UsageError, match="nothing to evaluate"):
        collect([root], split="val")


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ((), "neither a manifest nor a folder"),
        (("other/a.jpg",), "neither real/ nor fake/"),
        (("real/.hidden",), "nothing to evaluate"),
    ],
)
def test_paths_that_hold_nothing_are_refused(tmp_path, names, match):
    with pytest.raises(UsageError, match=match):
        collect([touch(tmp_path / "set", *names)])
    assert not is_data(tmp_path / "nowhere")


def test_unknown_splits_sources_and_limits_are_refused(drawn_manifest):
    for choice in ({"split": "tset"}, {"sources": ["nobody"]}, {"limit": 0}):
        with pytest.raises(UsageError):
            collect([drawn_manifest], **choice)


def test_a_manifest_gives_its_split_and_its_meshes(drawn_manifest):
    with np.load(meshes_path(drawn_manifest)) as stored:
        score = stored["score"].copy()
        score[3] = 0
        np.savez(meshes_path(drawn_manifest), landmarks=stored["landmarks"], score=score)
    targets = collect([drawn_manifest])
    assert (len(targets), len(targets.landmarks), targets.meshless) == (12, 11, {3})
    one = collect([drawn_manifest], sources=["fake_drawn"])
    assert set(one.table["klass"]) == {"swap"}
    assert len(one.landmarks) == 6
    assert not one.meshless


def test_meshes_of_another_manifest_are_refused(drawn_manifest):
    np.savez(meshes_path(drawn_manifest), landmarks=np.zeros((2, 478, 2)), score=np.ones(2))
    with pytest.raises(UsageError, match="2 meshes for 12 rows"):
        collect([drawn_manifest])


def test_a_limit_draws_evenly_and_always_the_same(drawn_manifest):
    table = collect([drawn_manifest]).table
    big = pd.concat([table, pd.concat([table[table["klass"] == "real"]] * 9)], ignore_index=True)
    rows = draw_evenly(big, 8, seed=3)
    assert rows.tolist() == draw_evenly(big, 8, seed=3).tolist()
    assert rows.tolist() != draw_evenly(big, 8, seed=4).tolist()
    assert big.iloc[rows]["klass"].value_counts().to_dict() == {"real": 4, "swap": 4}


def test_red_faces_of_a_folder_are_told_and_what_fails_is_counted(scenes, tiny, tmp_path):
    root = scenes(2, 2)
    (root / "real" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (root / "fake" / "blank.png").write_bytes((root / "fake" / "0.png").read_bytes()[:60])
    scores = score_targets(tiny, collect([root]), tmp_path / "s.parquet", SETTINGS)
    by_status = scores.groupby("status").size().to_dict()
    assert by_status == {"scored": 4, "unreadable": 2}
    p = scores.set_index(["klass", "status"])["p"]
    assert p["swap", "scored"].min() > p["real", "scored"].max()
    assert scores.loc[scores["status"] == "unreadable", "p"].isna().all()


def test_a_face_outside_the_limits_abstains_and_none_is_lost(scenes, tmp_path):
    root = scenes(1, 0)
    strict = load_bundle(
        build_tiny_bundle(tmp_path, limits_of_use={"face_width_min_px": 900}), SETTINGS
    )
    cv2.imwrite(str(root / "real" / "wall.png"), np.full((240, 240, 3), 120, np.uint8))
    scores = score_targets(strict, collect([root]), tmp_path / "s.parquet", SETTINGS)
    found = scores[["status", "reason"]].to_records(index=False).tolist()
    assert found == [("abstained", "face_too_small"), ("no_face", "no_face")]
    assert scores["p"].isna().all()


def test_a_known_face_and_a_found_one_get_nearly_the_same_answer(drawn_manifest, tiny):
    targets = collect([drawn_manifest])
    chain = Chain(tiny, SETTINGS)
    row = 7
    path, box, marks = targets.table["path"][row], targets.boxes[row], targets.landmarks[row]
    known = chain.score(Item(path, box, marks))
    found = chain.score(Item(path, box, None))
    assert known["status"] == found["status"] == "scored"
    assert known["p"] == pytest.approx(found["p"], abs=0.1)
    elsewhere = np.array([0, 0, 20, 20], np.float32)
    assert chain.score(Item(path, elsewhere, None))["status"] == "no_face"
    assert chain.score(Item(path + "x", box, marks))["error"] == "not_found"
    chain.close()


class StoppedError(Exception):
    pass


def test_a_known_face_of_poor_quality_is_not_cleared(drawn_manifest, tmp_path):
    genuine = {"real": (9.0, 9.0, 9.0), "swap": (0.0, 0.0, 0.0), "synthetic": (0.0, 0.0, 0.0)}
    outcomes = {}
    limits = {"none": {}, "blocks": {"blockiness_max": 0.01}, "blur": {"sharpness_min": 1e6}}
    for name, limit in limits.items():
        verdict = {"threshold": 0.999, "clear_below": 0.99} | limit
        folder = build_tiny_bundle(tmp_path, name, weights=genuine, verdict=verdict)
        bundle = load_bundle(folder, SETTINGS)
        targets = collect([drawn_manifest], split="all", limit=2)
        scored = score_targets(bundle, targets, tmp_path / f"{name}.parquet", SETTINGS)
        outcomes[name] = set(scored.loc[scored["status"] == "scored", "outcome"])
    unclear = {"inconclusive"}
    assert outcomes == {"none": {"no_evidence"}, "blocks": unclear, "blur": unclear}


def test_a_killed_run_goes_on_and_what_changed_is_scored_again(
    drawn_manifest, tiny, tmp_path, monkeypatch
):
    targets, file = collect([drawn_manifest]), tmp_path / "s.parquet"
    asked = []
    real = Chain.score

    def watched(self, item):
        asked.append(item.path)
        if len(asked) == 6:
            raise StoppedError
        return real(self, item)

    monkeypatch.setattr(Chain, "score", watched)
    with pytest.raises(StoppedError):
        score_targets(tiny, targets, file, SETTINGS)
    assert len(pd.read_parquet(file)) == 5
    whole = score_targets(tiny, targets, file, SETTINGS)
    assert len(asked) == 6 + 7
    monkeypatch.setattr(Chain, "score", real)
    fresh = score_targets(tiny, targets, tmp_path / "t.parquet", SETTINGS)
    pd.testing.assert_series_equal(whole["p"], fresh["p"])
    monkeypatch.setattr(Chain, "score", watched)
    image, _ = scene(40, fake=True)
    cv2.imwrite(targets.table["path"][0], image)
    changed = score_targets(tiny, targets, file, SETTINGS)
    assert asked[13:] == [targets.table["path"][0]]
    assert changed["p"][0] > whole["p"][0]


def test_a_file_of_something_else_is_not_overwritten(drawn_manifest, tiny, tmp_path):
    file = tmp_path / "s.parquet"
    pd.DataFrame({"mine": [1]}).to_parquet(file)
    with pytest.raises(UsageError, match="no file of scores"):
        score_targets(tiny, collect([drawn_manifest]), file, SETTINGS)
    assert pd.read_parquet(file)["mine"].tolist() == [1]


@pytest.mark.slow
def test_two_processes_give_the_numbers_of_one(tmp_path, tiny, drawn_manifest, monkeypatch):
    targets = collect([drawn_manifest])
    monkeypatch.setattr(scoring, "POOL_FROM", 2)
    done = []
    many = score_targets(
        tiny, targets, tmp_path / "a.parquet", SETTINGS, workers=2, on_done=done.append
    )
    monkeypatch.setattr(scoring, "POOL_FROM", POOL_FROM)
    one = score_targets(tiny, targets, tmp_path / "b.parquet", SETTINGS)
    pd.testing.assert_frame_equal(many, one)
    assert len(done) == 12
