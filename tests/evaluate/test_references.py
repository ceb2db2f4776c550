"""Usual ranges of measurements: quantiles by hand, sources alike, and the card they end on."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_face import LOOKS, paste_face
from tiny_bundle import build_tiny_bundle

from unmask.data.manifest import meshes_path, write_manifest
from unmask.errors import UsageError
from unmask.evaluate import references
from unmask.evaluate.references import (
    auc_against,
    distances,
    fit_references,
    read_measurements,
    usual_range,
    weighted_quantile,
    write_references,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("weights", "share", "expected"),
    [
        ([1, 1, 1, 1], 0.25, 1.0),
        ([1, 1, 1, 1], 0.26, 2.0),
        ([1, 1, 1, 5], 0.5, 4.0),
        ([9, 1, 1, 1], 0.5, 1.0),
        ([1, 1, 1, 1], 1.0, 4.0),
    ],
)
def test_a_weighted_quantile_by_hand(weights, share, expected):
    values = np.array([3.0, 1.0, 4.0, 2.0])
    by_value = np.array(weights, np.float64)[[2, 0, 3, 1]]
    assert weighted_quantile(values, by_value, share) == expected


def test_a_large_source_does_not_outvote_a_small_one():
    large = pd.DataFrame({"value": np.zeros(990), "source": "large"})
    small = pd.DataFrame({"value": np.ones(10), "source": "small"})
    assert usual_range(pd.concat([large, small])) == (0.0, 1.0)
    assert usual_range(large) == (0.0, 0.0)


def test_the_auc_of_a_value_that_tells_and_of_one_that_does_not():
    genuine = pd.DataFrame({"value": [1.0, 2.0, 3.0], "source": "a"})
    higher = pd.DataFrame({"value": [4.0, 5.0], "source": "b"})
    assert auc_against(genuine, higher) == 1.0
    assert auc_against(genuine, higher.assign(value=[2.0, 2.0])) == pytest.approx(0.5)
    assert auc_against(genuine, higher.assign(value=[0.0, 0.5])) == 0.0


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight drawn faces: four genuine, two of each manipulated class, on noise."""
    folder = tmp_path_factory.mktemp("faces")
    rng = np.random.default_rng(0)
    rows, meshes = [], []
    for i, klass in enumerate(["real"] * 4 + ["swap"] * 2 + ["synthetic"] * 2):
        image = rng.normal(120, 3, (300, 280, 3)).clip(0, 255).astype(np.uint8)
        mesh = paste_face(image, (140, 140), 110, LOOKS[i % len(LOOKS)])
        path = folder / f"{i}.png"
        cv2.imwrite(str(path), image[..., ::-1])
        rows.append(
            {
                "path": str(path),
                "klass": klass,
                "source": f"s{i % 2}",
                "video": str(i),
                "identity": str(i),
                "x1": 85.0,
                "y1": 80.0,
                "x2": 195.0,
                "y2": 215.0,
                "split": "val",
            }
        )
        meshes.append(mesh)
    path = folder / "m.parquet"
    write_manifest(pd.DataFrame(rows), path)
    np.savez(meshes_path(path), landmarks=np.stack(meshes), score=np.ones(len(rows), np.float32))
    return path


def test_a_manifest_is_measured_fitted_and_written_on_a_card(manifest, tmp_path, monkeypatch):
    monkeypatch.setattr(references, "FACES_MIN", 3)
    readings = read_measurements(manifest, "val")
    assert set(readings["klass"]) == {"real", "swap", "synthetic"}
    fitted = fit_references(readings, from_zero=distances())
    assert {"noise_ratio", "boundary_sharpness", "light_direction"} <= set(fitted)
    noise = fitted["noise_ratio"]
    genuine = readings[(readings["name"] == "noise_ratio") & (readings["klass"] == "real")]
    assert noise["n"] == len(genuine.dropna(subset="value"))
    low, high = noise["reference"]
    assert low <= genuine["value"].median() <= high
    assert noise["error"] > 0
    assert low > 0
    assert fitted["light_direction"]["reference"][0] == 0.0  # a distance: none is never unusual
    assert set(noise["auc"]) == {"swap", "synthetic"}
    folder = build_tiny_bundle(tmp_path)
    before = json.loads((folder / "card.json").read_text("utf-8"))
    write_references(folder, fitted)
    card = load_bundle(folder, Settings()).card
    assert card.measurements["noise_ratio"].reference == (low, high)
    after = json.loads((folder / "card.json").read_text("utf-8"))
    assert {k: v for k, v in after.items() if k != "measurements"} == before


def test_too_few_genuine_faces_give_no_reference(manifest):
    assert fit_references(read_measurements(manifest, "val"), from_zero=()) == {}


def test_an_empty_split_is_refused(manifest):
    with pytest.raises(UsageError, match="no face of split 'test'"):
        read_measurements(manifest, "test")
