"""From data sets on disk to one manifest: list, cut, measure, split, write.

Stands behind `unmask data scan`. Data sets whose pictures have face boxes are listed as they are;
whole pictures and videos go through `face_crops.py` first. What cannot be used is left out, counted
and listed with its reason in `NAME.skipped.csv`. A scan that was killed goes on where it stopped.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from unmask.data.adapters import ADAPTERS, DataSet, Picture
from unmask.data.crop_run import CropRun
from unmask.data.face_crops import Cut
from unmask.data.manifest import (
    FILE_COLUMNS,
    build_manifest,
    write_manifest,
    write_meshes,
)
from unmask.data.meshes import Measured, measure_all
from unmask.errors import UsageError
from unmask.media.text import clean_name


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What to scan, and how.

    ratio    shares of train, val, test where the data set's authors say nothing
    frames   faces taken from each person of a video
    """

    data_sets: tuple[DataSet, ...]
    out: Path
    ratio: tuple[float, float, float] = (6.0, 2.0, 2.0)
    seed: int = 0
    frames: int = 8
    workers: int = 1

    def __post_init__(self) -> None:
        if min(self.ratio) < 0 or not sum(self.ratio) > 0:
            raise UsageError(f"expected shares >= 0, got {self.ratio}", "for instance 6:2:2")
        if self.out.suffix != ".parquet":
            raise UsageError(
                f"expected a manifest named *.parquet, got {self.out.name}", "change --out"
            )


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was left out: one of `Reason` or `ErrorKind`, and a sentence."""

    path: Path
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """The manifest that was written, what was left out, and how many files were already cut."""

    table: pd.DataFrame
    left_out: tuple[Left, ...]
    files_cut: int
    files_resumed: int

    def reasons(self) -> dict[str, int]:
        """How many files were left out for which reason, the most frequent first."""
        return dict(Counter(left.reason for left in self.left_out).most_common())


class Watcher(Protocol):
    """Hears how a scan goes on: stages are "cutting" and "measuring"."""

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` files begins."""

    def advance(self) -> None:
        """One more file of the stage is done."""


def crops_path(manifest: Path) -> Path:
    """The folder of the crops that belong to a manifest."""
    return manifest.with_suffix(".crops")


def skipped_path(manifest: Path) -> Path:
    """The list of what was left out of a manifest."""
    return manifest.with_suffix(".skipped.csv")


def scan(plan: ScanPlan, watcher: Watcher) -> Scanned:
    """Scan the data sets and write the manifest with its meshes; UsageError where nothing is left.

    Both are replaced only when everything is measured.
    """
    plan = replace(plan, out=plan.out.absolute())
    listed = [
        replace(picture, path=picture.path.absolute())
        for data_set in plan.data_sets
        for picture in ADAPTERS.get(data_set.adapter)(data_set.root)
    ]
    pictures, left_out, files_cut, files_resumed = _cut_all(listed, plan, watcher)
    watcher.stage("measuring", len(pictures))
    jobs = [(picture.path, picture.box_xyxy or (0.0, 0.0, 0.0, 0.0)) for picture in pictures]
    measured = measure_all(jobs, workers=plan.workers, on_done=watcher.advance)
    used: list[tuple[Picture, Measured]] = []
    for picture, found in zip(pictures, measured, strict=True):
        if found.facts is None:
            left_out.append(Left(picture.path, found.reason, found.detail))
        else:
            used.append((picture, found))
    _write_left_out(left_out, skipped_path(plan.out))
    table = _write(used, plan, len(listed))
    return Scanned(table, tuple(left_out), files_cut, files_resumed)


def _write(used: Sequence[tuple[Picture, Measured]], plan: ScanPlan, listed: int) -> pd.DataFrame:
    if not used:
        raise UsageError(
            f"of {listed} files none can be used", f"the reasons stand in {skipped_path(plan.out)}"
        )
    table = build_manifest([picture for picture, _ in used], ratio=plan.ratio, seed=plan.seed)
    facts = [asdict(found.facts) for _, found in used if found.facts is not None]
    for name in FILE_COLUMNS:
        table[name] = [fact[name] for fact in facts]
    landmarks = np.stack([found.landmarks_px for _, found in used]).astype(np.float32)
    plan.out.unlink(missing_ok=True)  # there is a manifest only while its own meshes are there
    write_meshes(plan.out, landmarks, np.array([found.score for _, found in used], np.float32))
    write_manifest(table, plan.out)
    return table


def _cut_all(
    listed: Sequence[Picture], plan: ScanPlan, watcher: Watcher
) -> tuple[list[Picture], list[Left], int, int]:
    """The pictures with a face box each, in the order of the list; and what was left out."""
    whole = [picture.path for picture in listed if picture.box_xyxy is None]
    if not whole:
        return list(listed), [], 0, 0
    folder = crops_path(plan.out)
    watcher.stage("cutting", len(whole))
    run = CropRun(folder, plan.frames, plan.workers)
    cuts, resumed = run.cut_all(whole, watcher.advance)
    pictures: list[Picture] = []
    left_out: list[Left] = []
    for picture in listed:
        if picture.box_xyxy is not None:
            pictures.append(picture)
            continue
        cut = cuts[picture.path]
        pictures += _faces(picture, cut, folder)
        if not cut.crops:
            left_out.append(Left(picture.path, cut.reason, cut.detail))
    return pictures, left_out, len(cuts) - resumed, resumed


def _faces(picture: Picture, cut: Cut, folder: Path) -> Iterator[Picture]:
    for crop in cut.crops:
        yield replace(
            picture,
            path=folder / crop.file if crop.file else picture.path,
            box_xyxy=crop.box_xyxy,
            original=picture.path if crop.file else None,
            frame_index=crop.frame_index,
            time_s=crop.time_s,
            track=crop.track,
        )


def _write_left_out(left_out: Sequence[Left], path: Path) -> None:
    """The list as CSV; no file where nothing was left out."""
    path.unlink(missing_ok=True)
    if not left_out:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "reason", "detail"))
        for left in left_out:
            writer.writerow((str(left.path), left.reason, _cell(left.detail)))


def _cell(text: str) -> str:
    """A sentence that holds a stranger's file name, as a cell that no spreadsheet computes."""
    cleaned = clean_name(text) if text else ""
    return f"'{cleaned}" if cleaned.startswith(("=", "+", "-", "@")) else cleaned
