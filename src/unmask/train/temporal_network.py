"""The network over time: features of frames -> LSTM -> one logit; no I/O, no trainer.

CNN features of every frame and an LSTM over a person's track is the design of Gueera & Delp (AVSS
2018) and of the ResNet-50 + LSTM that followed. Beside the projected features z_t the LSTM is fed
|z_t - z_(t-1)|, the root mean square of the step before the projection and the gap in seconds: a
fault in time is a change between neighbours, and what counts as neighbours depends on the gap. All
states are pooled, mean and maximum, so that a short fault in a long track is not forgotten.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unmask.train.temporal_config import TemporalConfig

SCALE_MIN = 1e-3  # of a feature's standard deviation: one that never moves must not blow up


class TemporalNetwork(nn.Module):
    """Standardise, project, LSTM, masked mean + maximum, linear: a logit of P(manipulated)."""

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        features: int,
        *,
        projection: int = 64,
        hidden: int = 64,
        bidirectional: bool = False,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))
        self.project = nn.Linear(features, projection)
        self.dropout = nn.Dropout(dropout)
        self.lstm = nn.LSTM(
            2 * projection + 2, hidden, batch_first=True, bidirectional=bidirectional
        )
        self.head = nn.Linear(2 * hidden * (2 if bidirectional else 1), 1)

    def standardise_by(self, features: Tensor) -> None:
        """Take mean and spread of (N, F) training features."""
        self.mean.copy_(features.mean(dim=0))
        self.scale.copy_(features.std(dim=0).clamp_min(SCALE_MIN))

    def forward(self, features: Tensor, gaps_s: Tensor, lengths: Tensor | None = None) -> Tensor:
        """(N,) logits of (N, T, F) features and (N, T) gaps in seconds to the frame before.

        `lengths` (N,) are the real frames of padded tracks; None where none is padded.
        """
        inputs = self._inputs(features, gaps_s)
        if lengths is None:
            states, _ = self.lstm(inputs)
            pooled = torch.cat([states.mean(dim=1), states.amax(dim=1)], dim=1)
        else:
            pooled = self._pool_padded(inputs, lengths)
        out: Tensor = self.head(self.dropout(pooled)).squeeze(1)
        return out

    def _inputs(self, features: Tensor, gaps_s: Tensor) -> Tensor:
        x = (features - self.mean) / self.scale
        z = self.dropout(torch.tanh(self.project(x)))
        moved = z[:, 1:] - z[:, :-1]
        moved = torch.cat([torch.zeros_like(z[:, :1]), moved.abs()], dim=1)
        step = (x[:, 1:] - x[:, :-1]).square().mean(dim=2, keepdim=True).sqrt()
        step = torch.cat([torch.zeros_like(x[:, :1, :1]), step], dim=1)
        return torch.cat([z, moved, step, torch.log1p(gaps_s)[..., None]], dim=2)

    def _pool_padded(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=inputs.shape[1]
        )
        there = torch.arange(inputs.shape[1])[None, :, None] < lengths[:, None, None]
        mean = (states * there).sum(dim=1) / lengths[:, None]
        peak = states.masked_fill(~there, -torch.inf).amax(dim=1)
        return torch.cat([mean, peak], dim=1)


def build_temporal(features: int, config: TemporalConfig) -> TemporalNetwork:
    """The network that a `TemporalConfig` describes."""
    return TemporalNetwork(
        features,
        projection=config.projection,
        hidden=config.hidden,
        bidirectional=config.bidirectional,
        dropout=config.dropout,
    )
