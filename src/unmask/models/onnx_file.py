"""A look into the bytes of an ONNX file without the onnx package: where its weights are, and what.

Only what bundles need: that no tensor lies outside the file (external data would run bytes nobody
hashed), that every weight is finite, and what the file calls the number of pictures. Field numbers
are those of onnx.proto3 of ONNX 1.17; the encoding is Protocol Buffers'
(protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unmask.errors import BundleError

Buffer = memoryview
# {message: {field: message in it}} of every message that may hold tensors further down.
TENSOR, SPARSE = "TensorProto", "SparseTensorProto"
INNER: dict[str, dict[int, str]] = {
    "ModelProto": {7: "GraphProto", 25: "FunctionProto"},
    "GraphProto": {1: "NodeProto", 5: TENSOR, 15: SPARSE},
    "FunctionProto": {7: "NodeProto", 11: "AttributeProto"},
    "NodeProto": {5: "AttributeProto"},
    "AttributeProto": {
        5: TENSOR,
        6: "GraphProto",
        10: TENSOR,
        11: "GraphProto",
        22: SPARSE,
        23: SPARSE,
    },
    SPARSE: {1: TENSOR, 2: TENSOR},
}
# Fields of TensorProto.
DATA_TYPE, FLOAT_DATA, NAME, RAW_DATA, DOUBLE_DATA = 2, 4, 8, 9, 10
EXTERNAL_DATA, DATA_LOCATION = 13, 14
# The way to the name of the first input's first dimension: ModelProto.graph, GraphProto.input,
# ValueInfoProto.type, TypeProto.tensor_type, Tensor.shape, TensorShapeProto.dim, dim_param.
TO_BATCH = (7, 11, 2, 1, 2, 1, 2)
FLOAT_TYPES = {1: "<f4", 10: "<f2", 11: "<f8"}  # FLOAT, FLOAT16, DOUBLE
UNFIT = "export the model again as one ONNX file: every weight inside it, and finite"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor of the file: its name, whether its values lie outside, and whether all are finite.

    Types without infinities (whole numbers) count as finite.
    """

    name: str
    external: bool
    finite: bool


def stored_tensors(model: bytes) -> tuple[StoredTensor, ...]:
    """Every tensor of an ONNX file, those in nodes and subgraphs too.

    Raises BundleError where the bytes are not a protobuf message with a graph.
    """
    try:
        data = memoryview(model)
        if not any(number == 7 and wire == 2 for number, wire, _ in _fields(data)):
            raise BundleError("model.onnx holds no graph", UNFIT)
        return tuple(_read_tensor(one) for one in _walk(data, "ModelProto"))
    except (IndexError, ValueError, RecursionError) as error:
        raise BundleError(f"model.onnx is not an ONNX file ({error})", UNFIT) from error


def batch_name(model: bytes) -> str | None:
    """What an ONNX file calls the first dimension of its first input; None where it is a number.

    None, too, where the bytes are no ONNX file: whoever opens them says so.
    """
    data = memoryview(model)
    try:
        for wanted in TO_BATCH:
            data = next(
                value for number, wire, value in _fields(data) if (number, wire) == (wanted, 2)
            )
        return bytes(data).decode("utf-8") or None
    except (IndexError, ValueError, StopIteration):
        return None


def refuse_external_data(model: bytes) -> None:
    """BundleError where a tensor of the ONNX file keeps its values in another file."""
    outside = [one.name for one in stored_tensors(model) if one.external]
    if outside:
        raise BundleError(f"model.onnx keeps {outside[0]!r} in another file", UNFIT)


def _walk(data: Buffer, message: str) -> Iterator[Buffer]:
    if message == TENSOR:
        yield data
        return
    inner = INNER[message]
    for number, wire, value in _fields(data):
        if wire == 2 and number in inner:
            yield from _walk(value, inner[number])


def _read_tensor(data: Buffer) -> StoredTensor:
    name, external, finite, kind = "", False, True, 0
    raw: Buffer = memoryview(b"")
    for number, wire, value in _fields(data):
        if number == NAME and wire == 2:
            name = bytes(value).decode("utf-8")
        elif number == DATA_TYPE and wire == 0:
            kind = int.from_bytes(value, "little")
        elif number == RAW_DATA and wire == 2:
            raw = value
        elif number == EXTERNAL_DATA or (number == DATA_LOCATION and any(value)):
            external = True
        elif number in {FLOAT_DATA, DOUBLE_DATA} and wire in {1, 2, 5}:
            finite = finite and _finite(value, "<f4" if number == FLOAT_DATA else "<f8")
    if kind in FLOAT_TYPES:
        finite = finite and _finite(raw, FLOAT_TYPES[kind])
    return StoredTensor(name, external, finite)


def _finite(data: Buffer, dtype: str) -> bool:
    return bool(np.isfinite(np.frombuffer(data, dtype)).all())


def _fields(data: Buffer) -> Iterator[tuple[int, int, Buffer]]:
    """(field number, wire type, value) of one message; whole numbers as little-endian bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, wire, memoryview(value.to_bytes(8, "little"))
            continue
        size = {1: 8, 5: 4}.get(wire)
        if wire == 2:
            size, at = _varint(data, at)
        if size is None or at + size > len(data):
            raise ValueError(f"a broken field at byte {at}")
        yield number, wire, data[at : at + size]
        at += size


def _varint(data: Buffer, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 64, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), at
    raise ValueError(f"a number too long at byte {at}")
