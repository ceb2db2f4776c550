"""Head pose from the mesh, and whether a mesh can be that of a head at all.

A scaled orthographic fit (Tomasi and Kanade's camera) of 49 points that no expression moves much to
a mean face. The mean face is this project's own: a generalised Procrustes mean of 478 fitted meshes
of six photo sources, made symmetric, with its zero of pitch at the median portrait. Unit:
the distance of the outer eye corners; origin: between the eyes; x to the picture's right, y down, z
away from the camera. Angles follow the camera's view: yaw > 0 looks to the picture's right, pitch
> 0 looks up, roll > 0 leans clockwise; they apply in the order yaw, pitch, roll.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unmask.types import FloatArray

Matrix = npt.NDArray[np.float64]

# (image-left point, image-right point, x, y, z of the right one); mirrored for the left one.
# fmt: off
_PAIRS = (
    (33, 263, 0.500, -0.009, 0.030), (133, 362, 0.192, 0.009, -0.030),
    (98, 327, 0.192, 0.460, -0.174), (129, 358, 0.232, 0.386, -0.135),
    (48, 278, 0.209, 0.394, -0.263), (116, 345, 0.699, 0.167, 0.174),
    (117, 346, 0.582, 0.170, 0.036), (123, 352, 0.694, 0.310, 0.160),
    (54, 284, 0.658, -0.384, 0.180), (67, 297, 0.387, -0.540, -0.086),
    (109, 338, 0.210, -0.569, -0.159), (139, 368, 0.717, -0.100, 0.282),
    (21, 251, 0.728, -0.264, 0.318), (127, 356, 0.772, 0.025, 0.578),
    (234, 454, 0.762, 0.176, 0.632), (193, 417, 0.085, -0.043, -0.170),
    (122, 351, 0.063, 0.051, -0.236), (50, 280, 0.540, 0.339, -0.028),
)
_MIDDLE = (  # (point, y, z)
    (10, -0.574, -0.179), (151, -0.404, -0.214), (9, -0.228, -0.237), (8, -0.136, -0.221),
    (168, -0.055, -0.216), (6, 0.034, -0.263), (197, 0.112, -0.318), (195, 0.184, -0.376),
    (5, 0.261, -0.437), (4, 0.353, -0.462), (1, 0.424, -0.438), (2, 0.487, -0.262),
    (94, 0.471, -0.313),
)
# fmt: on
POINTS: tuple[int, ...] = (
    *(p[0] for p in _PAIRS),
    *(p[1] for p in _PAIRS),
    *(p[0] for p in _MIDDLE),
)
MEAN_FACE: Matrix = np.array(
    [(-x, y, z) for _, _, x, y, z in _PAIRS]
    + [(x, y, z) for _, _, x, y, z in _PAIRS]
    + [(0.0, y, z) for _, y, z in _MIDDLE]
)
_CENTRED = MEAN_FACE - MEAN_FACE.mean(axis=0)
_SOLVE = np.linalg.pinv(_CENTRED)  # (3, n): least squares in one product


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """rotation (3, 3) from the mean face to the camera; `eyes_px` pixels per unit.

    residual  root mean square distance of the points from the fitted mean face, in units
    stretch   the larger over the smaller scale of the free linear fit, 1 for a rigid head
    """

    rotation: Matrix
    eyes_px: float
    residual: float
    stretch: float

    @property
    def angles_deg(self) -> tuple[float, float, float]:
        """(yaw, pitch, roll)."""
        yaw, pitch = angles_of(self.forward)
        cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
        level = np.array([cos, 0.0, sin])  # the face's x axis if it had no roll
        down = np.cross(-self.forward, level)
        across = self.rotation[:, 0]
        return yaw, pitch, float(np.degrees(np.arctan2(across @ down, across @ level)))

    @property
    def forward(self) -> Matrix:
        """Unit vector (3,) the face looks along: x right, y down, z away from the camera."""
        return -self.rotation[:, 2]


def angles_of(direction: Matrix) -> tuple[float, float]:
    """(yaw, pitch) in degrees of a direction (3,) in camera axes."""
    unit = direction / np.linalg.norm(direction)
    yaw = np.degrees(np.arctan2(unit[0], -unit[2]))
    return float(yaw), float(np.degrees(np.arcsin(np.clip(-unit[1], -1.0, 1.0))))


def direction_of(yaw_deg: float, pitch_deg: float) -> Matrix:
    """Unit vector (3,) in camera axes of a (yaw, pitch): the inverse of `angles_of`."""
    yaw, pitch = np.radians(yaw_deg), np.radians(pitch_deg)
    return np.array([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])


def head_pose(landmarks_px: FloatArray) -> HeadPose | None:
    """The pose of a mesh (478, 2), or None where its points have no extent."""
    marks = landmarks_px[list(POINTS)].astype(np.float64)
    marks -= marks.mean(axis=0)
    linear = (_SOLVE @ marks).T  # (2, 3)
    left, scales, right = np.linalg.svd(linear, full_matrices=False)
    if scales[1] < 1e-6:
        return None
    rows = left @ right
    scale = float(scales.mean())
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
    off = marks / scale - _CENTRED @ rows.T
    residual = float(np.sqrt((off**2).sum(axis=1).mean()))
    return HeadPose(rotation, scale, residual, float(scales[0] / scales[1]))
