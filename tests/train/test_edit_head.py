"""The output that tells edited parts from swapped faces: one layer on the features, no more."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny_bundle import BLEND_CELLS, SIZE_PX, build_tiny_bundle, tiny_model, write_bundle

from unmask.errors import BundleError, UsageError
from unmask.models.bundle import load_bundle
from unmask.models.session import open_session
from unmask.models.verify import verify_bundle
from unmask.settings import Settings
from unmask.train.edit_head import add_edit_output
from unmask.types import CheckStatus

pytestmark = pytest.mark.train
PLAIN = tiny_model().SerializeToString()
WEIGHTS = np.array([0.5, -2.0, 1.0])


def run(model: bytes, names: list[str]) -> list[np.ndarray]:
    image = np.random.default_rng(0).uniform(-1, 1, (3, 3, SIZE_PX, SIZE_PX)).astype(np.float32)
    return open_session(model, threads=1).run(names, {"image": image})


def test_the_output_is_a_linear_layer_on_the_features() -> None:
    model = add_edit_output(PLAIN, "features", WEIGHTS, 0.25)
    features, edit = run(model, ["features", "edit"])
    assert edit.shape == (3, 1)
    np.testing.assert_allclose(edit[:, 0], features @ WEIGHTS + 0.25, atol=1e-5)
    names = ["logits", "cam", "blend"]
    for before, after in zip(run(PLAIN, names), run(model, names), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_cells_of_the_blend_map_follow_the_features() -> None:
    cells = np.random.default_rng(1).normal(size=BLEND_CELLS**2)
    row = np.concatenate([WEIGHTS, cells])
    model = add_edit_output(PLAIN, "features", row, 0.5, "blend")
    features, blend, edit = run(model, ["features", "blend", "edit"])
    expected = np.concatenate([features, blend.reshape(3, -1)], axis=1) @ row + 0.5
    np.testing.assert_allclose(edit[:, 0], expected, atol=1e-4)
    again = add_edit_output(model, "features", row, 0.5, "blend")
    assert again == model
    alone = add_edit_output(model, "features", WEIGHTS, 0.25)
    assert alone == add_edit_output(PLAIN, "features", WEIGHTS, 0.25)


def test_a_second_fit_takes_the_place_of_the_first() -> None:
    first = add_edit_output(PLAIN, "features", WEIGHTS, 0.25)
    second = add_edit_output(first, "features", -WEIGHTS, 0.0)
    features, edit = run(second, ["features", "edit"])
    np.testing.assert_allclose(edit[:, 0], -(features @ WEIGHTS), atol=1e-5)
    assert len(second) == len(first)


@pytest.mark.parametrize(("name", "count"), [("features", 4), ("other", 3)])
def test_features_that_are_not_there_are_refused(name: str, count: int) -> None:
    with pytest.raises(UsageError, match=f"no output '{name}' of {count} numbers"):
        add_edit_output(PLAIN, name, np.ones(count), 0.0)


def test_a_card_that_promises_it_is_held_to_it(tmp_path) -> None:
    folder = build_tiny_bundle(tmp_path, outputs={"edit": "edit"})
    with pytest.raises(BundleError, match="edit"):
        load_bundle(folder, Settings()).open_session(1)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    write_bundle(folder, add_edit_output(PLAIN, "features", WEIGHTS, 0.25), card)
    assert {row.status for row in verify_bundle(folder, Settings())} == {CheckStatus.RUN}
