"""Several exported networks as one file: a committee whose answer is the mean of its members'.

Networks that were trained apart err apart, so the mean of their logits errs less (Lakshminarayanan
et al., "Simple and scalable predictive uncertainty estimation using deep ensembles", 2017). Where
one knows a class better than the others, it may have a larger share in that class alone. The closed
form of Grad-CAM is linear in the members: their maps with those shares, summed, plus their biases
with those shares is still the logit. Stands behind `train/export.py`; knows files, no torch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, compose, helper, numpy_helper

from unmask.errors import UsageError

INPUT = "image"
PREFIX, HALF = "member{}/", ".half"
JOINED = "features"  # of every member, side by side
SHARED = ("logits", "cam")  # by the shares of their classes; all other outputs are averaged
SHARES, SHARES_OF_MAPS = "shares", "shares.maps"
HALVED_FROM = 256  # values; smaller tensors (biases) stay as they are
SAME = "name bundles of one input size, with the same classes and heads"


def share_matrix(shares: npt.NDArray[np.floating], real: int) -> npt.NDArray[np.float32]:
    """(C, M C) float32: logits of the committee from those of its M members in a row.

    `shares` (M, C) are what each member says of each class; every column adds up to 1. A class is
    weighed against `real` inside each member, because only differences of logits mean anything.
    """
    members, classes = shares.shape
    matrix = np.zeros((classes, members, classes))
    for one in range(classes):
        matrix[one, :, real] = shares[:, real] - shares[:, one]
        matrix[one, :, one] += shares[:, one]
    return matrix.reshape(classes, members * classes).astype(np.float32)


def shares_of(model: bytes) -> npt.NDArray[np.float32] | None:
    """The `share_matrix` of a committee; None of any other network."""
    stored = onnx.load_from_string(model).graph.initializer
    return next((numpy_helper.to_array(one) for one in stored if one.name == SHARES), None)


def join_models(
    models: Sequence[bytes], shares: npt.NDArray[np.floating] | None = None, real: int = 0
) -> bytes:
    """One ONNX file with the members' outputs joined: logits and maps by `shares`, else means.

    `shares` (M, C) are those of `share_matrix`, equal ones where there are none. UsageError where
    inputs or outputs differ, or where there are fewer than two members.
    """
    if len(models) < 2:
        raise UsageError(f"expected two or more networks, got {len(models)}", SAME)
    members = [onnx.load_from_string(model) for model in models]
    _expect_alike(members)
    first = members[0]
    named = [
        compose.add_prefix(member, PREFIX.format(index), rename_inputs=False)
        for index, member in enumerate(members)
    ]
    if shares is None:
        shares = np.full((len(members), _classes(first)), 1 / len(members))
    matrix = share_matrix(shares, real)
    layers = [
        numpy_helper.from_array(matrix, SHARES),
        numpy_helper.from_array(matrix[:, :, None, None], SHARES_OF_MAPS),
    ]
    nodes = [node for member in named for node in member.graph.node]
    outputs: list[ValueInfoProto] = []
    for output in first.graph.output:
        sources = [PREFIX.format(index) + output.name for index in range(len(members))]
        if output.name == JOINED:
            nodes.append(helper.make_node("Concat", sources, [output.name], axis=1))
        elif output.name in SHARED:
            row = f"{SHARES}.{output.name}"
            nodes.append(helper.make_node("Concat", sources, [row], axis=1))
            nodes.append(_weighed(row, output.name))
        else:
            nodes.append(helper.make_node("Mean", sources, [output.name]))
        outputs.append(_joined_output(output, len(members)))
    graph = helper.make_graph(
        nodes,
        "committee",
        list(first.graph.input),
        outputs,
        [*layers, *(one for member in named for one in member.graph.initializer)],
    )
    joined = helper.make_model(graph, opset_imports=list(first.opset_import))
    joined.ir_version = first.ir_version
    onnx.checker.check_model(joined)
    return bytes(joined.SerializeToString())


def _weighed(row: str, output: str) -> NodeProto:
    if output == "logits":
        return helper.make_node("Gemm", [row, SHARES], [output], transB=1)
    return helper.make_node("Conv", [row, SHARES_OF_MAPS], [output])


def _classes(member: ModelProto) -> int:
    sizes = {one.name: _sides(one) for one in member.graph.output}
    return sizes["logits"][1]


def mix_models(model: bytes, other: bytes, share: float) -> bytes:
    """One network with (1 - share) of the weights of `model` and `share` of those of `other`.

    Both come from one training that went on: the mean of such weights often judges new sources
    better than either (Wortsman et al., "Model soups", ICML 2022). UsageError where they are not of
    one architecture.
    """
    mixed, added = onnx.load_from_string(model), onnx.load_from_string(other)
    theirs = {one.name: numpy_helper.to_array(one) for one in added.graph.initializer}
    ours = {one.name: numpy_helper.to_array(one) for one in mixed.graph.initializer}
    if {k: v.shape for k, v in ours.items()} != {k: v.shape for k, v in theirs.items()}:
        raise UsageError("the networks differ in their layers", "mix networks of one architecture")
    for tensor in mixed.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = (1 - share) * ours[tensor.name] + share * theirs[tensor.name]
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float32), tensor.name))
    return bytes(mixed.SerializeToString())


def members_of(model: bytes) -> list[bytes]:
    """The networks of a committee as files of their own; of any other network that one alone.

    Their weights are as wide as they were rounded: in single precision.
    """
    joined = onnx.load_from_string(model)
    found: list[bytes] = []
    while True:
        prefix = PREFIX.format(len(found))
        nodes = [node for node in joined.graph.node if node.output[0].startswith(prefix)]
        if not nodes:
            return found or [model]
        found.append(_member(joined, nodes, prefix))


def _member(joined: ModelProto, nodes: Sequence[NodeProto], prefix: str) -> bytes:
    weights: list[TensorProto] = []
    for tensor in joined.graph.initializer:
        if tensor.name.startswith(prefix):
            values = numpy_helper.to_array(tensor)
            name = tensor.name.removeprefix(prefix)
            if name.endswith(HALF):
                values, name = values.astype(np.float32), name.removesuffix(HALF)
            weights.append(numpy_helper.from_array(values, name))
    widened, kept = {one.name for one in weights}, list[NodeProto]()
    for node in nodes:
        own = NodeProto()
        own.CopyFrom(node)
        for field in (own.input, own.output):
            field[:] = [name.removeprefix(prefix) for name in field]
        if not (own.op_type == "Cast" and own.output[0] in widened):
            kept.append(own)
    made = {name for node in kept for name in node.output}
    outputs = []
    for output in joined.graph.output:
        if output.name in made:
            alone = ValueInfoProto()
            alone.CopyFrom(output)
            if output.name == JOINED:
                alone.type.tensor_type.shape.dim[1].ClearField("value")
            outputs.append(alone)
    graph = helper.make_graph(kept, "member", list(joined.graph.input), outputs, weights)
    member = helper.make_model(graph, opset_imports=list(joined.opset_import))
    member.ir_version = joined.ir_version
    onnx.checker.check_model(member)
    return bytes(member.SerializeToString())


def _expect_alike(members: Sequence[ModelProto]) -> None:
    def face(member: ModelProto) -> tuple[object, ...]:
        put = [(one.name, _sides(one)) for one in member.graph.input]
        got = [(one.name, _sides(one)) for one in member.graph.output if one.name != JOINED]
        return put, got, [one.name for one in member.graph.output], member.opset_import[0].version

    for member in members[1:]:
        if face(member) != face(members[0]):
            raise UsageError("the networks differ in their input or their outputs", SAME)


def _sides(value: ValueInfoProto) -> tuple[int, ...]:
    return tuple(side.dim_value for side in value.type.tensor_type.shape.dim)


def _joined_output(output: ValueInfoProto, members: int) -> ValueInfoProto:
    joined = ValueInfoProto()
    joined.CopyFrom(output)
    if output.name == JOINED:
        joined.type.tensor_type.shape.dim[1].dim_value *= members
    return joined


def halve_weights(model: bytes) -> bytes:
    """The same network with its weights stored in half precision: half the file.

    It computes in single precision as before, on weights rounded to 11 bits; onnxruntime widens
    them once, when it opens the file. UsageError where a weight does not fit into half precision.
    """
    stored = onnx.load_from_string(model)
    kept, casts = [], []
    for tensor in stored.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < HALVED_FROM:
            kept.append(tensor)
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if not np.isfinite(half).all():
            raise UsageError(
                f"a weight of {tensor.name!r} exceeds half precision", "store it as it is"
            )
        kept.append(numpy_helper.from_array(half, tensor.name + HALF))
        cast = helper.make_node("Cast", [tensor.name + HALF], [tensor.name], to=TensorProto.FLOAT)
        casts.append(cast)
    nodes = [*casts, *stored.graph.node]
    for field, entries in (("initializer", kept), ("node", nodes)):
        stored.graph.ClearField(field)
        getattr(stored.graph, field).extend(entries)
    onnx.checker.check_model(stored)
    return bytes(stored.SerializeToString())
