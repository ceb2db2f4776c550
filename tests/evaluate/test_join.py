"""Bundles of networks that were trained apart, joined into one provisional bundle."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_temporal import fusion_section

from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.evaluate.publish import Plan, join_bundles, mix_bundles, provisional_card, write_bundle
from unmask.models.bundle import INPUT, load_bundle
from unmask.models.verify import verify_bundle
from unmask.settings import Settings
from unmask.train.config import Config, Stage
from unmask.train.export import export_onnx
from unmask.train.network import Detector, Exported
from unmask.types import CheckStatus

pytestmark = pytest.mark.train
PLAN = Plan("member", "1", 64, false_alarms=0.01, misses=0.1)
RECIPE = Recipe((Entry("a", "real", 1.0), Entry("b", "swap", 1.0)))
CONFIG = Config("own-cnn", "m.parquet", RECIPE, (Stage(64, 64, 1e-3),), classes=("real", "swap"))


def bundle(folder: Path, seed: int, plan: Plan = PLAN, *, blend: bool = True) -> Path:
    torch.manual_seed(seed)
    network = Detector("own-cnn", 2, blend=blend)
    model = export_onnx(network, plan.size_px)
    card = provisional_card(CONFIG, plan, model, Exported(network).names)
    card["metrics"]["parity"] = {"onnx_torch": seed * 1e-6, "cam_autograd": 1e-6}
    write_bundle(folder, card, model)
    return folder


def answer(folder: Path) -> np.ndarray:
    image = np.random.default_rng(3).uniform(-1, 1, (2, 3, 64, 64)).astype(np.float32)
    return load_bundle(folder, Settings()).open_session(1).run(["logits"], {INPUT: image})[0]


def test_a_joined_bundle_answers_with_the_mean_and_passes_every_check(tmp_path: Path) -> None:
    one, two = bundle(tmp_path / "one", 1), bundle(tmp_path / "two", 2)
    first = json.loads((one / "card.json").read_text("utf-8"))
    (one / "card.json").write_text(
        json.dumps(first | {"fusion": fusion_section({"frame_log_odds": 1.0})}), "utf-8"
    )
    card = join_bundles([one, two], tmp_path / "both", replace(PLAN, name="both", margins=(1.0,)))
    assert "fusion" not in card  # that was fitted to the first network alone
    np.testing.assert_allclose(
        answer(tmp_path / "both"), (answer(one) + answer(two)) / 2, atol=5e-3
    )
    rows = verify_bundle(tmp_path / "both", Settings())
    assert {row.status for row in rows} == {CheckStatus.RUN}
    loaded = load_bundle(tmp_path / "both", Settings()).card
    assert (loaded.name, loaded.architecture) == ("both", "2 x own-cnn")
    assert card["crop"]["margins"] == [1.0]
    assert card["metrics"]["parity"]["onnx_torch"] == 2e-6
    assert 0 < card["metrics"]["committee"]["half_precision_gap"] < 0.05
    assert len(set(card["metrics"]["committee"]["members_sha256"])) == 2


def test_shares_of_a_class_stand_on_the_card_and_have_to_fit(tmp_path: Path) -> None:
    folders = [bundle(tmp_path / "one", 1), bundle(tmp_path / "two", 2)]
    card = join_bundles(folders, tmp_path / "both", PLAN, {"swap": (1.0, 0.0)})
    assert card["metrics"]["committee"]["shares"] == {"real": [0.5, 0.5], "swap": [1.0, 0.0]}
    odds = [np.diff(answer(one), axis=1) for one in (tmp_path / "both", folders[0])]
    np.testing.assert_allclose(*odds, atol=5e-3)
    for shares in ({"swap": (1.0,)}, {"swap": (0.5, 0.6)}, {"other": (0.5, 0.5)}):
        with pytest.raises(UsageError, match=r"the shares .* do not fit"):
            join_bundles(folders, tmp_path / "none", PLAN, shares)


def test_bundles_of_other_input_are_not_joined(tmp_path: Path) -> None:
    one = bundle(tmp_path / "one", 1)
    two = bundle(tmp_path / "two", 2, replace(PLAN, size_px=96))
    with pytest.raises(UsageError, match="differ in classes or input"):
        join_bundles([one, two], tmp_path / "both", PLAN)


def test_a_network_is_mixed_with_the_one_of_a_committee_that_it_went_on_from(
    tmp_path: Path,
) -> None:
    one, two = bundle(tmp_path / "one", 1), bundle(tmp_path / "two", 2)
    join_bundles([one, bundle(tmp_path / "more", 3)], tmp_path / "both", PLAN)
    mix_bundles(tmp_path / "both", two, tmp_path / "old", PLAN, 0.0)
    np.testing.assert_allclose(answer(tmp_path / "old"), answer(one), atol=5e-3)
    mix_bundles(tmp_path / "both", two, tmp_path / "half", PLAN, 0.5)
    card = json.loads((tmp_path / "half" / "card.json").read_text("utf-8"))
    assert 0 < card["metrics"]["parity"]["cam_autograd"] < 1e-4
    assert {row.status for row in verify_bundle(tmp_path / "half", Settings())} == {CheckStatus.RUN}


def test_a_network_is_not_mixed_with_another_architecture(tmp_path: Path) -> None:
    one, two = bundle(tmp_path / "one", 1), bundle(tmp_path / "two", 2, blend=False)
    with pytest.raises(UsageError, match=r"no network of .* is of the architecture"):
        mix_bundles(one, two, tmp_path / "mixed", PLAN, 0.5)
