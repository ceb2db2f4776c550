"""What a pseudo-fake is, and the registry of the ways to make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from unmask.registry import Registry
from unmask.types import FloatArray, ImageArray


@dataclass(frozen=True, slots=True, eq=False)
class PseudoFake:
    """A manipulated picture and the truth about it.

    image_rgb  (H, W, 3) uint8, of the size of the genuine picture
    mask       (H, W) float32 in [0, 1]: how much of each pixel comes from the other layer
    kind       name in `PSEUDO_FAKES`, or "innocent"
    """

    image_rgb: ImageArray
    mask: FloatArray
    kind: str


# Another face: its picture (H', W', 3) uint8 and its mesh (478, 2) in pixels of that picture.
Donor: TypeAlias = tuple[ImageArray, FloatArray]


class Maker(Protocol):
    """One way to make a pseudo-fake. Draws from `rng` only; never writes into its arguments."""

    def __call__(
        self,
        rng: np.random.Generator,
        image_rgb: ImageArray,
        landmarks_px: FloatArray,
        donor: Donor | None = None,
    ) -> PseudoFake:
        """A pseudo-fake of the picture; makers that need a donor raise UsageError without one."""
        ...


PSEUDO_FAKES: Registry[Maker] = Registry("pseudo-fake")
