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


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera moves beside its slow wander (`SceneSpec.shake_px`): people and background
    alike.

    pan_px_s    (right, down) shift of the picture in pixels per second
    zoom_per_s  growth of the picture per second, .1 = a tenth
    tremor_px   standard deviation of the jump from frame to frame, of a camera held in the hand
    """

    pan_px_s: tuple[float, float] = (0.0, 0.0)
    zoom_per_s: float = 0.0
    tremor_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp that is switched on `at_s` and lights everything.

    gain          brightness of background and people after it, 1 = as before
    direction     (x, y, z) towards the lamp: right, down, away from the camera
    strength      share of everybody's light that is the lamp's
    """

    at_s: float
    gain: float = 1.3
    direction: tuple[float, float, float] = (-0.7, -0.3, -0.6)
    strength: float = 0.3


@dataclass(frozen=True, slots=True)
class SwapMoment:
    """What goes wrong with a swap in one frame; the defaults are a swap without a fault.

    shift      (right, down) by which the donor's face is off, shares of the face width
    opacity    1 = the donor's face, 0 = the actor's own shows
    gain       brightness of the donor's face over what it should be
    frozen     lids and mouth of the donor's face stay as they are at rest
    """

    shift: tuple[float, float] = (0.0, 0.0)
    opacity: float = 1.0
    gain: float = 1.0
    frozen: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Swap:
    """A face swap: the donor's face follows the actor's mesh, frame by frame.

    detail        resolution of the swapped face, 1 = that of the donor's picture, .4 = soft
    colour        True: recoloured to the actor's skin; False: left as the donor's
    forehead      True: the whole oval, False: from the brows down
    jitter        misalignment from frame to frame, as a share of the face width (flicker, drift)
    grain         noise of another sensor, standard deviation in grey levels, in frame pixels
    parts         names of `pseudo_masks.PARTS`: these alone are the donor's, () = the whole face
    course        what goes wrong in each frame of the scene, or () where nothing more does
    """

    donor: Person
    detail: float = 0.6
    colour: bool = True
    forehead: bool = False
    jitter: float = 0.004
    grain: float = 0.0
    parts: tuple[str, ...] = ()
    course: tuple[SwapMoment, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """One person in a scene: where, how large, how moving, swapped or not.

    centre        of the face, shares of the frame's width and height
    face_px       longer side of the face's mesh in frame pixels
    turn_deg      (yaw, pitch) by which the head is turned all the time, beside its motion
    walk          (right, down) by which `centre` moves, shares of the frame per second
    """

    person: Person
    centre: tuple[float, float]
    face_px: float
    motion: Motion = STILL
    swap: Swap | None = None
    turn_deg: tuple[float, float] = (0.0, 0.0)
    walk: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class SceneSpec:
    """A scene: its frame, its people (drawn in order, the last in front), its camera.

    background_rgb  any size, cut to cover the frame; None = grey, for actors that fill the frame
    shake_px        amplitude of the camera's slow wander, common to people and background
    noise_luma      sensor noise, standard deviation in grey levels
    camera, lamp    what else the camera does, and a lamp that is switched on, or None
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
    camera: Camera = Camera()
    lamp: Lamp | None = None

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
