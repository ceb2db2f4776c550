"""Validation inside a run: every source apart, because one number over a mix hides everything.

One view per face at the size of the stage; the full protocol is `unmask.evaluate`'s.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.meshes import read_rgb
from unmask.errors import UsageError
from unmask.faces.crop import take_crop
from unmask.train.batches import one_thread
from unmask.train.config import Config
from unmask.train.network import Detector
from unmask.types import FloatArray

MARGIN = 1.05
BATCH = 64
Logits = npt.NDArray[np.float32]
Readable = npt.NDArray[np.bool_]


class Crops(Dataset[tuple[Tensor, bool]]):
    """The faces of a table as served, (3, S, S) uint8, and whether each could be read."""

    def __init__(
        self, table: pd.DataFrame, landmarks: FloatArray, size_px: int, margin: float
    ) -> None:
        self._paths = table["path"].to_list()
        self._landmarks, self._size_px, self._margin = landmarks, size_px, margin

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, row: int) -> tuple[Tensor, bool]:
        image = read_rgb(self._paths[row]) if Path(self._paths[row]).is_file() else None
        if image is None:
            return torch.zeros(3, self._size_px, self._size_px, dtype=torch.uint8), False
        box = np.zeros(4, np.float32)
        marks = self._landmarks[row]
        crop, _ = take_crop(image, marks, box, margin=self._margin, size_px=self._size_px)
        return torch.from_numpy(crop).permute(2, 0, 1), True


def score_faces(
    network: Detector,
    table: pd.DataFrame,
    landmarks: FloatArray,
    size_px: int,
    config: Config,
    *,
    margin: float = MARGIN,
) -> tuple[Logits, Readable]:
    """Logits (N, classes) of the faces of a table, and which pictures (N,) could be read."""
    network.eval()
    device = next(network.parameters()).device
    mean = torch.tensor(config.mean, device=device).view(1, 3, 1, 1)
    std = torch.tensor(config.std, device=device).view(1, 3, 1, 1)
    loader = DataLoader(
        Crops(table, landmarks, size_px, margin),
        BATCH,
        num_workers=config.loaders,
        worker_init_fn=one_thread,
    )
    found, readable = [], []
    for images, read in loader:
        inputs = ((images.to(device).float() - mean) / std).contiguous(
            memory_format=torch.channels_last
        )
        with torch.no_grad():
            logits, _ = network(inputs)
        found.append(logits.float().cpu().numpy())
        readable.append(read.numpy())
    return np.concatenate(found), np.concatenate(readable)


class Validation:
    """At most `validate_per_source` pictures of each (source, class) of the validation split.

    UsageError where genuine or manipulated faces are missing.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
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
        self.unreadable: list[str] = []
        self._expect_both_sides(self.table)

    def _expect_both_sides(self, table: pd.DataFrame) -> None:
        real = int((table["klass"] == "real").sum())
        for kind, count in (("genuine", real), ("manipulated", len(table) - real)):
            if not count:
                raise UsageError(
                    f"the validation split of {self._config.manifest} holds no {kind} face",
                    "give the validation split a larger share, or scan more pictures",
                )

    def run(self, network: Detector, size_px: int) -> dict[str, float]:
        """Loss, accuracy, AUC per manipulated source, the share of each real source over .5."""
        logits, read = score_faces(network, self.table, self._landmarks, size_px, self._config)
        self.unreadable = [str(path) for path in self.table["path"][~read]]
        table = self.table[read].reset_index(drop=True)
        self._expect_both_sides(table)
        return self._measures(table, logits[read])

    def _measures(self, table: pd.DataFrame, logits: Logits) -> dict[str, float]:
        result = self._overall(table, logits)
        fake = fake_log_odds(logits)
        source, real = table["source"].to_numpy(), (table["klass"] == "real").to_numpy()
        for name in np.unique(source[real]):
            result[f"over_half.{name}"] = float((fake[real & (source == name)] > 0).mean())
        for name in np.unique(source[~real]):
            here = ~real & (source == name)
            against = real & (source == name) if (real & (source == name)).any() else real
            both = here | against
            result[f"auc.{name}"] = float(roc_auc_score(~real[both], fake[both]))
        result["auc"] = float(roc_auc_score(~real, fake))
        return result

    def _overall(self, table: pd.DataFrame, logits: Logits) -> dict[str, float]:
        classes = torch.tensor([self._config.class_index(klass) for klass in table["klass"]])
        outputs = torch.from_numpy(logits)
        loss = functional.cross_entropy(
            outputs, classes, label_smoothing=self._config.label_smoothing
        )
        hits = (outputs.argmax(1) == classes).float().mean()
        return {"val_loss": float(loss), "val_accuracy": float(hits)}


def fake_log_odds(logits: Logits) -> npt.NDArray[np.float64]:
    """(N,) log P(manipulated) - log P(real), not calibrated, of (N, classes), real first."""
    others = np.logaddexp.reduce(logits[:, 1:].astype(np.float64), axis=1)
    return np.asarray(others - logits[:, 0], np.float64)
