"""Is an 8-bit copy of a bundle worth keeping? Only if it is faster and loses almost no AUC.

Both are measured: speed as a ratio in one run on this machine, AUC on the validation split, through
the serving detector.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from unmask.data.draws import Drawer
from unmask.evaluate.publish import score_split, write_bundle
from unmask.models.card import InputSpec
from unmask.models.preprocess import network_input
from unmask.train.config import Config
from unmask.train.quantise import quantise, time_ratio

AUC_LOSS_MAX = 0.003
CALIBRATION_DRAWS = 128


@dataclass(frozen=True, slots=True)
class Int8Trial:
    """time_ratio: time of the 8-bit copy over that of float32; AUCs on the validation split."""

    kept: bool
    time_ratio: float
    auc_float32: float
    auc_int8: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the card, rounded."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def try_int8(
    model: bytes, card: dict[str, Any], config: Config, manifest: Path, scores: pd.DataFrame
) -> tuple[Int8Trial, bytes, pd.DataFrame]:
    """Measure an 8-bit copy of `model`; the trial, the copy, and its validation scores.

    `scores` are those of `model` itself on the validation split of `manifest`.
    """
    size_px = card["input"]["size_px"]
    copy = quantise(model, _calibration(config, card, manifest))
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder), card, copy)
        copied = score_split(Path(folder), manifest, "val", without=config.held_out)
    before, after = (validation_auc(one, card["classes"]) for one in (scores, copied))
    ratio = time_ratio(model, copy, size_px)
    kept = ratio < 1 and before - after <= AUC_LOSS_MAX
    return Int8Trial(kept, ratio, before, after), copy, copied


def validation_auc(scores: pd.DataFrame, classes: list[str]) -> float:
    """AUC of the log-odds of every usable face; the calibration does not change it much."""
    usable = scores[scores["reason"] == ""]
    return float(roc_auc_score(usable["klass"] != "real", log_odds_of(usable, classes)))


def log_odds_of(usable: pd.DataFrame, classes: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(N,) log-odds of being manipulated, not calibrated, of usable faces."""
    logits = usable[[f"logit_{name}" for name in classes]].to_numpy(np.float64)
    real = classes.index("real")
    others = np.logaddexp.reduce(np.delete(logits, real, axis=1), axis=1)
    return np.asarray(others - logits[:, real], np.float64)


def _calibration(config: Config, card: dict[str, Any], manifest: Path) -> np.ndarray[Any, Any]:
    """Normalised crops (N, 3, S, S) as the training drew them."""
    spec = card["input"]
    drawer = Drawer(manifest, config.recipe, seed=config.seed)
    crops = [drawer.draw(i, spec["size_px"]).crop_rgb for i in range(CALIBRATION_DRAWS)]
    form = InputSpec(spec["size_px"], tuple(spec["mean"]), tuple(spec["std"]), spec["colour"])
    return network_input(np.stack(crops), form)
