"""What a cue is, the registry of cues, and how measured values and abstentions are written.

A cue registers a factory, so that one which needs a network opens it only when it is used. Reason
codes: still, too_few_frames, face_too_small, no_mesh, no_texture, one_face, eyes_not_readable,
no_shoulders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from unmask.registry import Registry
from unmask.types import Face, FaceTrack, Measurement, Observation

FAMILY = "cue"


class Cue(Protocol):
    """Measures every track of an observation."""

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order; abstains with a reason code."""


CUES: Registry[Callable[[], Cue]] = Registry("cue")


def measured(
    name: str, track: FaceTrack, value: float, unit: str, reliability: float, **detail: Any
) -> Measurement:
    """A cue's value; its reference is set later, from the bundle's card or the cue's own table."""
    clipped = min(1.0, max(0.0, reliability))
    return Measurement(name, FAMILY, track.id, value, unit, None, clipped, "", detail)


def abstained(name: str, track: FaceTrack, unit: str, reason: str, **detail: Any) -> Measurement:
    """A cue that has nothing to say of a track, and why."""
    return Measurement(name, FAMILY, track.id, None, unit, None, 0.0, reason, detail)


def spread_out(faces: Sequence[Face], most: int) -> list[Face]:
    """At most `most` of the faces, evenly over the track."""
    if len(faces) <= most:
        return list(faces)
    step = len(faces) / most
    return [faces[int((place + 0.5) * step)] for place in range(most)]
