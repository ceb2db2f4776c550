"""Boxes on a picture: overlap, suppression of doubles, a box from a mesh.

Every box of the package is (left, top, right, bottom) in pixels of the frame and follows the
convention of CenterFace: from the hair line to the chin, from cheek to cheek.
"""

from __future__ import annotations

import numpy as np

from unmask.types import FloatArray

# Mesh bounding box against the CenterFace box, medians over 416 faces of seven sources
# (benchmarks/faces.py): the mesh is 1.034 x as wide, .906 x as high and sits .045 heights lower.
MESH_WIDTH, MESH_HEIGHT, MESH_DOWN = 1.034, 0.906, 0.045


def overlap_matrix(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union of boxes (n, 4) with boxes (m, 4): (n, m) in [0, 1]."""
    shared = _shared_area(a, b)
    union = box_area(a)[:, None] + box_area(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)


def cover_matrix(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over the smaller of two boxes: (n, m) in [0, 1]; 1 where one holds the other."""
    smaller = np.minimum(box_area(a)[:, None], box_area(b)[None, :])
    return np.asarray(_shared_area(a, b) / np.maximum(smaller, 1e-6), np.float32)


def box_area(boxes: FloatArray) -> FloatArray:
    """Areas (n,) of boxes (n, 4), px squared."""
    return np.asarray(np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1), np.float32)


def _shared_area(a: FloatArray, b: FloatArray) -> FloatArray:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2), np.float32)


def suppress_doubles(
    boxes: FloatArray, scores: FloatArray, *, iou_max: float, cover_max: float = 1.01
) -> list[int]:
    """Indices of the boxes to keep, best score first (ties: the earlier one).

    A box falls where a better one overlaps it by more than `iou_max`, or covers more than
    `cover_max` of the smaller of the two.
    """
    order = np.argsort(-scores, kind="stable")
    if len(order) == 0:
        return []
    hit = overlap_matrix(boxes, boxes) > iou_max
    hit |= cover_matrix(boxes, boxes) > cover_max
    kept: list[int] = []
    for index in order.tolist():
        if not hit[index, kept].any():
            kept.append(index)
    return kept


def box_of_mesh(landmarks_px: FloatArray) -> FloatArray:
    """The box (4,) that CenterFace would draw round a mesh (478, 2) in an upright face."""
    low, high = landmarks_px[:468].min(axis=0), landmarks_px[:468].max(axis=0)
    size = (high - low) / np.array([MESH_WIDTH, MESH_HEIGHT], np.float32)
    centre = (low + high) / 2
    centre[1] -= MESH_DOWN * size[1]
    return np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)
