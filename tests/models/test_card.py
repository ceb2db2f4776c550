"""The card: probabilities follow the names of the classes, and a wrong card says what is wrong."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from card_data import build_card
from tiny_bundle import tiny_card

from unmask.errors import BundleError
from unmask.models.card import Card
from unmask.models.card_reader import parse_card

CLASSES = ("real", "swap", "synthetic")
LOGITS = {"real": 0.4, "swap": 1.7, "synthetic": -0.6}


def card_of(**changes) -> Card:
    return parse_card(json.dumps(tiny_card(**changes)))


def logits_for(card: Card) -> np.ndarray:
    return np.array([LOGITS[name] for name in card.classes])


def test_hand_worked_probability():
    card = card_of(
        classes=["real", "swap", "synthetic"], calibration={"temperature": 2.0, "bias": [1, 0, 0]}
    )
    by_class, fake = card.probability(np.array([0.0, 1.0, -1.0]))
    # (logits + bias) / 2 = (.5, .5, -.5), exp = 1.6487, 1.6487, 0.6065
    assert by_class["real"] == pytest.approx(1.6487 / 3.9039, abs=1e-4)
    assert by_class["synthetic"] == pytest.approx(0.6065 / 3.9039, abs=1e-4)
    assert fake == pytest.approx(1 - 1.6487 / 3.9039, abs=1e-4)


def test_hand_worked_probability_with_a_temperature_for_each_kind():
    card = card_of(
        classes=["real", "swap", "synthetic"],
        calibration={"temperature": [1.0, 0.5, 2.0], "bias": [0, -0.5, 1.0]},
    )
    by_class, fake = card.probability(np.array([1.0, 2.0, 0.0]))
    # against real: (0, 1 - .5, -1 + 1) / (1, .5, 2) = (0, 1, 0), exp = 1, 2.7183, 1
    assert by_class["swap"] == pytest.approx(2.7183 / 4.7183, abs=1e-4)
    assert fake == pytest.approx(3.7183 / 4.7183, abs=1e-4)
    assert card.temperatures == {"swap": 0.5, "synthetic": 2.0}
    assert card.probability(np.array([6.0, 7.0, 5.0]))[1] == pytest.approx(fake)


@pytest.mark.parametrize("order", list(itertools.permutations(CLASSES)))
def test_probabilities_follow_names_not_positions(order):
    card = card_of(classes=list(order))
    by_class, fake = card.probability(logits_for(card))
    total = sum(math.exp(v) for v in LOGITS.values())
    assert by_class == pytest.approx({k: math.exp(v) / total for k, v in LOGITS.items()})
    assert fake == pytest.approx(1 - math.exp(LOGITS["real"]) / total)
    assert card.classes[card.most_likely_manipulation(logits_for(card))] == "swap"


def test_fake_probability_is_not_the_confidence_of_the_largest_class():
    card = card_of()
    by_class, fake = card.probability(np.array([3.0, 0.0, 0.0]))
    assert by_class["real"] > 0.9
    assert fake == pytest.approx(by_class["swap"] + by_class["synthetic"])
    assert fake < 0.1


def test_log_odds_agree_with_the_probability_and_stay_finite():
    card = card_of(calibration={"temperature": 1.5, "bias": [0.2, -0.1, 0.3]})
    for logits in (np.array([0.1, 0.2, -0.3]), np.array([4.0, 1.0, 0.0])):
        p = card.probability(logits)[1]
        assert card.log_odds(logits) == pytest.approx(math.log(p / (1 - p)))
    far = np.array([-3000.0, 3000.0, 0.0])
    assert card.probability(far)[1] == 1.0
    assert card.log_odds(far) == pytest.approx(6000.1 / 1.5 - 0.4 / 1.5, rel=1e-3)


def test_logits_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"expected logits of shape \(3,\), got \(2,\)"):
        card_of().probability(np.zeros(2))


@pytest.mark.parametrize(
    ("probability", "interval"),
    [
        (0.0, (0.0, 0.07)),  # widened to include p
        (0.05, (0.02, 0.07)),
        (0.29, (0.02, 0.29)),
        (0.3, (0.3, 0.66)),  # a bin starts with its low edge
        (0.6, (0.54, 0.66)),
        (0.9, (0.9, 0.98)),
        (1.0, (0.95, 1.0)),  # the last bin holds 1
    ],
)
def test_interval_is_that_of_the_bin_and_holds_p(probability, interval):
    assert card_of().interval(probability) == pytest.approx(interval)


def test_no_bins_no_interval():
    assert card_of(calibration={"bins": []}).interval(0.5) is None


def test_to_dict_is_the_raw_json_and_a_copy():
    raw = tiny_card(extra={"kept": True})
    card = parse_card(json.dumps(raw))
    assert card.to_dict() == raw
    card.to_dict()["name"] = "changed"
    assert card.to_dict()["name"] == "tiny"


def test_optional_parts():
    card = card_of(outputs={"blend": None, "features": None})
    assert card.outputs.names == ("logits", "cam")
    assert not card.limits_of_use.needs_mesh
    assert card_of(limits_of_use={"needs_mesh": True}).limits_of_use.needs_mesh


BINS = build_card()["calibration"]["bins"]

MEASURED = {"reference": [1, 2], "n": 60, "error": 0.1, "auc": {"swap": 0.6}}
WRONG = [
    ("schema", 2, "schema: expected 1, got 2"),
    ("classes", ["swap", "synthetic"], "classes: expected two or more names, 'real' among them"),
    ("classes", ["real"], "classes: expected two or more names"),
    ("classes", ["real", "real"], "classes: expected a list of different names"),
    ("name", "", "name: expected a text that is not empty, got ''"),
    ("input", {"size_px": 0}, "input.size_px: expected a whole number of at least 16, got 0"),
    ("input", {"size_px": 160.5}, "input.size_px: expected a whole number"),
    ("input", {"std": [128, 0, 128]}, "input.std: expected three numbers above 0"),
    ("input", {"mean": [127, 127]}, "input.mean: expected a list of 3 numbers, got [127, 127]"),
    ("input", {"mean": [127, 127, float("nan")]}, "input.mean: expected a list of 3 numbers"),
    ("input", {"colour": "grb"}, 'input.colour: expected "rgb" or "bgr", got \'grb\''),
    ("crop", {"margins": []}, "crop.margins: expected a list of one or more numbers, got []"),
    ("crop", {"margins": [-1]}, "crop.margins: expected numbers above 0"),
    ("crop", {"flip": 1}, "crop.flip: expected true or false, got 1"),
    ("outputs", {"logits": 3}, "outputs.logits: expected a text"),
    ("calibration", {"temperature": 0}, "calibration.temperature: expected a number from 0.001"),
    ("calibration", {"temperature": [1, 0, 1]}, "calibration.temperature: expected numbers above"),
    ("calibration", {"temperature": [1, 1]}, "calibration.temperature: expected a list of 3"),
    ("calibration", {"bias": [0, 0]}, "calibration.bias: expected a list of 3 numbers"),
    ("calibration", {"bins": BINS[1:]}, "calibration.bins: expected bins that follow each other"),
    ("calibration", {"bins": BINS[::2]}, "calibration.bins: expected bins that follow each other"),
    ("calibration", {"bins": [BINS[0] | {"interval": [0.9, 0.1]}]}, "calibration.bins[0].interval"),
    ("verdict", {"threshold": 1.5}, "verdict.threshold: expected a number from 0 to 1, got 1.5"),
    ("verdict", {"clear_below": 0.95}, "verdict.clear_below: expected at most the threshold"),
    ("verdict", {"rule": {"en": "only English"}}, "verdict.rule.ko: expected a value"),
    ("track", {"rule": "median"}, "track.rule: expected \"trimmed_mean\", got 'median'"),
    ("track", {"trim": 0.5}, "track.trim: expected a number from 0 to 0.49, got 0.5"),
    ("track", {"min_frames": 0}, "track.min_frames: expected a whole number of at least 1"),
    ("limits_of_use", {"exposure": [0.9, 0.1]}, "limits_of_use.exposure: expected [a, b]"),
    ("heat_map", {"scale": 0}, "heat_map.scale: expected a number above 0, got 0"),
    ("heat_map", {"genuine_region_shares": {"nose": [0]}}, "genuine_region_shares.nose"),
    ("population", {"ko": " "}, "population.ko: expected a text that is not empty"),
    ("limits", [{"en": "x"}], "limits[0].ko: expected a value"),
    ("training_data", [{"name": "x", "class": "real"}], "training_data[0].count"),
    (
        "measurements",
        {"noise": MEASURED | {"reference": [2, 1]}},
        "noise.reference: expected [a, b]",
    ),
    ("measurements", {"noise": MEASURED | {"n": 0}}, "measurements.noise.n: expected a whole"),
    ("measurements", {"noise": MEASURED | {"error": -1}}, "noise.error: expected a number from 0"),
    ("measurements", {"noise": MEASURED | {"auc": {"swap": 2}}}, "noise.auc.swap: expected"),
    ("files", {"model.onnx": "abc"}, "files.model.onnx: expected a sha256 of 64 hex digits"),
]


def test_usual_ranges_of_measurements_may_stand_on_a_card():
    (one,) = card_of(measurements={"noise": MEASURED}).measurements.values()
    assert (one.reference, one.n, one.error, one.auc) == ((1.0, 2.0), 60, 0.1, {"swap": 0.6})
    assert card_of().measurements == {}


@pytest.mark.parametrize(
    ("key", "value", "message"), WRONG, ids=[f"{w[0]}-{i}" for i, w in enumerate(WRONG)]
)
def test_a_wrong_card_says_what_was_expected_and_what_came(key, value, message):
    with pytest.raises(BundleError) as caught:
        card_of(**{key: value})
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("key", sorted(set(build_card()) - {"schema"}))
def test_every_key_is_needed(key):
    card = tiny_card()
    del card[key]
    with pytest.raises(BundleError, match=f"{key}: expected a value, got 'nothing'"):
        parse_card(json.dumps(card))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"card"'])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(BundleError, match=r"card\.json: "):
        parse_card(text)


def test_model_onnx_must_be_listed():
    card = tiny_card()
    card["files"] = {"other.bin": "ab" * 32}
    with pytest.raises(BundleError, match=r"files\.model\.onnx: expected a value"):
        parse_card(json.dumps(card))
