"""The detector cascade: two cheap looks at the whole picture, then a close look where it pays.

1. MediaPipe's full-range network, 192 px: near faces, about 5 CPU-ms.
2. CenterFace with a low threshold at the scale at which the narrowest face that matters is 16 px
   wide, or 10.5 px where a face fills much of the picture: so small it seldom says "face" (26 % at
   .5 from 10 px) but does say "maybe" (93 % at .15).
3. Where small faces show, there may be more that do not: the whole picture is looked at again at
   24 px. Otherwise every maybe is looked at again in a cutout of three times its size, enlarged.

The shares are from mosaics of real faces (benchmarks/faces.py). Tiles of the full-range network
never pay: per pixel of input CenterFace costs about the same and finds faces half the size.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unmask.faces.boxes import cover_matrix, overlap_matrix, suppress_doubles
from unmask.faces.centerface import CenterFace
from unmask.faces.detection import Detection
from unmask.faces.full_range import FullRange
from unmask.types import FloatArray, ImageArray

NEAR_SHARE = 0.2  # width over the picture's long side of a face that fills much of it
FIRM_SHARE = 0.125  # below, the first look's box is vague
COARSE_FACE_PX, NEAR_COARSE_FACE_PX = 16.0, 10.5  # second look: input width of the narrowest face
COARSE_SIDE_PX, NEAR_COARSE_SIDE_PX = 1280.0, 896.0  # second look: most long side of its input
LONG_SIDE_MIN_PX = 256.0
MAYBE = 0.15  # CenterFace scores from here on are looked at again
CLOSE_FACE_PX = 36.0  # input width of a face in the close look
FINE_FACE_PX = 24.0  # the same, where the whole picture is looked at again
FINE_SIDE_PX = 2560.0
CLEAR_FACE_PX = 22.0  # faces as wide as this in the input need no second look
CLEAR = 0.5
WEAK = 0.3  # the least score handed on; below CLEAR the mesh must agree (`read_face.py`)
CLOSE_LOOKS_MAX = 12
IOU_MAX, COVER_MAX = 0.4, 0.75


class FaceDetector:
    """Finds the faces of a picture; `face_width_min_px` is the width that must not be missed."""

    def __init__(self, face_width_min_px: float = 30.0) -> None:
        self._smallest_px = face_width_min_px
        self._full_range = FullRange()
        self._centerface = CenterFace()

    def find(self, image_rgb: ImageArray, *, quick: bool = False) -> list[Detection]:
        """Faces of the picture, score >= .3, best first; `quick` takes only the first look."""
        first = self._full_range.find(image_rgb)
        if quick:
            return first
        long_side = max(image_rgb.shape[:2])
        firm = [d for d in first if d.width_px >= FIRM_SHARE * long_side]
        scale = self._coarse_scale(first, long_side)
        seen = self._centerface.find(image_rgb, scale=scale, score_min=MAYBE)
        clear = [d for d in seen if d.score >= CLEAR and d.width_px * scale >= CLEAR_FACE_PX]
        known = merge(firm, clear)
        maybe = _not_in(merge(first, seen), known)
        closer = self._look_closer(image_rgb, maybe, scale)
        known = merge(known, closer)
        return merge(known, _not_in([d for d in maybe if d.score >= CLEAR], known))

    def _coarse_scale(self, first: list[Detection], long_side: int) -> float:
        near = any(d.width_px >= NEAR_SHARE * long_side for d in first)
        face_px = NEAR_COARSE_FACE_PX if near else COARSE_FACE_PX
        limit = NEAR_COARSE_SIDE_PX if near else COARSE_SIDE_PX
        wanted = long_side * min(face_px / self._smallest_px, 1.0)
        return float(np.clip(wanted, LONG_SIDE_MIN_PX, limit)) / long_side

    def _look_closer(
        self, image_rgb: ImageArray, maybe: list[Detection], scale: float
    ) -> list[Detection]:
        fine = min(FINE_FACE_PX / self._smallest_px, FINE_SIDE_PX / max(image_rgb.shape[:2]), 1.0)
        small = any(d.score >= WEAK and d.width_px * scale < CLEAR_FACE_PX for d in maybe)
        if fine > 1.2 * scale and (small or len(maybe) > CLOSE_LOOKS_MAX):
            return self._centerface.find(image_rgb, scale=fine, score_min=WEAK)
        return [d for m in maybe for d in self.find_near(image_rgb, m.box_xyxy)]

    def find_near(self, image_rgb: ImageArray, box_xyxy: FloatArray) -> list[Detection]:
        """Faces about as large as a box in its neighbourhood (three times its size)."""
        x1, y1, x2, y2 = (float(v) for v in box_xyxy)
        width, height = max(x2 - x1, 1.0), max(y2 - y1, 1.0)
        low = np.maximum([x1 - width, y1 - height], 0).astype(int)
        high = np.minimum([x2 + width, y2 + height], image_rgb.shape[1::-1]).astype(int)
        if (high - low < 8).any():
            return []
        part = image_rgb[low[1] : high[1], low[0] : high[0]]
        found = self._centerface.find(part, scale=CLOSE_FACE_PX / width, score_min=WEAK)
        move = np.tile(low, 2).astype(np.float32)
        return [
            replace(d, box_xyxy=d.box_xyxy + move, eyes_px=d.eyes_px + move[:2])
            for d in found
            if 0.4 < d.width_px / width < 2.5
        ]


def merge(first: list[Detection], second: list[Detection]) -> list[Detection]:
    """Both lists without doubles, best score first."""
    every = [*first, *second]
    if not every:
        return []
    boxes = np.stack([d.box_xyxy for d in every])
    scores = np.array([d.score for d in every], np.float32)
    kept = suppress_doubles(boxes, scores, iou_max=IOU_MAX, cover_max=COVER_MAX)
    return [every[k] for k in kept]


def _not_in(seen: list[Detection], known: list[Detection]) -> list[Detection]:
    """Those of the first list that are no double of one in the second."""
    if not seen or not known:
        return seen
    a = np.stack([d.box_xyxy for d in seen])
    b = np.stack([d.box_xyxy for d in known])
    double = (overlap_matrix(a, b) > IOU_MAX) | (cover_matrix(a, b) > COVER_MAX)
    return [d for n, d in enumerate(seen) if not double[n].any()]
