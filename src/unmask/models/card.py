"""The card of a bundle: the contract between training and serving.

Everything that turns a face into a number is read from here and never typed again elsewhere: size,
mean, std, colour order, crop margins, the order of the classes, temperature and bias, thresholds,
the rule of a track, the limits of use. `models/card_reader.py` reads and checks `card.json`.

Calibration: Guo et al., "On Calibration of Modern Neural Networks" (2017): vector scaling, a
temperature and a bias for each kind of manipulation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from unmask.types import Reason

REAL, SWAP = "real", "swap"
EDIT = "edit"  # part of what the class "swap" covers: only a part of the face was changed
FloatVector = npt.NDArray[np.float64]
Logits = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What the network is fed: x = (pixel_0_255 - mean) / std, square, NCHW float32.

    `mean` and `std` are in the order of `colour`, "rgb" or "bgr".
    """

    size_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    colour: str


@dataclass(frozen=True, slots=True)
class CropRecipe:
    """The views of one face: every margin, plain and (with `flip`) mirrored.

    With `alternate` each margin gives one view: plain and mirrored in turn.
    """

    margins: tuple[float, ...]
    flip: bool
    alternate: bool = False

    @property
    def views(self) -> tuple[tuple[float, bool], ...]:
        """(margin, mirrored) of every view in order; the first is plain."""
        if self.alternate:
            return tuple((margin, place % 2 == 1) for place, margin in enumerate(self.margins))
        flips = (False, True) if self.flip else (False,)
        return tuple((margin, flip) for margin in self.margins for flip in flips)

    @property
    def map_flips(self) -> tuple[bool, ...]:
        """Which views, of those at the first margin, the maps are the mean of."""
        return (False, True) if self.flip and not self.alternate else (False,)


@dataclass(frozen=True, slots=True)
class OutputNames:
    """Names of the graph's outputs; all but the first two may be missing.

    `edit` is (N, 1): the log-odds that of a face of class "swap" a part was edited, and not the
    face swapped.
    """

    logits: str
    cam: str
    blend: str | None
    features: str | None
    edit: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are there, in a fixed order."""
        every = (self.logits, self.cam, self.blend, self.features, self.edit)
        return tuple(name for name in every if name)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """How often faces with a probability in [low, high) were manipulated, on unseen people.

    `interval` is the 95 % interval of `manipulated_share` among `n` faces.
    """

    low: float
    high: float
    n: int
    manipulated_share: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """class_probabilities = softmax((logits - logit of "real" + bias) / temperature).

    One temperature and one bias a class.
    """

    temperature: tuple[float, ...]
    bias: tuple[float, ...]
    bins: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """manipulated from `threshold` up, no evidence up to `clear_below`, grey zone between.

    motion_min      in a clip nobody is cleared whose face moves against the head by less than
                    this, % of the face width per frame (cue `scene_motion`); 0 = no such limit
    blockiness_max  nobody is cleared whose face (in a clip the median of its scored faces) shows
                    coarser blocks of compression than this (`FaceQuality`); 0 = no such limit
    sharpness_min   nor whose face (the same median) is less sharp than this; 0 = no such limit
    """

    threshold: float
    clear_below: float
    rule: dict[str, str]
    motion_min: float = 0.0
    blockiness_max: float = 0.0
    sharpness_min: float = 0.0

    def against_clearing(self, blockiness: float, sharpness: float) -> tuple[Reason, ...]:
        """Why a face of such quality must not be cleared; empty where nothing speaks against it."""
        compressed = 0 < self.blockiness_max < blockiness
        blurred = sharpness < self.sharpness_min
        held = ((compressed, Reason.TOO_COMPRESSED), (blurred, Reason.TOO_BLURRED))
        return tuple(reason for holds, reason in held if holds)


@dataclass(frozen=True, slots=True)
class TrackRule:
    """How the frames of one person become one number.

    trim        share of the frames left out on each side, by their log-odds
    min_frames  fewer usable frames of a clip give no number
    """

    rule: str
    trim: float
    min_frames: int


@dataclass(frozen=True, slots=True)
class LimitsOfUse:
    """The faces the network was made for; units as in `types.FaceQuality`.

    `needs_mesh`: a face without a fitted mesh is outside what the network was trained on.
    """

    face_width_min_px: float
    sharpness_min: float
    exposure: tuple[float, float]
    yaw_max_deg: float
    needs_mesh: bool


@dataclass(frozen=True, slots=True)
class HeatMapSpec:
    """`scale` is the value shown in full colour; the shares are those of genuine faces."""

    scale: float
    genuine_region_shares: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MeasurementReference:
    """What is usual for one measurement beside the network, and how well it is measured.

    reference  5-95 % range over genuine validation faces, sources alike (from 0 where the value is
               a distance); `n` how many faces
    error      standard deviation of repeating it on the picture saved again as JPEG 90, in its unit
    auc        {class: AUC against genuine faces}, .5 = tells nothing apart
    h264_qp_max, coarse_reference   in frames coded more coarsely (H.264's quantiser) this range is
               usual instead, because the codec moves the value; None = no such limit
    """

    reference: tuple[float, float]
    n: int
    error: float
    auc: dict[str, float]
    h264_qp_max: float | None = None
    coarse_reference: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TemporalSpec:
    """The network over time, the bundle's part `temporal.onnx` (docs/TEMPORAL.md).

    features       length of the frame network's features, its input
    frames_min     fewer usable frames of a track give no score
    window_frames  frames behind each point of its series
    temperature, bias   P(manipulated) = sigmoid((logit + bias) / temperature)
    """

    features: int
    frames_min: int
    window_frames: int
    temperature: float
    bias: float
    metrics: dict[str, Any]

    def log_odds(self, logit: float) -> float:
        """Calibrated log(P(manipulated) / P(real)) of the network's answer."""
        return (logit + self.bias) / self.temperature


@dataclass(frozen=True, slots=True)
class FusionSpec:
    """The rule for the people of a clip: a fitted logistic model over detectors and cues.

    features, weights   names in order, and the weight of each; log-odds = intercept + sum
    intervals           95 % bootstrap interval of each weight
    references          usual range of each cue that its feature is standardised by
    threshold, clear_below, bins   as `Decision` and `Calibration`, for its probability
    trained_on          on how many clips and people of which sets it was fitted
    people_min          fewest people of a clip it was fitted on: it judges no smaller company
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    intervals: tuple[tuple[float, float], ...]
    references: dict[str, tuple[float, float]]
    threshold: float
    clear_below: float
    bins: tuple[CalibrationBin, ...]
    trained_on: dict[str, Any]
    people_min: int = 1

    @property
    def weighed(self) -> frozenset[str]:
        """Names of the features whose weight is not 0."""
        pairs = zip(self.features, self.weights, strict=True)
        return frozenset(name for name, weight in pairs if weight)

    def interval(self, probability: float) -> tuple[float, float] | None:
        """As `Card.interval`, for the probability of a clip's person."""
        return interval_in(self.bins, probability)


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A parsed `card.json`; attributes are named as its keys. `to_dict` gives the raw JSON."""

    name: str
    version: str
    task: str
    architecture: str
    classes: tuple[str, ...]
    input: InputSpec
    crop: CropRecipe
    outputs: OutputNames
    calibration: Calibration
    verdict: Decision
    track: TrackRule
    limits_of_use: LimitsOfUse
    heat_map: HeatMapSpec
    population: dict[str, str]
    training_data: tuple[dict[str, Any], ...]
    metrics: dict[str, Any]
    limits: tuple[dict[str, str], ...]
    licence: str
    created: str
    files: dict[str, str]
    text: str
    measurements: dict[str, MeasurementReference] = field(default_factory=dict)
    temporal: TemporalSpec | None = None
    fusion: FusionSpec | None = None

    def to_dict(self) -> dict[str, Any]:
        """The card as plain JSON data, exactly as it stands in the bundle; a fresh copy."""
        data: dict[str, Any] = json.loads(self.text)
        return data

    @property
    def needs_h264_qp(self) -> bool:
        """Whether a measurement is judged by how coarsely its frames were coded."""
        return any(one.h264_qp_max is not None for one in self.measurements.values())

    @property
    def real_index(self) -> int:
        """Position of the class "real" in the logits."""
        return self.classes.index(REAL)

    @property
    def manipulated_indices(self) -> tuple[int, ...]:
        """Positions of every other class in the logits."""
        return tuple(i for i, name in enumerate(self.classes) if name != REAL)

    @property
    def temperatures(self) -> dict[str, float]:
        """{class of manipulation: its temperature}."""
        named = zip(self.classes, self.calibration.temperature, strict=True)
        return {name: value for name, value in named if name != REAL}

    def probability(self, logits: Logits) -> tuple[dict[str, float], float]:
        """Calibrated ({class: probability}, P(manipulated) = 1 - P(real)) of (C,) logits."""
        scores = self._calibrated(logits)
        powers = np.exp(scores - scores.max())
        shares = powers / powers.sum()
        by_name = {name: float(share) for name, share in zip(self.classes, shares, strict=True)}
        return by_name, min(1.0, max(0.0, 1.0 - by_name[REAL]))

    def with_edits(self, shares: dict[str, float], edit_log_odds: float) -> dict[str, float]:
        """The classes' probabilities, "swap" parted into "swap" and "edit" by the output `edit`."""
        edited = float(np.exp(-np.logaddexp(0.0, -edit_log_odds)))
        parted: dict[str, float] = {}
        for name, share in shares.items():
            parted[name] = share * (1 - edited) if name == SWAP else share
            if name == SWAP:
                parted[EDIT] = share * edited
        return parted

    def log_odds(self, logits: Logits) -> float:
        """Calibrated log(P(manipulated) / P(real)) of (C,) logits: exact where p rounds to 1."""
        scores = self._calibrated(logits)
        others = scores[list(self.manipulated_indices)]
        return float(np.logaddexp.reduce(others) - scores[self.real_index])

    def interval(self, probability: float) -> tuple[float, float] | None:
        """95 % interval of the manipulated share among faces that scored like this one.

        That of the calibration bin which holds `probability`, widened to include it; None where
        the card has no bins.
        """
        return interval_in(self.calibration.bins, probability)

    def most_likely_manipulation(self, logits: Logits) -> int:
        """Position of the manipulated class with the highest calibrated score of (C,) logits."""
        scores = self._calibrated(logits)
        return max(self.manipulated_indices, key=lambda index: float(scores[index]))

    def _calibrated(self, logits: Logits) -> FloatVector:
        if logits.shape != (len(self.classes),):
            raise ValueError(f"expected logits of shape ({len(self.classes)},), got {logits.shape}")
        bias = np.asarray(self.calibration.bias, np.float64)
        against_real = logits.astype(np.float64) - float(logits[self.real_index])
        return (against_real + bias) / np.asarray(self.calibration.temperature, np.float64)


def interval_in(bins: tuple[CalibrationBin, ...], probability: float) -> tuple[float, float] | None:
    """The interval of the bin that holds `probability`, widened to include it; None without one."""
    for one in bins:
        if one.low <= probability < one.high or probability == one.high == 1.0:
            return min(one.interval[0], probability), max(one.interval[1], probability)
    return None
