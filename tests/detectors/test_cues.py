"""All cues together: choice by name, references, abstention, and the vector made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import seen
from observed import build_observation

from unmask.detectors.coherence.base import CUES
from unmask.detectors.coherence.features import (
    FEATURE_NAMES,
    LIMIT,
    PARTS,
    feature_vector,
    standardised,
)
from unmask.detectors.coherence.measure import UNITS, CueReader, parse_cues
from unmask.errors import UsageError
from unmask.models.card import MeasurementReference
from unmask.types import Measurement

NAMES = ("appearance", "face_body", "gaze", "scene_motion")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("all", NAMES),
        ("none", ()),
        ("gaze", ("gaze",)),
        (" scene_motion, Gaze ", ("gaze", "scene_motion")),
    ],
)
def test_cues_are_chosen_by_name(text, names):
    assert parse_cues(text) == names
    assert set(names) <= set(CUES)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "expected all"), ("all,gaze", "expected all"), ("gazes", "unknown cue 'gazes'")],
)
def test_other_names_are_refused(text, message):
    with pytest.raises(UsageError, match=message):
        parse_cues(text)


def test_every_cue_of_every_person_in_order_with_the_references_of_the_card():
    reader = CueReader(parse_cues("all"))
    usual = {"gaze": MeasurementReference((0.0, 8.0), 200, 1.0, {})}
    found = reader.measure(seen("still"), usual)
    assert [(m.subject, m.name) for m in found] == [(s, n) for s in "ABC" for n in NAMES]
    assert {m.family for m in found} == {"cue"}
    assert {m.name: m.unit for m in found} == UNITS
    assert {m.reference for m in found if m.name == "gaze"} == {(0.0, 8.0)}
    assert {m.reference for m in found if m.name != "gaze"} == {None}
    assert set(reader.seconds) == set(NAMES)


def test_a_picture_of_one_face_is_no_scene():
    reader = CueReader(parse_cues("all"))
    found = reader.measure(build_observation("image", 1), {})
    reasons = {m.name: m.reason for m in found}
    assert all(m.value is None for m in found)
    assert reasons == dict.fromkeys(NAMES, "one_face") | {"scene_motion": "still"}
    assert reader.seconds == {}


def test_nobody_and_nothing_asked_for():
    assert CueReader(parse_cues("all")).measure(replace(seen("still"), tracks=()), {}) == ()
    assert CueReader(()).measure(seen("still"), {}) == ()


# --- the vector -----------------------------------------------------------------------------------


def cue(name, value=1.0, subject="A", **detail):
    reason = "no_mesh" if value is None else ""
    return Measurement(name, "cue", subject, value, "z", None, 1.0, reason, detail)


def at(vector, name):
    return vector[FEATURE_NAMES.index(name)]


def test_the_names_are_unique_and_fit_the_vector():
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)
    assert set(PARTS) == set(CUES)
    assert feature_vector([], {}, 0.5).shape == (len(FEATURE_NAMES),)


def test_nothing_known_is_flags_alone():
    vector = feature_vector([], {}, None)
    flags = [name.endswith(":absent") for name in FEATURE_NAMES]
    np.testing.assert_array_equal(vector, np.array(flags, float))


def test_values_are_standardised_and_parts_scaled():
    found = [
        cue("gaze", 12.0, unsteady=2.0, apart=20.0),
        cue("appearance", 3.0, parts={"noise": 3.0, "light": None}),
        cue("scene_motion", None),
        replace(cue("noise_ratio", 9.0), family="forensic"),
    ]
    vector = feature_vector(found, {"gaze": (0.0, 8.0)}, 0.9)
    assert at(vector, "frame_log_odds") == pytest.approx(np.log(9))
    assert at(vector, "gaze") == pytest.approx(2.0)  # (12 - 4) / 4
    assert (at(vector, "gaze:unsteady"), at(vector, "gaze:apart")) == (2.0, 2.0)
    assert (at(vector, "appearance"), at(vector, "appearance:noise")) == (3.0, 3.0)
    assert (at(vector, "appearance:light"), at(vector, "appearance:absent")) == (0.0, 0.0)
    assert (at(vector, "scene_motion"), at(vector, "scene_motion:absent")) == (0.0, 1.0)
    assert at(vector, "face_body:absent") == 1.0


@pytest.mark.parametrize(("value", "expected"), [(1e9, LIMIT), (-1e9, -LIMIT), (0.0, -1.0)])
def test_wild_values_are_cut(value, expected):
    assert standardised(value, (0.0, 2.0)) == expected


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_probabilities_stay_finite(p):
    assert np.isfinite(feature_vector([], {}, p)).all()


def test_two_persons_do_not_mix():
    with pytest.raises(ValueError, match="one person"):
        feature_vector([cue("gaze"), cue("gaze", subject="B")], {}, 0.5)


def test_measured_cues_make_finite_vectors():
    found = CueReader(parse_cues("all")).measure(seen("plain"), {})
    for subject in "ABC":
        vector = feature_vector([m for m in found if m.subject == subject], {}, 0.3)
        assert np.isfinite(vector).all()
        assert np.abs(vector).max() <= 10
