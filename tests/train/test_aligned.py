"""Aligned fakes: our own autoencoders learn, and their sources follow the originals' splits."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest
import torch

from unmask.cli import main
from unmask.data.adapters import ADAPTERS
from unmask.data.manifest import read_manifest, split_of
from unmask.errors import UsageError
from unmask.train.aligned import write_aligned_fakes
from unmask.train.autoencoders import UPSAMPLERS, AutoEncoder, reconstruct, train_autoencoder

pytestmark = pytest.mark.train


def patches(count: int = 32, side: int = 16) -> np.ndarray:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (count, 4, 4, 3), np.uint8)
    return np.stack([cv2.resize(one, (side, side)) for one in small])


@pytest.mark.parametrize("name", list(UPSAMPLERS))
def test_a_trained_autoencoder_gives_the_picture_back(name):
    torch.manual_seed(0)
    image = patches(1)[0]
    before = reconstruct(AutoEncoder(name), image)
    after = reconstruct(train_autoencoder(name, patches(), steps=120, batch=8), image)
    assert after.shape == image.shape

    def error(one: np.ndarray) -> float:
        return float(np.abs(one.astype(float) - image).mean())

    assert error(after) < 0.6 * error(before)


def test_odd_sides_are_cut_to_what_the_strides_allow():
    torch.manual_seed(0)
    assert reconstruct(AutoEncoder("nearest"), np.zeros((37, 50, 3), np.uint8)).shape == (36, 48, 3)


def test_sources_are_written_with_the_identity_of_their_originals(tiny_data, tmp_path):
    folders = write_aligned_fakes(tiny_data, tmp_path, per_source=6, steps=2)
    assert [folder.name for folder in folders] == [f"fake_recon_{n}" for n in UPSAMPLERS]
    known = set(read_manifest(tiny_data).query("klass == 'real'")["identity"])
    pictures = [one for folder in folders for one in ADAPTERS.get("indexed-crops")(folder)]
    assert len(pictures) == 6
    for one in pictures:
        assert one.klass == "synthetic"
        assert one.identity in known
        assert split_of(one.identity, (8, 1, 1), 0) in ("train", "val", "test")
        assert cv2.imread(str(one.path)) is not None
    with (folders[0] / "index.csv").open(encoding="utf-8") as file:
        assert {"x1", "original", "person"} <= set(next(csv.DictReader(file)))


def test_without_genuine_training_pictures_it_says_so(tiny_data, tmp_path):
    table = read_manifest(tiny_data)
    path = tmp_path / "none.parquet"
    table[table["klass"] != "real"].to_parquet(path)
    with pytest.raises(UsageError, match="no genuine training picture"):
        write_aligned_fakes(path, tmp_path)


def test_the_command_writes_the_folders_and_says_what_comes_next(tiny_data, tmp_path, capsys):
    out = tmp_path / "made"
    command = ["data", "aligned", str(tiny_data), "--out", str(out), "--per-source", "3"]
    assert main([*command, "--steps", "1"]) == 0
    said = capsys.readouterr().out
    assert "unmask data scan" in said
    for name in UPSAMPLERS:
        assert (out / f"fake_recon_{name}" / "index.csv").is_file()
