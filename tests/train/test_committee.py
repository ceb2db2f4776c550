"""A committee answers with the mean of its members, and its map is still exact."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from unmask.errors import UsageError
from unmask.models.session import open_session
from unmask.train.committee import halve_weights, join_models, members_of, mix_models
from unmask.train.export import export_onnx
from unmask.train.network import Detector

pytestmark = pytest.mark.train
SIZE = 64
NAMES = ["logits", "cam", "blend", "features"]


def member(seed: int, *, classes: int = 3, blend: bool = True) -> bytes:
    torch.manual_seed(seed)
    return export_onnx(Detector("own-cnn", classes, blend=blend), SIZE)


@pytest.fixture(scope="module")
def members() -> list[bytes]:
    return [member(seed) for seed in (1, 2, 3)]


def run(model: bytes) -> list[np.ndarray]:
    image = np.random.default_rng(0).uniform(-1, 1, (2, 3, SIZE, SIZE)).astype(np.float32)
    return open_session(model, threads=1).run(NAMES, {"image": image})


def test_outputs_are_means_and_features_stand_side_by_side(members: list[bytes]) -> None:
    joined = run(join_models(members))
    alone = [run(model) for model in members]
    for index in range(3):
        wanted = np.mean([one[index] for one in alone], axis=0)
        np.testing.assert_allclose(joined[index], wanted, atol=1e-5)
    np.testing.assert_allclose(joined[3], np.hstack([one[3] for one in alone]), atol=1e-5)
    assert np.abs(alone[0][0] - alone[1][0]).max() > 1e-3  # the members do differ


def test_the_map_of_a_committee_is_exact(members: list[bytes]) -> None:
    logits, cam, _, _ = run(join_models(members))
    bias = logits - cam.sum(axis=(2, 3))
    np.testing.assert_allclose(bias[0], bias[1], atol=1e-5)


def test_a_member_may_say_more_of_a_class_than_of_the_others(members: list[bytes]) -> None:
    shares = np.array([[0.5, 0.5, 1.0], [0.5, 0.5, 0.0]])
    logits, cam, _, _ = run(join_models(members[:2], shares))
    one, two = (run(member)[0] for member in members[:2])
    fake = [0.5 * ((one[:, 1] - one[:, 0]) + (two[:, 1] - two[:, 0])), one[:, 2] - one[:, 0]]
    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], fake[0], atol=1e-5)
    np.testing.assert_allclose(logits[:, 2] - logits[:, 0], fake[1], atol=1e-5)
    bias = logits - cam.sum(axis=(2, 3))
    np.testing.assert_allclose(bias[0], bias[1], atol=1e-5)


def test_members_must_be_alike(members: list[bytes]) -> None:
    for other in (member(4, classes=2), member(4, blend=False)):
        with pytest.raises(UsageError, match="differ in their input or their outputs"):
            join_models([members[0], other])
    with pytest.raises(UsageError, match="two or more"):
        join_models(members[:1])


def test_the_members_of_a_committee_can_be_had_again(members: list[bytes]) -> None:
    assert members_of(members[0]) == [members[0]]
    for model, tolerance in (
        (join_models(members), 1e-6),
        (halve_weights(join_models(members)), 0.02),
    ):
        found = members_of(model)
        assert len(found) == 3
        for own, member in zip(found, members, strict=True):
            for one, other in zip(run(own), run(member), strict=True):
                np.testing.assert_allclose(one, other, atol=tolerance)


def test_half_the_file_computes_nearly_the_same(members: list[bytes]) -> None:
    joined = join_models(members[:2])
    halved = halve_weights(joined)
    assert len(halved) < 0.6 * len(joined)
    for before, after in zip(run(joined), run(halved), strict=True):
        assert after.dtype == np.float32
        np.testing.assert_allclose(after, before, atol=0.01)


def test_a_weight_too_large_for_half_precision_is_refused() -> None:
    detector = Detector("own-cnn", 3)
    with torch.no_grad():
        detector.head.weight[0, 0] = 1e6
    with pytest.raises(UsageError, match="exceeds half precision"):
        halve_weights(export_onnx(detector, SIZE))


def test_a_mixture_has_the_mean_of_the_weights(members: list[bytes]) -> None:
    one, other = members[:2]
    for share, same in ((0.0, one), (1.0, other)):
        np.testing.assert_array_equal(weights(mix_models(one, other, share)), weights(same))
    between = (weights(one) + weights(other)) / 2
    np.testing.assert_allclose(weights(mix_models(one, other, 0.5)), between, atol=1e-6)
    with pytest.raises(UsageError, match="differ in their layers"):
        mix_models(one, member(1, blend=False), 0.5)


def weights(model: bytes) -> np.ndarray:
    tensors = onnx.load_from_string(model).graph.initializer
    values = (numpy_helper.to_array(one) for one in tensors if one.data_type == TensorProto.FLOAT)
    return np.concatenate([one.ravel() for one in values])
