"""Gaze: eyes turned to nothing are measured; looking at somebody or away with the head is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import INNOCENT, SUBJECT, seen

from unmask.detectors.coherence.gaze import GazeAlignment, angle_between, place, seen_from
from unmask.faces.pose import angles_of
from unmask.types import Face

USUAL_END = 9.0  # degrees: what innocent scenes stay below


@pytest.fixture(scope="module")
def measure():
    return GazeAlignment().measure


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_innocent_moves_it(measure, name):
    for one in measure(seen(name)):
        if one.value is None:  # the iris of a far face cannot be read
            assert (name, one.reason) == ("one far", "eyes_not_readable")
        else:
            assert one.value < USUAL_END


@pytest.mark.parametrize("name", ["eyes left", "eyes right"])
def test_eyes_turned_to_nothing_move_it(measure, name):
    """Made 30 degrees; the iris network reads about half of that."""
    plain, turned = measure(seen("still"))[SUBJECT], measure(seen(name))[SUBJECT]
    assert turned.value > plain.value + 9
    assert turned.detail["apart"] > plain.detail["apart"] + 9
    assert turned.value <= turned.detail["apart"]


def test_looking_away_with_the_head_leaves_the_common_target_alone(measure):
    away = measure(seen("looking away"))[SUBJECT]
    assert away.detail["meets"] == "head"
    assert away.value < USUAL_END < away.detail["apart"]


def face_at(x, y, width, gaze, head=(0.0, 0.0, 0.0), frame=0):
    box = np.float32([x - width / 2, y - width / 2, x + width / 2, y + width / 2])
    return Face(box, 0.9, frame, frame / 25, np.zeros((478, 2), np.float32), head, gaze)


def looking(left_gaze, right_gaze, heads=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))):
    """Two people of one size, 600 px apart in a picture of 1200 px."""
    whole = seen("pair")
    media = replace(whole.media, width_px=1200, height_px=600)
    places = ((300, left_gaze, heads[0]), (900, right_gaze, heads[1]))
    tracks = tuple(
        replace(track, faces=(face_at(x, 300, 100, gaze, head),))
        for track, (x, gaze, head) in zip(whole.tracks, places, strict=True)
    )
    return replace(whole, media=media, tracks=tracks)


@pytest.mark.parametrize(
    ("left", "right", "meets"),
    [
        ((0.0, 0.0), (0.0, 0.0), ("camera", "camera")),
        ((76.0, 0.0), (-76.0, 0.0), ("B", "A")),  # 90 degrees to the side, less the lines of sight
        ((76.0, 0.0), (0.0, 0.0), ("B", "camera")),
    ],
)
def test_whom_somebody_looks_at(measure, left, right, meets):
    found = measure(looking(left, right))
    assert tuple(one.detail["meets"] for one in found) == meets
    assert all(one.value < 5 for one in found)


def test_a_gaze_into_the_air_misses_by_its_angle(measure):
    found = measure(looking((-30.0, 0.0), (0.0, 0.0)))
    assert found[0].value == pytest.approx(30, abs=0.1)
    assert found[0].detail["apart"] == pytest.approx(30, abs=0.1)
    along = measure(looking((-30.0, 0.0), (0.0, 0.0), heads=((-30.0, 0, 0), (0.0, 0, 0))))
    assert (along[0].value, along[0].detail["meets"]) == (pytest.approx(0, abs=0.1), "head")


def test_eyes_that_jump_from_frame_to_frame_are_unsteady(measure):
    rng = np.random.default_rng(1)
    whole = seen("plain")
    steady, jumping = whole, whole
    faces = list(whole.tracks[SUBJECT].faces)
    for n, face in enumerate(faces):
        yaw, pitch = np.array(face.gaze_deg) + rng.normal(0, 3, 2)
        faces[n] = replace(face, gaze_deg=(float(yaw), float(pitch)))
    tracks = list(whole.tracks)
    tracks[SUBJECT] = replace(tracks[SUBJECT], faces=tuple(faces))
    jumping = replace(whole, tracks=tuple(tracks))
    before, after = measure(steady)[SUBJECT], measure(jumping)[SUBJECT]
    assert before.detail["unsteady"] < 1
    assert 1.2 < after.detail["unsteady"] < 5


def test_directions_are_those_of_the_camera():
    left = face_at(300, 300, 100, None)
    right = face_at(900, 300, 100, None)
    a, b = place(left, (1200, 600)), place(right, (1200, 600))
    assert a[2] == pytest.approx(1200 * 0.15 / 100)
    assert b[0] - a[0] == pytest.approx(600 / 100 * 0.15)
    np.testing.assert_allclose(angles_of(seen_from(a, np.zeros(3))), (0, 0), atol=1e-9)
    yaw, pitch = angles_of(seen_from(a, b))
    assert yaw == pytest.approx(90 - np.degrees(np.arctan2(300, 1200)), abs=0.1)
    assert pitch == pytest.approx(0, abs=0.1)
    assert angle_between(a, a) == pytest.approx(0, abs=1e-4)


def test_a_person_whom_no_frame_shows_with_another_is_alone(measure):
    """One person who is a track anew after every cut, with eyes that can be read."""
    whole = seen("plain")
    faces = whole.tracks[0].faces
    halves = (faces[: len(faces) // 2], faces[len(faces) // 2 :])
    tracks = tuple(
        replace(track, faces=half) for track, half in zip(whole.tracks, halves, strict=False)
    )
    assert len(tracks) == 2
    found = measure(replace(whole, tracks=tracks))
    assert [(one.value, one.reason) for one in found] == [(None, "one_face")] * 2


def test_it_abstains_alone_and_without_readable_eyes(measure):
    whole = seen("still")
    (alone,) = measure(replace(whole, tracks=whole.tracks[:1]))
    assert (alone.value, alone.reason) == (None, "one_face")
    blind = tuple(
        replace(t, faces=tuple(replace(f, gaze_deg=None) for f in t.faces)) for t in whole.tracks
    )
    found = measure(replace(whole, tracks=blind))
    assert {(one.value, one.reason) for one in found} == {(None, "eyes_not_readable")}
