"""Adapters of data sets of pictures, on empty files in the real layouts: adapters open none."""

from __future__ import annotations

from pathlib import Path

import pytest

from unmask.data.adapters import ADAPTERS
from unmask.data.adapters.base import SPLITS, Picture
from unmask.errors import UsageError


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def listed(adapter: str, root: Path) -> dict[str, Picture]:
    """The pictures by their path below the root."""
    return {p.path.relative_to(root).as_posix(): p for p in ADAPTERS.get(adapter)(root)}


@pytest.mark.parametrize("top", ["", "Dataset/"])
def test_deepfake_and_real_images_keeps_its_official_splits(tmp_path, top):
    folders = [f"{s}/{k}" for s in ("Train", "Validation", "Test") for k in ("Real", "Fake")]
    names = [f"{top}{folder}/{folder[-4:].lower()}_0.jpg" for folder in folders]
    found = listed("deepfake-and-real-images", make(tmp_path, *names, f"{top}readme.txt"))
    assert {name: (p.klass, p.splits) for name, p in found.items()} == {
        f"{top}Train/Real/real_0.jpg": ("real", ("train",)),
        f"{top}Train/Fake/fake_0.jpg": ("swap", ("train",)),
        f"{top}Validation/Real/real_0.jpg": ("real", ("val",)),
        f"{top}Validation/Fake/fake_0.jpg": ("swap", ("val",)),
        f"{top}Test/Real/real_0.jpg": ("real", ("test",)),
        f"{top}Test/Fake/fake_0.jpg": ("swap", ("test",)),
    }
    assert {p.source for p in found.values()} == {"deepfake_and_real_images"}
    assert len({p.identity for p in found.values()}) == 6  # real_0 of two splits are two people
    assert {p.box_xyxy for p in found.values()} == {None}


def test_folders_take_pictures_and_videos_of_any_depth_and_no_others(tmp_path):
    root = make(
        tmp_path / "mine",
        "Real/a/one.JPG",
        "Real/.hidden/two.jpg",
        "Real/notes.txt",
        "fake/clip.MP4",
        "synthetic/x.webp",
    )
    found = listed("folders", root)
    assert {name: p.klass for name, p in found.items()} == {
        "Real/a/one.JPG": "real",
        "fake/clip.MP4": "swap",
        "synthetic/x.webp": "synthetic",
    }
    assert {p.source for p in found.values()} == {"mine"}
    assert {p.splits for p in found.values()} == {SPLITS}


def test_folders_below_split_folders_stay_in_their_split(tmp_path):
    root = make(
        tmp_path, "train/real/a.png", "train/fake/b.png", "valid/real/a.png", "valid/fake/c"
    )
    found = listed("folders", root)
    assert {name: p.splits for name, p in found.items()} == {
        "train/real/a.png": ("train",),
        "train/fake/b.png": ("train",),
        "valid/real/a.png": ("val",),
    }


def test_deepfake_faces_puts_a_fake_beside_its_original(tmp_path):
    root = make(tmp_path, "faces_224/aa.jpg", "faces_224/bb.jpg", "faces_224/cc.jpg")
    (root / "metadata.csv").write_text(
        "videoname,original_width,original_height,label,original\n"
        "aa.mp4,1920,1080,REAL,\nbb.mp4,1920,1080,FAKE,aa.mp4\ncc.mp4,1920,1080,FAKE,zz.mp4\n"
        "gone.mp4,1920,1080,REAL,\n"
    )
    (root / "groups.csv").write_text("videoname,group,identity\ncc.mp4,zz,7\n")
    found = listed("deepfake-faces", root)
    assert {name: (p.klass, p.video, p.identity) for name, p in found.items()} == {
        "faces_224/aa.jpg": ("real", "aa", "aa"),
        "faces_224/bb.jpg": ("swap", "aa", "aa"),
        "faces_224/cc.jpg": ("swap", "zz", "7"),
    }


@pytest.mark.parametrize(
    ("folder", "klass", "original", "identity"),
    [
        ("real_x", "real", "p.jpg", "real_x/p.jpg"),
        ("fake_x", "synthetic", "p.jpg", "fake_x/p.jpg"),
        ("fake_ciplab", "swap", "mid_12_0110.jpg", "fake_ciplab/12"),
    ],
)
def test_indexed_crops_tell_class_and_relatives(tmp_path, folder, klass, original, identity):
    root = make(tmp_path / folder, "images/0.jpg")
    (root / "index.csv").write_text(f"file,x1,y1,x2,y2,original\n0.jpg,1,2,3,4,{original}\n")
    (picture,) = ADAPTERS.get("indexed-crops")(root)
    assert (picture.klass, picture.identity) == (klass, identity)
    assert picture.box_xyxy == (1.0, 2.0, 3.0, 4.0)


def test_indexed_crops_want_a_name_that_tells_the_class(tmp_path):
    with pytest.raises(UsageError, match="neither real_NAME nor fake_NAME"):
        list(ADAPTERS.get("indexed-crops")(make(tmp_path / "crops", "index.csv")))
