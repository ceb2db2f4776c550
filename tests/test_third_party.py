"""THIRD_PARTY.md names every shipped network, font and sample with the sha256 it really has."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "unmask"
PAGE = (ROOT / "THIRD_PARTY.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|$", PAGE, re.MULTILINE))
SHIPPED = [
    *sorted((PACKAGE / "models" / "networks").glob("*.onnx")),
    *sorted((PACKAGE / "report" / "fonts").glob("*.ttf")),
    *sorted((PACKAGE / "report" / "fonts").glob("*.woff2")),
    *sorted(p for p in (PACKAGE / "samples").glob("*") if p.suffix in {".jpg", ".png", ".mp4"}),
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_has_a_row_with_its_hash(path):
    assert ROWS[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_row_is_left_over_and_there_is_something_of_each_kind():
    assert {path.name for path in SHIPPED} == ROWS.keys()
    assert {path.suffix for path in SHIPPED} >= {".onnx", ".ttf", ".jpg", ".mp4"}


def test_everything_large_in_the_package_is_accounted_for():
    """A binary that nobody listed cannot slip in: bundles stand on their own cards."""
    known = {path.resolve() for path in SHIPPED}
    binary = [
        path
        for path in PACKAGE.rglob("*")
        if path.is_file()
        and path.stat().st_size > 100_000
        and "__pycache__" not in path.parts
        and "bundles" not in path.parts
    ]
    assert {path.resolve() for path in binary} <= known


@pytest.mark.parametrize(
    "mention",
    [
        "scripts/make_networks.py",
        "scripts/make_fonts.py",
        "scripts/make_samples.py",
        "docs/TRAINING.md",
        "src/unmask/samples/README.md",
    ],
)
def test_what_the_page_points_at_is_there(mention):
    assert mention in PAGE
    assert (ROOT / mention).is_file()


def test_every_licence_text_is_there():
    names = {path.name for path in (ROOT / "licences").iterdir()}
    assert {name.split("-")[0] for name in names} == {
        "CenterFace",
        "EfficientNet",
        "MediaPipe",
        "MoveNet",
        "Noto",
        "openpeople",
    }
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
