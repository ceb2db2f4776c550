"""What scenes can do beside standing still: camera, lamp, changed persons, shoulders."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.data.scene_backdrop import draw_backdrop
from unmask.data.scene_camera import CameraCourse, after
from unmask.data.scene_matte import cut_out
from unmask.data.scene_person import relight, scale_head, turn_eyes
from unmask.data.scene_spec import Actor, Camera, Lamp, SceneSpec, Swap
from unmask.data.scene_trunk import OUTLINE, with_trunk
from unmask.data.scenes import render, render_still
from unmask.faces.light import light_direction
from unmask.faces.measures import luma_of, noise_level

QUIET = {"noise_luma": 0.0, "shake_px": 0.0}


@pytest.fixture(scope="module")
def cut(stranger):
    return replace(stranger, alpha=cut_out(stranger.image_rgb, stranger.landmarks_px))


@pytest.fixture(scope="module")
def wall():
    return draw_backdrop(np.random.default_rng(0), 192, 144)


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        (Camera(), [[1, 0, 0], [0, 1, 0]]),
        (Camera(pan_px_s=(10.0, -5.0)), [[1, 0, 20], [0, 1, -10]]),
        (Camera(zoom_per_s=0.5), [[2.25, 0, -1.25 * 96], [0, 2.25, -1.25 * 72]]),
    ],
)
def test_where_the_camera_is_after_two_seconds(person, camera, expected):
    spec = SceneSpec(192, 144, (Actor(person, (0.5, 0.5), 60),), 4.0, camera=camera, **QUIET)
    np.testing.assert_allclose(CameraCourse(spec).at(50), expected, atol=1e-9)


def test_tremor_is_new_in_every_frame_and_as_strong_as_told(person):
    camera = Camera(tremor_px=2.0)
    spec = SceneSpec(192, 144, (Actor(person, (0.5, 0.5), 60),), 40.0, camera=camera, **QUIET)
    course = CameraCourse(spec)
    jumps = np.array([course.at(i)[:, 2] for i in range(400)])
    assert jumps.std(axis=0) == pytest.approx(2.0, rel=0.15)
    assert abs(np.corrcoef(jumps[:-1, 0], jumps[1:, 0])[0, 1]) < 0.2


def test_two_moves_in_a_row():
    move, grow = np.array([[1.0, 0, 5], [0, 1, 0]]), np.array([[2.0, 0, 0], [0, 2, 0]])
    np.testing.assert_array_equal(after(grow, move), [[2, 0, 10], [0, 2, 0]])
    np.testing.assert_array_equal(after(move, grow), [[2, 0, 5], [0, 2, 0]])


def test_background_and_people_move_as_one(cut, wall):
    still = SceneSpec(192, 144, (Actor(cut, (0.5, 0.5), 60),), 1.0, 25, wall, **QUIET)
    moved = replace(still, camera=Camera(pan_px_s=(25.0, 0.0)))
    frames = list(render(moved, (5, 10)))
    first, second = (f.actors[0].landmarks_px for f in frames)
    np.testing.assert_allclose(second - first, np.tile([5, 0], (478, 1)), atol=0.01)
    shifted = np.roll(frames[0].image_rgb, 5, axis=1)[20:120, 20:170].astype(int)
    assert np.abs(shifted - frames[1].image_rgb[20:120, 20:170]).mean() < 2


def test_chosen_frames_are_those_of_the_whole_clip(cut, wall):
    spec = SceneSpec(192, 144, (Actor(cut, (0.5, 0.5), 60),), 0.4, 25, wall)
    every = list(render(spec))
    for frame in render(spec, (3, 7)):
        np.testing.assert_array_equal(frame.image_rgb, every[frame.index].image_rgb)


def test_a_lamp_is_switched_on_for_everybody(cut, wall):
    lamp = Lamp(0.1, 1.4, (-1.0, 0.0, -0.3), 0.6)
    spec = SceneSpec(192, 144, (Actor(cut, (0.5, 0.5), 90),), 0.4, 25, wall, lamp=lamp, **QUIET)
    before, later = render(spec, (2, 3))
    assert later.image_rgb[:20].mean() > 1.25 * before.image_rgb[:20].mean()
    azimuths = [
        light_direction(luma_of(f.image_rgb), f.actors[0].landmarks_px).azimuth_deg
        for f in (before, later)
    ]
    assert azimuths[1] < azimuths[0] - 5


@pytest.mark.parametrize(("side", "sign"), [(1.0, 1), (-1.0, -1)])
def test_new_light_comes_from_where_it_should(stranger, side, sign):
    lit = relight(stranger, (side, 0.0, -0.4), 1.0)
    found = light_direction(luma_of(lit.image_rgb), lit.landmarks_px)
    assert found.azimuth_deg * sign > 10
    same = relight(stranger, (side, 0.0, -0.4), 0.0)
    np.testing.assert_array_equal(same.image_rgb, stranger.image_rgb)


def test_turned_eyes_move_the_irises_and_nothing_else(stranger):
    turned = turn_eyes(stranger, 30, 0)
    moved = turned.landmarks_px - stranger.landmarks_px
    assert (moved[468:, 0] > 2).all()
    assert not moved[:468].any()
    changed = (turned.image_rgb != stranger.image_rgb).any(axis=2)
    x, y = stranger.landmarks_px[[468, 473]].T
    rows, columns = np.nonzero(changed)
    near = np.min([np.hypot(columns - a, rows - b) for a, b in zip(x, y, strict=True)], axis=0)
    assert changed.any()
    assert near.max() < 0.2 * np.ptp(stranger.landmarks_px[:468, 0])


def test_a_larger_head_grows_from_the_chin(cut):
    large = scale_head(cut, 1.3)
    before, now = (np.ptp(p.landmarks_px[:468], axis=0) for p in (cut, large))
    np.testing.assert_allclose(now, 1.3 * before, rtol=1e-4)
    chin = [p.landmarks_px[152] for p in (cut, large)]
    assert np.hypot(*(chin[1] - chin[0])) < 0.05 * before[0]
    bottom = np.abs(large.image_rgb[-3:].astype(int) - cut.image_rgb[-3:])
    assert bottom.mean() < 1  # the body stays


def test_the_trunk_has_the_width_it_says_and_leaves_the_face_alone(cut):
    whole = with_trunk(cut)
    shift = whole.landmarks_px[0] - cut.landmarks_px[0]
    x, y = shift.astype(int)
    height, width = cut.image_rgb.shape[:2]
    face = np.zeros((height, width), bool)
    low, high = cut.landmarks_px[:468].min(axis=0), cut.landmarks_px[:468].max(axis=0)
    face[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])] = True
    kept = whole.image_rgb[y : y + height, x : x + width]
    sure = face & (cut.alpha > 0.999)
    assert np.abs(kept[sure].astype(int) - cut.image_rgb[sure]).mean() < 1
    row = whole.alpha[int(high[1] + y + 1.15 * (high[0] - low[0]))]
    assert (row > 0.5).sum() == pytest.approx(2 * OUTLINE[5][0] * (high[0] - low[0]), rel=0.05)
    with pytest.raises(ValueError, match="cut out"):
        with_trunk(replace(cut, alpha=None))


def test_grain_is_as_strong_as_told_and_only_on_the_swap(cut, wall, person):
    spec = SceneSpec(192, 144, (Actor(cut, (0.5, 0.5), 110),), 0.0, 25, wall, **QUIET)
    plain = render_still(replace(spec, actors=(replace(spec.actors[0], swap=Swap(person)),)))
    grainy = Swap(person, 1.0, grain=9.0)
    noisy = render_still(replace(spec, actors=(replace(spec.actors[0], swap=grainy),)))
    inside = noisy.actors[0].mask > 0.95
    assert noise_level(luma_of(noisy.image_rgb), inside) == pytest.approx(9, rel=0.25)
    assert noise_level(luma_of(plain.image_rgb), inside) < 4
    outside = noisy.actors[0].mask == 0
    np.testing.assert_array_equal(noisy.image_rgb[outside], plain.image_rgb[outside])


def test_a_large_picture_is_reduced_without_aliasing(stranger):
    """Stripes of two pixels vanish where they would otherwise turn into coarse ones."""
    big = cv2.resize(stranger.image_rgb, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    big[:, ::4], big[:, 1::4] = 255, 255
    big[:, 2::4], big[:, 3::4] = 0, 0
    person = replace(stranger, image_rgb=big, landmarks_px=stranger.landmarks_px * 4 + 1.5)
    image = render_still(SceneSpec(96, 96, (Actor(person, (0.5, 0.5), 50),), **QUIET)).image_rgb
    assert image[20:76, 20:76].std() < 20


def test_backgrounds_are_seeded_and_all_different():
    one, same, other = (draw_backdrop(np.random.default_rng(s), 96, 54) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one.astype(int) - other).mean() > 5
    assert one.shape == (54, 96, 3)
