"""Pictures and clips made from the samples that ship, for the tests of this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import unmask
from unmask.types import Frame, MediaInfo, MediaKind

SAMPLES = Path(unmask.__file__).parent / "samples"
# Face boxes of three people in the samples (left, top, right, bottom).
PEOPLE = {
    "astronaut": ("portrait-genuine.jpg", (157, 60, 252, 175)),
    "synthetic": ("portrait-synthetic.jpg", (104, 72, 302, 326)),
    "fourth": ("group.jpg", (792, 199, 880, 313)),
}


@cache
def sample(name: str) -> np.ndarray:
    with Image.open(SAMPLES / name) as picture:
        return np.asarray(picture.convert("RGB"))


@cache
def cutout(person: str) -> tuple[np.ndarray, np.ndarray, float]:
    """(image RGB, alpha (H, W) float32, face width px): head and collar of one person."""
    name, (x1, y1, x2, y2) = PEOPLE[person]
    picture = sample(name)
    middle, width = np.array([(x1 + x2) / 2, (y1 + y2) / 2]), x2 - x1
    reach = np.array([1.0, 1.15]) * width
    low = np.maximum(middle - reach, 0).astype(int)
    high = np.minimum(middle + reach, picture.shape[1::-1]).astype(int)
    part = np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]])
    alpha = np.zeros(part.shape[:2], np.float32)
    edge = max(2, width // 12)
    alpha[edge:-edge, edge:-edge] = 1
    return part, cv2.blur(alpha, (edge, edge)), float(width)


def backdrop(width: int, height: int, seed: int = 0) -> np.ndarray:
    """A soft grey-green wall with a few furniture-like blocks: no face in it."""
    rng = np.random.default_rng(seed)
    soft = rng.normal(0, 1, (6, 9, 3)).astype(np.float32)
    wall = 120 + 18 * cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        x, y = rng.integers(0, width), rng.integers(0, height)
        size = rng.integers(width // 12, width // 5, 2)
        tone = tuple(float(v) for v in rng.uniform(60, 180, 3))
        cv2.rectangle(wall, (int(x), int(y)), (int(x + size[0]), int(y + size[1])), tone, -1)
    wall += rng.normal(0, 2, wall.shape)
    return np.clip(wall, 0, 255).astype(np.uint8)


def put(
    scene: np.ndarray, person: str, centre: tuple[float, float], face_px: float, turn_deg: float = 0
) -> np.ndarray:
    """A copy of the scene with a person whose face is `face_px` wide, turned clockwise."""
    part, alpha, width = cutout(person)
    scale = face_px / width
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        scale = 1.0
    height, width_px = part.shape[:2]
    affine = cv2.getRotationMatrix2D((width_px / 2, height / 2), -turn_deg, scale)
    affine[:, 2] += np.array(centre) - (width_px / 2, height / 2)
    size = (scene.shape[1], scene.shape[0])
    layer = cv2.warpAffine(part, affine, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    mask = cv2.warpAffine(alpha, affine, size, flags=cv2.INTER_LINEAR)[..., None]
    return np.clip(scene * (1 - mask) + layer * mask, 0, 255).astype(np.uint8)


def frames_of(images: list[np.ndarray], *, burst: int = 4, gap_s: float = 0.5) -> list[Frame]:
    """Frames in bursts of neighbours (40 ms apart), the bursts `gap_s` apart."""
    frames = []
    for number, image in enumerate(images):
        time_s = (number // burst) * gap_s + (number % burst) * 0.04
        frames.append(Frame(image, number, time_s))
    return frames


def media_of(images: list[np.ndarray]) -> MediaInfo:
    kind = MediaKind.IMAGE if len(images) == 1 else MediaKind.VIDEO
    height, width = images[0].shape[:2]
    return MediaInfo(kind, "made", width, height, 1, "0" * 64)
