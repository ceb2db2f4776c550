from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unmask.explain.heatmap import (
    BLEND_RAMP,
    HEAT_RAMP,
    OPACITY,
    overlay,
    ramp,
    render_blend_map,
    render_crop,
    render_heat_map,
    render_scale_bar,
)
from unmask.types import HeatMap

EYE = np.array([[1, 0, 0], [0, 1, 0]], np.float32)


def heat_map(values: np.ndarray, crop: np.ndarray | None = None, scale: float = 0.5) -> HeatMap:
    crop = np.full((40, 40, 3), 128, np.uint8) if crop is None else crop
    return HeatMap(values.astype(np.float32), scale, EYE, crop, 0)


def luminance(rgb: np.ndarray) -> np.ndarray:
    linear = (np.asarray(rgb, float) / 255) ** 2.2
    return linear @ [0.2126, 0.7152, 0.0722]


def test_red_crop_stays_red_where_the_map_is_empty():
    crop = np.zeros((40, 40, 3), np.uint8)
    crop[..., 0] = 200
    shown = render_heat_map(heat_map(np.zeros((5, 5)), crop), 80)
    assert (shown == [200, 0, 0]).all()


def test_full_heat_is_dark_red_not_dark_blue():
    black = np.zeros((40, 40, 3), np.uint8)
    red, green, blue = render_heat_map(heat_map(np.full((5, 5), 2.0), black), 40)[20, 20].astype(
        int
    )
    assert red > 3 * blue > 3 * green


def test_full_blend_is_blue_not_red():
    black = np.zeros((40, 40, 3), np.uint8)
    full = replace(heat_map(np.zeros((5, 5)), black), blend=np.ones((10, 10), np.float32))
    red, green, blue = render_blend_map(full, 40)[20, 20].astype(int)
    assert blue > green > red


@pytest.mark.parametrize("value", [0.0, -0.01, -3.0])
def test_nothing_is_drawn_at_zero_or_below(value):
    empty = heat_map(np.full((5, 5), value))
    assert (render_heat_map(empty, 80) == render_crop(empty, 80)).all()


def test_weak_map_looks_empty_whatever_its_own_range():
    """A genuine face's map, though it has a highest place, changes no pixel by more than 4 %."""
    values = np.zeros((5, 5))
    values[2, 2] = 0.02
    weak = heat_map(values)
    change = render_heat_map(weak, 80).astype(int) - render_crop(weak, 80).astype(int)
    assert np.abs(change).max() <= 10
    assert np.abs(change).max() > 0


def test_scale_comes_from_the_map_and_not_from_its_maximum():
    values = np.zeros((5, 5))
    values[2, 2] = 0.4
    rendered = [render_heat_map(heat_map(values, scale=scale), 80) for scale in (0.5, 1.0, 2.0)]
    bare = render_crop(heat_map(values), 80).astype(int)
    changes = [np.abs(picture.astype(int) - bare).sum() for picture in rendered]
    assert changes[0] > 1.5 * changes[1] > 1.5 * changes[2] > 0


def test_another_hot_cell_does_not_change_the_rest():
    values = np.zeros((9, 9))
    values[1, 1] = 0.2
    alone = render_heat_map(heat_map(values), 90)
    values[7, 7] = 5.0
    assert (render_heat_map(heat_map(values), 90)[:30, :30] == alone[:30, :30]).all()


@pytest.mark.parametrize("anchors", [HEAT_RAMP, BLEND_RAMP], ids=["heat", "blend"])
def test_ramp_darkens_steadily(anchors):
    colours = ramp(np.linspace(0, 1, 64, dtype=np.float32), anchors)
    assert (np.diff(luminance(colours)) < 0).all()
    assert colours[0] == pytest.approx(anchors[0])
    assert colours[-1] == pytest.approx(anchors[-1])


def test_overlay_on_paper_darkens_steadily_from_white():
    bar = render_scale_bar(256, 8)
    assert bar.shape == (8, 256, 3)
    assert (bar[:, 0] == 255).all()
    assert (np.diff(luminance(bar[4])) <= 1e-9).all()
    expected = 255 * (1 - OPACITY) + np.array(HEAT_RAMP[-1]) * OPACITY
    assert bar[4, -1] == pytest.approx(expected, abs=1)


def test_the_face_is_still_seen_under_full_heat():
    crop = np.zeros((40, 40, 3), np.uint8)
    crop[:, 20:] = 255
    shown = render_heat_map(heat_map(np.full((5, 5), 9.0), crop), 40).astype(int)
    assert (shown[20, 30] - shown[20, 10]).min() > 40


def test_no_blend_map_without_one():
    assert render_blend_map(heat_map(np.zeros((5, 5))), 40) is None


@pytest.mark.parametrize("size_px", [16, 40, 333])
def test_size_is_as_asked_and_the_same_twice(size_px):
    rng = np.random.default_rng(1)
    crop = rng.integers(0, 256, (40, 40, 3), np.uint8)
    hot = heat_map(rng.normal(0, 0.4, (5, 5)), crop)
    first, second = render_heat_map(hot, size_px), render_heat_map(hot, size_px)
    assert first.shape == (size_px, size_px, 3)
    assert first.dtype == np.uint8
    assert (first == second).all()


def test_overlay_takes_shares_beyond_the_scale_as_full():
    grey = np.full((2, 2, 3), 90, np.uint8)
    over = overlay(grey, np.full((2, 2), 7.0, np.float32), HEAT_RAMP)
    assert (over == overlay(grey, np.ones((2, 2), np.float32), HEAT_RAMP)).all()
