"""From decoded frames to an `Observation`: the one entry of this package.

A picture: detector cascade, then each face is read. A clip: detection on the first frame of each
burst, the mesh follows the faces through the rest of it, and trails become tracks (`track.py`).
Whatever is left out is noted in `Observation.skipped`.
"""

from __future__ import annotations

from collections.abc import Sequence

from unmask.faces.detect import FaceDetector
from unmask.faces.follow import Follower
from unmask.faces.read_face import FacePen
from unmask.faces.track import Trail, track_id
from unmask.settings import Settings
from unmask.types import FaceTrack, Frame, MediaInfo, Observation, Skipped

GHOST_SCORE = 0.7  # in a clip, a single detection below this is no person


class FaceReader:
    """Finds, reads and follows the faces of one file after another; networks open when needed."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._detector = FaceDetector(self._settings.face_width_min_px)
        self._pen = FacePen()

    def follower(self) -> Follower:
        """A new one, for frames that arrive one after another."""
        return Follower(self._detector, self._pen, self._settings)

    def observe(
        self,
        media: MediaInfo,
        frames: Sequence[Frame],
        cuts_s: Sequence[float] = (),
        skipped: Sequence[Skipped] = (),
        *,
        damaged: bool = False,
    ) -> Observation:
        """Everything seen in the frames: tracks A, B, ... left to right by first appearance."""
        follower = self.follower()
        trails = follower.follow(frames, cuts_s)
        kept, ghosts = _without_ghosts(trails, len(frames))
        kept.sort(key=_first_seen)
        return Observation(
            media=media,
            frames=tuple(frames),
            tracks=tuple(FaceTrack(track_id(n), tuple(t.faces)) for n, t in enumerate(kept)),
            skipped=(*skipped, *follower.skipped(), *ghosts),
            cuts_s=tuple(cuts_s),
            damaged=damaged,
        )


def _without_ghosts(trails: list[Trail], frames: int) -> tuple[list[Trail], list[Skipped]]:
    """Trails without those of a single weak detection in a clip, and a note of those."""
    if frames < 2:
        return trails, []
    kept = [t for t in trails if len(t.faces) > 1 or t.faces[0].score >= GHOST_SCORE]
    ghosts = len(trails) - len(kept)
    reason = "one weak detection in one frame of the clip"
    return kept, [Skipped("faces", reason, ghosts)] if ghosts else []


def _first_seen(trail: Trail) -> tuple[int, float, float]:
    """Sort key: first frame, then left to right, then top to bottom."""
    face = trail.faces[0]
    x1, y1, x2, y2 = (float(v) for v in face.box_xyxy)
    return face.frame_index, x1 + x2, y1 + y2
