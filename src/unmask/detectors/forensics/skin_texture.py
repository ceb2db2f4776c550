"""Fineness of the facial skin against the skin beside it.

A swapped or generated face is often smoother (a decoder's output, enlarged) or crisper than the
neck and the upper forehead, which the camera and its compression treated alike. The high-frequency
energy is that of the noise residual: finer than pores at most sizes. Value: rms of the face's skin
over that of the neck; 1 = alike.
"""

from __future__ import annotations

import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import PIXELS_MIN, noise_from, usable_pixels

ENOUGH_PX = 2000
FLOOR = 0.05  # grey levels: rounding alone leaves as much


@forensic("skin_texture", "ratio")
def skin_texture(view: FaceView) -> Reading:
    """Fine detail of the face's skin over that of the neck."""
    face = usable_pixels(view.luma, view.skin)
    neck = usable_pixels(view.luma, view.neck)
    if int(face.sum()) < PIXELS_MIN:
        return missing("no_skin")
    inside = noise_from(view.noise, view.gradient, face)
    beside = noise_from(view.noise, view.gradient, neck)
    if inside is None or beside is None:
        return missing("no_neck")
    value = (inside + FLOOR) / (beside + FLOOR)
    detail = {"face": inside, "neck": beside}
    return Reading(value, "", reliability_of(int(np.count_nonzero(neck)), ENOUGH_PX), detail)
