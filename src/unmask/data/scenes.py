"""Made scenes with known truth: portraits, groups and talking heads, genuine or with swapped faces.

`render` walks through a `SceneSpec` frame by frame and gives the picture and, for every actor, box,
mesh, whether the face was swapped and where. The shipped samples are made by it, tests use it, and
measuring on groups does: people, background and camera are the caller's, so that train, validation
and test need not share any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from unmask.data.pseudo_blend import alpha_blend, match_colour
from unmask.data.pseudo_masks import BROWS_DOWN, bend, face_width, fill_hull, grow, soften
from unmask.data.pseudo_swap import FacePatch
from unmask.data.pseudo_warp import Fit, warp_face
from unmask.data.scene_head import HeadMotion, HeadState, posed_landmarks, render_head
from unmask.data.scene_spec import (
    Actor,
    ActorTruth,
    Motion,
    Person,
    SceneFrame,
    SceneSpec,
    Swap,
)
from unmask.faces import mesh_regions as regions
from unmask.faces.mesh import FaceMesh
from unmask.media.degrade import add_noise, resize_and_back
from unmask.types import FloatArray, ImageArray

CAMERA = Motion(0, 0, 0, sway=1.0, talk=0, blinks_per_min=0)
INSIDE, BENT = 0.95, 0.3  # a careful swap: the border lies inside the face, nearly along the mesh
COVER_MARGIN = 1.04  # the background is cut a little larger than the frame, for the camera's wander


def read_person(
    mesh: FaceMesh,
    name: str,
    image_rgb: ImageArray,
    box_xyxy: FloatArray,
    *,
    synthetic: bool,
    alpha: FloatArray | None = None,
) -> Person:
    """A person from a picture and the box of their face; ValueError where no mesh fits."""
    fit = mesh.fit(image_rgb, box_xyxy)
    if fit is None:
        raise ValueError(f"expected a face in the box {box_xyxy.tolist()} of {name}, got none")
    return Person(name, image_rgb, fit.landmarks_px, fit.depth_px, synthetic, alpha)


def render(spec: SceneSpec) -> Iterator[SceneFrame]:
    """The frames of a scene with their truth, one after the other."""
    players = [_Player(spec, index) for index in range(len(spec.actors))]
    camera = HeadMotion(CAMERA, spec.seconds, np.random.default_rng([spec.seed, 1]))
    for index in range(spec.frames):
        wander = camera.at(index / spec.fps).shift
        shake = (spec.shake_px * wander[0], spec.shake_px * wander[1])
        image, truths = _backdrop(spec, shake), list[ActorTruth]()
        for player in players:
            image, alpha, truth = player.draw(image, index, shake)
            truths = [*(_behind(other, alpha) for other in truths), truth]
        noise = np.random.default_rng([spec.seed, 2, index])
        image = add_noise(image, spec.noise_luma, 0.5 * spec.noise_luma, noise)
        yield SceneFrame(image, index, index / spec.fps, tuple(truths))


def render_still(spec: SceneSpec) -> SceneFrame:
    """The first frame of a scene."""
    return next(render(spec))


class _Player:
    """One actor of a scene: where they stand, how they move, what was done to their face."""

    def __init__(self, spec: SceneSpec, index: int) -> None:
        self._spec, self._index = spec, index
        self._actor = spec.actors[index]
        rng = np.random.default_rng([spec.seed, 3, index])
        self._motion = HeadMotion(self._actor.motion, spec.seconds, rng)

    def draw(
        self, image_rgb: ImageArray, frame: int, shake_px: tuple[float, float]
    ) -> tuple[ImageArray, FloatArray, ActorTruth]:
        """The picture with the actor in it, their alpha (H, W), and the truth about them."""
        spec, actor = self._spec, self._actor
        shape = (spec.height_px, spec.width_px)
        to_frame = _placement(actor, shape, shake_px)
        state = self._motion.at(frame / spec.fps) if spec.seconds > 0 else HeadState()
        layer, alpha = render_head(actor.person, state, to_frame, shape)
        marks = posed_landmarks(actor.person, state) @ to_frame[:, :2].T + to_frame[:, 2]
        marks = np.asarray(marks, np.float32)
        mask = None
        if actor.swap is not None:
            layer, mask = self._swap(layer, marks, actor.swap, frame)
            mask = mask * alpha
        mesh = marks[: regions.POINTS]
        truth = ActorTruth(
            actor.person.name,
            np.concatenate([mesh.min(axis=0), mesh.max(axis=0)]).astype(np.float32),
            marks,
            actor.swap is not None,
            (actor.swap.donor if actor.swap else actor.person).synthetic,
            mask,
        )
        return alpha_blend(layer, image_rgb, alpha), alpha, truth

    def _swap(
        self, layer: ImageArray, marks: FloatArray, swap: Swap, frame: int
    ) -> tuple[ImageArray, FloatArray]:
        """The donor's face over the actor's, and how much of each pixel is the donor's."""
        patch = FacePatch(layer, marks)
        drift = np.random.default_rng([self._spec.seed, 4, self._index, frame])
        target = patch.landmarks_px + drift.normal(0, swap.jitter, 2) * patch.width_px
        donor = (swap.donor.image_rgb, swap.donor.landmarks_px)
        face = warp_face(*donor, target.astype(np.float32), patch.shape, Fit.SPLINE)
        points = regions.FACE_OVAL if swap.forehead else BROWS_DOWN
        hull = fill_hull(grow(patch.landmarks_px[list(points)], INSIDE), patch.shape)
        if swap.detail < 1:
            face = resize_and_back(face, swap.detail, cv2.INTER_AREA, cv2.INTER_CUBIC)
        if swap.colour:
            face = match_colour(face, patch.image_rgb, hull)
        shape_rng = np.random.default_rng([self._spec.seed, 5, self._index])  # one mask per clip
        mask = soften(shape_rng, bend(shape_rng, hull, patch.width_px, BENT), patch.width_px)
        fake = patch.put_back(alpha_blend(face, patch.image_rgb, mask), mask, "pose_swap")
        return fake.image_rgb, fake.mask


def _placement(actor: Actor, shape: tuple[int, int], shake_px: tuple[float, float]) -> FloatArray:
    """(2, 3) similarity from the person's picture to the frame."""
    mesh = actor.person.landmarks_px[: regions.POINTS]
    scale = actor.face_px / face_width(actor.person.landmarks_px)
    middle = (mesh.min(axis=0) + mesh.max(axis=0)) / 2
    goal = np.array([actor.centre[0] * shape[1], actor.centre[1] * shape[0]]) + shake_px
    shift = goal - scale * middle
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)


def _backdrop(spec: SceneSpec, shake_px: tuple[float, float]) -> ImageArray:
    """The background cut to cover the frame, moved with the camera; grey without one."""
    size = (spec.width_px, spec.height_px)
    if spec.background_rgb is None:
        return np.full((spec.height_px, spec.width_px, 3), 128, np.uint8)
    height, width = spec.background_rgb.shape[:2]
    scale = COVER_MARGIN * max(size[0] / width, size[1] / height)
    shift = np.array(size) / 2 - scale * np.array([width, height]) / 2 + shake_px
    affine = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float64)
    flags = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    border = cv2.BORDER_REFLECT_101
    moved = cv2.warpAffine(spec.background_rgb, affine, size, flags=flags, borderMode=border)
    return np.asarray(moved, np.uint8)


def _behind(truth: ActorTruth, alpha: FloatArray) -> ActorTruth:
    """The truth about somebody when another, of that alpha, steps in front."""
    if truth.mask is None:
        return truth
    return replace(truth, mask=np.asarray(truth.mask * (1 - alpha), np.float32))
