"""Export a run to `model.onnx`: one pass gives logits, cam, blend and features.

The exported file is checked against torch and against autograd Grad-CAM before it is accepted;
`evaluate/publish.py` then calibrates it and writes the card.
"""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from unmask.errors import UsageError
from unmask.models.session import open_session
from unmask.train.network import Detector, Exported

OPSET = 17
TOLERANCE = 1e-4  # of outputs and of the map, against torch and autograd


@dataclass(frozen=True, slots=True)
class Parity:
    """Largest absolute differences: ONNX to torch, and closed-form map to autograd Grad-CAM."""

    outputs: float
    grad_cam: float


def export_onnx(detector: Detector, size_px: int) -> bytes:
    """The ONNX file of the network for (N, 3, size_px, size_px) input named "image"."""
    detector = detector.eval().to(memory_format=torch.contiguous_format)
    exported = Exported(detector).eval()
    axes = {name: {0: "batch"} for name in ("image", *exported.names)}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        warnings.simplefilter("ignore")  # the tracer's notes on constant shapes
        torch.onnx.export(
            exported,
            (torch.zeros(2, 3, size_px, size_px),),
            file,
            input_names=["image"],
            output_names=list(exported.names),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(file)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def autograd_grad_cam(detector: Detector, image: Tensor, klass: int) -> Tensor:
    """Grad-CAM by its definition (Selvaraju et al., 2017), without the ReLU: (N, h, w).

    Channel weights are the gradients of the logit averaged over the map's cells.
    """
    last, _ = detector.backbone(image)
    last = last.detach().requires_grad_(True)
    logits = detector.head(last.mean(dim=(2, 3)))
    (gradient,) = torch.autograd.grad(logits[:, klass].sum(), last)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    return torch.sum(weights * last, dim=1)


def check_parity(detector: Detector, model: bytes, size_px: int, *, seed: int = 0) -> Parity:
    """Compare the file with torch on random pictures; UsageError above `TOLERANCE`."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand(3, 3, size_px, size_px, generator=generator) * 2 - 1
    exported = Exported(detector).eval()
    names = list(exported.names)
    served = open_session(model, threads=1).run(names, {"image": image.numpy()})
    with torch.no_grad():
        wanted = exported(image)
    outputs = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(served, wanted, strict=True))
    maps = max(
        float(
            np.abs(served[1][:, k] - autograd_grad_cam(detector, image, k).detach().numpy()).max()
        )
        for k in range(served[0].shape[1])
    )
    if max(outputs, maps) > TOLERANCE:
        raise UsageError(
            f"the exported network differs from torch by {max(outputs, maps):.1e}",
            "report this with the versions of torch and onnx",
        )
    return Parity(outputs, maps)
