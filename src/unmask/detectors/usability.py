"""Which faces a network may be asked about: the limits of use on its card, applied to one face.

A face outside them is not scored at all; it carries the reason instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unmask.models.card import LimitsOfUse
from unmask.types import Face, Reason

# Where frames of a track failed for several reasons equally often, the first of these is named.
ORDER = (Reason.FACE_TOO_SMALL, Reason.LOW_QUALITY, Reason.OUT_OF_RANGE)


def reason_against(face: Face, limits: LimitsOfUse, width_min_px: float) -> Reason | None:
    """Why the face must not be scored, or None; `width_min_px` may be stricter than the card's.

    A face whose quality was not measured is LOW_QUALITY: nothing unknown passes.
    """
    if width_px(face) < max(limits.face_width_min_px, width_min_px):
        return Reason.FACE_TOO_SMALL
    if face.landmarks_px is None and limits.needs_mesh:
        return Reason.OUT_OF_RANGE
    if face.head_pose_deg is not None and abs(face.head_pose_deg[0]) > limits.yaw_max_deg:
        return Reason.OUT_OF_RANGE
    quality = face.quality
    if quality is None or quality.sharpness < limits.sharpness_min:
        return Reason.LOW_QUALITY
    darkest, brightest = limits.exposure
    return None if darkest <= quality.exposure <= brightest else Reason.LOW_QUALITY


def common_reason(reasons: Sequence[Reason]) -> Reason:
    """The most frequent reason; among equals the first in `ORDER`. `reasons` is not empty."""
    counts = Counter(reasons)
    return max(ORDER, key=lambda reason: (counts[reason], -ORDER.index(reason)))


def fitness(face: Face, limits: LimitsOfUse) -> float:
    """How far inside the limits of use a face lies: 0.5 at a limit, 1 from twice as good on."""
    parts = [_ratio(width_px(face), limits.face_width_min_px)]
    if face.quality is not None:
        parts.append(_ratio(face.quality.sharpness, limits.sharpness_min))
    if face.head_pose_deg is not None:
        parts.append(_ratio(limits.yaw_max_deg, abs(face.head_pose_deg[0])))
    return min(parts)


def width_px(face: Face) -> float:
    """Face width in the original picture, pixels: as measured, or that of the box."""
    return face.width_px if face.quality is None else face.quality.width_px


def _ratio(value: float, limit: float) -> float:
    return 1.0 if limit <= 0 else min(1.0, max(0.0, value / (2 * limit)))
