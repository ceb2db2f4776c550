"""Labelled drawn faces and a model that calls red skin a swap."""

from __future__ import annotations

import pytest
from drawn_scenes import SETTINGS, write_manifest_of_scenes, write_scenes
from tiny_bundle import build_tiny_bundle

from unmask.models.bundle import load_bundle


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """The folder of a bundle that hears red as "swap"; no limits on sharpness or light."""
    limits = {"sharpness_min": 0.0, "exposure": [0.0, 1.0]}
    return build_tiny_bundle(tmp_path_factory.mktemp("bundles"), limits_of_use=limits)


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    return load_bundle(tiny_folder, SETTINGS)


@pytest.fixture
def scenes(tmp_path):
    return lambda real, fake: write_scenes(tmp_path / "set", real, fake)


@pytest.fixture
def drawn_manifest(tmp_path):
    return write_manifest_of_scenes(tmp_path / "data")
