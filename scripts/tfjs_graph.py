"""A TensorFlow.js graph model as a TensorFlow graph, for `make_networks.py`.

TensorFlow.js keeps the graph in `model.json` (TensorFlow's GraphDef as JSON) and the weights apart,
float16 where they were made smaller. Its converter fuses a convolution with its bias and activation
into one node, which tf2onnx does not know: such nodes are taken apart again. Needs `tensorflow`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from numpy.typing import NDArray
from tensorflow.core.framework import graph_pb2
from tensorflow.python.framework import tensor_util

UNFUSED = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
CONVOLUTION = ("T", "strides", "padding", "dilations", "data_format", "explicit_paddings")
STORED = {"float16": np.float16, "float32": np.float32, "int32": np.int32, "bool": np.bool_}


def read_graph(model_json: bytes, weights: bytes) -> tuple[Any, list[str]]:
    """(GraphDef with its weights and without fused nodes, names of its outputs)."""
    model = json.loads(model_json)
    values = _weights(model["weightsManifest"], weights)
    nodes = model["modelTopology"]["node"]
    for node in nodes:
        if node["op"] == "Const" and node["name"] in values:
            node["attr"]["value"]["tensor"].pop("tensorContent", None)
    graph = json_format.ParseDict({"node": nodes}, graph_pb2.GraphDef(), ignore_unknown_fields=True)
    for node in graph.node:
        if node.op == "Const" and node.name in values:
            tensor = tensor_util.make_tensor_proto(values[node.name], dtype=node.attr["dtype"].type)
            node.attr["value"].tensor.CopyFrom(tensor)
    outputs = [one["name"] for one in model["signature"]["outputs"].values()]
    return _unfused(graph), outputs


def run_graph(graph: Any, outputs: list[str], value: NDArray[Any]) -> list[NDArray[Any]]:
    """What TensorFlow itself makes of an input."""
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.import_graph_def(graph, name="")
        feed = next(node.name for node in graph.node if node.op == "Placeholder")
        found: list[NDArray[Any]] = session.run(outputs, {f"{feed}:0": value})
    return found


def _weights(manifest: list[dict[str, Any]], data: bytes) -> dict[str, NDArray[Any]]:
    """{name: array} in the types the graph wants, from one file."""
    values, offset = {}, 0
    for weight in (one for group in manifest for one in group["weights"]):
        stored = STORED[(weight.get("quantization") or weight)["dtype"]]
        count = int(np.prod(weight["shape"])) if weight["shape"] else 1
        array = np.frombuffer(data, stored, count, offset)
        offset += array.nbytes
        values[weight["name"]] = array.astype(STORED[weight["dtype"]]).reshape(weight["shape"])
    return values


def _unfused(graph: Any) -> Any:
    plain = graph_pb2.GraphDef()
    for node in graph.node:
        if node.op in UNFUSED:
            _take_apart(node, plain)
        else:
            plain.node.add().CopyFrom(node)
    return plain


def _take_apart(node: Any, graph: Any) -> None:
    """Convolution, then bias and activation as nodes of their own; the last keeps the name."""
    steps = [name.decode() for name in node.attr["fused_ops"].list.s]
    inputs = list(node.input)
    base = graph.node.add(op=UNFUSED[node.op], name=f"{node.name}/convolution")
    base.input.extend(inputs[:2])
    for key in CONVOLUTION:
        if key in node.attr and not (key == "explicit_paddings" and not node.attr[key].list.i):
            base.attr[key].CopyFrom(node.attr[key])
    last, further = base.name, inputs[2:]
    for place, step in enumerate(steps):
        final = place == len(steps) - 1
        one = graph.node.add(op=step, name=node.name if final else f"{node.name}/{step}")
        one.input.append(last)
        if step == "BiasAdd":
            one.input.append(further.pop(0))
        one.attr["T"].CopyFrom(node.attr["T"])
        last = one.name
