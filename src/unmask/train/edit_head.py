"""One more output of an exported network: was the face swapped, or only a part of it edited?

The class "swap" covers both, because both leave a border. `edit` is one linear layer on the
features that the class head sees, so it costs nothing; `evaluate/fit_edit.py` fits it. Knows files,
no torch.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from unmask.errors import UsageError

OUTPUT, WEIGHT, BIAS = "edit", "edit.weight", "edit.bias"


def add_edit_output(
    model: bytes, features: str, weights: npt.NDArray[np.floating], bias: float
) -> bytes:
    """The network with an output `edit` (N, 1) = features (N, F) @ weights (F,) + bias.

    One that has it already gets the new weights. UsageError where it gives no such features.
    """
    stored = onnx.load_from_string(model)
    graph = stored.graph
    sizes = {one.name: one.type.tensor_type.shape.dim for one in graph.output}
    if features not in sizes or sizes[features][1].dim_value != len(weights):
        raise UsageError(
            f"the network has no output {features!r} of {len(weights)} numbers",
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
    graph.node.append(helper.make_node("Gemm", [features, WEIGHT, BIAS], [OUTPUT]))
    batch = sizes[features][0]
    shape = [batch.dim_param or batch.dim_value or None, 1]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape))
    onnx.checker.check_model(stored)
    return bytes(stored.SerializeToString())


def _remove(graph: onnx.GraphProto) -> None:
    for field in (graph.node, graph.initializer, graph.output):
        kept = [one for one in field if not _is_edit(one)]
        del field[:]
        field.extend(kept)


def _is_edit(one: object) -> bool:
    names = {getattr(one, "name", ""), *getattr(one, "output", ())}
    return bool(names & {OUTPUT, WEIGHT, BIAS})
