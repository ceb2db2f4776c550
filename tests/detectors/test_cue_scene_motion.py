"""Scene motion: a face that trembles against its head is measured, cameras and people are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import INNOCENT, SUBJECT, seen

from unmask.detectors.coherence.flow import runs
from unmask.detectors.coherence.scene_motion import UNIT, SceneMotion

STILLNESS = 0.25  # per cent of the face width per frame: what innocent scenes stay below


@pytest.fixture(scope="module")
def measure():
    return SceneMotion().measure


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_innocent_moves_it(measure, name):
    for one in measure(seen(name)):
        assert one.value is not None, one.reason
        assert one.value < STILLNESS
        assert one.unit == UNIT
        assert 0.3 < one.reliability <= 1


def test_a_trembling_swap_moves_it_by_its_tremor(measure):
    values = {}
    for share in (0.004, 0.01):
        observation = seen(f"jitter {share:g}".replace("0.", "."))
        found = measure(observation)
        face = observation.tracks[SUBJECT].faces[0]
        mesh = face.landmarks_px[:468]
        made = 100 * share * float(np.ptp(mesh, axis=0).max()) / face.width_px
        subject = found[SUBJECT]
        assert 0.4 * made < subject.value < 1.4 * made
        assert subject.detail["against"] == "head"
        assert subject.value > STILLNESS
        assert all(o.value < STILLNESS for o in found if o.subject != subject.subject)
        values[share] = subject.value
    assert values[0.01] / values[0.004] == pytest.approx(2.5, rel=0.2)


def test_a_head_that_does_not_share_the_tremor_of_the_camera_is_measured(measure):
    """Everybody's head is stabilised by hand: the background alone trembles."""
    observation = seen("plain")
    rng = np.random.default_rng(0)
    frames = []
    for frame in observation.frames:
        jump = rng.integers(-2, 3, 2)
        moved = np.roll(frame.image_rgb, jump, axis=(0, 1))
        for track in observation.tracks:
            face = next(f for f in track.faces if f.frame_index == frame.index)
            x1, y1, x2, y2 = (int(v) for v in face.box_xyxy)
            w, h = x2 - x1, y2 - y1
            part = np.s_[max(0, y1 - h // 2) : y2 + h // 3, max(0, x1 - w // 2) : x2 + w // 2]
            moved[part] = frame.image_rgb[part]
        frames.append(replace(frame, image_rgb=moved))
    for one in measure(replace(observation, frames=tuple(frames))):
        width = observation.tracks[0].faces[0].width_px
        made = 100 * np.sqrt(2.0) / width  # -2..2 px, evenly: a variance of 2
        assert one.detail["against"] == "scene"
        assert 0.4 * made < one.value < 1.5 * made


def test_the_same_observation_gives_the_same_bits(measure):
    observation = seen("camera shake")
    assert measure(observation) == measure(observation)


def without(observation, **changes):
    return replace(
        observation,
        tracks=tuple(
            replace(t, faces=tuple(replace(f, **changes) for f in t.faces))
            for t in observation.tracks
        ),
    )


def spaced(observation):
    """The same frames, so far apart that no two are neighbours."""
    times = {f.index: 0.5 * n for n, f in enumerate(observation.frames)}
    tracks = tuple(
        replace(t, faces=tuple(replace(f, time_s=times[f.frame_index]) for f in t.faces))
        for t in observation.tracks
    )
    frames = tuple(replace(f, time_s=times[f.index]) for f in observation.frames)
    return replace(observation, frames=frames, tracks=tracks)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: seen("still"), "still"),
        (lambda: spaced(seen("plain")), "too_few_frames"),
        (lambda: without(seen("plain"), landmarks_px=None), "no_mesh"),
        (lambda: without(seen("plain"), box_xyxy=np.float32([10, 10, 30, 40])), "face_too_small"),
        (lambda: blank(seen("plain")), "no_texture"),
    ],
)
def test_it_says_why_it_abstains(measure, change, reason):
    assert {(one.value, one.reason) for one in measure(change())} == {(None, reason)}


def blank(observation):
    grey = np.full_like(observation.frames[0].image_rgb, 128)
    return replace(
        observation, frames=tuple(replace(f, image_rgb=grey) for f in observation.frames)
    )


def test_no_run_goes_over_a_cut_or_a_gap():
    whole, cut = seen("plain"), seen("cut")
    assert [len(run) for run in runs(whole)] == [4, 4, 4]
    assert [len(run) for run in runs(cut)] == [4, 4]
    assert [len(run) for run in runs(replace(cut, cuts_s=()))] == [8]
    assert [len(run) for run in runs(replace(cut, cuts_s=()), longest=3)] == [3, 3, 2]


def test_without_the_cut_the_jump_would_show(measure):
    jump = measure(replace(seen("cut"), cuts_s=()))
    assert max(one.detail["inner"] for one in jump) >= max(
        one.detail["inner"] for one in measure(seen("cut"))
    )
