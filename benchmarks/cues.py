"""What the human cues cost, and what is usual of their parts on genuine faces.

    python benchmarks/cues.py [--bundle NAME|DIR] [--rounds N] [--material FOLDER] [--each N]

Cost: a 10 s clip of 1280 x 720 with three people is made from the shipped samples (two seconds,
played to and fro), analysed as by default (32 frames), and each cue is timed apart; CPU counts this
process and its decoding worker, whole analyses are timed by the clock, too. With FOLDER
(SOURCE/index.csv with file, x1, y1, x2, y2 and SOURCE/images/, genuine faces only) the parts of
appearance and face_body are read on N pictures of each source: median and 1.48 x the median
deviation, the figures that stand in the cues' modules.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

import unmask
from unmask.analyzer import Analyzer
from unmask.data.scene_backdrop import draw_backdrop
from unmask.data.scene_clip import write_clip
from unmask.data.scene_matte import cut_out
from unmask.data.scene_spec import Actor, Camera, Motion, Person, SceneSpec
from unmask.data.scenes import read_person, render
from unmask.detectors.coherence.appearance import USUAL as APPEARANCE
from unmask.detectors.coherence.appearance import look_at
from unmask.detectors.coherence.face_body import face_and_neck
from unmask.detectors.coherence.measure import CueReader, parse_cues
from unmask.faces.body import BodyFinder
from unmask.faces.mesh import FaceMesh
from unmask.faces.pose import head_pose
from unmask.faces.reader import FaceReader
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings
from unmask.types import Face, ImageArray, Observation

SAMPLES = Path(unmask.__file__).parent / "samples"
# file, part of it (left, top, right, bottom), face box in that part
PEOPLE = (
    ("group.jpg", (0, 60, 232, 576), (77, 95, 173, 208)),
    ("portrait-genuine.jpg", (0, 0, 400, 500), (157, 66, 254, 176)),
    ("group.jpg", (732, 130, 960, 576), (60, 70, 150, 184)),
)
SECONDS, FPS, MADE_FRAMES = 10, 25, 50


def people() -> Iterator[Person]:
    """Three people of the samples, cut out."""
    mesh = FaceMesh(threads=1)
    for file, (left, top, right, bottom), box in PEOPLE:
        whole = cv2.imread(str(SAMPLES / file), cv2.IMREAD_COLOR_RGB)
        image = np.ascontiguousarray(whole[top:bottom, left:right])
        person = read_person(mesh, file, image, np.float32(box), synthetic=False)
        yield replace(person, alpha=cut_out(image, person.landmarks_px))


def make_clip(path: Path) -> None:
    """Three people before a wall, filmed from the hand."""
    actors = tuple(
        Actor(person, ((place + 0.5) / 3, 0.42), 150, Motion())
        for place, person in enumerate(people())
    )
    wall = draw_backdrop(np.random.default_rng(0), 1280, 720)
    spec = SceneSpec(1280, 720, actors, MADE_FRAMES / FPS, FPS, wall, camera=Camera(tremor_px=0.5))
    made = [frame.image_rgb for frame in render(spec)]
    fro = made[-2:0:-1]
    frames = ((made + fro) * SECONDS)[: SECONDS * FPS]
    write_clip(frames, path, fps=FPS, preset="veryfast")


def observe(path: Path, settings: Settings) -> Observation:
    """What an analysis sees of a clip."""
    with Decoder(settings) as decoder, open_source(path, settings) as source:
        decoded = decoder.decode(source, frames=settings.frames)
    reader = FaceReader(settings)
    return reader.observe(decoded.media, decoded.frames, decoded.cuts_s, decoded.skipped)


def bench_cost(bundle: str, rounds: int) -> None:
    """CPU-ms by cue, and the whole analysis against the length of the clip."""
    with tempfile.TemporaryDirectory() as scratch:
        clip = Path(scratch) / "three.mp4"
        make_clip(clip)
        observation = observe(clip, Settings())
        print(f"clip {SECONDS} s 1280x720, {len(observation.tracks)} people, "
              f"{len(observation.frames)} frames")  # fmt: skip
        for name in parse_cues("all"):
            reader = CueReader((name,))
            reader.measure(observation, {})  # opens networks
            start = time.process_time()
            for _ in range(rounds):
                found = reader.measure(observation, {})
            cost = 1000 * (time.process_time() - start) / rounds
            values = " ".join("-" if m.value is None else f"{m.value:.2f}" for m in found)
            print(f"  {name:14s} {cost:7.0f} CPU-ms   values {values}")
        for cues in ("none", "all"):
            with Analyzer(Settings(cues=cues, bundle=bundle), languages=("en",)) as analyzer:
                analyzer.analyze(clip)
                wall, cpu = time.perf_counter(), time.process_time()
                report = analyzer.analyze(clip)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            stages = " ".join(f"{k} {v:.2f}" for k, v in report.timings_s.items())
            print(f"  --cues {cues:5s} {wall:6.2f} s by the clock, {cpu:.2f} CPU-s here; {stages}")


def genuine_faces(folder: Path, each: int) -> Iterator[tuple[ImageArray, Face]]:
    """Pictures of faces with their meshes, at most `each` of every source."""
    mesh = FaceMesh(threads=1)
    for source in sorted(folder.iterdir()):
        if not (source / "index.csv").is_file():
            continue
        with (source / "index.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        random.Random(0).shuffle(rows)
        for row in rows[:each]:
            image = cv2.imread(str(source / "images" / row["file"]), cv2.IMREAD_COLOR_RGB)
            box = np.array([float(row[key]) for key in ("x1", "y1", "x2", "y2")], np.float32)
            fit = None if image is None else mesh.fit(image, box)
            pose = None if fit is None else head_pose(fit.landmarks_px)
            if fit is not None and pose is not None and fit.score > 0.9:
                angles = pose.angles_deg
                yield image, Face(box, 1.0, 0, 0.0, fit.landmarks_px, angles)


def bench_usual(faces: Iterable[tuple[ImageArray, Face]]) -> None:
    """Median and scatter of every part."""
    body, values, count = BodyFinder(), defaultdict[str, list[float | None]](list), 0
    for image, face in faces:
        count += 1
        against, light = look_at(image, face)
        for name in APPEARANCE:
            values[f"appearance {name}"].append(against[name])
        values["light azimuth"].append(None if light is None else light.azimuth_deg)
        values["light elevation"].append(None if light is None else light.elevation_deg)
        shoulders = body.find(image, face.box_xyxy)
        if shoulders is not None:
            skin, sharp = face_and_neck(image, face, shoulders)
            ratio = float(np.log2(shoulders.width_px / face.width_px))
            for name, value in (("scale", ratio), ("skin", skin), ("sharpness", sharp)):
                values[f"face_body {name}"].append(value)
    print(f"{count} genuine faces")
    for name, read in values.items():
        known = [value for value in read if value is not None]
        if known:
            median = statistics.median(known)
            scatter = 1.4826 * statistics.median(abs(value - median) for value in known)
            print(f"  {name:22s} n {len(known):4d}  median {median:7.2f}  scatter {scatter:6.2f}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--material", type=Path, help="folder of genuine faces")
    parser.add_argument("--each", type=int, default=80)
    options = parser.parse_args()
    if options.material is not None:
        bench_usual(genuine_faces(options.material, options.each))
        return
    bench_cost(options.bundle, options.rounds)


if __name__ == "__main__":
    main()
