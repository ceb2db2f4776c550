"""From a training run to a bundle: export, calibrate, choose thresholds, write the card.

Validation faces choose everything: people the network never saw and, where scores of a run that
left whole sources out are given, sources it never saw. The test split is not read here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.data.manifest import read_manifest, read_meshes
from unmask.errors import UsageError
from unmask.evaluate.calibrate import (
    balance,
    calibrate,
    fake_probability,
    reliability_bins,
    threshold_for,
)
from unmask.evaluate.scores import UNREADABLE, score_rows
from unmask.models.bundle import CARD_FILE, INPUT, MODEL_FILE, load_bundle
from unmask.models.session import open_session
from unmask.settings import Settings
from unmask.train.checkpoint import trained_network
from unmask.train.committee import halve_weights, join_models, members_of, mix_models
from unmask.train.config import Config, read_run_config
from unmask.train.export import check_parity, export_onnx
from unmask.train.network import Detector, Exported
from unmask.train.unfold import network_of

PEAK_QUANTILE = 0.9  # of manipulated validation faces: the map's scale
SCALE_MIN = 1e-4  # of the map, where no validation face has anything on it
MARGINS = (0.95, 1.15)  # of the views of a face, chosen among five on validation
SHARES = (0.05, 0.95)  # range of a region's share over genuine validation faces


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person decides about a bundle; everything else is measured.

    false_alarms   share of genuine validation faces that each kind of manipulation may call,
                   sources alike
    misses         share of manipulated validation faces under `clear_below`, sources alike
    margins, flip, alternate   the views of a face (`models.card.CropRecipe`)
    """

    name: str
    version: str
    size_px: int
    false_alarms: float
    misses: float
    margins: tuple[float, ...] = MARGINS
    flip: bool = True
    alternate: bool = False


def provisional_card(
    config: Config, plan: Plan, model: bytes, outputs: tuple[str, ...]
) -> dict[str, Any]:
    """A card without calibration: enough to run the bundle and measure it.

    `outputs` are the names of the network's outputs; what it lacks is null on the card.
    """
    names = ("logits", "cam", "blend", "features")
    return {
        "schema": 1,
        "task": "face-manipulation",
        "architecture": config.architecture,
        "classes": list(config.classes),
        "input": {
            "size_px": plan.size_px,
            "mean": list(config.mean),
            "std": list(config.std),
            "colour": "rgb",
        },
        "track": {"rule": "trimmed_mean", "trim": 0.2, "min_frames": 4},
        "licence": "Apache-2.0",
        **_uncalibrated(
            plan, model, {name: name if name in outputs else None for name in names}, config.classes
        ),
    }


def _uncalibrated(
    plan: Plan, model: bytes, outputs: Mapping[str, str | None], classes: Sequence[str]
) -> dict[str, Any]:
    """What a card holds before anything was measured, whatever its network is."""
    return {
        "name": plan.name,
        "version": plan.version,
        "crop": {
            "margins": list(plan.margins),
            "flip": plan.flip,
            "alternate": plan.alternate,
        },
        "outputs": dict(outputs),
        "calibration": {
            "temperature": [1.0] * len(classes),
            "bias": [0.0] * len(classes),
            "bins": [],
        },
        "verdict": {"threshold": 0.9, "clear_below": 0.5, "rule": {"en": "-", "ko": "-"}},
        "limits_of_use": {
            "face_width_min_px": 30,
            "sharpness_min": 0.0,
            "exposure": [0.0, 1.0],
            "yaw_max_deg": 90,
            "needs_mesh": True,
        },
        "heat_map": {"scale": 1.0, "genuine_region_shares": {}},
        "population": {"en": "-", "ko": "-"},
        "training_data": [],
        "metrics": {},
        "limits": [],
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": {"model.onnx": hashlib.sha256(model).hexdigest()},
    }


def write_bundle(folder: Path, card: dict[str, Any], model: bytes | None = None) -> None:
    """Write card and, where given, model, whose sha256 goes on the card."""
    folder.mkdir(parents=True, exist_ok=True)
    if model is not None:
        (folder / "model.onnx").write_bytes(model)
        card = card | {"files": {"model.onnx": hashlib.sha256(model).hexdigest()}}
    text = json.dumps(card, indent=1, ensure_ascii=False)
    (folder / "card.json").write_text(text + "\n", "utf-8")


def export_run(run: Path, folder: Path, plan: Plan) -> dict[str, Any]:
    """Export the averaged weights of a run into a provisional bundle; its card."""
    config = read_run_config(run)
    network = trained_network(config, run)
    model = export_onnx(network, plan.size_px)
    card = provisional_card(config, plan, model, Exported(network).names)
    card["metrics"]["parity"] = _parity(network, model, plan.size_px)
    write_bundle(folder, card, model)
    return card


def join_bundles(
    folders: Sequence[Path],
    folder: Path,
    plan: Plan,
    shares: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Join the networks of several bundles into a provisional bundle; its card.

    `shares` says how much each network says of a class, where they do not count alike. Weights are
    stored in half precision: two networks then take the room of one. The first bundle's card says
    what the input is. UsageError where the networks do not fit together.
    """
    bundles = [load_bundle(one, Settings()) for one in folders]
    first = bundles[0].card
    if any((one.card.classes, one.card.input) != (first.classes, first.input) for one in bundles):
        raise UsageError(
            "the bundles differ in classes or input", "join bundles of one size and preprocessing"
        )
    table = _share_table(shares, first.classes, len(bundles))
    joined = join_models([one.model for one in bundles], table, first.real_index)
    model = halve_weights(joined)
    names = first.outputs.names
    card: dict[str, Any] = json.loads((folders[0] / CARD_FILE).read_text("utf-8"))
    for fitted in ("fusion", "temporal"):  # to the first network alone
        card.pop(fitted, None)
    card |= _uncalibrated(plan, model, card["outputs"], first.classes)
    counts = Counter(one.card.architecture for one in bundles)
    card["architecture"] = " + ".join(f"{n} x {name}" for name, n in counts.items())
    card["metrics"]["parity"] = _worst_parity([one.card.metrics["parity"] for one in bundles])
    gap = _largest_gap(joined, model, names, first.input.size_px)
    members = [one.card.files[MODEL_FILE] for one in bundles]
    card["metrics"]["committee"] = {
        "members_sha256": members,
        "shares": {name: list(table[:, k]) for k, name in enumerate(first.classes)},
        "half_precision_gap": gap,
    }
    write_bundle(folder, card, model)
    return card


def _share_table(
    shares: Mapping[str, Sequence[float]], classes: Sequence[str], members: int
) -> npt.NDArray[np.float64]:
    """(M, C) shares of the members in the classes; UsageError where they do not fit."""
    table = np.full((members, len(classes)), 1 / members)
    for name, column in shares.items():
        if name not in classes or len(column) != members or abs(sum(column) - 1) > 1e-6:
            raise UsageError(
                f"the shares {name}={','.join(map(str, column))} do not fit",
                f"name one of {', '.join(classes)} and {members} shares that add up to 1",
            )
        table[:, classes.index(name)] = column
    return table


def mix_bundles(folder: Path, other: Path, out: Path, plan: Plan, share: float) -> None:
    """Write a provisional bundle: a network of `folder`, mixed with `share` of that of `other`.

    Of a committee in `folder` the first member of the other's architecture is taken. UsageError
    where there is none.
    """
    bundle = load_bundle(other, Settings())
    for member in members_of(load_bundle(folder, Settings()).model):
        with contextlib.suppress(UsageError):
            model = mix_models(member, bundle.model, share)
            break
    else:
        raise UsageError(f"no network of {folder} is of the architecture of {other}", "mix others")
    card: dict[str, Any] = json.loads((other / CARD_FILE).read_text("utf-8"))
    card |= _uncalibrated(plan, model, card["outputs"], bundle.card.classes)
    blend = bundle.card.outputs.blend is not None
    network = network_of(model, bundle.card.architecture, len(bundle.card.classes), blend=blend)
    card["metrics"]["parity"] = _parity(network, model, plan.size_px)
    write_bundle(out, card, model)


def _parity(network: Detector, model: bytes, size_px: int) -> dict[str, float]:
    parity = check_parity(network, model, size_px)
    return {"onnx_torch": parity.outputs, "cam_autograd": parity.grad_cam}


def _worst_parity(parities: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: max(one[name] for one in parities) for name in parities[0]}


def _largest_gap(one: bytes, other: bytes, names: Sequence[str], size_px: int) -> float:
    """The largest difference of any output on random pictures."""
    shape = (4, 3, size_px, size_px)
    image = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    results = [open_session(model, 1).run(list(names), {INPUT: image}) for model in (one, other)]
    return float(max(np.abs(a - b).max() for a, b in zip(*results, strict=True)))


def score_split(
    folder: Path,
    manifest: Path,
    split: str,
    sources: tuple[str, ...] = (),
    *,
    without: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Scores of a bundle on a split ("" = every row), of some `sources` alone or `without` some."""
    table = read_manifest(manifest)
    landmarks, mesh_score = read_meshes(manifest)
    keep = np.ones(len(table), bool) if not split else (table["split"] == split).to_numpy()
    if sources:
        keep = keep & table["source"].isin(sources).to_numpy()
    keep = keep & ~table["source"].isin(without).to_numpy()
    bundle = load_bundle(folder, Settings())
    return score_rows(bundle, table[keep].reset_index(drop=True), landmarks[keep], mesh_score[keep])


def calibrate_card(
    card: dict[str, Any], validation: pd.DataFrame, unseen: pd.DataFrame | None, plan: Plan
) -> dict[str, Any]:
    """Fill calibration, thresholds, limits of use and map scale of a card from scores.

    `unseen` are scores of sources that a training left out, by a network like this one: without
    them the probability would be too sure, and the threshold too low, on any source but its own.
    """
    usable = int((validation["reason"] == "").sum())
    known = validation if unseen is None else pd.concat([validation, unseen], ignore_index=True)
    expect_both_sides(known)
    known = known[known["reason"] == ""].reset_index(drop=True)
    classes = card["classes"]
    real_index = classes.index("real")
    logits = known[[f"logit_{name}" for name in classes]].to_numpy(np.float64)
    fake = (known["klass"] != "real").to_numpy()
    source = known["source"].to_numpy(object)
    fit, threshold = calibrate(logits, real_index, fake, source, plan.false_alarms)
    probability = fake_probability(logits, real_index, fit)
    card["calibration"] = {
        "temperature": [round(one, 5) for one in fit.temperature],
        "bias": [round(one, 5) for one in fit.bias],
        "bins": reliability_bins(probability, fake, balance(fake, source)),
    }
    missed = threshold_for(1 - probability[fake], source[fake], plan.misses)
    # Rounded so that no face more is called or cleared than was allowed.
    card["verdict"]["threshold"] = min(1.0, math.ceil(threshold * 1e4) / 1e4)
    card["verdict"]["clear_below"] = math.floor(min(max(0.01, 1 - missed), threshold) * 1e4) / 1e4
    # Peaks of `unseen` were measured by another network, in units of its own card's scale.
    own = fake & (np.arange(len(known)) < usable)
    called = own & (probability >= threshold)
    peaks = known.loc[called if called.any() else own, "peak"] * card["heat_map"]["scale"]
    card["heat_map"] = {
        "scale": round(max(float(peaks.quantile(PEAK_QUANTILE)), SCALE_MIN), 4),
        "genuine_region_shares": _region_ranges(known[~fake]),
    }
    return card


def expect_both_sides(scores: pd.DataFrame) -> None:
    """UsageError where the scores hold no usable face of one side to calibrate on."""
    usable, real = scores["reason"] == "", scores["klass"] == "real"
    for kind, side in (("genuine", real), ("manipulated", ~real)):
        if not (usable & side).any():
            lost = unreadable(scores)
            why = f" ({len(lost)} pictures cannot be read, {lost[0]} first)" if lost else ""
            raise UsageError(
                f"the validation split holds no usable {kind} face to calibrate on{why}",
                "give the validation split a larger share, or name another --manifest",
            )


def unreadable(scores: pd.DataFrame) -> tuple[str, ...]:
    """The paths of the pictures that could not be read."""
    return tuple(scores.loc[scores["reason"] == UNREADABLE, "path"])


def _region_ranges(genuine: pd.DataFrame) -> dict[str, list[float]]:
    shares = pd.DataFrame([one for one in genuine["shares"] if one])
    low, high = shares.quantile(SHARES[0]), shares.quantile(SHARES[1])
    return {name: [round(low[name], 4), round(high[name], 4)] for name in shares.columns}


def apply_text(card: dict[str, Any], path: Path) -> dict[str, Any]:
    """Take over what people wrote: population, limits, rule, data and terms (a TOML file)."""
    text = tomllib.loads(path.read_text("utf-8"))
    card["verdict"]["rule"] = text["rule"]
    for name in ("blockiness_max", "sharpness_min"):
        if name in text:
            card["verdict"][name] = text[name]
    for name in ("population", "limits", "training_data", "limits_of_use", "licence"):
        card[name] = text[name]
    return card
