"""The table of the literature: plans, subsets and splits, finished cells, the page."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tiny_faces import write_tiny_manifest

from unmask.data.manifest import read_manifest, read_meshes
from unmask.errors import UsageError
from unmask.evaluate.literature import (
    Budget,
    Cell,
    TablePlan,
    cell_config,
    cells_of,
    markdown,
    prepare_data,
    read_plan,
    result_path,
    run_cell,
)

pytestmark = pytest.mark.train
CONFIG = Path(__file__).parents[2] / "configs" / "literature.toml"


@pytest.fixture
def plan() -> TablePlan:
    shipped = read_plan(CONFIG)
    budgets = (Budget("own-cnn", 32, epochs=1), Budget("own-cnn", 32, draws=9))
    return dataclasses.replace(shipped, source="set", architectures=budgets, batch=4)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_manifest(tmp_path_factory.mktemp("faces"), 24)


def test_the_shipped_plan_has_every_architecture_in_both_splits_and_subsets() -> None:
    from unmask.train.architectures import ARCHITECTURES

    plan = read_plan(CONFIG)
    cells = list(cells_of(plan))
    assert {cell.budget.name for cell in cells} == set(ARCHITECTURES) - {"efficientnet-lite2"}
    assert len({cell.name for cell in cells}) == len(cells) == 4 * len(plan.architectures)
    in_full = {cell.budget.name for cell in cells if cell.budget.epochs}
    assert in_full == {"own-cnn", "mobilenetv3-small", "efficientnet-lite0"}
    assert plan.recipe.degrade == 0
    assert {cell.budget.name for cell in cells_of(plan, ["xception"])} == {"xception"}
    one = ["own-cnn-random-1-2"]
    assert [cell.name for cell in cells_of(plan, one)] == one
    with pytest.raises(UsageError, match=r"no cell 'own-cnn-1-2'"):
        cells_of(plan, ["own-cnn-1-2"])


def test_the_long_table_of_the_large_networks_is_the_same_table_trained_for_longer() -> None:
    plan, longer = read_plan(CONFIG), read_plan(CONFIG.with_name("literature-heavy.toml"))
    same = dataclasses.replace(longer, architectures=plan.architectures)
    assert same == plan
    reduced = {one.name for one in plan.architectures if one.draws}
    assert {one.name for one in longer.architectures if one.epochs} == reduced


def test_a_budget_is_epochs_or_draws() -> None:
    for wrong in ({}, {"epochs": 1, "draws": 1}):
        with pytest.raises(UsageError, match="budget of 'a'"):
            Budget("a", 64, **wrong)


def test_cells_share_manifests_of_their_split_and_subset(
    plan: TablePlan, manifest: Path, tmp_path: Path
) -> None:
    prepare_data(manifest, plan, tmp_path)
    files = sorted(path.stem for path in (tmp_path / "data").glob("*.parquet"))
    assert files == ["identity-1-1", "identity-1-2", "random-1-1", "random-1-2"]
    for name, ratio in (("random-1-2", 2.0), ("identity-1-1", 1.0)):
        table = read_manifest(tmp_path / "data" / f"{name}.parquet")
        for _, part in table.groupby("split"):
            real = int((part["klass"] == "real").sum())
            assert len(part) - real == pytest.approx(ratio * real, abs=1)
        assert len(read_meshes(tmp_path / "data" / f"{name}.parquet")[1]) == len(table)
    with pytest.raises(UsageError, match="no source 'other'"):
        prepare_data(manifest, dataclasses.replace(plan, source="other"), tmp_path)


def test_a_cell_is_trained_plainly_within_its_budget(
    plan: TablePlan, manifest: Path, tmp_path: Path
) -> None:
    prepare_data(manifest, plan, tmp_path)
    full, small = (
        cell_config(plan, cell, tmp_path)
        for cell in cells_of(plan)
        if cell.data_name == "random-1-2"
    )
    assert full.checkpoint == full.stages[0].draws
    assert small.stages[0].draws == 8
    for config in (full, small):
        assert not config.blend
        assert config.recipe.margin == plan.recipe.margin
        assert all(not entry.pseudo for entry in config.recipe.entries)
        weights = {entry.klass: entry.weight for entry in config.recipe.entries}
        assert weights["swap"] == pytest.approx(2 * weights["real"], rel=0.2)


@pytest.mark.slow
def test_a_finished_cell_is_read_and_not_made_again(
    plan: TablePlan, manifest: Path, tmp_path: Path
) -> None:
    prepare_data(manifest, plan, tmp_path)
    cell = Cell(Budget("own-cnn", 32, draws=8, test_faces=6), *next_of(plan))
    made = run_cell(plan, cell, tmp_path)
    assert made["n"] <= 6
    assert made["threshold"] == 0.5
    assert made["draws"] == 8
    assert not (tmp_path / "runs" / cell.name / "checkpoint.safetensors").exists()
    path = result_path(tmp_path, cell)
    path.write_text(json.dumps(made | {"auc": 0.123}))
    assert run_cell(plan, cell, tmp_path)["auc"] == 0.123
    page = markdown([made])
    assert page.count("\n") == 3
    assert f"| own-cnn | random | 1:2 | 32 | 8 draws | {made['n']} |" in page
    assert f"{made['f1']:.3f}" in page


def next_of(plan: TablePlan) -> tuple:
    cell = next(iter(cells_of(plan)))
    return cell.split, cell.subset
