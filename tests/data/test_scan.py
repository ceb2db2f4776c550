"""A scan: whole pictures and clips become crops, rows and meshes, also after a kill -9."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_data import scene, write_picture, write_video
from drawn_face import draw_face

from unmask.data.adapters import ADAPTERS, find_data_sets
from unmask.data.crop_journal import JOURNAL, CropJournal
from unmask.data.face_crops import Crop, Cut
from unmask.data.manifest import (
    COLUMNS,
    FILE_COLUMNS,
    PLACE_COLUMNS,
    build_manifest,
    read_manifest,
    read_meshes,
    split_of,
)
from unmask.data.scan import ScanPlan, crops_path, scan, skipped_path
from unmask.errors import UsageError

pytestmark = pytest.mark.train
SUPPORT = Path(__file__).parents[1] / "support"


@dataclass
class Watcher:
    """Counts what a scan reports."""

    stages: dict[str, int] = field(default_factory=dict)
    done: int = 0

    def stage(self, name: str, total: int) -> None:
        self.stages[name] = total

    def advance(self) -> None:
        self.done += 1


def plan(root: Path, out: Path, **options) -> ScanPlan:
    return ScanPlan(tuple(find_data_sets(root)), out, frames=3, **options)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Genuine: a wide picture, a clip of two people. Fake: a picture that is a crop already."""
    root = tmp_path_factory.mktemp("drawn") / "set"
    write_picture(root / "real/wide.png", scene((0, 140)))
    write_video(root / "real/two.mp4", 0, 1)
    write_picture(root / "fake/crop.jpg", draw_face()[0], quality=80)
    write_picture(root / "fake/wall.png", scene())
    write_picture(root / "fake/far.png", scene((1, 40), side=60))
    broken = write_picture(root / "fake/half.jpg", scene((0, 140)))
    broken.write_bytes(broken.read_bytes()[:6000])
    (root / "fake/text.jpg").write_text("no picture")
    return root


@pytest.fixture(scope="module")
def scanned(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "m.parquet"
    watcher = Watcher()
    result = scan(plan(data, out), watcher)
    assert watcher.stages == {"cutting": 7, "measuring": len(result.table)}
    assert watcher.done == 7 + len(result.table)
    return out, result


def test_the_manifest_has_its_columns_and_a_mesh_for_each_row(scanned):
    out, result = scanned
    table = read_manifest(out)
    pd.testing.assert_frame_equal(table, result.table, check_dtype=False)
    assert tuple(table.columns) == (*COLUMNS, *PLACE_COLUMNS, *FILE_COLUMNS)
    landmarks, score = read_meshes(out)
    assert landmarks.shape == (len(table), 478, 2)
    assert (score > 0.5).all()
    boxes = table[["x1", "y1", "x2", "y2"]].to_numpy()
    noses = landmarks[:, 1]
    assert ((noses > boxes[:, :2]) & (noses < boxes[:, 2:])).all()


def test_a_clip_gives_every_person_up_to_the_frames_asked_for(scanned, data):
    table = scanned[1].table
    clip = table[table["original"] == str(data / "real/two.mp4")]
    assert clip.groupby("track").size().to_dict() == {"A": 3, "B": 3}
    assert clip["frame_index"].nunique() == 3
    np.testing.assert_allclose(clip["time_s"], clip["frame_index"].astype(float) / 25, atol=1e-6)
    assert set(clip["video"]) == {"real/two.mp4"}


def test_a_crop_is_a_wide_square_of_the_picture_with_its_face_inside(scanned, data):
    table = scanned[1].table
    (row,) = table[table["original"] == str(data / "real/wide.png")].to_dict("records")
    crop, whole = cv2.imread(row["path"]), cv2.imread(row["original"])
    side = crop.shape[0]
    assert crop.shape == (side, side, 3)
    face = max(row["x2"] - row["x1"], row["y2"] - row["y1"])
    assert side == pytest.approx(1.9 * face, abs=1)
    assert min(row["x1"], row["y1"]) > 0
    assert max(row["x2"], row["y2"]) < side
    found = cv2.matchTemplate(whole, crop, cv2.TM_CCOEFF_NORMED)
    assert found.max() > 0.99
    assert pd.isna(row["frame_index"])


def test_a_picture_that_is_a_crop_is_listed_as_it_is_with_its_own_facts(scanned, data):
    table = scanned[1].table
    path = data / "fake/crop.jpg"
    (row,) = table[table["path"] == str(path)].to_dict("records")
    assert row["original"] == ""
    assert (row["width_px"], row["height_px"]) == (384, 384)
    assert row["bytes"] == path.stat().st_size
    assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row["jpeg_table"] != ""
    assert row["jpeg_table"] not in set(table.loc[table["original"] != "", "jpeg_table"])


def test_what_cannot_be_used_is_counted_and_listed_with_its_reason(scanned, data):
    out, result = scanned
    with skipped_path(out).open(newline="") as file:
        listed = {Path(row["path"]).name: row["reason"] for row in csv.DictReader(file)}
    assert listed == {
        "wall.png": "no_face",
        "far.png": "face_too_small",
        "half.jpg": "truncated",
        "text.jpg": "unsupported_type",
    }
    assert result.reasons() == dict.fromkeys(listed.values(), 1)
    assert not any(
        Path(p).name in listed for p in [*result.table["path"], *result.table["original"]]
    )


def test_a_second_run_reads_nothing_again_and_says_the_same(scanned, data):
    out, first = scanned
    again = scan(plan(data, out), Watcher())
    assert (again.files_cut, again.files_resumed) == (0, 7)
    pd.testing.assert_frame_equal(again.table, first.table)
    assert again.left_out == first.left_out


@pytest.fixture
def journalled(tmp_path) -> tuple[Path, list[Path]]:
    """A folder of crops whose journal has three files, each with one crop."""
    folder, paths = tmp_path / "m.crops", [tmp_path / f"{n}.mp4" for n in range(3)]
    with CropJournal(folder, {"frames": 3}) as journal:
        for path in paths:
            path.write_bytes(b"video")
            (folder / f"{path.stem}.jpg").touch()
            journal.add(path, cut_of(path))
    return folder, paths


def cut_of(path: Path) -> Cut:
    return Cut((Crop(f"{path.stem}.jpg", (1.0, 2.0, 3.0, 4.0), 5, 0.2, "A"),))


def found_in(folder: Path, paths: list[Path], frames: int = 3) -> list[Cut | None]:
    with CropJournal(folder, {"frames": frames}) as journal:
        return [journal.find(path) for path in paths]


def test_the_journal_gives_back_what_was_done(journalled):
    folder, paths = journalled
    assert found_in(folder, paths) == [cut_of(path) for path in paths]
    assert found_in(folder, [folder / "new.mp4"]) == [None]


def test_changed_files_lost_crops_and_other_settings_count_as_not_done(journalled):
    folder, paths = journalled
    paths[0].write_bytes(b"another video")
    (folder / "1.jpg").unlink()
    assert found_in(folder, paths) == [None, None, cut_of(paths[2])]
    assert found_in(folder, paths, frames=4) == [None, None, None]


def test_half_a_line_is_cut_off_and_the_next_one_is_whole_again(journalled):
    folder, paths = journalled
    whole = (folder / JOURNAL).read_bytes()
    (folder / JOURNAL).write_bytes(whole[:-20])
    with CropJournal(folder, {"frames": 3}) as journal:
        assert journal.find(paths[2]) is None
        journal.add(paths[2], cut_of(paths[2]))
    assert (folder / JOURNAL).read_bytes() == whole


KILLED = """
import os, signal, sys
from pathlib import Path
from unmask.data.adapters import find_data_sets
from unmask.data.scan import ScanPlan, scan

class Watcher:
    done = 0
    def stage(self, name, total): pass
    def advance(self):
        self.done += 1
        if self.done == 2:
            os.kill(os.getpid(), signal.SIGKILL)

root, out = map(Path, sys.argv[1:])
scan(ScanPlan(tuple(find_data_sets(root)), out, frames=3), Watcher())
"""


def test_a_killed_scan_goes_on_where_it_stopped_with_the_same_result(data, scanned, tmp_path):
    out = tmp_path / "m.parquet"
    killed = subprocess.run([sys.executable, "-c", KILLED, data, out], check=False, timeout=120)
    assert killed.returncode == -9
    assert not out.exists()
    again = scan(plan(data, out), Watcher())
    assert (again.files_cut, again.files_resumed) == (5, 2)
    moved = again.table.assign(path=again.table["path"].str.replace(str(crops_path(out)), ""))
    crops = str(crops_path(scanned[0]))
    unbroken = scanned[1].table.assign(path=scanned[1].table["path"].str.replace(crops, ""))
    pd.testing.assert_frame_equal(moved, unbroken)


def test_two_scans_do_not_write_into_one_folder(tmp_path):
    with (
        CropJournal(tmp_path, {"frames": 3}),
        pytest.raises(UsageError, match="another scan"),
        CropJournal(tmp_path, {"frames": 3}),
    ):
        pytest.fail("two scans hold the same folder")


@pytest.mark.slow
def test_worker_processes_give_the_same_rows(data, scanned, tmp_path):
    out = tmp_path / "m.parquet"
    table = scan(plan(data, out, workers=2), Watcher()).table
    facts = [name for name in table.columns if name != "path"]
    pd.testing.assert_frame_equal(table[facts], scanned[1].table[facts])


def test_workers_end_when_their_parent_is_killed(tmp_path):
    (tmp_path / "job.py").write_text(
        textwrap.dedent("""
        import os, signal, time
        from pathlib import Path
        def work(folder):
            (Path(folder) / f"pid-{os.getpid()}").touch()
            while len(list(Path(folder).glob("pid-*"))) < 2:
                time.sleep(0.01)
        if __name__ == "__main__":
            from unmask.data.pool import map_in_processes
            here = str(Path(__file__).parent)
            for _ in map_in_processes(work, [here, here, here], workers=2):
                os.kill(os.getpid(), signal.SIGKILL)
        """)
    )
    subprocess.run([sys.executable, tmp_path / "job.py"], check=False, timeout=60)
    pids = [int(path.name[4:]) for path in tmp_path.glob("pid-*")]
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie that nobody has waited for."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_a_scan_without_a_usable_picture_is_an_error_that_names_the_list(tmp_path):
    root = tmp_path / "set"
    write_picture(root / "real/wall.png", scene())
    write_picture(root / "fake/wall.png", scene())
    with pytest.raises(UsageError, match="none can be used") as caught:
        scan(plan(root, tmp_path / "m.parquet"), Watcher())
    assert "m.skipped.csv" in caught.value.hint


def test_whole_pictures_are_no_rows_before_their_faces_are_found(data):
    with pytest.raises(UsageError, match="nobody has looked for the face"):
        build_manifest(ADAPTERS.get("folders")(data))


@pytest.mark.parametrize("splits", [("train",), ("test",), ("train", "val"), ("val", "test")])
def test_official_splits_bind_and_the_rest_keeps_the_ratio(splits):
    ratio = (6.0, 2.0, 2.0)
    people = [f"person {n}" for n in range(3000)]
    given = [split_of(person, ratio, 0, splits) for person in people]
    assert set(given) == set(splits)
    whole = {"train": 6, "val": 2, "test": 2}
    total = sum(whole[split] for split in splits)
    for split in splits:
        assert given.count(split) / len(given) == pytest.approx(whole[split] / total, abs=0.03)
