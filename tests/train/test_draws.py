"""What the training draws: by a pure function of the seed and the index, cut like in serving."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_face import SIDE_PX, mesh_points

from unmask.data.draws import Drawer
from unmask.data.manifest import read_manifest, split_of
from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.faces.crop import take_crop
from unmask.media.degrade import DegradeRecipe

pytestmark = pytest.mark.train

PLAIN = {"margin": (1.1, 1.1), "native_px": (900.0, 900.0), "shift": 0.0, "rotate_deg": 0.0}
MIXED = (
    Entry("set", "real", 1.0, {"as_is": 0.5, "innocent": 0.5}),
    Entry("set", "swap", 1.0),
    Entry("set", "real", 1.0, {"self_blend": 0.5, "pose_swap": 0.5}, "swap"),
    Entry("set", "real", 0.5, {"whole_decoder": 1.0}, "synthetic"),
)


def test_a_draw_depends_on_seed_and_index_alone(tiny_data: Path) -> None:
    first = Drawer(tiny_data, Recipe(MIXED), seed=3)
    second = Drawer(tiny_data, Recipe(MIXED), seed=3)
    for index in (7, 0, 31):
        one, two = first.draw(index, 64), second.draw(index, 64)
        np.testing.assert_array_equal(one.crop_rgb, two.crop_rgb)
        assert (one.klass, one.kind, one.source) == (two.klass, two.kind, two.source)
    other = Drawer(tiny_data, Recipe(MIXED), seed=4).draw(7, 64)
    assert not np.array_equal(other.crop_rgb, first.draw(7, 64).crop_rgb)


def test_training_and_serving_cut_the_same_pixels(tiny_data: Path) -> None:
    recipe = Recipe((Entry("set", "swap", 1.0),), degrade=0.0, **PLAIN)
    drawer = Drawer(tiny_data, recipe, seed=0)
    table = read_manifest(tiny_data)
    train = table[(table["split"] == "train") & (table["klass"] == "swap")]
    marks = mesh_points() * np.float32(192 / SIDE_PX)
    served = [
        take_crop(cv2.imread(path)[:, :, ::-1].copy(), marks, np.zeros(4), margin=1.1, size_px=64)[
            0
        ].astype(int)
        for path in train["path"]
    ]
    for index in range(4):
        drawn = drawer.draw(index, 64).crop_rgb.astype(int)
        flips = (drawn, drawn[:, ::-1])
        # the working cut is moved by whole pixels, so only rounding may differ
        assert min(np.abs(a - b).max() for a in flips for b in served) <= 2


def test_classes_kinds_and_masks_belong_together(tiny_data: Path) -> None:
    drawer = Drawer(tiny_data, Recipe(MIXED), seed=5)
    seen = set()
    for index in range(60):
        draw = drawer.draw(index, 64)
        seen.add((draw.klass, draw.kind))
        if draw.klass == 0:
            assert draw.mask is not None
            assert draw.mask.max() == 0
        elif draw.kind == "as_is":
            assert draw.mask is None
        else:
            assert draw.mask is not None
            assert draw.mask.shape == (64, 64)
            assert 0 < draw.mask.max() <= 1
    assert {
        (0, "as_is"),
        (0, "innocent"),
        (1, "as_is"),
        (1, "self_blend"),
        (1, "pose_swap"),
    } <= seen
    assert (2, "whole_decoder") in seen


def test_an_empty_entry_is_a_clear_error(tiny_data: Path) -> None:
    with pytest.raises(UsageError, match="no training picture of class 'synthetic'"):
        Drawer(tiny_data, Recipe((Entry("set", "synthetic", 1.0),)), seed=0)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"entries": [{"source": "a", "klass": "genuine", "weight": 1}]}, "unknown class"),
        ({"entries": [{"source": "a", "klass": "real", "weight": 0}]}, "weight of a"),
        ({"entries": [], "margins": [1, 2]}, "cannot be read"),
    ],
)
def test_wrong_recipes_are_refused(raw: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Recipe.from_dict(raw)


def test_held_out_sources_are_not_drawn() -> None:
    raw = {"entries": [{"source": s, "klass": "real", "weight": 1} for s in ("a", "b")]}
    assert [e.source for e in Recipe.from_dict(raw, ("a",)).entries] == ["b"]


def test_a_split_keeps_identities_together_and_its_ratio() -> None:
    splits = [split_of(f"person {i}", (0.8, 0.1, 0.1), 0) for i in range(4000)]
    shares = [splits.count(s) / 4000 for s in ("train", "val", "test")]
    np.testing.assert_allclose(shares, (0.8, 0.1, 0.1), atol=0.02)
    assert split_of("person 1", (0.8, 0.1, 0.1), 0) == splits[1]
    assert any(split_of(f"person {i}", (0.8, 0.1, 0.1), 1) != s for i, s in enumerate(splits[:50]))


def test_a_recipe_says_how_pictures_are_degraded(tiny_data: Path) -> None:
    raw = {"entries": [{"source": "set", "klass": "real", "weight": 1.0}], "degrade": 1.0}
    usual = Recipe.from_dict(raw)
    coarse = Recipe.from_dict(raw | {"degradation": {"h264": 0.8, "crf": [45, 51], "codec": 1.0}})
    assert usual.degradation == DegradeRecipe()
    assert (coarse.degradation.crf, coarse.degradation.blur) == ((45, 51), DegradeRecipe().blur)
    drawn = [Drawer(tiny_data, one, seed=5).draw(3, 64).crop_rgb for one in (usual, coarse)]
    assert not np.array_equal(*drawn)
    again = Recipe.from_dict(json.loads(json.dumps(asdict(coarse))))
    assert again == coarse


def test_an_unknown_step_of_degradation_is_refused() -> None:
    for wrong, said in (({"h265": 0.5}, "h265"), (0.5, "degradation is 0.5")):
        with pytest.raises(UsageError, match=said):
            Recipe.from_dict({"entries": [], "degradation": wrong})
