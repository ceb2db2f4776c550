"""Who is seen is hidden, what was done stays: covers, stretching, twins hidden alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_face import SIDE_PX, mesh_points
from tiny_faces import SIDE, noisy_face, write_tiny_manifest

from unmask.data.draws import Drawer
from unmask.data.hiding import COVERED_MAX, cover, hide_person, stretched
from unmask.data.recipe import Entry, Recipe

pytestmark = pytest.mark.train
MARKS = mesh_points() * np.float32(SIDE / SIDE_PX)
FACE = (noisy_face(0, fake=False), MARKS)
MADE = (Entry("set", "real", 1.0, {"self_blend": 1.0}, "swap", twins=True),)


def test_without_a_share_nothing_is_changed() -> None:
    image, hidden = hide_person(np.random.default_rng(0), FACE, Recipe(()), None)
    assert image is FACE[0]
    assert hidden is None


def test_covers_lie_on_the_face_and_leave_most_of_the_picture() -> None:
    shares = []
    for seed in range(40):
        hidden = cover(np.random.default_rng(seed), MARKS, FACE[0].shape[:2])
        assert set(np.unique(hidden)) <= {0.0, 1.0}
        shares.append(float(hidden.mean()))
    assert 0.01 < np.median(shares) < 0.25
    assert max(shares) < 0.5


def test_what_is_covered_is_flat_or_noise_and_the_rest_is_untouched() -> None:
    for seed in range(10):
        image, hidden = hide_person(np.random.default_rng(seed), FACE, Recipe((), cutout=1.0), None)
        assert hidden is not None
        np.testing.assert_array_equal(image[hidden == 0], FACE[0][hidden == 0])
        if hidden.any():
            assert (image[hidden == 1] != FACE[0][hidden == 1]).mean() > 0.5


def test_a_cover_never_hides_most_of_what_was_changed() -> None:
    truth = np.zeros(FACE[0].shape[:2], np.float32)
    mouth = MARKS[[61, 291, 0, 17]]
    (x1, y1), (x2, y2) = mouth.min(axis=0).astype(int), mouth.max(axis=0).astype(int)
    truth[y1:y2, x1:x2] = 1
    refused = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        _, hidden = hide_person(rng, FACE, Recipe((), cutout=1.0), truth)
        refused += hidden is None
        if hidden is not None:
            assert (truth * hidden).sum() <= COVERED_MAX * truth.sum()
    assert 0 < refused < 40


def test_a_stretched_crop_keeps_its_middle_and_changes_its_sides() -> None:
    plain = np.array([[100, 0, 20], [0, 100, 30]], np.float32)
    found = [stretched(np.random.default_rng(seed), plain, 0.12) for seed in range(50)]
    for affine in found:
        np.testing.assert_allclose(affine @ [0.5, 0.5, 1], [70, 80], atol=1e-3)
    sides = np.array([[np.hypot(*a[:, 0]), np.hypot(*a[:, 1])] for a in found])
    assert 80 < sides.min() < 95
    assert 105 < sides.max() < 120


def test_twins_are_hidden_alike(tmp_path: Path) -> None:
    manifest = write_tiny_manifest(tmp_path)
    recipe = Recipe(MADE, native_px=(180.0, 190.0), degrade=0.0, recolour=1.0, cutout=1.0)
    drawer = Drawer(manifest, recipe, seed=1)
    grey = 0
    for number in range(12):
        real, fake = drawer.draw(2 * number, 96), drawer.draw(2 * number + 1, 96)
        flat = (real.crop_rgb == 127).all(axis=2), (fake.crop_rgb == 127).all(axis=2)
        grey += flat[0].mean() > 0.02
        assert np.abs(flat[0].astype(int) - flat[1]).mean() < 0.02
    assert grey > 2
