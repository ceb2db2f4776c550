"""Verdicts drawn onto frames: what an overlay video shows of every person.

A box and a label in the colour of the outcome, and never the colour alone: letter, symbol and words
stand in the label, the probability beside them, the reason below. A bar at the foot gives the time
and says what the picture is: a running reading, or a verdict on everything that was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from unmask.report.labels import SYMBOLS, label
from unmask.report.lettering import font
from unmask.types import FloatArray, ImageArray, Outcome, Reason

SIDE_MAX_PX = 1280  # longer side of an overlay
# The colours of the report (templates/report.css, dark): light enough for dark letters on them.
COLOURS = {
    Outcome.MANIPULATED: (239, 141, 133),
    Outcome.INCONCLUSIVE: (220, 183, 90),
    Outcome.NO_EVIDENCE: (127, 188, 214),
}
DARK, LIGHT = (16, 20, 24), (240, 240, 240)
WORDS = {  # key: (Korean, English)
    "running": (
        "판독 진행 중 · 전체에 대한 판정이 아닙니다",
        "running reading, not a verdict on the whole",
    ),
    "final": ("지금까지 본 전체: {outcome}", "all that was read: {outcome}"),
    "frame": (
        "분석한 프레임만 표시 · 판정은 영상 전체 기준",
        "only frames that were analysed; the verdicts are those on the whole clip",
    ),
    "time": ("{time}초", "{time} s"),
}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What is written at one face: box in pixels of the frame, outcome, probability, reasons."""

    name: str
    box_xyxy: FloatArray
    outcome: Outcome
    probability: float | None
    reasons: tuple[Reason, ...] = ()


def overlay_words(key: str, language: str, **values: object) -> str:
    """The words at the foot of an overlay; KeyError for a key that is not there."""
    return WORDS[key][0 if language == "ko" else 1].format(**values)


def final_words(outcome: Outcome, language: str) -> str:
    """The foot of the last picture: the outcome of everything that was read."""
    words = f"{SYMBOLS[outcome]} {label(language, f'outcome.{outcome}')}"
    return overlay_words("final", language, outcome=words)


def draw_overlay(
    image_rgb: ImageArray, marks: Sequence[Mark], *, time_s: float, foot: str, language: str
) -> ImageArray:
    """The frame (H, W, 3), made smaller where it is large, with marks and the foot's words."""
    height, width = image_rgb.shape[:2]
    scale = min(1.0, SIDE_MAX_PX / max(height, width))
    if scale < 1:
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        image_rgb = np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    canvas = Image.fromarray(image_rgb)
    pen = _Pen(canvas, language)
    for mark in marks:
        pen.box(mark, scale)
    taken = [_scaled(mark, scale) for mark in marks]
    for mark in marks:
        taken.append(pen.label(mark, scale, taken))
    time = overlay_words("time", language, time=f"{time_s:.1f}")
    pen.foot(f"{time} · {foot}")
    return np.asarray(canvas, np.uint8)


class _Pen:
    """Draws on one picture, in strokes and letters that fit its size."""

    def __init__(self, canvas: Image.Image, language: str) -> None:
        self._draw = ImageDraw.Draw(canvas)
        self._size = canvas.size
        self._language = language
        self._letters_px = max(13, round(max(canvas.size) / 64))
        self._stroke_px = max(2, round(max(canvas.size) / 320))

    def box(self, mark: Mark, scale: float) -> None:
        """The box, between two dark lines so that it shows on any ground."""
        box, stroke = _scaled(mark, scale), self._stroke_px
        grown = (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
        self._draw.rectangle(grown, outline=DARK, width=stroke + 2)
        self._draw.rectangle(box, outline=COLOURS[mark.outcome], width=stroke)

    def label(self, mark: Mark, scale: float, taken: Sequence[Box]) -> Box:
        """Letter, symbol, words and probability at the box, where least of the rest is hidden."""
        box, lines = _scaled(mark, scale), self._lines(mark)
        width = max(self._draw.textlength(text, font=font(px)) for text, px in lines)
        pad = self._stroke_px + 1
        width, height = width + 2 * pad, sum(px for _, px in lines) * 1.3 + pad
        place = self._place(box, width, height, taken)
        self._draw.rectangle(place, fill=COLOURS[mark.outcome], outline=DARK)
        y = place[1] + pad / 2
        for text, px in lines:
            self._draw.text((place[0] + pad, y + 0.65 * px), text, DARK, font(px), anchor="lm")
            y += 1.3 * px
        return place

    def foot(self, text: str) -> None:
        """The bar at the foot, in smaller letters where it would not fit."""
        width, height = self._size
        px = self._letters_px
        while px > 7 and self._draw.textlength(text, font=font(px)) > width - px:
            px -= 1
        top = height - 1.6 * px
        self._draw.rectangle((0, top, width, height), fill=DARK)
        self._draw.text((px / 2, top + 0.8 * px), text, LIGHT, font(px), anchor="lm")

    def _lines(self, mark: Mark) -> list[tuple[str, int]]:
        said = label(self._language, f"outcome.{mark.outcome}")
        number = "" if mark.probability is None else f" {mark.probability:.3f}"
        lines = [(f"{mark.name} {SYMBOLS[mark.outcome]} {said}{number}", self._letters_px)]
        small = max(9, round(self._letters_px * 0.75))
        return lines + [(label(self._language, f"reason.{r}"), small) for r in mark.reasons[:1]]

    def _place(self, box: Box, width: float, height: float, taken: Sequence[Box]) -> Box:
        bottom = self._size[1] - 1.6 * self._letters_px - height
        places = [
            (min(max(x, 0.0), max(0.0, self._size[0] - width)), min(max(y, 0.0), max(0.0, bottom)))
            for y in (box[1] - height, box[3], box[1] - 2 * height, box[3] + height)
            for x in (box[0], (box[0] + box[2] - width) / 2, box[2] - width)
        ]
        boxes: list[Box] = [(x, y, x + width, y + height) for x, y in places]
        return min(boxes, key=lambda place: sum(_shared_px(place, other) for other in taken))


def _scaled(mark: Mark, scale: float) -> Box:
    left, top, right, bottom = (float(v) * scale for v in mark.box_xyxy)
    return left, top, right, bottom


def _shared_px(a: Box, b: Box) -> float:
    """Area that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0
