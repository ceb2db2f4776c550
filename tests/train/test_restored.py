"""Restored faces: networks of four times the side, sources that follow their originals' splits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.data.adapters import ADAPTERS
from unmask.data.manifest import read_manifest
from unmask.errors import UsageError
from unmask.train.restored import RestorePlan, Restorer, read_plan, write_restored_faces

pytestmark = pytest.mark.train
PLAN = Path(__file__).parents[2] / "configs" / "restored.toml"
# Four times the side by nearest neighbours: a network without weights.
NETWORK = "7767517\n2 2\nInput in 0 1 data\nInterp up 1 1 data output 0=1 1=4.0 2=4.0\n"


@pytest.fixture
def networks(tmp_path):
    folder = tmp_path / "networks"
    folder.mkdir()
    (folder / "nearest.param").write_text(NETWORK)
    (folder / "nearest.bin").write_bytes(b"")
    return folder


def test_a_network_gives_four_times_the_side_in_the_same_colours(networks):
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    large = Restorer(networks / "nearest").enlarge(image)
    np.testing.assert_array_equal(large, image.repeat(4, 0).repeat(4, 1))


@pytest.fixture
def plan(tiny_data):
    sources = read_manifest(tiny_data).query("klass == 'real'")["source"].unique()
    return RestorePlan(3, {str(sources[0]): 4}, {"nearest": 1.0})


def test_a_source_has_the_people_and_boxes_of_its_originals(tiny_data, networks, plan, tmp_path):
    write_restored_faces(tiny_data, plan, networks, tmp_path / "a")
    write_restored_faces(tiny_data, plan, networks, tmp_path / "b")
    (folder,) = (tmp_path / "a").iterdir()
    assert folder.name.startswith("fake_restored_")
    known = read_manifest(tiny_data).set_index("identity")
    pictures = list(ADAPTERS.get("indexed-crops")(folder))
    assert len(pictures) == 4
    for one in pictures:
        assert one.klass == "synthetic"
        original = known.loc[[one.identity]].iloc[0]
        scale = cv2.imread(str(one.path)).shape[0] / cv2.imread(str(original["path"])).shape[0]
        assert one.box_xyxy == pytest.approx(
            tuple(scale * original[key] for key in ("x1", "y1", "x2", "y2")), abs=1
        )
        assert (
            one.path.read_bytes()
            == (tmp_path / "b" / folder.name / "images" / one.path.name).read_bytes()
        )


def test_what_is_missing_is_said(tiny_data, networks, plan, tmp_path):
    with pytest.raises(UsageError, match=r"is no network: .*other\.param"):
        write_restored_faces(tiny_data, replace(plan, networks={"other": 1.0}), networks, tmp_path)
    with pytest.raises(UsageError, match="no genuine 'real_none'"):
        write_restored_faces(tiny_data, replace(plan, sources={"real_none": 1}), networks, tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "seed = 1\n[sources]\n[networks]\n", "seed = 1\n[sources]\n[networks]\na = 0.5\n"],
)
def test_a_plan_that_does_not_fit_is_refused(text, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match="is no plan"):
        read_plan(path)


def test_the_plan_in_configs_is_one():
    assert sum(read_plan(PLAN).networks.values()) == pytest.approx(1)
