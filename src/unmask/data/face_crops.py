"""Whole pictures and videos to wide face crops, through the code that analyses files.

Stands between the adapters and the manifest: `media.sandbox.Decoder` and `faces.reader.FaceReader`
find and follow the faces as they do for a report, so that what is trained on was found as what is
judged. A crop is a square of up to `WIDE` times the face box that never leaves the frame. A JPEG
picture that is hardly larger than that square is listed as it is, because saving it again would
change its traces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np

from unmask.data.adapters.base import Box
from unmask.errors import ErrorKind, UsageError
from unmask.faces.reader import FaceReader
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings
from unmask.types import Face, FaceTrack, Frame, MediaKind, Reason

WIDE = 1.9  # the widest crop that training cuts, as `data.draws.CONTEXT`
ALREADY_A_CROP = 1.25  # a picture up to this many times the wide square is listed as it is
FACE_WIDTH_MIN_PX = 40.0  # narrower faces hold no more than the coarsest degradation leaves
JPEG = (
    cv2.IMWRITE_JPEG_QUALITY,
    95,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)


@dataclass(frozen=True, slots=True)
class Crop:
    """One face: the file it is in, its box there, and where in the video it was.

    file     name inside the folder of crops; "" where the picture itself is listed
    track    A, B, ... as a report names people
    frame_index, time_s   None in a picture
    """

    file: str
    box_xyxy: Box
    frame_index: int | None
    time_s: float | None
    track: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for the journal."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Crop:
        """The crop that `as_dict` gave; TypeError or KeyError for anything else."""
        return cls(**{**data, "box_xyxy": tuple(data["box_xyxy"])})


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of a file: its crops, or why there are none.

    reason   "" or one of `Reason` or `ErrorKind`; `detail` says it in a sentence
    """

    crops: tuple[Crop, ...] = ()
    reason: str = ""
    detail: str = ""


class FaceCutter:
    """Cuts the faces out of one file after another; a context manager.

    frames   faces taken from each person of a video, spread over its length
    """

    def __init__(self, frames: int, *, threads: int = 1) -> None:
        # Bursts serve motion; a data set gains nothing from neighbours that look alike.
        self._settings = Settings(frames=frames, burst_frames=1, threads=threads)
        self._decoder = Decoder(self._settings)
        self._reader = FaceReader(self._settings)

    def cut(self, path: Path, folder: Path, name: str) -> Cut:
        """The faces of a file, written to `folder` as `NAME_TRACK_FRAME.jpg`.

        RefusedError or LimitError where the file cannot be read, UsageError (kind `disk`) where the
        crops cannot be written.
        """
        with open_source(path, self._settings) as source:
            decoded = self._decoder.decode(source)
            format_name = source.format
        seen = self._reader.observe(
            decoded.media, decoded.frames, decoded.cuts_s, damaged=decoded.damaged
        )
        if not seen.tracks:
            return Cut(reason=str(Reason.NO_FACE))
        is_still = seen.media.kind is MediaKind.IMAGE
        if is_still and format_name == "jpeg" and _is_a_crop(seen.tracks, seen.frames[0]):
            track = seen.tracks[0]
            return Cut((Crop("", _box(track.faces[0]), None, None, track.id),))
        frames = {frame.index: frame for frame in seen.frames}
        crops = tuple(
            _write(folder, name, track.id, face, frames[face.frame_index])
            for track in seen.tracks
            for face in track.faces
            if face.width_px >= FACE_WIDTH_MIN_PX
        )
        if is_still:
            crops = tuple(replace(crop, frame_index=None, time_s=None) for crop in crops)
        return Cut(crops) if crops else Cut(reason=str(Reason.FACE_TOO_SMALL))

    def close(self) -> None:
        """End the decoder's worker."""
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _write(folder: Path, name: str, track: str, face: Face, frame: Frame) -> Crop:
    x1, y1, side = wide_square(face, frame)
    pixels = frame.image_rgb[y1 : y1 + side, x1 : x1 + side]
    encoded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), JPEG)[1]
    file = f"{name}_{track}_{face.frame_index:06d}.jpg"
    part = folder / f"{file}.part"
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(encoded.tobytes())
        part.replace(folder / file)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}",
            "free some space and run the same command again: it goes on where it stopped",
            ErrorKind.DISK,
        ) from None
    a, b, c, d = _box(face)
    box = (a - x1, b - y1, c - x1, d - y1)
    return Crop(file, box, face.frame_index, face.time_s, track)


def wide_square(face: Face, frame: Frame) -> tuple[int, int, int]:
    """(left, top, side) px of the square around a face, wholly inside the frame."""
    height, width = frame.image_rgb.shape[:2]
    x1, y1, x2, y2 = _box(face)
    side = int(min(round(WIDE * max(x2 - x1, y2 - y1)), width, height))
    left = round((x1 + x2 - side) / 2)
    top = round((y1 + y2 - side) / 2)
    return int(np.clip(left, 0, width - side)), int(np.clip(top, 0, height - side)), side


def _is_a_crop(tracks: Sequence[FaceTrack], frame: Frame) -> bool:
    """Whether a picture shows one face and hardly more than its wide square."""
    if len(tracks) != 1 or tracks[0].faces[0].width_px < FACE_WIDTH_MIN_PX:
        return False
    height, width = frame.image_rgb.shape[:2]
    face = tracks[0].faces[0]
    return bool(max(height, width) <= ALREADY_A_CROP * WIDE * max(face.width_px, face.height_px))


def _box(face: Face) -> Box:
    x1, y1, x2, y2 = (float(v) for v in face.box_xyxy)
    return x1, y1, x2, y2
