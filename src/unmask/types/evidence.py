"""What detectors, cues and measurements say of a face, and the verdict that rests on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from unmask.checks import expect, expect_image, expect_unit
from unmask.types.arrays import FloatArray, ImageArray


class Outcome(StrEnum):
    """The three answers. Nothing that failed ever reads as the third."""

    MANIPULATED = "manipulated"
    INCONCLUSIVE = "inconclusive"
    NO_EVIDENCE = "no_evidence"


class Reason(StrEnum):
    """Why a face, a moment or a file is inconclusive (spelled as in the report)."""

    NO_FACE = "no_face"
    FACE_TOO_SMALL = "face_too_small"
    LOW_QUALITY = "low_quality"
    TOO_FEW_FRAMES = "too_few_frames"
    PARTIAL_DECODE = "partial_decode"
    GREY_ZONE = "grey_zone"
    OUT_OF_RANGE = "out_of_range"
    TOO_SMOOTH = "too_smooth"
    TOO_COMPRESSED = "too_compressed"
    TOO_BLURRED = "too_blurred"
    SOME_MOMENTS = "some_moments"


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What the marked part of a map is worth to the network (deletion test, Petsiuk et al., 2018).

    before, marked, random  calibrated P(manipulated) of the face as it is, without the marked
                            `area_share` of the crop, and without as large a part drawn at random
    stability               correlation of the map with those of the mirrored and the recompressed
                            face, [-1, 1]
    agreement               share of the blend map's mass in the marked part over its area, or None
    shown, reason           whether the map may be shown and, where not, the code of the reason
    """

    before: float
    marked: float
    random: float
    area_share: float
    stability: float
    agreement: float | None = None
    shown: bool = True
    reason: str = ""

    @property
    def marked_drop(self) -> float:
        """By how much P(manipulated) falls without the marked part."""
        return self.before - self.marked

    @property
    def random_drop(self) -> float:
        """By how much it falls without a part of the same size drawn at random."""
        return self.before - self.random


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Where in a crop the evidence lies.

    values        (h, w) float32, the closed-form Grad-CAM of log-odds(manipulated : real), coarse;
                  sum(values) + bias = that log-odds. Never min-maxed: divide by `scale` to show
    blend         (h', w') float32 in [0, 1], the blend head's map, or None
    scale         the value shown as full colour; comes from the bundle's card
    crop_to_frame (2, 3) float32 affine from crop coordinates (x, y in 0..1) to frame pixels
    crop_rgb      (S, S, 3) uint8, the pixels the network saw
    frame_index   which frame
    faithfulness  what taking the marked part away does to the answer, or None: not measured
    """

    values: FloatArray
    scale: float
    crop_to_frame: FloatArray
    crop_rgb: ImageArray
    frame_index: int
    blend: FloatArray | None = None
    faithfulness: Faithfulness | None = None

    def __post_init__(self) -> None:
        expect(self.values.ndim == 2, "values of shape (h, w)", self.values.shape)
        expect(self.crop_to_frame.shape == (2, 3), "crop_to_frame (2, 3)", self.crop_to_frame.shape)
        expect(self.scale > 0, "scale > 0", self.scale)
        expect_image("crop_rgb", self.crop_rgb)

    @property
    def shown(self) -> bool:
        """Whether a reader may see the map: not where its faithfulness was measured and failed."""
        return self.faithfulness is None or self.faithfulness.shown


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of a series: a score at a time, or None with the reason."""

    time_s: float
    score: float | None
    reason: Reason | None = None
    frame_index: int = 0

    def __post_init__(self) -> None:
        expect_unit("score", self.score)
        expect((self.score is None) == (self.reason is not None), "a score or a reason", self)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one detector or cue says of one subject.

    detector, cue       who says it
    subject             track id, a pair "A+B", or "scene"
    score               calibrated P(manipulated) in [0, 1]; None = abstained, with `reason`
    reliability         [0, 1] how far the inputs were those the detector was made for
    class_probabilities {class: p} in the bundle's order, "edit" after "swap" where told, or empty
    interval            95 % interval of the score, or None
    series              the score over time, one Moment per face looked at
    heat_map            map of the most telling face, or None
    peaks               maps of the moments with the highest score, that one first; () of a picture
    time_s              when that was (None in a picture)
    """

    detector: str
    cue: str
    subject: str
    score: float | None
    reason: Reason | None = None
    reliability: float = 1.0
    class_probabilities: dict[str, float] = field(default_factory=dict)
    interval: tuple[float, float] | None = None
    series: tuple[Moment, ...] = ()
    heat_map: HeatMap | None = None
    peaks: tuple[HeatMap, ...] = ()
    time_s: float | None = None

    def __post_init__(self) -> None:
        expect_unit("score", self.score)
        expect_unit("reliability", self.reliability)
        expect(
            (self.score is None) == (self.reason is not None), "a score, or None and a reason", self
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number taken beside the network: a forensic measurement or one of the human cues.

    name         of the measurement, as registered ("noise_ratio", "gaze_alignment")
    family       "forensic" or "cue"
    subject      a track id
    value        the number in `unit`, or None = abstained, with `reason`
    reference    usual range on genuine faces, in the same unit, or None where it is not known
    reliability  [0, 1] how far the inputs were those the measurement was made for
    reason       code of why it abstained ("one_face", "no_shoulders"), "" where there is a value
    detail       further numbers that the text may use
    """

    name: str
    family: str
    subject: str
    value: float | None
    unit: str
    reference: tuple[float, float] | None = None
    reliability: float = 1.0
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expect_unit("reliability", self.reliability)
        expect((self.value is None) == bool(self.reason), "a value, or None and a reason", self)

    @property
    def unusual(self) -> bool:
        """Whether the value lies outside the usual range."""
        if self.value is None or self.reference is None:
            return False
        return not self.reference[0] <= self.value <= self.reference[1]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer for one subject: a track id, or "file".

    `outcome` follows from `fake_probability`, `threshold` and `clear_below`, and from what keeps a
    low probability from clearing somebody (see `detectors/fusion.py`); `interval` is the 95 %
    interval of the probability.
    """

    subject: str
    outcome: Outcome
    fake_probability: float | None
    threshold: float
    clear_below: float
    reasons: tuple[Reason, ...] = ()
    interval: tuple[float, float] | None = None
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        expect_unit("fake_probability", self.fake_probability)
        expect(
            self.outcome is Outcome.INCONCLUSIVE or self.fake_probability is not None,
            "a probability with every outcome but inconclusive",
            self.outcome,
        )
        expect(
            (self.outcome is Outcome.INCONCLUSIVE) == (len(self.reasons) > 0),
            "reasons exactly where the outcome is inconclusive",
            (self.outcome, self.reasons),
        )
