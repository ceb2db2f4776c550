"""Drawn faces: cartoon-like, of no real person, with the mesh that belongs to them.

`drawn_mesh.csv` holds the 478 mesh points of the drawing in pixels of a 384 px square: what the
shipped face_landmark network said of it, and the irises as they are drawn. Nobody needs to run a
network to get a face with landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

SIDE_PX = 384
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """Colours (RGB) of one drawn person."""

    skin: Colour = (235, 190, 165)
    hair: Colour = (60, 42, 35)
    shirt: Colour = (70, 95, 140)
    lips: Colour = (200, 105, 102)


LOOKS = (
    Look(),
    Look((190, 140, 110), (28, 24, 24), (150, 70, 60), (160, 88, 80)),
    Look((245, 208, 188), (150, 105, 60), (80, 130, 90), (214, 122, 118)),
)


@cache
def mesh_points() -> np.ndarray:
    """(478, 2) float32, pixels of the 384 px drawing."""
    file = Path(__file__).with_name("drawn_mesh.csv")
    return np.loadtxt(file, delimiter=",", dtype=np.float32)


@cache
def draw_face(look: Look = LOOKS[0]) -> tuple[np.ndarray, np.ndarray]:
    """(image (384, 384, 3) uint8 RGB, alpha (384, 384) float32): head, hair, neck and shoulders."""
    side = SIDE_PX
    image = np.zeros((side, side, 3), np.uint8)
    alpha = np.zeros((side, side), np.float32)
    dark = tuple(int(c * 0.86) for c in look.skin)
    for target, hair, neck, shirt in ((image, look.hair, dark, look.shirt), (alpha, 1, 1, 1)):
        cv2.ellipse(target, (192, 170), (112, 140), 0, 0, 360, hair, -1, cv2.LINE_AA)
        cv2.rectangle(target, (150, 270), (234, 384), neck, -1)
        cv2.ellipse(target, (192, 400), (150, 62), 0, 180, 360, shirt, -1, cv2.LINE_AA)
    _paint_skin(image, look)
    for eye_x in (156, 228):
        _paint_eye(image, eye_x)
    _paint_nose_and_mouth(image, look)
    return cv2.GaussianBlur(image, (0, 0), 1.0), alpha


def _paint_skin(image: np.ndarray, look: Look) -> None:
    side = SIDE_PX
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    oval = np.zeros((side, side), np.float32)
    cv2.ellipse(oval, (192, 195), (88, 118), 0, 0, 360, 1, -1, cv2.LINE_AA)
    shade = 1 - 0.22 * ((xx - 180) / 100) ** 2 - 0.10 * ((yy - 185) / 130) ** 2
    noise = np.random.default_rng(7).normal(0, 2.5, (side, side))
    skin = np.asarray(look.skin, np.float32) * shade[..., None] + noise[..., None]
    image[:] = (image * (1 - oval[..., None]) + np.clip(skin, 0, 255) * oval[..., None]).astype(
        np.uint8
    )


def _paint_eye(image: np.ndarray, eye_x: int) -> None:
    cv2.ellipse(image, (eye_x, 172), (19, 9), 0, 0, 360, (245, 245, 242), -1, cv2.LINE_AA)
    cv2.circle(image, (eye_x, 172), 8, (80, 55, 40), -1, cv2.LINE_AA)
    cv2.circle(image, (eye_x, 172), 4, (15, 12, 12), -1, cv2.LINE_AA)
    cv2.ellipse(image, (eye_x, 172), (20, 10), 0, 190, 350, (70, 45, 40), 3, cv2.LINE_AA)
    cv2.ellipse(image, (eye_x, 152), (24, 9), 0, 200, 340, (70, 48, 40), 5, cv2.LINE_AA)


def _paint_nose_and_mouth(image: np.ndarray, look: Look) -> None:
    shadow = tuple(int(c * 0.82) for c in look.skin)
    cv2.line(image, (184, 172), (180, 215), shadow, 3, cv2.LINE_AA)
    cv2.ellipse(image, (192, 222), (18, 9), 0, 10, 170, shadow, 3, cv2.LINE_AA)
    cv2.circle(image, (184, 224), 3, (110, 70, 60), -1, cv2.LINE_AA)
    cv2.circle(image, (200, 224), 3, (110, 70, 60), -1, cv2.LINE_AA)
    upper = tuple(int(c * 0.92) for c in look.lips)
    cv2.ellipse(image, (192, 256), (30, 8), 0, 180, 360, upper, -1, cv2.LINE_AA)
    cv2.ellipse(image, (192, 256), (30, 11), 0, 0, 180, look.lips, -1, cv2.LINE_AA)
    cv2.line(image, (163, 256), (221, 256), (130, 55, 60), 2, cv2.LINE_AA)


def paste_face(
    frame_rgb: np.ndarray,
    centre_px: tuple[float, float],
    width_px: float,
    look: Look = LOOKS[0],
    roll_deg: float = 0.0,
) -> np.ndarray:
    """Draw a face into `frame_rgb` in place; returns its mesh (478, 2) in pixels of the frame.

    `width_px` is the width of the mesh, `centre_px` its middle.
    """
    mesh = mesh_points()
    low, high = mesh[:468].min(axis=0), mesh[:468].max(axis=0)
    middle, scale = (low + high) / 2, width_px / float(high[0] - low[0])
    angle = np.radians(roll_deg)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    affine = np.concatenate([turn, (np.asarray(centre_px) - turn @ middle)[:, None]], axis=1)
    part, corner = _covered(frame_rgb, affine)
    image, alpha = draw_face(look)
    smooth = cv2.GaussianBlur(image, (0, 0), max(0.01, 0.4 / scale)) if scale < 0.8 else image
    moved = affine.copy()
    moved[:, 2] -= corner
    size = (part.shape[1], part.shape[0])
    face = cv2.warpAffine(smooth, moved, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = cv2.warpAffine(alpha, moved, size, flags=cv2.INTER_LINEAR)[..., None]
    part[:] = (part * (1 - cover) + face * cover).astype(np.uint8)
    return (mesh @ affine[:, :2].T + affine[:, 2]).astype(np.float32)


def _covered(frame_rgb: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of the frame that the drawing can touch, as a view, and its upper left corner."""
    corners = np.array([[0, 0, 1], [SIDE_PX, 0, 1], [0, SIDE_PX, 1], [SIDE_PX, SIDE_PX, 1]])
    points = corners @ affine.T
    limit = np.array([frame_rgb.shape[1], frame_rgb.shape[0]])
    low = np.clip(np.floor(points.min(axis=0)).astype(int), 0, limit - 1)
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + 1, low + 1, limit)
    return frame_rgb[low[1] : high[1], low[0] : high[0]], low
