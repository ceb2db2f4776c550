"""Splits: nobody on two sides, ratios kept, rows dropped as asked, meshes that follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unmask.data.manifest import meshes_path, read_manifest, read_meshes, write_manifest
from unmask.data.splits import (
    SplitBy,
    SplitPlan,
    groups_of,
    largest_group_share,
    parse_shares,
    split_table,
    write_rows,
)
from unmask.errors import UsageError

pytestmark = pytest.mark.train


def people(count: int = 60, videos: int = 3) -> pd.DataFrame:
    """`count` persons with `videos` videos each; of every video a real picture and two fakes."""
    rows = [
        {
            "path": f"{person}-{video}-{picture}.jpg",
            "klass": ("real", "swap", "synthetic")[picture],
            "source": f"source {person % 2}",
            "video": f"video {person}-{video}",
            "identity": f"person {person}",
            **dict.fromkeys(("x1", "y1"), 0.0),
            **dict.fromkeys(("x2", "y2"), 9.0),
            "split": "train",
        }
        for person in range(count)
        for video in range(videos)
        for picture in range(3)
    ]
    return pd.DataFrame(rows)


def crossing(table: pd.DataFrame, column: str) -> int:
    """How many values of a column lie in more than one split."""
    return int((table.groupby(column)["split"].nunique() > 1).sum())


@pytest.mark.parametrize(
    ("by", "identities_apart", "videos_apart"),
    [
        (SplitBy.IDENTITY, True, True),
        (SplitBy.VIDEO, False, True),
        (SplitBy.RANDOM, False, False),
    ],
)
def test_each_kind_of_split_keeps_apart_what_it_promises(by, identities_apart, videos_apart):
    split = split_table(people(), SplitPlan(by=by))
    assert (crossing(split, "identity") == 0) is identities_apart
    assert (crossing(split, "video") == 0) is videos_apart
    assert split.attrs["split"]["by"] == by


@pytest.mark.parametrize("by", list(SplitBy))
@pytest.mark.parametrize(
    ("ratio", "shares"),
    [
        ((6, 2, 2), (0.6, 0.2, 0.2)),
        ((9, 1, 0), (0.9, 0.1, 0)),
        ((0, 0, 1), (0, 0, 1)),
    ],
)
def test_the_ratio_is_kept_in_every_class(by, ratio, shares):
    split = split_table(people(), SplitPlan(ratio=ratio, by=by))
    for _, part in split.groupby(["source", "klass"]):
        found = [(part["split"] == name).mean() for name in ("train", "val", "test")]
        np.testing.assert_allclose(found, shares, atol=0.06)


def table_of(**columns) -> pd.DataFrame:
    """A table of which only what relates its rows is filled in."""
    count = len(next(iter(columns.values())))
    plain = {name: [f"{name} {row}" for row in range(count)] for name in ("video", "identity")}
    return pd.DataFrame({"source": ["a"] * count, **plain, **columns})


@pytest.mark.parametrize(
    ("columns", "groups"),
    [
        ({"video": ["a", "a", "b", "c"], "identity": ["1", "2", "2", "3"]}, [0, 0, 0, 1]),
        ({"video": ["a", "a"], "source": ["one", "two"]}, [0, 1]),  # names count inside a source
        ({"video": ["", ""], "identity": ["", ""]}, [0, 1]),  # nothing known, nothing shared
        ({"identity": ["x", "y", "x"], "source": ["one", "one", "two"]}, [0, 1, 0]),
        ({"video": ["a", "b"], "sha256": ["f" * 64, "f" * 64]}, [0, 0]),  # one picture, two names
    ],
)
def test_relatives_are_one_group(columns, groups):
    assert groups_of(table_of(**columns), SplitBy.IDENTITY).tolist() == groups


def test_a_split_depends_on_the_seed_alone():
    first, second = (split_table(people(), SplitPlan(seed=3)) for _ in range(2))
    assert first["split"].tolist() == second["split"].tolist()
    other = split_table(people(), SplitPlan(seed=4))
    assert first["split"].tolist() != other["split"].tolist()


@pytest.mark.parametrize(("ratio", "expected"), [((1, 1), 1.0), ((1, 2), 2.0), ((2, 1), 0.5)])
def test_undersampling_gives_the_ratio_in_each_split(ratio, expected):
    split = split_table(people(), SplitPlan(undersample=ratio))
    for _, part in split.groupby("split"):
        real = (part["klass"] == "real").sum()
        assert ((len(part) - real) / real) == pytest.approx(expected, abs=0.1)
        assert real > 0
    if ratio == (1, 2):
        assert len(split) == len(people())  # it was so before: nobody is dropped


def test_undersampling_without_one_kind_is_a_clear_error():
    only_fakes = people().query("klass != 'real'")
    with pytest.raises(UsageError, match="holds 0 real"):
        split_table(only_fakes, SplitPlan(undersample=(1, 1)))


def test_the_limit_is_kept_in_every_class():
    split = split_table(people(), SplitPlan(limit_per_class=25))
    assert split.groupby("klass").size().tolist() == [25, 25, 25]


def test_a_huge_group_is_told():
    assert largest_group_share(people(4), SplitBy.IDENTITY) == pytest.approx(0.25)
    assert largest_group_share(people(4), SplitBy.RANDOM) == pytest.approx(1 / 36)


@pytest.mark.parametrize("text", ["1:2", "a:b:c", "6:2:2:2", "6:-2:2", "6:nan:2", ""])
def test_odd_ratios_are_refused(text):
    with pytest.raises(UsageError, match="expected 3 numbers"):
        parse_shares(text, 3)


@pytest.mark.parametrize(
    "plan", [{"ratio": (0, 0, 0)}, {"undersample": (0, 1)}, {"limit_per_class": 0}]
)
def test_plans_that_cannot_be_are_refused(plan):
    with pytest.raises(UsageError):
        SplitPlan(**plan)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A manifest whose meshes name their rows: every landmark of row n is (n, n)."""
    table = people(20)
    manifest = tmp_path / "all.parquet"
    write_manifest(table, manifest)
    rows = np.arange(len(table), dtype=np.float32)
    marks = np.broadcast_to(rows[:, None, None], (len(table), 478, 2))
    np.savez(meshes_path(manifest), landmarks=marks, score=rows / len(table))
    return manifest


def test_meshes_follow_row_for_row(stored: Path, tmp_path: Path):
    table = read_manifest(stored)
    split = split_table(table, SplitPlan(undersample=(1, 1), limit_per_class=40))
    out = tmp_path / "new" / "split.parquet"
    write_rows(split, stored, out)
    written, (marks, score) = read_manifest(out), read_meshes(out)
    assert 0 < len(written) < len(table)
    numbers = marks[:, 0, 0].astype(int)
    assert written["path"].tolist() == table["path"].iloc[numbers].tolist()
    np.testing.assert_allclose(score, numbers / len(table), rtol=1e-6)
    assert written.attrs["split"]["undersample"] == [1, 1]


def test_a_split_is_written_whole_or_not_at_all(stored: Path, tmp_path: Path):
    split = split_table(read_manifest(stored), SplitPlan())
    out = tmp_path / "split.parquet"
    write_rows(split, stored, out)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    np.savez(meshes_path(stored), landmarks=np.zeros((3, 478, 2)), score=np.zeros(3))
    with pytest.raises(UsageError, match="too few"):
        write_rows(split, stored, out)
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    before["all.meshes.npz"] = left["all.meshes.npz"]
    assert left == before


def test_the_manifest_itself_is_never_overwritten(stored: Path):
    split = split_table(read_manifest(stored), SplitPlan())
    with pytest.raises(UsageError, match="is read"):
        write_rows(split, stored, stored)
