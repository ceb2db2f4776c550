"""What finding and reading faces costs and how well it works: source of the figures in `faces/`.

    python benchmarks/faces.py [--material FOLDER] [--each N]

Without material only the cost is measured, on scenes made from the shipped samples. FOLDER holds
sources: SOURCE/index.csv (file, x1, y1, x2, y2: CenterFace's box) and SOURCE/images/. On N pictures
of each are measured: the share with a mesh, the boxes of the full-range network and of the mesh
against the given one, the scatter of gaze, the shape of meshes; and, on mosaics of them, the faces
found by width.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import unmask
from unmask.faces.boxes import box_of_mesh
from unmask.faces.detect import FaceDetector
from unmask.faces.full_range import FullRange
from unmask.faces.pose import head_pose
from unmask.faces.reader import FaceReader
from unmask.types import Face, Frame, MediaInfo, MediaKind, Observation

PORTRAIT = Path(unmask.__file__).parent / "samples" / "portrait-synthetic.jpg"
MOSAICS = (  # width, height, widths of the faces in it
    (1280, 720, (60, 70, 80, 90, 100, 110, 120)),
    (1280, 720, (30, 32, 34, 36, 38, 40, 45, 50, 60)),
    (1280, 720, (200, 180, 40, 35, 30, 60)),
    (1280, 720, (320, 30, 36, 45)),
    (1920, 1080, (30, 30, 32, 35, 40, 50, 60, 80)),
    (1920, 1080, (300, 120, 60, 30, 34)),
    (640, 480, (30, 31, 33, 36, 40, 50, 70)),
)


def read_rgb(path: Path) -> np.ndarray:
    """A picture as (H, W, 3) uint8 RGB."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def wall(width: int, height: int, seed: int) -> np.ndarray:
    """Coloured noise of several sizes with boxes in it: structure everywhere, no face."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((height, width, 3), np.float32)
    for cells in (4, 16, 64, 200):
        noise = rng.normal(0, 60 / np.sqrt(cells), (cells * height // width + 2, cells, 3))
        scene += cv2.resize(
            noise.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
    scene += rng.uniform(60, 190, 3)
    for _ in range(30):
        x, y = rng.integers(0, [width, height])
        far = np.array([x, y]) + rng.integers(-width // 4, width // 4, 2)
        tone = tuple(float(v) for v in rng.uniform(0, 255, 3))
        cv2.rectangle(scene, (int(x), int(y)), (int(far[0]), int(far[1])), tone, 3)
    return np.clip(scene, 0, 255).astype(np.uint8)


def observe(reader: FaceReader, images: list[np.ndarray]) -> Observation:
    """What the reader sees in a picture, or in a clip of bursts of four."""
    frames = [Frame(im, n, (n // 4) * 0.6 + (n % 4) * 0.04) for n, im in enumerate(images)]
    height, width = images[0].shape[:2]
    kind = MediaKind.IMAGE if len(images) == 1 else MediaKind.VIDEO
    return reader.observe(MediaInfo(kind, "made", width, height, 1, "0" * 64), frames)


def cpu_ms(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """(least, median) CPU-ms of this process over the rounds, after one to warm up."""
    work()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1e3)
    return min(spent), statistics.median(spent)


def measure_cost(rounds: int = 10) -> None:
    """Print the cost of a photo with one near face and of a clip with one person."""
    portrait = read_rgb(PORTRAIT)
    reader = FaceReader()

    def scene(width: int, height: int, left: int) -> np.ndarray:
        view = wall(width, height, 1)
        size = (round(portrait.shape[1] * height / portrait.shape[0]), height)
        view[:, left : left + size[0]] = cv2.resize(portrait, size)
        return view

    photo = [scene(1280, 720, 340)]
    clip = [scene(1920, 1080, 300 + 8 * n) for n in range(32)]
    for name, images, times in (("photo 1280x720", photo, rounds), ("clip 1080p, 32", clip, 3)):
        least, middle = cpu_ms(partial(observe, reader, images), times)
        print(f"{name}: {least:.0f} (median {middle:.0f}) CPU-ms")


def pictures(folder: Path, each: int) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(source, picture, face box (4,)) of up to `each` pictures per source, a seeded choice."""
    for index in sorted(folder.glob("*/index.csv")):
        with index.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if "x1" in row]
        random.Random(7).shuffle(rows)
        for row in rows[:each]:
            box = np.array([float(row[k]) for k in ("x1", "y1", "x2", "y2")], np.float32)
            yield index.parent.name, read_rgb(index.parent / "images" / row["file"]), box


def largest(seen: Observation) -> Face | None:
    """The widest face of a picture."""
    faces = [track.faces[0] for track in seen.tracks]
    return max(faces, key=lambda f: f.width_px, default=None)


def measure_boxes(folder: Path, each: int) -> None:
    """Print width and height of two kinds of boxes over the given ones, medians; 1 = the same."""
    first, reader, ratios = FullRange(), FaceReader(), {"full-range": [], "mesh": []}
    for _, image, box in pictures(folder, each):
        height, width = image.shape[:2]
        around = cv2.copyMakeBorder(
            image,
            height // 2,
            height // 2,
            width // 2,
            width // 2,
            cv2.BORDER_CONSTANT,
            value=(127,) * 3,
        )
        size = box[2:] - box[:2]
        for found in first.find(around)[:1]:
            ratios["full-range"].append((found.box_xyxy[2:] - found.box_xyxy[:2]) / size)
        face = largest(observe(reader, [around]))
        if face is not None and face.landmarks_px is not None:
            meshed = box_of_mesh(face.landmarks_px)
            ratios["mesh"].append((meshed[2:] - meshed[:2]) / size)
    for name, values in ratios.items():
        print(f"{name} box over the given one: {np.median(values, axis=0).round(3)}")


def measure_reading(folder: Path, each: int) -> None:
    """Print, by source, faces found and meshes fitted; over all, gaze and shape of the meshes."""
    reader, shares, gazes, shapes = FaceReader(), defaultdict(lambda: [0, 0, 0]), [], []
    for source, image, _ in pictures(folder, each):
        face = largest(observe(reader, [image]))
        shares[source][0] += 1
        if face is None:
            continue
        shares[source][1] += 1
        if face.landmarks_px is not None:
            shares[source][2] += 1
            pose = head_pose(face.landmarks_px)
            if pose is not None:
                shapes.append((pose.residual, pose.stretch))
        if face.gaze_deg is not None:
            gazes.append(face.gaze_deg)
    for source, (count, found, meshed) in sorted(shares.items()):
        print(f"{source:24s} found {found}/{count}  mesh {meshed}")
    scatter = 1.4826 * np.median(np.abs(np.array(gazes) - np.median(gazes, axis=0)), axis=0)
    print(f"gaze: scatter of yaw, pitch {scatter.round(1)} degrees over {len(gazes)} faces")
    high = np.percentile(shapes, [50, 90, 99, 100], axis=0).round(3)
    print(
        f"mesh: residual {high[:, 0]}, stretch {high[:, 1]} at 50, 90, 99, 100 % of {len(shapes)}"
    )


def mosaic(
    parts: list[tuple[str, np.ndarray, np.ndarray]], width: int, height: int, face_px: list[int]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """A wall with one face of each width on it, cells apart, and the boxes of the faces."""
    scene, boxes, used = wall(width, height, len(parts)).astype(np.float32), [], []
    rng = np.random.default_rng(width + sum(face_px))
    for (_, image, box), want in zip(parts, sorted(face_px, reverse=True), strict=True):
        scale = want / float(box[2] - box[0])
        size = (max(8, int(image.shape[1] * scale)), max(8, int(image.shape[0] * scale)))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.resize(image, size, interpolation=method)
        for _ in range(500):
            x, y = rng.integers(0, [max(1, width - size[0]), max(1, height - size[1])])
            if all(
                x >= u[2] or x + size[0] <= u[0] or y >= u[3] or y + size[1] <= u[1] for u in used
            ):
                break
        else:
            continue
        used.append((x, y, x + size[0], y + size[1]))
        edge = max(1, size[0] // 12)
        mask = np.zeros(size[::-1], np.float32)
        mask[edge:-edge, edge:-edge] = 1
        mask = cv2.blur(mask, (edge, edge))[..., None]
        target = scene[y : y + size[1], x : x + size[0]]
        target[:] = target * (1 - mask) + small * mask
        boxes.append(box * scale + (x, y, x, y))
    return scene.astype(np.uint8), boxes


def measure_mosaics(folder: Path, scenes: int = 3) -> None:
    """Print the faces found by width, and detections that are none, over mosaics."""
    every = [p for p in pictures(folder, 40) if p[1].shape[0] >= 100]
    detector, hits, false = FaceDetector(), defaultdict(list), 0
    for seed in range(scenes):
        random.Random(seed).shuffle(every)
        for n, (width, height, face_px) in enumerate(MOSAICS):
            parts = every[n * 10 : n * 10 + len(face_px)]
            image, boxes = mosaic(parts, width, height, list(face_px))
            centres = [(d.box_xyxy[:2] + d.box_xyxy[2:]) / 2 for d in detector.find(image)]
            for box in boxes:
                wide = box[2] - box[0]
                middle = (box[:2] + box[2:]) / 2
                near = [c for c in centres if np.hypot(*(c - middle)) < 0.4 * wide]
                hits[min(int(wide + 0.5) // 10 * 10, 100)].append(bool(near))
                centres = [c for c in centres if not any(c is other for other in near)]
            false += len(centres)
    found = {width: f"{sum(v)}/{len(v)}" for width, v in sorted(hits.items())}
    print(f"found by width from (px): {found}; further detections {false}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--material", type=Path)
    parser.add_argument("--each", type=int, default=60)
    options = parser.parse_args()
    measure_cost()
    if options.material is not None:
        measure_mosaics(options.material)
        measure_boxes(options.material, min(options.each, 30))
        measure_reading(options.material, options.each)


if __name__ == "__main__":
    main()
