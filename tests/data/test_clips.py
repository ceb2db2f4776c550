"""Clips with their truth: who a track is, what manifests and folders say; faults of made swaps."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from unmask.data.clips import read_clips
from unmask.data.manifest import write_manifest
from unmask.data.scene_spec import STILL, Actor, SceneSpec, Swap, SwapMoment
from unmask.data.scenes import render
from unmask.data.temporal_clips import BURST, BURSTS, FAULTS, burst_places
from unmask.errors import UsageError

LEFT, RIGHT = [10.0, 10.0, 50.0, 60.0], [100.0, 10.0, 150.0, 60.0]


def write_truth(folder, **changes):
    people = [
        {"identity": f"p{i}", "source": "set", "swapped": i == 1, "kind": kind,
         "donor": None, "boxes_xyxy": [box] * 3}
        for i, (box, kind) in enumerate(((LEFT, None), (RIGHT, "flicker")))
    ]  # fmt: skip
    one = {"file": "val/0.mp4", "split": "val", "number": 0, "people": people} | changes
    folder.mkdir(exist_ok=True)
    (folder / "truth.json").write_text(json.dumps([one]))
    return folder


def test_a_track_is_whoever_is_in_its_place(tmp_path):
    (clip,) = read_clips(write_truth(tmp_path / "made"))
    assert (clip.data, clip.split) == ("made", "val")
    off = np.array([RIGHT, RIGHT], np.float32) + 4
    person = clip.person_of(off, [0, 2])
    assert (person.identity, person.swapped, person.kind) == ("p1", True, "flicker")
    assert clip.person_of(np.array([LEFT], np.float32), [1]).identity == "p0"
    assert clip.person_of(np.array([[200, 0, 240, 50]], np.float32), [0]) is None
    assert clip.person_of(np.array([LEFT], np.float32), [7]) is None  # after the last known frame


def test_videos_of_a_manifest_are_clips_and_pictures_are_not(tmp_path):
    row = {"path": "crop.jpg", "klass": "swap", "source": "dfdc", "video": "v", "identity": "i",
           "x1": 0.0, "y1": 0.0, "x2": 9.0, "y2": 9.0, "split": "train",
           "original": "/videos/a.mp4", "frame_index": 1, "time_s": 0.5, "track": "A"}  # fmt: skip
    rows = [row, row | {"time_s": 1.5}, row | {"original": "/b.mp4", "klass": "real"}]
    rows.append(row | {"original": "", "time_s": None})
    manifest = tmp_path / "dfdc.parquet"
    write_manifest(pd.DataFrame(rows), manifest)
    clips = {str(clip.path): clip for clip in read_clips(manifest)}
    assert sorted(clips) == ["/b.mp4", "/videos/a.mp4"]
    anybody = clips["/videos/a.mp4"].person_of(np.array([LEFT], np.float32), [3])
    assert (anybody.swapped, anybody.kind) == (True, "swap")
    assert not clips["/b.mp4"].people[0].swapped


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"split": "tests"}, "is no truth of clips"), ({"people": 3}, "is no truth of clips")],
)
def test_a_truth_that_is_none(tmp_path, changes, message):
    with pytest.raises(UsageError, match=message):
        read_clips(write_truth(tmp_path / "made", **changes))
    with pytest.raises(UsageError, match=r"truth\.json cannot be read"):
        read_clips(tmp_path)


@pytest.mark.parametrize("name", list(FAULTS))
def test_faults_are_seeded_and_of_the_clips_length(name):
    courses = [FAULTS.get(name)(np.random.default_rng(seed), 50) for seed in (1, 1, 2)]
    assert len(courses[0]) == 50
    assert courses[0] == courses[1]
    if name not in ("steady", "freeze"):
        assert courses[0] != courses[2]
        assert len(set(courses[0])) > 1


def test_bursts_are_neighbours_spread_over_the_clip():
    places = np.array(burst_places(75)).reshape(BURSTS, BURST)
    assert (np.diff(places, axis=1) == 1).all()
    assert places.min() >= 0
    assert places.max() < 75
    assert (np.diff(places[:, 0]) > BURST).all()


def swapped_frame(person, stranger, moment):
    spec = SceneSpec(96, 96, (Actor(person, (0.5, 0.5), 70, replace(STILL, talk=1.0)),),
                     seconds=0.2, noise_luma=0.0, shake_px=0.0, seed=1)  # fmt: skip
    (actor,) = spec.actors
    if moment is not None:
        actor = replace(actor, swap=Swap(stranger, jitter=0.0, course=(moment,) * 5))
    return next(render(replace(spec, actors=(actor,)), [3])).image_rgb.astype(np.float32)


def test_a_moments_fault_is_seen_and_its_absence_is_the_plain_swap(person, stranger):
    plain = swapped_frame(person, stranger, SwapMoment())
    own = swapped_frame(person, stranger, None)
    assert np.abs(plain - own).mean() > 0.5
    np.testing.assert_array_equal(swapped_frame(person, stranger, SwapMoment(opacity=0.0)), own)
    inside = np.abs(plain - own).max(axis=2) > 8
    brighter = swapped_frame(person, stranger, SwapMoment(gain=1.2))
    assert brighter[inside].mean() > plain[inside].mean() + 3
    for moment in (SwapMoment(shift=(0.05, 0.0)), SwapMoment(frozen=True)):
        assert np.abs(swapped_frame(person, stranger, moment) - plain).max() > 10
