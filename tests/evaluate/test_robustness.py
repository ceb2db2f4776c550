"""The grid of degradations: cells, the reference, losses, what is lost, words for cells."""

from __future__ import annotations

import pytest
from drawn_scenes import SETTINGS

from unmask.errors import UsageError
from unmask.evaluate.robustness import EVERY_CELL, GridPlan, measure_grid, parse_cells
from unmask.evaluate.targets import collect
from unmask.media.degrade import LEVELS

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (None, EVERY_CELL),
        ("blur:3", (("blur", 3),)),
        ("blur:", tuple(("blur", n) for n in range(1, 6))),
        ("jpeg, blur:1,blur:1", (*(("jpeg", n) for n in range(1, 6)), ("blur", 1))),
    ],
)
def test_cells_from_words(text, cells):
    assert parse_cells(text) == cells


@pytest.mark.parametrize("text", ["fog", "jpeg:9", "jpeg:x"])
def test_unknown_cells_are_refused(text):
    with pytest.raises(UsageError, match="there is no degradation"):
        parse_cells(text)


def test_the_whole_grid_is_every_level_of_every_kind():
    assert len(EVERY_CELL) == sum(len(levels) for levels in LEVELS.values()) == 60


def test_a_grid_of_two_cells(drawn_manifest, tiny, tmp_path):
    """Without colour, a model that goes by colour is lost; without detail it is not."""
    targets = collect([drawn_manifest])
    plan = GridPlan((("saturation", 5), ("blur", 1)), files=4)
    steps = []
    found = measure_grid(
        tiny, targets, tmp_path / "d.parquet", SETTINGS, plan, on_done=steps.append
    )
    assert len(steps) == plan.count(targets) == 12
    assert found["reference"]["auc"] == 1.0
    grey, soft = found["cells"]
    assert grey["n"] == soft["n"] == 4
    assert soft["auc"] == 1.0
    assert grey["auc"] < 1.0
    assert grey["auc_loss"] == pytest.approx(1.0 - grey["auc"])
    assert found["worst"]["kind"] == "saturation"
    assert found["mean_auc"] == pytest.approx((grey["auc"] + 1) / 2)
    assert found["per_kind"]["blur"]["mean_auc_loss"] == 0


def test_one_class_has_false_alarms_but_no_auc(drawn_manifest, tiny, tmp_path):
    targets = collect([drawn_manifest], sources=["real_drawn"])
    found = measure_grid(
        tiny, targets, tmp_path / "d.parquet", SETTINGS, GridPlan((("noise", 5),), files=2)
    )
    assert found["cells"][0]["auc"] is None
    assert found["cells"][0]["n"] == 2
    assert found["mean_auc"] is None
    assert found["worst"] is None
