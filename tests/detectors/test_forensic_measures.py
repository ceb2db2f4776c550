"""Forensic measurements answer to physics: what is done to the pixels moves the right number."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from drawn_face import paste_face
from observed import build_observation

from unmask.detectors.forensics.base import FORENSICS, Reading
from unmask.detectors.forensics.measure import measure_tracks, read_face, telling_face
from unmask.detectors.forensics.view import FaceView, view_face
from unmask.faces.mesh_regions import FACE_OVAL
from unmask.media.degrade import jpeg
from unmask.models.card import MeasurementReference
from unmask.types import Evidence, HeatMap

NOISE = 3.0
FACE_PX = 200.0


@cache
def clean() -> tuple[np.ndarray, np.ndarray]:
    """A picture (624, 600, 3) with a drawn face, free of noise, and its mesh."""
    yy, xx = np.mgrid[0:624, 0:600].astype(np.float32)
    grey = 110 + 30 * yy / 624 + 12 * np.sin(xx / 60)
    image = np.stack([grey * 0.97, grey, grey * 1.04], axis=-1).astype(np.uint8)
    mesh = paste_face(image, (300, 290), FACE_PX)
    return cv2.GaussianBlur(image, (0, 0), 1.5), mesh


def add_noise(image: np.ndarray, deviation: float, mask: np.ndarray | None = None) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, deviation, image.shape[:2])[..., None]
    cover = 1.0 if mask is None else mask[..., None]
    return np.clip(np.round(image + noise * cover), 0, 255).astype(np.uint8)


@cache
def scene() -> tuple[np.ndarray, np.ndarray]:
    """The picture as one camera would take it: the same noise everywhere."""
    image, mesh = clean()
    return add_noise(image, NOISE), mesh


def oval_mask(shape: tuple[int, ...], mesh: np.ndarray) -> np.ndarray:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(mesh[list(FACE_OVAL)]).astype(np.int32)], 1)
    return mask > 0


def read(name: str, image: np.ndarray, mesh: np.ndarray) -> Reading:
    return FORENSICS.get(name).read(view_face(image, mesh))


def value(name: str, image: np.ndarray, mesh: np.ndarray) -> float:
    found = read(name, image, mesh).value
    assert found is not None, name
    return found


def paste(image: np.ndarray, changed: np.ndarray, mesh: np.ndarray) -> np.ndarray:
    mask = oval_mask(image.shape, mesh)[..., None]
    return np.where(mask, changed, image).astype(np.uint8)


@pytest.mark.parametrize("added", [4.0, 8.0])
def test_noise_added_inside_the_face_raises_the_ratio_by_as_much(added):
    image, mesh = scene()
    before = value("noise_ratio", image, mesh)
    noisy = add_noise(clean()[0], NOISE)
    extra = np.random.default_rng(5).normal(0, added, image.shape[:2])[..., None]
    mask = oval_mask(image.shape, mesh)[..., None]
    noisy = np.clip(np.round(noisy + extra * mask), 0, 255).astype(np.uint8)
    expected = before * np.hypot(NOISE, added) / NOISE
    assert value("noise_ratio", noisy, mesh) == pytest.approx(expected, rel=0.12)


def test_one_camera_gives_one_noise():
    image, mesh = scene()
    assert value("noise_ratio", image, mesh) == pytest.approx(1.0, abs=0.15)
    assert value("skin_texture", image, mesh) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("name", ["noise_ratio", "skin_texture", "boundary_sharpness"])
@pytest.mark.parametrize("quality", [95, 80])
def test_saving_the_whole_picture_again_is_innocent(name, quality):
    image, mesh = scene()
    before, after = value(name, image, mesh), value(name, jpeg(image, quality), mesh)
    assert after == pytest.approx(before, rel=0.3)


def test_a_smoothed_face_has_less_texture_than_its_neck():
    image, mesh = scene()
    smooth = paste(image, cv2.GaussianBlur(image, (0, 0), 1.5), mesh)
    assert value("skin_texture", smooth, mesh) < 0.5 * value("skin_texture", image, mesh)


def test_a_face_on_the_grid_of_its_picture_is_like_its_surroundings():
    image, mesh = scene()
    found = read("jpeg_grid", jpeg(image, 60), mesh)
    assert found.value == pytest.approx(1.0, abs=0.3)
    assert (found.detail["offset_x_px"], found.detail["offset_y_px"]) == (0, 0)


@pytest.mark.parametrize("shift", [(3, 5), (6, 2)])
def test_a_face_from_another_jpeg_brings_its_own_grid(shift):
    image, mesh = scene()
    compressed = jpeg(image, 60)
    moved = np.roll(image, (-shift[1], -shift[0]), axis=(0, 1))
    other = np.roll(jpeg(moved, 60), (shift[1], shift[0]), axis=(0, 1))
    found = read("jpeg_grid", paste(compressed, other, mesh), mesh)
    assert found.value is not None
    assert found.value < 0.85 * (read("jpeg_grid", compressed, mesh).value or 0.0)
    assert (found.detail["offset_x_px"], found.detail["offset_y_px"]) == shift


def test_without_a_grid_nothing_is_compared():
    assert read("jpeg_grid", *scene()).reason == "no_grid"


@pytest.mark.parametrize(("first", "last"), [(60, 90), (70, 95)])
def test_a_second_compression_leaves_a_second_period(first, last):
    image, mesh = scene()
    once, twice = jpeg(image, last), jpeg(jpeg(image, first), last)
    names = [value("double_compression", one, mesh) for one in (once, twice)]
    assert names[1] > 1.2 * names[0]


def test_a_hard_cut_face_ends_more_sharply_and_a_blurred_edge_less():
    image, mesh = scene()
    before = value("boundary_sharpness", image, mesh)
    brighter = paste(image, np.clip(image.astype(int) + 40, 0, 255).astype(np.uint8), mesh)
    edge = cv2.dilate(oval_mask(image.shape, mesh).astype(np.uint8), np.ones((21, 21)))
    edge -= cv2.erode(oval_mask(image.shape, mesh).astype(np.uint8), np.ones((21, 21)))
    blurred = np.where(edge[..., None] > 0, cv2.GaussianBlur(image, (0, 0), 8), image)
    assert value("boundary_sharpness", brighter, mesh) > 1.3 * before
    assert value("boundary_sharpness", blurred.astype(np.uint8), mesh) < 0.8 * before


def upsampled(image: np.ndarray, stride: int, resized: float) -> np.ndarray:
    """A quarter or less of the pixels, enlarged by a transposed convolution, then resized."""
    height, width = (round(side / resized) for side in image.shape[:2])
    small = cv2.resize(image, (-(-width // stride), -(-height // stride)))
    spread = np.zeros((small.shape[0] * stride, small.shape[1] * stride, 3), np.float32)
    spread[::stride, ::stride] = small
    kernel = cv2.getGaussianKernel(2 * stride + 1, 0.42 * stride) * stride  # overlaps unevenly
    large = cv2.sepFilter2D(spread, -1, kernel, kernel)
    shown = cv2.resize(large[:height, :width], image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.clip(np.round(shown), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("stride", "resized"), [(3, 1.0), (2, 1.25)])
def test_an_upsampled_face_shows_peaks_in_its_spectrum(stride, resized):
    image, mesh = scene()
    fake = add_noise(paste(image, upsampled(image, stride, resized), mesh), 1.0)
    assert value("spectrum_peaks", fake, mesh) > value("spectrum_peaks", image, mesh) + 6


def test_jpeg_alone_shows_no_such_peaks():
    image, mesh = scene()
    before, after = (value("spectrum_peaks", one, mesh) for one in (image, jpeg(image, 70)))
    assert after < before + 3


@pytest.mark.parametrize("shift", [8, 14])
def test_a_tint_of_the_face_is_read_in_lab_units(shift):
    image, mesh = scene()
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[..., 1] += shift
    tinted = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255).astype(np.uint8)
    before = value("colour_difference", image, mesh)
    after = value("colour_difference", paste(image, tinted, mesh), mesh)
    assert before < 5
    assert after == pytest.approx(shift, abs=5)


def test_every_measurement_gives_a_number_or_a_reason_and_leaves_the_picture_alone():
    image, mesh = scene()
    compressed = jpeg(image, 80)
    kept = compressed.copy()
    first, again = read_face(compressed, mesh), read_face(compressed, mesh)
    assert list(first) == sorted(FORENSICS)
    assert first == again
    assert (compressed == kept).all()
    for name, reading in first.items():
        assert reading.value is not None, (name, reading.reason)
        assert np.isfinite(reading.value)
        assert 0 <= reading.reliability <= 1


def test_a_face_without_a_mesh_or_too_small_or_out_of_sight_is_not_measured():
    image, mesh = scene()
    far = mesh + np.float32(5000)
    for marks, reason in (
        (None, "no_mesh"),
        (mesh * 0.2, "face_too_small"),
        (far, "face_too_small"),
    ):
        assert {one.reason for one in read_face(image, marks).values()} == {reason}


def test_a_crop_without_surroundings_says_so():
    image, mesh = scene()
    low, high = mesh[:468].min(axis=0).astype(int), mesh[:468].max(axis=0).astype(int)
    tight = image[low[1] + 8 : high[1] - 8, low[0] + 8 : high[0] - 8]
    found = read_face(tight, (mesh - (low + 8)).astype(np.float32))
    assert found["skin_texture"].reason == "no_neck"
    assert found["colour_difference"].reason == "no_neck"


def test_a_large_face_is_averaged_down_by_a_whole_factor():
    image, mesh = scene()
    large = cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    view: FaceView = view_face(large, mesh * 4)
    assert view.reduction == 3
    assert view.width_px == pytest.approx(FACE_PX * 4 / 3, rel=0.01)
    assert read_face(large, mesh * 4)["jpeg_grid"].reason == "no_grid"


def with_map(subject: str, frame_index: int) -> Evidence:
    heat_map = HeatMap(
        np.zeros((5, 5), np.float32),
        1.0,
        np.eye(2, 3, dtype=np.float32),
        np.zeros((8, 8, 3), np.uint8),
        frame_index,
    )
    return Evidence("image", "face", subject, 0.9, heat_map=heat_map)


def test_a_clip_is_measured_where_its_map_is():
    observation = build_observation("video", 2)
    track = observation.tracks[1]
    wanted = track.faces[5]
    assert telling_face(track, [with_map("A", 0), with_map("B", wanted.frame_index)]) is wanted
    widest = max(track.faces, key=lambda face: face.width_px)
    assert telling_face(track, [with_map("A", 0)]).width_px == widest.width_px


def test_measurements_carry_the_cards_range_and_without_one_nothing_is_unusual():
    observation = build_observation()
    usual = MeasurementReference((0.0, 1e-6), 100, 0.1, {"swap": 0.5})
    found = measure_tracks(observation, [], {"noise_ratio": usual})
    by_name = {one.name: one for one in found}
    assert [one.subject for one in found] == ["A"] * len(list(FORENSICS))
    assert by_name["noise_ratio"].reference == (0.0, 1e-6)
    assert by_name["noise_ratio"].unusual
    assert not any(one.unusual for name, one in by_name.items() if name != "noise_ratio")
