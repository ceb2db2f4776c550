"""Physical test scenes for the cues: people of the shipped samples, with known truth.

    scene = group(2)                    # a SceneSpec, everybody genuine
    observe(scene, BURSTS)              # an Observation: meshes, poses, gaze by the real networks
    seen("camera shake")                # that of a named scene, made once per run

Faces are read where the truth says they are, so that no detector has to run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np

import unmask
from unmask.data.scene_clip import write_clip
from unmask.data.scene_matte import cut_out
from unmask.data.scene_person import relight, scale_head, turn_eyes
from unmask.data.scene_spec import Actor, Camera, Lamp, Motion, Person, SceneSpec, Swap
from unmask.data.scene_trunk import with_trunk
from unmask.data.scenes import read_person, render
from unmask.faces.detection import Detection
from unmask.faces.mesh import FaceMesh
from unmask.faces.read_face import FacePen
from unmask.types import FaceTrack, Frame, MediaInfo, MediaKind, Observation

SAMPLES = Path(unmask.__file__).parent / "samples"
BURSTS = tuple(12 * burst + step for burst in range(3) for step in range(4))
STILL = (0,)
SUBJECT = 1  # the actor to whom things are done: track B
LIVELY = Motion(talk=0.8)
# Person: file, part of it (left, top, right, bottom), face box in that part.
WHERE = {
    "left": ("group.jpg", (0, 60, 232, 576), (77, 95, 173, 208)),
    "right": ("group.jpg", (732, 130, 960, 576), (60, 70, 150, 184)),
    "astronaut": ("portrait-genuine.jpg", (0, 0, 400, 500), (157, 66, 254, 176)),
    "portrait": ("portrait-synthetic.jpg", (0, 0, 400, 500), (102, 103, 297, 331)),
}


@cache
def person(name: str) -> Person:
    """One of `WHERE`, cut out of their backdrop."""
    file, (left, top, right, bottom), box = WHERE[name]
    image = cv2.imread(str(SAMPLES / file), cv2.IMREAD_COLOR_RGB)[top:bottom, left:right]
    image = np.ascontiguousarray(image)
    read = read_person(FaceMesh(threads=1), name, image, np.float32(box), synthetic=False)
    cut = replace(read, alpha=cut_out(image, read.landmarks_px))
    return with_trunk(cut) if name == "portrait" else cut


@cache
def backdrop(seed: int = 0) -> np.ndarray:
    """A wall with structure at several scales, (540, 960, 3) uint8."""
    rng = np.random.default_rng(seed)
    wall = np.full((540, 960, 3), 120, np.float32)
    for cells, depth in ((5, 22), (18, 14), (70, 10), (240, 14)):
        noise = rng.normal(0, depth, (cells * 9 // 16 + 2, cells, 3)).astype(np.float32)
        wall += cv2.resize(noise, (960, 540), interpolation=cv2.INTER_CUBIC)
    wall = wall * 0.3 + 0.7 * wall.mean(axis=2, keepdims=True)
    return np.clip(wall, 0, 255).astype(np.uint8)


def group(people: int = 3, *, seconds: float = 3.0, face_px: float = 110, seed: int = 5, **changes):
    """Genuine people side by side before the wall, moving and talking: a SceneSpec."""
    names = ("left", "portrait", "right", "astronaut")[:people]
    actors = tuple(
        Actor(person(name), ((i + 0.5) / people, 0.42), face_px, LIVELY)
        for i, name in enumerate(names)
    )
    given = {"background_rgb": backdrop(), "seconds": seconds, "seed": seed, "shake_px": 3.0}
    return SceneSpec(640, 360, actors, **(given | changes))


def with_actor(spec: SceneSpec, index: int, **changes) -> SceneSpec:
    """The scene with changes to one actor."""
    actors = list(spec.actors)
    actors[index] = replace(actors[index], **changes)
    return replace(spec, actors=tuple(actors))


def worn(donor: Person, **options) -> Swap:
    """A swap that keeps the donor's pixels as they are: what was done to them stays visible."""
    return Swap(donor, **({"detail": 1.0, "colour": False, "jitter": 0.0} | options))


@cache
def _pen() -> FacePen:
    return FacePen()


def observe(
    spec: SceneSpec,
    indices: Sequence[int] = BURSTS,
    *,
    crf: int | None = None,
) -> Observation:
    """What the reader would see of some frames of a scene, through H.264 where `crf` is given."""
    made = list(render(spec, indices))
    images = [frame.image_rgb for frame in made]
    if crf is not None:
        images = through_codec(images, crf)
    frames = [Frame(im, m.index, m.time_s) for im, m in zip(images, made, strict=True)]
    tracks = []
    for place in range(len(spec.actors)):
        faces = []
        for frame, truth in zip(frames, made, strict=True):
            marks = truth.actors[place].landmarks_px
            eyes = np.stack([marks[[33, 133]].mean(axis=0), marks[[362, 263]].mean(axis=0)])
            found = Detection(truth.actors[place].box_xyxy, 0.95, eyes.astype(np.float32))
            faces.append(_pen().from_detection(frame, found))
        tracks.append(FaceTrack(chr(ord("A") + place), tuple(faces)))
    return observation_of(frames, tracks)


def observation_of(frames, tracks, cuts_s=()) -> Observation:
    """Frames and tracks as an Observation."""
    height, width = frames[0].image_rgb.shape[:2]
    clip = len(frames) > 1
    more = {"duration_s": frames[-1].time_s, "fps": Fraction(25)} if clip else {}
    kind = MediaKind.VIDEO if clip else MediaKind.IMAGE
    media = MediaInfo(kind, "made", width, height, 1, "0" * 64, **more)
    return Observation(media, tuple(frames), tuple(tracks), cuts_s=tuple(cuts_s))


def through_codec(images: list[np.ndarray], crf: int) -> list[np.ndarray]:
    """The frames after H.264 at a constant rate factor."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "scene.mp4"
        write_clip(images, path, crf=crf)
        with av.open(str(path)) as container:
            return [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]


def subject_with(**changes) -> SceneSpec:
    """The group with changes to its subject."""
    return with_actor(group(), SUBJECT, **changes)


def wearing(donor: Person, **options) -> SceneSpec:
    """The group, its subject wearing a face whose pixels are kept as they are."""
    return subject_with(swap=worn(donor, **options))


def with_cut() -> Observation:
    """Two shots of the same people that follow each other without a gap, from two places."""
    first = observe(group(), BURSTS[:4])
    second = observe(group(seed=6, camera=Camera(pan_px_s=(0, 0))), BURSTS[:4])
    moved = [np.roll(frame.image_rgb, 9, axis=1) for frame in second.frames]
    frames = [*first.frames]
    tracks: list[list] = [[*track.faces] for track in first.tracks]
    for place, image in enumerate(moved):
        index = 4 + place
        frames.append(Frame(image, index, index / 25))
        for faces, track in zip(tracks, second.tracks, strict=True):
            old = track.faces[place]
            shift = np.array([9, 0], np.float32)
            faces.append(
                replace(old, frame_index=index, time_s=index / 25,
                        box_xyxy=old.box_xyxy + np.tile(shift, 2),
                        landmarks_px=old.landmarks_px + shift)
            )  # fmt: skip
    named = [FaceTrack(chr(65 + n), tuple(faces)) for n, faces in enumerate(tracks)]
    return observation_of(frames, named, cuts_s=(4 / 25,))


def _portrait(change, *arguments) -> Person:
    return change(person("portrait"), *arguments)


FROM_RIGHT, FROM_LEFT = (1.0, -0.2, -0.4), (-1.0, -0.2, -0.4)


def lit_group(subject_from=FROM_RIGHT) -> SceneSpec:
    """Everybody lit from the right, the subject's face as if from `subject_from`."""
    spec = group()
    for place, actor in enumerate(spec.actors):
        way = subject_from if place == SUBJECT else FROM_RIGHT
        spec = with_actor(spec, place, person=relight(actor.person, way, 1.0))
    return spec


# What must not move a cue.
INNOCENT = {
    "plain": lambda: observe(group()),
    "camera shake": lambda: observe(group(camera=Camera(tremor_px=2.0))),
    "pan": lambda: observe(group(camera=Camera(pan_px_s=(60.0, 0.0)))),
    "zoom": lambda: observe(group(camera=Camera(zoom_per_s=0.15))),
    "lamp switched on": lambda: observe(group(lamp=Lamp(0.52))),
    "head turn": lambda: observe(subject_with(motion=Motion(yaw_deg=16, talk=1.0))),
    "one far": lambda: observe(subject_with(face_px=62)),
    "looking away": lambda: observe(
        subject_with(person=_portrait(turn_eyes, 25, 0), turn_deg=(14.0, 0.0))
    ),
    "cut": with_cut,
    "strong compression": lambda: observe(group(), crf=36),
}
# What must.
MANIPULATED = {
    "jitter .004": lambda: observe(wearing(person("portrait"), jitter=0.004)),
    "jitter .01": lambda: observe(wearing(person("portrait"), jitter=0.01)),
    "grain": lambda: observe(wearing(person("portrait"), grain=8.0), STILL),
    "soft": lambda: observe(wearing(person("portrait"), detail=0.3), STILL),
    "lit alike": lambda: observe(lit_group(), STILL),
    "lit from the left": lambda: observe(lit_group(FROM_LEFT), STILL),
    "eyes left": lambda: observe(subject_with(person=_portrait(turn_eyes, -30, 0)), STILL),
    "eyes right": lambda: observe(subject_with(person=_portrait(turn_eyes, 30, 0)), STILL),
    "still": lambda: observe(group(), STILL),
    "pair": lambda: observe(group(2, face_px=90), STILL),
    "large head": lambda: observe(pair_with(**large_head(1.4)), STILL),
    "blue face": lambda: observe(
        pair_with(swap=worn(_portrait(tinted, (0.8, 0.95, 1.25)), forehead=True)), STILL
    ),
}


def pair_with(**changes) -> SceneSpec:
    """Two people with room round their shoulders, with changes to the subject."""
    return with_actor(group(2, face_px=90), SUBJECT, **changes)


def large_head(factor: float) -> dict:
    """Changes that give the subject a larger head on the same body."""
    return {"person": scale_head(person("portrait"), factor), "face_px": 90 * factor}


def tinted(who: Person, gains: tuple[float, float, float]) -> Person:
    """The person in other colours."""
    image = np.clip(who.image_rgb * np.float32(gains) + 0.5, 0, 255).astype(np.uint8)
    return replace(who, image_rgb=image)


@cache
def seen(name: str) -> Observation:
    """The observation of a named scene, made once."""
    return (INNOCENT | MANIPULATED)[name]()
