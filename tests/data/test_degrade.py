"""Degradations: stated levels get worse in order, random chains are seeded and keep the size."""

from __future__ import annotations

import dataclasses
import re

import cv2
import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.media.degrade import (
    DEGRADATIONS,
    LEVELS,
    DegradeRecipe,
    adjust_tone,
    degrade,
    degrade_at,
    jpeg,
    motion_blur,
    scale_chroma,
    sharpen,
    webp,
)
from unmask.media.degrade_h264 import h264_still

NOTHING = DegradeRecipe(
    resize=0, blur=0, motion=0, noise=0, tone=0, chroma=0, sharpen=0, codec=0, codec_twice=0
)


@pytest.mark.parametrize("kind", list(LEVELS))
def test_levels_get_worse_in_order(kind, face):
    image = face[0]
    quality = [
        cv2.PSNR(image, degrade_at(image, kind, level, np.random.default_rng(1)))
        for level in range(1, 6)
    ]
    assert quality == sorted(quality, reverse=True)
    assert quality[0] - quality[-1] > 1


def test_every_registered_degradation_has_levels():
    assert list(DEGRADATIONS) == sorted(LEVELS)
    assert all(len(levels) == 5 for levels in LEVELS.values())


@pytest.mark.parametrize("kind", list(LEVELS))
@pytest.mark.parametrize("shape", [(33, 47), (64, 64), (51, 32)])
def test_size_and_input_stay(kind, shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    before = image.copy()
    worse = degrade_at(image, kind, 3, np.random.default_rng(0))
    assert worse.shape == image.shape
    assert worse.dtype == np.uint8
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_outside_one_to_five_is_refused(level, face):
    with pytest.raises(UsageError, match="level"):
        degrade_at(face[0], "jpeg", level, np.random.default_rng(0))


def test_an_unknown_kind_is_refused_with_near_names(face):
    with pytest.raises(UsageError) as caught:
        degrade_at(face[0], "jpg", 1, np.random.default_rng(0))
    assert "jpeg" in caught.value.hint


def test_chains_are_seeded_and_differ(face):
    image = face[0]
    chains = [degrade(np.random.default_rng(seed), image) for seed in range(20)]
    for seed, chain in enumerate(chains):
        assert chain.shape == image.shape
        np.testing.assert_array_equal(chain, degrade(np.random.default_rng(seed), image))
    assert len({chain.tobytes() for chain in chains}) >= 19


def test_a_recipe_of_nothing_changes_nothing(face):
    np.testing.assert_array_equal(degrade(np.random.default_rng(0), face[0], NOTHING), face[0])


def test_colours_survive_the_codecs_in_order():
    """Red stays red: nothing swaps the channels on the way through a codec."""
    red = np.full((48, 48, 3), (200, 40, 30), np.uint8)
    for coded in (jpeg(red, 90), webp(red, 90), h264_still(red, 20)):
        assert np.abs(coded.mean(axis=(0, 1)) - (200, 40, 30)).max() < 6


def test_tone_and_chroma_by_hand():
    grey = np.full((4, 4, 3), 128, np.uint8)
    gains = np.array([1.0, 0.5, 1.5], np.float32)
    np.testing.assert_array_equal(adjust_tone(grey, 1.0, gains)[0, 0], [128, 64, 192])
    assert adjust_tone(grey, 2.0, np.ones(3, np.float32))[0, 0, 0] == 64
    colour = np.full((4, 4, 3), (200, 100, 50), np.uint8)
    assert np.ptp(scale_chroma(colour, 0.0)[0, 0]) == 0
    np.testing.assert_array_equal(scale_chroma(colour, 1.0), colour)


def test_blur_and_sharpening_go_opposite_ways(face):
    image = face[0]

    def detail(picture):
        return cv2.Laplacian(picture, cv2.CV_32F).var()

    assert detail(motion_blur(image, 7, 30)) < detail(image) < detail(sharpen(image, 1.0))
    np.testing.assert_array_equal(sharpen(image, 0.0), image)


def test_motion_blur_runs_along_its_angle():
    dot = np.zeros((21, 21, 3), np.uint8)
    dot[10, 10] = 255
    level = motion_blur(dot, 7, 0)[..., 0]
    assert (level > 0).sum(axis=1).max() >= 6
    assert (level.max(axis=1) > 0).sum() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"noise": 1.2}, "noise is 1.2"),
        ({"codec": -0.1}, "codec is -0.1"),
        ({"crf": (40, 20)}, "crf is (40, 20)"),
        ({"scale": (0.5,)}, "scale is (0.5,)"),
        ({"scale": (0.0, 1.0)}, "scale is (0.0, 1.0)"),
        ({"crf": (20, 60)}, "crf is (20, 60)"),
        ({"quality": 30}, "quality is 30"),
        ({"noise": "much"}, "noise is much"),
        ({"motion_px": (0, 3)}, "motion_px is (0, 3)"),
        ({"blur_sigma_px": (0.0, 1.0)}, "blur_sigma_px is (0.0, 1.0)"),
        ({"quality": (30.5, 60)}, "quality is (30.5, 60)"),
        ({"webp": 0.6, "h264": 0.6}, "webp and h264"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(values, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        DegradeRecipe(**values)


@pytest.mark.parametrize(
    "one_value",
    [
        {"motion": 1, "motion_px": (5, 5)},
        {"blur": 1, "blur_sigma_px": (0.05, 0.05)},
        {"codec": 1, "h264": 1, "webp": 0, "crf": (51, 51)},
        {"codec": 1, "h264": 0, "webp": 0, "quality": (1, 1)},
        {"resize": 1, "scale": (0.01, 0.01)},
    ],
)
def test_both_ends_of_a_range_may_be_the_same(one_value, face):
    worse = degrade(np.random.default_rng(0), face[0], dataclasses.replace(NOTHING, **one_value))
    assert worse.shape == face[0].shape
