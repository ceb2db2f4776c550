"""Shoulders: found where they are, refused where they are not this person's."""

from __future__ import annotations

import numpy as np
import pytest
from cue_scenes import seen
from face_scenes import sample

from unmask.faces.body import BodyFinder


@pytest.fixture(scope="module")
def body():
    return BodyFinder()


def test_the_shoulders_of_a_portrait(body):
    found = body.find(sample("portrait-genuine.jpg"), np.float32([157, 62, 254, 176]))
    left, right = found.points_px
    assert left == pytest.approx([80, 246], abs=12)
    assert right == pytest.approx([300, 262], abs=12)
    assert found.width_px == pytest.approx(np.hypot(*(right - left)))
    assert found.middle_px == pytest.approx((left + right) / 2)
    assert found.score > 0.5


def test_everybody_has_their_own(body):
    observation = seen("pair")
    image = observation.frames[0].image_rgb
    found = [body.find(image, track.faces[0].box_xyxy) for track in observation.tracks]
    boxes = [track.faces[0].box_xyxy for track in observation.tracks]
    for shoulders, box in zip(found, boxes, strict=True):
        assert box[0] < shoulders.middle_px[0] < box[2]
        assert shoulders.points_px[:, 1].min() > (box[1] + box[3]) / 2
    assert found[0].points_px[1, 0] < found[1].points_px[0, 0]


def test_shoulders_outside_the_picture_are_refused(body):
    """The portrait fills the frame down to the collar."""
    assert body.find(sample("portrait-synthetic.jpg"), np.float32([102, 103, 297, 331])) is None


def test_no_body_no_shoulders(body):
    wall = np.full((360, 640, 3), 120, np.uint8)
    assert body.find(wall, np.float32([300, 80, 360, 150])) is None


def test_the_network_opens_when_it_is_needed(body):
    fresh = BodyFinder()
    assert fresh._session is None
    fresh.find(np.zeros((90, 90, 3), np.uint8), np.float32([20, 10, 50, 40]))
    assert fresh._session is not None
