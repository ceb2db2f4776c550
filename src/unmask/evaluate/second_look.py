"""Gives a bundle its second look: the network for patches, and how far it may move the first.

A run trained on patches + validation scores -> [here] -> the part `patches.onnx` and the card's
section `patches`, which `detectors/patches.py` serves. What is usual, and from where on anything is
added, comes from genuine validation faces; the weight and the span are decisions that only sources
left out can tell (docs/RESULTS.md): on sources trained on, the first network leaves nothing to be
said. Temperature, bias and thresholds stay those of the first look, so that clips, which get no
second one, are judged as before.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.errors import UsageError
from unmask.evaluate.calibrate import balance, reliability_bins
from unmask.evaluate.publish import score_split, write_bundle
from unmask.models.bundle import MODEL_FILE, load_bundle
from unmask.models.card import REAL, SYNTHETIC
from unmask.models.card_reader import PATCHES_FILE, parse_card
from unmask.settings import Settings
from unmask.train.checkpoint import trained_network
from unmask.train.committee import halve_weights
from unmask.train.config import read_run_config
from unmask.train.export import check_parity, export_onnx

Floats = npt.NDArray[np.float64]
OFFSET, USUAL_MAX = 0.9, 0.95  # quantiles over genuine faces, sources alike


@dataclass(frozen=True, slots=True)
class LookPlan:
    """The decisions: `PatchSpec` says what each is."""

    margin: float = 0.6
    reach: float = 0.2
    native_px: float = 320.0
    side_min_px: float = 80.0
    weight: float = 2.0
    span: tuple[float, float] = (-1.0, 4.0)


def add_second_look(
    folder: Path, run: Path, out: Path, manifest: Path, plan: LookPlan
) -> pd.DataFrame:
    """Write the bundle in `folder` with the second look of `run` into `out`.

    Returns the scores of the manifest's validation split without the sources that the run left out,
    of the first look alone with what the second says beside them. UsageError where the run's
    classes or colours are not the bundle's.
    """
    bundle, config = load_bundle(folder, Settings()), read_run_config(run)
    card = bundle.card
    if (card.classes, card.input.mean, card.input.std) != (
        config.classes,
        config.mean,
        config.std,
    ):
        raise UsageError(
            "the run tells other classes apart, or normalises otherwise, than the bundle",
            "train the patches with the bundle's classes, mean and std",
        )
    size_px = config.stages[-1].size_px
    network = trained_network(config, run)
    exported = export_onnx(network, size_px)
    check_parity(network, exported, size_px)
    patches = halve_weights(exported)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in {MODEL_FILE: bundle.model, **bundle.parts, PATCHES_FILE: patches}.items():
        (out / name).write_bytes(data)
    raw = card.to_dict()
    raw["files"][PATCHES_FILE] = hashlib.sha256(patches).hexdigest()
    raw["patches"] = {
        "size_px": size_px,
        "margin": plan.margin,
        "reach": plan.reach,
        "native_px": plan.native_px,
        "side_min_px": plan.side_min_px,
        "weight": 0.0,
        "offset": 0.0,
        "span": [0.0, 0.0],
        "usual_max": 0.0,
    }
    write_bundle(out, raw)  # adds nothing yet: the scores are those of the first look
    scores = score_split(out, manifest, "val", without=config.held_out)
    write_bundle(out, fit_second_look(raw, scores, plan))
    load_bundle(out, Settings())
    return scores


def fit_second_look(card: dict[str, Any], scores: pd.DataFrame, plan: LookPlan) -> dict[str, Any]:
    """The card with its section `patches` filled in, from scores of the first look alone.

    The calibration's bins are counted anew; temperature, bias and thresholds stay.
    """
    known = scores[scores["reason"] == ""].reset_index(drop=True)
    fake = (known["klass"] != REAL).to_numpy()
    said = known["second_look"].to_numpy(np.float64)
    weights = balance(fake, known["source"].to_numpy(object))
    genuine = ~fake & np.isfinite(said)
    offset, high = (_quantile(said[genuine], weights[genuine], at) for at in (OFFSET, USUAL_MAX))
    section = card["patches"] | {
        "weight": plan.weight,
        "offset": round(offset, 4),
        "span": list(plan.span),
        "usual_max": round(high, 4),
    }
    p = probability_with(card | {"patches": section}, known)
    calibration = card["calibration"] | {"bins": reliability_bins(p, fake, weights)}
    return card | {"patches": section, "calibration": calibration}


def probability_with(card: dict[str, Any], scores: pd.DataFrame) -> Floats:
    """(N,) calibrated P(manipulated) after both looks, of scores of the first look alone."""
    classes = card["classes"]
    logits = scores[[f"logit_{name}" for name in classes]].to_numpy(np.float64)
    parsed = parse_card(json.dumps(card))
    said = scores["second_look"].to_numpy(np.float64)
    synthetic = classes.index(SYNTHETIC)
    found = []
    for row, odds in zip(logits.copy(), said, strict=True):
        if not np.isnan(odds):
            row[synthetic] += parsed.added_by_patches(row, float(odds))
        found.append(parsed.probability(row)[1])
    return np.array(found)


def what_it_changes(card: dict[str, Any], scores: pd.DataFrame) -> pd.DataFrame:
    """A line per source and class: the median probability and the outcomes without and with it."""
    known = scores[scores["reason"] == ""].reset_index(drop=True)
    verdict = card["verdict"]
    silent = card | {"patches": card["patches"] | {"weight": 0.0}}
    lines = known[["source", "klass"]].assign(n=1)
    for name, one in (("before", silent), ("after", card)):
        p = probability_with(one, known)
        lines[f"median {name}"] = p
        lines[f"manipulated {name}"] = p >= verdict["threshold"]
        lines[f"clear {name}"] = p <= verdict["clear_below"]
    groups = lines.groupby(["klass", "source"])
    counts = groups["n"].sum()
    table = groups[[c for c in lines if c not in ("source", "klass", "n")]].mean()
    for name in ("before", "after"):
        table[f"median {name}"] = groups[f"median {name}"].median()
    table.insert(0, "n", counts)
    return table.round(3)


def _quantile(values: Floats, weights: Floats, at: float) -> float:
    order = np.argsort(values)
    along = np.cumsum(weights[order]) / weights.sum()
    return float(values[order[min(int(np.searchsorted(along, at)), len(values) - 1)]])
