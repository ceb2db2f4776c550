"""One line per person of the clips: the truth, what each detector says, the vector for the rule.

Readings of clips + a bundle -> [here] -> `fit_fusion.py` and `clip_report.py`. The network over
time answers through the code that serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from unmask.detectors.coherence.features import PARTS
from unmask.detectors.coherence.measure import settled
from unmask.detectors.fused import PERSON_FEATURES, person_vector
from unmask.detectors.temporal import TemporalDetector
from unmask.models.bundle import Bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.train.clip_readings import Reading
from unmask.types import Evidence, Measurement, Reason

References = Mapping[str, tuple[float, float]]


def clip_table(readings: Sequence[Reading], bundle: Bundle) -> pd.DataFrame:
    """One line per person of the clips.

    data, clip, split, people, identity, source, kind, fake, frame, temporal, cues, unread, read_as

    `people` is how many the truth of the clip names; `frame` and `temporal` are P(manipulated), NaN
    where that detector abstained; `cues` the measurements; `unread` the frame detector's reason, ""
    where it has a probability; `read_as` the likeliest manipulation, by the frames.
    """
    detector = TemporalDetector(bundle, Settings(threads=1)) if bundle.card.temporal else None
    return pd.DataFrame([_line(one, detector, bundle.card) for one in readings])


def _line(
    reading: Reading,
    detector: TemporalDetector | None,
    card: Card,
) -> dict[str, Any]:
    clip, person, track = reading.clip, reading.person, reading.track
    reason = Reason(track.reason) if track.reason else None
    subject, probability = track.features.subject, track.probability(card)
    known = card.measurements
    frame = Evidence("image", "face", subject, probability, reason)
    later = None
    if detector is not None:
        later = detector.detect([frame], [track.features])[0].score
    return {
        "data": clip.data,
        "clip": f"{clip.data}/{clip.split}/{clip.path.name}",
        "split": clip.split,
        "people": len(clip.people),
        "identity": person.identity,
        "source": person.source,
        "kind": person.kind,
        "fake": person.swapped,
        "frame": np.nan if probability is None else probability,
        "temporal": np.nan if later is None else later,
        "cues": tuple(
            settled(one, known[one.name]) if one.name in known else one
            for one in track.measurements
        ),
        "unread": track.reason,
        "read_as": track.read_as(card),
    }


def cue_references(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The 5-95 % range of each cue over the genuine people of a table; none where it has none."""
    found = {}
    genuine = table.loc[~table["fake"].astype(bool), "cues"]
    for cue in PARTS:
        own = [m.value for cues in genuine for m in cues if m.name == cue]
        values = [value for value in own if value is not None]
        if len(values) > 1:
            low, high = np.quantile(np.array(values, np.float64), [0.05, 0.95])
            found[cue] = (round(float(low), 5), round(float(high), 5))
    return found


def vectors(table: pd.DataFrame, references: References) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(N, len(PERSON_FEATURES)) of a table's people."""
    if table.empty:
        return np.zeros((0, len(PERSON_FEATURES)))
    rows = zip(table["cues"], table["frame"], table["temporal"], strict=True)
    return np.stack([_vector(cues, frame, later, references) for cues, frame, later in rows])


def _vector(
    cues: Sequence[Measurement], frame: float, temporal: float, references: References
) -> np.ndarray[Any, np.dtype[np.float64]]:
    return person_vector(cues, references, _known(frame), _known(temporal))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
