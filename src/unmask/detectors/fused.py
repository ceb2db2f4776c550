"""The rule for the people of a clip: frame detector, temporal detector and cues as one probability.

Evidence of both detectors + Measurements + the card's section `fusion` -> one Evidence per person,
which leads its verdict (`fusion.py`). A logistic model fitted on validation clips
(`evaluate/fit_fusion.py`) that knows about abstentions: what said nothing has a value of 0 and a
flag whose weight was fitted, too. In pictures and without the section the frame detector decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.features import FEATURE_NAMES, PROBABILITY_MARGIN, feature_vector
from unmask.detectors.fusion import FUSED
from unmask.detectors.temporal import sigmoid
from unmask.errors import BundleError
from unmask.models.card import REAL, FusionSpec
from unmask.types import Evidence, Measurement

DETECTOR, CUE = FUSED, "person"
TEMPORAL, ABSENT = "temporal", ":absent"
PERSON_FEATURES = (*FEATURE_NAMES, TEMPORAL, TEMPORAL + ABSENT)


def person_vector(
    measurements: Sequence[Measurement],
    references: Mapping[str, tuple[float, float]],
    frame_probability: float | None,
    temporal_probability: float | None,
) -> npt.NDArray[np.float64]:
    """(len(PERSON_FEATURES),) of one person: what the model is fitted on and served with."""
    seen = feature_vector(measurements, references, frame_probability)
    return np.append(seen, _log_odds(temporal_probability))


def _log_odds(probability: float | None) -> tuple[float, float]:
    """(log-odds, 0), or (0, 1) of an abstention; cut as that of the frame detector."""
    if probability is None:
        return 0.0, 1.0
    p = min(max(probability, PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN)
    return math.log(p / (1 - p)), 0.0


class FusionRule:
    """The card's model, ready to be used; BundleError where it names a feature unknown here."""

    def __init__(self, spec: FusionSpec) -> None:
        unknown = sorted(set(spec.features) - set(PERSON_FEATURES))
        if unknown:
            raise BundleError(
                f"card.json: fusion.features: expected names known here, got {unknown}",
                "the bundle was made for another version of unmask: update unmask, or fit it again",
            )
        self._spec = spec
        self._places = [PERSON_FEATURES.index(name) for name in spec.features]

    def fuse(
        self,
        image: Sequence[Evidence],
        temporal: Sequence[Evidence],
        measurements: Sequence[Measurement],
    ) -> list[Evidence]:
        """One Evidence per person whom the frame detector could judge, in their order.

        It carries the frame detector's series and map; the shares of the classes follow the new
        probability. `temporal` may be empty: a detector that is not there has said nothing.
        """
        over_time = {one.subject: one for one in temporal}
        return [
            self._fuse(
                one,
                over_time.get(one.subject),
                [m for m in measurements if m.subject == one.subject],
            )
            for one in image
            if one.score is not None
        ]

    def probability(self, vector: npt.NDArray[np.float64]) -> float:
        """P(manipulated) of one `person_vector`."""
        weights = np.array(self._spec.weights, np.float64)
        return sigmoid(self._spec.intercept + float(weights @ vector[self._places]))

    def _fuse(
        self, image: Evidence, temporal: Evidence | None, measurements: Sequence[Measurement]
    ) -> Evidence:
        later = None if temporal is None else temporal.score
        vector = person_vector(measurements, self._spec.references, image.score, later)
        p = self.probability(vector)
        return replace(
            image,
            detector=DETECTOR,
            cue=CUE,
            score=p,
            interval=self._spec.interval(p),
            class_probabilities=_shared_out(image.class_probabilities, p),
        )


def _shared_out(classes: Mapping[str, float], probability: float) -> dict[str, float]:
    """The classes with P(real) = 1 - p, the kinds of manipulation in their old proportion."""
    fakes = {name: share for name, share in classes.items() if name != REAL}
    total = math.fsum(fakes.values())
    even = 1 / max(1, len(fakes))
    shared = {n: probability * (s / total if total > 0 else even) for n, s in fakes.items()}
    return {name: shared.get(name, 1 - probability) for name in classes}
