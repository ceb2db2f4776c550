"""Small autoencoders of our own, for aligned fakes: the same picture, only a decoder's traces new.

Their reconstructions of genuine faces stand in for whole generated pictures: content, size and
compression are equal, so that nothing but what a decoder leaves behind tells the class
(AlignedForensics, ICLR 2025; B-Free, CVPR 2025). Three up-samplers leave three kinds of traces
(AutoGAN, 2019): nearest neighbour + convolution, transposed convolution, pixel shuffle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from unmask.registry import Registry
from unmask.types import ImageArray

log = logging.getLogger(__name__)
WIDTH = 48
LATENT = 16  # channels at a quarter of the side: enough for sharp reconstructions
STRIDE = 4
EDGES = 0.5  # weight of the difference of gradients: without it reconstructions are soft


def _nearest(a: int, b: int) -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1))


def _transposed(a: int, b: int) -> nn.Module:
    return nn.ConvTranspose2d(a, b, 4, stride=2, padding=1)


def _shuffle(a: int, b: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(a, 4 * b, 3, padding=1), nn.PixelShuffle(2))


UPSAMPLERS: Registry[Callable[[int, int], nn.Module]] = Registry("up-sampler")
for _name, _make in (("nearest", _nearest), ("transposed", _transposed), ("shuffle", _shuffle)):
    UPSAMPLERS.register(_name)(_make)


class AutoEncoder(nn.Module):
    """Two strided convolutions down to (H/4, W/4, 16), two up-samplers back."""

    def __init__(self, upsampler: str) -> None:
        super().__init__()
        up = UPSAMPLERS.get(upsampler)
        act = nn.LeakyReLU(0.1)
        self.encoder = nn.Sequential(
            nn.Conv2d(3, WIDTH, 4, stride=2, padding=1),
            act,
            nn.Conv2d(WIDTH, 2 * WIDTH, 4, stride=2, padding=1),
            act,
            nn.Conv2d(2 * WIDTH, LATENT, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(LATENT, 2 * WIDTH, 3, padding=1),
            act,
            up(2 * WIDTH, WIDTH),
            act,
            up(WIDTH, WIDTH // 2),
            act,
            nn.Conv2d(WIDTH // 2, 3, 3, padding=1),
        )

    def forward(self, image: Tensor) -> Tensor:
        """The reconstruction of (N, 3, H, W) in -1..1; H and W are multiples of 4."""
        out: Tensor = self.decoder(self.encoder(image))
        return out


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference of pixels and of their horizontal and vertical gradients."""
    loss = functional.l1_loss(output, target)
    for axis in (2, 3):
        loss = loss + EDGES * functional.l1_loss(output.diff(dim=axis), target.diff(dim=axis))
    return loss


def train_autoencoder(
    upsampler: str,
    patches: np.ndarray[Any, Any],
    *,
    steps: int,
    batch: int = 32,
    lr: float = 2e-3,
    seed: int = 0,
) -> AutoEncoder:
    """Train on (N, S, S, 3) uint8 patches of genuine pictures; one cycle of AdamW."""
    torch.manual_seed(seed)
    network = AutoEncoder(upsampler).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, lr, total_steps=steps, pct_start=0.1)
    rng = np.random.default_rng([seed, 7])
    for step in range(steps):
        target = to_tensor(patches[rng.integers(len(patches), size=batch)])
        loss = reconstruction_loss(network(target), target)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        if step % 100 == 0 or step == steps - 1:
            log.info("%s step %d loss %.4f", upsampler, step, float(loss.detach()))
    return network.eval()


def to_tensor(images: np.ndarray[Any, Any]) -> Tensor:
    """(N, H, W, 3) uint8 as (N, 3, H, W) float in -1..1."""
    values = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2)
    return (values.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def reconstruct(network: AutoEncoder, image_rgb: ImageArray) -> ImageArray:
    """The picture through the autoencoder, cut to multiples of 4 px at the lower right."""
    height, width = (side - side % STRIDE for side in image_rgb.shape[:2])
    with torch.no_grad():
        output = network(to_tensor(image_rgb[None, :height, :width]))
    values = (output[0].permute(1, 2, 0).numpy() + 1) * 127.5
    pixels: ImageArray = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return pixels
