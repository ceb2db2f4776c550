"""All cues that were asked for, on every person of a file; where they cannot help they abstain.

Observation + references of the card -> Measurements, by person and then by cue. A picture of one
face is no scene: there nothing runs, and every cue says so. One reader serves one file after
another and keeps the networks that a cue has opened.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from unmask.detectors.coherence import (
    appearance,
    face_body,
    gaze,
    scene_motion,
)
from unmask.detectors.coherence.base import CUES, FAMILY, Cue
from unmask.detectors.coherence.features import USUAL_RATIO
from unmask.errors import UsageError
from unmask.models.card import MeasurementReference
from unmask.types import Measurement, MediaKind, Observation

ALL, NONE = "all", "none"
UNITS = {module.NAME: module.UNIT for module in (appearance, face_body, gaze, scene_motion)}


def parse_cues(text: str) -> tuple[str, ...]:
    """Names in a list with commas, in registry order; "all" and "none" are known.

    UsageError for anything else.
    """
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    if asked == [ALL]:
        return tuple(CUES)
    if asked == [NONE]:
        return ()
    if not asked or {ALL, NONE} & set(asked):
        raise UsageError(
            f"cues: expected all, none or names with commas, got {text!r}",
            f"choose from {', '.join(CUES)}",
        )
    for name in asked:
        CUES.get(name)
    return tuple(name for name in CUES if name in asked)


class CueReader:
    """Measures the cues of a list of names; `seconds` holds what each took for the last file."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._cues: dict[str, Cue] = {}
        self.seconds: dict[str, float] = {}

    def measure(
        self, observation: Observation, references: Mapping[str, MeasurementReference]
    ) -> tuple[Measurement, ...]:
        """Every cue of every track; references come from the card where it has them."""
        self.seconds = {}
        by_cue = [self._measure(name, observation) for name in self._names]
        found: list[Measurement] = []
        for of_track in zip(*by_cue, strict=True):
            for one in of_track:
                known = references.get(one.name)
                found.append(one if known is None else settled(one, known))
        return tuple(found)

    def _measure(self, name: str, observation: Observation) -> list[Measurement]:
        if observation.media.kind is MediaKind.IMAGE and len(observation.tracks) < 2:
            return [_not_a_scene(name, track.id) for track in observation.tracks]
        if name not in self._cues:
            self._cues[name] = CUES.get(name)()
        start = time.perf_counter()
        measured = self._cues[name].measure(observation)
        self.seconds[name] = time.perf_counter() - start
        return measured


def settled(one: Measurement, known: MeasurementReference) -> Measurement:
    """A measured cue beside what is usual: in a clip that is coded coarsely, what is usual there.

    The detail `USUAL_RATIO` then says by how much less such a value counts (`features.py`).
    """
    quantiser, coarse = one.detail.get("h264_qp"), known.coarse_reference
    fine = known.h264_qp_max is None or quantiser is None or quantiser <= known.h264_qp_max
    if fine or coarse is None or one.value is None:
        return replace(one, reference=known.reference)
    ratio = known.reference[1] / max(coarse[1], 1e-9)
    return replace(one, reference=coarse, detail={**one.detail, USUAL_RATIO: ratio})


def _not_a_scene(name: str, subject: str) -> Measurement:
    reason = "still" if name == scene_motion.NAME else "one_face"
    return Measurement(name, FAMILY, subject, None, UNITS[name], None, 0.0, reason)
