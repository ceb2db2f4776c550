"""The whole measurement of a bundle's maps on drawn faces, and its tables."""

from __future__ import annotations

import json

import pytest

from unmask.errors import UsageError
from unmask.evaluate.explanation import markdown, measure_explanation
from unmask.evaluate.map_truth import KINDS, pseudo_fakes, read_edits
from unmask.evaluate.progress import Progress
from unmask.evaluate.targets import collect

pytestmark = pytest.mark.train


class Counted(Progress):
    def __init__(self):
        self.total = self.done = 0

    def begin(self, what, total):
        self.total += total

    def step(self, name):
        self.done += 1


@pytest.fixture
def with_edits(drawn_manifest):
    index = drawn_manifest.parent / "fake_drawn" / "index.csv"
    index.write_text("file,edited_parts,difficulty\n0.png,mouth,easy\n1.png,nose+mouth,hard\n")
    return collect([drawn_manifest])


def test_a_model_that_looks_at_red_points_at_the_red_mouth(with_edits, tiny):
    progress = Counted()
    found = measure_explanation(tiny, with_edits, faces=3, seed=0, progress=progress)
    assert progress.done == progress.total > 0
    assert found["pseudo_fakes"]["n"] + found["pseudo_fakes"]["left_out"] == 3
    parts = found["edited_parts"]
    assert parts["n"] == 2
    assert set(parts["methods"]["cam"]) == {"all", "detected", "easy", "hard"}
    cam = parts["methods"]["cam"]["all"]
    assert 0 < cam["area"] < cam["area_in_face"] < 1
    assert cam["mass"] > cam["area"]
    removal = found["removal"]["methods"]["cam"]
    assert removal["deletion"] < removal["random_deletion"]
    stages = found["randomised"]["stages"]
    assert set(stages) == {"head", "upper half", "all"}
    json.dumps(found, allow_nan=False)
    text = markdown(found)
    assert text.count("\n## ") + 1 == len(found["tables"]) == 4
    assert "| cam | easy | 1 |" in text


def test_the_same_seed_makes_the_same_pseudo_fakes(with_edits):
    one, two = (list(pseudo_fakes(with_edits, 3, seed=5)) for _ in range(2))
    assert [fake.kind for fake in one] == list(KINDS)
    for a, b in zip(one, two, strict=True):
        assert (a.image_rgb == b.image_rgb).all()
        assert (a.mask == b.mask).all()
        assert 0 < a.mask.max() < 1.001


def test_an_index_without_edited_parts_is_no_truth(with_edits, drawn_manifest):
    index = drawn_manifest.parent / "fake_drawn" / "index.csv"
    assert len(read_edits(with_edits)) == 2
    index.write_text("file,x1\n0.png,3\n")
    assert read_edits(with_edits) == {}


def test_faces_without_meshes_cannot_be_explained(scenes, tiny):
    with pytest.raises(UsageError, match="meshes"):
        measure_explanation(tiny, collect([scenes(1, 1)]), faces=2, seed=0, progress=Progress())
