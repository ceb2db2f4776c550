"""From a run over time to a bundle: the bundle it learned from, with `temporal.onnx` beside.

The network is exported and checked against torch, its probability is fitted on validation tracks
(`calibrate.py`), and both go onto the card. A rule that was fitted with another network over time
(`fusion`) is taken off the card: fit it again with `scripts/fit_fusion.py`.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from unmask.errors import BundleError
from unmask.evaluate.calibrate import Fit, balance, fake_probability, fit_calibration
from unmask.evaluate.metrics import bootstrap_interval
from unmask.models.bundle import CARD_FILE
from unmask.models.card_reader import TEMPORAL_FILE, parse_card
from unmask.models.verify import verify_bundle
from unmask.settings import Settings
from unmask.train.checkpoint import read_average
from unmask.train.runlog import disk_errors
from unmask.train.temporal import Tracks, read_tracks_of, run_network
from unmask.train.temporal_config import TemporalConfig, read_temporal_run
from unmask.train.temporal_export import check_temporal_parity, export_temporal
from unmask.train.temporal_network import TemporalNetwork, build_temporal
from unmask.types import CheckStatus


@dataclass(frozen=True, slots=True)
class PublishedTemporal:
    """What was written: parity with torch, the fit, the validation AUC of whole tracks (95 %)."""

    parity: float
    fit: Fit
    auc: float
    auc_interval: tuple[float, float]
    tracks: int


def publish_temporal(run: Path, folder: Path, *, name: str | None = None) -> PublishedTemporal:
    """Write into `folder` the run's bundle with its network over time.

    UsageError where something is missing, BundleError where the result does not verify.
    """
    config = read_temporal_run(run)
    network = _best_network(run, config)
    model = export_temporal(network)
    parity = check_temporal_parity(network, model)
    val = read_tracks_of(config, run)["val"]
    fit, auc, interval = _fit(network, val)
    base = Path(config.bundle)
    with disk_errors(folder):
        files = {file: (base / file).read_bytes() for file in _files(base)}
        card = json.loads((base / CARD_FILE).read_text("utf-8"))
        card.pop("fusion", None)
        card["name"] = name or folder.resolve().name
        card["files"][TEMPORAL_FILE] = hashlib.sha256(model).hexdigest()
        card["temporal"] = _section(config, network, fit, parity, auc, len(val.seen))
        _write(folder, {**files, TEMPORAL_FILE: model}, card)
    return PublishedTemporal(parity, fit, auc, interval, len(val.seen))


def _best_network(run: Path, config: TemporalConfig) -> TemporalNetwork:
    weights = read_average(run)
    network = build_temporal(len(weights["mean"]), config)
    network.load_state_dict(weights)
    return network


def _fit(network: TemporalNetwork, val: Tracks) -> tuple[Fit, float, tuple[float, float]]:
    """Temperature and bias on validation tracks, their AUC and its interval, drawing tracks."""
    logits = run_network(network, val.seen)
    pairs = np.stack([np.zeros_like(logits), logits], axis=1)  # real, manipulated
    fit = fit_calibration(pairs, 0, val.fake, balance(val.fake, val.source))
    if not np.isfinite(fake_probability(pairs, 0, fit)).all():
        raise BundleError("the network over time gives no finite answer", "train it again")
    interval = bootstrap_interval(val.fake, logits, np.arange(len(logits)).astype(object))
    return fit, float(roc_auc_score(val.fake, logits)), interval


def _section(
    config: TemporalConfig,
    network: TemporalNetwork,
    fit: Fit,
    parity: float,
    auc: float,
    tracks: int,
) -> dict[str, Any]:
    return {
        "input": {"features": int(network.mean.shape[0])},
        "frames_min": config.frames_min,
        "window_frames": config.window_frames,
        "calibration": {
            "temperature": round(fit.temperature[1], 5),
            "bias": round(fit.bias[1], 5),
        },
        "metrics": {"validation": {"auc": round(auc, 4), "n": tracks}, "parity": parity},
    }


def _files(folder: Path) -> list[str]:
    """The files of a bundle but for its card and an older network over time."""
    card = parse_card((folder / CARD_FILE).read_text("utf-8"))
    return [name for name in card.files if name != TEMPORAL_FILE]


def _write(folder: Path, files: dict[str, bytes], card: dict[str, Any]) -> None:
    """Make the bundle aside, verify it, and put its files in place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / folder.name
        made.mkdir()
        for file, data in files.items():
            (made / file).write_bytes(data)
        write_card(made, card)
        for row in verify_bundle(made, Settings()):
            if row.status is CheckStatus.FAILED:
                raise BundleError(
                    f"the exported bundle fails its check {row.name!r}: {row.detail}",
                    "report this with the run's config.json",
                )
        folder.mkdir(exist_ok=True)
        for file in (*files, CARD_FILE):
            (made / file).replace(folder / file)


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write `card.json` whole or not at all; BundleError where it does not hold together."""
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    parse_card(text)
    part = folder / (CARD_FILE + ".part")
    part.write_text(text, "utf-8")
    part.replace(folder / CARD_FILE)
