"""Raw measures of pixels that forensic measurements and cues share: noise, sharpness, grid, chroma.

Pixels of a frame and a mask -> one number, at the resolution the pixels have. Nothing here knows
what is usual or what a number may mean. Noise follows Immerkaer, "Fast noise variance estimation"
(CVIU 1996); the blocking grid follows Li, Yuan and Yu, "Passive detection of doctored JPEG image
via block artifact grid extraction" (Signal Processing 2009), with the grid's phase.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from unmask.types import FloatArray, ImageArray

Mask = npt.NDArray[np.bool_]

BLOCK_PX = 8  # of JPEG and of the transforms of H.264
PIXELS_MIN = 300  # fewer pixels under a mask give no number
MEDIAN_PIXELS = 2000  # as many are enough for a median colour
FLAT_SHARE = 0.5  # noise is read on the flatter half of the pixels
CLIPPED = (8.0, 247.0)  # outside, sensors and developers clip and noise vanishes
STEP_MAX = 12.0  # grey levels: a larger step is an edge of the scene, not of a block
FINE_SIGMA_PX, COARSE_SIGMA_PX = 1.0, 3.0  # the bands that sharpness compares
# Immerkaer's kernel: the difference of two Laplacians; blind to planes, norm 6.
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(frozen=True, slots=True)
class BlockingGrid:
    """The 8-px grid found in an area.

    phase_px  (x, y) of the grid lines, 0 to 7, counted from the frame's upper left corner
    strength  mean step at the grid's lines over the mean step elsewhere; 1 = no grid
    """

    phase_px: tuple[int, int]
    strength: float


def luma_of(image_rgb: ImageArray) -> FloatArray:
    """(H, W) float32 luma, 0 to 255, of (H, W, 3) uint8."""
    grey = cv2.cvtColor(np.ascontiguousarray(image_rgb), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.float32)


def noise_level(luma: FloatArray, mask: Mask | None = None) -> float | None:
    """Standard deviation of the noise in grey levels, on the flatter half of the masked pixels.

    `luma` (H, W) 0 to 255. None where fewer than `PIXELS_MIN` pixels are neither clipped nor
    outside the mask.
    """
    return noise_from(noise_residual(luma), flatness(luma), usable_pixels(luma, mask))


def noise_residual(luma: FloatArray) -> FloatArray:
    """|Immerkaer's residual| (H, W), scaled so that its mean over noise is its deviation."""
    scale = np.float32(np.sqrt(np.pi / 2) / 6)
    residual: FloatArray = np.abs(cv2.filter2D(luma, cv2.CV_32F, _IMMERKAER)) * scale
    return residual


def flatness(luma: FloatArray) -> FloatArray:
    """Gradient of the smoothed luma (H, W), grey levels per pixel: low where the scene is flat."""
    smooth = cv2.blur(luma, (5, 5))
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.add(np.abs(dx), np.abs(dy)), np.float32)


def usable_pixels(luma: FloatArray, mask: Mask | None = None) -> Mask:
    """The masked pixels (H, W) that are not clipped to black or white."""
    inside = (luma > CLIPPED[0]) & (luma < CLIPPED[1])
    return inside if mask is None else inside & mask


def noise_from(residual: FloatArray, gradient: FloatArray, usable: Mask) -> float | None:
    """`noise_level` from its parts, for callers that read several areas of one picture."""
    places = np.flatnonzero(usable)
    if len(places) < PIXELS_MIN:
        return None
    kept = int(len(places) * FLAT_SHARE)
    flat = np.argpartition(gradient.ravel()[places], kept)[:kept]
    return float(residual.ravel()[places[flat]].mean())


def sharpness(luma: FloatArray, mask: Mask | None = None) -> float | None:
    """Energy of the fine detail over that of the next coarser band (rms), about 0 to 1.

    A contrast that is twice as high leaves it unchanged. None where too few pixels are usable or
    the area has no coarser detail at all.
    """
    fine_base = cv2.GaussianBlur(luma, (0, 0), FINE_SIGMA_PX)
    coarse_base = cv2.GaussianBlur(luma, (0, 0), COARSE_SIGMA_PX)
    usable = usable_pixels(luma, mask)
    if int(usable.sum()) < PIXELS_MIN:
        return None
    fine = float(np.square((luma - fine_base)[usable]).mean())
    coarse = float(np.square((fine_base - coarse_base)[usable]).mean())
    return float(np.sqrt(fine / coarse)) if coarse > 1e-3 else None


def chroma_of(image_rgb: ImageArray, mask: Mask) -> tuple[float, float] | None:
    """Median (a, b) of CIE Lab under the mask; None below `PIXELS_MIN` pixels."""
    places = np.flatnonzero(mask)
    if len(places) < PIXELS_MIN:
        return None
    kept = places[:: max(1, len(places) // MEDIAN_PIXELS)]
    pixels = np.take(image_rgb.reshape(-1, 3), kept, axis=0)
    lab = cv2.cvtColor(pixels[None].astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)[0]
    return float(np.median(lab[:, 1])), float(np.median(lab[:, 2]))


def blocking_grid(
    luma: FloatArray, mask: Mask | None = None, origin_px: tuple[int, int] = (0, 0)
) -> BlockingGrid | None:
    """The strongest 8-px grid under the mask; `origin_px` is where `luma` lies in its frame.

    None where either direction has fewer than `PIXELS_MIN` steps at one phase.
    """
    found = [grid_steps(luma, mask, axis, origin_px[1 - axis]) for axis in (1, 0)]
    if found[0] is None or found[1] is None:
        return None
    phases = [int(np.argmax(steps)) for steps in (found[0], found[1])]
    ratios = [strength_at(s, p) for s, p in zip((found[0], found[1]), phases, strict=True)]
    return BlockingGrid((phases[0], phases[1]), float(np.mean(ratios)))


def grid_steps(
    luma: FloatArray, mask: Mask | None, axis: int, origin_px: int = 0
) -> npt.NDArray[np.float64] | None:
    """(8,) mean step between neighbours along `axis` by the phase of the line between them.

    A step is what the difference of two neighbours has beyond the differences on either side, so
    that slopes do not count; None where a phase has fewer than `PIXELS_MIN` of them.
    """
    return steps_under(bends(luma, axis), mask, axis, origin_px)


def bends(luma: FloatArray, axis: int) -> FloatArray:
    """What the step across every line of pixels has beyond its two neighbours, absolute.

    The line at pixel i + 2 along `axis` is column (axis 1) or row (axis 0) i; `STEP_MAX` and more
    mark an edge of the scene.
    """
    kernel = np.array([0.5, -1.5, 1.5, -0.5], np.float32)  # b - a - ((a - z) + (c - b)) / 2
    shaped = kernel[None] if axis == 1 else kernel[:, None]
    found = np.abs(cv2.filter2D(luma, cv2.CV_32F, shaped))
    # OpenCV anchors an even kernel at its third place: the pixel after the line.
    return found[:, 2:-1] if axis == 1 else found[2:-1]


def steps_under(
    bend: FloatArray, mask: Mask | None, axis: int, origin_px: int = 0
) -> npt.NDArray[np.float64] | None:
    """`grid_steps` from the `bends` of a picture, for callers that read several areas of it."""
    kept = (bend < STEP_MAX).view(np.uint8)
    if mask is not None:
        inside = mask.astype(np.uint8)
        before, after = (
            (inside[:, 1:-2], inside[:, 2:-1]) if axis == 1 else (inside[1:-2], inside[2:-1])
        )
        kept &= before & after
    along = 1 - axis
    counted = cv2.copyTo(bend, kept)
    lines = cv2.reduce(counted, along, cv2.REDUCE_SUM, dtype=cv2.CV_64F).ravel()
    counts = cv2.reduce(kept, along, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    # Line i holds the step across the line at pixel i + 2.
    phases = (np.arange(len(lines)) + 2 + origin_px) % BLOCK_PX
    total = np.bincount(phases, counts, BLOCK_PX)
    if len(lines) < 2 * BLOCK_PX or total.min() < PIXELS_MIN:
        return None
    return np.asarray(np.bincount(phases, lines, BLOCK_PX) / total, np.float64)


def strength_at(steps: npt.NDArray[np.float64], phase: int) -> float:
    """Step at one phase over the mean of the others; 1 = no grid there."""
    others = np.delete(steps, phase).mean()
    return float((steps[phase] + 0.05) / (others + 0.05))
