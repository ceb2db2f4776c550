"""Lists of clips with their truth per person: made ones, and those of a scanned manifest.

A folder with `truth.json` (`scripts/make_clips.py`, `scripts/make_scenes.py`) knows where each
person is and who is swapped; a manifest of `unmask data scan` knows it of whole videos, so that
every person of a video is what the video is. Behind it stands `train/clip_readings.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unmask.data.manifest import SPLITS, read_manifest
from unmask.errors import UsageError
from unmask.types import FloatArray

TRUTH = "truth.json"
OVERLAP_MIN = 0.3  # intersection over union, from which a track is that person
AGAIN = "name a folder with truth.json, or a manifest of videos from `unmask data scan`"


@dataclass(frozen=True, slots=True, eq=False)
class ClipPerson:
    """The truth about one person of a clip.

    kind        of manipulation ("flicker", "swap"), "" where genuine
    boxes_xyxy  (T, 4) by frame of the file, px, or None where nobody knows
    """

    identity: str
    source: str
    swapped: bool
    kind: str
    boxes_xyxy: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A video, the side of the split it is on, and its people (one stands for all without boxes).

    data    name of the list it comes from
    """

    path: Path
    data: str
    split: str
    people: tuple[ClipPerson, ...]

    def person_of(self, boxes_xyxy: FloatArray, frames: Sequence[int]) -> ClipPerson | None:
        """Who a track is, by its (T, 4) boxes and their frames of the file; None for nobody."""
        if self.people and self.people[0].boxes_xyxy is None:
            return self.people[0]
        overlaps = [_overlap(person, boxes_xyxy, frames) for person in self.people]
        best = int(np.argmax(overlaps)) if overlaps else 0
        return self.people[best] if overlaps and overlaps[best] >= OVERLAP_MIN else None


def read_clips(source: Path) -> list[Clip]:
    """The clips of a folder with `truth.json` or of a manifest; UsageError where there are none."""
    clips = _made(source) if source.is_dir() else _scanned(source)
    if not clips:
        raise UsageError(f"{source} lists no clip", AGAIN)
    return clips


def _made(folder: Path) -> list[Clip]:
    path = folder / TRUTH
    try:
        listed = json.loads(path.read_text("utf-8"))
        return [_made_clip(folder, one) for one in listed]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", AGAIN) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no truth of clips: {error}", AGAIN) from error


def _made_clip(folder: Path, one: dict[str, Any]) -> Clip:
    people = tuple(
        ClipPerson(
            person["identity"],
            person["source"],
            bool(person["swapped"]),
            person["kind"] or "",
            np.asarray(person["boxes_xyxy"], np.float32).reshape(-1, 4),
        )
        for person in one["people"]
    )
    if one["split"] not in SPLITS:
        raise ValueError(f"expected a split of {SPLITS}, got {one['split']!r}")
    return Clip(folder / one["file"], folder.name, one["split"], people)


def _scanned(manifest: Path) -> list[Clip]:
    """One clip per video of the manifest: its crops say who and what it is."""
    table = read_manifest(manifest)
    if "original" not in table.columns:
        return []
    videos = table[(table["original"] != "") & table["time_s"].notna()]
    clips = []
    for path, rows in videos.groupby("original", sort=True):
        first = rows.iloc[0]
        kind = "" if first["klass"] == "real" else str(first["klass"])
        person = ClipPerson(str(first["identity"]), str(first["source"]), kind != "", kind)
        clips.append(Clip(Path(str(path)), manifest.stem, str(first["split"]), (person,)))
    return clips


def _overlap(person: ClipPerson, boxes_xyxy: FloatArray, frames: Sequence[int]) -> float:
    """Mean intersection over union of a track with a person, over the frames both are in."""
    truth = person.boxes_xyxy
    if truth is None:
        return 0.0
    pairs = [(truth[f], box) for f, box in zip(frames, boxes_xyxy, strict=True) if f < len(truth)]
    if not pairs:
        return 0.0
    a, b = (np.stack(side) for side in zip(*pairs, strict=True))
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    return float((shared / np.maximum(areas - shared, 1e-6)).mean())
