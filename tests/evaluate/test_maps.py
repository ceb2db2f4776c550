"""Heat maps by four methods, and how they are measured: made maps, second implementations."""

from __future__ import annotations

import cv2
import numpy as np
import onnx
import pytest
from drawn_scenes import SETTINGS, scene
from onnx import TensorProto, helper, numpy_helper
from sklearn.decomposition import PCA
from tiny_bundle import tiny_card, tiny_model, write_bundle

from unmask.detectors.image import ImageDetector, heat_map_of
from unmask.errors import BundleError
from unmask.evaluate.map_measures import (
    equal_area_iou,
    place,
    random_areas,
    randomised,
    rank_correlation,
    removal_areas,
)
from unmask.evaluate.map_truth import Edit, crop_mask, edit_mask
from unmask.evaluate.maps import (
    MapRunner,
    View,
    eigen_cam,
    grad_cam_pp,
    last_map_names,
)
from unmask.evaluate.scores import observe_known
from unmask.faces.crop import take_crop
from unmask.models.bundle import load_bundle
from unmask.train.committee import join_models

pytestmark = pytest.mark.train
SIZE = 64


def view_of(seed, *, head=True):
    rng = np.random.default_rng(seed)
    last = np.maximum(rng.normal(0.3, 1, (12, 5, 4)), 0).astype(np.float32)
    weights = rng.normal(0, 1, (3, 12)).astype(np.float32)
    cam = np.tensordot(weights, last, 1) / 20
    return View(cam, last, None, weights if head else None, 1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_grad_cam_pp_is_the_published_formula_with_its_sums_written_out(seed):
    view = view_of(seed)
    gradient = (view.head[1] - view.head[0])[:, None, None] / 20 * np.ones_like(view.last)
    alpha = gradient**2 / (
        2 * gradient**2 + (view.last * gradient**3).sum(axis=(1, 2), keepdims=True)
    )
    weights = (alpha * np.maximum(gradient, 0)).sum(axis=(1, 2))
    expected = np.maximum((weights[:, None, None] * view.last).sum(axis=0), 0)
    np.testing.assert_allclose(grad_cam_pp(view), expected, rtol=1e-4)


def test_grad_cam_pp_needs_a_linear_head():
    assert grad_cam_pp(view_of(0, head=False)) is None


@pytest.mark.parametrize("seed", range(3))
def test_eigen_cam_is_the_first_principal_component(seed):
    view = view_of(seed)
    cells = view.last.reshape(12, -1).T.astype(np.float64)
    expected = PCA(n_components=1).fit_transform(cells)[:, 0].reshape(5, 4)
    found = eigen_cam(view)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=1e-4, atol=1e-5)
    assert (found * view.last.sum(axis=0)).sum() >= 0


def test_the_maps_of_a_bundle_are_those_that_it_serves(drawn_manifest, tiny):
    image, marks = scene(1, fake=True)
    low, high = marks[:468].min(axis=0), marks[:468].max(axis=0)
    box = np.array([*low, *high], np.float32)
    path = drawn_manifest.parent / "fake_drawn" / "images" / "1.png"
    face, observation = observe_known(path, marks, box)
    score = ImageDetector(tiny, SETTINGS).score_faces(observation, [face])[0]
    runner = MapRunner(tiny)
    mapped = runner.face(image, marks, box)
    assert runner.methods == ("blend", "cam", "eigen_cam", "grad_cam_pp")
    served = heat_map_of(score, face, tiny.card)
    np.testing.assert_allclose(mapped.maps["cam"], served.values, atol=1e-5)
    np.testing.assert_allclose(mapped.maps["blend"], served.blend, atol=1e-5)
    np.testing.assert_array_equal(mapped.crop_rgb, served.crop_rgb)
    assert runner.probabilities([mapped.crop_rgb])[0] > 0.5


def test_the_last_map_is_what_is_pooled_and_a_graph_without_one_is_refused(tiny):
    graph = onnx.load_from_string(tiny.model).graph
    assert last_map_names(graph, tiny.card) == ["cells"]
    odd = helper.make_graph(
        [helper.make_node("Sigmoid", ["image"], ["features"])],
        "odd",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1])],
        [],
    )
    with pytest.raises(BundleError, match="no feature map"):
        last_map_names(odd, tiny.card)


def test_a_committee_has_one_last_map_and_a_head_over_all_of_it(tmp_path, tiny):
    other = {"real": (1.0, 3.0, 0.0), "swap": (2.0, 0.0, 1.0), "synthetic": (0.0, -1.0, 2.0)}
    members = [tiny_model(), tiny_model(weights=other)]
    joined = join_models([member.SerializeToString() for member in members])
    folder = write_bundle(tmp_path / "both", joined, tiny_card("both"))
    both = load_bundle(folder, SETTINGS)
    graph = onnx.load_from_string(joined).graph
    assert last_map_names(graph, both.card) == ["member0/cells", "member1/cells"]
    runner = MapRunner(both)
    assert runner.methods == ("blend", "cam", "eigen_cam", "grad_cam_pp")
    image, marks = scene(1, fake=True)
    low, high = marks[:468].min(axis=0), marks[:468].max(axis=0)
    box = np.array([*low, *high], np.float32)
    runners = [MapRunner(tiny, member.SerializeToString()) for member in members]
    alone = [one.face(image, marks, box, target=1).maps["cam"] for one in runners]
    mapped = runner.face(image, marks, box, target=1).maps["cam"]
    np.testing.assert_allclose(mapped, np.mean(alone, axis=0), atol=1e-5)


def made_map(row, column, cells=8):
    values = np.full((cells, cells), -1.0, np.float32)
    values[row, column] = 1.0
    return values


def square(top, left, side=16):
    mask = np.zeros((SIZE, SIZE), bool)
    mask[top : top + side, left : left + side] = True
    return mask


@pytest.mark.parametrize(("cell", "hit", "near"), [((2, 2), 1, 1), ((6, 6), 0, 0), ((1, 3), 0, 1)])
def test_the_pointing_game_on_a_made_map(cell, hit, near):
    found = place(made_map(*cell), square(14, 16))
    assert (found["hit"], found["near"]) == (hit, near)
    assert found["area"] == pytest.approx(1 / 16)
    assert found["near_area"] > found["area"]
    assert found["centre_hit"] == 0


def test_a_map_without_heat_misses_and_has_no_mass():
    found = place(np.full((8, 8), -1.0, np.float32), square(16, 16))
    assert (found["hit"], found["near"], found["mass"]) == (0, 0, 0)


def test_overlap_of_a_map_that_is_the_mask_and_of_one_that_is_not():
    mask = square(16, 16)
    heat = mask.astype(np.float32)
    assert equal_area_iou(heat, mask) == 1
    assert equal_area_iou(-heat, mask) == 0
    half = square(16, 24).astype(np.float32)
    assert equal_area_iou(half, mask) == pytest.approx(1 / 3)


def test_taking_away_what_matters_first_shows():
    """The score is the brightness of one corner: its map is right, the opposite one wrong."""
    crop = np.zeros((SIZE, SIZE, 3), np.uint8)
    crop[:16, :16] = 255

    def score(crops):
        return np.array([one[:16, :16].mean() / 255 for one in crops])

    right = removal_areas(crop, made_map(0, 0, 4), score)
    wrong = removal_areas(crop, made_map(3, 3, 4), score)
    control = random_areas(crop, made_map(0, 0, 4), score, np.random.default_rng(0), times=6)
    assert right["deletion"] < control["deletion"] < wrong["deletion"]
    assert right["insertion"] > control["insertion"] > wrong["insertion"]


def test_random_weights_change_what_they_touch_and_nothing_else(tiny):
    changed = onnx.load_from_string(randomised(tiny.model, 1.0, seed=1))
    stored = {t.name: numpy_helper.to_array(t) for t in changed.graph.initializer}
    before = {
        t.name: numpy_helper.to_array(t)
        for t in onnx.load_from_string(tiny.model).graph.initializer
    }
    assert not np.allclose(stored["w"], before["w"])
    assert stored["w"].std() == pytest.approx(before["w"].std(), rel=1)
    np.testing.assert_array_equal(stored["b"], before["b"])
    assert randomised(tiny.model, 1.0, seed=1) == randomised(tiny.model, 1.0, seed=1)


def test_ranks_of_maps():
    a = np.arange(25, dtype=np.float32).reshape(5, 5)
    assert rank_correlation(a, np.exp(a / 25)) == pytest.approx(1, abs=0.01)
    assert rank_correlation(a, -a) == pytest.approx(-1)
    assert rank_correlation(a, np.ones((5, 5), np.float32)) == 0


def test_a_mask_of_the_picture_lies_in_the_crop_where_the_pixels_are():
    image, marks = scene(0, fake=False)
    mask = np.zeros(image.shape[:2], np.float32)
    x, y = marks[4]  # the nose's tip
    cv2.circle(mask, (round(float(x)), round(float(y))), 9, 0.4, -1)
    painted = image.copy()
    painted[mask > 0] = (255, 0, 255)
    box = np.zeros(4, np.float32)
    crop, affine = take_crop(painted, marks, box, margin=1.0, size_px=SIZE)
    found = crop_mask(mask, affine, SIZE)
    magenta = (crop[..., 1] < 60) & (crop[..., 0] > 200)
    assert found.sum() > 20
    assert (found & magenta).sum() / (found | magenta).sum() > 0.8


@pytest.mark.parametrize(("lenient", "low", "high"), [(True, 0.4, 0.6), (False, 0.9, 1.0)])
def test_an_edited_eye_is_the_pictures_left_one_or_either(lenient, low, high):
    image, marks = scene(0, fake=False)
    _, affine = take_crop(image, marks, np.zeros(4, np.float32), margin=1.0, size_px=SIZE)
    mask = edit_mask(Edit(("left_eye",), "easy"), marks, affine, SIZE, lenient=lenient)
    assert low <= mask[:, : SIZE // 2].sum() / mask.sum() <= high
