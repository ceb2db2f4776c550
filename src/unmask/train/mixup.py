"""Mixup: pictures of a batch laid over each other, their labels in the same shares.

Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018. Between training people a
network then answers in a straight line instead of as it likes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

SHARE_OF_STEPS = 0.5  # of which the batch is mixed; the others show faces as they are


@dataclass(frozen=True, slots=True)
class Mixed:
    """A batch (N, ...) of which each row is `share` itself and the rest the row in `other`."""

    inputs: Tensor
    masks: Tensor
    share: float
    other: Tensor


def mixed(inputs: Tensor, masks: Tensor, strength: float, seed: int) -> Mixed | None:
    """The batch mixed with itself in another order, or None on steps that stay as they are.

    inputs    (N, 3, S, S) normalised pictures
    masks     (N, 1, M, M) where the blend is, from 0 to 1; negative where that is not known, and
              then that of the mixture is not known either
    strength  a of Beta(a, a), from which the share is drawn, the larger part being the row's own

    The same seed gives the same mixture.
    """
    rng = np.random.default_rng(seed)
    if rng.random() >= SHARE_OF_STEPS:
        return None
    share = float(rng.beta(strength, strength))
    share = max(share, 1 - share)
    other = torch.as_tensor(rng.permutation(len(inputs)), device=inputs.device)
    pictures = (share * inputs + (1 - share) * inputs[other]).contiguous(
        memory_format=torch.channels_last
    )
    known = (masks[:, :1, :1, :1] >= 0) & (masks[other][:, :1, :1, :1] >= 0)
    blends = share * masks + (1 - share) * masks[other]
    return Mixed(pictures, torch.where(known, blends, -torch.ones_like(blends)), share, other)
