"""The shoulders that belong to a face: what the cue of face and body measures against.

Network: `models/networks/movenet_lightning.onnx` (MoveNet single-pose Lightning, Apache-2.0). Input
(1, 192, 192, 3) int32 RGB, a square of 4.4 face heights centred 1.2 face heights below the face, so
that head and trunk fill it; output 17 points (y, x in 0..1, score), of which 0 is the nose and 5
and 6 are the shoulders. Its score says yes to the wrong person of a crowd, so the nose must lie in
the face and the shoulders on either side below it. About 13 CPU-ms a face: ask for few frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnxruntime as ort

from unmask.faces.crop import CropGeometry, crop_affine, warp_crop
from unmask.models.networks import read_network
from unmask.models.session import open_session
from unmask.types import FloatArray, ImageArray

INPUT_PX = 192
SQUARE, BELOW = 4.4, 1.2  # side and drop of the square, face heights
NOSE, SHOULDERS = 0, (5, 6)
SCORE_MIN = 0.3  # of MoveNet's own examples
EDGE = 0.1  # a shoulder nearer to the picture's edge is a guess at one outside it, face widths
WIDTH_MIN, WIDTH_MAX = 0.8, 5.0  # shoulders' distance, face widths: outside it is no body of ours


@dataclass(frozen=True, slots=True, eq=False)
class Shoulders:
    """points_px (2, 2): the picture's left and right shoulder joint (x, y); score [0, 1], the lower
    of the two.
    """

    points_px: FloatArray
    score: float

    @property
    def width_px(self) -> float:
        """Distance of the two joints."""
        return float(np.hypot(*(self.points_px[1] - self.points_px[0])))

    @property
    def middle_px(self) -> FloatArray:
        """Half-way between them, (2,)."""
        return np.asarray(self.points_px.mean(axis=0), np.float32)


class BodyFinder:
    """Finds shoulders; the session is opened at the first face."""

    def __init__(self) -> None:
        self._session: ort.InferenceSession | None = None

    def find(self, image_rgb: ImageArray, box_xyxy: FloatArray) -> Shoulders | None:
        """The shoulders under a face box, or None where they are hidden or not this person's."""
        x1, y1, x2, y2 = (float(v) for v in box_xyxy)
        height = max(y2 - y1, 1.0)
        centre = ((x1 + x2) / 2, (y1 + y2) / 2 + BELOW * height)
        affine = crop_affine(CropGeometry(centre, height, 0.0), SQUARE)
        points = self._run(warp_crop(image_rgb, affine, INPUT_PX))
        marks = points[:, 1::-1] @ affine[:, :2].T + affine[:, 2]
        pair = marks[list(SHOULDERS)]
        pair = np.asarray(pair[np.argsort(pair[:, 0], kind="stable")], np.float32)
        score = float(points[list(SHOULDERS), 2].min())
        found = Shoulders(pair, score)
        return found if self._is_of(found, marks[NOSE], box_xyxy, image_rgb) else None

    def _is_of(
        self, found: Shoulders, nose: FloatArray, box_xyxy: FloatArray, image_rgb: ImageArray
    ) -> bool:
        x1, y1, x2, y2 = (float(v) for v in box_xyxy)
        width, (left, right) = x2 - x1, found.points_px
        size, edge = np.array(image_rgb.shape[1::-1]), EDGE * width
        in_face = x1 <= nose[0] <= x2 and y1 <= nose[1] <= y2
        below = min(left[1], right[1]) > (y1 + y2) / 2 and max(left[1], right[1]) < y2 + 2.5 * width
        beside = left[0] < (x1 + x2) / 2 < right[0]
        inside = bool(((found.points_px >= edge) & (found.points_px < size - edge)).all())
        wide = WIDTH_MIN <= found.width_px / max(width, 1.0) <= WIDTH_MAX
        return found.score >= SCORE_MIN and in_face and below and beside and inside and wide

    def _run(self, crop: ImageArray) -> FloatArray:
        """The network's 17 points as (y, x, score)."""
        if self._session is None:
            self._session = open_session(read_network("movenet_lightning"), 1)
        name = self._session.get_inputs()[0].name
        (points,) = self._session.run(None, {name: crop[None].astype(np.int32)})
        return np.asarray(points.reshape(17, 3), np.float32)
