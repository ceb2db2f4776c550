"""Pseudo-fakes with the look of a decoder: inside the face, or the whole picture.

What betrays generated pixels is how they were enlarged: zero-insertion and pixel shuffle leave
periodic peaks in the spectrum, nearest + convolution a hole in it (Odena et al., 2016; Zhang et
al., "AutoGAN", 2019). Detail that the enlarging lost is put back as texture of the same energy,
so that overall sharpness stays that of the source and "sharper is fake" cannot be learnt.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from unmask.data.pseudo_base import PSEUDO_FAKES, Donor, PseudoFake
from unmask.data.pseudo_blend import alpha_blend
from unmask.data.pseudo_jitter import compress_layer, pick
from unmask.data.pseudo_masks import bend, draw_face_mask, face_width, soften
from unmask.data.pseudo_swap import FacePatch
from unmask.media.degrade import DOWN_KERNELS, UP_KERNELS, resize_and_back
from unmask.registry import Registry
from unmask.types import FloatArray, ImageArray

KernelMaker = Callable[[np.random.Generator], FloatArray]
UPSAMPLERS: Registry[KernelMaker] = Registry("up-sampler")
UNEVEN = (0.01, 0.12)  # how far kernel taps stray from the ideal ones, as a share
SHARPNESS_BAND = (0.9, 1.2)  # Laplacian variance against the source's
TEXTURE_TOP = 6.0  # grey levels: the most that texture may reach
GREY = np.array([0.299, 0.587, 0.114], np.float32)


@UPSAMPLERS.register("nearest_conv")
def _nearest_conv(rng: np.random.Generator) -> FloatArray:
    """Nearest neighbour, then a 3 x 3 convolution near a Gaussian."""
    soft = np.outer(_bell(rng), _bell(rng))
    return _spread(_uneven(rng, soft), np.ones((2, 2)))


@UPSAMPLERS.register("transposed_conv")
def _transposed_conv(rng: np.random.Generator) -> FloatArray:
    """Stride 2, 4 x 4, near bilinear: uneven taps give the well-known checkerboard."""
    ramp = np.array([1, 3, 3, 1], np.float32)
    return _uneven(rng, np.outer(ramp, ramp))


@UPSAMPLERS.register("pixel_shuffle")
def _pixel_shuffle(rng: np.random.Generator) -> FloatArray:
    """Four phases with a filter each: the same as one 6 x 6 kernel with independent taps."""
    ramp = np.array([-0.5, 1, 4, 4, 1, -0.5], np.float32)
    return _uneven(rng, np.outer(ramp, ramp))


def _bell(rng: np.random.Generator) -> FloatArray:
    side = rng.uniform(0.1, 0.9)
    return np.array([side, 1, side], np.float32)


def _uneven(rng: np.random.Generator, kernel: npt.NDArray[np.floating]) -> FloatArray:
    stray = rng.uniform(*UNEVEN)
    noisy = np.asarray(kernel * (1 + stray * rng.standard_normal(kernel.shape)), np.float32)
    if kernel.shape[0] % 2 == 0:
        noisy = _calm_phases(noisy)
    return np.asarray(noisy / noisy.sum(), np.float32)


def _calm_phases(kernel: FloatArray) -> FloatArray:
    """The four phases brought most of the way to one sum: the checkerboard becomes faint."""
    calm = kernel.copy()
    mean = kernel.sum() / 4
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        phase = calm[row::2, column::2]
        phase *= np.float32((mean / phase.sum()) ** 0.75)
    return calm


def _spread(kernel: FloatArray, box: npt.NDArray[np.floating]) -> FloatArray:
    """Full convolution of two small kernels, normalised to sum 1."""
    rows, columns = kernel.shape[0] + box.shape[0] - 1, kernel.shape[1] + box.shape[1] - 1
    full = np.zeros((rows, columns), np.float32)
    for (row, column), weight in np.ndenumerate(box):
        full[row : row + kernel.shape[0], column : column + kernel.shape[1]] += weight * kernel
    return np.asarray(full / full.sum(), np.float32)


def enlarge(values: FloatArray, kernel: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Zero insertion and convolution: every learned x2 up-sampler in one line; `size` is (W, H)."""
    sparse = np.zeros((2 * values.shape[0], 2 * values.shape[1], values.shape[2]), np.float32)
    sparse[::2, ::2] = values
    anchor = (kernel.shape[1] // 2, kernel.shape[0] // 2)  # samples sit half a pixel in
    full = cv2.filter2D(sparse, -1, 4 * kernel, anchor=anchor, borderType=cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(full[: size[1], : size[0]], np.float32)


def decode_like(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    """The picture as if a small decoder had drawn it, with the source's sharpness.

    One or two x2 up-samplings of a reduced copy; what they lost comes back in part as itself, in
    part as texture of equal local energy drawn through the same up-sampler.
    """
    source = image_rgb.astype(np.float32)
    kernel = UPSAMPLERS.get(pick(rng, tuple(UPSAMPLERS)))(rng)
    low = _reduce_and_enlarge(rng, source, kernel, steps=1 + int(rng.random() < 0.4))
    lost = source - low
    kept = float(rng.uniform(0.05, 0.65))
    detail = np.float32(kept) * lost + _texture(rng, lost, kernel, share=1 - kept)
    gain = _sharpness_gain(low, detail, source, rng.uniform(*SHARPNESS_BAND))
    return np.asarray(np.clip(low + gain * detail + np.float32(0.5), 0, 255), np.uint8)


def _reduce_and_enlarge(
    rng: np.random.Generator, source: FloatArray, kernel: FloatArray, steps: int
) -> FloatArray:
    """Down by 2 per step with one kernel, up again with the decoder's."""
    down = pick(rng, DOWN_KERNELS[:3])
    sizes, small = [], source
    for _ in range(steps):
        height, width = small.shape[:2]
        sizes.append((width, height))
        half = (-(-width // 2), -(-height // 2))
        small = np.asarray(cv2.resize(small, half, interpolation=down), np.float32)
    for size in reversed(sizes):
        small = enlarge(small, kernel, size)
    return small


def _texture(
    rng: np.random.Generator, lost: FloatArray, kernel: FloatArray, share: float
) -> FloatArray:
    """Noise with the local energy of the lost detail, half of it through the up-sampler."""
    height, width = lost.shape[:2]
    power = cv2.GaussianBlur(np.square(lost @ GREY), (7, 7), 0)
    energy = np.sqrt(np.maximum(power, 0))[..., None]
    energy /= 1 + energy / np.float32(TEXTURE_TOP)  # edges are no texture
    fine = rng.standard_normal((height, width, 1), np.float32)
    half = rng.standard_normal((-(-height // 2), -(-width // 2), 1), np.float32)
    sparse = np.zeros((2 * half.shape[0], 2 * half.shape[1]), np.float32)
    sparse[::2, ::2] = half[..., 0]
    coarse = cv2.filter2D(sparse, -1, 2 * kernel)[:height, :width, None]
    mixed = np.float32(rng.uniform(0.2, 0.8)) * fine + np.asarray(coarse, np.float32)
    return np.asarray(np.float32(share) * energy * mixed, np.float32)


def _sharpness_gain(
    low: FloatArray, detail: FloatArray, source: FloatArray, wanted: float
) -> np.float32:
    """The gain g for which the Laplacian variance of low + g * detail is `wanted` x the source's.

    That variance is a quadratic in g, so this is exact up to clipping; kept within .2-2.
    """
    of_low, of_detail, of_source = (
        np.asarray(cv2.Laplacian(x @ GREY, cv2.CV_32F), np.float64) for x in (low, detail, source)
    )
    a = max(float(of_detail.var()), 1e-6)
    b = float(((of_low - of_low.mean()) * (of_detail - of_detail.mean())).mean())
    c = float(of_low.var()) - wanted * float(of_source.var())
    gain = (-b + np.sqrt(max(b * b - a * c, 0.0))) / a
    return np.float32(np.clip(gain, 0.2, 2.5))


@PSEUDO_FAKES.register("whole_decoder")
def whole_decoder(
    rng: np.random.Generator,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
) -> PseudoFake:
    """The whole picture through `decode_like`; the mask is 1 everywhere. No mesh is needed."""
    image = decode_like(rng, image_rgb)
    return PseudoFake(image, np.ones(image_rgb.shape[:2], np.float32), "whole_decoder")


@PSEUDO_FAKES.register("decoder_look")
def decoder_look(
    rng: np.random.Generator,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
) -> PseudoFake:
    """Inside the face only: two or three traces of a decoder, with a soft border."""
    patch = FacePatch(image_rgb, landmarks_px)
    layer = patch.image_rgb
    count = 1 + int(rng.random() < 0.5)
    for index in rng.permutation(len(TRACES))[:count]:
        layer = TRACES[int(index)](rng, layer)
    width = face_width(landmarks_px)
    mask = soften(
        rng, bend(rng, draw_face_mask(rng, patch.landmarks_px, patch.shape), width), width
    )
    return patch.put_back(alpha_blend(layer, patch.image_rgb, mask), mask, "decoder_look")


def down_and_up(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    """x2 to x4 down and up with kernels drawn at random."""
    scale = 1 / rng.uniform(2, 4)
    return resize_and_back(image_rgb, scale, pick(rng, DOWN_KERNELS), pick(rng, UP_KERNELS[:3]))


def swap_bands(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    """The finest Laplacian band exchanged for that of a shifted, mirrored or smoothed copy."""
    other = pick(rng, (_shifted, _mirrored, _smoothed))(rng, image_rgb)
    sigma = rng.uniform(0.8, 2.0)
    low = cv2.GaussianBlur(image_rgb, (0, 0), sigma)
    band = cv2.subtract(other, cv2.GaussianBlur(other, (0, 0), sigma), dtype=cv2.CV_16S)
    return np.asarray(np.clip(low.astype(np.int16) + band, 0, 255), np.uint8)


def _shifted(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    across, down = (int(v) for v in rng.integers(1, 4, 2) * rng.choice((-1, 1), 2))
    return np.roll(image_rgb, (down, across), axis=(0, 1))


def _mirrored(_: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    return np.ascontiguousarray(image_rgb[:, ::-1])


def _smoothed(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(image_rgb, (0, 0), rng.uniform(0.5, 1.0)), np.uint8)


def denoise(rng: np.random.Generator, image_rgb: ImageArray) -> ImageArray:
    """The smooth skin of a decoder: a median or a small edge-keeping filter."""
    if rng.random() < 0.5:
        return np.asarray(cv2.medianBlur(image_rgb, pick(rng, (3, 3, 5))), np.uint8)
    return np.asarray(cv2.bilateralFilter(image_rgb, 5, rng.uniform(15, 40), 2.0), np.uint8)


TRACES = (down_and_up, swap_bands, denoise, compress_layer, decode_like)
