"""Training over time: tracks of features in, a run's folder out; resumable, seeded, in seconds.

A run is a folder like any other (`loop.py`): `config.json`, `log.jsonl`, `curves.png`,
`checkpoint.safetensors`, `best.safetensors`. The averaged weights of the epoch with the best
validation AUC are exported. Genuine and manipulated tracks weigh alike; in every epoch half of the
tracks are cut to a range of their frames, so that short tracks and the windows of a served series
are nothing new.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from unmask.data.clips import read_clips
from unmask.detectors.track_features import TrackFeatures
from unmask.errors import UsageError
from unmask.train.checkpoint import load_checkpoint, read_average, save_best, save_checkpoint
from unmask.train.clip_readings import Reading, read_people
from unmask.train.curves import draw_curves
from unmask.train.optimise import update_average
from unmask.train.runlog import RunLog, disk_errors, write_text
from unmask.train.temporal_config import TemporalConfig, read_temporal_run
from unmask.train.temporal_network import TemporalNetwork, build_temporal

log = logging.getLogger(__name__)
GRADIENT_NORM_MAX = 2.0
CUT_SHARE = 0.5  # of the tracks of an epoch, cut to a range of their frames


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Labelled tracks of one split: those with at least `frames_min` usable frames.

    fake (N,) bool; source (N,) names of where the person comes from
    """

    seen: tuple[TrackFeatures, ...]
    fake: np.ndarray[Any, np.dtype[np.bool_]]
    source: np.ndarray[Any, np.dtype[np.object_]]


def read_tracks_of(
    config: TemporalConfig, out: Path, on_done: Callable[[], None] = lambda: None
) -> dict[str, Tracks]:
    """{"train", "val": their tracks}, read with the bundle or from the cache of readings."""
    clips = [clip for source in config.data for clip in read_clips(Path(source))]
    clips = [clip for clip in clips if clip.split in ("train", "val")]
    cache = Path(config.cache) if config.cache else out / "readings"
    readings = read_people(
        clips, Path(config.bundle), cache, cues=False, workers=config.workers, on_done=on_done
    )
    return {split: gather(readings, split, config.frames_min) for split in ("train", "val")}


def gather(readings: Sequence[Reading], split: str, frames_min: int) -> Tracks:
    """The tracks of a split; UsageError where genuine or manipulated ones are missing."""
    kept = [
        one
        for one in readings
        if one.clip.split == split and len(one.track.features.features) >= frames_min
    ]
    fake = np.array([one.person.swapped for one in kept], np.bool_)
    for kind, missing in (("genuine", fake.all()), ("manipulated", not fake.any())):
        if missing:
            raise UsageError(
                f"the clips of the split {split} hold no {kind} person with {frames_min} frames",
                "make more clips, or scan a data set with both",
            )
    seen = tuple(one.track.features for one in kept)
    source = np.array([f"{one.clip.data}/{one.person.source}" for one in kept], object)
    return Tracks(seen, fake, source)


class TemporalTrainer:
    """One run in one folder; `run()` trains to the end, from the start or the last checkpoint."""

    def __init__(self, config: TemporalConfig, out: Path, tracks: dict[str, Tracks]) -> None:
        self.config, self.out = config, out
        with disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        self._train, self._val = tracks["train"], tracks["val"]
        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self.network = build_temporal(self._train.seen[0].features.shape[1], config)
        every = np.concatenate([one.features for one in self._train.seen])
        self.network.standardise_by(torch.from_numpy(every))
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=config.lr, weight_decay=config.weight_decay
        )
        self.log = RunLog(out)
        self._epochs = 0

    def run(self, on_epoch: Callable[[dict[str, Any]], None] = lambda line: None) -> None:
        """Train every epoch that is left, or until the validation stops getting better."""
        self._record_config()
        notes = load_checkpoint(self.out, self.network, self.average, self.optimiser)
        self._epochs = notes["step"]
        self.log.trim(self._epochs)
        while self._epochs < self.config.epochs and not self._stops_early():
            loss, accuracy = self._epoch()
            self._epochs += 1
            save_checkpoint(
                self.out, self.network, self.average, self.optimiser, {"step": self._epochs}
            )
            on_epoch(self._validate(loss, accuracy))
            draw_curves(self.out)

    def _record_config(self) -> None:
        path = self.out / "config.json"
        if not path.exists():
            write_text(path, json.dumps(self.config.to_dict(), indent=1))
        elif not self.config.same_run(read_temporal_run(self.out)):
            raise UsageError(
                f"{self.out} holds a run with another configuration", "choose another --out"
            )

    def _epoch(self) -> tuple[float, float]:
        """One pass over the training tracks; mean loss and share of right answers."""
        config, tracks = self.config, self._train
        rng = np.random.default_rng([config.seed, 23, self._epochs])
        torch.manual_seed(config.seed * 1_000_003 + self._epochs)
        share = float(tracks.fake.mean())
        self.network.train()
        order = rng.permutation(len(tracks.seen))
        sums = np.zeros(2)
        batches = range(0, len(order), config.batch)
        for number, start in enumerate(batches):
            rows = order[start : start + config.batch]
            fake = torch.from_numpy(tracks.fake[rows]).float()
            logits = self.network(*padded([_cut(tracks.seen[i], rng, config) for i in rows]))
            weight = torch.where(fake > 0, 0.5 / share, 0.5 / (1 - share))
            loss = functional.binary_cross_entropy_with_logits(logits, fake, weight)
            self.optimiser.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM_MAX)
            self.optimiser.step()
            step = self._epochs * len(batches) + number + 1
            update_average(self.average, self.network, config.ema, step)
            right = ((logits.detach() > 0) == (fake > 0)).float().mean()
            sums += np.array([float(loss.detach()), float(right)]) * len(rows)
        loss_mean, accuracy = sums / len(order)
        return float(loss_mean), float(accuracy)

    def _validate(self, train_loss: float, train_accuracy: float) -> dict[str, Any]:
        network = build_temporal(self.network.mean.shape[0], self.config)
        network.load_state_dict(self.average)
        logits = run_network(network, self._val.seen)
        fake = self._val.fake
        values = torch.from_numpy(logits), torch.from_numpy(fake).double()
        share = float(fake.mean())
        weight = torch.where(values[1] > 0, 0.5 / share, 0.5 / (1 - share))
        loss = functional.binary_cross_entropy_with_logits(*values, weight)
        before = [line["auc"] for line in self.log.validations()]
        auc = float(roc_auc_score(fake, logits))
        if round(auc, 5) > max(before, default=-1.0):
            save_best(self.out, self.average)
        line = self.log.append(
            {
                "step": self._epochs,
                "epoch": self._epochs,
                "train_loss": train_loss,
                "train_accuracy": train_accuracy,
                "val_loss": float(loss),
                "val_accuracy": float(((logits > 0) == fake).mean()),
                "auc": auc,
            }
        )
        log.info("%s", line)
        return line

    def best_network(self) -> TemporalNetwork:
        """The averaged weights of the best epoch so far: what is exported."""
        network = build_temporal(self.network.mean.shape[0], self.config)
        network.load_state_dict(read_average(self.out))
        return network

    def _stops_early(self) -> bool:
        values = [line["auc"] for line in self.log.validations()]
        if not self.config.patience or not values:
            return False
        return len(values) - 1 - values.index(max(values)) >= self.config.patience


def padded(tracks: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor, Tensor]:
    """(features (N, T, F), gaps (N, T), lengths (N,)) of tracks, zeros after their ends."""
    features, gaps = ([track[side] for track in tracks] for side in (0, 1))
    lengths = torch.tensor([len(one) for one in features])
    return pad_sequence(features, batch_first=True), pad_sequence(gaps, batch_first=True), lengths


def run_network(
    network: TemporalNetwork, tracks: Sequence[TrackFeatures]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(N,) logits of whole tracks."""
    network.eval()
    with torch.no_grad():
        parts = [
            network(*padded([_tensors(one.features, one.gaps_s) for one in tracks[at : at + 64]]))
            for at in range(0, len(tracks), 64)
        ]
    return np.asarray(torch.cat(parts).numpy(), np.float64)


def _tensors(features: Any, gaps_s: Any) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(np.array(features)), torch.from_numpy(np.array(gaps_s))


def _cut(
    track: TrackFeatures, rng: np.random.Generator, config: TemporalConfig
) -> tuple[Tensor, Tensor]:
    """The track, or a range of its frames; what comes before a range was not seen."""
    count, features, gaps = len(track.features), track.features, track.gaps_s
    if rng.random() < CUT_SHARE and count > config.frames_min:
        length = int(rng.integers(config.frames_min, count + 1))
        start = int(rng.integers(count - length + 1))
        features, gaps = features[start : start + length], gaps[start : start + length].copy()
        gaps[0] = 0.0
    return _tensors(features, gaps)
