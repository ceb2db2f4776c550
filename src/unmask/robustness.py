"""The robustness card of one file: does its outcome hold when the file is changed a little?

    decoded frames -> change -> faces -> detector -> fusion -> one row, eight times over

What a file suffers on its way through messengers, screens and editors is applied to the whole
decoded frames (`media/degrade.py`), and everything after decoding runs again. Of a clip fewer
frames are used, in short bursts as they were sampled, and the first row, the unchanged file, says
what these frames alone give: without a probability there is nothing to compare, and no change is
tried. Nothing is random but the noise, whose seed is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from unmask.media.decoded import Decoded
from unmask.media.degrade import add_noise, adjust_tone, gaussian_blur, jpeg
from unmask.media.degrade_h264 import h264_still
from unmask.types import Frame, ImageArray, MediaKind, RobustnessRow, Verdict

CLIP_FRAMES, BURST = 12, 4  # of a clip: three bursts, which the card's `min_frames` allows
BLUR_SIGMA_PX, NOISE_SD, CROPPED, CRF, GAIN = 2.0, 8.0, 0.1, 32, 1.3
SEED = 20
Apply = Callable[[ImageArray, np.random.Generator], ImageArray]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its name and level as reported, and what it does to a frame."""

    name: str
    level: str
    apply: Apply


def _half(image_rgb: ImageArray, _: np.random.Generator) -> ImageArray:
    height, width = image_rgb.shape[:2]
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _crop(image_rgb: ImageArray, _: np.random.Generator) -> ImageArray:
    height, width = image_rgb.shape[:2]
    top, left = round(height * CROPPED), round(width * CROPPED)
    return np.ascontiguousarray(image_rgb[top : height - top, left : width - left])


def _brighter(image_rgb: ImageArray, _: np.random.Generator) -> ImageArray:
    return adjust_tone(image_rgb, 1.0, np.full(3, GAIN, np.float32))


CHANGES: tuple[Change, ...] = (
    Change("jpeg", "q70", lambda image, _: jpeg(image, 70)),
    Change("jpeg", "q40", lambda image, _: jpeg(image, 40)),
    Change("half_size", "x0.5", _half),
    Change(
        "blur", f"sigma={BLUR_SIGMA_PX:g}px", lambda image, _: gaussian_blur(image, BLUR_SIGMA_PX)
    ),
    Change("noise", f"sd={NOISE_SD:g}", lambda image, rng: add_noise(image, NOISE_SD, 0.0, rng)),
    Change("crop", f"edges={CROPPED:.0%}", _crop),
    Change("h264", f"crf={CRF}", lambda image, _: h264_still(image, CRF)),
    Change("brightness", f"x{GAIN:g}", _brighter),
)


def robustness_rows(
    decoded: Decoded, verdict: Verdict, judge_again: Callable[[Decoded], Verdict]
) -> tuple[RobustnessRow, ...]:
    """The unchanged file and its eight changes, in this order; the first alone where its fewer
    frames give no probability.

    `verdict` is the file's; `judge_again` gives the file's verdict on other frames.
    """
    fewer = _fewer(decoded)
    first = verdict if fewer is decoded else judge_again(fewer)
    rows = [_row("none", f"frames={len(fewer.frames)}", first)]
    if not rows[0].measured:
        return tuple(rows)
    for change in CHANGES:
        changed = _changed(fewer, change)
        rows.append(_row(change.name, change.level, judge_again(changed)))
    return tuple(rows)


def _row(change: str, level: str, verdict: Verdict) -> RobustnessRow:
    reason = ",".join(str(reason) for reason in verdict.reasons)
    return RobustnessRow(change, level, verdict.outcome, verdict.fake_probability, reason)


def _changed(decoded: Decoded, change: Change) -> Decoded:
    frames = tuple(_changed_frame(frame, change) for frame in decoded.frames)
    height, width = frames[0].image_rgb.shape[:2]
    return replace(
        decoded, frames=frames, media=replace(decoded.media, width_px=width, height_px=height)
    )


def _changed_frame(frame: Frame, change: Change) -> Frame:
    rng = np.random.default_rng([SEED, frame.index])
    return replace(frame, image_rgb=change.apply(frame.image_rgb, rng))


def _fewer(decoded: Decoded) -> Decoded:
    """The clip with at most `CLIP_FRAMES` frames; a picture or a short clip as it is."""
    if decoded.media.kind is MediaKind.IMAGE or len(decoded.frames) <= CLIP_FRAMES:
        return decoded
    bursts = list(_bursts(decoded.frames))
    wanted = CLIP_FRAMES // BURST
    if len(bursts) < wanted:
        return decoded
    chosen = [bursts[round((i + 0.5) * len(bursts) / wanted - 0.5)] for i in range(wanted)]
    return replace(decoded, frames=tuple(frame for burst in chosen for frame in burst))


def _bursts(frames: Sequence[Frame]) -> Iterable[Sequence[Frame]]:
    """Neighbours in time, at most `BURST` together."""
    start = 0
    for end in range(1, len(frames) + 1):
        full = end - start == BURST
        if end == len(frames) or full or frames[end].index != frames[end - 1].index + 1:
            yield frames[start:end]
            start = end
