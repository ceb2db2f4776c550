"""What a forensic measurement is, the registry, and how a reading is written.

Reason codes: face_too_small, no_mesh, no_skin, no_neck, no_surroundings, no_outline, no_grid,
no_light.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from unmask.checks import expect
from unmask.detectors.forensics.view import FaceView
from unmask.registry import Registry

FAMILY = "forensic"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value, or None with the code of the reason; `detail` holds further plain numbers."""

    value: float | None
    reason: str = ""
    reliability: float = 1.0
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expect((self.value is None) == bool(self.reason), "a value, or None and a reason", self)


@dataclass(frozen=True, slots=True)
class Forensic:
    """A registered measurement.

    unit      of its value
    read      takes it
    distance  True where the value says how far two things are apart: 0 is never unusual
    """

    unit: str
    read: Callable[[FaceView], Reading]
    distance: bool = False


FORENSICS: Registry[Forensic] = Registry("forensic measurement")


def forensic(
    name: str, unit: str, *, distance: bool = False
) -> Callable[[Callable[[FaceView], Reading]], Callable[[FaceView], Reading]]:
    """Register a function as the measurement `name`, its value in `unit`."""

    def add(read: Callable[[FaceView], Reading]) -> Callable[[FaceView], Reading]:
        FORENSICS.register(name)(Forensic(unit, read, distance))
        return read

    return add


def missing(reason: str) -> Reading:
    """An abstention."""
    return Reading(None, reason, 0.0)


def reliability_of(pixels: int, plenty: int) -> float:
    """How far `pixels` are enough: 1 from `plenty` on."""
    return min(1.0, pixels / plenty)
