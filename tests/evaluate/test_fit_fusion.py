"""The fitted rule: planted weights come back, what does not help is left out, flags have a say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from unmask.detectors.fused import PERSON_FEATURES
from unmask.errors import UsageError
from unmask.evaluate.clip_table import cue_references, vectors
from unmask.evaluate.fit_fusion import fit_fusion, fusion_section, places_of
from unmask.models.card import Decision
from unmask.types import Measurement

FRAMES = Decision(0.8, 0.3, {})
AT = {name: place for place, name in enumerate(PERSON_FEATURES)}


def people(count=900, seed=0, **planted):
    """(x, fake, source, clip): `planted` weights make the labels, gaze is noise."""
    rng = np.random.default_rng(seed)
    x = np.zeros((count, len(PERSON_FEATURES)))
    x[:, AT["frame_log_odds"]] = rng.normal(0, 1.5, count)
    x[:, AT["temporal"]] = rng.normal(0, 1.5, count)
    gone = rng.random(count) < 0.3
    x[gone, AT["temporal"]], x[gone, AT["temporal:absent"]] = 0.0, 1.0
    x[:, AT["gaze"]] = rng.normal(0, 1, count)
    for name in ("appearance", "face_body", "scene_motion"):
        x[:, AT[f"{name}:absent"]] = 1.0
    odds = sum(weight * x[:, AT[name.replace("__", ":")]] for name, weight in planted.items())
    fake = rng.random(count) < 1 / (1 + np.exp(-odds))
    clip = np.array([f"clip {i // 3}" for i in range(count)], object)
    return x, fake, np.array(["set"] * count, object), clip


PLANTED = {"frame_log_odds": 1.0, "temporal": 0.5, "temporal__absent": 1.5}


def test_planted_weights_come_back_inside_their_intervals():
    fit = fit_fusion(*people(**PLANTED), rounds=60)
    for name, weight in PLANTED.items():
        place = AT[name.replace("__", ":")]
        low, high = fit.intervals[place]
        assert low - 0.1 <= weight <= high + 0.1, name
        assert fit.weights[place] == pytest.approx(weight, abs=0.35)
    x, fake, *_ = people(seed=1, **PLANTED)
    assert ((fit.probability(x) >= 0.5) == fake).mean() > 0.75


def test_what_does_not_help_gets_no_weight():
    fit = fit_fusion(*people(**PLANTED), rounds=5)
    assert "gaze" in fit.dropped
    assert not fit.weights[places_of("gaze")].any()
    assert "temporal" not in fit.dropped
    alone = fit_fusion(*people(frame_log_odds=1.0), rounds=5)
    assert "temporal" in alone.dropped


def test_probabilities_of_left_out_clips_are_calibrated():
    x, fake, source, clip = people(1500, **PLANTED)
    p = fit_fusion(x, fake, source, clip, rounds=2).left_out
    for low, high in ((0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9)):
        inside = (p >= low) & (p < high)
        assert abs(fake[inside].mean() - p[inside].mean()) < 0.12


def test_it_is_the_same_twice_and_needs_both_sides():
    data = people(200, **PLANTED)
    first, again = fit_fusion(*data, rounds=3), fit_fusion(*data, rounds=3)
    np.testing.assert_array_equal(first.weights, again.weights)
    x, _, source, clip = data
    with pytest.raises(UsageError, match="got 200 and 0"):
        fit_fusion(x, np.zeros(200, bool), source, clip)


def table(count=120):
    rng = np.random.default_rng(2)
    fake = np.arange(count) % 2 == 1
    logit = rng.normal(0, 1, count) + 2.0 * fake
    later = rng.normal(0, 1, count) + 1.5 * fake
    cues = [(Measurement("gaze", "cue", "A", float(v), "deg"),) for v in rng.normal(5, 1, count)]
    frame = pd.DataFrame(
        {
            "data": "made",
            "clip": [f"c{i // 2}" for i in range(count)],
            "people": 2,
            "source": "people",
            "fake": fake,
            "frame": 1 / (1 + np.exp(-logit)),
            "temporal": 1 / (1 + np.exp(-later)),
            "cues": cues,
        }
    )
    frame.loc[3, "temporal"] = np.nan
    frame.loc[5, "frame"] = np.nan
    return frame


def test_the_section_holds_what_serving_needs():
    from unmask.models.card import FusionSpec
    from unmask.models.card_reader import _fusion
    from unmask.models.fields import Fields

    section, fit = fusion_section(table(), FRAMES)
    spec = _fusion(Fields(section))
    assert isinstance(spec, FusionSpec)
    assert spec.features == PERSON_FEATURES
    assert spec.trained_on["people"] == 119
    assert spec.people_min == 2
    assert 0 < spec.clear_below <= spec.threshold <= 1
    assert spec.weights[AT["frame_log_odds"]] == pytest.approx(
        fit.weights[AT["frame_log_odds"]], abs=1e-4
    )
    assert set(spec.references) == {"gaze"}
    low, high = spec.references["gaze"]
    assert 2 < low < 5 < high < 8
    assert spec.bins[0].low == 0


def test_the_rule_is_never_looser_than_the_frames_alone():
    strict, _ = fusion_section(table(), replace(FRAMES, threshold=0.9999, clear_below=0.0001))
    loose, fit = fusion_section(table(), replace(FRAMES, threshold=0.5, clear_below=0.5))
    assert strict["threshold"] > loose["threshold"]
    assert strict["clear_below"] < loose["clear_below"]
    known = table().dropna(subset="frame")
    x = vectors(known, cue_references(known))
    usual = np.median(x[~known["fake"].to_numpy(bool)], axis=0)
    usual[AT["frame_log_odds"]] = np.log(0.9999 / 0.0001)
    assert strict["threshold"] == pytest.approx(fit.probability(usual[None])[0], abs=1e-4)


def test_the_vectors_of_a_table_keep_abstentions_apart():
    rows = table(10)
    x = vectors(rows, cue_references(rows))
    assert x[3, AT["temporal:absent"]] == 1
    assert x[3, AT["temporal"]] == 0
    assert x[5, AT["frame_log_odds:absent"]] == 1
    assert (x[:, AT["gaze:absent"]] == 0).all()
