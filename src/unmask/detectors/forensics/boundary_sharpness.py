"""How sharply the face ends along the sides of the mesh's oval, against the detail inside.

A face that was blended in ends in a band of mixing: softer than a real contour, or, cut hard,
sharper than anything near it (Li et al., "Face X-ray", 2020, learn this border). Only the sides and
the jaw are read: hair hides the upper edge of most heads. Value: median of the steepest gradient
across the oval's edge over the rms gradient of the skin inside.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.detectors.forensics.base import Reading, forensic, missing, reliability_of
from unmask.detectors.forensics.view import FaceView
from unmask.faces.mesh_regions import FACE_OVAL, JAW_LINE
from unmask.types import FloatArray

SAMPLES, STEPS = 80, 13  # places along the line, and steps across it
HALF_WIDTH = 0.05  # of the mesh's width: how far across the line is looked
PLACES_MIN = 30
FLOOR = 0.3  # grey levels per pixel


@forensic("boundary_sharpness", "ratio")
def boundary_sharpness(view: FaceView) -> Reading:
    """Gradient across the jaw and the sides over that of the skin."""
    if not view.skin.any():
        return missing("no_skin")
    places, across = _outline(view)
    reach = max(2.0, HALF_WIDTH * view.width_px)
    offsets = np.linspace(-reach, reach, STEPS, dtype=np.float32)
    points = places[:, None] + offsets[None, :, None] * across[:, None]
    height, width = view.luma.shape
    inside = ((points >= 0) & (points <= (width - 1, height - 1))).all(axis=(1, 2))
    if int(inside.sum()) < PLACES_MIN:
        return missing("no_outline")
    kept = points[inside]
    profile = cv2.remap(view.luma, kept[..., 0], kept[..., 1], cv2.INTER_LINEAR)
    step = float(offsets[1] - offsets[0])
    steepest = np.abs(np.diff(profile, axis=1)).max(axis=1) / step
    detail_inside = float(np.sqrt(np.square(view.gradient[view.skin]).mean()))
    value = (float(np.median(steepest)) + FLOOR) / (detail_inside + FLOOR)
    return Reading(value, "", reliability_of(len(kept), SAMPLES))


def _outline(view: FaceView) -> tuple[FloatArray, FloatArray]:
    """(SAMPLES, 2) places along the jaw and the sides, and the unit vectors across them."""
    line = view.landmarks_px[list(JAW_LINE)]
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0, along[-1], SAMPLES)
    places = np.stack([np.interp(wanted, along, line[:, i]) for i in (0, 1)], axis=1)
    middle = view.landmarks_px[list(FACE_OVAL)].mean(axis=0)
    tangent = np.gradient(places, axis=0)
    across = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    across /= np.maximum(1e-6, np.hypot(*across.T))[:, None]
    across *= np.sign((across * (places - middle)).sum(axis=1))[:, None]
    return places.astype(np.float32), across.astype(np.float32)
