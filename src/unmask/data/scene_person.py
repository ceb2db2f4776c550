"""Changing a person before the scene is made: their light, their eyes, the size of their head.

Each takes a `Person` and gives another, so that a scene can hold a known manipulation (a face lit
from the wrong side, eyes turned away, a head too large for its body) or a known innocent change of
everybody. `with_trunk` gives somebody cut out of a portrait the shoulders their picture lacks.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from unmask.data.pseudo_masks import face_width
from unmask.data.scene_spec import Person
from unmask.faces import mesh_regions as regions
from unmask.faces.gaze import RADIUS
from unmask.faces.light import GAMMA, NORMALS, POINTS
from unmask.faces.pose import head_pose
from unmask.types import FloatArray, ImageArray

Vector = tuple[float, float, float]
NORMAL_SPREAD = 0.09  # Gaussian that joins the normals of the mesh's points, face widths
AMBIENT = 0.25  # share of a light that reaches a surface turned away from it
EYE_REACH = 1.15  # the part of the eye's outline within which the iris moves


def relight(person: Person, direction: Vector, strength: float, *, gain: float = 1.0) -> Person:
    """The person with `strength` of their light (0 to 1) replaced by a lamp from `direction`.

    Axes: x right, y down, z away from the camera. The light of the picture is taken to come from
    the camera, as in most portraits: shading AMBIENT + (1 - AMBIENT) * cosine for either light, in
    linear brightness, times `gain`.
    """
    toward = np.asarray(direction, np.float64)
    normals = _normal_map(person)
    front = _shading(normals, np.array([0.0, 0.0, -1.0]))
    lamp = _shading(normals, toward / np.linalg.norm(toward))
    factor = gain * ((1 - strength) * front + strength * lamp) / front
    bytes_factor = (factor ** (1 / GAMMA)).astype(np.float32)[..., None]
    image = np.clip(person.image_rgb * bytes_factor + np.float32(0.5), 0, 255).astype(np.uint8)
    return replace(person, image_rgb=image)


def _shading(
    normals: npt.NDArray[np.float64], toward: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return AMBIENT + (1 - AMBIENT) * np.clip(normals @ toward, 0, None)


def _normal_map(person: Person) -> npt.NDArray[np.float64]:
    """(H, W, 3) normals of the face, spread beyond its border and fading into those of a column."""
    marks, width = person.landmarks_px, face_width(person.landmarks_px)
    pose = head_pose(marks)
    normals = NORMALS if pose is None else NORMALS @ pose.rotation.T
    height, long = person.image_rgb.shape[:2]
    cell = max(1.0, width / 32)
    rows, columns = np.indices((int(height / cell) + 2, int(long / cell) + 2))
    grid = np.stack([columns, rows], axis=-1) * cell
    apart = ((grid[:, :, None] - marks[list(POINTS)]) ** 2).sum(axis=-1)
    nearest = apart.min(axis=-1, keepdims=True)
    weight = np.exp((nearest - apart) / (2 * (NORMAL_SPREAD * width) ** 2))
    field = (weight[..., None] * normals).sum(axis=2) / weight.sum(axis=2)[..., None]
    across = np.clip((grid[..., 0] - marks[: regions.POINTS, 0].mean()) / (0.9 * width), -0.9, 0.9)
    column = np.stack([across, np.zeros_like(across), -np.sqrt(1 - across**2)], axis=-1)
    far = np.clip((np.sqrt(nearest) - 0.1 * width) / (0.35 * width), 0, 1)
    mixed = (field * (1 - far) + column * far).astype(np.float32)
    affine = np.array([[1 / cell, 0, 0], [0, 1 / cell, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    full = cv2.warpAffine(mixed, affine, (long, height), flags=flags)
    return np.asarray(full, np.float64)


def turn_eyes(person: Person, yaw_deg: float, pitch_deg: float) -> Person:
    """The person with the eyes turned further by (yaw, pitch); the head and the lids stay."""
    pose = head_pose(person.landmarks_px)
    eyes_px = face_width(person.landmarks_px) * 0.6 if pose is None else pose.eyes_px
    way = RADIUS * eyes_px * np.sin(np.radians([yaw_deg, -pitch_deg]))
    image, marks = person.image_rgb.copy(), person.landmarks_px.copy()
    for iris, outline in ((regions.LEFT_IRIS, regions.LEFT_EYE),
                          (regions.RIGHT_IRIS, regions.RIGHT_EYE)):  # fmt: skip
        image = _move_iris(image, marks[iris[0]], marks[list(outline)], way, eyes_px)
        marks[list(iris)] += way.astype(np.float32)
    return replace(person, image_rgb=image, landmarks_px=marks)


def _move_iris(
    image_rgb: ImageArray,
    iris_px: FloatArray,
    outline_px: FloatArray,
    way_px: npt.NDArray[np.float64],
    eyes_px: float,
) -> ImageArray:
    """Shift what lies round an iris, dying away towards the corners, inside the lids only."""
    height, width = image_rgb.shape[:2]
    corners = outline_px[:, 0].min(), outline_px[:, 0].max()
    reach = float(corners[1] - corners[0]) * EYE_REACH / 2
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    goal = iris_px + way_px
    near = np.hypot(columns - goal[0], rows - goal[1]) / reach
    flat = 0.065 * eyes_px / reach  # the iris itself moves as a whole
    share = np.clip((1 - near) / max(1 - flat, 0.1), 0, 1)
    share = share * share * (3 - 2 * share)
    moved = cv2.remap(
        image_rgb,
        (columns - share * np.float32(way_px[0])).astype(np.float32),
        (rows - share * np.float32(way_px[1])).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [np.round(outline_px * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(inside, (0, 0), 0.7).astype(np.float32)[..., None] / np.float32(255)
    mixed = image_rgb + (moved.astype(np.float32) - image_rgb) * soft
    return np.asarray(np.clip(mixed + np.float32(0.5), 0, 255), np.uint8)


def scale_head(person: Person, factor: float) -> Person:
    """The person with a head `factor` times as large on the same body, grown from the chin."""
    marks, width = person.landmarks_px, face_width(person.landmarks_px)
    chin = marks[152] + np.array([0.0, 0.08 * width], np.float32)
    height, long = person.image_rgb.shape[:2]
    rows, columns = np.mgrid[0:height, 0:long].astype(np.float32)
    above = np.clip((chin[1] - rows) / (0.3 * width) + 1, 0, 1)  # dies away in the neck
    share = above * above * (3 - 2 * above)
    growth = 1 + (np.float32(factor) - 1) * share
    source = [chin[0] + (columns - chin[0]) / growth, chin[1] + (rows - chin[1]) / growth]
    across, down = (np.asarray(one, np.float32) for one in source)
    border = cv2.BORDER_REFLECT_101
    image = cv2.remap(person.image_rgb, across, down, cv2.INTER_CUBIC, borderMode=border)
    alpha = person.alpha
    if alpha is not None:
        alpha = np.asarray(cv2.remap(alpha, across, down, cv2.INTER_LINEAR), np.float32)
    grown = (chin + (marks - chin) * np.float32(factor)).astype(np.float32)
    return replace(
        person,
        image_rgb=np.asarray(image, np.uint8),
        landmarks_px=grown,
        depth_px=person.depth_px * np.float32(factor),
        alpha=alpha,
    )
