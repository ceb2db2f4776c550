"""Face and body: heads too large, sliding or of another skin are measured; poses are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import INNOCENT, SUBJECT, seen

from unmask.detectors.coherence.face_body import USUAL, FaceBody
from unmask.faces.body import BodyFinder, Shoulders

USUAL_END = 2.0  # z: what innocent scenes stay below


@pytest.fixture(scope="module")
def measure():
    return FaceBody().measure


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_innocent_moves_it(measure, name):
    found = measure(seen(name))
    assert any(one.value is not None for one in found)
    for one in found:
        if one.value is None:
            assert one.reason == "no_shoulders"
        else:
            assert one.value < USUAL_END
            assert one.detail["parts"][one.detail["worst"]] == one.value


def test_a_head_too_large_for_its_body_moves_the_scale(measure):
    """Made 1.4 times as large, .49 octaves; what the network calls shoulders moves a little too."""
    plain, large = measure(seen("pair"))[SUBJECT], measure(seen("large head"))[SUBJECT]
    octaves = np.log2(plain.detail["scale"] / large.detail["scale"])
    assert 0.25 < octaves < 0.65
    moved = large.detail["parts"]["scale"] - plain.detail["parts"]["scale"]
    assert moved > 1
    assert large.detail["worst"] == "scale"


def test_a_face_of_another_colour_than_its_neck_moves_the_skin(measure):
    plain, blue = measure(seen("pair"))[SUBJECT], measure(seen("blue face"))[SUBJECT]
    assert blue.detail["skin"] > plain.detail["skin"] + 5
    assert blue.detail["worst"] == "skin"


class Fixed(BodyFinder):
    """Shoulders at a place of one's choice below each face; counts how often it was asked."""

    def __init__(self, wander=0.0, width=2.19):
        super().__init__()
        self.wander, self.width, self.asked = wander, width, 0

    def find(self, image_rgb, box_xyxy):
        wide = float(box_xyxy[2] - box_xyxy[0])
        middle = (box_xyxy[:2] + box_xyxy[2:]) / 2 + np.array([0, 1.3 * wide])
        middle[0] += self.wander * wide * (-1) ** self.asked
        self.asked += 1
        half = np.array([self.width * wide / 2, 0])
        return Shoulders(np.float32([middle - half, middle + half]), 0.8)


@pytest.mark.parametrize(("wander", "least"), [(0.0, 0.0), (0.2, 0.15), (0.4, 0.3)])
def test_a_head_that_slides_over_its_shoulders_moves_the_slide(wander, least):
    one = FaceBody(Fixed(wander)).measure(seen("plain"))[SUBJECT]
    assert least <= one.detail["slide"] < 3 * wander + 0.05


@pytest.mark.parametrize("width", [1.1, 2.19, 4.4])
def test_the_scale_is_the_distance_of_the_joints_over_the_width_of_the_face(width):
    one = FaceBody(Fixed(width=width)).measure(seen("still"))[SUBJECT]
    assert one.detail["scale"] == pytest.approx(width, rel=1e-3)
    middle, deviation = USUAL["scale"]
    expected = abs(np.log2(width) - middle) / deviation
    assert one.detail["parts"]["scale"] == pytest.approx(expected, abs=0.01)


def test_the_network_is_asked_for_few_frames():
    body = Fixed()
    FaceBody(body).measure(seen("plain"))
    assert body.asked == 5 * 3


def test_it_says_why_it_abstains(measure):
    whole = seen("still")
    blind = tuple(
        replace(t, faces=tuple(replace(f, landmarks_px=None) for f in t.faces))
        for t in whole.tracks
    )
    found = measure(replace(whole, tracks=blind))
    assert {(one.value, one.reason) for one in found} == {(None, "no_mesh")}
    dark = replace(whole.frames[0], image_rgb=np.zeros_like(whole.frames[0].image_rgb))
    found = measure(replace(whole, frames=(dark,)))
    assert {(one.value, one.reason) for one in found} == {(None, "no_shoulders")}
