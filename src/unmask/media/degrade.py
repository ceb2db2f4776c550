"""What pictures suffer on their way: compression, resizing, blur, noise, light.

Used twice: `degrade` draws a random chain for training, the same distribution for genuine and fake
pictures, so that no codec or size tells the class; `degrade_at` applies one stated kind at one of
five stated levels, for measuring robustness. The kinds and levels of `LEVELS` are those of
DeeperForensics-1.0 (Jiang et al., CVPR 2020, `perturbation` of its code), plus JPEG and resize.
Everything takes and returns (H, W, 3) uint8 RGB of unchanged size; randomness only from `rng`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from unmask.errors import InternalError, UsageError
from unmask.media.degrade_h264 import h264_still
from unmask.registry import Registry
from unmask.types import FloatArray, ImageArray

DOWN_KERNELS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
UP_KERNELS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_NEAREST)
UP_WEIGHTS = (0.45, 0.35, 0.15, 0.05)
SUBSAMPLINGS = (
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
)

# Strength by level 1-5, each from the source named above; the rest is ours.
LEVELS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "saturation": (0.4, 0.3, 0.2, 0.1, 0.0),  # chroma kept
        "contrast": (0.85, 0.725, 0.6, 0.475, 0.35),  # contrast kept
        "blocks": (16, 32, 48, 64, 80),  # grey blocks of 8 px per 256 x 256 px
        "noise": (0.001, 0.002, 0.005, 0.01, 0.05),  # variance, of the 0..1 range
        "blur": (7, 9, 13, 17, 21),  # kernel side px, sigma as OpenCV derives it
        "pixelation": (2, 3, 4, 5, 6),  # down and up by that factor
        "video": (30, 32, 35, 38, 40),  # H.264 constant rate factor, intra
        "jpeg": (90, 70, 50, 30, 10),  # quality
        "resize": (0.75, 0.5, 0.35, 0.25, 0.15),  # down (area) and up (cubic)
        "h264": (23, 28, 32, 36, 40),  # constant rate factor, intra, from x264's default on
        "chat_photo": (0.8, 0.65, 0.5, 0.4, 0.3),  # side kept; JPEG of CHAT_QUALITY, twice
        "chat_clip": (0.8, 0.65, 0.5, 0.4, 0.3),  # side kept; H.264 of CHAT_CRF
    }
)
# What chat applications do on top of making a picture smaller, by the share of the side kept: one
# upload and one forwarding. Ours, from mild (a photo of 1,600 px) to hard; no application says.
CHAT_QUALITY = {0.8: 85, 0.65: 78, 0.5: 70, 0.4: 60, 0.3: 50}
CHAT_CRF = {0.8: 24, 0.65: 27, 0.5: 30, 0.4: 33, 0.3: 36}
DEGRADATIONS: Registry[Callable[[ImageArray, float, np.random.Generator], ImageArray]] = Registry(
    "degradation"
)


def jpeg(image_rgb: ImageArray, quality: int, subsampling: int = SUBSAMPLINGS[0]) -> ImageArray:
    """The picture after JPEG at `quality` 1-100."""
    parameters = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, subsampling]
    return _through_codec(image_rgb, ".jpg", parameters)


def webp(image_rgb: ImageArray, quality: int) -> ImageArray:
    """The picture after lossy WebP at `quality` 1-100."""
    return _through_codec(image_rgb, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality])


def _through_codec(image_rgb: ImageArray, extension: str, parameters: list[int]) -> ImageArray:
    """Encode and decode in memory; only bytes made here a line before are ever decoded."""
    bgr = np.ascontiguousarray(image_rgb[..., ::-1])
    written, data = cv2.imencode(extension, bgr, parameters)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if written else None
    if decoded is None:
        raise InternalError(f"OpenCV could not encode {extension}", "reinstall opencv")
    return np.ascontiguousarray(decoded[..., ::-1], np.uint8)


def resize_and_back(image_rgb: ImageArray, scale: float, down: int, up: int) -> ImageArray:
    """Down by `scale` (0..1] with one OpenCV kernel and up to the old size with another."""
    height, width = image_rgb.shape[:2]
    small = (max(4, round(width * scale)), max(4, round(height * scale)))
    smaller = cv2.resize(image_rgb, small, interpolation=down)
    return np.asarray(cv2.resize(smaller, (width, height), interpolation=up), np.uint8)


def gaussian_blur(image_rgb: ImageArray, sigma_px: float) -> ImageArray:
    """Gaussian blur of standard deviation `sigma_px`."""
    return np.asarray(cv2.GaussianBlur(image_rgb, (0, 0), sigma_px), np.uint8)


def motion_blur(image_rgb: ImageArray, length_px: int, angle_deg: float) -> ImageArray:
    """Blur along a straight line of `length_px` pixels."""
    side = max(3, length_px | 1)
    kernel = np.zeros((side, side), np.float32)
    kernel[side // 2] = 1
    turn = cv2.getRotationMatrix2D((side // 2, side // 2), angle_deg, 1.0)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (side, side)), np.float32)
    return np.asarray(cv2.filter2D(image_rgb, -1, kernel / kernel.sum()), np.uint8)


def sharpen(image_rgb: ImageArray, amount: float, sigma_px: float = 1.0) -> ImageArray:
    """Unsharp mask: `amount` 0 leaves the picture as it is, 1 is strong."""
    soft = cv2.GaussianBlur(image_rgb, (0, 0), sigma_px)
    return np.asarray(cv2.addWeighted(image_rgb, 1 + amount, soft, -amount, 0), np.uint8)


def add_noise(
    image_rgb: ImageArray, luma: float, chroma: float, rng: np.random.Generator
) -> ImageArray:
    """Gaussian noise, standard deviations in grey levels; the chroma part is twice as coarse."""
    height, width = image_rgb.shape[:2]
    noise = rng.standard_normal((height, width, 1), np.float32) * np.float32(luma)
    if chroma > 0:
        coarse = rng.standard_normal((-(-height // 2), -(-width // 2), 3), np.float32)
        coarse *= np.float32(chroma)
        noise = noise + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return _to_bytes(image_rgb + noise)


def adjust_tone(
    image_rgb: ImageArray, gamma: float, gains: FloatArray, contrast: float = 1.0
) -> ImageArray:
    """Per channel: ((x * gain) around mid-grey times contrast) to the power gamma, by a table."""
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[:, None] * gains[None]
    ramp = np.clip((ramp - 0.5) * contrast + 0.5, 0, 1) ** np.float32(gamma)
    table = _to_bytes(ramp * 255)[None]
    return np.asarray(cv2.LUT(image_rgb, table), np.uint8)


def scale_chroma(image_rgb: ImageArray, kept: float) -> ImageArray:
    """Colour saturation times `kept`: 0 is grey."""
    grey = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)
    flat = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(image_rgb, kept, flat, 1 - kept, 0), np.uint8)


def _to_bytes(values: npt.NDArray[np.floating]) -> ImageArray:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


# What the codecs and blurs take, and what is left of a side; any other range is from 0 up.
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "scale": (0.01, 1.0),
        "blur_sigma_px": (0.05, math.inf),
        "motion_px": (1.0, math.inf),
        "quality": (1.0, 100.0),
        "crf": (0.0, 51.0),
    }
)


@dataclass(frozen=True, slots=True)
class DegradeRecipe:
    """How often `degrade` does what, and how hard: probabilities in [0, 1], ranges with both ends.

    UsageError where a value makes no sense: no number, outside its range, a range that descends,
    a part of a pixel, a quality or a rate factor where whole ones are drawn.
    """

    resize: float = 0.55
    scale: tuple[float, float] = (0.3, 1.0)  # of the side, drawn evenly in its logarithm
    blur: float = 0.2
    blur_sigma_px: tuple[float, float] = (0.3, 1.4)
    motion: float = 0.05
    motion_px: tuple[int, int] = (3, 6)
    noise: float = 0.3
    noise_luma: tuple[float, float] = (1.0, 8.0)  # grey levels
    tone: float = 0.5
    gamma: tuple[float, float] = (0.75, 1.33)
    gain: tuple[float, float] = (0.88, 1.12)  # per channel
    contrast: tuple[float, float] = (0.8, 1.15)
    chroma: float = 0.15
    chroma_kept: tuple[float, float] = (0.0, 1.3)
    sharpen: float = 0.12
    sharpen_amount: tuple[float, float] = (0.2, 1.0)
    codec: float = 0.85
    codec_twice: float = 0.25
    webp: float = 0.12  # share of the codec draws
    h264: float = 0.3  # share of the codec draws
    quality: tuple[int, int] = (30, 100)
    crf: tuple[int, int] = (20, 36)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low, high = RANGES.get(field.name, (0.0, math.inf))
            if isinstance(field.default, tuple):
                two = isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value))
                if not (two and low <= value[0] <= value[1] <= high):
                    hint = f"expected a low and a high end between {low:g} and {high:g}"
                    raise UsageError(f"{field.name} is {value}", hint)
                whole = all(isinstance(end, int) for end in field.default)
                if whole and not all(isinstance(end, int) for end in value):
                    raise UsageError(f"{field.name} is {value}", "expected whole numbers")
            elif not (_is_number(value) and 0 <= value <= 1):
                raise UsageError(f"{field.name} is {value}", "it must be a number from 0 to 1")
        if self.webp + self.h264 > 1:
            raise UsageError(
                f"webp and h264 are {self.webp} and {self.h264} of the codec draws",
                "their sum must not exceed 1",
            )


def _whole(rng: np.random.Generator, ends: tuple[int, int]) -> int:
    return int(rng.integers(ends[0], ends[1] + 1))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def degrade(
    rng: np.random.Generator, image_rgb: ImageArray, recipe: DegradeRecipe | None = None
) -> ImageArray:
    """One random chain: light, blur, smaller with noise and codec, back to size, codec again."""
    plan = recipe or DegradeRecipe()
    image = _draw_light(rng, image_rgb, plan)
    image = _draw_blur(rng, image, plan)
    height, width = image.shape[:2]
    if rng.random() < plan.resize:
        scale = float(np.exp(rng.uniform(*np.log(plan.scale))))
        small = (max(16, round(width * scale)), max(16, round(height * scale)))
        kernel = DOWN_KERNELS[int(rng.integers(len(DOWN_KERNELS)))]
        image = np.asarray(cv2.resize(image, small, interpolation=kernel), np.uint8)
    if rng.random() < plan.noise:
        luma = rng.uniform(*plan.noise_luma)
        image = add_noise(image, luma, luma * float(rng.choice((0.0, 0.5, 1.0))), rng)
    if rng.random() < plan.codec:
        image = _draw_codec(rng, image, plan)
    if image.shape[:2] != (height, width):
        kernel = int(rng.choice(UP_KERNELS, p=UP_WEIGHTS))
        image = np.asarray(cv2.resize(image, (width, height), interpolation=kernel), np.uint8)
    if rng.random() < plan.sharpen:
        image = sharpen(image, rng.uniform(*plan.sharpen_amount), rng.uniform(0.7, 1.6))
    return _draw_codec(rng, image, plan) if rng.random() < plan.codec_twice else image


def _draw_light(rng: np.random.Generator, image_rgb: ImageArray, plan: DegradeRecipe) -> ImageArray:
    image = image_rgb
    if rng.random() < plan.tone:
        gains = rng.uniform(*plan.gain, 3).astype(np.float32)
        gamma, contrast = rng.uniform(*plan.gamma), rng.uniform(*plan.contrast)
        image = adjust_tone(image, gamma, gains, contrast)
    if rng.random() < plan.chroma:
        image = scale_chroma(image, rng.uniform(*plan.chroma_kept))
    return image


def _draw_blur(rng: np.random.Generator, image_rgb: ImageArray, plan: DegradeRecipe) -> ImageArray:
    image = image_rgb
    if rng.random() < plan.blur:
        image = gaussian_blur(image, rng.uniform(*plan.blur_sigma_px))
    if rng.random() < plan.motion:
        image = motion_blur(image, _whole(rng, plan.motion_px), rng.uniform(0, 180))
    return image


def _draw_codec(rng: np.random.Generator, image_rgb: ImageArray, plan: DegradeRecipe) -> ImageArray:
    quality = _whole(rng, plan.quality)
    which = rng.random()
    if which < plan.webp:
        return webp(image_rgb, quality)
    if which < plan.webp + plan.h264:
        return h264_still(image_rgb, _whole(rng, plan.crf))
    return jpeg(image_rgb, quality, int(rng.choice(SUBSAMPLINGS, p=(0.6, 0.3, 0.1))))


def degrade_at(
    image_rgb: ImageArray, kind: str, level: int, rng: np.random.Generator
) -> ImageArray:
    """One kind of `LEVELS` at level 1 (mild) to 5 (hard); UsageError where there is none."""
    operation = DEGRADATIONS.get(kind)
    if not 1 <= level <= len(LEVELS[kind]):
        raise UsageError(
            f"expected a level from 1 to {len(LEVELS[kind])}, got {level}", "choose one"
        )
    return operation(image_rgb, LEVELS[kind][level - 1], rng)


@DEGRADATIONS.register("saturation")
def _saturation(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return scale_chroma(image_rgb, value)


@DEGRADATIONS.register("contrast")
def _contrast(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.convertScaleAbs(image_rgb, alpha=value), np.uint8)


@DEGRADATIONS.register("blocks")
def _blocks(image_rgb: ImageArray, value: float, rng: np.random.Generator) -> ImageArray:
    height, width = image_rgb.shape[:2]
    side = max(1, round(8 * min(height, width) / 256))
    image = image_rgb.copy()
    for _ in range(int(value)):
        top, left = rng.integers(0, height - side), rng.integers(0, width - side)
        image[top : top + side, left : left + side] = 128
    return image


@DEGRADATIONS.register("noise")
def _noise(image_rgb: ImageArray, value: float, rng: np.random.Generator) -> ImageArray:
    noise = rng.standard_normal(image_rgb.shape, np.float32) * np.float32(255 * value**0.5)
    return _to_bytes(image_rgb + noise)


@DEGRADATIONS.register("blur")
def _blur(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(image_rgb, (int(value), int(value)), 0), np.uint8)


@DEGRADATIONS.register("pixelation")
def _pixelation(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return resize_and_back(image_rgb, 1 / value, cv2.INTER_LINEAR, cv2.INTER_NEAREST)


@DEGRADATIONS.register("video")
def _video(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return h264_still(image_rgb, int(value))


@DEGRADATIONS.register("h264")
def _h264(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return h264_still(image_rgb, int(value))


@DEGRADATIONS.register("chat_photo")
def _chat_photo(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    quality = CHAT_QUALITY[value]
    return _sent_small(image_rgb, value, lambda small: jpeg(jpeg(small, quality), quality + 5))


@DEGRADATIONS.register("chat_clip")
def _chat_clip(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return _sent_small(image_rgb, value, lambda small: h264_still(small, CHAT_CRF[value]))


def _sent_small(
    image_rgb: ImageArray, scale: float, codec: Callable[[ImageArray], ImageArray]
) -> ImageArray:
    """Down by area, through the codec at the small size, up again as a viewer shows it."""
    height, width = image_rgb.shape[:2]
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = codec(np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


@DEGRADATIONS.register("jpeg")
def _jpeg(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return jpeg(image_rgb, int(value))


@DEGRADATIONS.register("resize")
def _resize(image_rgb: ImageArray, value: float, _: np.random.Generator) -> ImageArray:
    return resize_and_back(image_rgb, value, cv2.INTER_AREA, cv2.INTER_CUBIC)
