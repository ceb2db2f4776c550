"""The ablation of the recipe: what each variant changes, its figures, finished variants."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_faces import write_tiny_manifest

from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.evaluate import ablation
from unmask.evaluate.ablation import (
    AblationPlan,
    Variant,
    compare_sources,
    markdown,
    read_ablation,
    result_path,
    run_variant,
    variant_config,
)
from unmask.train.config import Config, Stage, read_config

pytestmark = pytest.mark.train
CONFIG = Path(__file__).parents[2] / "configs" / "ablation.toml"
RECIPE = Recipe(
    (
        Entry("set", "real", 5, {"as_is": 0.5, "innocent": 0.5}),
        Entry("set", "swap", 5),
        Entry("set", "real", 3, {"self_blend": 0.6, "decoder_look": 0.4}, "swap"),
        Entry("set", "real", 1, {"whole_decoder": 1.0}, "synthetic"),
        Entry("away", "real", 2),
    )
)


@pytest.fixture
def plan(monkeypatch) -> AblationPlan:
    """A plan over a recipe of two sources, one of them left out."""
    base = Config("own-cnn", "m", RECIPE, (Stage(32, 8, 1e-3),), batch=4, pretrained=False)
    monkeypatch.setattr(ablation, "read_config", lambda _: base)
    return AblationPlan("base.toml", 32, 9, 1e-3, ("away",), 12, 1, (Variant("the recipe"),))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Path:
    return write_tiny_manifest(tmp_path_factory.mktemp("faces"), 24)


def kinds(config: Config) -> set[str]:
    return {kind for entry in config.recipe.entries for kind in entry.pseudo}


def test_the_shipped_plan_changes_one_thing_at_a_time():
    plan = read_ablation(CONFIG)
    names = [variant.name for variant in plan.variants]
    assert len(set(names)) == len(names)
    assert len({result_path(Path(), variant) for variant in plan.variants}) == len(names)
    assert plan.variants[0] == Variant(names[0])
    assert (CONFIG.parent.parent / plan.base).is_file()
    for variant in plan.variants[1:]:
        changed = {
            field.name
            for field in dataclasses.fields(variant)
            if getattr(variant, field.name) != field.default and field.name != "name"
        }
        assert len(changed) == 1 or changed == {"margin", "shift", "test_margin"}


@pytest.mark.parametrize("name", ["left-out", "left-out-lite2", "left-out-restored"])
def test_the_plans_of_sources_left_out_leave_out_both_sides_in_every_variant(name):
    plan = read_ablation(CONFIG.with_name(f"{name}.toml"))
    base = read_config(CONFIG.parent.parent / plan.base).recipe.entries
    known = {entry.source for entry in (*base, *plan.add)}
    assert len({variant.name for variant in plan.variants}) == len(plan.variants)
    for variant in plan.variants:
        held = plan.held_out_of(variant)
        assert {*held, *variant.unused, *plan.aids} <= known
        kinds = {name.split("_")[0] for name in held}
        assert kinds in ({"real", "fake"}, {"deepfake"})
        restored = {f"fake_restored_{name.removeprefix('real_')}" for name in held} & known
        assert restored == set(variant.unused)  # the genuine faces left out are not in them


def test_a_plan_that_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(CONFIG.read_text("utf-8").replace("levelled", "levled"), "utf-8")
    with pytest.raises(UsageError, match="levled"):
        read_ablation(path)


def test_every_variant_trains_without_the_sources_left_out(plan, manifest):
    config = variant_config(plan, plan.variants[0], manifest)
    assert {entry.source for entry in config.recipe.entries} == {"set"}
    assert config.held_out == ("away",)
    assert config.stages == (Stage(32, 8, 1e-3),)
    assert config.start_from == ""
    assert config.recipe.entries == RECIPE.entries[:4]
    other = variant_config(plan, Variant("a", architecture="resnet-50"), manifest)
    assert (other.architecture, other.pretrained) == ("resnet-50", False)


def test_a_variant_may_leave_out_other_sources(plan, manifest):
    everything = variant_config(plan, Variant("a", held_out=("nowhere",)), manifest)
    assert {entry.source for entry in everything.recipe.entries} == {"set", "away"}
    assert everything.held_out == ("nowhere",)


def test_entries_are_added_and_what_is_unused_is_neither_trained_on_nor_judged(plan, manifest):
    extra = (Entry("more", "synthetic", 2.0), Entry("made of away", "synthetic", 1.0))
    wider = dataclasses.replace(plan, add=extra, aids=("more",))
    variant = Variant("a", unused=("made of away",))
    config = variant_config(wider, variant, manifest)
    assert config.recipe.entries == (*RECIPE.entries[:4], extra[0])
    rows = ablation._judged(wider, variant, config)[0]
    aid = dataclasses.replace(wider, aids=("set",))
    assert set(rows["source"]) == {"set"}
    assert len(ablation._judged(aid, variant, config)[0]) == 0


def test_a_kind_that_is_left_out_is_gone_and_an_entry_with_none_left_too(plan, manifest):
    less = variant_config(plan, Variant("a", without=("decoder_look",)), manifest)
    assert kinds(less) == {"as_is", "innocent", "self_blend", "whole_decoder"}
    none = variant_config(
        plan, Variant("b", without=("decoder_look", "self_blend", "whole_decoder")), manifest
    )
    assert [entry.becomes for entry in none.recipe.entries] == ["", ""]


def test_not_levelled_is_as_often_as_there_are_pictures(plan, manifest):
    config = variant_config(plan, Variant("a", levelled=False), manifest)
    train = ablation.read_manifest(manifest)
    train = train[train["split"] == "train"]
    for klass in ("real", "swap"):
        weight = sum(e.weight for e in config.recipe.entries if e.klass == klass)
        assert weight == pytest.approx((train["klass"] == klass).sum())
    assert config.recipe.native_px == ablation.AS_STORED_PX


@pytest.mark.parametrize(
    ("variant", "name", "value"),
    [
        (Variant("a", degrade=0.0), "degrade", 0.0),
        (Variant("a", margin=(0.5, 0.7), shift=0.2), "margin", (0.5, 0.7)),
        (Variant("a", shift=0.2), "shift", 0.2),
    ],
)
def test_what_else_a_variant_changes(plan, manifest, variant, name, value):
    changed = variant_config(plan, variant, manifest).recipe
    assert getattr(changed, name) == value
    others = {f.name for f in dataclasses.fields(Recipe)} - {name, "entries", "shift", "margin"}
    assert all(getattr(changed, other) == getattr(RECIPE, other) for other in others)


def test_figures_by_hand(plan):
    rows = [("deepfake_faces", "real", 0.0), ("deepfake_faces", "swap", 1.0)] * 10
    rows += [("real_ciplab", "real", 0.5), ("fake_ciplab", "swap", 0.5)] * 10
    rows += [("gan", "synthetic", 2.0)] * 10
    rows += [("away", "real", 3.0)] * 5 + [("away", "real", 0.1)] * 5 + [("away", "synthetic", 2.0)]
    table = pd.DataFrame(rows, columns=["source", "klass", "odds"])
    table["identity"] = [f"p{number}" for number in range(len(table))]
    found = compare_sources(table, table["odds"].to_numpy(np.float64), ("away",))
    assert found["swaps"]["auc"] == 1.0
    assert found["hand_edited"]["auc"] == 0.5
    assert found["synthetic_known"]["auc"] == 1.0
    assert found["left_out"]["auc"] == 0.5
    assert found["alarms_left_out"] == {"share": 0.5, "at": 0.05}
    low, high = found["left_out"]["interval"]
    assert low < 0.5 < high
    assert found["left_out_against_known"]["auc"] == 1.0
    alone = compare_sources(table, table["odds"].to_numpy(np.float64), ("deepfake_faces",))
    assert alone["left_out_against_known"] is None


@pytest.mark.slow
def test_a_finished_variant_is_read_and_not_made_again(plan, manifest, tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "compare_sources", lambda *_: {"n": 3})
    made = run_variant(plan, plan.variants[0], manifest, tmp_path)
    assert (made["n"], made["draws"], made["seed"]) == (3, 8, 1)
    assert not list((tmp_path / "runs").rglob("*.safetensors"))
    path = result_path(tmp_path, plan.variants[0])
    path.write_text(json.dumps(made | {"n": 4}))
    assert run_variant(plan, plan.variants[0], manifest, tmp_path)["n"] == 4


def test_the_page_has_a_line_for_each():
    one = {"auc": 0.75, "interval": [0.7, 0.8], "n": 9}
    names = ("swaps", "hand_edited", "synthetic_known", "left_out")
    result = {name: one for name in names} | {
        "left_out_against_known": None,
        "name": "x",
        "alarms_left_out": {"share": 0.125},
    }
    page = markdown([result])
    assert page.count("\n") == 3
    assert "| x | 0.750 [0.700, 0.800] |" in page
    assert "| - | 12.5% |" in page
