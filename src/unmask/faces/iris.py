"""MediaPipe's iris network: the ten iris points (468-477) of the mesh, and each eye's outline.

Network: `models/networks/iris_landmark.onnx` (Apache-2.0; Ablavatski et al. 2020,
arXiv 2006.11341). Input (1, 64, 64, 3), RGB / 255, a square of 2.3 times the eye's width with its
corners level; made for the eye on the picture's left, so the other one is mirrored. Output 71
points of eye and brow (0 and 8 the corners, 4 and 12 the lids) and 5 of the iris (the centre, then
four on its edge). On a face narrower than 60 px an eye has less than 13 px and the network guesses:
there all five iris points are the centre of the eye's contour in the mesh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnxruntime as ort

from unmask.faces.crop import (
    LEFT_EYE_CORNERS,
    RIGHT_EYE_CORNERS,
    CropGeometry,
    crop_affine,
    warp_crop,
)
from unmask.faces.mesh_regions import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from unmask.models.networks import read_network
from unmask.models.session import open_session
from unmask.types import FloatArray, ImageArray

EYE_SIZE_PX = 64
ROI_MARGIN = 2.3
FACE_WIDTH_MIN_PX = 60.0
CONTOUR_POINTS = 71
CORNERS, UPPER_LID, LOWER_LID = (0, 8), 12, 4


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye: iris_px (5, 2) with its centre first and corners_px (2, 2), in frame pixels.

    `openness` is the distance of the lids over that of the corners: about .35 open, below .15 shut.
    """

    iris_px: FloatArray
    corners_px: FloatArray
    openness: float


class IrisFinder:
    """Reads the two eyes of a mesh; the session is opened when first needed."""

    def __init__(self) -> None:
        self._session: ort.InferenceSession | None = None

    def find(
        self, image_rgb: ImageArray, landmarks_px: FloatArray, face_width_px: float
    ) -> tuple[Eye, Eye] | None:
        """The eye on the picture's left and the other one; None where they cannot be read."""
        if face_width_px < FACE_WIDTH_MIN_PX:
            return None
        left = self._eye(image_rgb, landmarks_px[list(LEFT_EYE_CORNERS)], mirrored=False)
        right = self._eye(image_rgb, landmarks_px[list(RIGHT_EYE_CORNERS)], mirrored=True)
        return None if left is None or right is None else (left, right)

    def _eye(self, image_rgb: ImageArray, corners_px: FloatArray, *, mirrored: bool) -> Eye | None:
        across = corners_px[1] - corners_px[0]
        middle = corners_px.mean(axis=0)
        angle = float(np.degrees(np.arctan2(across[1], across[0])))
        width = max(float(np.hypot(*across)), 1.0)
        affine = crop_affine(
            CropGeometry((float(middle[0]), float(middle[1])), width, angle), ROI_MARGIN
        )
        crop = warp_crop(image_rgb, affine, EYE_SIZE_PX)
        points = self._run(crop[:, ::-1] if mirrored else crop)
        if mirrored:
            points = np.stack([1 - points[:, 0], points[:, 1]], axis=1)
        marks = (points @ affine[:, :2].T + affine[:, 2]).astype(np.float32)
        if not np.isfinite(marks).all():
            return None
        lids = float(np.hypot(*(marks[UPPER_LID] - marks[LOWER_LID])))
        corners = marks[list(CORNERS)]
        opened = lids / max(float(np.hypot(*(corners[1] - corners[0]))), 1e-3)
        return Eye(marks[CONTOUR_POINTS:], corners, opened)

    def _run(self, crop: ImageArray) -> FloatArray:
        """The network's 76 points (x, y) in 0..1 of the crop: 71 of the contour, 5 of the iris."""
        if self._session is None:
            self._session = open_session(read_network("iris_landmark"), 1)
        batch = crop.astype(np.float32)[None] / np.float32(255)
        wanted = ["output_eyes_contours_and_brows", "output_iris"]
        contour, iris = self._session.run(wanted, {"input_1": batch})
        points = np.concatenate([contour.reshape(-1, 3), iris.reshape(-1, 3)])
        return np.asarray(points[:, :2] / EYE_SIZE_PX, np.float32)


def with_irises(landmarks_px: FloatArray, eyes: tuple[Eye, Eye] | None) -> FloatArray:
    """A copy of the mesh (478, 2) with the iris points measured, or at the eyes' centres."""
    marks = landmarks_px.copy()
    for side, (rows, contour) in enumerate(((LEFT_IRIS, LEFT_EYE), (RIGHT_IRIS, RIGHT_EYE))):
        centre = marks[list(contour)].mean(axis=0)
        marks[list(rows)] = centre if eyes is None else eyes[side].iris_px
    return marks
