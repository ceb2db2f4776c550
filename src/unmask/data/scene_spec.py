"""What a made scene consists of, and the truth that comes with every frame of it.

A scene is a pure function of its specification: the same spec and seed give the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from unmask.types import FloatArray, ImageArray


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody to put into scenes, from one picture.

    image_rgb     (H, W, 3) uint8
    landmarks_px  (478, 2) the mesh in pixels of that picture; depth_px (468,) its depth there
    synthetic     True where the person never existed: such a face is fully synthetic in any scene
    alpha         (H, W) float32, 1 on the person; None = the picture comes with its own background
    """

    name: str
    image_rgb: ImageArray
    landmarks_px: FloatArray
    depth_px: FloatArray
    synthetic: bool
    alpha: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Motion:
    """How a head moves: amplitudes; 0 everywhere is a still. Angles in degrees."""

    yaw_deg: float = 6.0
    pitch_deg: float = 3.5
    roll_deg: float = 2.5
    sway: float = 0.03  # of the face width, sideways and up
    talk: float = 1.0  # mouth opening: 1 is lively speech, 0 a closed (or smiling) mouth
    blinks_per_min: float = 18.0


STILL = Motion(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Swap:
    """A face swap: the donor's face follows the actor's mesh, frame by frame.

    detail        resolution of the swapped face, 1 = that of the donor's picture, .4 = soft
    colour        True: recoloured to the actor's skin; False: left as the donor's
    forehead      True: the whole oval, False: from the brows down
    jitter        misalignment from frame to frame, as a share of the face width (flicker, drift)
    """

    donor: Person
    detail: float = 0.6
    colour: bool = True
    forehead: bool = False
    jitter: float = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """One person in a scene: where, how large, how moving, swapped or not.

    centre        of the face, shares of the frame's width and height
    face_px       longer side of the face's mesh in frame pixels
    """

    person: Person
    centre: tuple[float, float]
    face_px: float
    motion: Motion = STILL
    swap: Swap | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SceneSpec:
    """A scene: its frame, its people (drawn in order, the last in front), its camera.

    background_rgb  any size, cut to cover the frame; None = grey, for actors that fill the frame
    shake_px        amplitude of the camera's slow wander, common to people and background
    noise_luma      sensor noise, standard deviation in grey levels
    """

    width_px: int
    height_px: int
    actors: tuple[Actor, ...]
    seconds: float = 0.0  # 0 = one frame, a picture
    fps: int = 25
    background_rgb: ImageArray | None = None
    shake_px: float = 1.0
    noise_luma: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        if self.width_px % 2 or self.height_px % 2:
            raise ValueError(f"expected even sides, got {self.width_px} x {self.height_px}")

    @property
    def frames(self) -> int:
        """Number of frames."""
        return max(1, round(self.seconds * self.fps))


@dataclass(frozen=True, slots=True, eq=False)
class ActorTruth:
    """The truth about one actor in one frame.

    box_xyxy      (4,) of the mesh; landmarks_px (478, 2), both in frame pixels
    swapped       whether the face is another's; mask (H, W) float32 in [0, 1] where it is, or None
    synthetic     whether the face (after the swap) is of a person who never existed
    """

    name: str
    box_xyxy: FloatArray
    landmarks_px: FloatArray
    swapped: bool
    synthetic: bool
    mask: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SceneFrame:
    """One frame of a scene with its truth, actors in the order of the spec."""

    image_rgb: ImageArray
    index: int
    time_s: float
    actors: tuple[ActorTruth, ...] = field(default_factory=tuple)
