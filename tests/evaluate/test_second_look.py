"""The second look of a bundle: what is written, what is fitted, what it changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny_bundle import build_tiny_bundle, tiny_card
from tiny_faces import write_tiny_manifest

from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.evaluate.second_look import (
    LookPlan,
    add_second_look,
    fit_second_look,
    probability_with,
    what_it_changes,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings
from unmask.train.config import Config, Stage
from unmask.train.loop import Trainer

pytestmark = pytest.mark.train
PLAN = LookPlan(side_min_px=40.0, weight=2.0, span=(-1.0, 1.5))


def card() -> dict[str, Any]:
    section = {"size_px": 32, "margin": 0.6, "reach": 0.2, "native_px": 320, "side_min_px": 40}
    silent = {"weight": 0.0, "offset": 0.0, "span": [0, 0], "usual_max": 0.0}
    return tiny_card(
        calibration={"temperature": 2.0, "bias": [0.5, 0.0, 0.0], "bins": []},
        verdict={"threshold": 0.5, "clear_below": 0.3},
        patches=section | silent,
        files={"model.onnx": "0" * 64, "patches.onnx": "0" * 64},
    )


def scores() -> pd.DataFrame:
    """Two genuine sources of unlike size, generated faces, one face without a second look."""
    said = [*np.linspace(-3, -1, 80), *np.linspace(-1, 1, 21), 4.0, 5.0, 6.0, np.nan]
    table = pd.DataFrame({"second_look": said})
    table["source"] = ["a"] * 80 + ["b"] * 21 + ["gan"] * 4
    table["klass"] = ["real"] * 101 + ["synthetic"] * 4
    table["reason"] = ""
    for name, value in (("real", 2.0), ("swap", 0.0), ("synthetic", 1.0)):
        table[f"logit_{name}"] = value
    return table


def test_what_is_usual_counts_sources_alike() -> None:
    fitted = fit_second_look(card(), scores(), PLAN)
    section = fitted["patches"]
    assert section["offset"] == pytest.approx(0.6, abs=0.1)  # not that of all faces, -1.05
    assert section["usual_max"] == pytest.approx(0.8, abs=0.1)
    assert (section["weight"], section["span"]) == (2.0, [-1.0, 1.5])
    assert sum(one["n"] for one in fitted["calibration"]["bins"]) == len(scores())
    kept = {key: fitted["calibration"][key] for key in ("temperature", "bias")}
    assert kept == {"temperature": 2.0, "bias": [0.5, 0.0, 0.0]}
    assert fitted["verdict"] == card()["verdict"]


def test_the_probability_is_that_of_both_looks_by_hand() -> None:
    fitted = fit_second_look(card(), scores(), PLAN)
    p = probability_with(fitted, scores())
    for row, added in ((0, -1.0), (104, 0.0)):  # the last had no second look
        z = np.array([2.5, 0.0, 1.0 + added]) / 2.0
        assert p[row] == pytest.approx(1 - np.exp(z[0]) / np.exp(z).sum())
    z = np.array([2.5, 0.0, 1.0 + 1.5]) / 2.0
    assert 1 - np.exp(z[0]) / np.exp(z).sum() > 0.5  # what it would be, over the threshold
    assert p[101] == pytest.approx(0.499)


def test_what_it_changes_has_a_line_for_each_source() -> None:
    fitted = fit_second_look(card(), scores(), PLAN)
    table = what_it_changes(fitted, scores())
    assert list(table.index) == [("real", "a"), ("real", "b"), ("synthetic", "gan")]
    assert (
        table.loc[("synthetic", "gan"), "median after"]
        > table.loc[("synthetic", "gan"), "median before"]
    )
    assert table.loc[("real", "a"), "median after"] < table.loc[("real", "a"), "median before"]
    assert list(table["n"]) == [80, 21, 4]


@pytest.mark.slow
def test_a_run_on_patches_becomes_a_part_of_the_bundle(tmp_path: Path) -> None:
    manifest = write_tiny_manifest(tmp_path / "data")
    entries = (
        Entry("set", "real", 1.0),
        Entry("set", "swap", 1.0),
        Entry("set", "real", 1.0, {"whole_decoder": 1.0}, "synthetic"),
    )
    recipe = Recipe(entries, margin=(0.5, 0.7), native_px=(120.0, 190.0), shift=0.24)
    config = Config(
        "own-cnn", str(manifest), recipe, (Stage(32, 16, 1e-3),), batch=8, threads=1, loaders=0
    )
    config = dataclasses.replace(config, pretrained=False, device="cpu")
    run = tmp_path / "run"
    Trainer(config, run).run()
    folder = build_tiny_bundle(tmp_path)
    out = tmp_path / "both" / "tiny"
    found = add_second_look(folder, run, out, manifest, PLAN)
    bundle = load_bundle(out, Settings())
    assert set(bundle.parts) == {"patches.onnx"}
    assert bundle.card.patches is not None
    assert bundle.card.patches.size_px == 32
    assert found["second_look"].notna().all()
    before = load_bundle(folder, Settings())
    assert bundle.model == before.model
    assert bundle.card.verdict == before.card.verdict
    other = dataclasses.replace(config, mean=(0.0, 0.0, 0.0))
    Trainer(other, tmp_path / "other").run()
    with pytest.raises(UsageError, match="normalises otherwise"):
        add_second_look(folder, tmp_path / "other", tmp_path / "x", manifest, PLAN)
