"""Does the face lie on the same 8-px block grid as its surroundings?

JPEG leaves steps at its block borders; a pasted face brings the grid of the picture it was cut from
or none (Li, Yuan and Yu, 2009). The grid's phase is that of the surroundings. Value: strength of
that grid inside the face over its strength outside; 1 = alike. Where the face has a stronger grid
of another phase, `detail` gives the offset.
"""

from __future__ import annotations

import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import BLOCK_PX, bends, steps_under, strength_at

GRID_MIN = 1.06  # strength of the surroundings' grid: below it there is none to compare with
AXES = (1, 0)  # x, then y


@forensic("jpeg_grid", "ratio")
def jpeg_grid(view: FaceView) -> Reading:
    """Strength of the surroundings' grid inside the face over its strength outside."""
    if view.reduction > 1:
        return missing("no_grid")  # averaging destroys it
    ratios, strengths, offsets = [], [], []
    for axis in AXES:
        bend = bends(view.luma, axis)
        outside = steps_under(bend, view.around, axis)
        inside = steps_under(bend, view.oval, axis)
        if outside is None:
            return missing("no_surroundings")
        if inside is None:
            return missing("no_skin")
        phase = int(np.argmax(outside))
        strengths.append(strength_at(outside, phase))
        ratios.append(strength_at(inside, phase) / strengths[-1])
        offsets.append((int(np.argmax(inside)) - phase) % BLOCK_PX)
    strength = float(np.mean(strengths))
    if strength < GRID_MIN:
        return missing("no_grid")
    detail = {"strength": strength, "offset_x_px": offsets[0], "offset_y_px": offsets[1]}
    return Reading(
        float(np.mean(ratios)), "", reliability_of(round(100 * (strength - 1)), 20), detail
    )
