"""The wheel: all it needs is in it, nothing of training is, and it runs from where it is put."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from installed import sample

ROOT = Path(__file__).resolve().parents[2]
WHEEL_BYTES_MAX = 60 * 2**20
NEEDED = [
    "unmask/py.typed",
    "unmask/models/networks/SHA256SUMS",
    "unmask/models/networks/centerface.onnx",
    "unmask/models/bundles/default/card.json",
    "unmask/models/bundles/default/model.onnx",
    "unmask/report/schema/report-1.json",
    "unmask/report/fonts/NotoSansKR-Regular.ttf",
    "unmask/samples/README.md",
    "unmask/samples/portrait-genuine.jpg",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built by the project's own build backend without isolation or network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installation(wheel, tmp_path_factory) -> Path:
    """The wheel unpacked where nothing else of this tree is."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.slow
def test_the_wheel_holds_what_a_run_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in NEEDED if name not in names] == []
    texts = [name for name in names if ".dist-info/" in name]
    for name in ("LICENSE", "THIRD_PARTY.md", "CenterFace-MIT.txt", "MediaPipe-Apache-2.0.txt"):
        assert any(text.endswith(name) for text in texts), name
    assert not [name for name in names if name.startswith("tests/")]
    assert wheel.stat().st_size < WHEEL_BYTES_MAX


@pytest.mark.slow
def test_it_runs_without_torch_from_where_it_was_put(installation, tmp_path, tiny):
    script = (
        "import sys, unmask, unmask.cli\n"
        f"assert unmask.__file__.startswith({str(installation)!r}), unmask.__file__\n"
        "code = unmask.cli.main(sys.argv[1:])\n"
        "heavy = {'torch', 'torchvision', 'timm', 'pandas', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)\n"
    )
    photo = sample(".jpg", ".png", ".webp")
    command = [sys.executable, "-c", script, "analyze", "--format", "html,json,pdf", str(photo)]
    environment = os.environ | {
        "PYTHONPATH": str(installation),
        "UNMASK_BUNDLES_DIR": str(tiny.parent),
        "UNMASK_BUNDLE": tiny.name,
    }
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode in {0, 3}, ran.stderr
    suffixes = {path.suffix for path in (tmp_path / "unmask-reports").iterdir()}
    assert suffixes == {".html", ".json", ".pdf"}
