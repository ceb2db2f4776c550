"""Facts of pictures, and leaks planted between the parts of a manifest."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_data import write_picture
from planted_data import drawn_picture, planted_manifest

from unmask.data.duplicates import NEAR_BITS, find_leaks, label_conflicts, near_pairs
from unmask.data.file_facts import file_facts
from unmask.data.manifest import read_manifest
from unmask.data.picture_facts import FACT_COLUMNS, gather_facts, perceptual_hash
from unmask.data.splits import SplitBy, SplitPlan, split_table

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Path:
    return planted_manifest(tmp_path_factory.mktemp("planted"), count=15)


def counts(table: pd.DataFrame) -> dict[str, int]:
    return {leak.kind: leak.count for leak in find_leaks(table, gather_facts(table))}


def copied(table: pd.DataFrame, row: int, split: str, **changes) -> pd.DataFrame:
    """The table with a row once more, in another split."""
    again = {**table.iloc[row].to_dict(), "split": split, **changes}
    return pd.concat([table, pd.DataFrame([again])], ignore_index=True)


NOBODY = {"video": "v", "identity": "i"}


def test_a_clean_manifest_has_no_leak(manifest):
    assert counts(read_manifest(manifest)) == dict.fromkeys(
        ("identity", "video", "file", "pixels", "near"), 0
    )


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"video": "v"}, {"identity": 1, "video": 0}),
        ({"identity": "i"}, {"identity": 0, "video": 1}),
        (NOBODY, {"identity": 0, "video": 0}),
        ({"identity": "i", "source": "other"}, {"video": 0}),  # a name counts inside its source
    ],
)
def test_a_planted_relative_is_found(manifest, changes, found):
    table = copied(read_manifest(manifest), 0, "test", **changes)
    assert counts(table).items() >= {**found, "file": 1, "pixels": 1, "near": 1}.items()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda image: image, {"file": 0, "pixels": 1, "near": 1}),  # in another container
        (lambda image: cv2.resize(image, (70, 70)), {"file": 0, "pixels": 0, "near": 1}),
        (lambda image: cv2.convertScaleAbs(image, alpha=0.8), {"pixels": 0, "near": 1}),
        (lambda image: np.ascontiguousarray(image[:, ::-1]), {"pixels": 0, "near": 0}),
    ],
    ids=["png", "smaller", "darker", "mirrored"],
)
def test_a_copy_under_another_name_is_found(manifest, tmp_path, change, found):
    table = read_manifest(manifest)
    decoded = cv2.imread(table["path"][0], cv2.IMREAD_COLOR_RGB)
    path = write_picture(tmp_path / "copy.png", change(decoded))
    assert counts(copied(table, 0, "val", path=str(path), **NOBODY)).items() >= found.items()


def test_inside_a_split_nothing_leaks(manifest):
    table = read_manifest(manifest)
    assert set(counts(copied(table, 0, table["split"][0])).values()) == {0}


def test_a_random_split_of_relatives_leaks_and_one_by_identity_does_not(manifest):
    table = read_manifest(manifest)
    table = pd.concat([table, table, table], ignore_index=True)
    for by, leaks in ((SplitBy.RANDOM, True), (SplitBy.IDENTITY, False)):
        found = counts(split_table(table, SplitPlan(by=by)).reset_index(drop=True))
        assert [found[kind] > 0 for kind in ("identity", "video", "file")] == [leaks] * 3


def test_one_picture_with_two_labels_is_told(manifest):
    table = read_manifest(manifest)
    table = copied(table, 0, table["split"][0], klass="synthetic")
    conflict = label_conflicts(table, gather_facts(table)["pixels_sha256"])
    assert conflict.count == 1
    assert conflict.shown[0]["klasses"] == ["real", "fake"]


def test_near_pairs_are_those_of_comparing_all_with_all():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 400).astype(np.uint64) << np.uint64(1)
    flips = [sum(1 << int(bit) for bit in rng.choice(64, n % 9, replace=False)) for n in range(90)]
    hashes[:90] = hashes[100:190] ^ np.array(flips, np.uint64)
    hashes[300:330] = hashes[100]
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None])
    for bits in (0, 3, 6, 7):
        left, right, found = near_pairs(hashes, bits)
        expected = set(zip(*np.nonzero(np.triu(distance <= bits, 1)), strict=True))
        assert len(expected) > bits * 8
        assert set(zip(left, right, strict=True)) == expected
        assert len(left) == len(expected)
        assert (distance[left, right] == found).all()


def test_more_bits_than_the_search_covers_are_refused():
    with pytest.raises(ValueError, match="0 to 7"):
        near_pairs(np.zeros(2, np.uint64), 8)


def test_the_perceptual_hash_holds_through_compression_and_tells_pictures_apart(tmp_path):
    rng = np.random.default_rng(1)
    patches = rng.integers(0, 255, (12, 9, 9, 3)).astype(np.uint8)
    pictures = [cv2.resize(one, (120, 96), interpolation=cv2.INTER_CUBIC) for one in patches]
    hashes = [perceptual_hash(picture) for picture in pictures]
    assert all(value.bit_count() == 32 for value in hashes)
    for index, picture in enumerate(pictures):
        path = write_picture(tmp_path / f"{index}.jpg", picture, quality=40)
        again = perceptual_hash(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB))
        assert (again ^ hashes[index]).bit_count() <= NEAR_BITS
        assert all((again ^ other).bit_count() > NEAR_BITS
                   for place, other in enumerate(hashes) if place != index)  # fmt: skip


def test_what_cannot_be_read_is_a_row_without_facts(manifest, tmp_path):
    table = read_manifest(manifest).head(3)
    (tmp_path / "text.jpg").write_text("no picture")
    table["path"] = [table["path"][0], str(tmp_path / "gone.jpg"), str(tmp_path / "text.jpg")]
    facts = gather_facts(table)
    assert tuple(facts.columns) == FACT_COLUMNS
    assert facts["readable"].tolist() == [True, False, False]
    assert facts["sha256"].isna().tolist() == [False, True, True]
    image = cv2.imread(table["path"][0], cv2.IMREAD_COLOR_RGB)
    assert int(facts["phash"][0]) == perceptual_hash(image)  # all 64 bits, no float between


def test_worker_processes_give_the_same_facts(manifest):
    table = read_manifest(manifest).head(5)
    done = []
    facts = gather_facts(table, workers=2, on_done=lambda: done.append(1))
    pd.testing.assert_frame_equal(facts, gather_facts(table))
    assert len(done) == 5


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [((".jpg", 90), (".jpg", 90), True), ((".jpg", 90), (".jpg", 80), False)],
)
def test_the_jpeg_table_names_the_quality(tmp_path, first, second, same):
    tables = []
    for index, (suffix, quality) in enumerate((first, second)):
        path = write_picture(tmp_path / f"{index}{suffix}", drawn_picture(index), quality=quality)
        tables.append(file_facts(path.read_bytes()).jpeg_table)
    assert all(tables)
    assert (tables[0] == tables[1]) is same
    png = write_picture(tmp_path / "a.png", drawn_picture(0))
    assert file_facts(png.read_bytes()).jpeg_table == ""
    assert file_facts(b"no picture") is None
