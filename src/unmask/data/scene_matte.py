"""Cutting a person out of a portrait, so that they can stand before another background.

GrabCut (Rother et al., 2004) from what the mesh says of head and shoulders, its border then refined
on the picture itself by a guided filter (He et al., 2010). Good for portraits with one person and
room round the head; look at the result before you use it.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.data.pseudo_masks import face_width, grow
from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray, ImageArray

WORK_SIDE_PX = 384  # GrabCut works at this size
ROUNDS = 6


def cut_out(
    image_rgb: ImageArray, landmarks_px: FloatArray, sure_px: FloatArray | None = None
) -> FloatArray:
    """(H, W) float32 alpha, 1 on the person. Deterministic: OpenCV's generator is seeded here.

    `sure_px` (N, 2) is a polygon that surely belongs to the person (a collar, a hat), or None.
    """
    height, width = image_rgb.shape[:2]
    scale = min(1.0, WORK_SIDE_PX / max(height, width))
    size = (round(width * scale), round(height * scale))
    small = np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    labels = _prior(landmarks_px * np.float32(scale), (size[1], size[0]))
    if sure_px is not None:
        cv2.fillPoly(labels, [(sure_px * scale).astype(np.int32)], cv2.GC_FGD)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65), np.float64), np.zeros((1, 65), np.float64)
    bgr = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(bgr, labels, (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    inside = _largest(inside)
    alpha = _guide(small, inside.astype(np.float32))
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _prior(landmarks_px: FloatArray, shape: tuple[int, int]) -> ImageArray:
    """GrabCut's labels: the face for sure, head and body likely, the upper corners surely not."""
    labels = np.full(shape, cv2.GC_BGD, np.uint8)
    oval = landmarks_px[list(regions.FACE_OVAL)]
    middle, wide = oval.mean(axis=0), face_width(landmarks_px)
    chin = float(landmarks_px[152, 1])
    head = (round(float(middle[0])), round(float(middle[1] - 0.1 * wide)))
    cv2.ellipse(
        labels, head, (round(0.95 * wide), round(1.05 * wide)), 0, 0, 360, cv2.GC_PR_BGD, -1
    )
    hair = grow(oval, 1.3) - np.array([0, 0.12 * wide], np.float32)
    cv2.fillConvexPoly(labels, cv2.convexHull(hair.astype(np.int32)), cv2.GC_PR_FGD)
    below = np.array(
        [
            (middle[0] - 0.35 * wide, chin - 0.1 * wide),
            (middle[0] + 0.35 * wide, chin - 0.1 * wide),
            (middle[0] + 1.6 * wide, chin + 0.7 * wide),
            (middle[0] + 2.2 * wide, shape[0] + wide),
            (middle[0] - 2.2 * wide, shape[0] + wide),
            (middle[0] - 1.6 * wide, chin + 0.7 * wide),
        ]
    )
    wider = grow(below.astype(np.float32), 1.25).astype(np.int32)
    cv2.fillConvexPoly(labels, cv2.convexHull(wider), cv2.GC_PR_BGD)
    cv2.fillConvexPoly(labels, cv2.convexHull(below.astype(np.int32)), cv2.GC_PR_FGD)
    sure = grow(below.astype(np.float32), 0.45).astype(np.int32)
    cv2.fillConvexPoly(labels, cv2.convexHull(sure), cv2.GC_FGD)
    cv2.fillConvexPoly(labels, cv2.convexHull(oval.astype(np.int32)), cv2.GC_FGD)
    return labels


def _largest(inside: ImageArray) -> ImageArray:
    """The largest connected part, its holes filled."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(inside)
    body = (parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
    outlines, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(body, outlines, -1, 1, -1), np.uint8)


def _guide(image_rgb: ImageArray, alpha: FloatArray, radius: int = 5) -> FloatArray:
    """Guided filter with the grey picture as guide: the border follows hair and cloth."""
    guide = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    size = (2 * radius + 1, 2 * radius + 1)
    mean_i, mean_a = cv2.blur(guide, size), cv2.blur(alpha, size)
    variance = cv2.blur(guide * guide, size) - mean_i * mean_i
    slope = (cv2.blur(guide * alpha, size) - mean_i * mean_a) / (variance + 1e-3)
    offset = mean_a - slope * mean_i
    refined = cv2.blur(slope, size) * guide + cv2.blur(offset, size)
    return np.asarray(np.clip((refined - 0.15) / 0.75, 0, 1), np.float32)
