"""Calibration on few faces, and the words of a card that nobody wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.evaluate.calibrate import (
    TEMPERATURE_MAX,
    Fit,
    balance,
    fake_probability,
    fit_calibration,
)
from unmask.evaluate.card_text import describe
from unmask.evaluate.publish import Plan, calibrate_card, provisional_card
from unmask.models.card_reader import parse_card
from unmask.train.config import Config, Stage

pytestmark = pytest.mark.train
PLAN = Plan("tiny", "1", 64, false_alarms=0.01, misses=0.1)
RECIPE = Recipe(
    (
        Entry("b", "swap", 1.0),
        Entry("a", "real", 1.0, {"as_is": 1.0}),
        Entry("a", "real", 0.2, {"self_blend": 1.0}, "swap"),
    )
)


def config(**changes: object) -> Config:
    base = Config("own-cnn", "m.parquet", RECIPE, (Stage(64, 64, 1e-3),), classes=("real", "swap"))
    return replace(base, **changes)


def scores(gap: float, n: int = 5) -> pd.DataFrame:
    """`n` faces a side whose log-odds lie `gap` apart."""
    rows = []
    for index in range(n):
        for klass, side in (("real", -1), ("swap", 1)):
            logit = side * gap / 2 + 0.01 * index
            shares = {"mouth": 0.1 + 0.01 * index}
            row = {"klass": klass, "source": klass, "reason": "", "peak": 0.0, "shares": shares}
            row |= {"path": f"{klass}-{index}.png"}
            rows.append(row | {"logit_real": -logit / 2, "logit_swap": logit / 2})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("n", [3, 30, 300])
def test_a_few_faces_told_apart_without_a_miss_do_not_make_certain(n: int) -> None:
    table = scores(8.0, n)
    fake = (table["klass"] != "real").to_numpy()
    logits = table[["logit_real", "logit_swap"]].to_numpy()
    fit = fit_calibration(logits, 0, fake, balance(fake, table["source"].to_numpy(object)))
    p = fake_probability(logits, 0, fit)[fake]
    assert p.mean() == pytest.approx((n + 1) / (n + 2), abs=0.02)


def test_a_card_holds_together_where_nothing_is_hot_and_no_blend_head_is() -> None:
    card = provisional_card(config(), PLAN, b"model", ("logits", "cam", "features"))
    card = calibrate_card(card, scores(4.0), None, PLAN)
    words = describe(config(), frame(), scores(4.0))
    card["verdict"]["rule"] = words.pop("rule")
    parsed = parse_card(json.dumps(card | words))
    assert parsed.outputs.blend is None
    assert parsed.heat_map.scale > 0
    assert 0 < parsed.verdict.clear_below <= parsed.verdict.threshold <= 1


def test_the_card_says_what_was_fitted() -> None:
    """The serving card and the fit reckon the same probability of the same logits."""
    rng = np.random.default_rng(5)
    rows = []
    for klass, centre in (("real", (0, -2, -2)), ("swap", (0, 1, -2)), ("synthetic", (0, -2, 2))):
        for logits in rng.normal(centre, 1.0, (200, 3)):
            named = dict(zip(("logit_real", "logit_swap", "logit_synthetic"), logits, strict=True))
            rest = {"reason": "", "peak": 0.1, "shares": {"mouth": 0.1}}
            rows.append({"klass": klass, "source": klass} | rest | named)
    table = pd.DataFrame(rows)
    three = config(classes=("real", "swap", "synthetic"))
    card = provisional_card(three, PLAN, b"model", ("logits", "cam"))
    card = calibrate_card(card, table, None, PLAN)
    words = describe(config(), frame(), scores(4.0))
    card["verdict"]["rule"] = words.pop("rule")
    parsed = parse_card(json.dumps(card | words))
    logits = table[["logit_real", "logit_swap", "logit_synthetic"]].to_numpy()
    fit = Fit(parsed.calibration.temperature, parsed.calibration.bias)
    served = [parsed.probability(one)[1] for one in logits]
    np.testing.assert_allclose(served, fake_probability(logits, 0, fit), atol=1e-9)
    genuine = np.asarray(served)[(table["klass"] == "real").to_numpy()]
    assert (genuine >= parsed.verdict.threshold).mean() <= 2 * PLAN.false_alarms


def test_the_scale_of_the_map_rests_on_the_networks_own_peaks() -> None:
    """Peaks of sources left out come from another network, in another card's units."""
    card = provisional_card(config(), PLAN, b"model", ("logits", "cam"))
    alone = calibrate_card(json.loads(json.dumps(card)), scores(4.0), scores(4.0), PLAN)
    others = scores(4.0).assign(peak=50.0)
    assert calibrate_card(card, scores(4.0), others, PLAN)["heat_map"] == alone["heat_map"]


@pytest.mark.parametrize(("klass", "kind"), [("real", "manipulated"), ("swap", "genuine")])
def test_one_side_alone_cannot_be_calibrated(klass: str, kind: str) -> None:
    card = provisional_card(config(), PLAN, b"model", ("logits", "cam"))
    table = scores(4.0)
    with pytest.raises(UsageError, match=f"no usable {kind} face"):
        calibrate_card(card, table[table["klass"] == klass], None, PLAN)


def test_a_side_whose_pictures_cannot_be_read_is_named_with_the_first() -> None:
    table = scores(4.0)
    table.loc[table["klass"] == "real", "reason"] = "unreadable"
    card = provisional_card(config(), PLAN, b"model", ("logits", "cam"))
    with pytest.raises(UsageError, match=r"no usable genuine face .*5 pictures .* real-0\.png"):
        calibrate_card(card, table, None, PLAN)


@pytest.mark.parametrize("gap", [-0.1, -4.0])
def test_a_network_worse_than_chance_keeps_probabilities_that_differ(gap: float) -> None:
    table = scores(gap, 30)
    fake = (table["klass"] != "real").to_numpy()
    logits = table[["logit_real", "logit_swap"]].to_numpy()
    fit = fit_calibration(logits, 0, fake, balance(fake, table["source"].to_numpy(object)))
    p = fake_probability(logits, 0, fit)
    assert max(fit.temperature) == pytest.approx(TEMPERATURE_MAX)
    assert p.mean() == pytest.approx(0.5, abs=0.01)
    order = np.argsort(logits[:, 1] - logits[:, 0], kind="stable")
    assert (np.diff(p[order]) >= 0).all()
    assert p[order[-1]] - p[order[0]] > 1e-4


def test_the_bound_leaves_the_fit_of_a_network_that_tells_something_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(3)
    fake = np.arange(400) % 2 == 1
    odds = rng.normal(np.where(fake, 3.0, -3.0), 12.0)
    logits, weights = np.stack([-odds / 2, odds / 2], axis=1), np.ones(400)
    bound = fit_calibration(logits, 0, fake, weights)
    monkeypatch.setattr("unmask.evaluate.calibrate.TEMPERATURE_MAX", np.inf)
    assert fit_calibration(logits, 0, fake, weights) == bound
    assert 10 < bound.temperature[1] < TEMPERATURE_MAX


def frame() -> pd.DataFrame:
    rows = [("a", "real", "x")] * 3 + [("b", "swap", "y")] * 2 + [("c", "swap", "z")]
    return pd.DataFrame(rows, columns=["source", "klass", "identity"])


def test_a_card_without_an_author_states_facts_of_the_manifest_only() -> None:
    words = describe(config(), frame(), scores(4.0, 7))
    rows = {(row["name"], row["class"]): row for row in words["training_data"]}
    assert {key: row["count"] for key, row in rows.items()} == {("a", "real"): 3, ("b", "swap"): 2}
    assert "pseudo-fakes (self_blend)" in rows["a", "real"]["what"]
    assert {row["terms"] for row in rows.values()} == {"not stated"}
    assert "a (3 genuine), b (2 swapped or blended)" in words["population"]["en"]
    assert "a(진짜 얼굴 3개), b(교체·합성 얼굴 2개)" in words["population"]["ko"]
    assert "tells 2 people or videos apart" in words["population"]["en"]
    text = " ".join(limit["en"] for limit in words["limits"])
    assert "Trained on 2 sources" in text
    assert "7 genuine and 7 manipulated validation faces" in text
    assert "generated as a whole were not part" in text
    assert "swaps and local edits" not in text
    for both in (words["population"], words["rule"], *words["limits"]):
        assert set(both) == {"en", "ko"}
        assert all(both.values())


def test_the_scale_of_the_map_is_that_of_manipulated_faces() -> None:
    table = scores(4.0, 20)
    table["peak"] = np.where(table["klass"] == "swap", 2.0, 9.0)
    card = provisional_card(config(), PLAN, b"model", ("logits", "cam"))
    assert calibrate_card(card, table, None, PLAN)["heat_map"]["scale"] == 2.0
