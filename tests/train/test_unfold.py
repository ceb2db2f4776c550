"""A bundle's weights come back into torch as the very function that was exported."""

from __future__ import annotations

import pytest
import torch

from unmask.errors import UsageError
from unmask.train.export import export_onnx
from unmask.train.network import Detector
from unmask.train.unfold import unfold

pytestmark = pytest.mark.train
SIZE = 64


def trained_looking(name: str) -> Detector:
    """A network whose normalisation layers have seen pictures, as after a training."""
    torch.manual_seed(3)
    network = Detector(name, 3)
    network.train()
    for _ in range(3):
        network(torch.randn(8, 3, SIZE, SIZE) * 0.7 + 0.2)
    return network.eval()


@pytest.mark.parametrize("name", ["own-cnn", "efficientnet-lite0", "resnet-50"])
def test_the_unfolded_network_computes_what_the_file_computes(name):
    wanted = trained_looking(name)
    images = torch.randn(32, 3, SIZE, SIZE)
    with torch.no_grad():
        logits, blend = wanted(images)
    model = export_onnx(wanted, SIZE)
    torch.manual_seed(4)
    network = Detector(name, 3)
    unfold(model, network, images)
    with torch.no_grad():
        found, found_blend = network.eval()(images)
    torch.testing.assert_close(found, logits, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(found_blend, blend, atol=1e-3, rtol=1e-3)


def test_in_training_it_starts_near_what_it_was():
    images = torch.randn(64, 3, SIZE, SIZE)
    model = export_onnx(trained_looking("own-cnn"), SIZE)
    network = Detector("own-cnn", 3, dropout=0.0)
    unfold(model, network, images)
    with torch.no_grad():
        served, _ = network.eval()(images)
        training, _ = network.train()(images)
    assert float((training - served).abs().max()) < 0.05 * float(served.abs().max()) + 1e-3


def test_another_architecture_is_refused():
    model = export_onnx(trained_looking("own-cnn"), SIZE)
    with pytest.raises(UsageError, match="another architecture"):
        unfold(model, Detector("efficientnet-lite0", 3), torch.randn(4, 3, SIZE, SIZE))
