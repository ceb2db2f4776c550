"""Appearance: foreign pixels and foreign light move it; distance, codec and camera do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import INNOCENT, SUBJECT, seen

from unmask.detectors.coherence.appearance import PARTS, Appearance, look_at

USUAL_END = 2.6  # z: what innocent scenes stay below


@pytest.fixture(scope="module")
def measure():
    return Appearance().measure


def subject(measure, name):
    return measure(seen(name))[SUBJECT]


def against(name):
    """Face against surroundings of the subject, by part."""
    observation = seen(name)
    face = observation.tracks[SUBJECT].faces[0]
    return look_at(observation.frame(face.frame_index).image_rgb, face)[0]


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_innocent_moves_it(measure, name):
    for one in measure(seen(name)):
        assert one.value is not None, one.reason
        assert one.value < USUAL_END
        assert set(one.detail["parts"]) == set(PARTS)
        assert one.detail["parts"][one.detail["worst"]] == one.value


@pytest.mark.parametrize(
    ("name", "part", "octaves"),
    [("grain", "noise", 1.7), ("soft", "sharpness", -0.6)],
)
def test_foreign_pixels_change_the_face_against_its_surroundings(name, part, octaves):
    moved = against(name)[part] - against("still")[part]
    assert moved * np.sign(octaves) > abs(octaves)


def test_a_soft_swap_stands_out_and_nobody_else(measure):
    plain, found = measure(seen("still")), measure(seen("soft"))
    assert found[SUBJECT].value > plain[SUBJECT].value + 1.5
    assert found[SUBJECT].detail["worst"] == "sharpness"
    assert all(one.value < 1.5 for one in found if one is not found[SUBJECT])


def test_light_from_the_other_side_is_told_in_degrees(measure):
    alike, apart = subject(measure, "lit alike"), subject(measure, "lit from the left")
    assert alike.detail["light_deg"] < 25
    assert apart.detail["light_deg"] > alike.detail["light_deg"] + 25
    assert apart.detail["parts"]["light"] > alike.detail["parts"]["light"] + 1
    assert apart.detail["azimuth_deg"] < 0 < apart.detail["others_azimuth_deg"]
    assert alike.detail["azimuth_deg"] > 0
    assert apart.detail["light_spread_deg"] > 15


def test_somebody_alone_is_compared_with_their_surroundings(measure):
    for name, worst in (("soft", "sharpness"), ("still", None)):
        whole = seen(name)
        (one,) = measure(replace(whole, tracks=(whole.tracks[SUBJECT],)))
        assert one.detail["others"] == "one_face"
        assert one.detail["parts"]["light"] is None
        assert one.value is not None
        assert worst in (None, one.detail["worst"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"landmarks_px": None}, "no_mesh"),
        ({"box_xyxy": np.float32([0, 0, 20, 20])}, "face_too_small"),
    ],
)
def test_it_says_why_it_abstains(measure, changes, reason):
    whole = seen("still")
    tracks = tuple(
        replace(t, faces=tuple(replace(f, **changes) for f in t.faces)) for t in whole.tracks
    )
    found = measure(replace(whole, tracks=tracks))
    assert {(one.value, one.reason) for one in found} == {(None, reason)}


def test_a_face_of_which_nothing_can_be_measured_abstains(measure):
    whole = seen("still")
    white = replace(whole.frames[0], image_rgb=np.full_like(whole.frames[0].image_rgb, 255))
    found = measure(replace(whole, frames=(white,)))
    assert {(one.value, one.reason) for one in found} == {(None, "no_texture")}
