"""Chroma of the facial skin against the neck's.

Swapped faces keep something of the colour of where they come from. Value: distance of the median
(a, b) of CIE Lab between face and neck; lightness is left out, because the neck lies in the shade
of the chin. Make-up and sunburn differ too, which the reference range reflects.
"""

from __future__ import annotations

import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.measures import chroma_of

ENOUGH_PX = 2000


@forensic("colour_difference", "delta ab", distance=True)
def colour_difference(view: FaceView) -> Reading:
    """Chroma distance of face and neck, CIE Lab units."""
    face = chroma_of(view.image_rgb, view.skin)
    neck = chroma_of(view.image_rgb, view.neck)
    if face is None:
        return missing("no_skin")
    if neck is None:
        return missing("no_neck")
    value = float(np.hypot(face[0] - neck[0], face[1] - neck[1]))
    return Reading(value, "", reliability_of(int(np.count_nonzero(view.neck)), ENOUGH_PX))
