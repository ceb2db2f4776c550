"""Clips in which people walk past each other and a cut changes the view: for counting track errors.

SceneMaker's people -> two shots of the same people, as SceneSpecs -> a clip and its truth. In each
shot two people change places, one passing before the other, and the third, where there is one,
stays; after the cut they stand in another order, at other sizes, before another background.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.data.group_scenes import FPS, HEIGHT_PX, WIDTH_PX, SceneMaker
from unmask.data.manifest import SPLITS
from unmask.data.pseudo_masks import face_width
from unmask.data.scene_backdrop import draw_backdrop
from unmask.data.scene_clip import write_clip
from unmask.data.scene_spec import Actor, Camera, Motion, Person, SceneFrame, SceneSpec
from unmask.data.scenes import render
from unmask.types import FloatArray

SHOTS = 2
FACE_PX = (80, 125)
HIDDEN_AT = 0.3  # share of a face's box that a nearer face covers, from which it is not to be seen


@dataclass(frozen=True, slots=True, eq=False)
class CrossingClip:
    """A clip and its truth, frame by frame.

    names       of the people; boxes_xyxy (T, N, 4) of their faces' meshes, px
    visible     (T, N) False where a nearer face hides one
    cut_frame   first frame after the cut
    """

    path: Path
    names: tuple[str, ...]
    boxes_xyxy: FloatArray
    visible: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    cut_frame: int


def make_crossing(
    maker: SceneMaker, split: str, number: int, folder: Path, *, seconds: float = 3.0, seed: int = 0
) -> CrossingClip:
    """Write the clip `number` of a split, two shots of `seconds` each, as `folder/NUMBER.mp4`."""
    rng = np.random.default_rng([seed, 21, SPLITS.index(split), number])
    cast = maker.casts[split]
    rows = maker.different(rng, cast, int(rng.integers(2, 4)))
    people = [maker.person(cast, row, stand=True) for row in rows]
    frames: list[SceneFrame] = []
    for shot in range(SHOTS):
        spec = _shot(rng, people, seconds, seed * 1000 + number * SHOTS + shot)
        frames.extend(render(spec))
    path = folder / f"{number:05d}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [frame.image_rgb for frame in frames]
    write_clip(images, path, fps=FPS, crf=23, preset="veryfast", repeatable=True)
    names = tuple(person.name for person in people)
    boxes = np.stack([_boxes(frame, names) for frame in frames])
    seen = np.stack([_visible(frame, names) for frame in frames])
    return CrossingClip(path, names, boxes, seen, len(frames) // SHOTS)


def _shot(rng: np.random.Generator, people: list[Person], seconds: float, seed: int) -> SceneSpec:
    """Two people change places while the others stay."""
    count = len(people)
    order = rng.permutation(count)
    x = [(place + 0.5) / count + float(rng.uniform(-0.04, 0.04)) for place in range(count)]
    first, second = sorted(rng.permutation(count)[:2].tolist())
    actors = []
    for place, index in enumerate(order.tolist()):
        size = min(float(rng.uniform(*FACE_PX)), face_width(people[index].landmarks_px))
        goal = {first: x[second], second: x[first]}.get(place, x[place])
        walk = ((goal - x[place]) / seconds, 0.0)
        centre = (x[place], float(rng.uniform(0.34, 0.46)))
        motion = Motion(yaw_deg=4, pitch_deg=2, roll_deg=2, sway=0.03, talk=0.5)
        actors.append(Actor(people[index], centre, size, motion, walk=walk))
    actors.sort(key=lambda actor: actor.face_px)  # the larger is nearer and passes in front
    camera = Camera(pan_px_s=(float(rng.uniform(-20, 20)), 0.0), tremor_px=0.3)
    backdrop = draw_backdrop(rng, WIDTH_PX, HEIGHT_PX)
    return SceneSpec(
        WIDTH_PX, HEIGHT_PX, tuple(actors), seconds=seconds, fps=FPS, background_rgb=backdrop,
        seed=seed, camera=camera,
    )  # fmt: skip


def _boxes(frame: SceneFrame, names: tuple[str, ...]) -> FloatArray:
    found = {actor.name: actor.box_xyxy for actor in frame.actors}
    return np.stack([found[name] for name in names])


def _visible(
    frame: SceneFrame, names: tuple[str, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether each face is in the picture and no nearer face covers too much of it."""
    seen = {}
    for place, actor in enumerate(frame.actors):
        nearer = [_covered(actor.box_xyxy, o.box_xyxy) for o in frame.actors[place + 1 :]]
        seen[actor.name] = max(nearer, default=0.0) < HIDDEN_AT
    return np.array([seen[name] for name in names])


def _covered(box: FloatArray, by: FloatArray) -> float:
    """Share of `box` that lies inside `by`."""
    low, high = np.maximum(box[:2], by[:2]), np.minimum(box[2:], by[2:])
    inside = np.prod(np.clip(high - low, 0, None))
    return float(inside / np.prod(box[2:] - box[:2]))
