"""All that a bundle knows of clips, in one object: its network over time and its fused rule.

Image evidence + TrackFeatures + Measurements -> [here] -> the evidence that `judge` takes, of every
person first what leads the verdict. In a picture, in a clip of fewer people than the rule was
fitted on, and for a bundle without these parts, that is the frame detector's evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unmask.detectors.coherence.measure import ALL, parse_cues
from unmask.detectors.coherence.scene_motion import NAME as SCENE_MOTION
from unmask.detectors.fused import FusionRule
from unmask.detectors.temporal import TemporalDetector
from unmask.detectors.track_features import TrackFeatures
from unmask.models.bundle import Bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.types import Evidence, Measurement, MediaKind, Observation


class ClipRule:
    """Adds what the bundle says beyond single frames; keeps its session warm.

    cues  names of those that have a part in its verdicts
    """

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        card = bundle.card
        self._temporal = TemporalDetector(bundle, settings) if card.temporal else None
        self._fusion = FusionRule(card.fusion) if card.fusion else None
        self._people_min = card.fusion.people_min if card.fusion else 0
        self._asks_quantisers = card.needs_h264_qp
        self.cues = _cues_that_count(card)

    @property
    def needs_cues(self) -> bool:
        """Whether the verdict on a clip rests on measurements, too."""
        return bool(self.cues)

    @property
    def needs_more_than_cues(self) -> bool:
        """Whether the fused rule was fitted with what only a whole clip gives."""
        return self._fusion is not None and (self._temporal is not None or self._asks_quantisers)

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
        fused = self.fuse(people_at_once(observation), image, temporal, measurements)
        return [*fused, *image, *temporal]

    def fuse(
        self,
        people: int,
        image: Sequence[Evidence],
        temporal: Sequence[Evidence],
        measurements: Sequence[Measurement],
    ) -> list[Evidence]:
        """The fused evidence alone; none where fewer `people` are seen at once than it knows."""
        if self._fusion is None or people < self._people_min:
            return []
        return self._fusion.fuse(image, temporal, measurements)


def _cues_that_count(card: Card) -> tuple[str, ...]:
    """Names of the cues that have a weight in the card's rule, or keep somebody from being cleared.

    In the order of `parse_cues`; a rule may have fitted a cue and given it no weight.
    """
    weighed = set() if card.fusion is None else card.fusion.weighed
    named = {name.partition(":")[0] for name in weighed}
    named |= {SCENE_MOTION} if card.verdict.motion_min > 0 else set()
    return tuple(name for name in parse_cues(ALL) if name in named)


def people_at_once(observation: Observation) -> int:
    """The most faces that a frame shows: after a cut the same people are tracks anew."""
    faces = Counter(face.frame_index for track in observation.tracks for face in track.faces)
    return max(faces.values(), default=0)
