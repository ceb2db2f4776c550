"""Errors of face tracks against known truth, counted as in CLEAR MOT.

Tracks + boxes of the truth by frame -> [here] -> counts. In every frame faces and people are
matched by overlap (Hungarian method); a switch is a person whose track is another than at the
person's last match (Bernardin & Stiefelhagen, 2008). Beside it stands what spoils a verdict: tracks
that hold faces of more than one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from unmask.faces.boxes import overlap_matrix
from unmask.types import FaceTrack, FloatArray

OVERLAP_MIN = 0.3  # intersection over union, from which a face of a track is that person


@dataclass(frozen=True, slots=True)
class TrackCounts:
    """What went right and wrong in one clip.

    faces, found    faces to be seen in the frames looked at, and those that a track holds
    strangers       faces of tracks that are nobody's
    switches        matches to another track than the person's last one of the same shot
    mixed           tracks that hold faces of more than one person
    over_cut        tracks that go on over a cut
    tracks, people  how many there are; people are counted in every shot anew
    """

    faces: int
    found: int
    strangers: int
    switches: int
    mixed: int
    over_cut: int
    tracks: int
    people: int

    def __add__(self, other: TrackCounts) -> TrackCounts:
        names = self.__slots__
        return TrackCounts(*(getattr(self, name) + getattr(other, name) for name in names))


def count_errors(
    tracks: Sequence[FaceTrack],
    frames: Sequence[int],
    boxes_xyxy: FloatArray,
    visible: npt.NDArray[np.bool_],
    cut_frames: Sequence[int] = (),
) -> TrackCounts:
    """Compare tracks with the truth in the frames that were looked at.

    frames      numbers of the frames looked at; boxes_xyxy (T, N, 4) and visible (T, N) by frame of
                the file; cut_frames the first frame of every shot but the first
    """
    by_frame = {frame: _faces_of(tracks, frame) for frame in frames}
    last: dict[tuple[int, int], int] = {}  # (shot, person) -> track
    owners: dict[int, set[int]] = {}
    faces = found = strangers = switches = 0
    for frame in frames:
        shot = sum(frame >= cut for cut in cut_frames)
        here = by_frame[frame]
        matched = _match([box for _, box in here], boxes_xyxy[frame])
        faces += int(visible[frame].sum())
        strangers += len(here) - len(matched)
        for place, person in matched.items():
            track = here[place][0]
            owners.setdefault(track, set()).add(person)
            found += int(visible[frame, person])
            switches += last.get((shot, person), track) != track
            last[(shot, person)] = track
    return TrackCounts(
        faces=faces,
        found=found,
        strangers=strangers,
        switches=switches,
        mixed=sum(len(people) > 1 for people in owners.values()),
        over_cut=sum(_crosses(track, cut_frames) for track in tracks),
        tracks=len(tracks),
        people=boxes_xyxy.shape[1] * (len(cut_frames) + 1),
    )


def _faces_of(tracks: Sequence[FaceTrack], frame: int) -> list[tuple[int, FloatArray]]:
    return [
        (number, face.box_xyxy)
        for number, track in enumerate(tracks)
        for face in track.faces
        if face.frame_index == frame
    ]


def _match(boxes: Sequence[FloatArray], truth: FloatArray) -> dict[int, int]:
    """{place of a face: person}, each at most once, overlapping enough."""
    if not boxes:
        return {}
    overlap = overlap_matrix(np.stack(boxes), truth)
    rows, columns = linear_sum_assignment(-overlap)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if overlap[row, column] >= OVERLAP_MIN}


def _crosses(track: FaceTrack, cut_frames: Sequence[int]) -> bool:
    numbers = [face.frame_index for face in track.faces]
    return any(min(numbers) < cut <= max(numbers) for cut in cut_frames)
