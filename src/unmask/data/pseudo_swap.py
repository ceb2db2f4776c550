"""Pseudo-fakes of the class *swap*: self-blends, exchanged parts, and swaps between two faces.

Re-implemented from the published descriptions: self-blended images (Shiohara & Yamasaki, CVPR
2022); landmark-aligned swaps as in Face X-ray (Li et al., CVPR 2020); parts exchanged as in
hand-made composites. All work in the box round the face and leave the rest of the picture alone,
except that a self-blend may jitter the background instead of the face (as published).
"""

from __future__ import annotations

import numpy as np

from unmask.data.pseudo_base import PSEUDO_FAKES, Donor, PseudoFake
from unmask.data.pseudo_blend import (
    BLEND_RATIOS,
    add_membrane,
    alpha_blend,
    crop_box,
    match_colour,
    shade,
)
from unmask.data.pseudo_jitter import jitter_layer, move_layer
from unmask.data.pseudo_masks import (
    BROWS_DOWN,
    PARTS,
    bend,
    draw_face_mask,
    face_width,
    feather,
    fill_hull,
    part_mask,
    soften,
)
from unmask.data.pseudo_warp import Fit, warp_face
from unmask.errors import UsageError
from unmask.faces import mesh_regions as regions
from unmask.media.degrade import DOWN_KERNELS, UP_KERNELS, resize_and_back
from unmask.types import FloatArray, ImageArray

# Sets of parts that an editor exchanges at once, as in hand-made composites.
PART_SETS = (
    ("left_eye", "right_eye"),
    ("left_eye",),
    ("right_eye",),
    ("nose",),
    ("mouth",),
    ("nose", "mouth"),
    ("left_eye", "right_eye", "nose"),
    ("left_brow", "right_brow"),
)
PART_SET_WEIGHTS = (0.22, 0.1, 0.1, 0.16, 0.2, 0.1, 0.07, 0.05)
CONTEXT = 0.12  # pixels kept round the mesh, as a share of the face width
MIRROR = {
    **dict(zip(regions.LEFT_EYE, regions.RIGHT_EYE, strict=True)),
    **dict(zip(regions.LEFT_BROW, regions.RIGHT_BROW, strict=True)),
}


class FacePatch:
    """The part of a picture round a face, with the mesh in its own pixels."""

    def __init__(self, image_rgb: ImageArray, landmarks_px: FloatArray) -> None:
        self.width_px = face_width(landmarks_px)
        mesh = landmarks_px[: regions.POINTS]
        self.whole = image_rgb
        self.where = crop_box(mesh, image_rgb.shape[:2], CONTEXT * self.width_px)
        self.image_rgb = np.ascontiguousarray(image_rgb[self.where])
        corner = (self.where[1].start, self.where[0].start)
        self.landmarks_px = (landmarks_px - np.array(corner, np.float32)).astype(np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W) of the patch."""
        return (self.image_rgb.shape[0], self.image_rgb.shape[1])

    def put_back(self, patch_rgb: ImageArray, mask: FloatArray, kind: str) -> PseudoFake:
        """The whole picture with the patch in its place, and the mask in the picture's size."""
        image = self.whole.copy()
        image[self.where] = patch_rgb
        full = np.zeros(self.whole.shape[:2], np.float32)
        full[self.where] = np.where(mask < 1 / 512, 0, mask)
        return PseudoFake(image, full, kind)


@PSEUDO_FAKES.register("self_blend")
def self_blend(
    rng: np.random.Generator,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
    *,
    jitter_background: bool | None = None,
) -> PseudoFake:
    """The face laid over itself, one copy jittered; `donor` is not used.

    `jitter_background` says which copy is changed: the background, the face, or (None) either
    with equal chance. With the background the picture changes outside the mask, too.
    """
    behind = bool(rng.random() < 0.5) if jitter_background is None else jitter_background
    width = face_width(landmarks_px)
    base = jitter_layer(rng, image_rgb, width) if behind else image_rgb
    patch = FacePatch(base, landmarks_px)
    top = np.ascontiguousarray(image_rgb[patch.where])
    if not behind:
        top = jitter_layer(rng, top, width)
    top = move_layer(rng, top, patch.landmarks_px)
    mask = bend(rng, draw_face_mask(rng, patch.landmarks_px, patch.shape), width)
    mask = soften(rng, mask, width) * np.float32(rng.choice(BLEND_RATIOS))
    return patch.put_back(alpha_blend(top, patch.image_rgb, mask), mask, "self_blend")


@PSEUDO_FAKES.register("pose_swap")
def pose_swap(
    rng: np.random.Generator,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
) -> PseudoFake:
    """The donor's face on this head: aligned by the mesh, recoloured, blended or pasted.

    UsageError without a donor. Choose donors whose `pose_difference` is below about .06.
    """
    if donor is None:
        raise UsageError(
            "pose_swap was called without a donor", "pass donor=(image_rgb, landmarks_px)"
        )
    patch = FacePatch(image_rgb, landmarks_px)
    fit = Fit.SPLINE if rng.random() < 0.7 else Fit.AFFINE
    layer = warp_face(*donor, patch.landmarks_px, patch.shape, fit)
    hard = draw_swap_mask(rng, patch)
    layer = _dress(rng, layer, patch.image_rgb, hard)
    mask = soften(rng, hard, patch.width_px) * np.float32(rng.choice((0.9, 1.0, 1.0, 1.0)))
    return patch.put_back(alpha_blend(layer, patch.image_rgb, mask), mask, "pose_swap")


def draw_swap_mask(rng: np.random.Generator, patch: FacePatch) -> FloatArray:
    """A hard mask of a whole face, mildly bent, with or without the forehead."""
    points = BROWS_DOWN if rng.random() < 0.65 else regions.FACE_OVAL
    hull = fill_hull(patch.landmarks_px[list(points)], patch.shape)
    return bend(rng, hull, patch.width_px, strength=0.6)


def _dress(
    rng: np.random.Generator, layer: ImageArray, target: ImageArray, mask: FloatArray
) -> ImageArray:
    """Colour, light and resolution of the donor's layer; each sometimes left wrong."""
    if rng.random() < 0.85:
        layer = match_colour(layer, target, mask)
    if rng.random() < 0.3:
        layer = shade(rng, layer, rng.uniform(0.05, 0.2))
    if rng.random() < 0.5:
        layer = lose_detail(rng, layer)
    return add_membrane(layer, target, mask) if rng.random() < 0.4 else layer


def lose_detail(rng: np.random.Generator, layer: ImageArray) -> ImageArray:
    """The resolution of a swapping network: down by 1.2-2.5 and up again."""
    down = DOWN_KERNELS[int(rng.integers(2))]
    return resize_and_back(layer, 1 / rng.uniform(1.2, 2.5), down, UP_KERNELS[int(rng.integers(2))])


@PSEUDO_FAKES.register("region_blend")
def region_blend(
    rng: np.random.Generator,
    image_rgb: ImageArray,
    landmarks_px: FloatArray,
    donor: Donor | None = None,
) -> PseudoFake:
    """One to three parts exchanged: from the donor, from the other side, or moved copies.

    Without a donor only the face's own pixels are used.
    """
    patch = FacePatch(image_rgb, landmarks_px)
    chosen = draw_parts(rng)
    image, truth = patch.image_rgb, np.zeros(patch.shape, np.float32)
    from_donor = donor is not None and rng.random() < 0.75
    width_px = float(rng.choice((0.0, 0.01, 0.03, 0.06))) * patch.width_px
    membrane = rng.random() < 0.5
    factor = rng.uniform(1.25, 1.8)
    for part in chosen:
        layer = _part_layer(rng, patch, part, donor if from_donor else None)
        hard = part_mask(patch.landmarks_px, part, patch.shape, factor)
        hard = bend(rng, hard, patch.width_px, strength=0.4)
        layer = add_membrane(layer, image, hard) if membrane else match_colour(layer, image, hard)
        alpha = feather(hard, width_px)
        image = alpha_blend(layer, image, alpha)
        np.maximum(truth, alpha, out=truth)
    return patch.put_back(image, truth, "region_blend")


def draw_parts(rng: np.random.Generator) -> tuple[str, ...]:
    """Names of the one to three `pseudo_masks.PARTS` that a region blend exchanges."""
    return PART_SETS[int(rng.choice(len(PART_SETS), p=PART_SET_WEIGHTS))]


def _part_layer(
    rng: np.random.Generator, patch: FacePatch, part: str, donor: Donor | None
) -> ImageArray:
    """The layer that a part is cut from: aligned donor, mirrored other side, or a moved copy."""
    points = tuple(dict.fromkeys(PARTS[part]))
    if donor is not None:
        marks = patch.landmarks_px.copy()
        marks[list(points)] = _nudge(rng, marks[list(points)], patch.width_px)
        return warp_face(*donor, marks, patch.shape, Fit.AFFINE, points)
    if part in ("left_eye", "right_eye") and rng.random() < 0.3:
        return _mirrored(patch, points)
    marks = patch.landmarks_px.copy()
    marks[list(points)] = _nudge(rng, marks[list(points)], patch.width_px, size=0.2, shift=0.04)
    return warp_face(
        patch.image_rgb, patch.landmarks_px, marks, patch.shape, Fit.SIMILARITY, points
    )


def _mirrored(patch: FacePatch, points: tuple[int, ...]) -> ImageArray:
    """The face's other eye, mirrored onto this one."""
    back = {right: left for left, right in MIRROR.items()}
    other = [MIRROR.get(i, back.get(i, i)) for i in points]
    flipped = np.ascontiguousarray(patch.image_rgb[:, ::-1])
    marks = patch.landmarks_px.copy()
    marks[list(points)] = patch.landmarks_px[other]
    marks[:, 0] = patch.shape[1] - 1 - marks[:, 0]
    return warp_face(flipped, marks, patch.landmarks_px, patch.shape, Fit.SIMILARITY, points)


def _nudge(
    rng: np.random.Generator,
    points: FloatArray,
    face_width_px: float,
    size: float = 0.1,
    shift: float = 0.015,
) -> FloatArray:
    """Points turned, scaled and shifted a little, as a hand would place them."""
    angle = np.radians(rng.normal(0, 3))
    factor = 1 + rng.uniform(-size, size)
    turn = factor * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = points.mean(axis=0)
    moved = middle + (points - middle) @ turn + rng.uniform(-shift, shift, 2) * face_width_px
    return np.asarray(moved, np.float32)
