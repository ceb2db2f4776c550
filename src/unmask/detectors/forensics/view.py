"""The pixels round one face and the masks in which measurements are taken.

Frame + mesh -> FaceView. The cut keeps the frame's own pixels, because noise, block grids and
spectra die in a resize; only a face wider than `WIDTH_MAX_PX` is averaged down by a whole factor,
and the cut starts on the frame's 8-px grid. Masks: the mesh's oval, bare skin inside it, the skin
of the neck below it, the surroundings round it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from unmask.faces.measures import (
    BLOCK_PX,
    Mask,
    flatness,
    luma_of,
    noise_residual,
)
from unmask.faces.mesh_regions import (
    FACE_OVAL,
    LEFT_BROW,
    LEFT_EYE,
    LIPS_OUTER,
    RIGHT_BROW,
    RIGHT_EYE,
)
from unmask.types import FloatArray, ImageArray

WIDTH_MIN_PX = 64.0  # of the mesh: below it no area holds enough pixels
WIDTH_MAX_PX = 320.0  # above it the cut is averaged down
REACH = 0.45  # of the mesh's longer side: how far the surroundings go
GAP = 0.06  # of the mesh's width: between the face and its surroundings, and inside its edge
NECK_WIDTH, NECK_DEPTH = 0.3, 0.28  # of the mesh's width and height: half width, reach below it
SKIN_CHROMA_MAX = 12.0  # distance in (Cr, Cb) from the face's median; twice that where skin-like
# Cr and Cb of skin (Chai and Ngan, "Face segmentation using skin-color map", 1999): a neck of quite
# another colour than the face must still be found, or the difference could never be seen.
SKIN_BOX = ((133, 173), (77, 127))
SKIN_STEP = 7  # every so many pixels are enough for a median
JAW_POINTS = (152, 377, 148)  # the chin
FEATURES = (LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW, LIPS_OUTER)
NOSE_HOLES = (64, 98, 97, 2, 326, 327, 294)


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """One face cut out with its surroundings.

    image_rgb     (h, w, 3) uint8; luma (h, w) float32
    origin_px     (x, y) of the cut in the frame; multiples of 8
    reduction     by how much it was averaged down; 1 = the frame's own pixels
    landmarks_px  (478, 2) in pixels of the cut
    oval          the mesh without a margin; inner: a little inside it; skin: bare skin inside it
    neck          pixels below the chin that have the face's chroma; around: the surroundings
    noise         (h, w) residual and gradient (h, w): what `measures.noise_from` reads
    """

    image_rgb: ImageArray
    luma: FloatArray
    origin_px: tuple[int, int]
    reduction: int
    landmarks_px: FloatArray
    oval: Mask
    inner: Mask
    skin: Mask
    neck: Mask
    around: Mask
    noise: FloatArray
    gradient: FloatArray

    @property
    def width_px(self) -> float:
        """Width of the mesh in pixels of the cut."""
        return float(np.ptp(self.landmarks_px[:468, 0]))


def view_face(image_rgb: ImageArray, landmarks_px: FloatArray) -> FaceView:
    """The view of a face with a mesh of at least `WIDTH_MIN_PX`."""
    cut, marks, origin, reduction = _cut(image_rgb, landmarks_px)
    luma = luma_of(cut)
    width, height = (float(v) for v in np.ptp(marks[:468], axis=0))
    gap = max(2, round(GAP * width))
    oval = _fill(marks[list(FACE_OVAL)], luma.shape)
    inner = cv2.erode(oval, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8), borderValue=0)
    features = np.zeros_like(oval)
    for part in (*FEATURES, NOSE_HOLES):
        features |= _fill(marks[list(part)], luma.shape)
    wide = cv2.dilate(features, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8))
    outer = cv2.dilate(oval, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8))
    skin = (inner > 0) & (wide == 0)
    return FaceView(
        image_rgb=cut,
        luma=luma,
        origin_px=origin,
        reduction=reduction,
        landmarks_px=marks,
        oval=oval > 0,
        inner=inner > 0,
        skin=skin,
        neck=_neck(cut, marks, skin, outer > 0, (width, height)),
        around=outer == 0,
        noise=noise_residual(luma),
        gradient=flatness(luma),
    )


def _cut(
    image_rgb: ImageArray, landmarks_px: FloatArray
) -> tuple[ImageArray, FloatArray, tuple[int, int], int]:
    low, high = landmarks_px[:468].min(axis=0), landmarks_px[:468].max(axis=0)
    reach = REACH * float((high - low).max())
    reduction = max(1, int(np.ceil(float(high[0] - low[0]) / WIDTH_MAX_PX)))
    limit = np.array(image_rgb.shape[1::-1])
    step = BLOCK_PX * reduction
    x1, y1 = (np.clip(low - reach, 0, limit - 1).astype(int) // step * step).tolist()
    x2, y2 = np.clip(np.ceil(high + reach), 1, limit).astype(int).tolist()
    cut = np.ascontiguousarray(image_rgb[y1:y2, x1:x2])
    if reduction > 1:
        size = (max(1, cut.shape[1] // reduction), max(1, cut.shape[0] // reduction))
        whole = cut[: size[1] * reduction, : size[0] * reduction]
        cut = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    marks = (landmarks_px - np.array([x1, y1], np.float32)) / np.float32(reduction)
    return cut, marks.astype(np.float32), (x1, y1), reduction


def _neck(
    image_rgb: ImageArray,
    marks: FloatArray,
    skin: Mask,
    face: Mask,
    size: tuple[float, float],
) -> Mask:
    """Pixels below the chin, along the face's axis, whose chroma is near that of the face."""
    chin = marks[list(JAW_POINTS)].mean(axis=0)
    axis = chin - marks[10]
    down = axis / max(1e-6, float(np.hypot(*axis)))
    across = np.array([-down[1], down[0]], np.float32)
    half, depth = NECK_WIDTH * size[0], NECK_DEPTH * size[1]
    up = chin - 0.5 * depth * down  # the neck starts beside the chin
    corners = [up - half * across, up + half * across]
    corners += [chin + depth * down + half * across, chin + depth * down - half * across]
    below = np.flatnonzero((_fill(np.array(corners, np.float32), face.shape) > 0) & ~face)
    bare = np.flatnonzero(skin)[::SKIN_STEP]
    near = np.zeros(face.size, np.bool_)
    if len(below) and len(bare):
        pixels = image_rgb.reshape(-1, 3)
        own = np.median(_chroma(pixels[bare]), axis=0)
        near[below] = _like_skin(_chroma(pixels[below]), own)
    return near.reshape(face.shape)


def _like_skin(chroma: FloatArray, own: FloatArray) -> Mask:
    """Which of (n, 2) colours are near the face's `own`, or skin and not too far from it."""
    cr, cb = chroma.T
    far = np.hypot(cr - own[0], cb - own[1])
    (cr_low, cr_high), (cb_low, cb_high) = SKIN_BOX
    skin_like = (cr >= cr_low) & (cr <= cr_high) & (cb >= cb_low) & (cb <= cb_high)
    return np.asarray(
        (far <= SKIN_CHROMA_MAX) | (skin_like & (far <= 2 * SKIN_CHROMA_MAX)), np.bool_
    )


def _chroma(pixels_rgb: ImageArray) -> FloatArray:
    """(n, 2) Cr and Cb of (n, 3) pixels."""
    return np.asarray(cv2.cvtColor(pixels_rgb[None], cv2.COLOR_RGB2YCrCb)[0, :, 1:], np.float32)


def _fill(polygon: FloatArray, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.clip(polygon, -9999, 9999)).astype(np.int32)], 1)
    return mask
