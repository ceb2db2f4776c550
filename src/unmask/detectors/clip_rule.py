"""All that a bundle knows of clips, in one object: its network over time and its fused rule.

Image evidence + TrackFeatures + Measurements -> [here] -> the evidence that `judge` takes, of every
person first what leads the verdict. In a picture, in a clip of fewer people than the rule was
fitted on, and for a bundle without these parts, that is the frame detector's evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unmask.detectors.fused import FusionRule
from unmask.detectors.temporal import TemporalDetector
from unmask.detectors.track_features import TrackFeatures
from unmask.models.bundle import Bundle
from unmask.settings import Settings
from unmask.types import Evidence, Measurement, MediaKind, Observation


class ClipRule:
    """Adds what the bundle says beyond single frames; keeps its session warm."""

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        card = bundle.card
        self._temporal = TemporalDetector(bundle, settings) if card.temporal else None
        self._fusion = FusionRule(card.fusion) if card.fusion else None
        self._people_min = card.fusion.people_min if card.fusion else 0
        self._guards_motion = card.verdict.motion_min > 0

    @property
    def needs_cues(self) -> bool:
        """Whether the verdict on a clip rests on measurements, too."""
        return self._fusion is not None or self._guards_motion

    def extend(
        self,
        observation: Observation,
        image: Sequence[Evidence],
        features: Sequence[TrackFeatures],
        measurements: Sequence[Measurement],
    ) -> list[Evidence]:
        """The fused evidence, the frame detector's and the temporal one, each by track."""
        if observation.media.kind is MediaKind.IMAGE:
            return list(image)
        temporal = [] if self._temporal is None else self._temporal.detect(image, features)
        fused = []
        if self._fusion is not None and people_at_once(observation) >= self._people_min:
            fused = self._fusion.fuse(image, temporal, measurements)
        return [*fused, *image, *temporal]


def people_at_once(observation: Observation) -> int:
    """The most faces that a frame shows: after a cut the same people are tracks anew."""
    faces = Counter(face.frame_index for track in observation.tracks for face in track.faces)
    return max(faces.values(), default=0)
