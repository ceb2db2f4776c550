"""The samples that ship: whole, small, truly described; their script notices changes."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

SAMPLES = Path(__file__).parents[2] / "src" / "unmask" / "samples"
SCRIPT = Path(__file__).parents[2] / "scripts" / "make_samples.py"
SUMS = dict(line.split()[::-1] for line in (SAMPLES / "SHA256SUMS").read_text("ascii").splitlines())
BYTES_MAX = 4_000_000


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_samples", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_samples"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["make_samples"]


def first_frame(name):
    with av.open(str(SAMPLES / name)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def overlap(one, two):
    low, high = np.maximum(one[:2], two[:2]), np.minimum(one[2:], two[2:])
    shared = np.prod(np.clip(high - low, 0, None))
    areas = [np.prod(box[2:] - box[:2]) for box in (one, two)]
    return shared / (sum(areas) - shared)


@pytest.mark.parametrize("name", SUMS)
def test_samples_are_those_that_were_published(name):
    assert hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_sample_is_listed_described_and_small(truth):
    shipped = {p.name for p in SAMPLES.iterdir() if p.suffix in {".jpg", ".mp4", ".png"}}
    assert shipped == set(SUMS) == set(truth)
    assert sum(p.stat().st_size for p in SAMPLES.iterdir()) <= BYTES_MAX
    readme = (SAMPLES / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in readme for name in shipped)


def test_there_is_what_a_demo_needs(truth):
    wide = {name for name, t in truth.items() if t["width_px"] > t["height_px"]}
    clips = {name for name, t in truth.items() if t["seconds"] > 0}
    assert wide
    assert set(truth) - wide
    assert len(clips) >= 2
    assert any(len(t["people"]) >= 3 for t in truth.values())
    for name, t in truth.items():
        genuine = not any(p["swapped"] or p["synthetic"] for p in t["people"])
        assert genuine == ("genuine" in name)


@pytest.mark.parametrize("name", SUMS)
def test_size_and_faces_are_as_described(name, truth, face_mesh):
    image, told = first_frame(name), truth[name]
    assert image.shape == (told["height_px"], told["width_px"], 3)
    for who in told["people"]:
        box = np.array(who["box_xyxy"], np.float32)
        fit = face_mesh.fit(image, box)
        assert fit.score > 0.5
        mesh = fit.landmarks_px[:468]
        found = np.concatenate([mesh.min(axis=0), mesh.max(axis=0)])
        assert overlap(found, box) > 0.75


@pytest.mark.parametrize("name", [n for n in SUMS if n.endswith(".mp4")])
def test_clips_are_whole(name, truth):
    with av.open(str(SAMPLES / name)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert not container.streams.audio
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
    assert len(frames) == round(truth[name]["seconds"] * 25)
    steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)]
    assert 0.2 < np.median(steps) < 5  # it moves, and without cuts
    assert max(steps) < 10


@pytest.mark.parametrize(
    ("genuine", "swapped"),
    [
        ("portrait-genuine.jpg", "portrait-swapped.jpg"),
        ("talking-genuine.mp4", "talking-swapped.mp4"),
    ],
)
def test_the_swapped_differs_from_the_genuine_on_the_face_alone(genuine, swapped, truth):
    one, two = first_frame(genuine), first_frame(swapped)
    left, top, right, bottom = (round(v) for v in truth[swapped]["people"][0]["box_xyxy"])
    difference = np.abs(one.astype(int) - two).mean(axis=2)
    middle = difference[top + 20 : bottom - 20, left + 20 : right - 20].mean()
    away = difference.copy()
    away[top - 16 : bottom + 16, left - 16 : right + 16] = 0
    assert middle > 8
    assert away.mean() < 1


def test_the_script_compares_bytes_then_pixels(script, tmp_path, capsys):
    shutil.copytree(SAMPLES, tmp_path / "made")
    assert script.compare(tmp_path / "made", SAMPLES)
    assert capsys.readouterr().out.count("same bytes") == len(SUMS)
    portrait = tmp_path / "made" / "portrait-genuine.jpg"
    image = cv2.imread(str(portrait))
    cv2.imwrite(str(portrait), image, [cv2.IMWRITE_JPEG_QUALITY, 97])
    assert script.compare(tmp_path / "made", SAMPLES)
    assert "portrait-genuine.jpg: decoded" in capsys.readouterr().out
    cv2.imwrite(str(portrait), 255 - image)
    assert not script.compare(tmp_path / "made", SAMPLES)
    cv2.imwrite(str(portrait), image[:-10])
    assert not script.compare(tmp_path / "made", SAMPLES)


def test_the_script_refuses_other_material(script, tmp_path):
    (tmp_path / "scikit_image").mkdir()
    with zipfile.ZipFile(tmp_path / "scikit_image" / "wrong.whl", "w") as wheel:
        wheel.writestr("skimage/data/astronaut.png", b"something else")
    with pytest.raises(SystemExit, match="expected 88431cd9"):
        script.fetch(tmp_path)
