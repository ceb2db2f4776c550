"""Faces, the persons they belong to over time, and all that was seen in a file."""

from __future__ import annotations

from dataclasses import dataclass

from unmask.checks import expect
from unmask.types.arrays import FloatArray
from unmask.types.media import Frame, MediaInfo, Skipped


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How well a face can be read.

    width_px      face width in the original picture, pixels
    sharpness     variance of the Laplacian of the face at 112 px, grey levels squared
    exposure      mean luma of the face, 0 (black) to 1 (white)
    contrast      standard deviation of the luma, 0 to .5
    blockiness    8x8 grid energy against its neighbours, 1 = none (a measure of compression)
    """

    width_px: float
    sharpness: float
    exposure: float
    contrast: float
    blockiness: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one frame.

    box_xyxy      (4,) left, top, right, bottom in pixels of the frame; may leave the frame
    score         detector's score, [0, 1]
    landmarks_px  (478, 2) mesh with irises (468-472 the image-left, 473-477 the image-right) or
                  None where the mesh could not be fitted
    head_pose_deg (yaw, pitch, roll) in degrees or None; yaw > 0 looks to the picture's right
    gaze_deg      (yaw, pitch) of the eyes relative to the camera, or None
    """

    box_xyxy: FloatArray
    score: float
    frame_index: int
    time_s: float
    landmarks_px: FloatArray | None = None
    head_pose_deg: tuple[float, float, float] | None = None
    gaze_deg: tuple[float, float] | None = None
    quality: FaceQuality | None = None

    def __post_init__(self) -> None:
        expect(self.box_xyxy.shape == (4,), "box_xyxy of shape (4,)", self.box_xyxy.shape)
        marks = self.landmarks_px
        expect(
            marks is None or marks.shape == (478, 2),
            "landmarks_px of shape (478, 2) or None",
            None if marks is None else marks.shape,
        )

    @property
    def width_px(self) -> float:
        """Width of the box in pixels."""
        return float(self.box_xyxy[2] - self.box_xyxy[0])

    @property
    def height_px(self) -> float:
        """Height of the box in pixels."""
        return float(self.box_xyxy[3] - self.box_xyxy[1])


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One person over time; in a picture a track of one face. `id` is A, B, ... left to right."""

    id: str
    faces: tuple[Face, ...]

    def __post_init__(self) -> None:
        expect(len(self.faces) > 0, "a track of at least one face", self.faces)


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """All that was seen in a file: the one input of every detector.

    cuts_s        times of scene cuts, seconds (empty for a picture)
    damaged       True where part of the file could not be decoded
    """

    media: MediaInfo
    frames: tuple[Frame, ...]
    tracks: tuple[FaceTrack, ...]
    skipped: tuple[Skipped, ...] = ()
    cuts_s: tuple[float, ...] = ()
    damaged: bool = False

    def frame(self, index: int) -> Frame:
        """The frame whose `index` is given; KeyError where it was not sampled."""
        for frame in self.frames:
            if frame.index == index:
                return frame
        raise KeyError(index)
