"""What pseudo-fakes are made of, each against a case worked out by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from unmask.data.pseudo_base import PSEUDO_FAKES
from unmask.data.pseudo_blend import add_membrane, alpha_blend, crop_box, match_colour
from unmask.data.pseudo_decoder import UPSAMPLERS, enlarge
from unmask.data.pseudo_masks import PARTS, bend, draw_face_mask, face_width, fill_hull, soften
from unmask.data.pseudo_warp import (
    ANCHORS,
    Fit,
    apply_affine,
    fit_affine,
    fit_similarity,
    spline_map,
    warp_face,
)


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def test_alpha_zero_is_the_base_and_alpha_one_the_top_to_the_bit(noise):
    base = noise[::-1].copy()
    zero, one = np.zeros((40, 50), np.float32), np.ones((40, 50), np.float32)
    np.testing.assert_array_equal(alpha_blend(noise, base, zero), base)
    np.testing.assert_array_equal(alpha_blend(noise, base, one), noise)
    half = alpha_blend(np.full_like(noise, 100), np.full_like(noise, 200), one / 2)
    np.testing.assert_array_equal(half, 150)


def test_a_membrane_removes_a_constant_offset():
    target = np.full((64, 64, 3), (120, 90, 70), np.uint8)
    mask = fill_hull(np.array([(16, 16), (48, 16), (48, 48), (16, 48)], np.float32), (64, 64))
    joined = add_membrane(target - 30, target, mask)
    inside = mask > 0.5
    assert np.abs(joined[inside].astype(int) - target[inside]).max() <= 2


def test_a_membrane_carries_a_slope_across():
    ramp = np.repeat(np.linspace(40, 200, 64, dtype=np.float32)[None], 64, axis=0)
    target = np.repeat(ramp[..., None], 3, axis=2).astype(np.uint8)
    mask = fill_hull(np.array([(16, 16), (48, 16), (48, 48), (16, 48)], np.float32), (64, 64))
    joined = add_membrane(np.full_like(target, 90), target, mask)
    row = joined[32, 18:46, 0].astype(float)
    assert np.abs(row - ramp[32, 18:46]).max() < 14
    assert np.corrcoef(row, ramp[32, 18:46])[0, 1] > 0.99


def test_colour_is_carried_over_inside_the_mask(noise):
    layer = (noise // 4 + 20).astype(np.uint8)
    target = (noise[::-1] // 3 + np.array([110, 70, 40])).astype(np.uint8)
    matched = match_colour(layer, target, np.ones((40, 50), np.float32))
    means = [cv2.cvtColor(x, cv2.COLOR_RGB2LAB).mean(axis=(0, 1)) for x in (matched, target)]
    assert np.abs(means[0] - means[1]).max() < 5
    nowhere = np.zeros((40, 50), np.float32)
    np.testing.assert_array_equal(match_colour(layer, target, nowhere), layer)


@pytest.mark.parametrize("fit", [fit_similarity, fit_affine])
def test_fits_recover_a_known_map(fit):
    points = np.random.default_rng(1).uniform(0, 100, (12, 2))
    angle = np.radians(17)
    linear = 1.3 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    known = np.concatenate([linear, [[5], [-8]]], axis=1)
    np.testing.assert_allclose(fit(points, apply_affine(known, points)), known, atol=1e-9)


def test_the_spline_meets_its_points(face, donor):
    (image, marks), (_, theirs) = face, donor
    source, target = theirs[list(ANCHORS)], marks[list(ANCHORS)]
    columns, rows = spline_map(target, source, image.shape[:2])
    at = np.round(target).astype(int)
    got = np.stack([columns[at[:, 1], at[:, 0]], rows[at[:, 1], at[:, 0]]], axis=1)
    assert np.median(np.linalg.norm(got - source, axis=1)) < 1.0
    assert np.linalg.norm(got - source, axis=1).max() < 4.0


@pytest.mark.parametrize("fit", list(Fit))
def test_a_face_warped_onto_itself_is_itself(fit, face):
    image, marks = face
    warped = warp_face(image, marks, marks, image.shape[:2], fit)
    middle = (slice(20, -20), slice(20, -20))
    assert cv2.PSNR(warped[middle], image[middle]) > 38


def test_a_large_donor_is_reduced_before_it_is_warped(face):
    image, marks = face
    grid = (np.indices((4 * image.shape[0], 4 * image.shape[1])).sum(axis=0) % 2 * 255).astype(
        np.uint8
    )
    checks = np.repeat(grid[..., None], 3, axis=2)
    warped = warp_face(checks, marks * 4, marks, image.shape[:2], Fit.AFFINE)
    assert warped[10:-10, 10:-10].std() < 8  # a fine chequerboard becomes grey, not moire


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_small_and_on_the_face(part, face):
    image, marks = face
    area = fill_hull(marks[list(PARTS[part])], image.shape[:2]).sum()
    assert 0.001 < area / face_width(marks) ** 2 < 0.12


@pytest.mark.parametrize("seed", range(15))
def test_masks_stay_in_range_through_bending_and_softening(seed, face):
    image, marks = face
    rng = np.random.default_rng(seed)
    hard = draw_face_mask(rng, marks, image.shape[:2])
    soft = soften(rng, bend(rng, hard, face_width(marks)), face_width(marks))
    assert soft.dtype == np.float32
    assert 0 <= soft.min() <= soft.max() <= 1
    assert ((soft > 0.02) & (soft < 0.98)).sum() > 20  # a border, not a step


def test_a_crop_box_stays_in_the_picture():
    points = np.array([(-40, -40), (500, 10)], np.float32)
    rows, columns = crop_box(points, (60, 80), 5)
    assert (rows.start, columns.start, columns.stop) == (0, 0, 80)
    far = crop_box(points + 1000, (60, 80), 5)
    assert all(part.stop - part.start >= 2 for part in far)
    assert far[0].stop <= 60


@pytest.mark.parametrize("name", list(UPSAMPLERS))
def test_up_samplers_keep_place_and_level(name):
    """A ramp stays that ramp, half a pixel included; uneven taps only ripple it."""
    coarse = np.repeat((np.arange(32, dtype=np.float32) * 4)[None], 32, axis=0)[..., None]
    coarse = np.repeat(coarse, 3, axis=2)
    kernel = UPSAMPLERS.get(name)(np.random.default_rng(4))
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    fine = enlarge(coarse, kernel, (64, 64))
    expected = (np.arange(64) - 0.5) * 2
    assert np.abs(fine[10:-10, 10:-10, 0].mean(axis=0) - expected[10:-10]).max() < 4


def test_transposed_convolution_leaves_a_periodic_peak(face):
    """What an uneven 4 x 4 kernel adds to flat grey is a pattern of period 2."""
    flat = np.full((48, 48, 3), 100, np.float32)
    kernel = UPSAMPLERS.get("transposed_conv")(np.random.default_rng(2))
    fine = enlarge(flat, kernel, (96, 96))[8:-8, 8:-8, 0]
    assert fine.std() > 0.05
    np.testing.assert_allclose(fine[::2, ::2], fine[0, 0], rtol=1e-4)


def test_the_registry_refuses_a_second_of_the_same_name():
    with pytest.raises(ValueError, match="registered twice"):
        PSEUDO_FAKES.register("self_blend")(PSEUDO_FAKES.get("pose_swap"))
