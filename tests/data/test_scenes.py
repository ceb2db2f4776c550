"""Made scenes: seeded, their truth agrees with their pixels, heads move as they are told."""

from __future__ import annotations

from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from unmask.data.scene_clip import write_clip
from unmask.data.scene_head import HeadMotion, HeadState, express, posed_landmarks
from unmask.data.scene_matte import cut_out
from unmask.data.scene_spec import STILL, Actor, Motion, SceneSpec, Swap
from unmask.data.scenes import read_person, render, render_still

QUIET = {"noise_luma": 0.0, "shake_px": 0.0}


@pytest.fixture(scope="module")
def backdrop():
    ramp = np.indices((90, 120)).sum(axis=0).astype(np.uint8)
    return np.repeat(ramp[..., None], 3, axis=2)


@pytest.fixture(scope="module")
def cut(stranger):
    """Somebody cut out of their backdrop."""
    return replace(stranger, alpha=cut_out(stranger.image_rgb, stranger.landmarks_px))


@pytest.fixture(scope="module")
def pair(person, cut, backdrop):
    """Two people; the one in front, on the right, is cut out."""
    left = Actor(person, (0.33, 0.5), 70, Motion())
    right = Actor(cut, (0.75, 0.55), 60, Motion())
    return SceneSpec(192, 144, (left, right), seconds=0.2, background_rgb=backdrop, seed=3)


def swapped(spec, index, donor, parts=()):
    """The same scene with one actor's face, or parts of it, exchanged."""
    actors = list(spec.actors)
    actors[index] = replace(actors[index], swap=Swap(donor, parts=parts))
    return replace(spec, actors=tuple(actors))


def test_the_same_spec_gives_the_same_bits(pair, person):
    spec = swapped(pair, 1, person)
    first, again = list(render(spec)), list(render(spec))
    assert len(first) == spec.frames == 5
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.image_rgb, two.image_rgb)
        np.testing.assert_array_equal(one.actors[1].mask, two.actors[1].mask)
    other = next(render(replace(spec, seed=4)))
    assert (other.image_rgb != first[0].image_rgb).mean() > 0.2


def test_frames_have_their_size_time_and_truth(pair):
    frames = list(render(pair))
    assert [f.index for f in frames] == [0, 1, 2, 3, 4]
    assert [f.time_s for f in frames] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    for frame in frames:
        assert frame.image_rgb.shape == (144, 192, 3)
        assert frame.image_rgb.dtype == np.uint8
        assert [a.name for a in frame.actors] == [a.person.name for a in pair.actors]
        assert [(a.swapped, a.synthetic) for a in frame.actors] == [(False, False), (False, True)]
        for actor, played in zip(frame.actors, pair.actors, strict=True):
            mesh = actor.landmarks_px[:468]
            np.testing.assert_allclose(actor.box_xyxy[:2], mesh.min(axis=0), atol=1e-3)
            np.testing.assert_allclose(actor.box_xyxy[2:], mesh.max(axis=0), atol=1e-3)
            side = float((actor.box_xyxy[2:] - actor.box_xyxy[:2]).max())
            assert side == pytest.approx(played.face_px, rel=0.1)


def test_the_mesh_of_the_truth_is_where_the_network_finds_it(pair, face_mesh):
    for frame in render(replace(pair, **QUIET)):
        for actor in frame.actors:
            fit = face_mesh.fit(frame.image_rgb, actor.box_xyxy)
            miss = np.linalg.norm(fit.landmarks_px[:468] - actor.landmarks_px[:468], axis=1)
            assert np.median(miss) < 0.05 * np.ptp(actor.landmarks_px, axis=0).max()


@pytest.mark.parametrize("index", [0, 1])
def test_a_swap_changes_only_the_face_it_says(pair, person, stranger, index):
    plain = replace(pair, **QUIET)
    spec = swapped(plain, index, (stranger, person)[index])
    for before, after in zip(render(plain), render(spec), strict=True):
        truth = after.actors[index]
        assert truth.swapped
        assert truth.synthetic == (index == 0)  # the truth is about the face that is worn
        difference = np.abs(after.image_rgb.astype(int) - before.image_rgb).max(axis=2)
        assert not difference[truth.mask == 0].any()
        assert difference[truth.mask > 0.7].mean() > 5
        assert after.actors[1 - index].mask is None


def test_an_edit_changes_the_parts_it_says_and_leaves_the_rest(pair, stranger):
    plain = replace(pair, **QUIET)
    whole, mouth = swapped(plain, 0, stranger), swapped(plain, 0, stranger, ("mouth",))
    for before, swap, edit in zip(render(plain), render(whole), render(mouth), strict=True):
        truth = edit.actors[0]
        assert truth.swapped
        assert not truth.synthetic  # the person is still the actor, who exists
        difference = np.abs(edit.image_rgb.astype(int) - before.image_rgb).max(axis=2)
        assert not difference[truth.mask == 0].any()
        assert difference[truth.mask > 0.7].mean() > 5
        assert 0.02 < truth.mask.sum() / swap.actors[0].mask.sum() < 0.4
        lips = truth.landmarks_px[[13, 14]].mean(axis=0).round().astype(int)
        assert truth.mask[lips[1], lips[0]] > 0.7


def test_somebody_in_front_takes_from_the_mask_behind(pair, stranger, cut):
    spec = swapped(pair, 0, stranger)
    hidden = replace(spec, actors=(spec.actors[0], replace(spec.actors[1], centre=(0.4, 0.6))))
    apart, behind = render_still(spec).actors[0].mask, render_still(hidden).actors[0].mask
    assert behind.sum() < 0.7 * apart.sum()
    assert (behind <= apart + 1e-6).all()


def test_a_still_does_not_move(person):
    actor = Actor(person, (0.5, 0.5), 100)
    spec = SceneSpec(192, 144, (actor,), seconds=0.2, **QUIET)
    frames = [frame.image_rgb for frame in render(spec)]
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame, frames[0])


def test_an_odd_side_is_refused(person):
    with pytest.raises(ValueError, match="even"):
        SceneSpec(191, 144, (Actor(person, (0.5, 0.5), 90),))


def test_no_face_in_the_box_is_refused(face_mesh):
    class Blind:
        def fit(self, image_rgb, box_xyxy):
            return None

    with pytest.raises(ValueError, match="got none"):
        read_person(Blind(), "nobody", np.zeros((9, 9, 3), np.uint8), np.zeros(4), synthetic=True)


def test_motion_is_smooth_bounded_and_blinks():
    course = HeadMotion(Motion(), 8.0, np.random.default_rng(0))
    states = [course.at(i / 25) for i in range(200)]
    yaws = np.array([s.yaw_deg for s in states])
    assert np.abs(yaws).max() <= 6
    assert 0 < np.abs(np.diff(yaws)).max() < 1.5
    assert all(0 <= s.mouth_open <= 1 and 0 <= s.lids_closed <= 1 for s in states)
    assert max(s.lids_closed for s in states) == 1
    assert np.mean([s.lids_closed > 0 for s in states]) < 0.2
    assert np.ptp([s.mouth_open for s in states]) > 0.3


def test_no_motion_is_the_head_at_rest():
    course = HeadMotion(STILL, 5.0, np.random.default_rng(1))
    assert all(course.at(t) == HeadState() for t in (0.0, 1.7, 4.9))


def test_mouth_and_lids_do_as_they_are_told(person):
    def gap(marks, above, below):
        return float(np.linalg.norm(marks[above] - marks[below]))

    rest = person.landmarks_px
    opened, shut = express(person, 1, 0), express(person, 0, 1)
    assert gap(opened, 13, 14) > gap(rest, 13, 14) + 4
    assert gap(opened, 152, 168) > gap(rest, 152, 168) + 2
    for above, below in ((159, 145), (386, 374)):
        assert gap(shut, above, below) < 0.2 * gap(rest, above, below)
    np.testing.assert_array_equal(express(person, 0, 0), rest)


def test_a_turn_moves_the_nose_further_than_the_ears(person):
    turned = posed_landmarks(person, HeadState(yaw_deg=8)) - person.landmarks_px
    assert abs(turned[1, 0]) > 1.5 * max(abs(turned[127, 0]), abs(turned[356, 0]))
    lifted = posed_landmarks(person, HeadState(shift=(0.1, 0.0))) - person.landmarks_px
    assert lifted[:, 0].min() > 5
    assert np.ptp(lifted[:, 0]) < 1e-3


def test_an_open_mouth_is_dark_between_the_lips(person):
    actor = Actor(person, (0.5, 0.5), 120, Motion(0, 0, 0, 0, talk=1.0, blinks_per_min=0))
    spec = SceneSpec(192, 192, (actor,), seconds=3.0, fps=10, **QUIET)
    widest = max(
        render(spec),
        key=lambda f: float(f.actors[0].landmarks_px[14, 1] - f.actors[0].landmarks_px[13, 1]),
    )
    x, y = widest.actors[0].landmarks_px[14]
    closed = render_still(replace(spec, seconds=0.0))
    assert widest.image_rgb[int(y) - 3, int(x)].mean() < 0.6 * closed.image_rgb.mean()


def test_cutting_out_keeps_the_face_and_drops_the_corners(stranger, cut):
    mask = np.zeros(cut.alpha.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(cut.landmarks_px[:468].astype(np.int32)), 1)
    assert cut.alpha[mask > 0].mean() > 0.98
    assert cut.alpha[:25, :25].mean() < 0.1
    again = cut_out(stranger.image_rgb, stranger.landmarks_px)
    np.testing.assert_array_equal(again, cut.alpha)


def test_a_clip_is_written_the_same_twice_and_read_back(tmp_path, pair):
    frames = [frame.image_rgb for frame in render(pair)]
    for name in ("one.mp4", "two.mp4"):
        assert write_clip(frames, tmp_path / name, fps=25) == 5
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    with av.open(str(tmp_path / "one.mp4")) as container:
        shown = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 25
    assert len(shown) == 5
    assert min(cv2.PSNR(a, b) for a, b in zip(shown, frames, strict=True)) > 28
