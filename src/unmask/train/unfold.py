"""A bundle's weights back in torch, so that training can go on from what ships.

An exported graph holds convolutions with their batch normalisation folded in. The same function
with normalisation layers is found again by measuring each layer's input (mean m, variance v) on
training pictures: with scale sqrt(v + eps) and shift m + b the layer is the identity plus the
folded bias b, whatever m and v are, and in training it behaves like a layer that has learnt.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from unmask.data.draws import Drawer
from unmask.errors import UsageError
from unmask.models.bundle import load_bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.train.committee import members_of
from unmask.train.config import Config
from unmask.train.network import Detector

PICTURES = 128  # drawn to measure the inputs of the normalisation layers


def unfold_bundle(folder: Path, config: Config, network: Detector) -> None:
    """Load the bundle in `folder` into the network of a run, on pictures as the run draws them.

    Of a committee the first member of the run's architecture. UsageError where architecture,
    classes, heads or order of colours are others than the run's.
    """
    bundle = load_bundle(folder, Settings())
    if bundle.card.classes != config.classes:
        raise UsageError(
            f"the bundle's classes are {bundle.card.classes}, the run's {config.classes}",
            "name the classes that stand on the bundle's card",
        )
    _expect_rgb(bundle.card)
    members = members_of(bundle.model)
    images = _pictures(config)
    for place, member in enumerate(members):
        try:
            unfold(member, network, images)
        except UsageError:
            if place == len(members) - 1:
                raise
        else:
            return


def members_of_bundle(folder: Path, config: Config) -> list[Detector]:
    """Every network of the bundle in `folder`: one, or the members of a committee in their order.

    `config` is that of a run whose pictures are drawn to measure them; only heads and classes of
    the bundle count. UsageError where a member is of no architecture that its card names, or where
    the bundle takes its colours in another order.
    """
    bundle = load_bundle(folder, Settings())
    card = bundle.card
    _expect_rgb(card)
    names = [name for _, name in re.findall(r"(\d+) x (\S+)", card.architecture)]
    images, found = _pictures(config), list[Detector]()
    for member in members_of(bundle.model):
        for place, name in enumerate(names or [card.architecture]):
            network = Detector(name, len(card.classes), blend=card.outputs.blend is not None)
            try:
                unfold(member, network, images)
            except UsageError:
                if place >= len(names) - 1:
                    raise
            else:
                found.append(network)
                break
    return found


def network_of(model: bytes, architecture: str, classes: int, *, blend: bool) -> Detector:
    """The network of an exported file, as it computes; UsageError where it is another one."""
    network = Detector(architecture, classes, blend=blend).eval()
    noise = torch.randn(32, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    unfold(model, network, noise)
    return network


def _expect_rgb(card: Card) -> None:
    if card.input.colour != "rgb":
        raise UsageError(
            f"the bundle takes its colours as {card.input.colour!r}, a training as 'rgb'",
            "name a bundle whose card says rgb",
        )


def _pictures(config: Config) -> Tensor:
    """Normalised training pictures (N, 3, S, S), as the run draws them."""
    drawer = Drawer(Path(config.manifest), config.recipe, seed=config.seed)
    size_px = config.stages[0].size_px
    crops = np.stack([drawer.draw(index, size_px).crop_rgb for index in range(PICTURES)])
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (config.mean, config.std))
    return (torch.from_numpy(crops).permute(0, 3, 1, 2) - mean) / std


def unfold(model: bytes, network: Detector, images: Tensor) -> None:
    """Load `model.onnx` of the same architecture into `network`.

    `images` (N, 3, S, S) are normalised training pictures, N at least 32 for sensible statistics.
    UsageError where the file is of another architecture.
    """
    graph = onnx.load_from_string(model).graph
    stored = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    named = {name: value for name, value in stored.items() if _is_named(name)}
    for node in graph.node:  # equal tensors are stored once and passed on
        if node.op_type == "Identity" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    folded = [
        (stored[node.input[1]], stored[node.input[2]])
        for node in graph.node
        if node.op_type == "Conv" and len(node.input) == 3 and not _is_named(node.input[1])
    ]
    pairs = _pairs(network, images[:1])
    shapes = [tuple(conv.weight.shape) for conv, _ in pairs]
    if shapes != [tuple(weight.shape) for weight, _ in folded]:
        raise UsageError(
            "the bundle's network is of another architecture than the run's",
            "name the architecture that stands on the bundle's card",
        )
    with torch.no_grad():
        for (conv, norm), (weight, bias) in zip(pairs, folded, strict=True):
            conv.weight.copy_(weight)
            norm.bias.copy_(bias)
            norm.running_mean.zero_()
            norm.running_var.fill_(1.0)
            norm.weight.fill_((1.0 + norm.eps) ** 0.5)
        own = dict(network.named_parameters())
        for name, value in named.items():
            own[name.removeprefix("detector.")].copy_(value)
        _measure(network, [norm for _, norm in pairs], images)


def _is_named(name: str) -> bool:
    return name.startswith("detector.")


def _pairs(network: nn.Module, image: Tensor) -> list[tuple[Any, Any]]:
    """(convolution, its normalisation) in the order in which they run."""
    outputs: dict[int, nn.Module] = {}
    pairs: list[tuple[Any, Any]] = []
    held: list[Tensor] = []  # keeps tensors alive, so that no address is used twice

    def after(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(module, nn.Conv2d):
            outputs[id(output)] = module
            held.append(output)
        elif isinstance(module, _BatchNorm) and id(inputs[0]) in outputs:
            pairs.append((outputs[id(inputs[0])], module))

    hooks = [module.register_forward_hook(after) for module in network.modules()]
    network.eval()
    with torch.no_grad():
        network(image)
    for hook in hooks:
        hook.remove()
    return pairs


def _measure(network: nn.Module, norms: list[Any], images: Tensor) -> None:
    """Give each layer the statistics of its input without changing what the network computes."""
    moments: dict[int, tuple[Tensor, Tensor]] = {}

    def before(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].transpose(0, 1).flatten(1)
        moments[id(module)] = (values.mean(dim=1), values.var(dim=1))

    hooks = [norm.register_forward_pre_hook(before) for norm in norms]
    network.eval()
    network(images)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        mean, variance = moments[id(norm)]
        shift = norm.bias.clone()
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean + shift)
