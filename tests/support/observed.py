"""Synthetic observations: scenes with drawn faces, their tracks, and heat maps over them."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from card_data import SCALE
from drawn_face import LOOKS, paste_face

from unmask.faces.crop import take_crop
from unmask.types import (
    Face,
    FaceQuality,
    FaceTrack,
    Frame,
    HeatMap,
    MediaInfo,
    MediaKind,
    Observation,
)

CAM_CELLS, BLEND_CELLS, CROP_PX = 5, 10, 160
CLIP_TIMES = tuple((75 * b + k, (75 * b + k) / 30) for b in range(8) for k in range(4))


def build_quality(width_px: float = 220.0, **changes: float) -> FaceQuality:
    """A face that can be read well, with changes by name."""
    good = {"sharpness": 240.0, "exposure": 0.52, "contrast": 0.2, "blockiness": 1.05}
    return FaceQuality(width_px=width_px, **{**good, **changes})


@lru_cache(maxsize=512)
def build_frame(
    kind: MediaKind, people: int, *, portrait: bool, index: int = 0, time_s: float = 0.0
) -> tuple[Frame, list[np.ndarray]]:
    """A scene with `people` drawn faces side by side, and the mesh (478, 2) of each.

    Drawn once and then shared: nobody may write into it.
    """
    long, short = (960, 540) if kind is MediaKind.IMAGE else (640, 360)
    width, height = (short, long) if portrait else (long, short)
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    grey = 120 + 50 * yy / height + 25 * np.sin(xx / 70.0)
    image = np.clip(np.stack([grey * 0.95, grey, grey * 1.08], axis=-1), 0, 255).astype(np.uint8)
    meshes = []
    for i in range(people):
        sway = 6.0 * np.sin(1.3 * time_s + i)
        centre = (width * (i + 0.5) / people + sway, height * 0.45)
        face_px = min(0.46 * width / people, 0.34 * height)
        roll = 3.0 * np.sin(0.9 * time_s + 2 * i)
        meshes.append(paste_face(image, centre, face_px, LOOKS[i % len(LOOKS)], roll))
    return Frame(image, index, time_s), meshes


def build_face(mesh: np.ndarray, frame: Frame, *, with_mesh: bool = True, **quality: float) -> Face:
    """The face of a mesh, with the box round it."""
    low, high = mesh[:468].min(axis=0), mesh[:468].max(axis=0)
    box = np.concatenate([low, high]).astype(np.float32)
    yaw = quality.pop("yaw_deg", 1.0)
    read = build_quality(**{"width_px": float(high[0] - low[0]), **quality})
    return Face(
        box,
        0.97,
        frame.index,
        frame.time_s,
        mesh if with_mesh else None,
        (yaw, 2.0, 0.0),
        (0.0, 0.0),
        read,
    )


def build_heat_map(
    face: Face, frame: Frame, probability: float, at: tuple[float, float] = (0.5, 0.8)
) -> HeatMap:
    """A map with one bump at `at` (x, y in 0..1) whose sum is the log-odds of `probability`."""
    crop, affine = take_crop(
        frame.image_rgb, face.landmarks_px, face.box_xyxy, margin=1.15, size_px=CROP_PX
    )
    log_odds = float(np.log(probability / (1 - probability)))
    values = _bump(CAM_CELLS, at, 0.2)
    values = values * (0.9 if log_odds > 0 else 0.02)
    values += (log_odds - values.sum()) / values.size
    blend = 0.9 * probability * _bump(BLEND_CELLS, at, 0.16) + 0.02
    return HeatMap(
        values.astype(np.float32), SCALE, affine, crop, frame.index, blend.astype(np.float32)
    )


def _bump(cells: int, at: tuple[float, float], width: float) -> np.ndarray:
    grid = (np.arange(cells) + 0.5) / cells
    xx, yy = np.meshgrid(grid, grid)
    return np.exp(-((xx - at[0]) ** 2 + (yy - at[1]) ** 2) / (2 * width**2))


def build_observation(
    kind: str = "image", people: int = 1, *, portrait: bool = False, **quality: float
) -> Observation:
    """A picture, or 32 frames in bursts of four over 20 s, with one track per person.

    `quality` (width_px=…, sharpness=…, yaw_deg=…) is that of person A's faces; `with_mesh=False`
    leaves out all landmarks.
    """
    with_mesh = bool(quality.pop("with_mesh", True))
    media_kind = MediaKind(kind)
    times = CLIP_TIMES if media_kind is MediaKind.VIDEO else ((0, 0.0),)
    scenes = [
        build_frame(media_kind, people, portrait=portrait, index=index, time_s=time_s)
        for index, time_s in times
    ]
    tracks = tuple(
        FaceTrack(
            chr(ord("A") + i),
            tuple(
                build_face(meshes[i], frame, with_mesh=with_mesh, **(quality if i == 0 else {}))
                for frame, meshes in scenes
            ),
        )
        for i in range(people)
    )
    height, width = scenes[0][0].image_rgb.shape[:2]
    clip = {"duration_s": 20.0, "fps": Fraction(30)} if media_kind is MediaKind.VIDEO else {}
    media = MediaInfo(
        media_kind,
        "mp4" if clip else "jpeg",
        width,
        height,
        245_760,
        "0123456789abcdef" * 4,
        **clip,
    )
    return Observation(media, tuple(frame for frame, _ in scenes), tracks)
