"""The direction of light, recovered from faces that are lit from a known side."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from drawn_face import SIDE_PX, draw_face, mesh_points

from unmask.faces.light import NORMALS, POINTS, fit_light, light_direction, light_on_parts
from unmask.faces.mesh import FaceMesh, mesh_square
from unmask.faces.pose import direction_of

Angles = tuple[float, float]
LIGHTS: list[Angles] = [(0, 0), (-40, 0), (40, 20), (0, 45), (25, -25), (-30, 40)]


@cache
def surface() -> tuple[np.ndarray, np.ndarray]:
    """(468, 3) points of the drawn face in pixels, depth from the mesh network, and triangles."""
    image, _ = draw_face()
    fit = FaceMesh(threads=1).fit_square(image, mesh_square(mesh_points()))
    points = np.column_stack([fit.landmarks_px[:468], fit.depth_px]).astype(np.float64)
    plane = cv2.Subdiv2D((0, 0, SIDE_PX, SIDE_PX))
    index = {}
    for i, (x, y) in enumerate(points[:, :2].astype(np.float32)):
        index.setdefault((float(x), float(y)), i)
        plane.insert((float(x), float(y)))
    corners = plane.getTriangleList().reshape(-1, 3, 2)
    triangles = [[index.get((float(x), float(y)), -1) for x, y in one] for one in corners]
    return points, np.array([one for one in triangles if min(one) >= 0])


def lit(light: Angles, ambient: float = 0.3) -> np.ndarray:
    """Luma (384, 384) of the face as matt plaster under one lamp; nothing here knows the table."""
    points, triangles = surface()
    towards = direction_of(*light)
    image = np.full((SIDE_PX, SIDE_PX), 40, np.float32)
    for one in triangles:
        normal = np.cross(points[one[1]] - points[one[0]], points[one[2]] - points[one[0]])
        normal /= max(1e-9, float(np.linalg.norm(normal)))
        normal *= -np.sign(normal[2]) or 1.0  # towards the camera
        shade = ambient + (1 - ambient) * max(0.0, float(normal @ towards))
        level = 255 * (0.7 * shade) ** (1 / 2.2)
        cv2.fillConvexPoly(image, np.round(points[one, :2]).astype(np.int32), level)
    return image + np.random.default_rng(0).normal(0, 2, image.shape).astype(np.float32)


def angle_between(one: Angles, other: Angles) -> float:
    cosine = float(direction_of(*one) @ direction_of(*other))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


@pytest.mark.parametrize("light", LIGHTS)
def test_a_rendered_light_is_recovered_within_20_degrees(light):
    found = light_direction(lit(light), mesh_points())
    assert found is not None
    assert angle_between(light, (found.azimuth_deg, found.elevation_deg)) < 20
    assert found.residual < 0.6


def test_left_and_right_light_are_mirror_images():
    left, right = (light_direction(lit((side * 35, 10)), mesh_points()) for side in (-1, 1))
    assert left is not None
    assert right is not None
    assert left.azimuth_deg < -15 < 15 < right.azimuth_deg


def test_one_lamp_lights_inner_and_outer_face_alike_and_two_lamps_do_not():
    mesh, left, right = mesh_points(), lit((-50, 10)), lit((50, 10))
    inner_points = mesh[[168, 50, 280, 205, 425, 5]]
    hull = cv2.convexHull(inner_points.astype(np.int32))
    inside = cv2.fillConvexPoly(np.zeros(left.shape, np.uint8), hull, 1)
    inside = cv2.dilate(inside, np.ones((25, 25), np.uint8)) > 0
    angles = []
    for image in (left, np.where(inside, right, left)):
        _, inner, outer = light_on_parts(image, mesh)
        assert inner is not None
        assert outer is not None
        one = (inner.azimuth_deg, inner.elevation_deg)
        angles.append(angle_between(one, (outer.azimuth_deg, outer.elevation_deg)))
    assert angles[0] < 35
    assert angles[1] > angles[0] + 30


def test_the_fit_is_exact_where_the_model_is():
    towards = direction_of(20.0, 15.0)
    found = fit_light(0.4 + 0.5 * (NORMALS @ towards), NORMALS)
    assert found is not None
    assert angle_between((20, 15), (found.azimuth_deg, found.elevation_deg)) < 3
    assert found.residual < 0.05


def test_even_light_and_darkness_have_no_direction():
    flat = np.full((SIDE_PX, SIDE_PX), 120, np.float32)
    level = light_direction(flat, mesh_points())
    assert level is None or level.strength < 0.6  # only the prior is left
    assert light_direction(np.zeros_like(flat), mesh_points()) is None
    assert light_direction(flat, mesh_points() + np.float32(4000)) is None


def test_the_table_is_symmetric_and_of_unit_length():
    assert len(set(POINTS)) == len(POINTS) == len(NORMALS)
    assert np.linalg.norm(NORMALS, axis=1) == pytest.approx(1.0, abs=0.02)
    assert (NORMALS[:, 2] < 0).all()
