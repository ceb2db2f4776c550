"""Made scenes with known truth: portraits, groups and talking heads, genuine or with swapped faces.

`render` walks through a `SceneSpec` frame by frame and gives the picture and, for every actor, box,
mesh, whether the face was swapped and where. The shipped samples are made by it, tests use it, and
measuring on groups does: people, background and camera are the caller's, so that train, validation
and test need not share any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import cv2
import numpy as np

from unmask.data.pseudo_blend import alpha_blend, match_colour
from unmask.data.pseudo_masks import (
    BROWS_DOWN,
    bend,
    face_width,
    fill_hull,
    grow,
    part_mask,
    soften,
)
from unmask.data.pseudo_swap import FacePatch
from unmask.data.pseudo_warp import Fit, warp_face
from unmask.data.scene_camera import Affine, CameraCourse, after
from unmask.data.scene_head import HeadMotion, HeadState, posed_landmarks, render_head
from unmask.data.scene_person import relight
from unmask.data.scene_spec import (
    Actor,
    ActorTruth,
    Person,
    SceneFrame,
    SceneSpec,
    Swap,
    SwapMoment,
)
from unmask.faces import mesh_regions as regions
from unmask.faces.mesh import FaceMesh
from unmask.media.degrade import add_noise, resize_and_back
from unmask.types import FloatArray, ImageArray

ALIAS_FREE = 0.6  # pictures that are shrunk further are reduced by area first
WINDOW_MARGIN = 0.2  # how far a moving head may leave its picture, face widths
INSIDE, BENT = 0.95, 0.3  # a careful swap: the border lies inside the face, nearly along the mesh


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


def render(spec: SceneSpec, only: Iterable[int] | None = None) -> Iterator[SceneFrame]:
    """The frames of a scene with their truth, one after the other; `only` those of the indices."""
    players = [_Player(spec, index) for index in range(len(spec.actors))]
    camera = CameraCourse(spec)
    for index in range(spec.frames) if only is None else only:
        view = camera.at(index)
        image, truths = _backdrop(spec, view, camera.cover, index), list[ActorTruth]()
        for player in players:
            image, alpha, truth = player.draw(image, index, view)
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
        actor = spec.actors[index]
        self._actor = replace(actor, person=_reduced(actor.person, actor.face_px))
        self._lit = self._actor if spec.lamp is None else _lit(self._actor, spec)
        rng = np.random.default_rng([spec.seed, 3, index])
        self._motion = HeadMotion(self._actor.motion, spec.seconds, rng)

    def draw(
        self, image_rgb: ImageArray, frame: int, view: Affine
    ) -> tuple[ImageArray, FloatArray, ActorTruth]:
        """The picture with the actor in it, their alpha (H, W), and the truth about them."""
        spec = self._spec
        actor = self._lit if _lamp_is_on(spec, frame) else self._actor
        shape = (spec.height_px, spec.width_px)
        time_s = frame / spec.fps
        to_frame = after(view, _placement(actor, shape, time_s)).astype(np.float32)
        state = self._motion.at(time_s) if spec.seconds > 0 else HeadState()
        if actor.turn_deg != (0.0, 0.0):
            yaw, pitch = state.yaw_deg + actor.turn_deg[0], state.pitch_deg + actor.turn_deg[1]
            state = replace(state, yaw_deg=yaw, pitch_deg=pitch)
        where = (slice(0, shape[0]), slice(0, shape[1]))
        if spec.seconds > 0 and actor.person.alpha is not None:
            where = _window(actor.person, to_frame, shape)
        corner = np.array([where[1].start, where[0].start], np.float32)
        to_part = to_frame - np.array([[0, 0, corner[0]], [0, 0, corner[1]]], np.float32)
        part = image_rgb[where]
        layer, alpha = render_head(actor.person, state, to_part, part.shape[:2])
        marks = posed_landmarks(actor.person, state) @ to_part[:, :2].T + to_part[:, 2]
        marks = np.asarray(marks, np.float32)
        mask = None
        if actor.swap is not None:
            moment = actor.swap.course[frame] if actor.swap.course else SwapMoment()
            lag = np.zeros_like(marks)
            if moment.frozen:
                still = replace(state, mouth_open=0.0, lids_closed=0.0)
                worn = posed_landmarks(actor.person, still) @ to_part[:, :2].T + to_part[:, 2]
                lag = np.asarray(worn, np.float32) - marks
            layer, mask = self._swap(layer, marks, actor.swap, frame, moment, lag)
            mask = _spread(mask * alpha, where, shape)
        whole = image_rgb.copy()
        whole[where] = alpha_blend(layer, part, alpha)
        truth = _truth(actor, marks + corner, mask)
        return whole, _spread(alpha, where, shape), truth

    def _swap(
        self,
        layer: ImageArray,
        marks: FloatArray,
        swap: Swap,
        frame: int,
        moment: SwapMoment,
        lag: FloatArray,
    ) -> tuple[ImageArray, FloatArray]:
        """The donor's face over the actor's, and how much of each pixel is the donor's.

        `lag` (478, 2) is by how much the donor's mesh misses the actor's in this frame.
        """
        patch = FacePatch(layer, marks)
        drift = np.random.default_rng([self._spec.seed, 4, self._index, frame])
        off = drift.normal(0, swap.jitter, 2) + np.array(moment.shift)
        target = patch.landmarks_px + lag + off * patch.width_px
        donor = (swap.donor.image_rgb, swap.donor.landmarks_px)
        face = warp_face(*donor, target.astype(np.float32), patch.shape, Fit.SPLINE)
        hull = _worn(swap, patch)
        if swap.grain > 0:
            face = add_noise(face, swap.grain, 0.5 * swap.grain, drift)
        if swap.detail < 1:
            face = resize_and_back(face, swap.detail, cv2.INTER_AREA, cv2.INTER_CUBIC)
        if swap.colour:
            face = match_colour(face, patch.image_rgb, hull)
        if moment.gain != 1.0:
            face = np.asarray(cv2.convertScaleAbs(face, alpha=moment.gain), np.uint8)
        shape_rng = np.random.default_rng([self._spec.seed, 5, self._index])  # one mask per clip
        mask = soften(shape_rng, bend(shape_rng, hull, patch.width_px, BENT), patch.width_px)
        if moment.opacity != 1.0:
            mask = mask * np.float32(moment.opacity)
        fake = patch.put_back(alpha_blend(face, patch.image_rgb, mask), mask, "pose_swap")
        return fake.image_rgb, fake.mask


def _worn(swap: Swap, patch: FacePatch) -> FloatArray:
    """(H, W) hard mask of what is the donor's: the face, or some of its parts."""
    if not swap.parts:
        points = regions.FACE_OVAL if swap.forehead else BROWS_DOWN
        return fill_hull(grow(patch.landmarks_px[list(points)], INSIDE), patch.shape)
    masks = [part_mask(patch.landmarks_px, part, patch.shape) for part in swap.parts]
    return np.asarray(np.max(masks, axis=0), np.float32)


def _reduced(person: Person, face_px: float) -> Person:
    """The person's picture at about the size that the frame needs, so that it does not alias."""
    scale = face_px / face_width(person.landmarks_px)
    if scale > ALIAS_FREE:
        return person
    height, width = person.image_rgb.shape[:2]
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    ratio = np.array([size[0] / width, size[1] / height], np.float32)
    alpha = person.alpha
    if alpha is not None:
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    image = cv2.resize(person.image_rgb, size, interpolation=cv2.INTER_AREA)
    return replace(
        person,
        image_rgb=np.asarray(image, np.uint8),
        landmarks_px=((person.landmarks_px + 0.5) * ratio - 0.5).astype(np.float32),
        depth_px=person.depth_px * np.float32(scale),
        alpha=alpha,
    )


def _window(person: Person, to_frame: FloatArray, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns that somebody who is cut out can touch: a clip need not draw the rest."""
    height, width = person.image_rgb.shape[:2]
    corners = np.array([[0, 0], [width, height]]) @ to_frame[:, :2].T + to_frame[:, 2]
    reach = WINDOW_MARGIN * face_width(person.landmarks_px) * float(to_frame[0, 0])
    low = np.clip(np.floor(corners[0] - reach), 0, [shape[1] - 2, shape[0] - 2]).astype(int)
    high = np.clip(np.ceil(corners[1] + reach), low + 2, [shape[1], shape[0]]).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _spread(part: FloatArray, where: tuple[slice, slice], shape: tuple[int, int]) -> FloatArray:
    """A part's values in a field of the frame's size, 0 elsewhere."""
    whole = np.zeros(shape, np.float32)
    whole[where] = part
    return whole


def _truth(actor: Actor, marks: FloatArray, mask: FloatArray | None) -> ActorTruth:
    mesh, swap = marks[: regions.POINTS], actor.swap
    worn = actor.person if swap is None or swap.parts else swap.donor
    return ActorTruth(
        actor.person.name,
        np.concatenate([mesh.min(axis=0), mesh.max(axis=0)]).astype(np.float32),
        marks.astype(np.float32),
        swap is not None,
        worn.synthetic,
        mask,
    )


def _placement(actor: Actor, shape: tuple[int, int], time_s: float) -> Affine:
    """(2, 3) similarity from the person's picture to the stage at that time."""
    mesh = actor.person.landmarks_px[: regions.POINTS]
    scale = actor.face_px / face_width(actor.person.landmarks_px)
    middle = (mesh.min(axis=0) + mesh.max(axis=0)) / 2
    centre = np.array(actor.centre) + np.array(actor.walk) * time_s
    goal = centre * np.array(shape[::-1])
    shift = goal - scale * middle
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float64)


def _backdrop(spec: SceneSpec, view: Affine, cover: float, frame: int) -> ImageArray:
    """The background cut to cover the frame, moved with the camera; grey without one."""
    size = (spec.width_px, spec.height_px)
    if spec.background_rgb is None:
        return np.full((spec.height_px, spec.width_px, 3), 128, np.uint8)
    height, width = spec.background_rgb.shape[:2]
    scale = cover * max(size[0] / width, size[1] / height)
    shift = np.array(size) / 2 - scale * np.array([width, height]) / 2
    affine = after(view, np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float64))
    flags = cv2.INTER_AREA if affine[0, 0] < 0.5 else cv2.INTER_LINEAR
    border = cv2.BORDER_REFLECT_101
    moved = cv2.warpAffine(spec.background_rgb, affine, size, flags=flags, borderMode=border)
    if spec.lamp is not None and _lamp_is_on(spec, frame):
        moved = cv2.convertScaleAbs(moved, alpha=spec.lamp.gain)
    return np.asarray(moved, np.uint8)


def _lamp_is_on(spec: SceneSpec, frame: int) -> bool:
    return spec.lamp is not None and frame / spec.fps >= spec.lamp.at_s


def _lit(actor: Actor, spec: SceneSpec) -> Actor:
    """The actor, and who wears their face, in the light of the scene's lamp."""
    lamp = spec.lamp
    if lamp is None:
        return actor

    def lit(person: Person) -> Person:
        return relight(person, lamp.direction, lamp.strength, gain=lamp.gain)

    swap = actor.swap
    worn = None if swap is None else replace(swap, donor=lit(swap.donor))
    return replace(actor, person=lit(actor.person), swap=worn)


def _behind(truth: ActorTruth, alpha: FloatArray) -> ActorTruth:
    """The truth about somebody when another, of that alpha, steps in front."""
    if truth.mask is None:
        return truth
    return replace(truth, mask=np.asarray(truth.mask * (1 - alpha), np.float32))
