"""Scenes of two to five people from single-person pictures, some swapped, with their truth.

Manifest -> people of one split, cut out, given shoulders -> SceneSpecs -> clips and `truth.json`.
One background, camera, light, noise and codec for everybody; faces at the sizes of real scenes and
never enlarged. Splits share neither people (the manifest splits by identity) nor backgrounds (drawn
from the split's own seeds). One kind of swap is held out of train and val. Only bursts of frames
are rendered, each with its own time in the clip. A scene is a pure function of the manifest, the
seed, the split and its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unmask.data.manifest import SPLITS, read_manifest, read_meshes
from unmask.data.meshes import read_rgb
from unmask.data.pseudo import pose_difference
from unmask.data.pseudo_masks import face_width
from unmask.data.scene_backdrop import draw_backdrop
from unmask.data.scene_clip import write_clip
from unmask.data.scene_matte import cut_out
from unmask.data.scene_person import relight, turn_eyes
from unmask.data.scene_spec import Actor, Camera, Lamp, Motion, Person, SceneFrame, SceneSpec
from unmask.data.scene_swaps import HELD_OUT, KINDS, SWAPS
from unmask.data.scene_trunk import with_trunk
from unmask.data.scenes import read_person, render
from unmask.errors import UsageError
from unmask.faces.light import light_direction
from unmask.faces.measures import luma_of
from unmask.faces.mesh import FaceMesh
from unmask.faces.pose import head_pose
from unmask.types import FloatArray

WIDTH_PX, HEIGHT_PX, FPS = 960, 540, 25
BURSTS, BURST = 8, 4  # frames rendered: as many as an analysis takes from a clip by default
PEOPLE = {2: 0.3, 3: 0.35, 4: 0.2, 5: 0.15}
FACE_PX = {2: (95, 165), 3: (80, 135), 4: (70, 110), 5: (60, 95)}
SWAPPED = {"none": 0.35, "one": 0.35, "several": 0.15, "all": 0.15}
ROOM = 0.2  # beside and above a face that a person's picture must have, shares of the face
MESH_SCORE_MIN, FACE_MIN_PX, YAW_MAX_DEG = 0.9, 70.0, 25.0
LIT_MAX_DEG = 25.0  # azimuth of the light on a picture that can be lit anew
DONORS = 12  # looked at for each swap; the one whose pose agrees best is taken


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one split: rows of the manifest, and their meshes."""

    rows: pd.DataFrame
    landmarks: FloatArray


def read_casts(manifest: Path) -> dict[str, Cast]:
    """{split: genuine people with room round their face}; UsageError where a split has too few."""
    table, (landmarks, scores) = read_manifest(manifest), read_meshes(manifest)
    usable = (table["klass"] == "real").to_numpy() & (scores >= MESH_SCORE_MIN)
    for place in np.flatnonzero(usable):
        pose = head_pose(landmarks[place])
        usable[place] = pose is not None and abs(pose.angles_deg[0]) <= YAW_MAX_DEG
    width = (table["x2"] - table["x1"]).to_numpy()
    usable &= (width >= FACE_MIN_PX) & (table["x1"] >= ROOM * width).to_numpy()
    usable &= (table["y1"] >= ROOM * width).to_numpy()
    casts = {}
    for split in SPLITS:
        places = np.flatnonzero(usable & (table["split"] == split).to_numpy())
        rows = table.iloc[places].reset_index(drop=True)
        if rows["identity"].nunique() < 2 * max(PEOPLE):
            raise UsageError(
                f"the split {split} of {manifest.name} has {rows['identity'].nunique()} people "
                f"with room round their face, a scene needs {2 * max(PEOPLE)}",
                "scan sources with wide crops, or leave more round the faces",
            )
        casts[split] = Cast(rows, landmarks[places])
    return casts


class SceneMaker:
    """Makes the scenes of one manifest."""

    def __init__(
        self,
        manifest: Path,
        *,
        seconds: float = 3.0,
        seed: int = 0,
        held_out: str = HELD_OUT,
        kinds: Sequence[str] = SWAPS,
    ) -> None:
        for kind in (held_out, *kinds):
            KINDS.get(kind)
        self._kinds = [kind for kind in kinds if kind != held_out]
        self.casts = read_casts(manifest)
        self._seconds, self._seed, self._held_out = seconds, seed, held_out
        self._mesh = FaceMesh(threads=1)

    def spec(self, split: str, number: int) -> tuple[SceneSpec, dict[str, Any]]:
        """The scene `number` of a split and the truth about its people."""
        rng = np.random.default_rng([self._seed, SPLITS.index(split), number])
        cast = self.casts[split]
        count = int(rng.choice(list(PEOPLE), p=list(PEOPLE.values())))
        chosen = self.different(rng, cast, count)
        light = (float(rng.uniform(-0.9, 0.9)), float(rng.uniform(-0.8, 0.0)), -0.6)
        depth = float(rng.uniform(0.15, 0.5))
        swapped = _who(rng, count)
        actors, truth = [], []
        for place, row in enumerate(chosen):
            person = relight(self.person(cast, row, stand=True), light, depth)
            if rng.random() < 0.3:
                person = turn_eyes(person, float(rng.uniform(-20, 20)), float(rng.uniform(-6, 6)))
            actor = _placed(rng, person, place, count)
            facts = {"identity": str(cast.rows["identity"][row]),
                     "source": str(cast.rows["source"][row]), "swapped": place in swapped,
                     "kind": None, "donor": None}  # fmt: skip
            if place in swapped:
                kind, other = self._kind(rng, split), _donor(rng, cast, row, chosen)
                donor = self.person(cast, other, stand=False)
                actor = replace(actor, swap=KINDS.get(kind)(rng, donor, light))
                facts |= {"kind": kind, "donor": str(cast.rows["identity"][other])}
            actors.append(actor)
            truth.append(facts)
        order = np.argsort([actor.face_px for actor in actors], kind="stable")
        spec = _spec(rng, [actors[i] for i in order], self._seconds, self._seed * 1000 + number)
        return spec, {"people": [truth[i] for i in order], "split": split, "number": number}

    def make(self, split: str, number: int, folder: Path) -> dict[str, Any]:
        """Write one scene as `folder/SPLIT/NUMBER.mp4`; returns its truth, boxes by frame."""
        spec, truth = self.spec(split, number)
        rng = np.random.default_rng([self._seed, 9, SPLITS.index(split), number])
        crf = int(rng.choice((18, 23, 28, 33)))
        places = burst_frames(spec.frames)
        frames: list[SceneFrame] = list(render(spec, places))
        path = folder / split / f"{number:05d}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        images = [frame.image_rgb for frame in frames]
        coding: dict[str, Any] = {"crf": crf, "preset": "veryfast", "repeatable": True}
        write_clip(images, path, fps=FPS, places=places, **coding)
        for place, facts in enumerate(truth["people"]):
            facts["boxes_xyxy"] = [
                [round(float(v), 1) for v in frame.actors[place].box_xyxy] for frame in frames
            ]
        size = {"width_px": spec.width_px, "height_px": spec.height_px, "fps": FPS}
        return {"file": f"{split}/{path.name}", **size, "crf": crf, "frames": list(places), **truth}

    def different(self, rng: np.random.Generator, cast: Cast, count: int) -> list[int]:
        """Rows of `count` different people, lit from the front, so that all can be lit alike."""
        chosen: list[int] = []
        seen: set[str] = set()
        for row in rng.permutation(len(cast.rows)).tolist():
            identity = str(cast.rows["identity"][row])
            if identity not in seen and _is_lit_from_front(cast, row):
                chosen.append(row)
                seen.add(identity)
            if len(chosen) == count:
                return chosen
        raise UsageError(
            f"only {len(chosen)} people of the split are lit from the front, a scene has {count}",
            "scan more portraits",
        )

    def _kind(self, rng: np.random.Generator, split: str) -> str:
        """A kind of swap; the held-out one in test alone, and there every third."""
        if split == "test" and rng.random() < 1 / 3:
            return self._held_out
        return self._kinds[int(rng.integers(len(self._kinds)))]

    def person(self, cast: Cast, row: int, *, stand: bool) -> Person:
        """Somebody of the cast; to `stand` in a scene they are cut out and get shoulders."""
        record = cast.rows.iloc[row]
        image = read_rgb(str(record["path"]))
        if image is None:
            raise UsageError(f"cannot read {record['path']}", "scan the data again")
        box = record[["x1", "y1", "x2", "y2"]].to_numpy(np.float32)
        person = read_person(self._mesh, str(record["identity"]), image, box, synthetic=False)
        if not stand:
            return person
        alpha = cut_out(image, person.landmarks_px)
        return with_trunk(replace(person, alpha=alpha), seed=row)


def burst_frames(frames: int) -> tuple[int, ...]:
    """Numbers of the frames to render: bursts of neighbours, spread evenly; all of a short clip."""
    if frames <= BURSTS * BURST:
        return tuple(range(frames))
    starts = [int((burst + 0.5) * frames / BURSTS) - BURST // 2 for burst in range(BURSTS)]
    return tuple(start + step for start in starts for step in range(BURST))


def _is_lit_from_front(cast: Cast, row: int) -> bool:
    image = read_rgb(str(cast.rows["path"][row]))
    light = None if image is None else light_direction(luma_of(image), cast.landmarks[row])
    return light is not None and abs(light.azimuth_deg) <= LIT_MAX_DEG


def _who(rng: np.random.Generator, count: int) -> set[int]:
    """Places of the people who are swapped."""
    how = str(rng.choice(list(SWAPPED), p=list(SWAPPED.values())))
    if how == "several" and count > 2:
        number = int(rng.integers(2, count))
    else:
        number = {"none": 0, "all": count}.get(how, 1)
    return set(rng.permutation(count)[:number].tolist())


def _donor(rng: np.random.Generator, cast: Cast, row: int, taken: Sequence[int]) -> int:
    """The row of a donor who is not in the scene, of the pose nearest to the actor's."""
    names = {str(cast.rows["identity"][one]) for one in taken}
    drawn = rng.permutation(len(cast.rows)).tolist()
    free = [one for one in drawn if str(cast.rows["identity"][one]) not in names][:DONORS]
    return int(min(free, key=lambda o: pose_difference(cast.landmarks[row], cast.landmarks[o])))


def _placed(rng: np.random.Generator, person: Person, place: int, count: int) -> Actor:
    """The person in the row of people: where, how large, how lively."""
    low, high = FACE_PX[count]
    size = min(float(rng.uniform(low, high)), face_width(person.landmarks_px))
    x = (place + 0.5 + float(rng.uniform(-0.12, 0.12))) / count
    y = float(rng.uniform(0.32, 0.48))
    motion = Motion(
        yaw_deg=float(rng.uniform(2, 9)),
        pitch_deg=float(rng.uniform(1, 4)),
        roll_deg=float(rng.uniform(1, 3)),
        sway=float(rng.uniform(0.01, 0.05)),
        talk=float(rng.choice((0.0, 0.0, 0.6, 1.0))),
    )
    turn = (float(rng.normal(0, 4)), float(rng.normal(0, 2)))
    return Actor(person, (x, y), size, motion, turn_deg=turn)


def _spec(
    rng: np.random.Generator, actors: Sequence[Actor], seconds: float, seed: int
) -> SceneSpec:
    """Background, camera, lamp and noise round the actors."""
    camera = Camera(
        pan_px_s=(float(rng.choice((0, 0, -1, 1)) * rng.uniform(5, 40)), 0.0),
        zoom_per_s=float(rng.choice((0, 0, 1)) * rng.uniform(-0.03, 0.05)),
        tremor_px=float(rng.choice((0.0, 0.3, 1.0))),
    )
    lamp = Lamp(seconds * 0.55, 1.25) if rng.random() < 0.1 else None
    return SceneSpec(
        WIDTH_PX,
        HEIGHT_PX,
        tuple(actors),
        seconds=seconds,
        fps=FPS,
        background_rgb=draw_backdrop(rng, WIDTH_PX, HEIGHT_PX),
        shake_px=float(rng.uniform(0, 6)),
        noise_luma=float(rng.uniform(0.8, 3.0)),
        seed=seed,
        camera=camera,
        lamp=lamp,
    )
