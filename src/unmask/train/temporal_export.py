"""Export of the network over time to `temporal.onnx`, checked against torch."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch

from unmask.errors import UsageError
from unmask.models.bundle import TEMPORAL_INPUTS, TEMPORAL_OUTPUT
from unmask.models.session import open_session
from unmask.train.export import OPSET, TOLERANCE
from unmask.train.temporal_network import TemporalNetwork

SHAPES = ((1, 4), (1, 33), (5, 8))  # tracks, frames: one at a time as well as windows at once


def export_temporal(network: TemporalNetwork) -> bytes:
    """The ONNX file for (N, T, F) features and (N, T) gaps, any N and T; output (N,) logits."""
    network = network.eval()
    features = network.mean.shape[0]
    axes = {name: {0: "tracks", 1: "frames"} for name in TEMPORAL_INPUTS}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "temporal.onnx"
        warnings.simplefilter("ignore")  # the tracer's note on LSTMs and batch sizes: checked below
        torch.onnx.export(
            network,
            (torch.zeros(2, 6, features), torch.zeros(2, 6)),
            file,
            input_names=list(TEMPORAL_INPUTS),
            output_names=[TEMPORAL_OUTPUT],
            dynamic_axes={**axes, TEMPORAL_OUTPUT: {0: "tracks"}},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(file)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def check_temporal_parity(network: TemporalNetwork, model: bytes, *, seed: int = 0) -> float:
    """Largest difference of the file from torch on random tracks; UsageError above `TOLERANCE`."""
    generator = torch.Generator().manual_seed(seed)
    session = open_session(model, threads=1)
    worst = 0.0
    for tracks, frames in SHAPES:
        drawn = torch.randn(tracks, frames, network.mean.shape[0], generator=generator)
        features = network.mean + drawn * network.scale
        gaps = torch.rand(tracks, frames, generator=generator)
        feed = dict(zip(TEMPORAL_INPUTS, (features.numpy(), gaps.numpy()), strict=True))
        (served,) = session.run([TEMPORAL_OUTPUT], feed)
        with torch.no_grad():
            wanted = network.eval()(features, gaps).numpy()
        worst = max(worst, float(np.abs(served - wanted).max()))
    if worst > TOLERANCE:
        raise UsageError(
            f"the exported network over time differs from torch by {worst:.1e}",
            "report this with the versions of torch and onnx",
        )
    return worst
