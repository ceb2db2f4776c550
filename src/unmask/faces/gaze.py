"""Coarse gaze from where the irises sit in the eyes and how the head is turned.

Model: an iris centre lies on a sphere about the eyeball's centre, which lies a fixed way from the
middle of the eye's corners. All lengths are in units of the distance of the outer eye corners
(about 91 mm). The sphere has 10 mm: an eyeball turns about a point 13.5 mm behind the cornea, and
the iris lies 3.5 mm behind it. Where the eyeball's centre lies was fitted on 653 portraits of six
sources, most of which look into the camera; on them the yaw scatters by 5.4 degrees and the pitch
by 3.1 (1.48 x the median deviation, benchmarks/faces.py). Signs as for the head: yaw > 0 to the
picture's right, pitch > 0 up.
"""

from __future__ import annotations

import numpy as np

from unmask.faces.iris import Eye
from unmask.faces.pose import HeadPose, Matrix, angles_of

RADIUS = 0.11
DEPTH = 0.024  # the corners' middle before the eyeball's centre, along the face's direction
RISE = 0.020  # the eyeball's centre above the corners' line, in the face
HEAD_YAW_MAX_DEG = 50.0  # beyond, the far eye is hidden
OPENNESS_MIN = 0.15  # an eye less open shows no iris to measure
SINE_MAX = 0.9


def gaze_angles(eyes: tuple[Eye, Eye] | None, pose: HeadPose) -> tuple[float, float] | None:
    """(yaw, pitch) in degrees relative to the camera, or None where it cannot be told.

    It cannot on a face narrower than 60 px (`eyes` None), a head turned by more than 50 degrees, or
    with both eyes shut.
    """
    if eyes is None or abs(pose.angles_deg[0]) > HEAD_YAW_MAX_DEG:
        return None
    opened = [_direction(eye, pose) for eye in eyes if eye.openness >= OPENNESS_MIN]
    if not opened:
        return None
    return angles_of(np.mean(opened, axis=0))


def _direction(eye: Eye, pose: HeadPose) -> Matrix:
    """Unit vector (3,) along which one eye looks, in camera axes."""
    offset = (eye.iris_px[0] - eye.corners_px.mean(axis=0)) / pose.eyes_px
    down = pose.rotation[:2, 1]
    across = (offset + DEPTH * pose.forward[:2] + RISE * down) / RADIUS
    length = float(np.hypot(*across))
    if length > SINE_MAX:
        across = across * (SINE_MAX / length)
    return np.array([across[0], across[1], -np.sqrt(1 - float(across @ across))])
