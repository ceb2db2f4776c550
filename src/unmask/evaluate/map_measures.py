"""How good a heat map is: pointing game, overlap, deletion and insertion, randomised weights.

Maps are compared at the crop's size after `detectors.heat.upsample`, which is also what a reader
is shown. Pointing game: Zhang et al. (IJCV 2018); energy: Wang et al. (Score-CAM, 2020); deletion
and insertion: Petsiuk et al. (RISE, 2018), towards a blurred picture; randomised weights: Adebayo
et al. (NeurIPS 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from scipy.stats import rankdata

from unmask.detectors.heat import upsample
from unmask.types import FloatArray, ImageArray

Mask = npt.NDArray[np.bool_]
NEAR = 15 / 224  # the pointing game's tolerance, as a share of the crop's side
STEPS = 10  # of a deletion or insertion curve
BLUR = 1 / 8  # standard deviation of the blurred picture, as a share of the side
RANK_PX = 40  # maps are ranked on a grid of that side
Score = Callable[[Sequence[ImageArray]], npt.NDArray[np.float64]]


def peak_of(heat: FloatArray) -> tuple[int, int] | None:
    """(row, column) of the highest value, or None where nothing is positive."""
    if float(heat.max()) <= 0:
        return None
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    return int(row), int(column)


def place(values: FloatArray, mask: Mask) -> dict[str, float]:
    """How a map (h, w) lies to a mask (S, S): hit, near, iou, mass and what chance would give.

    hit    1 where the peak is in the mask; a map without heat misses
    near   the same within `NEAR` of it
    iou    of the mask and the hottest part of equal area; 1 / (2 / area - 1) by chance
    mass   share of the positive heat inside the mask; `area` by chance
    """
    size = mask.shape[0]
    heat = upsample(values, size)
    peak = peak_of(heat)
    wide = widened(mask)
    area = float(mask.mean())
    positive = np.maximum(heat, 0)
    total = float(positive.sum())
    return {
        "hit": float(peak is not None and mask[peak]),
        "near": float(peak is not None and wide[peak]),
        "centre_hit": float(mask[size // 2, size // 2]),
        "iou": equal_area_iou(heat, mask),
        "mass": float(positive[mask].sum()) / total if total > 0 else 0.0,
        "area": area,
        "near_area": float(wide.mean()),
        "iou_chance": area / (2 - area),
    }


def widened(mask: Mask) -> Mask:
    """The mask and everything within the pointing game's tolerance of it."""
    reach = max(1, round(NEAR * mask.shape[0]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0, np.bool_)


def equal_area_iou(heat: FloatArray, mask: Mask) -> float:
    """Overlap of the mask with as many of the hottest pixels: no threshold to choose."""
    count = int(mask.sum())
    if not count:
        return 0.0
    hottest = np.zeros(heat.size, bool)
    hottest[np.argsort(-heat.ravel(), kind="stable")[:count]] = True
    both = int((hottest & mask.ravel()).sum())
    return both / (2 * count - both)


def removal_areas(crop_rgb: ImageArray, values: FloatArray, score: Score) -> dict[str, float]:
    """Areas under the deletion and insertion curves of a map, both in [0, 1].

    The hottest pixels go first; what is taken away is blurred. Deletion: low is good, the answer
    falls soon. Insertion: high is good, it comes back soon.
    """
    size = crop_rgb.shape[0]
    soft = np.asarray(cv2.GaussianBlur(crop_rgb, (0, 0), BLUR * size), np.uint8)
    order = np.argsort(-upsample(values, size).ravel(), kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    share = (rank / order.size).reshape(size, size)
    steps = np.linspace(0, 1, STEPS + 1)
    gone = [np.where((share < step)[..., None], soft, crop_rgb) for step in steps]
    back = [np.where((share < step)[..., None], crop_rgb, soft) for step in steps]
    answers = score([*gone, *back])
    return {
        "deletion": float(np.trapezoid(answers[: len(steps)], steps)),
        "insertion": float(np.trapezoid(answers[len(steps) :], steps)),
    }


def random_areas(
    crop_rgb: ImageArray, like: FloatArray, score: Score, rng: np.random.Generator, times: int = 2
) -> dict[str, float]:
    """The control: the same areas for the values of a map in random places, mean of `times`."""
    found = [
        removal_areas(crop_rgb, rng.permutation(like.ravel()).reshape(like.shape), score)
        for _ in range(times)
    ]
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def rank_correlation(first: FloatArray, second: FloatArray) -> float:
    """Spearman's correlation of two maps at a common size; 0 where one of them is flat."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    a, b = (rankdata(upsample(one, RANK_PX).ravel()) for one in (first, second))
    return float(np.corrcoef(a, b)[0, 1])


def randomised(model: bytes, share: float, seed: int) -> bytes:
    """The graph with the weights of the last `share` of its weighted layers drawn anew.

    Normal, with the spread of the weights they stand for; biases and everything below stay.
    """
    graph = onnx.load_from_string(model)
    stored = {tensor.name: tensor for tensor in graph.graph.initializer}
    layers = [
        [name for name in node.input if name in stored and len(stored[name].dims) >= 2]
        for node in graph.graph.node
    ]
    layers = [names for names in layers if names]
    first = len(layers) - max(1, round(share * len(layers)))
    rng = np.random.default_rng(seed)
    for name in dict.fromkeys(name for names in layers[first:] for name in names):
        old = numpy_helper.to_array(stored[name])
        new = rng.normal(0, float(old.std()), old.shape).astype(old.dtype)
        stored[name].CopyFrom(numpy_helper.from_array(new, name))
    data: bytes = graph.SerializeToString()
    return data


def mean_of(rows: Sequence[dict[str, Any]], name: str) -> float | None:
    """The mean of one measure, or None where there are no rows."""
    return float(np.mean([row[name] for row in rows])) if rows else None
