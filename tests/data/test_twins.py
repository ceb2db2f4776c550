"""Twins: a fake and its original drawn together, and the mask that their difference gives."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_face import SIDE_PX, mesh_points
from tiny_faces import SIDE, noisy_face, write_tiny_manifest

from unmask.data.draws import Drawer
from unmask.data.manifest import read_manifest, write_manifest
from unmask.data.recipe import Entry, Recipe
from unmask.data.twins import difference, mix_in_part
from unmask.errors import UsageError

pytestmark = pytest.mark.train

MARKS = mesh_points() * np.float32(SIDE / SIDE_PX)
MOUTH = (slice(118, 140), slice(80, 112))
FOUND = Entry("set", "swap", 1.0, twins=True)
MADE = Entry("set", "real", 1.0, {"self_blend": 1.0}, "swap", twins=True)


def with_new_mouth(image: np.ndarray) -> np.ndarray:
    changed = image.copy()
    changed[MOUTH] = (40, 200, 90)
    return changed


def recoded(image: np.ndarray, quality: int = 80) -> np.ndarray:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def smooth_face(index: int = 0) -> np.ndarray:
    return cv2.GaussianBlur(noisy_face(index, fake=False), (0, 0), 1.5)


def test_the_mask_lies_on_what_was_changed() -> None:
    real = smooth_face()
    found = difference(recoded(with_new_mouth(real)), recoded(real, 90), MARKS)
    assert found.mask is not None
    inside = np.zeros(real.shape[:2], bool)
    inside[MOUTH] = True
    assert found.mask[inside].mean() > 0.9
    far = cv2.dilate(inside.astype(np.uint8), np.ones((41, 41))) == 0
    assert found.mask[far].mean() < 0.02
    assert not found.untouched


def test_a_fake_in_which_nothing_was_changed_is_named_untouched() -> None:
    real = smooth_face()
    assert difference(recoded(real, 70), recoded(real, 90), MARKS).untouched


def test_other_frames_have_no_mask() -> None:
    real = smooth_face()
    moved = np.roll(real, 25, axis=1)
    for other in (moved, noisy_face(1, fake=True), real[:100]):
        found = difference(other, real, MARKS)
        assert found.mask is None
        assert not found.untouched


def test_a_part_of_a_fake_leaves_the_rest_genuine() -> None:
    real = smooth_face()
    fake = cv2.convertScaleAbs(real, alpha=1, beta=40)
    mask = np.ones(real.shape[:2], np.float32)
    seen_parts = 0
    for seed in range(6):
        image, part = mix_in_part(np.random.default_rng(seed), fake, real, mask, MARKS)
        if image is fake:
            continue
        seen_parts += 1
        assert (image[part == 0] == real[part == 0]).all()
        assert np.abs(image.astype(int) - real).max() > 20
        assert 0 < part.mean() < 1
    assert seen_parts


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest whose fakes have their original in the set: its face with another mouth."""
    manifest = write_tiny_manifest(tmp_path_factory.mktemp("pairs"))
    table = read_manifest(manifest)
    table["split"] = "train"
    real = table[table["klass"] == "real"]
    for position, row in enumerate(table.index[table["klass"] != "real"]):
        original = real.iloc[position]
        table.loc[row, ["video", "identity"]] = original[["video", "identity"]].to_list()
        image = cv2.GaussianBlur(cv2.imread(original["path"]), (0, 0), 1.5)
        cv2.imwrite(original["path"], image)
        cv2.imwrite(table.loc[row, "path"], with_new_mouth(image))
    write_manifest(table, manifest)
    return manifest


@pytest.mark.parametrize("entry", [FOUND, MADE], ids=["found", "made"])
def test_twins_differ_in_nothing_but_the_manipulation(pairs: Path, entry: Entry) -> None:
    drawer = Drawer(pairs, Recipe((entry,), native_px=(80.0, 150.0), degrade=0.0), seed=2)
    for number in range(8):
        real, fake = drawer.draw(2 * number, 96), drawer.draw(2 * number + 1, 96)
        assert (real.klass, fake.klass) == (0, 1)
        assert real.identity == fake.identity
        assert real.mask is not None
        assert real.mask.max() == 0
        assert fake.mask is not None
        if entry is FOUND:
            assert fake.mask.max() > 0.9
            apart = np.abs(real.crop_rgb.astype(int) - fake.crop_rgb).max(axis=2)
            assert apart[cv2.dilate(fake.mask, np.ones((9, 9))) == 0].max() <= 2
            assert apart[fake.mask > 0.9].mean() > 30


def test_twins_are_degraded_alike(pairs: Path) -> None:
    drawer = Drawer(pairs, Recipe((FOUND,), degrade=1.0), seed=5)
    shares = []
    for number in range(8):
        real, fake = drawer.draw(2 * number, 96), drawer.draw(2 * number + 1, 96)
        assert fake.mask is not None
        calm = cv2.dilate(fake.mask, np.ones((25, 25))) == 0
        shares.append(np.abs(real.crop_rgb.astype(int) - fake.crop_rgb)[calm].mean())
    assert np.median(shares) < 2


def test_a_twin_is_the_same_whichever_is_drawn_first(pairs: Path) -> None:
    recipe = Recipe((FOUND, MADE))
    forward, backward = Drawer(pairs, recipe, seed=9), Drawer(pairs, recipe, seed=9)
    ahead = [forward.draw(index, 64).crop_rgb for index in range(12)]
    behind = [backward.draw(index, 64).crop_rgb for index in reversed(range(12))][::-1]
    for one, other in zip(ahead, behind, strict=True):
        np.testing.assert_array_equal(one, other)


def test_untouched_fakes_are_not_drawn(tmp_path: Path) -> None:
    manifest = write_tiny_manifest(tmp_path, 4)
    table = read_manifest(manifest)
    table["split"] = "train"
    real = table[table["klass"] == "real"].reset_index(drop=True)
    fakes = table.index[table["klass"] != "real"]
    for position, row in enumerate(fakes):
        table.loc[row, "video"] = real["video"][position]
        image = cv2.GaussianBlur(cv2.imread(real["path"][position]), (0, 0), 1.5)
        cv2.imwrite(real["path"][position], image)
        cv2.imwrite(table.loc[row, "path"], image if position else with_new_mouth(image))
    write_manifest(table, manifest)
    drawer = Drawer(manifest, Recipe((FOUND,), degrade=0.0), seed=0)
    only = str(table["identity"][fakes[0]])
    drawn = {drawer.draw(2 * number + 1, 64).identity for number in range(10)}
    assert drawn == {only}


def test_twins_that_all_turn_out_untouched_are_a_clear_error(tmp_path: Path) -> None:
    manifest = write_tiny_manifest(tmp_path, 4)
    table = read_manifest(manifest)
    table["split"] = "train"
    real = table[table["klass"] == "real"].reset_index(drop=True)
    for position, row in enumerate(table.index[table["klass"] != "real"]):
        table.loc[row, "video"] = real["video"][position]
        cv2.imwrite(table.loc[row, "path"], cv2.imread(real["path"][position]))
    write_manifest(table, manifest)
    with pytest.raises(UsageError, match="tried in turn cannot be used as twins"):
        Drawer(manifest, Recipe((FOUND,)), seed=0).draw(0, 64)


def test_entries_that_cannot_have_twins_are_refused(pairs: Path, tiny_alone: Path) -> None:
    with pytest.raises(UsageError, match="need a fake made of them"):
        Entry("set", "real", 1.0, twins=True)
    with pytest.raises(UsageError, match="has its original beside it"):
        Drawer(tiny_alone, Recipe((FOUND,)), seed=0)


@pytest.mark.parametrize(
    ("klass", "pseudo", "twins", "hint"),
    [
        ("swap", {"self_blend": 1.0}, True, "choose from as_is, part_of_fake"),
        ("swap", {"part_of_fake": 1.0}, False, "needs twins = true"),
        ("real", {"part_of_fake": 1.0}, True, "needs twins = true"),
        ("real", {"self_blend": 1.0, "as_is": 1.0}, True, "comes by itself"),
        ("real", {"innocent": 1.0}, True, "comes by itself"),
    ],
)
def test_kinds_that_make_no_sense_are_refused_before_the_training(
    klass: str, pseudo: dict, twins: bool, hint: str
) -> None:
    with pytest.raises(UsageError, match="cannot be drawn by this entry") as caught:
        Entry("set", klass, 1.0, pseudo, "swap", twins=twins)
    assert hint in caught.value.hint


@pytest.fixture
def tiny_alone(tmp_path: Path) -> Path:
    """A manifest in which every file is a video of its own."""
    return write_tiny_manifest(tmp_path / "alone")
