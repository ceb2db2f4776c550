"""Eight-bit copies of an exported network: static, quantise-dequantise, calibrated on crops.

Only the backbone is quantised. The heads stay in float32 and read the same map, so that a class's
map still adds up to its logit; `evaluate/int8.py` decides whether the copy is worth keeping.
Follows onnxruntime's static quantisation (Jacob et al., 2018, for the scheme).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from unmask.models.session import open_session

Inputs = npt.NDArray[np.float32]
BATCH = 8
ROUNDS, WARM_UP = 40, 5


class _Crops(CalibrationDataReader):  # type: ignore[misc]  # the base class has no types
    def __init__(self, images: Inputs) -> None:
        self._batches: Iterator[Inputs] = iter(
            images[first : first + BATCH] for first in range(0, len(images), BATCH)
        )

    def get_next(self) -> dict[str, Inputs] | None:
        """The next batch by the name of the input; None after the last."""
        batch = next(self._batches, None)
        return None if batch is None else {"image": batch}


def quantise(model: bytes, images: Inputs) -> bytes:
    """The network with an 8-bit backbone; `images` (N, 3, S, S) are normalised training crops."""
    with tempfile.TemporaryDirectory() as folder:
        plain, ready, small = (Path(folder) / f"{name}.onnx" for name in ("a", "b", "c"))
        plain.write_bytes(model)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(small),
            _Crops(images),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=_head_nodes(onnx.load(ready)),
        )
        quantised = onnx.load(small)
        onnx.checker.check_model(quantised)
        return bytes(quantised.SerializeToString())


def _head_nodes(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes behind the last map: pooling, heads, maps."""
    makers = {name: node for node in model.graph.node for name in node.output}
    pooled = makers["features"]
    backbone: set[str] = set()
    waiting = [name for name in pooled.input if name in makers]
    while waiting:
        node = makers[waiting.pop()]
        if node.name not in backbone:
            backbone.add(node.name)
            waiting += [name for name in node.input if name in makers]
    return [node.name for node in model.graph.node if node.name not in backbone]


def time_ratio(model: bytes, other: bytes, size_px: int) -> float:
    """Time of `other` over time of `model` for one picture on one thread.

    Medians of runs taken in turn; CPU time, which other work on the machine disturbs least.
    """
    image = np.random.default_rng(0).normal(0, 0.5, (1, 3, size_px, size_px)).astype(np.float32)
    sessions: list[Any] = [open_session(one, threads=1) for one in (model, other)]
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(WARM_UP + ROUNDS):
        for session, held in zip(sessions, times, strict=True):
            start = time.thread_time()
            session.run(None, {"image": image})
            if turn >= WARM_UP:
                held.append(time.thread_time() - start)
    return statistics.median(times[1]) / statistics.median(times[0])
