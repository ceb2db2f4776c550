"""MediaPipe's full-range face detector on a whole picture: the fast first look of the cascade.

Network: `models/networks/face_detection_full_range.onnx` (Apache-2.0). Input (1, 192, 192, 3), the
picture letterboxed, RGB / 127.5 - 1. Output per cell of a 48 x 48 grid: box centre and size and six
key points (the first two are the eyes) in pixels of 192 relative to the cell's centre, and a logit.
It misses faces that are less than about 12 of the 192 px wide.
"""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from unmask.faces.boxes import suppress_doubles
from unmask.faces.detection import Detection
from unmask.faces.shrink import resize
from unmask.models.networks import read_network
from unmask.models.session import open_session
from unmask.types import FloatArray, ImageArray

INPUT_PX = 192
GRID = 48
IOU_MAX = 0.3
# From its square boxes to those of CenterFace: medians over 416 faces of seven sources
# (benchmarks/faces.py): 1.145 x as wide, .881 x as high, centre .039 heights lower.
BOX_WIDTH, BOX_HEIGHT, BOX_DOWN = 1.145, 0.881, 0.039


class FullRange:
    """Finds near and middle-distance faces; the session is opened at the first picture."""

    def __init__(self) -> None:
        self._session: ort.InferenceSession | None = None

    def find(self, image_rgb: ImageArray, *, score_min: float = 0.5) -> list[Detection]:
        """Faces of the picture, best score first."""
        batch, scale, offset = _letterbox(image_rgb)
        if self._session is None:
            self._session = open_session(read_network("face_detection_full_range"), 1)
        values, logits = self._session.run(None, {"input": batch})
        scores = 1.0 / (1.0 + np.exp(-np.clip(logits[0, :, 0], -50, 50)))
        cells = np.flatnonzero(scores > score_min)
        step = INPUT_PX / GRID
        anchors = np.stack([(cells % GRID + 0.5) * step, (cells // GRID + 0.5) * step], axis=1)
        found = values[0, cells]
        centre, side = found[:, :2] + anchors, found[:, 2:4]
        eyes = (found[:, 4:8].reshape(-1, 2, 2) + anchors[:, None] - offset) / scale
        size = side / scale / np.array([BOX_WIDTH, BOX_HEIGHT], np.float32)
        middle = (centre - offset) / scale
        middle[:, 1] -= BOX_DOWN * size[:, 1]
        boxes = np.concatenate([middle - size / 2, middle + size / 2], axis=1).astype(np.float32)
        kept = suppress_doubles(boxes, scores[cells], iou_max=IOU_MAX)
        return [
            Detection(boxes[k], float(scores[cells[k]]), eyes[k].astype(np.float32)) for k in kept
        ]


def _letterbox(image_rgb: ImageArray) -> tuple[FloatArray, float, FloatArray]:
    """The network's input, the scale from frame to input, and the offset (2,) of the picture."""
    height, width = image_rgb.shape[:2]
    scale = INPUT_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = resize(image_rgb, size)
    left, top = (INPUT_PX - size[0]) // 2, (INPUT_PX - size[1]) // 2
    batch = np.full((1, INPUT_PX, INPUT_PX, 3), -1, np.float32)
    part = small.astype(np.float32) / np.float32(127.5) - np.float32(1)
    batch[0, top : top + size[1], left : left + size[0]] = part
    return batch, scale, np.array([left, top], np.float32)
