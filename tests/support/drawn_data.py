"""Drawn people in whole pictures and clips, as files: what a scan has to find faces in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from drawn_face import LOOKS, draw_face

from unmask.data.scene_clip import write_clip

WIDTH, HEIGHT, TOP = 640, 480, 100
WALL = (110, 120, 125)
CLIP_FRAMES = 20


def scene(*people: tuple[int, int], side: int = 200) -> np.ndarray:
    """(480, 640, 3) RGB: each (number of the look, left edge in px) before a wall, `side` px."""
    frame = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    for look, left in people:
        image, alpha = draw_face(LOOKS[look])
        image = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        cover = cv2.resize(alpha, (side, side))[..., None]
        part = frame[TOP : TOP + side, left : left + side]
        part[:] = (image * cover + part * (1 - cover)).astype(np.uint8)
    return frame


def write_picture(path: Path, image_rgb: np.ndarray, quality: int = 95) -> Path:
    """Write JPEG (at `quality`) or PNG by the suffix, with its folders; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parameters = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix == ".jpg" else []
    assert cv2.imwrite(str(path), image_rgb[:, :, ::-1], parameters)
    return path


def write_video(path: Path, *looks: int) -> Path:
    """A clip of 20 frames in which people of these looks move a little, side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    room = WIDTH // len(looks)
    frames = [
        scene(*((look, room * place + 20 + step) for place, look in enumerate(looks)))
        for step in range(CLIP_FRAMES)
    ]
    write_clip(frames, path)
    return path
