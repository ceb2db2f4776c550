"""Follows every face through the frames of a file: what `reader.py` turns into tracks.

The first frame of each burst is searched (every fourth burst, and the first after a cut, for small
faces too), its faces are matched with the live trails, and through the rest of the burst the mesh
of each face is fitted where it was. A face that is lost is looked for near its last place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np

from unmask.faces.appearance import describe
from unmask.faces.boxes import overlap_matrix
from unmask.faces.detect import CLEAR, FaceDetector
from unmask.faces.detection import Detection
from unmask.faces.read_face import FacePen
from unmask.faces.track import Trail, crowded, match
from unmask.settings import Settings
from unmask.types import UNREAD_FACES, Face, Frame, Skipped

BURST_GAP_S = 0.15  # frames closer than this belong to one burst
BURST_FRAMES_MAX = 8  # a longer run of neighbours is searched again
THOROUGH_EVERY = 4  # bursts between two searches for small faces
CUT_TOLERANCE_S = 1e-3  # cut times are rounded
SAME_PLACE = 0.5  # overlap of two trails that follow one face
CONFIRM_INSIDE = 0.8  # share of a mesh in the picture that confirms a weak detection
WEAK_REASON = "weak detection that no face mesh confirms"


class Follower:
    """Grows the trails of one file; make a new one for the next."""

    def __init__(self, detector: FaceDetector, pen: FacePen, settings: Settings) -> None:
        self._detector = detector
        self._pen = pen
        self._faces_max = settings.faces_max
        self._trails: list[Trail] = []
        self._live: list[Trail] = []
        self._left_out: Counter[str] = Counter()
        self._before: Frame | None = None
        self._burst = self._length = 0  # bursts of this shot, frames of this burst

    def follow(self, frames: Sequence[Frame], cuts_s: Sequence[float]) -> list[Trail]:
        """The trails of all faces; a cut ends every one of them."""
        if len(frames) == 1:  # a picture: nobody to follow, so nobody's look is taken
            self._trails = [Trail([face]) for face in self._read(frames[0], thorough=True)]
            return self._trails
        shot = -1
        for frame in frames:
            now = bisect_right(cuts_s, frame.time_s + CUT_TOLERANCE_S)
            self.advance(frame, new_shot=now != shot)
            shot = now
        return self._trails

    def advance(self, frame: Frame, *, new_shot: bool) -> list[Trail]:
        """Follow the faces into the next frame of a clip; all trails so far."""
        before = None if new_shot else self._before
        if new_shot:
            self._burst, self._live = 0, []
        near = before is not None and frame.time_s - before.time_s <= BURST_GAP_S
        if before is not None and near and self._length < BURST_FRAMES_MAX:
            self._step(frame, before)
            self._length += 1
        else:
            self._search(frame, thorough=self._burst % THOROUGH_EVERY == 0)
            self._burst, self._length = self._burst + 1, 1
        self._before = frame
        return self._trails

    def skipped(self) -> list[Skipped]:
        """What was left out while following, and why."""
        return [
            Skipped("faces" if why == WEAK_REASON else UNREAD_FACES, why, count)
            for why, count in sorted(self._left_out.items())
        ]

    def _step(self, frame: Frame, before: Frame) -> None:
        """Follow the faces of the frame before by their meshes."""
        placed: list[Face] = []
        for trail in self._live:
            if trail.last.frame_index != before.index:
                continue
            face = self._pen.from_mesh(frame, trail.last) or self._find_again(frame, trail.last)
            if face is not None and not _taken(face, placed):
                trail.add(face)
                placed.append(face)

    def _search(self, frame: Frame, *, thorough: bool) -> None:
        """Detect, read and match the faces of a frame."""
        faces = self._read(frame, thorough=thorough)
        looks = [describe(frame.image_rgb, f.landmarks_px, f.box_xyxy) for f in faces]
        matched = match(self._live, faces, looks)
        lost = [t for n, t in enumerate(self._live) if n not in matched.values()]
        for number, (face, look) in enumerate(zip(faces, looks, strict=True)):
            if number in matched:
                self._live[matched[number]].add(face, None if crowded(face, faces) else look)
            else:
                trail = Trail()
                trail.add(face, look)
                self._trails.append(trail)
        for trail in lost:
            again = self._find_again(frame, trail.last)
            if again is not None and not _taken(again, faces):
                look = describe(frame.image_rgb, again.landmarks_px, again.box_xyxy)
                if match([trail], [again], [look]):
                    trail.add(again, look)
                    faces.append(again)
        self._live = [
            t for t in self._trails if t in self._live or t.last.frame_index == frame.index
        ]

    def _read(self, frame: Frame, *, thorough: bool) -> list[Face]:
        """The faces of one frame, the largest `faces_max` of them."""
        found = self._detector.find(frame.image_rgb, quick=not thorough)
        found.sort(key=lambda d: -d.width_px)
        over = len(found) - self._faces_max
        if over > 0:
            why = f"more than {self._faces_max} faces in a frame, the largest were read"
            self._left_out[why] += over
        faces = [self._pen.from_detection(frame, d) for d in found[: self._faces_max]]
        sure = [f for f in faces if f.score >= CLEAR or _confirmed(f, frame)]
        if len(sure) < len(faces):
            self._left_out[WEAK_REASON] += len(faces) - len(sure)
        return sure

    def _find_again(self, frame: Frame, last: Face) -> Face | None:
        """The face that is now where this one was, at most one face width away."""
        found = self._detector.find_near(frame.image_rgb, last.box_xyxy)
        if not found:
            return None
        nearest = min(found, key=lambda d: _distance(d, last))
        if nearest.score < CLEAR or _distance(nearest, last) > last.width_px:
            return None
        return self._pen.from_detection(frame, nearest)


def _distance(found: Detection, face: Face) -> float:
    """Between the centres of the two boxes, px."""
    apart = (found.box_xyxy[:2] + found.box_xyxy[2:] - face.box_xyxy[:2] - face.box_xyxy[2:]) / 2
    return float(np.hypot(*apart))


def _confirmed(face: Face, frame: Frame) -> bool:
    """True where a mesh was fitted, nearly all of it inside the picture."""
    if face.landmarks_px is None:
        return False
    height, width = frame.image_rgb.shape[:2]
    inside = (face.landmarks_px >= 0) & (face.landmarks_px < (width, height))
    return float(inside.all(axis=1).mean()) >= CONFIRM_INSIDE


def _taken(face: Face, others: list[Face]) -> bool:
    """True where another face of the same frame is already there."""
    if not others:
        return False
    boxes = np.stack([f.box_xyxy for f in others])
    return bool(overlap_matrix(face.box_xyxy[None], boxes).max() > SAME_PLACE)
