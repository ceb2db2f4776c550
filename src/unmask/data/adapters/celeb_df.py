"""Celeb-DF v1 and v2 (Li et al., CVPR 2020, arXiv:1909.12962).

    Celeb-real/idA_N.mp4            video N of celebrity A
    YouTube-real/N.mp4              other people, one video each
    Celeb-synthesis/idA_idB_N.mp4   video N of A with the face of B
    List_of_testing_videos.txt      lines "LABEL FOLDER/NAME.mp4"; here 1 is REAL and 0 is fake

The test list is official. It names videos, not people: celebrities of the test set are in the rest
too. So what it names goes to "test", and everything else is split by celebrity into the other two.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unmask.data.adapters.base import SPLITS, VIDEO_SUFFIXES, Picture, adapter, child, media_below
from unmask.errors import UsageError

TEST_LIST = "List_of_testing_videos.txt"
REAL, YOUTUBE, FAKE = "Celeb-real", "YouTube-real", "Celeb-synthesis"
SOURCES = {REAL: "celeb_df_real", YOUTUBE: "celeb_df_youtube", FAKE: "celeb_df_synthesis"}
LABELS = {REAL: "1", YOUTUBE: "1", FAKE: "0"}


@adapter(
    "celeb-df",
    layout=f"{REAL}/ and {FAKE}/ (and {YOUTUBE}/, {TEST_LIST})",
    recognises=lambda root: child(root, REAL) is not None and child(root, FAKE) is not None,
)
def celeb_df(root: Path) -> Iterator[Picture]:
    """Every video of the three folders."""
    tested = _test_list(root / TEST_LIST)
    rest = tuple(split for split in SPLITS if split != "test") if tested else SPLITS
    for name, source in SOURCES.items():
        folder = child(root, name)
        for path in media_below(folder, VIDEO_SUFFIXES) if folder else ():
            identity, video = _relations(name, path.stem)
            is_tested = (name.lower(), path.name) in tested
            yield Picture(
                path,
                "swap" if name == FAKE else "real",
                source,
                f"celeb_df/{video}",
                f"celeb_df/{identity}",
                None,
                ("test",) if is_tested else rest,
            )


def _relations(folder: str, stem: str) -> tuple[str, str]:
    """(identity, original video) from a file's name; id3_id4_0007 was made from id3_0007."""
    parts = stem.split("_")
    if folder == YOUTUBE:
        return f"youtube_{stem}", f"youtube_{stem}"
    if folder == FAKE and len(parts) == 3:
        return parts[0], f"{parts[0]}_{parts[2]}"
    return parts[0], stem


def _test_list(path: Path) -> set[tuple[str, str]]:
    """(folder in lower case, file name) of the test videos; UsageError where a label is odd."""
    if not path.is_file():
        return set()
    tested = set()
    folders = {name.lower(): name for name in SOURCES}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        label, _, called = line.strip().partition(" ")
        folder, _, name = called.strip().rpartition("/")
        known = folders.get(folder.lower())
        if known is None or label != LABELS[known]:
            raise UsageError(
                f"{path.name}, line {number}: {line.strip()!r} is not a line of Celeb-DF",
                "take the list as published: '1' before real videos, '0' before fakes",
            )
        tested.add((known.lower(), name))
    return tested
