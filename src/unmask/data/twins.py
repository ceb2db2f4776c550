"""A fake beside the genuine frame it was made from: are they one frame, and where do they differ?

Data sets of face swaps often hold, for a fake, the very frame of the genuine video. Drawn together
("twins") they differ in nothing but the manipulation, and the difference says where it is: a true
mask of a real forger's work, which pseudo-fakes only imitate. Stands between the picture store and
`draws.py`. Self-blended images (Shiohara & Yamasaki, CVPR 2022) train on such pairs of made fakes;
the mask from the difference follows FaceForensics++ (Roessler et al., ICCV 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from unmask.data.pseudo_blend import alpha_blend
from unmask.data.pseudo_masks import bend, draw_face_mask, face_width, fill_hull, grow, soften
from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray, ImageArray

# Grey levels of the strongest channel. Two codings of one frame differ by 2-6 outside the face,
# two different frames by 8 and more (600 pairs of deepfake_faces, looked at).
SAME_FRAME_MAX = 7.0
OUTSIDE_CHANGED_MAX = 0.08  # share of the surroundings inside the mask: above it the camera moved
CHANGED_MIN = 0.02  # share of the face inside the mask: below it nothing was done to this frame


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """mask (H, W) float32 in [0, 1] of what was changed, or None where the frames are not one.

    changed  share of the face inside the mask; 0 where there is none
    """

    mask: FloatArray | None
    changed: float

    @property
    def untouched(self) -> bool:
        """One frame, and nothing in it was changed: a label that is wrong for this picture."""
        return self.mask is not None and self.changed < CHANGED_MIN


NOT_ONE_FRAME = Difference(None, 0.0)


def difference(fake_rgb: ImageArray, real_rgb: ImageArray, landmarks_px: FloatArray) -> Difference:
    """Where a fake differs from its original, beyond what coding does; both (H, W, 3) uint8.

    `landmarks_px` (478, 2) are the mesh of the original.
    """
    if fake_rgb.shape != real_rgb.shape:
        return NOT_ONE_FRAME
    face = fill_hull(_oval(landmarks_px, 1.08), fake_rgb.shape[:2]) > 0.5
    if not face.any() or face.all():
        return NOT_ONE_FRAME
    gap = cv2.absdiff(_smooth(fake_rgb), _smooth(real_rgb)).max(axis=2).astype(np.float32)
    noise = float(np.median(gap[~face]))
    if noise > SAME_FRAME_MAX:
        return NOT_ONE_FRAME
    wide = np.asarray(cv2.GaussianBlur(gap, (0, 0), 0.022 * max(gap.shape)), np.float32)
    mask = np.clip((wide - 1.7 * noise - 1) / (1.7 * noise + 2), 0, 1)
    if float(mask[~face].mean()) > OUTSIDE_CHANGED_MAX:
        return NOT_ONE_FRAME
    return Difference(mask.astype(np.float32), float(mask[face].mean()))


def mix_in_part(
    rng: np.random.Generator,
    fake_rgb: ImageArray,
    real_rgb: ImageArray,
    mask: FloatArray,
    landmarks_px: FloatArray,
) -> tuple[ImageArray, FloatArray]:
    """The genuine frame with a part of the fake face in it, and the mask of that part.

    Part of a swap looks like a careful composite: a forger's texture, a softened border. The whole
    fake comes back where the drawn part holds nothing that was changed.
    """
    width = face_width(landmarks_px)
    hard = bend(rng, draw_face_mask(rng, landmarks_px, mask.shape), width)
    alpha = soften(rng, hard, width)
    part = mask * alpha
    face = fill_hull(_oval(landmarks_px, 1.0), mask.shape) > 0.5
    if not face.any() or float(part[face].mean()) < CHANGED_MIN:
        return fake_rgb, mask
    return alpha_blend(fake_rgb, real_rgb, alpha), part.astype(np.float32)


def _smooth(image_rgb: ImageArray) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(image_rgb, (0, 0), 1.0), np.uint8)


def _oval(landmarks_px: FloatArray, factor: float) -> FloatArray:
    return grow(landmarks_px[list(regions.FACE_OVAL)], factor)
