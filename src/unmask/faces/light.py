"""Where the light on a face comes from: first-order spherical harmonics on the mesh's normals.

Luma of a frame and a fitted mesh -> direction of the strongest light. On a matt surface under
distant light the brightness is close to a0 + a . n of the normal n (Basri and Jacobs, "Lambertian
reflectance and linear subspaces", 2003; for faces: Kee and Farid, "Exposing digital forgeries from
3-D lighting environments", 2010); only the four coefficients of order 0 and 1 are fitted. The
normals are those of this project's own mean face (see `pose.py`), at points of bare skin, turned
with the head; 450 fitted meshes of six photo sources, triangulated and smoothed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from unmask.faces.pose import angles_of, head_pose
from unmask.types import FloatArray

Matrix = npt.NDArray[np.float64]

# (image-left point, image-right point, normal x, y, z of the right one); mirrored for the left one.
# fmt: off
_PAIRS = (
    (3, 248, 0.39, -0.55, -0.74), (50, 280, 0.67, 0.00, -0.74), (68, 298, 0.86, -0.18, -0.47),
    (69, 299, 0.41, -0.21, -0.89), (101, 330, 0.32, -0.21, -0.93), (104, 333, 0.67, -0.24, -0.70),
    (108, 337, 0.17, -0.17, -0.97), (114, 343, 0.68, -0.40, -0.62), (116, 345, 0.86, -0.09, -0.51),
    (117, 346, 0.59, -0.19, -0.79), (120, 349, 0.27, -0.27, -0.92), (122, 351, 0.44, -0.43, -0.79),
    (135, 364, 0.83, 0.42, -0.36), (138, 367, 0.87, 0.43, -0.25), (143, 372, 0.86, 0.00, -0.52),
    (147, 376, 0.92, 0.20, -0.34), (156, 383, 0.78, 0.20, -0.60), (169, 394, 0.74, 0.47, -0.47),
    (170, 395, 0.71, 0.45, -0.54), (187, 411, 0.70, 0.27, -0.67), (192, 416, 0.88, 0.31, -0.36),
    (194, 418, 0.51, 0.25, -0.82), (202, 422, 0.52, 0.31, -0.79), (203, 423, 0.61, 0.08, -0.79),
    (205, 425, 0.42, 0.11, -0.90), (207, 427, 0.63, 0.30, -0.72), (208, 428, 0.36, 0.35, -0.86),
    (209, 429, 0.84, -0.18, -0.51), (214, 434, 0.61, 0.41, -0.68),
)
_MIDDLE = (  # (point, normal y, z)
    (151, -0.15, -0.99), (9, 0.16, -0.99), (168, -0.20, -0.98), (6, -0.52, -0.86),
    (197, -0.58, -0.81), (195, -0.58, -0.82), (5, -0.41, -0.91), (199, 0.42, -0.91),
)
# fmt: on
POINTS: tuple[int, ...] = (
    *(p[0] for p in _PAIRS),
    *(p[1] for p in _PAIRS),
    *(p[0] for p in _MIDDLE),
)
NORMALS: Matrix = np.array(
    [(-x, y, z) for _, _, x, y, z in _PAIRS]
    + [(x, y, z) for _, _, x, y, z in _PAIRS]
    + [(0.0, y, z) for _, y, z in _MIDDLE]
)
# A face swap mostly leaves forehead, temples and jaw as they were.
# fmt: off
OUTER = frozenset((
    68, 298, 69, 299, 104, 333, 108, 337, 116, 345, 135, 364, 138, 367, 143, 372, 147, 376, 156,
    383, 169, 394, 170, 395, 192, 416, 208, 428, 214, 434, 151, 9, 199,
))
# fmt: on
_IS_OUTER = np.array([point in OUTER for point in POINTS])
SPOT = 0.08  # side of the square averaged round a point, of the distance of the outer eye corners
SEEN_MIN = 24  # fewer points in the picture and turned to the camera give no direction
PART_MIN = 12  # the same for the inner or the outer face alone
SHADING_MIN = 0.05  # share of the shading: below it the light has no direction to speak of
# A face shows less than a hemisphere of normals, so that a0 and the part of `a` along the view are
# hard to tell apart. A prior decides where the picture does not: half ambient, half frontal light,
# each give or take PRIOR_SPREAD; ALBEDO_SPREAD is how far bare skin departs from the model. Both in
# mean brightnesses.
PRIOR = (0.5, 0.0, 0.0, -0.6)
PRIOR_SPREAD, ALBEDO_SPREAD = 0.5, 0.3
CAUCHY = 2.385  # scales of the residual at which Cauchy's weight is a half (95 % efficiency)
ROUNDS = 2
GAMMA = 2.2  # of the picture's encoding: shading adds up in light, not in grey levels


@dataclass(frozen=True, slots=True)
class Light:
    """The light fitted to one face.

    azimuth_deg    where it comes from: 0 from the camera, > 0 from the picture's right
    elevation_deg  > 0 from above
    strength       share of the light that comes from there, |a| / (a0 + |a|), 0 to 1
    residual       standard deviation of what the fit leaves over that of the brightness, 0 to 1
    """

    azimuth_deg: float
    elevation_deg: float
    strength: float
    residual: float


def light_direction(luma: FloatArray, landmarks_px: FloatArray) -> Light | None:
    """The light on a face; `luma` (H, W) 0 to 255 and `landmarks_px` (478, 2) in its pixels.

    None where the mesh has no pose, too few points are seen, or the light has no direction.
    """
    seen = _seen(luma, landmarks_px)
    if seen is None or len(seen[0]) < SEEN_MIN:
        return None
    return fit_light(seen[0], seen[1])


def light_on_parts(
    luma: FloatArray, landmarks_px: FloatArray
) -> tuple[Light | None, Light | None, Light | None]:
    """The light on the whole face, on the inner face and on the outer face (see `OUTER`)."""
    seen = _seen(luma, landmarks_px)
    if seen is None or len(seen[0]) < SEEN_MIN:
        return None, None, None
    brightness, normals, outer = seen
    if min(int(outer.sum()), int((~outer).sum())) < PART_MIN:
        return fit_light(brightness, normals), None, None
    return (
        fit_light(brightness, normals),
        fit_light(brightness[~outer], normals[~outer]),
        fit_light(brightness[outer], normals[outer]),
    )


def _seen(
    luma: FloatArray, landmarks_px: FloatArray
) -> tuple[Matrix, Matrix, npt.NDArray[np.bool_]] | None:
    """Brightness (n,), normals (n, 3) and membership of the outer face of the points in sight."""
    pose = head_pose(landmarks_px)
    if pose is None:
        return None
    normals = NORMALS @ pose.rotation.T
    height, width = luma.shape
    points = landmarks_px[list(POINTS)]
    inside = (points >= 0).all(axis=1) & (points[:, 0] < width) & (points[:, 1] < height)
    seen = inside & (normals[:, 2] < -0.2)
    if not seen.any():
        return None
    brightness = _brightness(luma, points[seen], pose.eyes_px * SPOT)
    return brightness, normals[seen], _IS_OUTER[seen]


def fit_light(brightness: Matrix, normals: Matrix) -> Light | None:
    """a0 + a . n fitted to (n,) linear brightness at unit normals (n, 3) in camera axes.

    Robust against moustaches, glints and cast shadows (Cauchy's weights). None without a direction.
    """
    level = float(brightness.mean())
    if level <= 0:
        return None
    design = np.concatenate([np.ones((len(normals), 1)), normals], axis=1)
    wanted, weights = brightness / level, np.ones(len(normals))
    prior = np.eye(4) * (ALBEDO_SPREAD / PRIOR_SPREAD) ** 2
    solved = np.asarray(PRIOR)
    for _ in range(ROUNDS):
        weighted = design * weights[:, None]
        right = weighted.T @ wanted + prior @ np.asarray(PRIOR)
        solved = np.linalg.solve(weighted.T @ design + prior, right)
        off = wanted - design @ solved
        scale = 1.4826 * float(np.median(np.abs(off))) + 1e-9
        weights = 1.0 / (1.0 + (off / (CAUCHY * scale)) ** 2)
    slope = float(np.linalg.norm(solved[1:]))
    strength = slope / (max(0.0, float(solved[0])) + slope)
    if strength < SHADING_MIN:
        return None
    azimuth, elevation = angles_of(solved[1:])
    spread = float(wanted.std())
    residual = min(1.0, float(off.std()) / spread) if spread > 0 else 1.0
    return Light(azimuth, elevation, strength, residual)


def _brightness(luma: FloatArray, points: FloatArray, side_px: float) -> Matrix:
    """(n,) linear brightness: mean of a square of `side_px` round every point."""
    half = max(1, round(side_px / 2))
    size = 2 * half + 1
    x, y = points.astype(np.intp).T
    left, top = max(0, int(x.min()) - size), max(0, int(y.min()) - size)
    part = luma[top : int(y.max()) + size + 1, left : int(x.max()) + size + 1]
    smooth = cv2.blur(part, (size, size))
    x, y = x - left, y - top
    return np.asarray((smooth[y, x].astype(np.float64) / 255) ** GAMMA, np.float64)
