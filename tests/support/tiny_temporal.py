"""A network over time small enough to work out by hand, and tiny bundles that carry one.

    logit = gain * mean over the frames of the first feature

So what it says of a track, and of every window of it, is a plain mean.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tiny_bundle import build_tiny_bundle

from unmask.detectors.fused import PERSON_FEATURES

FEATURES, FRAMES_MIN, WINDOW = 3, 4, 6
TEMPORAL = {
    "input": {"features": FEATURES},
    "frames_min": FRAMES_MIN,
    "window_frames": WINDOW,
    "calibration": {"temperature": 2.0, "bias": 0.5},
    "metrics": {},
}


def tiny_temporal(gain: float = 4.0) -> onnx.ModelProto:
    """The network; `gaps_s` is an input that changes nothing."""
    weight = np.array([gain] + [0.0] * (FEATURES - 1), np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["features", "one"], ["means"], keepdims=0),
        helper.make_node("Mul", ["means", "weight"], ["weighed"]),
        helper.make_node("ReduceSum", ["weighed", "one"], ["logit"], keepdims=0),
    ]
    shapes = {"features": ["n", "t", FEATURES], "gaps_s": ["n", "t"]}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, s) for k, s in shapes.items()],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n"])],
        [
            numpy_helper.from_array(np.array([1], np.int64), "one"),
            numpy_helper.from_array(weight, "weight"),
        ],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9, producer_name="tests"
    )


def fusion_section(weights: dict[str, float], **changes: Any) -> dict[str, Any]:
    """A card's section `fusion` with the given weights, 0 for the other features."""
    section = {
        "features": list(PERSON_FEATURES),
        "weights": {name: weights.get(name, 0.0) for name in PERSON_FEATURES},
        "intercept": 0.25,
        "intervals": {name: [-1.0, 1.0] for name in PERSON_FEATURES},
        "references": {},
        "threshold": 0.7,
        "clear_below": 0.2,
        "bins": [],
        "trained_on": {},
    }
    return section | changes


def build_temporal_bundle(parent: Path, name: str = "tiny", **sections: Any) -> Path:
    """A tiny bundle with the network over time; `sections` (temporal=, fusion=) go to the card."""
    folder = build_tiny_bundle(parent, name)
    model = tiny_temporal().SerializeToString()
    (folder / "temporal.onnx").write_bytes(model)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["files"]["temporal.onnx"] = hashlib.sha256(model).hexdigest()
    card |= {"temporal": TEMPORAL} | sections
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False), "utf-8")
    return folder
