"""Every architecture, as registered: the closed form of the map, a step of training, the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import timm
import torch

from unmask.errors import UsageError
from unmask.models.session import open_session
from unmask.train.architectures import ARCHITECTURES, PACKAGED, build_backbone, normalisation
from unmask.train.batches import Batch
from unmask.train.config import Config, Stage
from unmask.train.export import autograd_grad_cam, check_parity, export_onnx
from unmask.train.loop import Trainer
from unmask.train.network import Detector, Exported

pytestmark = [pytest.mark.train, pytest.mark.slow]
SIZE = 64
NAMES = [*ARCHITECTURES, "timm:resnet10t"]


def same_for_every_seed(name: str) -> Detector:
    torch.manual_seed(0)
    return Detector(name, 3).eval()


@pytest.mark.parametrize("name", NAMES)
def test_every_architecture_has_the_closed_form_and_exports(name: str) -> None:
    detector = same_for_every_seed(name)
    image = torch.randn(2, 3, SIZE, SIZE)
    with torch.no_grad():
        logits, cam, blend, features = Exported(detector)(image)
    assert logits.shape == (2, 3)
    assert cam.shape == (2, 3, 2, 2)
    assert blend.shape == (2, 1, 4, 4)
    assert features.shape[0] == 2
    sums = cam.sum(dim=(2, 3)) + detector.head.bias
    torch.testing.assert_close(sums, logits, atol=1e-5, rtol=1e-5)
    for klass in range(3):
        torch.testing.assert_close(
            cam[:, klass], autograd_grad_cam(detector, image, klass).detach(), atol=1e-5, rtol=1e-4
        )
    model = export_onnx(detector, SIZE)
    parity = check_parity(detector, model, SIZE)
    assert max(parity.outputs, parity.grad_cam) < 1e-4
    batch = np.random.default_rng(0).normal(size=(5, 3, SIZE, SIZE)).astype(np.float32)
    served = open_session(model, threads=1).run(None, {"image": batch})
    assert [one.shape[0] for one in served] == [5, 5, 5, 5]


@pytest.mark.parametrize("name", NAMES)
def test_every_architecture_learns(
    name: str, tiny_config: Callable[..., Config], tmp_path: Path
) -> None:
    config = tiny_config(architecture=name, stages=(Stage(32, 8, 1e-3),), pretrained=False)
    trainer = Trainer(config, tmp_path)
    before = {k: v.clone() for k, v in trainer.network.named_parameters()}
    images = torch.randint(0, 255, (4, 3, 32, 32), dtype=torch.uint8)
    batch = Batch(images, torch.tensor([0, 1, 0, 1]), torch.rand(4, 1, 2, 2), [])
    loss, where, hits = trainer.train_step(trainer.model, [batch])
    assert loss > 0
    assert where > 0
    assert 0 <= hits <= 1
    moved = {k for k, v in trainer.network.named_parameters() if not torch.equal(v, before[k])}
    assert {next(iter(before)), "head.weight", "blend.0.weight"} <= moved


@pytest.mark.parametrize("name", ["own-cnn", "mobilenetv3-small"])
def test_a_network_without_a_blend_head_exports_without_that_output(name: str) -> None:
    detector = Detector(name, 2, blend=False)
    model = export_onnx(detector, SIZE)
    check_parity(detector, model, SIZE)
    names = [one.name for one in open_session(model, threads=1).get_outputs()]
    assert names == ["logits", "cam", "features"]


def test_a_wrong_export_is_refused() -> None:
    torch.manual_seed(2)
    model = export_onnx(Detector("own-cnn", 3), SIZE)
    with pytest.raises(UsageError, match="differs from torch"):
        check_parity(Detector("own-cnn", 3), model, SIZE)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("resnet-5", "unknown architecture", "resnet-50"),
        ("timm:resnet5", "timm knows no model 'resnet5'", "resnet50"),
        ("timm:vit_tiny_patch16_224", "no feature maps of strides 16 and 32", "convolutional"),
    ],
)
def test_unfit_names_are_refused_with_near_ones(name: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        build_backbone(name, pretrained=False)
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", PACKAGED)
def test_published_weights_are_taken_over(name: str) -> None:
    fresh, published = (build_backbone(name, pretrained=on) for on in (False, True))
    image = torch.randn(1, 3, SIZE, SIZE)
    with torch.no_grad():
        pairs = zip(fresh.eval()(image), published.eval()(image), strict=True)
    assert all(not torch.allclose(a, b) for a, b in pairs)
    stored = torch.load(PACKAGED[name](), map_location="cpu", weights_only=True)
    first = next(iter(stored.values()))
    torch.testing.assert_close(next(published.parameters()), first)


def test_blocks_are_left_out_in_training_alone() -> None:
    detector = Detector("mobilenetv3-small", 2, dropout=0.0, drop_path=0.5)
    image = torch.randn(8, 3, SIZE, SIZE)
    for norm in detector.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.eval()  # its own statistics would differ, too
    torch.manual_seed(0)
    first, second = (detector(image)[0] for _ in range(2))
    assert not torch.allclose(first, second)
    detector.eval()
    torch.testing.assert_close(detector(image)[0], detector(image)[0])


@pytest.mark.parametrize("name", ["own-cnn", "xception"])
def test_a_network_without_blocks_cannot_leave_them_out(name: str) -> None:
    with pytest.raises(UsageError, match="could be left out") as caught:
        build_backbone(name, pretrained=False, drop_path=0.1)
    assert "drop_path = 0" in caught.value.hint


def test_weights_out_of_reach_say_how_to_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    create = timm.create_model

    def offline(name: str, *, pretrained: bool = False, **options: object) -> object:
        if pretrained:
            raise OSError("no route to host")
        return create(name, **options)

    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(UsageError, match="no route to host") as caught:
        build_backbone("mobilenetv3-small", pretrained=True)
    assert "--no-pretrained" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "pretrained", "mean"),
    [
        ("own-cnn", True, 127.0),
        ("efficientnet-lite0", True, 127.0),
        ("efficientnet-lite2", True, 127.0),
        ("resnet-50", False, 127.0),
        ("resnet-50", True, 123.675),
        ("timm:resnet10t", True, 123.675),
    ],
)
def test_pretrained_networks_get_the_colours_they_were_made_with(
    name: str, pretrained: bool, mean: float
) -> None:
    assert normalisation(name, pretrained=pretrained)[0][0] == mean
