"""One more output of an exported network: was the face swapped, or only a part of it edited?

The class "swap" covers both, because both leave a border. `edit` is one linear layer on the
features that the class head sees and, where there is one, on the blend map, which shows how much of
the face has a border round it; so it costs nothing. `evaluate/fit_edit.py` fits it. Knows files, no
torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from unmask.errors import UsageError

OUTPUT, WEIGHT, BIAS = "edit", "edit.weight", "edit.bias"
FLAT, SEEN = "edit.flat", "edit.seen"  # the blend map's cells in a row, and features before them


def add_edit_output(
    model: bytes,
    features: str,
    weights: npt.NDArray[np.floating],
    bias: float,
    blend: str | None = None,
) -> bytes:
    """The network with an output `edit` (N, 1) = [features, blend] (N, F) @ weights (F,) + bias.

    `blend` names the output (N, 1, H, W) whose cells follow the features, if any do. A network that
    has the output already gets the new weights. UsageError where it gives no such features.
    """
    stored = onnx.load_from_string(model)
    graph = stored.graph
    sizes = {one.name: one.type.tensor_type.shape.dim for one in graph.output}
    names = [features] if blend is None else [features, blend]
    if not set(names) <= set(sizes) or _row_length(sizes, names) not in (len(weights), None):
        raise UsageError(
            f"the network has no output {' and '.join(map(repr, names))} of {len(weights)} numbers",
            "export it again with this version of unmask",
        )
    _remove(graph)
    layer = np.asarray(weights, np.float32).reshape(-1, 1)
    graph.initializer.extend(
        [
            numpy_helper.from_array(layer, WEIGHT),
            numpy_helper.from_array(np.array([bias], np.float32), BIAS),
        ]
    )
    seen = features
    if blend is not None:
        graph.node.append(helper.make_node("Flatten", [blend], [FLAT], axis=1))
        graph.node.append(helper.make_node("Concat", [features, FLAT], [SEEN], axis=1))
        seen = SEEN
    graph.node.append(helper.make_node("Gemm", [seen, WEIGHT, BIAS], [OUTPUT]))
    batch = sizes[features][0]
    shape = [batch.dim_param or batch.dim_value or None, 1]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape))
    onnx.checker.check_model(stored)
    return bytes(stored.SerializeToString())


def _row_length(sizes: Mapping[str, Any], names: Sequence[str]) -> int | None:
    """Numbers of the outputs in a row, or None where a size is free."""
    shapes = [[int(dim.dim_value) for dim in list(sizes[name])[1:]] for name in names]
    return sum(map(math.prod, shapes)) if all(map(all, shapes)) else None


def _remove(graph: onnx.GraphProto) -> None:
    for field in (graph.node, graph.initializer, graph.output):
        kept = [one for one in field if not _is_edit(one)]
        del field[:]
        field.extend(kept)


def _is_edit(one: object) -> bool:
    names = {getattr(one, "name", ""), *getattr(one, "output", ())}
    return bool(names & {OUTPUT, WEIGHT, BIAS, FLAT, SEEN})
