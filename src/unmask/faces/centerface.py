"""CenterFace, an anchor-free detector of small faces: the second look of the cascade.

Network: `models/networks/centerface.onnx` (MIT; Xu et al. 2019, arXiv 1911.03599). Input
(1, 3, H, W) RGB 0-255, H and W multiples of 32; output at a quarter of the size: heat map, log size
(y, x), offset (y, x) and five points (y, x; the first two are the eyes) in units of the box from
its corner. It finds faces from about 15 px of its input; its cost grows with the input's area.
"""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from unmask.faces.boxes import suppress_doubles
from unmask.faces.detection import Detection
from unmask.faces.shrink import resize
from unmask.models.networks import read_network
from unmask.models.session import giving_memory_back, open_session
from unmask.types import FloatArray, ImageArray

STRIDE = 4
SIDE_STEP_PX = 32
IOU_MAX = 0.3
# Inputs of up to this many pixels keep their memory (about 200 bytes a pixel) for the next one:
# clearing its pages anew costs as much as the network itself.
KEPT_PX = 400_000
# Two threads that share each layer take a tenth to a half more CPU for the same bits.
THREADS = 1


class CenterFace:
    """Finds small faces; the session is opened at the first picture."""

    def __init__(self) -> None:
        self._session: ort.InferenceSession | None = None

    def find(
        self, image_rgb: ImageArray, *, scale: float, score_min: float = 0.5
    ) -> list[Detection]:
        """Faces of the picture looked at in `scale` times its size, best score first."""
        height, width = image_rgb.shape[:2]
        size = (_whole_steps(width * scale), _whole_steps(height * scale))
        small = resize(image_rgb, size)
        batch = np.ascontiguousarray(small.transpose(2, 0, 1)[None], np.float32)
        if self._session is None:
            self._session = open_session(read_network("centerface"), THREADS, many_sizes=True)
        how = giving_memory_back() if size[0] * size[1] > KEPT_PX else None
        outputs = self._session.run(["537", "538", "539", "540"], {"input.1": batch}, how)
        to_frame = np.array([width / size[0], height / size[1]], np.float32)
        return _decode(outputs, to_frame, score_min)


def _whole_steps(length: float) -> int:
    return max(1, round(length / SIDE_STEP_PX)) * SIDE_STEP_PX


def _decode(outputs: list[FloatArray], to_frame: FloatArray, score_min: float) -> list[Detection]:
    heat, log_size, offset, points = (output[0] for output in outputs)
    rows, columns = np.nonzero(heat[0] > score_min)
    if len(rows) == 0:
        return []
    scores = heat[0, rows, columns]
    size = np.exp(log_size[::-1, rows, columns].T) * STRIDE
    cells = np.stack([columns, rows], axis=1).astype(np.float32)
    centre = (cells + offset[::-1, rows, columns].T + 0.5) * STRIDE
    corner = centre - size / 2
    marks = points[:4, rows, columns].T.reshape(-1, 2, 2)[:, :, ::-1]
    eyes = (marks * size[:, None] + corner[:, None]) * to_frame
    boxes = np.concatenate([corner * to_frame, (corner + size) * to_frame], axis=1)
    boxes = boxes.astype(np.float32)
    kept = suppress_doubles(boxes, scores, iou_max=IOU_MAX)
    return [Detection(boxes[k], float(scores[k]), eyes[k].astype(np.float32)) for k in kept]
