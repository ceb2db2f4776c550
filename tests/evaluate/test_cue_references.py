"""Usual ranges of the human cues from made clips, and the card that they end on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_bundle import build_tiny_bundle

from unmask.data.clips import Clip, ClipPerson
from unmask.detectors.track_features import TrackFeatures
from unmask.evaluate.cue_references import cue_lines, fit_cue_references, write_cue_references
from unmask.models.bundle import load_bundle
from unmask.settings import Settings
from unmask.train.clip_readings import Reading, TrackReading
from unmask.types import Measurement

pytestmark = pytest.mark.train
UNIT = "% of face width per frame"


def reading(number: int, motion: float | None, gaze: float, *, swapped: bool = False) -> Reading:
    """Person `number` of a clip with two cues and a forensic measurement."""
    kind = "soft" if swapped else ""
    person = ClipPerson(f"p{number}", "lfw", swapped, kind)
    still = Measurement("scene_motion", "cue", "A", motion, UNIT, reason="" if motion else "still")
    other = Measurement("gaze", "cue", "A", gaze, "degrees")
    noise = Measurement("noise_ratio", "forensic", "A", 1.0, "ratio")
    nothing, frames = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    features = TrackFeatures("A", nothing, np.zeros(0), frames)
    track = TrackReading(features, nothing, frames, 0.5, "", (still, other, noise))
    return Reading(Clip(Path(f"{number}.mp4"), "made", "val", (person,)), person, track)


@pytest.fixture
def people() -> list[Reading]:
    """A hundred genuine people with motion .01 to 1.00 %, and twenty swapped ones above them."""
    genuine = [reading(n, (n + 1) / 100, n / 10) for n in range(100)]
    return genuine + [reading(100 + n, 2.0 + n, 3.0, swapped=True) for n in range(20)]


def test_lines_hold_each_persons_cues_once_with_the_repeat(people):
    again = [reading(n, (n + 1) / 100 + 0.05, n / 10) for n in range(100)]
    lines = cue_lines([*people, reading(0, 9.0, 9.0)], again)
    assert len(lines) == 2 * len(people)
    first = lines[lines["name"] == "scene_motion"].iloc[0]
    assert (first["klass"], first["source"], first["value"]) == ("real", "lfw", 0.01)
    assert first["repeat"] == pytest.approx(0.06)
    assert lines.loc[lines["klass"] == "swap", "repeat"].isna().all()


def test_the_range_is_that_of_genuine_people_and_only_motion_has_a_lower_end(people):
    found = fit_cue_references(cue_lines(people, people))
    assert found["scene_motion"]["reference"] == [0.05, 0.95]
    assert found["scene_motion"]["auc"] == {"swap": 1.0}
    assert found["scene_motion"]["error"] == 0.0
    assert found["scene_motion"]["n"] == 100
    assert found["gaze"]["reference"][0] == 0.0


def test_the_lower_end_guards_the_verdict(people, tmp_path):
    folder = build_tiny_bundle(tmp_path)
    write_cue_references(folder, fit_cue_references(cue_lines(people)))
    card = load_bundle(folder, Settings()).card
    assert card.verdict.motion_min == card.measurements["scene_motion"].reference[0] == 0.05
    before = json.loads((folder / "card.json").read_text("utf-8"))
    write_cue_references(folder, {})
    assert json.loads((folder / "card.json").read_text("utf-8")) == before


def test_abstentions_give_no_value():
    lines = cue_lines([reading(0, None, 1.0)])
    assert lines["reason"].tolist() == ["still", ""]
    assert fit_cue_references(lines) == {}
