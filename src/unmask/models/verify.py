"""What `unmask doctor` and `unmask models verify` run over a bundle: every promise of its card.

One row per check; a check that fails says what was expected and what came, and the ones after it
that need its result are listed as skipped, never left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unmask.errors import BundleError
from unmask.models.bundle import (
    INPUT,
    RUNTIME_ERRORS,
    TEMPORAL_INPUTS,
    TEMPORAL_OUTPUT,
    Bundle,
    load_bundle,
)
from unmask.models.card import Card
from unmask.models.onnx_file import stored_tensors
from unmask.models.preprocess import network_input
from unmask.settings import Settings
from unmask.types import Check, CheckStatus, FloatArray

# sum over a class's map + head bias = logit, in float32 over some hundred summands.
CAM_TOLERANCE = 1e-3


def verify_bundle(name_or_folder: str | Path, settings: Settings) -> tuple[Check, ...]:
    """Rows "card and hashes", "finite weights", "outputs", "closed-form map" of a bundle.

    And "network over time" where the bundle has that part.
    """
    names = ["card and hashes", "finite weights", "outputs", "closed-form map"]
    rows: list[Check] = []
    try:
        bundle = load_bundle(name_or_folder, settings)
        rows.append(Check(names[0], CheckStatus.RUN, f"sha256 {bundle.sha256}"))
        rows.append(Check(names[1], CheckStatus.RUN, _finite_weights(bundle)))
        outputs = _run(bundle, settings)
        rows.append(Check(names[2], CheckStatus.RUN, _shapes(bundle.card, outputs)))
        rows.append(Check(names[3], CheckStatus.RUN, _exact_map(bundle.card, outputs)))
        if bundle.card.temporal is not None:
            names.append("network over time")
            rows.append(Check(names[4], CheckStatus.RUN, _runs_over_time(bundle, settings)))
    except BundleError as error:
        rows.append(Check(names[len(rows)], CheckStatus.FAILED, error.message))
    skipped = f"{rows[-1].name} failed"
    return (*rows, *(Check(name, CheckStatus.SKIPPED, skipped) for name in names[len(rows) :]))


def _fail(expected: str, got: object) -> BundleError:
    return BundleError(f"expected {expected}, got {got}", "export the bundle again")


def _finite_weights(bundle: Bundle) -> str:
    parts = [data for name, data in bundle.parts.items() if name.endswith(".onnx")]
    tensors = [one for model in (bundle.model, *parts) for one in stored_tensors(model)]
    for one in tensors:
        if not one.finite:
            raise _fail("finite weights", f"others in {one.name!r}")
    return f"{len(tensors)} tensors"


def _run(bundle: Bundle, settings: Settings) -> dict[str, FloatArray]:
    """The network's answer to two grey faces, by output name."""
    spec, names = bundle.card.input, bundle.card.outputs.names
    session = bundle.open_session(settings.threads)
    shape = (spec.size_px, spec.size_px, 3)
    faces = np.stack([np.full(shape, grey, np.uint8) for grey in (64, 192)])
    try:
        values = session.run(list(names), {INPUT: network_input(faces, spec)})
    except RUNTIME_ERRORS as error:
        raise _fail(f"a network that takes (N, 3, {shape[0]}, {shape[1]})", error) from error
    return dict(zip(names, values, strict=True))


def _shapes(card: Card, outputs: dict[str, FloatArray]) -> str:
    classes = len(card.classes)
    for name, value in outputs.items():
        if value.dtype != np.float32 or not np.isfinite(value).all():
            raise _fail(f"finite float32 from {name!r}", value.dtype)
    shapes = {name: value.shape for name, value in outputs.items()}
    logits, cam = shapes[card.outputs.logits], shapes[card.outputs.cam]
    if logits != (2, classes):
        raise _fail(f"logits (N, {classes})", logits)
    if len(cam) != 4 or cam[:2] != (2, classes):
        raise _fail(f"cam (N, {classes}, h, w)", cam)
    if card.outputs.blend and not _is_blend(outputs[card.outputs.blend]):
        raise _fail("blend (N, 1, H, W) in 0..1", shapes[card.outputs.blend])
    if card.outputs.edit and shapes[card.outputs.edit] != (2, 1):
        raise _fail("edit (N, 1)", shapes[card.outputs.edit])
    return ", ".join(f"{name} {shape[1:]}" for name, shape in shapes.items())


def _is_blend(value: FloatArray) -> bool:
    in_range = bool(value.min() >= 0 and value.max() <= 1)
    return value.ndim == 4 and value.shape[:2] == (2, 1) and in_range


def _exact_map(card: Card, outputs: dict[str, FloatArray]) -> str:
    """logits - sum(cam) must be one bias per class, the same for every picture."""
    bias = outputs[card.outputs.logits] - outputs[card.outputs.cam].sum(axis=(2, 3))
    gap = float(np.abs(bias[0] - bias[1]).max())
    if gap > CAM_TOLERANCE:
        raise _fail("sum(cam) + bias = logits", f"a gap of {gap:.2g}")
    return f"sum(cam) + bias = logits to {gap:.1e}"


def _runs_over_time(bundle: Bundle, settings: Settings) -> str:
    """The temporal part must take tracks of any length and give one finite number for each."""
    spec = bundle.card.temporal
    if spec is None:
        raise _fail("a section temporal on the card", None)
    session = bundle.open_temporal(settings.threads)
    for tracks, frames in ((1, spec.frames_min), (3, 2 * spec.window_frames + 1)):
        inputs = (np.zeros((tracks, frames, spec.features), np.float32),
                  np.full((tracks, frames), 0.04, np.float32))  # fmt: skip
        try:
            feed = dict(zip(TEMPORAL_INPUTS, inputs, strict=True))
            (logit,) = session.run([TEMPORAL_OUTPUT], feed)
        except RUNTIME_ERRORS as error:
            raise _fail(f"a network that takes (N, T, {spec.features})", error) from error
        if logit.shape != (tracks,) or not np.isfinite(logit).all():
            raise _fail(f"{tracks} finite numbers", logit.shape)
    return f"features {spec.features}, {spec.frames_min} frames or more"
