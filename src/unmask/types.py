"""The plain-data types that travel from file to report, and nothing else does.

    file -> MediaInfo + Frame... -> Face / FaceTrack -> Observation -> Evidence -> Verdict -> Report

Each is a frozen dataclass with slots, checked once where it is made; numpy inside; no behaviour
beyond small properties. Arrays are read as immutable by convention: nobody writes into one that
arrived through these types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from unmask.checks import expect, expect_image, expect_unit

FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


class MediaKind(StrEnum):
    """What a file turned out to be."""

    IMAGE = "image"
    VIDEO = "video"


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


class CheckStatus(StrEnum):
    """What became of one check in the coverage table."""

    RUN = "run"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What is known of the input file: `width_px` x `height_px` after rotation has been applied."""

    kind: MediaKind
    format: str
    width_px: int
    height_px: int
    bytes: int
    sha256: str
    duration_s: float | None = None
    fps: Fraction | None = None

    def __post_init__(self) -> None:
        expect(self.width_px > 0 and self.height_px > 0, "positive size", self)
        expect(len(self.sha256) == 64, "a sha256 of 64 hex digits", self.sha256)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture: `image_rgb` (H, W, 3) uint8, upright; `time_s` from the clip's start."""

    image_rgb: ImageArray
    index: int
    time_s: float

    def __post_init__(self) -> None:
        expect_image("image_rgb", self.image_rgb)
        expect(self.index >= 0, "index >= 0", self.index)


UNREAD_FACES = "unread faces"  # what `Skipped` says of faces that nobody looked at


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out, and why: shown in the report's coverage."""

    what: str
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How well a face can be read.

    width_px      face width in the original picture, pixels
    sharpness     variance of the Laplacian of the face at 112 px, grey levels squared
    exposure      mean luma of the face, 0 (black) to 1 (white)
    contrast      standard deviation of the luma, 0 to .5
    blockiness    8x8 grid energy against its neighbours, 1 = none (a measure of compression)
    """

    width_px: float
    sharpness: float
    exposure: float
    contrast: float
    blockiness: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one frame.

    box_xyxy      (4,) left, top, right, bottom in pixels of the frame; may leave the frame
    score         detector's score, [0, 1]
    landmarks_px  (478, 2) mesh with irises (468-472 the image-left, 473-477 the image-right) or
                  None where the mesh could not be fitted
    head_pose_deg (yaw, pitch, roll) in degrees or None; yaw > 0 looks to the picture's right
    gaze_deg      (yaw, pitch) of the eyes relative to the camera, or None
    """

    box_xyxy: FloatArray
    score: float
    frame_index: int
    time_s: float
    landmarks_px: FloatArray | None = None
    head_pose_deg: tuple[float, float, float] | None = None
    gaze_deg: tuple[float, float] | None = None
    quality: FaceQuality | None = None

    def __post_init__(self) -> None:
        expect(self.box_xyxy.shape == (4,), "box_xyxy of shape (4,)", self.box_xyxy.shape)
        marks = self.landmarks_px
        expect(
            marks is None or marks.shape == (478, 2),
            "landmarks_px of shape (478, 2) or None",
            None if marks is None else marks.shape,
        )

    @property
    def width_px(self) -> float:
        """Width of the box in pixels."""
        return float(self.box_xyxy[2] - self.box_xyxy[0])

    @property
    def height_px(self) -> float:
        """Height of the box in pixels."""
        return float(self.box_xyxy[3] - self.box_xyxy[1])


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One person over time; in a picture a track of one face. `id` is A, B, ... left to right."""

    id: str
    faces: tuple[Face, ...]

    def __post_init__(self) -> None:
        expect(len(self.faces) > 0, "a track of at least one face", self.faces)


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """All that was seen in a file: the one input of every detector.

    cuts_s        times of scene cuts, seconds (empty for a picture)
    damaged       True where part of the file could not be decoded
    """

    media: MediaInfo
    frames: tuple[Frame, ...]
    tracks: tuple[FaceTrack, ...]
    skipped: tuple[Skipped, ...] = ()
    cuts_s: tuple[float, ...] = ()
    damaged: bool = False

    def frame(self, index: int) -> Frame:
        """The frame whose `index` is given; KeyError where it was not sampled."""
        for frame in self.frames:
            if frame.index == index:
                return frame
        raise KeyError(index)


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
    """

    values: FloatArray
    scale: float
    crop_to_frame: FloatArray
    crop_rgb: ImageArray
    frame_index: int
    blend: FloatArray | None = None

    def __post_init__(self) -> None:
        expect(self.values.ndim == 2, "values of shape (h, w)", self.values.shape)
        expect(self.crop_to_frame.shape == (2, 3), "crop_to_frame (2, 3)", self.crop_to_frame.shape)
        expect(self.scale > 0, "scale > 0", self.scale)
        expect_image("crop_rgb", self.crop_rgb)


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
    class_probabilities {class: p} in the bundle's order, or empty
    interval            95 % interval of the score, or None
    series              the score over time, one Moment per face looked at
    heat_map            map of the most telling face, or None
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
    time_s: float | None = None

    def __post_init__(self) -> None:
        expect_unit("score", self.score)
        expect_unit("reliability", self.reliability)
        expect(
            (self.score is None) == (self.reason is not None), "a score, or None and a reason", self
        )


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer for one subject: a track id, or "file".

    `outcome` is a pure function of `fake_probability`, `threshold` and `clear_below` (see
    `detectors/fusion.py`); `interval` is the 95 % interval of the probability.
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One measured fact, the only thing a text generator may speak of.

    `id` is stable and unique in a report ("A.region.mouth"); `subject` a track id or "file";
    `kind` names the template that may say it; `direction` is "towards_manipulated",
    "towards_genuine" or "neutral"; `strength` is in [0, 1]; `reference` is the usual range.
    """

    id: str
    subject: str
    kind: str
    value: float | str | None
    unit: str = ""
    reference: tuple[float, float] | None = None
    direction: str = "neutral"
    strength: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the interpretation and the ids of the findings it rests on."""

    text: str
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Narrative:
    """The words of a report in one language, by section."""

    language: str
    narrator: str
    interpretation: tuple[Sentence, ...]
    limits: tuple[str, ...]
    conclusion: str
    action: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the coverage table: a check, what became of it, and why."""

    name: str
    status: CheckStatus
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything a reader may ask about one file. Writers turn it into JSON, HTML and PDF.

    `card` is the bundle's card as plain data; `verdicts` holds one per track and, last, the file's;
    `narratives` maps "ko" and "en" to their words; `timings_s` seconds by stage; `steps` what was
    done, in order, with its parameters; `settings` the options that reproduce the run.
    """

    path_shown: str
    media: MediaInfo
    observation: Observation
    verdicts: tuple[Verdict, ...]
    card: dict[str, Any]
    bundle_sha256: str
    findings: tuple[Finding, ...]
    narratives: dict[str, Narrative]
    coverage: tuple[Check, ...]
    versions: dict[str, str]
    created: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        expect(
            bool(self.verdicts) and self.verdicts[-1].subject == "file",
            "verdicts that end with the file's",
            [v.subject for v in self.verdicts],
        )
        expect(self.created.tzinfo is not None, "a time with a zone", self.created)

    @property
    def verdict(self) -> Verdict:
        """The verdict for the whole file."""
        return self.verdicts[-1]

    @property
    def outcome(self) -> Outcome:
        """The outcome for the whole file."""
        return self.verdict.outcome

    @property
    def fake_probability(self) -> float | None:
        """Calibrated P(manipulated) of the whole file, or None."""
        return self.verdict.fake_probability
