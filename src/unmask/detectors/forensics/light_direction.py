"""Direction of the light on the inner face against that on the outer face.

One scene has one light (Johnson and Farid, "Exposing digital forgeries in complex lighting
environments", 2007; Kee and Farid, 2010, for faces). A swap replaces eyes, nose, cheeks and mouth
and mostly leaves forehead, temples and jaw. Value: angle in degrees between the directions fitted
to the two parts; `detail` holds azimuth, elevation and residual of the light on the whole face.
"""

from __future__ import annotations

import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing
from unmask.detectors.forensics.view import FaceView
from unmask.faces.light import light_on_parts
from unmask.faces.pose import direction_of

RESIDUAL_MAX = 0.85  # the one light explains less than three tenths of the variance: no direction


@forensic("light_direction", "degrees", distance=True)
def light_direction(view: FaceView) -> Reading:
    """Angle between the light on the inner and on the outer face."""
    whole, inner, outer = light_on_parts(view.luma, view.landmarks_px)
    if whole is None or inner is None or outer is None or whole.residual > RESIDUAL_MAX:
        return missing("no_light")
    one, other = (direction_of(part.azimuth_deg, part.elevation_deg) for part in (inner, outer))
    value = float(np.degrees(np.arccos(np.clip(one @ other, -1.0, 1.0))))
    detail = {
        "azimuth_deg": whole.azimuth_deg,
        "elevation_deg": whole.elevation_deg,
        "residual": whole.residual,
    }
    return Reading(value, "", 1.0 - whole.residual, detail)
