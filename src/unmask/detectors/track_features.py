"""What the frame network leaves behind of a person, for whoever judges them over time.

ImageDetector -> [here] -> TemporalDetector (serving) and the readings that training learns from:
the network has looked at every usable face once, and nobody looks again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unmask.checks import expect
from unmask.models.card import FloatVector
from unmask.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TrackFeatures:
    """The features of one track's usable faces, in order of time.

    features      (T, F) float32, the pooled vector before the class head, mean over the views
    logits        (T, C) float64 by class of the card, mean over the views
    times_s       (T,) float64, seconds, ascending
    frame_indices (T,) int64
    edits         (T,) float64, log-odds of an edited part against a swapped face, or None
    """

    subject: str
    features: FloatArray
    logits: FloatVector
    times_s: npt.NDArray[np.float64]
    frame_indices: npt.NDArray[np.int64]
    edits: FloatVector | None = None

    def __post_init__(self) -> None:
        count = len(self.features)
        expect(self.features.ndim == 2, "features of shape (T, F)", self.features.shape)
        expect(self.logits.shape[:1] == (count,), f"{count} rows of logits", self.logits.shape)
        expect(self.times_s.shape == (count,), f"{count} times", self.times_s.shape)
        expect(self.frame_indices.shape == (count,), f"{count} places", self.frame_indices.shape)
        if self.edits is not None:
            expect(self.edits.shape == (count,), f"{count} log-odds", self.edits.shape)

    @property
    def gaps_s(self) -> FloatArray:
        """(T,) float32: seconds since the face before, 0 for the first one."""
        steps = np.diff(self.times_s, prepend=self.times_s[:1])
        return np.asarray(np.maximum(steps, 0.0), np.float32)
