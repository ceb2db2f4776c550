from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observed import build_face, build_frame, build_heat_map, build_observation

from unmask.detectors.heat import upsample
from unmask.explain.regions import (
    REGIONS,
    RegionShare,
    measure_regions,
    region_labels,
    region_masks,
    share_of_regions,
    to_crop,
)
from unmask.faces.crop import take_crop
from unmask.faces.mesh_regions import POLYGONS
from unmask.types import Face, Frame, MediaKind


@pytest.fixture(scope="module")
def scene() -> tuple[Frame, Face]:
    frame, meshes = build_frame(MediaKind.IMAGE, 1, portrait=False)
    return frame, build_face(meshes[0], frame)


def crop_of(scene: tuple[Frame, Face]) -> np.ndarray:
    frame, face = scene
    return take_crop(frame.image_rgb, face.landmarks_px, face.box_xyxy, margin=1.15, size_px=160)[1]


def map_with_heat_at(region: str, scene: tuple[Frame, Face], cells: int = 20) -> np.ndarray:
    """A fine map that is hot in the middle of one part of the mesh and cold elsewhere."""
    points = to_crop(scene[1].landmarks_px[list(POLYGONS[region])], crop_of(scene))
    at = (points.min(axis=0) + points.max(axis=0)) / 2
    grid = (np.arange(cells) + 0.5) / cells
    distance = (grid[None, :] - at[0]) ** 2 + (grid[:, None] - at[1]) ** 2
    return np.exp(-distance / (2 * 0.02**2)).astype(np.float32)


def test_masks_cover_the_crop_once_and_every_region_is_there(scene):
    masks = region_masks(scene[1].landmarks_px, crop_of(scene))
    assert tuple(masks) == REGIONS
    assert (np.sum([mask.astype(int) for mask in masks.values()], axis=0) == 1).all()
    assert min(mask.mean() for mask in masks.values()) > 0.005


@pytest.mark.parametrize("region", ["left_eye", "right_eye", "nose", "mouth", "chin", "forehead"])
def test_heat_placed_on_a_part_is_found_there(scene, region):
    labels = region_labels(scene[1].landmarks_px, crop_of(scene))
    shares = {s.name: s for s in share_of_regions(map_with_heat_at(region, scene), labels)}
    assert max(shares.values(), key=lambda s: s.mass).name == region
    assert shares[region].concentration > 5


def test_left_is_the_left_of_the_picture(scene):
    masks = region_masks(scene[1].landmarks_px, crop_of(scene))
    for part in ("eye", "brow", "cheek"):
        left, right = (np.argwhere(masks[f"{side}_{part}"])[:, 1] for side in ("left", "right"))
        assert left.mean() < right.mean()


def test_left_stays_left_in_a_mirrored_and_in_an_upside_down_face(scene):
    frame, face = scene
    height, width = frame.image_rgb.shape[:2]
    mirrored = face.landmarks_px * [-1, 1] + [width, 0]
    turned = face.landmarks_px * [-1, -1] + [width, height]
    for marks in (mirrored, turned):
        marks = marks.astype(np.float32)
        box = np.concatenate([marks.min(axis=0), marks.max(axis=0)]).astype(np.float32)
        upright = np.array([[box[2] - box[0], 0, box[0]], [0, box[3] - box[1], box[1]]], np.float32)
        masks = region_masks(marks, upright)
        left, right = (np.argwhere(masks[f"{side}_eye"])[:, 1].mean() for side in ("left", "right"))
        assert left < right


def test_shares_sum_to_one_and_areas_too(scene):
    rng = np.random.default_rng(3)
    labels = region_labels(scene[1].landmarks_px, crop_of(scene))
    shares = share_of_regions(rng.normal(size=(5, 5)).astype(np.float32), labels)
    assert sum(share.mass for share in shares) == pytest.approx(1.0)
    assert sum(share.area for share in shares) == pytest.approx(1.0)


def test_even_map_has_concentration_one_everywhere(scene):
    labels = region_labels(scene[1].landmarks_px, crop_of(scene))
    for share in share_of_regions(np.full((5, 5), 0.3, np.float32), labels):
        assert share.concentration == pytest.approx(1.0)


def test_only_what_is_positive_counts(scene):
    labels = region_labels(scene[1].landmarks_px, crop_of(scene))
    assert share_of_regions(np.full((5, 5), -0.2, np.float32), labels) == ()
    assert share_of_regions(np.zeros((5, 5), np.float32), labels) == ()


def test_without_a_mesh_nothing_is_named(scene):
    frame, face = scene
    heat_map = build_heat_map(face, frame, 0.97)
    assert len(measure_regions(face, heat_map)) == len(REGIONS)
    assert measure_regions(replace(face, landmarks_px=None), heat_map) == ()


def test_region_without_area_has_no_concentration():
    assert RegionShare("nose", 0.0, 0.0).concentration == 0.0


def test_shrunken_mesh_gives_no_error():
    observation = build_observation()
    marks = np.full((478, 2), 40.0, np.float32)
    affine = crop_of((observation.frames[0], observation.tracks[0].faces[0]))
    assert set(np.unique(region_labels(marks, affine))) <= set(range(len(REGIONS)))


def test_affine_that_cannot_be_turned_round_is_refused(scene):
    with pytest.raises(ValueError, match="invertible crop_to_frame"):
        to_crop(scene[1].landmarks_px, np.zeros((2, 3), np.float32))


def test_upsampling_is_smooth_and_never_overshoots():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(5, 5)).astype(np.float32)
    wide = upsample(values, 160)
    assert wide.shape == (160, 160)
    assert wide.min() >= values.min()
    assert wide.max() <= values.max()
    assert np.abs(np.diff(wide, axis=1)).max() < 0.1 * np.ptp(values)
    assert upsample(values.T, 160) == pytest.approx(wide.T, abs=1e-5)


def test_upsampling_keeps_places():
    values = np.zeros((5, 5), np.float32)
    values[1, 3] = 1.0
    row, column = np.unravel_index(int(upsample(values, 100).argmax()), (100, 100))
    assert abs(row - 30) <= 1
    assert abs(column - 70) <= 1
