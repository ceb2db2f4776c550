"""The plain-data types that travel from file to report, and nothing else does.

    file -> MediaInfo + Frame... -> Face / FaceTrack -> Observation -> Evidence -> Verdict -> Report

Each is a frozen dataclass with slots, checked once where it is made; numpy inside; no behaviour
beyond small properties. Arrays are read as immutable by convention: nobody writes into one that
arrived through these types.
"""

from __future__ import annotations

from unmask.types.arrays import FloatArray, ImageArray
from unmask.types.evidence import (
    Evidence,
    Faithfulness,
    HeatMap,
    Measurement,
    Moment,
    Outcome,
    Reason,
    Verdict,
)
from unmask.types.faces import Face, FaceQuality, FaceTrack, Observation
from unmask.types.media import UNREAD_FACES, Frame, MediaInfo, MediaKind, Skipped
from unmask.types.provenance import Credentials, Provenance
from unmask.types.report import (
    Check,
    CheckStatus,
    Finding,
    Narrative,
    Profile,
    Report,
    RobustnessRow,
    Sentence,
)

__all__ = [
    "UNREAD_FACES",
    "Check",
    "CheckStatus",
    "Credentials",
    "Evidence",
    "Face",
    "FaceQuality",
    "FaceTrack",
    "Faithfulness",
    "Finding",
    "FloatArray",
    "Frame",
    "HeatMap",
    "ImageArray",
    "Measurement",
    "MediaInfo",
    "MediaKind",
    "Moment",
    "Narrative",
    "Observation",
    "Outcome",
    "Profile",
    "Provenance",
    "Reason",
    "Report",
    "RobustnessRow",
    "Sentence",
    "Skipped",
    "Verdict",
]
