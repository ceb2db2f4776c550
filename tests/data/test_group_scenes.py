"""Scenes of several people from a manifest: true to their truth, split by people, repeatable."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from drawn_face import LOOKS, draw_face, mesh_points

pd = pytest.importorskip("pandas")

from unmask.data.crossing_scenes import make_crossing  # noqa: E402
from unmask.data.group_scenes import PEOPLE, SceneMaker, burst_frames, read_casts  # noqa: E402
from unmask.data.manifest import SPLITS, write_manifest, write_meshes  # noqa: E402
from unmask.data.scene_swaps import EDIT, HELD_OUT, SWAPS  # noqa: E402
from unmask.errors import UsageError  # noqa: E402

pytestmark = pytest.mark.train
SCRIPT = Path(__file__).parents[2] / "scripts" / "make_scenes.py"
EACH = 12  # people per split


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Path:
    """Drawn people, twelve a split."""
    folder = tmp_path_factory.mktemp("people")
    rows, meshes = [], []
    scale = 240 / 384
    mesh = mesh_points() * scale
    low, high = mesh[:468].min(axis=0), mesh[:468].max(axis=0)
    for number in range(3 * EACH):
        image, alpha = draw_face(LOOKS[number % 3])
        image = (image * alpha[..., None] + 120 * (1 - alpha[..., None])).astype(np.uint8)
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), cv2.resize(image, (240, 240))[..., ::-1])
        row = dict(zip(("x1", "y1", "x2", "y2"), (*low, *high), strict=True))
        row |= {"path": str(path), "klass": "real", "source": "drawn", "video": str(number)}
        row |= {"identity": f"p{number}", "split": SPLITS[number % 3]}
        rows.append(row)
        meshes.append(mesh)
    table = pd.DataFrame(rows)
    write_manifest(table, folder / "people.parquet")
    write_meshes(folder / "people.parquet", np.float32(meshes), np.full(len(rows), 0.95))
    return folder / "people.parquet"


@pytest.fixture(scope="module")
def maker(manifest):
    return SceneMaker(manifest, seconds=0.2, seed=3)


def test_the_splits_share_nobody(maker):
    people = {split: set() for split in SPLITS}
    for split in SPLITS:
        for number in range(2):
            _, truth = maker.spec(split, number)
            for person in truth["people"]:
                people[split] |= {person["identity"], person["donor"]} - {None}
    assert not people["train"] & people["val"]
    assert not people["train"] & people["test"]
    assert not people["val"] & people["test"]


def test_a_scene_is_what_its_truth_says(maker):
    for number in range(3):
        spec, truth = maker.spec("test", number)
        assert len(spec.actors) == len(truth["people"])
        assert len(spec.actors) in PEOPLE
        names = [person["identity"] for person in truth["people"]]
        assert len(set(names)) == len(names)
        for actor, person in zip(spec.actors, truth["people"], strict=True):
            assert actor.person.name == person["identity"]
            assert (actor.swap is not None) == person["swapped"] == (person["kind"] is not None)
            if actor.swap is not None:
                assert actor.swap.donor.name == person["donor"]
                assert person["donor"] not in names
        sizes = [actor.face_px for actor in spec.actors]
        assert sizes == sorted(sizes)  # the nearest in front


def test_the_held_out_kind_is_for_the_test_alone(maker):
    rng = np.random.default_rng(0)
    drawn = {s: [maker._kind(rng, s) for _ in range(200)] for s in SPLITS}
    assert HELD_OUT not in drawn["train"] + drawn["val"]
    assert set(drawn["train"]) == set(SWAPS) - {HELD_OUT}
    assert set(drawn["test"]) == set(SWAPS)
    with pytest.raises(UsageError, match="unknown kind of swap"):
        SceneMaker(Path("nowhere.parquet"), held_out="soffft")


def test_edits_are_made_where_they_are_asked_for(manifest):
    maker = SceneMaker(manifest, seconds=0.2, seed=3, kinds=[EDIT])
    truths = [maker.spec("val", number) for number in range(4)]
    people = [one for _, truth in truths for one in truth["people"]]
    assert {person["kind"] for person in people} == {None, EDIT}
    worn = [a.swap for spec, _ in truths for a in spec.actors if a.swap is not None]
    assert all(swap.parts for swap in worn)
    with pytest.raises(UsageError, match="unknown kind of swap"):
        SceneMaker(manifest, kinds=["part"])


def test_a_clip_is_written_the_same_twice_with_its_truth(maker, tmp_path):
    truths = [maker.make("train", 1, tmp_path / name) for name in ("one", "two")]
    assert truths[0] == truths[1]
    truth = json.loads(json.dumps(truths[0]))
    files = [tmp_path / name / truth["file"] for name in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()
    with av.open(str(files[0])) as container:
        shown = [frame for frame in container.decode(video=0)]
    assert len(shown) == len(truth["frames"])
    assert [round(frame.time * 25) for frame in shown] == truth["frames"]
    assert (shown[0].width, shown[0].height) == (truth["width_px"], truth["height_px"])
    for person in truth["people"]:
        assert len(person["boxes_xyxy"]) == len(shown)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [(8, 8), (32, 32), (75, 32), (500, 32)],
)
def test_bursts_are_neighbours_spread_over_the_clip(frames, expected):
    places = burst_frames(frames)
    assert len(places) == len(set(places)) == expected
    assert list(places) == sorted(places)
    assert places[0] >= 0
    assert places[-1] < frames
    if frames > 32:
        steps = np.diff(places)
        assert (steps == 1).sum() == 24
        assert places[0] < frames / 8
        assert places[-1] > 7 * frames / 8


def test_too_few_people_are_refused(manifest, tmp_path):
    table = pd.read_parquet(manifest)
    few = tmp_path / "few.parquet"
    kept = table.index[:20]
    write_manifest(table.loc[kept], few)
    write_meshes(few, np.float32([mesh_points()] * 20), np.full(20, 0.95))
    with pytest.raises(UsageError, match="a scene needs"):
        read_casts(few)


def test_the_script_writes_clips_and_one_truth(manifest, tmp_path, monkeypatch, capsys):
    spec = spec_from_file_location("make_scenes", SCRIPT)
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_scenes", module)
    spec.loader.exec_module(module)
    arguments = ["make_scenes.py", str(manifest), str(tmp_path), "--count", "1,0,1"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--seconds", "0.1", "--workers", "1"])
    module.main()
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert [one["file"] for one in truth] == ["train/00000.mp4", "test/00000.mp4"]
    assert all((tmp_path / one["file"]).stat().st_size > 1000 for one in truth)
    assert "2 scenes" in capsys.readouterr().out


@pytest.mark.slow
def test_people_change_places_in_both_shots_of_a_crossing(maker, tmp_path):
    clip = make_crossing(maker, "test", 1, tmp_path, seconds=1.0)
    frames, people, _ = clip.boxes_xyxy.shape
    assert (frames, people, clip.cut_frame) == (50, len(clip.names), 25)
    assert clip.visible.shape == (50, people)
    middle = (clip.boxes_xyxy[..., 0] + clip.boxes_xyxy[..., 2]) / 2
    for first, last in ((0, 24), (25, 49)):
        before, after = np.argsort(middle[first]), np.argsort(middle[last])
        assert (before != after).sum() == 2
    with av.open(str(clip.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
