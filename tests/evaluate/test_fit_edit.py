"""The output `edit` is fitted on draws of both kinds, and swaps seldom read as edits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn_scenes import SETTINGS, write_manifest_of_scenes

from unmask.errors import UsageError
from unmask.evaluate.fit_edit import EditPlan, _sides, fit_edit, read_edit_plan
from unmask.models.bundle import load_bundle
from unmask.models.verify import verify_bundle
from unmask.types import CheckStatus

pytestmark = pytest.mark.train
CONFIG = Path(__file__).parents[2] / "configs" / "edit.toml"
ENTRIES = [
    {"source": "real_drawn", "klass": "real", "weight": 2, "pseudo": {"pose_swap": 1.0}},
    {"source": "real_drawn", "klass": "real", "weight": 1, "pseudo": {"region_blend": 1.0}},
    {"source": "fake_drawn", "klass": "swap", "weight": 1},
]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = write_manifest_of_scenes(tmp_path / "data", 8)
    table = pd.read_parquet(path)
    table["split"] = np.where(np.arange(len(table)) % 8 < 4, "train", "val")
    table.to_parquet(path)
    return path


@pytest.fixture
def plan() -> EditPlan:
    entries = [one | ({"becomes": "swap"} if "pseudo" in one else {}) for one in ENTRIES]
    recipe = read_edit_plan(CONFIG).recipe.from_dict({"entries": entries, "degrade": 0.0})
    pairs = (("fake_drawn", "pose_swap"), ("region_blend", "pose_swap"), ("fake_drawn", "nothing"))
    return EditPlan(recipe, ("fake_drawn", "region_blend"), (), 1.0, 0.1, 60, 80, 3, pairs)


def test_edits_are_told_from_swaps_and_the_card_says_how_well(
    tmp_path: Path, tiny_folder: Path, manifest: Path, plan: EditPlan
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(tiny_folder, folder)
    found = fit_edit(folder, manifest, plan)
    assert set(found["validation"]) == {
        "fake_drawn against pose_swap",
        "region_blend against pose_swap",
    }
    red = found["validation"]["fake_drawn against pose_swap"]
    assert red["auc"] > 0.95  # the edits of this set are red, and that is what the network sees
    assert red["told"][1] >= 0.89  # no more than a tenth of the swaps reads as an edit
    assert red["told"][0] > 0.9
    card = load_bundle(folder, SETTINGS).card
    assert card.outputs.edit == "edit"
    assert card.metrics["edit"] == json.loads(json.dumps(found))
    assert {row.status for row in verify_bundle(folder, SETTINGS)} == {CheckStatus.RUN}


def test_within_a_look_both_sides_count_alike_and_kinds_alike_in_a_side(plan: EditPlan) -> None:
    rows = [
        ("fake_drawn", "fake_drawn", 6),
        ("region_blend", "real_drawn", 2),
        ("pose_swap", "real_drawn", 4),
        ("region_blend", "video", 1),
        ("pose_swap", "video", 9),
    ]
    table = pd.DataFrame(
        [(name, source) for name, source, count in rows for _ in range(count)],
        columns=["name", "source"],
    )
    edited, weight = _sides(table, replace(plan, looks=(("video",),)))
    of = {
        (name, source): weight[(table["name"] == name) & (table["source"] == source)].sum()
        for name, source, _ in rows
    }
    assert edited.sum() == 9
    assert of["fake_drawn", "fake_drawn"] == pytest.approx(of["region_blend", "real_drawn"])
    assert of["pose_swap", "real_drawn"] == pytest.approx(2 * of["region_blend", "real_drawn"])
    assert of["region_blend", "video"] == pytest.approx(of["pose_swap", "video"])
    assert of["pose_swap", "video"] == pytest.approx(of["pose_swap", "real_drawn"])
    assert weight.mean() == pytest.approx(1)


def test_a_recipe_of_one_side_is_refused(
    tmp_path: Path, tiny_folder: Path, manifest: Path, plan: EditPlan
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(tiny_folder, folder)
    with pytest.raises(UsageError, match="one side alone"):
        fit_edit(folder, manifest, replace(plan, edited=("nothing",)))


def test_the_shipped_plan_reads_and_another_is_refused(tmp_path: Path) -> None:
    plan = read_edit_plan(CONFIG)
    assert plan.edited == ("region_blend", "fake_ciplab")
    other = tmp_path / "plan.toml"
    other.write_text(CONFIG.read_text("utf-8").replace("strength", "weakness"), "utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_edit_plan(other)
