"""Adapters of data sets of videos, on empty files in the real layouts: adapters open none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_adapters_pictures import listed, make

from unmask.data.adapters import ADAPTERS
from unmask.data.adapters.base import SPLITS
from unmask.errors import UsageError

CELEB = (
    "Celeb-real/id0_0000.mp4",
    "Celeb-real/id1_0003.mp4",
    "Celeb-synthesis/id0_id1_0000.mp4",
    "Celeb-synthesis/id1_id0_0003.mp4",
    "YouTube-real/00170.mp4",
)


def test_celeb_df_reads_people_and_originals_from_the_names(tmp_path):
    found = listed("celeb-df", make(tmp_path, *CELEB))
    assert {name: (p.klass, p.source, p.video, p.identity) for name, p in found.items()} == {
        CELEB[0]: ("real", "celeb_df_real", "celeb_df/id0_0000", "celeb_df/id0"),
        CELEB[1]: ("real", "celeb_df_real", "celeb_df/id1_0003", "celeb_df/id1"),
        CELEB[2]: ("swap", "celeb_df_synthesis", "celeb_df/id0_0000", "celeb_df/id0"),
        CELEB[3]: ("swap", "celeb_df_synthesis", "celeb_df/id1_0003", "celeb_df/id1"),
        CELEB[4]: ("real", "celeb_df_youtube", *("celeb_df/youtube_00170",) * 2),
    }
    assert {p.splits for p in found.values()} == {SPLITS}  # no list, nothing official


def test_celeb_df_keeps_its_test_list_whose_ones_are_real(tmp_path):
    make(tmp_path, *CELEB)
    (tmp_path / "List_of_testing_videos.txt").write_text(
        "1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n\n"
    )
    found = listed("celeb-df", tmp_path)
    assert {name for name, p in found.items() if p.splits == ("test",)} == {CELEB[2], CELEB[4]}
    assert {p.splits for p in found.values()} == {("test",), ("train", "val")}


@pytest.mark.parametrize("line", ["0 YouTube-real/00170.mp4", "1 Celeb-synthesis/a.mp4", "1 x.mp4"])
def test_celeb_df_refuses_a_list_of_the_other_convention(tmp_path, line):
    make(tmp_path, *CELEB)
    (tmp_path / "List_of_testing_videos.txt").write_text(f"1 Celeb-real/id0_0000.mp4\n{line}\n")
    with pytest.raises(UsageError, match="line 2"):
        list(ADAPTERS.get("celeb-df")(tmp_path))


@pytest.mark.parametrize("part", ["dfdc_train_part_3", "dfdc_train_part_03/dfdc_train_part_3", ""])
def test_dfdc_puts_a_fake_beside_its_original(tmp_path, part):
    folder = make(tmp_path / part, "real.mp4", "fake.mp4", "held.mp4")
    entries = {
        "fake.mp4": {"label": "FAKE", "split": "train", "original": "real.mp4"},
        "held.mp4": {"label": "REAL", "split": "test"},
        "real.mp4": {"label": "REAL", "split": "train", "original": None},
    }
    (folder / "metadata.json").write_text(json.dumps(entries))
    found = {p.path.name: p for p in ADAPTERS.get("dfdc")(tmp_path)}
    assert {name: (p.klass, p.video, p.identity, p.splits) for name, p in found.items()} == {
        "fake.mp4": ("swap", "real", "real", SPLITS),
        "held.mp4": ("real", "held", "held", ("test",)),
        "real.mp4": ("real", "real", "real", SPLITS),
    }


def test_dfdc_reads_its_parts_in_order_and_people_from_groups(tmp_path):
    for part, name in (("dfdc_train_part_10", "b.mp4"), ("dfdc_train_part_9", "a.mp4")):
        make(tmp_path / part, name)
        (tmp_path / part / "metadata.json").write_text(json.dumps({name: {"label": "REAL"}}))
    (tmp_path / "groups.csv").write_text("videoname,group,identity\na.mp4,a,5\nb.mp4,b,5\n")
    found = list(ADAPTERS.get("dfdc")(tmp_path))
    assert [p.path.name for p in found] == ["a.mp4", "b.mp4"]
    assert {p.identity for p in found} == {"5"}


@pytest.mark.parametrize("text", ["{", "[1]", '{"a.mp4": {"label": "maybe"}}'])
def test_dfdc_refuses_metadata_that_is_not_its_own(tmp_path, text):
    (make(tmp_path, "a.mp4") / "metadata.json").write_text(text)
    with pytest.raises(UsageError, match=r"metadata\.json"):
        list(ADAPTERS.get("dfdc")(tmp_path))


FF = (
    "original_sequences/youtube/c23/videos/000.mp4",
    "original_sequences/youtube/c40/videos/000.mp4",
    "original_sequences/youtube/c23/videos/003.mp4",
    "original_sequences/actors/raw/videos/01__kitchen_pan.mp4",
    "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4",
    "manipulated_sequences/NeuralTextures/c40/videos/003_000.mp4",
    "manipulated_sequences/DeepFakeDetection/raw/videos/01_02__kitchen_pan__YVGY8LOK.mp4",
    "manipulated_sequences/Deepfakes/c23/masks/videos/000_003.mp4",
)


def ff_splits(root: Path, place: str, **pairs: list[list[str]]) -> None:
    for split in SPLITS:
        path = root / place / f"{split}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(pairs.get(split, [])))


@pytest.mark.parametrize("place", ["splits", "dataset/splits", ""])
def test_face_forensics_keeps_its_official_splits(tmp_path, place):
    make(tmp_path, *FF)
    ff_splits(tmp_path, place, val=[["000", "003"]])
    found = listed("face-forensics", tmp_path)
    pair, actor = ("ff/000+003", ("val",)), ("ff/actor_01", SPLITS)
    told = {name: (p.klass, p.source, p.video, p.identity, p.splits) for name, p in found.items()}
    assert told == {
        FF[0]: ("real", "ff_youtube_c23", "ff/000", *pair),
        FF[1]: ("real", "ff_youtube_c40", "ff/000", *pair),
        FF[2]: ("real", "ff_youtube_c23", "ff/003", *pair),
        FF[3]: ("real", "ff_actors_raw", "ff/01__kitchen_pan", *actor),
        FF[4]: ("swap", "ff_Deepfakes_c23", "ff/000", *pair),
        FF[5]: ("swap", "ff_NeuralTextures_c40", "ff/003", *pair),
        FF[6]: ("swap", "ff_DeepFakeDetection_raw", "ff/01__kitchen_pan", *actor),
    }


def test_face_forensics_without_split_files_keeps_a_pair_together(tmp_path):
    found = listed("face-forensics", make(tmp_path, *FF, FF[0].replace("000", "500")))
    named = {name: p.identity for name, p in found.items() if "youtube" in name}
    assert set(named.values()) == {"ff/000+003", "ff/500"}
    assert {p.splits for p in found.values()} == {SPLITS}


def test_face_forensics_refuses_a_video_in_two_splits(tmp_path):
    make(tmp_path, *FF)
    ff_splits(tmp_path, "splits", train=[["000", "003"]], test=[["000", "500"]])
    with pytest.raises(UsageError, match="000 stands twice"):
        list(ADAPTERS.get("face-forensics")(tmp_path))
