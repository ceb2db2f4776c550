"""Pixels become the network's input by the card and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from unmask.models.card import InputSpec
from unmask.models.preprocess import network_input

SPEC = InputSpec(16, (10.0, 20.0, 30.0), (2.0, 4.0, 8.0), "rgb")


def faces(count: int = 2) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (count, 16, 16, 3), np.uint8)


def test_hand_worked_pixel():
    crops = np.zeros((1, 16, 16, 3), np.uint8)
    crops[0, 3, 5] = (12, 24, 46)
    x = network_input(crops, SPEC)
    assert x.shape == (1, 3, 16, 16)
    assert x.dtype == np.float32
    assert x[0, :, 3, 5].tolist() == [1.0, 1.0, 2.0]
    assert x[0, :, 0, 0].tolist() == [-5.0, -5.0, -3.75]


@pytest.mark.parametrize("colour", ["rgb", "bgr"])
def test_matches_the_formula_in_the_cards_colour_order(colour):
    spec = InputSpec(16, SPEC.mean, SPEC.std, colour)
    crops = faces()
    ordered = crops if colour == "rgb" else crops[..., ::-1]
    expected = (ordered.astype(np.float32) - np.float32(spec.mean)) / np.float32(spec.std)
    assert np.array_equal(network_input(crops, spec), expected.transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    "crops", [faces()[0], faces()[:, :8], faces().astype(np.float32), faces()[..., :1]]
)
def test_any_other_shape_or_type_is_refused(crops):
    with pytest.raises(ValueError, match=r"expected crops of shape \(N, 16, 16, 3\)"):
        network_input(crops, SPEC)
