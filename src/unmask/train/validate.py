"""Validation inside a run: every source apart, because one number over a mix hides everything.

One view per face at the size of the stage; the full protocol is `unmask.evaluate`'s.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from unmask.data.draws import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.meshes import read_rgb
from unmask.faces.crop import take_crop
from unmask.train.config import Config
from unmask.train.network import Detector

MARGIN = 1.05
BATCH = 64


class Validation:
    """At most `validate_per_source` pictures of each (source, class) of the validation split."""

    def __init__(self, config: Config) -> None:
        manifest = Path(config.manifest)
        table = read_manifest(manifest)
        landmarks, score = read_meshes(manifest)
        fit = (score >= MESH_SCORE_MIN) & (table["split"] == "val").to_numpy()
        fit &= ~table["source"].isin(config.held_out).to_numpy()
        rows: list[int] = []
        for _, part in table[fit].groupby(["source", "klass"], sort=True):
            limit = config.validate_per_source * (4 if len(part) > 1000 else 1)
            rows += list(part.index[:limit])
        self.table = table.loc[rows].reset_index(drop=True)
        self._landmarks = landmarks[rows]
        self._mean = torch.tensor(config.mean).view(1, 3, 1, 1)
        self._std = torch.tensor(config.std).view(1, 3, 1, 1)

    def run(self, network: Detector, size_px: int) -> dict[str, float]:
        """AUC per manipulated source, and the share of each real source over .5."""
        fake = self._log_odds(network, size_px)
        source, klass = self.table["source"].to_numpy(), self.table["klass"].to_numpy()
        real = klass == "real"
        result: dict[str, float] = {}
        for name in np.unique(source[real]):
            result[f"over_half.{name}"] = float((fake[real & (source == name)] > 0).mean())
        for name in np.unique(source[~real]):
            here = ~real & (source == name)
            against = real & (source == name) if (real & (source == name)).any() else real
            both = here | against
            result[f"auc.{name}"] = float(roc_auc_score(~real[both], fake[both]))
        result["auc"] = float(roc_auc_score(~real, fake))
        return result

    def _log_odds(self, network: Detector, size_px: int) -> np.ndarray:
        network.eval()
        scores = []
        for first in range(0, len(self.table), BATCH):
            rows = range(first, min(first + BATCH, len(self.table)))
            crops = np.stack([self._crop(i, size_px) for i in rows])
            images = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
            inputs = ((images - self._mean) / self._std).contiguous(
                memory_format=torch.channels_last
            )
            with torch.no_grad():
                logits, _ = network(inputs)
            scores.append((torch.logsumexp(logits[:, 1:], 1) - logits[:, 0]).numpy())
        return np.concatenate(scores)

    def _crop(self, row: int, size_px: int) -> np.ndarray:
        image = read_rgb(self.table["path"][row])
        assert image is not None, self.table["path"][row]
        box = np.zeros(4, np.float32)
        return take_crop(image, self._landmarks[row], box, margin=MARGIN, size_px=size_px)[0]
