"""Every kind of pseudo-fake: shapes, truth of the mask, determinism, what must stay untouched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from unmask.data.pseudo import (
    PSEUDO_FAKES,
    SYNTHETIC_KINDS,
    innocent,
    make_pseudo_fake,
    pose_difference,
    self_blend,
)
from unmask.errors import UsageError

KINDS = tuple(PSEUDO_FAKES)
LOCAL = ("decoder_look", "pose_swap", "region_blend")  # leave the rest of the picture alone
SEEDS = range(12)


def make(name, seed, face, donor):
    return make_pseudo_fake(np.random.default_rng(seed), name, *face, donor)


def sharpness(image_rgb):
    grey = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def test_the_kinds_are_the_five_of_the_design():
    assert KINDS == ("decoder_look", "pose_swap", "region_blend", "self_blend", "whole_decoder")
    assert set(KINDS) >= SYNTHETIC_KINDS == {"whole_decoder"}


@pytest.mark.parametrize("name", [*KINDS, "innocent"])
def test_shapes_ranges_and_untouched_input(name, face, donor):
    image, marks = face[0].copy(), face[1].copy()
    theirs = (donor[0].copy(), donor[1].copy())
    for seed in SEEDS:
        fake = make_pseudo_fake(np.random.default_rng(seed), name, image, marks, theirs)
        assert fake.kind == name
        assert fake.image_rgb.shape == image.shape
        assert fake.image_rgb.dtype == np.uint8
        assert fake.mask.shape == image.shape[:2]
        assert fake.mask.dtype == np.float32
        assert 0 <= fake.mask.min() <= fake.mask.max() <= 1
    np.testing.assert_array_equal(image, face[0])
    np.testing.assert_array_equal(marks, face[1])
    np.testing.assert_array_equal(theirs[0], donor[0])
    np.testing.assert_array_equal(theirs[1], donor[1])


@pytest.mark.parametrize("name", [*KINDS, "innocent"])
def test_same_seed_same_bits_and_other_seeds_other_pictures(name, face, donor):
    first, again = make(name, 5, face, donor), make(name, 5, face, donor)
    np.testing.assert_array_equal(first.image_rgb, again.image_rgb)
    np.testing.assert_array_equal(first.mask, again.mask)
    pictures = {make(name, seed, face, donor).image_rgb.tobytes() for seed in SEEDS}
    assert len(pictures) >= len(SEEDS) // 2


@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.parametrize("seed", SEEDS)
def test_pixels_outside_the_mask_are_the_originals(name, seed, face, donor):
    fake = make(name, seed, face, donor)
    outside = fake.mask == 0
    assert outside.mean() > 0.4
    np.testing.assert_array_equal(fake.image_rgb[outside], face[0][outside])


@pytest.mark.parametrize("name", [*LOCAL, "self_blend"])
def test_the_mask_lies_on_the_face_and_marks_what_changed(name, face, donor):
    image, marks = face
    low, high = marks.min(axis=0), marks.max(axis=0)
    reach = 0.12 * float((high - low).max())
    rows, columns = np.indices(image.shape[:2])
    near = (columns > low[0] - reach) & (columns < high[0] + reach)
    near &= (rows > low[1] - reach) & (rows < high[1] + reach)
    changed = 0
    for seed in SEEDS:
        fake = make(name, seed, face, donor)
        assert fake.mask[near].sum() >= 0.97 * fake.mask.sum() > 0
        difference = np.abs(fake.image_rgb.astype(int) - image).max(axis=2)
        changed += difference[fake.mask > 0.5].mean() > 1 if (fake.mask > 0.5).any() else 1
    assert changed >= len(SEEDS) - 1


def test_a_self_blend_changes_the_background_only_where_it_is_asked_to(face):
    image, marks = face
    rng = np.random.default_rng
    still = self_blend(rng(3), image, marks, jitter_background=False)
    np.testing.assert_array_equal(still.image_rgb[still.mask == 0], image[still.mask == 0])
    moved = self_blend(rng(3), image, marks, jitter_background=True)
    assert (moved.image_rgb[moved.mask == 0] != image[moved.mask == 0]).mean() > 0.3


def test_self_blends_use_the_published_ratios(face):
    peaks = {round(float(make("self_blend", seed, face, None).mask.max()), 2) for seed in range(40)}
    assert {0.25, 0.5, 0.75, 1.0} <= peaks


def test_a_swap_brings_the_donor(face):
    """A donor whose skin is green leaves green where the colour is not carried over."""
    image, marks = face
    green = np.zeros_like(image)
    green[..., 1] = 200
    greener = 0
    for seed in range(20):
        fake = make_pseudo_fake(
            np.random.default_rng(seed), "pose_swap", image, marks, (green, marks)
        )
        inside = fake.mask > 0.8
        gain = fake.image_rgb[inside].mean(axis=0) - image[inside].mean(axis=0)
        spread = fake.image_rgb[inside].std() < image[inside].std()
        greener += bool(gain[1] - gain[0] > 60 or spread)
    assert greener == 20


def test_pose_swap_needs_a_donor(face):
    with pytest.raises(UsageError) as caught:
        make("pose_swap", 0, face, None)
    assert "donor" in caught.value.hint


@pytest.mark.parametrize("name", [k for k in KINDS if k != "pose_swap"])
def test_the_others_do_without(name, face):
    assert make(name, 1, face, None).mask.max() > 0


def test_an_unknown_kind_names_near_ones(face):
    with pytest.raises(UsageError) as caught:
        make("self_blends", 0, face, None)
    assert "self_blend" in caught.value.hint


def test_faces_at_the_edge_and_tiny_pictures_pass(face, donor):
    image, marks = face
    small = cv2.resize(image, (41, 37), interpolation=cv2.INTER_AREA)
    scale = np.array([41 / image.shape[1], 37 / image.shape[0]], np.float32)
    for offset in ((0, 0), (-14, 3), (20, 15)):
        for name in KINDS:
            moved = (marks * scale + np.array(offset)).astype(np.float32)
            fake = make_pseudo_fake(np.random.default_rng(1), name, small, moved, donor)
            assert fake.image_rgb.shape == small.shape


def test_a_whole_decoder_keeps_the_sharpness(face):
    ratios = [
        sharpness(make("whole_decoder", seed, face, None).image_rgb) / sharpness(face[0])
        for seed in range(30)
    ]
    assert 0.85 < np.median(ratios) < 1.2
    assert np.percentile(ratios, 90) < 1.5


def test_a_whole_decoder_leaves_traces_and_marks_everything(face):
    for seed in SEEDS:
        fake = make("whole_decoder", seed, face, None)
        assert fake.mask.min() == 1
        assert 20 < cv2.PSNR(fake.image_rgb, face[0]) < 60


def test_the_control_changes_no_geometry_and_has_no_mask(face):
    untouched = 0
    for seed in range(30):
        twin = innocent(np.random.default_rng(seed), face[0])
        assert not twin.mask.any()
        untouched += np.array_equal(twin.image_rgb, face[0])
        greys = [cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).ravel() for x in (twin.image_rgb, face[0])]
        assert np.corrcoef(*greys)[0, 1] > 0.97
    assert 3 <= untouched <= 20  # about a third are left as they are


def test_pose_difference_orders_poses(face, donor):
    marks = face[1]
    turned = marks.copy()
    turned[:, 0] = turned[:, 0] * 0.6 + 20
    assert pose_difference(marks, marks) < 1e-5
    assert pose_difference(marks, marks * 3 + 7) < 1e-4
    assert pose_difference(marks, turned) > 0.05
    assert 0.01 < pose_difference(marks, donor[1]) < 0.15
