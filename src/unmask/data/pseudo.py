"""Pseudo-fakes made on the fly from genuine faces, each with the mask of what was changed.

They train the detector on the traces of forging instead of on one forger's files, and their masks
train and measure the map of where. `PSEUDO_FAKES` holds the ways to make one:

    self_blend     swap       a face over itself, one copy jittered (self-blended images)
    region_blend   swap       eyes, nose, mouth or brows exchanged, as in hand-made composites
    pose_swap      swap       another person's face, aligned by the mesh; needs a donor
    decoder_look   swap       inside the face: resampling, band swap, denoising, local compression
    whole_decoder  synthetic  the whole picture through decoder-like up-sampling

`innocent` is the control: the same global changes on the whole picture, with no border anywhere.
Give every genuine picture a draw of it as often as fakes are made, or the changes tell the class.
No torch here: numpy and OpenCV, one to six milliseconds at 192 px on one thread.
"""

from __future__ import annotations

import numpy as np

from unmask.data.pseudo_base import PSEUDO_FAKES, Donor, PseudoFake
from unmask.data.pseudo_decoder import (
    decode_like,
    decoder_look,
    denoise,
    down_and_up,
    whole_decoder,
)
from unmask.data.pseudo_jitter import compress_layer, jitter_layer, pick
from unmask.data.pseudo_swap import draw_parts, pose_swap, region_blend, self_blend
from unmask.data.pseudo_warp import pose_difference
from unmask.types import FloatArray, ImageArray

SYNTHETIC_KINDS = frozenset({"whole_decoder"})  # the others belong to the class "swap"

__all__ = [
    "PSEUDO_FAKES",
    "SYNTHETIC_KINDS",
    "Donor",
    "PseudoFake",
    "decode_like",
    "decoder_look",
    "draw_parts",
    "innocent",
    "make_pseudo_fake",
    "pose_difference",
    "pose_swap",
    "region_blend",
    "self_blend",
    "whole_decoder",
]


def make_pseudo_fake(
    rng: np.random.Generator,
    name: str,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
) -> PseudoFake:
    """A pseudo-fake of the kind `name`; UsageError for an unknown kind or a missing donor.

    `image_rgb` (H, W, 3) uint8 is left alone; `landmarks_px` (478, 2) are its mesh in pixels.
    The name "innocent" gives the control, so that a recipe can ask for it like for the others.
    """
    if name == "innocent":
        return innocent(rng, image_rgb)
    return PSEUDO_FAKES.get(name)(rng, image_rgb, landmarks_px, donor)


def innocent(rng: np.random.Generator, image_rgb: ImageArray) -> PseudoFake:
    """The control: what fakes suffer on their way, done to the whole picture; the mask is 0.

    Colour and sharpness jitter, down-up-scaling with ordinary kernels, light denoising, JPEG or
    WebP: everything but a second layer, a border, or a decoder's up-sampler.
    """
    image = image_rgb
    if rng.random() < 0.5:
        image = jitter_layer(rng, image, 0.6 * max(image.shape[:2]))
    if rng.random() < 0.3:
        image = pick(rng, (down_and_up, denoise, compress_layer))(rng, image)
    return PseudoFake(image, np.zeros(image_rgb.shape[:2], np.float32), "innocent")
