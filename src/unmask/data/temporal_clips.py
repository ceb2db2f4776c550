"""Clips of one talking head each, genuine or swapped with a fault in time, with their truth.

Manifest -> people of one split -> pairs of clips -> `truth.json` (docs/TEMPORAL.md). A pair shares
person, motion, camera, lamp, focus, noise and codec: the one is genuine, in the other the face is a
swap that flickers, drifts, trembles against the head, freezes, or falls out for frames. So nothing
but the swap and its fault tells them apart. Clips are drawn at the size of a face crop and in
bursts of neighbouring frames, each with its own time. Splits share no people; one kind of fault is
held out of train and val. A clip is a pure function of manifest, seed, split and number.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from unmask.data.group_scenes import FACE_MIN_PX, Cast, read_casts
from unmask.data.manifest import SPLITS
from unmask.data.meshes import read_rgb
from unmask.data.pseudo import pose_difference
from unmask.data.pseudo_masks import face_width
from unmask.data.scene_clip import write_clip
from unmask.data.scene_spec import Actor, Camera, Motion, Person, SceneSpec, Swap, SwapMoment
from unmask.data.scenes import read_person, render
from unmask.errors import UsageError
from unmask.faces.mesh import FaceMesh
from unmask.registry import Registry
from unmask.types import ImageArray

SIDE_PX, FPS, SECONDS = 192, 25, 3.0
BURSTS, BURST = 4, 4  # frames rendered of a clip
FACE_PX = (92.0, 124.0)
CRFS = (18, 23, 28, 33)
DONORS = 12  # looked at for each swap; the one whose pose agrees best is taken
HELD_OUT = "drop"
HELD_OUT_SHARE = 1 / 3  # of the swapped test clips

Course = tuple[SwapMoment, ...]
FAULTS: Registry[Callable[[np.random.Generator, int], Course]] = Registry("fault of a swap")


@FAULTS.register("steady")
def _steady(rng: np.random.Generator, frames: int) -> Course:
    """No fault in time: only the swap itself."""
    del rng
    return (SwapMoment(),) * frames


@FAULTS.register("flicker")
def _flicker(rng: np.random.Generator, frames: int) -> Course:
    """Each frame's colour was matched anew."""
    gains = 1 + rng.normal(0, rng.uniform(0.03, 0.1), frames)
    return tuple(SwapMoment(gain=float(np.clip(gain, 0.7, 1.3))) for gain in gains)


@FAULTS.register("drift")
def _drift(rng: np.random.Generator, frames: int) -> Course:
    """The face slides over the head and back, once in half a second to two seconds."""
    rate, phase = rng.uniform(0.5, 2.0), rng.uniform(0, 2 * np.pi)
    reach, angle = rng.uniform(0.02, 0.05), rng.uniform(0, 2 * np.pi)
    along = reach * np.sin(2 * np.pi * rate * np.arange(frames) / FPS + phase)
    x, y = float(np.cos(angle)), float(np.sin(angle))
    return tuple(SwapMoment(shift=(float(one) * x, float(one) * y)) for one in along)


@FAULTS.register("jitter")
def _jitter(rng: np.random.Generator, frames: int) -> Course:
    """Aligned anew in every frame: the face trembles against the head."""
    shifts = rng.normal(0, rng.uniform(0.008, 0.025), (frames, 2))
    return tuple(SwapMoment(shift=(float(x), float(y))) for x, y in shifts)


@FAULTS.register("freeze")
def _freeze(rng: np.random.Generator, frames: int) -> Course:
    """Neither lids nor mouth follow the person's."""
    del rng
    return (SwapMoment(frozen=True),) * frames


@FAULTS.register("drop")
def _drop(rng: np.random.Generator, frames: int) -> Course:
    """In some frames the face was not found: the person's own shows, wholly or half."""
    gone = rng.random(frames) < rng.uniform(0.15, 0.4)
    depth = float(rng.choice((0.0, 0.5)))
    return tuple(SwapMoment(opacity=depth if one else 1.0) for one in gone)


class ClipMaker:
    """Makes the clips of one manifest. UsageError where a split has too few people."""

    def __init__(self, manifest: Path, *, seed: int = 0, held_out: str = HELD_OUT) -> None:
        FAULTS.get(held_out)
        self._casts = read_casts(manifest)
        self._seed, self._held_out = seed, held_out
        self._mesh = FaceMesh(threads=1)

    def make(self, split: str, number: int, folder: Path) -> dict[str, Any]:
        """Write one clip as `folder/SPLIT/NUMBER.mp4`; returns its truth, boxes by frame.

        Even numbers are genuine, the odd one after each is the same clip swapped.
        """
        swapped = number % 2 == 1
        rng = np.random.default_rng([self._seed, 17, SPLITS.index(split), number // 2])
        cast = self._casts[split]
        row = int(rng.integers(len(cast.rows)))
        other, fault = _donor(rng, cast, row), self._fault(rng, split)
        actor, swap_rng = self._actor(rng, cast, row), np.random.default_rng(rng.integers(2**31))
        spec = _spec(rng, actor, int(rng.integers(2**31)))
        crf, capture = int(rng.choice(CRFS)), _Capture(rng, spec.frames)
        if swapped:
            course = FAULTS.get(fault)(swap_rng, spec.frames)
            spec = self._swapped(spec, swap_rng, cast, other, course)
        places = burst_places(spec.frames)
        frames = list(render(spec, places))
        path = folder / split / f"{number:05d}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        images = [capture.shot(frame.image_rgb, frame.index) for frame in frames]
        write_clip(images, path, fps=FPS, crf=crf, preset="veryfast", places=places)
        names = cast.rows["identity"]
        person = {
            "identity": str(names[row]),
            "source": str(cast.rows["source"][row]),
            "swapped": swapped,
            "kind": fault if swapped else None,
            "donor": str(names[other]) if swapped else None,
            "boxes_xyxy": [[round(float(v), 1) for v in f.actors[0].box_xyxy] for f in frames],
        }
        size = {"width_px": SIDE_PX, "height_px": SIDE_PX, "fps": FPS, "crf": crf}
        place = {"frames": list(places), "split": split, "number": number}
        return {"file": f"{split}/{path.name}", **size, **place, "people": [person]}

    def _fault(self, rng: np.random.Generator, split: str) -> str:
        """A kind of fault; the held-out one in test alone."""
        kinds = [kind for kind in FAULTS if kind != self._held_out]
        drawn, kind = rng.random(), kinds[int(rng.integers(len(kinds)))]
        return self._held_out if split == "test" and drawn < HELD_OUT_SHARE else kind

    def _actor(self, rng: np.random.Generator, cast: Cast, row: int) -> Actor:
        person = self._person(cast, row)
        motion = Motion(
            yaw_deg=float(rng.uniform(2, 9)),
            pitch_deg=float(rng.uniform(1, 4)),
            roll_deg=float(rng.uniform(1, 3)),
            sway=float(rng.uniform(0.01, 0.05)),
            talk=float(rng.choice((0.0, 0.6, 1.0, 1.0))),
            blinks_per_min=float(rng.uniform(10, 60)),
        )
        size = min(float(rng.uniform(*FACE_PX)), face_width(person.landmarks_px))
        return Actor(person, (0.5, 0.5), max(size, FACE_MIN_PX), motion)

    def _swapped(
        self,
        spec: SceneSpec,
        rng: np.random.Generator,
        cast: Cast,
        donor: int,
        course: Course,
    ) -> SceneSpec:
        (actor,) = spec.actors
        swap = Swap(
            self._person(cast, donor),
            detail=float(rng.uniform(0.5, 1.0)),
            forehead=rng.random() < 0.3,
            jitter=float(rng.choice((0.0, 0.002))),
            course=course,
        )
        worn = Actor(actor.person, actor.centre, actor.face_px, actor.motion, swap)
        return SceneSpec(
            spec.width_px,
            spec.height_px,
            (worn,),
            seconds=spec.seconds,
            fps=spec.fps,
            shake_px=spec.shake_px,
            noise_luma=spec.noise_luma,
            seed=spec.seed,
            camera=spec.camera,
        )

    def _person(self, cast: Cast, row: int) -> Person:
        record = cast.rows.iloc[row]
        image = read_rgb(str(record["path"]))
        if image is None:
            raise UsageError(f"cannot read {record['path']}", "scan the data again")
        box = record[["x1", "y1", "x2", "y2"]].to_numpy(np.float32)
        return read_person(self._mesh, str(record["identity"]), image, box, synthetic=False)


def burst_places(frames: int) -> tuple[int, ...]:
    """Numbers of the frames to render: bursts of neighbours, spread evenly."""
    starts = [int((burst + 0.5) * frames / BURSTS) - BURST // 2 for burst in range(BURSTS)]
    return tuple(start + step for start in starts for step in range(BURST))


def _spec(rng: np.random.Generator, actor: Actor, seed: int) -> SceneSpec:
    """The talking head before its own background, filmed with a hand or a stand."""
    camera = Camera(
        pan_px_s=(float(rng.choice((0, 0, 1)) * rng.uniform(-6, 6)), 0.0),
        zoom_per_s=float(rng.choice((0, 0, 1)) * rng.uniform(-0.03, 0.05)),
        tremor_px=float(rng.choice((0.0, 0.3, 1.0))),
    )
    return SceneSpec(
        SIDE_PX,
        SIDE_PX,
        (actor,),
        seconds=SECONDS,
        fps=FPS,
        shake_px=float(rng.uniform(0, 4)),
        noise_luma=float(rng.uniform(0.8, 3.0)),
        seed=seed,
        camera=camera,
    )


class _Capture:
    """What a camera does to whole frames, innocently: a flickering lamp, a focus that hunts."""

    def __init__(self, rng: np.random.Generator, frames: int) -> None:
        lamp = float(rng.choice((0.0, 0.0, rng.uniform(0.01, 0.06))))
        self._gains = 1 + rng.normal(0, 1, frames) * lamp
        hunt = float(rng.choice((0.0, 0.0, rng.uniform(0.3, 1.0))))
        phase, rate = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 3.0)
        times_s = np.arange(frames) / FPS
        self._blur_px = hunt * (0.5 + 0.5 * np.sin(2 * np.pi * rate * times_s + phase))

    def shot(self, image_rgb: ImageArray, frame: int) -> ImageArray:
        """The frame as the camera took it."""
        image = image_rgb
        if self._blur_px[frame] > 0.2:
            image = np.asarray(
                cv2.GaussianBlur(image, (0, 0), float(self._blur_px[frame])), np.uint8
            )
        if self._gains[frame] != 1.0:
            image = np.asarray(
                cv2.convertScaleAbs(image, alpha=float(self._gains[frame])), np.uint8
            )
        return image


def _donor(rng: np.random.Generator, cast: Cast, row: int) -> int:
    """The row of somebody else, of the pose nearest to the actor's."""
    name = str(cast.rows["identity"][row])
    drawn: list[int] = rng.permutation(len(cast.rows)).tolist()
    free = [one for one in drawn if str(cast.rows["identity"][one]) != name][:DONORS]
    return min(free, key=lambda o: pose_difference(cast.landmarks[row], cast.landmarks[o]))
