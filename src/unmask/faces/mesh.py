"""MediaPipe's 468-point face mesh on a face box: where on a face each pixel lies.

Network: `models/networks/face_landmark.onnx` (Apache-2.0). Input (1, 192, 192, 3), RGB / 255, a
square of 1.5 times the face with the eyes level; output 468 x (x, y, z) in pixels of that square
and a logit that there is a face. A second pass on the square of the first is what makes it exact.
The ten iris points (468-477) are filled by `faces/iris.py`; here they are the eyes' centres.
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
    face_geometry,
    warp_crop,
)
from unmask.models.networks import read_network
from unmask.models.session import open_session
from unmask.types import FloatArray, ImageArray

MESH_SIZE_PX = 192
ROI_MARGIN = 1.5  # side of the network's square over the longer side of the face


@dataclass(frozen=True, slots=True, eq=False)
class MeshFit:
    """landmarks_px (478, 2) and depth_px (468,) in frame pixels; score in [0, 1]."""

    landmarks_px: FloatArray
    depth_px: FloatArray
    score: float


class FaceMesh:
    """Fits the mesh to face boxes; one ONNX Runtime session, opened when first needed."""

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._session: ort.InferenceSession | None = None

    def fit(
        self, image_rgb: ImageArray, box_xyxy: FloatArray, *, passes: int = 2
    ) -> MeshFit | None:
        """The mesh of the face in the box, or None where the result is not a finite face."""
        x1, y1, x2, y2 = (float(v) for v in box_xyxy)
        geometry = CropGeometry(((x1 + x2) / 2, (y1 + y2) / 2), max(x2 - x1, y2 - y1), 0.0)
        fit = self.fit_square(image_rgb, geometry)
        for _ in range(passes - 1):
            if not np.isfinite(fit.landmarks_px).all():
                return None
            fit = self.fit_square(image_rgb, mesh_square(fit.landmarks_px))
        return fit if np.isfinite(fit.landmarks_px).all() else None

    def fit_square(self, image_rgb: ImageArray, geometry: CropGeometry) -> MeshFit:
        """One pass of the network on a levelled square of margin 1."""
        affine = crop_affine(geometry, ROI_MARGIN)
        crop = warp_crop(image_rgb, affine, MESH_SIZE_PX)
        points, flag = self._run(crop.astype(np.float32)[None] / np.float32(255))
        xy = points[:, :2] / MESH_SIZE_PX
        marks = xy @ affine[:, :2].T + affine[:, 2]
        depth = points[:, 2] * (geometry.side_px * ROI_MARGIN / MESH_SIZE_PX)
        irises = np.repeat(
            [
                marks[list(LEFT_EYE_CORNERS)].mean(axis=0),
                marks[list(RIGHT_EYE_CORNERS)].mean(axis=0),
            ],
            5,
            axis=0,
        )
        score = 1.0 / (1.0 + np.exp(-np.clip(flag, -50, 50)))
        landmarks = np.concatenate([marks, irises]).astype(np.float32)
        return MeshFit(landmarks, depth.astype(np.float32), float(score))

    def _run(self, batch: FloatArray) -> tuple[FloatArray, float]:
        if self._session is None:
            self._session = open_session(read_network("face_landmark"), self._threads)
        name = self._session.get_inputs()[0].name
        outputs = self._session.run(None, {name: batch})
        points = next(o for o in outputs if o.size == 468 * 3)
        flag = next(o for o in outputs if o.size == 1)
        return points.reshape(468, 3), float(flag.reshape(()))


def mesh_square(landmarks_px: FloatArray) -> CropGeometry:
    """The levelled square of margin 1 around a mesh, eyes level (the next pass looks there)."""
    return face_geometry(landmarks_px, np.zeros(4, np.float32))
