"""The index lists of the mesh: complete, in range, and where their names say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from unmask.faces import mesh_regions as regions

LINES = {"jaw": regions.JAW_LINE, "hair": regions.HAIR_LINE, "bridge": regions.NOSE_BRIDGE}


@pytest.mark.parametrize("name", regions.POLYGONS)
def test_polygons_have_distinct_points_of_the_mesh(name):
    points = regions.POLYGONS[name]
    assert len(set(points)) == len(points) >= 8
    assert 0 <= min(points) <= max(points) < regions.POINTS


@pytest.mark.parametrize("name", LINES)
def test_lines_have_distinct_points_of_the_mesh(name):
    assert len(set(LINES[name])) == len(LINES[name])
    assert max(LINES[name]) < regions.POINTS


@pytest.mark.parametrize("name", ["eye", "brow", "cheek"])
def test_left_is_the_pictures_left(name, face):
    marks = face[1]
    left, right = (marks[list(regions.POLYGONS[f"{side}_{name}"])] for side in ("left", "right"))
    assert left[:, 0].max() < right[:, 0].min()
    assert left[:, 1].mean() == pytest.approx(
        right[:, 1].mean(), abs=0.12 * float(np.ptp(marks[:, 1]))
    )


def test_order_from_top_to_bottom(face):
    marks = face[1]
    names = ("forehead", "left_brow", "left_eye", "nose", "mouth", "chin")
    heights = [marks[list(regions.POLYGONS[name])][:, 1].mean() for name in names]
    assert heights == sorted(heights)


@pytest.mark.parametrize("name", regions.POLYGONS)
def test_polygons_do_not_cross_themselves(name, face):
    """The area by the outline's order equals the area that is filled."""
    points = (face[1][list(regions.POLYGONS[name])] * 8).astype(np.float32)
    mask = np.zeros((2000, 2000), np.uint8)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1)
    assert mask.sum() == pytest.approx(cv2.contourArea(points), rel=0.1)


def test_irises_follow_the_mesh():
    assert (*regions.LEFT_IRIS, *regions.RIGHT_IRIS) == tuple(range(468, 478))
