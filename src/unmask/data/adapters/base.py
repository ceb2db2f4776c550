"""What every data-set adapter gives: one `Picture` per file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from unmask.registry import Registry

CLASSES = ("real", "swap", "synthetic")


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled face picture.

    klass      "real", "swap" (face swap, blend or local edit) or "synthetic" (wholly generated)
    video      what it was cut from; a real and its fakes share it
    identity   the person where known, else something that keeps relatives on one side of a split
    box_xyxy   the face in pixels of the file
    """

    path: Path
    klass: str
    source: str
    video: str
    identity: str
    box_xyxy: tuple[float, float, float, float]


Adapter = Callable[[Path], Iterator[Picture]]
ADAPTERS: Registry[Adapter] = Registry("data-set adapter")
