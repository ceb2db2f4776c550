"""The detector over time: does a person's face change from frame to frame as a genuine one does?

TrackFeatures -> [here] -> one Evidence per person of a clip. The network is the bundle's part
`temporal.onnx`, an LSTM over the frame network's features (the CNN + LSTM of Gueera & Delp, AVSS
2018, with pooling over all states); calibration and smallest number of frames come from the card. A
point of the series is the network's answer to the `window_frames` usable frames round that moment,
so that it tells when; the score is its answer to the whole track.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from unmask.detectors.track_features import TrackFeatures
from unmask.models.bundle import TEMPORAL_INPUTS, TEMPORAL_OUTPUT, Bundle
from unmask.models.card import TemporalSpec
from unmask.settings import Settings
from unmask.types import Evidence, FloatArray, Moment, Reason

DETECTOR, CUE = "temporal", "time"


class TemporalDetector:
    """Scores the tracks of a clip with a bundle's temporal part; holds a warm session.

    KeyError where the bundle has no such part: ask for `card.temporal` before.
    """

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        spec = bundle.card.temporal
        if spec is None:
            raise KeyError("temporal")
        self._spec: TemporalSpec = spec
        self._session = bundle.open_temporal(settings.threads)

    def detect(self, image: Sequence[Evidence], tracks: Sequence[TrackFeatures]) -> list[Evidence]:
        """One Evidence per track, in their order; abstains where the frame detector did.

        `image` is the frame detector's evidence on the same tracks.
        """
        return [self._judge(seen, one) for seen, one in zip(image, tracks, strict=True)]

    def _judge(self, seen: Evidence, track: TrackFeatures) -> Evidence:
        count = len(track.features)
        if seen.reason is not None:
            return abstention(track.subject, seen.reason)
        if count < self._spec.frames_min:
            return abstention(track.subject, Reason.TOO_FEW_FRAMES)
        whole = self._probabilities(track.features[None], track.gaps_s[None])
        places = windows(count, self._spec.window_frames)
        over_time = self._probabilities(track.features[places], _gaps(track, places))
        series = tuple(
            Moment(float(time_s), float(p), None, int(index))
            for time_s, p, index in zip(track.times_s, over_time, track.frame_indices, strict=True)
        )
        return Evidence(
            detector=DETECTOR,
            cue=CUE,
            subject=track.subject,
            score=float(whole[0]),
            reliability=seen.reliability,
            series=series,
            time_s=max(series, key=lambda moment: moment.score or 0.0).time_s,
        )

    def _probabilities(self, features: FloatArray, gaps_s: FloatArray) -> FloatArray:
        """(N,) calibrated P(manipulated) of (N, T, F) features and (N, T) gaps."""
        inputs = (np.ascontiguousarray(features, np.float32), np.asarray(gaps_s, np.float32))
        feed = dict(zip(TEMPORAL_INPUTS, inputs, strict=True))
        (logits,) = self._session.run([TEMPORAL_OUTPUT], feed)
        return np.array([sigmoid(self._spec.log_odds(float(one))) for one in logits], np.float64)


def abstention(subject: str, reason: Reason) -> Evidence:
    """The detector has nothing to say of a person, and why."""
    return Evidence(DETECTOR, CUE, subject, None, reason, reliability=0.0)


def windows(count: int, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """(count, w) places of the w = min(width, count) neighbours round each of `count` frames."""
    width = min(width, count)
    starts = np.clip(np.arange(count) - width // 2, 0, count - width)
    return starts[:, None] + np.arange(width)[None]


def sigmoid(log_odds: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    power = math.exp(log_odds)
    return power / (1.0 + power)


def _gaps(
    track: TrackFeatures, places: np.ndarray[tuple[int, int], np.dtype[np.intp]]
) -> FloatArray:
    """Gaps inside each window: what comes before a window is not seen, so its first gap is 0."""
    gaps = track.gaps_s[places]
    gaps[:, 0] = 0.0
    return gaps
