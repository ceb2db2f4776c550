"""A real bundle small enough to work out by hand: a linear network over the colours of a crop.

    cells    = mean colour of each of CELLS x CELLS squares of the normalised input
    cam      = weights @ cells / CELLS**2
    logits   = sum(cam) + bias = weights @ mean colour + bias
    blend    = sigmoid(red of 8 x 8 squares)   features = mean colour

So red pixels can speak for "swap", blue ones for "synthetic" and green ones for "real" (the default
weights), and where they lie is where the map must be hot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from card_data import build_card
from onnx import TensorProto, helper, numpy_helper

SIZE_PX, CELLS, BLEND_CELLS = 32, 4, 8
CLASSES = ("real", "swap", "synthetic")
# Row per class, column per colour (red, green, blue) of the input as normalised by the card.
WEIGHTS = {"real": (0.0, 4.0, 0.0), "swap": (4.0, 0.0, 0.0), "synthetic": (0.0, 0.0, 4.0)}
BIAS = {"real": 0.5, "swap": -0.25, "synthetic": 0.125}


def tiny_model(
    classes: Sequence[str] = CLASSES,
    weights: dict[str, tuple[float, float, float]] | None = None,
    size_px: int = SIZE_PX,
) -> onnx.ModelProto:
    """The network with its classes in the given order."""
    by_class = weights or WEIGHTS
    rows = np.array([by_class[name] for name in classes], np.float32) / CELLS**2
    constants = {
        "w": rows[:, :, None, None],
        "b": np.array([BIAS[name] for name in classes], np.float32),
        "red": np.array([1, 0, 0], np.float32).reshape(1, 3, 1, 1),
        "space": np.array([2, 3], np.int64),
    }
    side, fine = size_px // CELLS, size_px // BLEND_CELLS
    nodes = [
        helper.make_node(
            "AveragePool", ["image"], ["cells"], kernel_shape=[side] * 2, strides=[side] * 2
        ),
        helper.make_node("Conv", ["cells", "w"], ["cam"]),
        helper.make_node("ReduceSum", ["cam", "space"], ["sum"], keepdims=0),
        helper.make_node("Add", ["sum", "b"], ["logits"]),
        helper.make_node("ReduceMean", ["cells", "space"], ["features"], keepdims=0),
        helper.make_node(
            "AveragePool", ["image"], ["fine"], kernel_shape=[fine] * 2, strides=[fine] * 2
        ),
        helper.make_node("Conv", ["fine", "red"], ["redness"]),
        helper.make_node("Sigmoid", ["redness"], ["blend"]),
    ]
    shapes: dict[str, list[str | int]] = {
        "logits": ["n", len(classes)],
        "cam": ["n", len(classes), CELLS, CELLS],
        "blend": ["n", 1, BLEND_CELLS, BLEND_CELLS],
        "features": ["n", 3],
    }
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, size_px, size_px])],
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, s) for k, s in shapes.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9, producer_name="tests"
    )


def tiny_card(name: str = "tiny", **changes: Any) -> dict[str, Any]:
    """The card that fits `tiny_model`; `changes` replace whole keys, dicts are merged into them."""
    card = build_card()
    card |= {"name": name, "architecture": "linear", "classes": list(CLASSES)}
    card["input"] |= {"size_px": SIZE_PX}
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(card.get(key), dict):
            card[key] |= value
        else:
            card[key] = value
    return card


def write_bundle(folder: Path, model: onnx.ModelProto | bytes, card: dict[str, Any]) -> Path:
    """Put a bundle into `folder`, the model's sha256 on the card; returns the folder."""
    data = model if isinstance(model, bytes) else model.SerializeToString()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(data)
    card = card | {"files": {"model.onnx": hashlib.sha256(data).hexdigest()}}
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False), "utf-8")
    return folder


def build_tiny_bundle(
    parent: Path,
    name: str = "tiny",
    *,
    classes: Sequence[str] = CLASSES,
    weights: dict[str, tuple[float, float, float]] | None = None,
    **changes: Any,
) -> Path:
    """A bundle `parent/name` of `tiny_model`; `changes` go to the card."""
    card = tiny_card(name, classes=list(classes), **changes)
    size_px = card["input"]["size_px"]
    return write_bundle(parent / name, tiny_model(classes, weights, size_px), card)
