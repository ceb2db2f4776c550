"""Noise of the face against its surroundings, both on flat areas.

One exposure has one noise (Mahdian and Saic, "Using noise inconsistencies for blind image
forensics", 2009); what was pasted or generated brings its own. Value: noise level inside the face
over that of the surroundings, by Immerkaer's estimate; 1 = alike. A blurred background is smoother
than a face in focus for innocent reasons, which the reference range reflects.
"""

from __future__ import annotations

import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import noise_from, usable_pixels

ENOUGH_PX = 6000
FLOOR = 0.05  # grey levels: rounding alone leaves as much


@forensic("noise_ratio", "ratio")
def noise_ratio(view: FaceView) -> Reading:
    """Noise level inside the face over that outside."""
    around = usable_pixels(view.luma, view.around)
    inside = noise_from(view.noise, view.gradient, usable_pixels(view.luma, view.skin))
    outside = noise_from(view.noise, view.gradient, around)
    if inside is None:
        return missing("no_skin")
    if outside is None:
        return missing("no_surroundings")
    value = (inside + FLOOR) / (outside + FLOOR)
    detail = {"face": inside, "surroundings": outside}
    return Reading(value, "", reliability_of(int(np.count_nonzero(around)), ENOUGH_PX), detail)
