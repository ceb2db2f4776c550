"""Which adapter reads a folder, and what is said where none does."""

from __future__ import annotations

import pytest
from test_adapters_pictures import make

from unmask.data.adapters import ADAPTERS, DataSet, find_data_sets, recognise
from unmask.errors import UsageError

LAYOUTS = {
    "celeb-df": ("Celeb-real/id0_0000.mp4", "Celeb-synthesis/id0_id1_0000.mp4"),
    "deepfake-and-real-images": tuple(
        f"{split}/{klass}/0.jpg"
        for split in ("Train", "Validation", "Test")
        for klass in ("Real", "Fake")
    ),
    "deepfake-faces": ("metadata.csv", "faces_224/a.jpg"),
    "dfdc": ("dfdc_train_part_0/metadata.json", "dfdc_train_part_0/a.mp4"),
    "face-forensics": ("original_sequences/youtube/c23/videos/000.mp4",),
    "folders": ("real/a.jpg", "fake/b.jpg"),
    "indexed-crops": ("index.csv", "images/0.jpg"),
}


def test_every_adapter_has_a_layout_here():
    assert set(ADAPTERS) == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_is_recognised_as_itself(tmp_path, name):
    root = make(tmp_path, *LAYOUTS[name])
    assert recognise(root) == name
    assert find_data_sets(root) == [DataSet(root, name)]
    assert find_data_sets(root, name) == [DataSet(root, name)]


def test_a_folder_of_data_sets_gives_each_of_them_by_name(tmp_path):
    for name, files in LAYOUTS.items():
        make(tmp_path / f"set_{name}", *files)
    make(tmp_path / "other", "readme.txt")
    found = find_data_sets(tmp_path)
    assert [(one.root.name, one.adapter) for one in found] == [
        (f"set_{name}", name) for name in sorted(LAYOUTS)
    ]


def test_metadata_without_videos_does_not_hide_plain_folders(tmp_path):
    assert recognise(make(tmp_path, "metadata.json", "real/a.jpg", "fake/b.jpg")) == "folders"


def test_what_is_not_recognised_is_told_what_was_looked_for(tmp_path):
    make(tmp_path, "stuff/a.jpg")
    with pytest.raises(UsageError) as caught:
        find_data_sets(tmp_path)
    assert all(ADAPTERS.get(name).layout in caught.value.hint for name in ADAPTERS)


@pytest.mark.parametrize(
    ("files", "adapter", "message"),
    [
        (("real/a.jpg", "fake/b.jpg"), "celeb-df", "not laid out as celeb-df"),
        (("real/a.jpg", "fake/b.jpg"), "celebdf", "unknown data-set adapter"),
        ((), None, "there is no folder"),
    ],
)
def test_a_wrong_adapter_or_folder_is_refused(tmp_path, files, adapter, message):
    with pytest.raises(UsageError, match=message):
        find_data_sets(make(tmp_path / "x", *files), adapter)
