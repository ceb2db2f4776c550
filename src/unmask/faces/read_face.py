"""One face in one frame: from a detection, or from the mesh of the frame before, to a `Face`."""

from __future__ import annotations

import numpy as np

from unmask.faces.boxes import box_of_mesh
from unmask.faces.crop import CropGeometry
from unmask.faces.detection import Detection
from unmask.faces.gaze import gaze_angles
from unmask.faces.iris import IrisFinder, with_irises
from unmask.faces.mesh import FaceMesh, MeshFit, mesh_square
from unmask.faces.mesh_check import agrees, is_rigid_face, stays
from unmask.faces.pose import HeadPose, head_pose
from unmask.faces.quality import face_quality
from unmask.types import Face, FloatArray, Frame

MESH_WIDTH_MIN_PX = 16.0  # below this a mesh is a guess


class FacePen:
    """Reads faces: mesh, irises, pose, gaze, quality."""

    def __init__(self) -> None:
        self._mesh = FaceMesh(threads=1)  # too small a network to gain from a second thread
        self._iris = IrisFinder()

    def from_detection(self, frame: Frame, found: Detection) -> Face:
        """The face a detector found; without landmarks where no mesh fits it."""
        fit, pose = self._fit(frame, found)
        return self._face(frame, found.box_xyxy, found.score, fit, pose)

    def from_mesh(self, frame: Frame, before: Face) -> Face | None:
        """The same face one frame later, looked for where it was; None where it is lost."""
        if before.landmarks_px is None:
            return None
        fit = self._mesh.fit_square(frame.image_rgb, mesh_square(before.landmarks_px))
        pose = head_pose(fit.landmarks_px) if np.isfinite(fit.landmarks_px).all() else None
        if not is_rigid_face(fit, pose) or not stays(fit, before.box_xyxy):
            return None
        return self._face(frame, box_of_mesh(fit.landmarks_px), before.score, fit, pose)

    def _fit(self, frame: Frame, found: Detection) -> tuple[MeshFit | None, HeadPose | None]:
        if found.width_px < MESH_WIDTH_MIN_PX:
            return None, None
        fit = self._mesh.fit_square(frame.image_rgb, eye_square(found))
        if not np.isfinite(fit.landmarks_px).all():
            return None, None
        fit = self._mesh.fit_square(frame.image_rgb, mesh_square(fit.landmarks_px))
        pose = head_pose(fit.landmarks_px) if np.isfinite(fit.landmarks_px).all() else None
        if pose is None or not is_rigid_face(fit, pose) or not agrees(fit, pose, found):
            return None, None
        return fit, pose

    def _face(
        self,
        frame: Frame,
        box_xyxy: FloatArray,
        score: float,
        fit: MeshFit | None,
        pose: HeadPose | None,
    ) -> Face:
        width = float(box_xyxy[2] - box_xyxy[0])
        eyes, marks = None, None
        if fit is not None:
            eyes = self._iris.find(frame.image_rgb, fit.landmarks_px, width)
            marks = with_irises(fit.landmarks_px, eyes)
        return Face(
            box_xyxy=np.asarray(box_xyxy, np.float32),
            score=score,
            frame_index=frame.index,
            time_s=frame.time_s,
            landmarks_px=marks,
            head_pose_deg=None if pose is None else pose.angles_deg,
            gaze_deg=None if pose is None else gaze_angles(eyes, pose),
            quality=face_quality(frame.image_rgb, marks, box_xyxy),
        )


def eye_square(found: Detection) -> CropGeometry:
    """Where the mesh's first pass looks: the box, levelled by the detector's two eyes."""
    x1, y1, x2, y2 = (float(v) for v in found.box_xyxy)
    across = found.eyes_px[1] - found.eyes_px[0]
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    return CropGeometry(((x1 + x2) / 2, (y1 + y2) / 2), max(x2 - x1, y2 - y1, 1.0), angle)
