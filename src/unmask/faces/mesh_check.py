"""Whether a fitted mesh can be believed: the network's own flag says yes to wrong profiles.

Looks at the flag, at how far the points lie from a rigid head (`pose.head_pose`), and at whether
box and eyes agree with the detector's. On 449 portraits the rigid residual reached .07 and the
stretch 1.31, both on full profiles; a mesh whose eyes lay .16 box widths from the detector's, or
in a box whose two eyes were less than .2 widths apart, lay off the face (benchmarks/faces.py). A
mesh that is kept reads 55 to 65 degrees of yaw at the most: beyond 50 it reads too low.
"""

from __future__ import annotations

import numpy as np

from unmask.faces.boxes import box_of_mesh, overlap_matrix
from unmask.faces.crop import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS
from unmask.faces.detection import Detection
from unmask.faces.mesh import MeshFit
from unmask.faces.pose import HeadPose
from unmask.types import FloatArray

FLAG_MIN = 0.5
RESIDUAL_MAX = 0.09
STRETCH_MAX = 1.35
OVERLAP_MIN = 0.35
EYES_APART_MAX = 0.16  # mesh's eye from the detector's, box widths
PROFILE_EYES = 0.2  # distance of the detector's eyes, box widths; .45 on a face seen from the front
PROFILE_YAW_DEG = 40.0


def is_rigid_face(fit: MeshFit, pose: HeadPose | None) -> bool:
    """True where the network says face and the points lie like those of a head."""
    if pose is None or fit.score < FLAG_MIN:
        return False
    return pose.residual <= RESIDUAL_MAX and pose.stretch <= STRETCH_MAX


def stays(fit: MeshFit, box_xyxy: FloatArray) -> bool:
    """True where the mesh covers the place of the box."""
    mesh_box = box_of_mesh(fit.landmarks_px)
    return float(overlap_matrix(mesh_box[None], box_xyxy[None])[0, 0]) >= OVERLAP_MIN


def agrees(fit: MeshFit, pose: HeadPose, found: Detection) -> bool:
    """True where box and eyes of a detection fit the mesh; false on a full profile."""
    if not stays(fit, found.box_xyxy):
        return False
    width = max(found.width_px, 1.0)
    corners = (LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS)
    eyes = np.stack([fit.landmarks_px[list(pair)].mean(axis=0) for pair in corners])
    if float(np.hypot(*(eyes - found.eyes_px).T).max()) > EYES_APART_MAX * width:
        return False
    between = float(np.hypot(*(found.eyes_px[1] - found.eyes_px[0])))
    return between >= PROFILE_EYES * width or abs(pose.angles_deg[0]) < PROFILE_YAW_DEG
