"""What a face detector says of one face, before the mesh has looked at it."""

from __future__ import annotations

from dataclasses import dataclass

from unmask.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face found by a detector.

    box_xyxy  (4,) px of the frame in CenterFace's convention; may leave the frame
    score     the detector's score, [0, 1]
    eyes_px   (2, 2) centres of the image-left and the image-right eye as (x, y), px of the frame
    """

    box_xyxy: FloatArray
    score: float
    eyes_px: FloatArray

    @property
    def width_px(self) -> float:
        """Width of the box in pixels."""
        return float(self.box_xyxy[2] - self.box_xyxy[0])
