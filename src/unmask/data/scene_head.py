"""Moving the head of a still: pose, speech and blinks by warping the picture with its face mesh.

Mesh points are turned in space about the middle of the head, lips and lids are moved, rings of
points round the face carry hair and neck along and die away towards the shoulders. A thin-plate
spline through all of them gives the frame. Nothing is generated: every pixel is the picture's own,
but for the dark of an open mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from unmask.data.pseudo_masks import face_width
from unmask.data.pseudo_warp import ANCHORS, spline_map
from unmask.data.scene_spec import Motion, Person
from unmask.faces import mesh_regions as regions
from unmask.types import FloatArray, ImageArray

SYLLABLES_HZ = 3.6  # mean rate of syllables in speech, 3-5 per second
BLINK_S = 0.24  # a blink, closing and opening
RINGS = ((1.18, 1.0), (1.45, 0.9), (1.9, 0.45), (2.6, 0.0))  # radius over the oval, share of motion
MOUTH_DARK = np.array([52, 22, 22], np.float32)
WARP_GRID = 56
UPPER_LIDS = (
    *zip((246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155), strict=True),
    *zip((466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382), strict=True),
)  # (upper lid point, the lower lid point under it)
LOWER_LIP = (
    *(146, 91, 181, 84, 17, 314, 405, 321, 375),
    *(95, 88, 178, 87, 14, 317, 402, 318, 324),
)
JAW = (*regions.CHIN, *(18, 83, 313, 182, 406))
UPPER_INNER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
MOVED = tuple(
    dict.fromkeys((*ANCHORS, *LOWER_LIP, *regions.CHIN[::2], *(i for p in UPPER_LIDS for i in p)))
)


@dataclass(frozen=True, slots=True)
class HeadState:
    """A head at one moment: angles in degrees, shift over the face width, mouth and lids 0-1."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    mouth_open: float = 0.0
    lids_closed: float = 0.0


class HeadMotion:
    """The course of one head over time; `at` is a pure function of spec, seed and time."""

    def __init__(self, motion: Motion, seconds: float, rng: np.random.Generator) -> None:
        self._motion = motion
        self._waves = rng.uniform(0, 2 * np.pi, (6, 3))
        self._rates = rng.uniform(0.7, 1.3, (6, 3)) * np.array([0.17, 0.41, 0.83])
        count = rng.poisson(motion.blinks_per_min * seconds / 60) if seconds > 0 else 0
        self._blinks = np.sort(rng.uniform(0.3, max(seconds - 0.3, 0.31), count))
        if motion.blinks_per_min > 0 and seconds > 2 and count == 0:
            self._blinks = np.array([seconds * 0.4])

    def at(self, time_s: float) -> HeadState:
        """The head's state at a time in seconds."""
        move = self._motion
        shift = (move.sway * self._wave(3, time_s), 0.5 * move.sway * self._wave(4, time_s))
        return HeadState(
            move.yaw_deg * self._wave(0, time_s),
            move.pitch_deg * self._wave(1, time_s),
            move.roll_deg * self._wave(2, time_s),
            shift,
            move.talk * self._speech(time_s),
            self._lids(time_s),
        )

    def _wave(self, row: int, time_s: float) -> float:
        """A smooth wander in about -1..1: three slow sines."""
        phase = 2 * np.pi * self._rates[row] * time_s + self._waves[row]
        return float(np.sin(phase) @ np.array([0.6, 0.3, 0.1]))

    def _speech(self, time_s: float) -> float:
        """Mouth opening 0-1: syllables in phrases with pauses between."""
        phrase = np.clip(0.5 + 1.6 * self._wave(5, time_s * 2.2), 0, 1)
        beat = 2 * np.pi * SYLLABLES_HZ * time_s + 1.3 * np.sin(2 * np.pi * 0.9 * time_s)
        depth = 0.6 + 0.4 * np.sin(2 * np.pi * 0.63 * time_s + self._waves[5, 0])
        return float(phrase * depth * (0.5 - 0.5 * np.cos(beat)))

    def _lids(self, time_s: float) -> float:
        if not len(self._blinks):
            return 0.0
        nearest = float(np.abs(self._blinks - time_s).min())
        return float(np.clip(1.25 - 2.5 * nearest / BLINK_S, 0, 1))


def turn(
    points_px: FloatArray, depth_px: FloatArray, state: HeadState, person: Person
) -> FloatArray:
    """(N, 2) points of the picture, turned and shifted with the head (orthographic)."""
    width = face_width(person.landmarks_px)
    pivot = person.landmarks_px[: regions.POINTS].mean(axis=0)
    behind = float(person.depth_px.mean()) + 0.35 * width
    yaw, pitch, roll = np.radians([state.yaw_deg, state.pitch_deg, state.roll_deg])
    x, y = (points_px - pivot).T
    z = depth_px - behind
    x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
    y, z = y * np.cos(pitch) - z * np.sin(pitch), y * np.sin(pitch) + z * np.cos(pitch)
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    moved = np.stack([x, y], axis=1) + pivot + np.array(state.shift) * width
    return np.asarray(moved, np.float32)


def express(person: Person, mouth_open: float, lids_closed: float) -> FloatArray:
    """(478, 2) the mesh with the jaw lowered and the lids closed, head still."""
    marks = person.landmarks_px.copy()
    width = face_width(marks)
    down = (marks[152] - marks[168]) / max(float(np.linalg.norm(marks[152] - marks[168])), 1.0)
    half = float(np.linalg.norm(marks[61] - marks[291])) / 2 + 1e-6
    middle = (marks[61] + marks[291]) / 2
    for index in LOWER_LIP:  # most in the middle, nothing at the corners
        off = float(np.linalg.norm(marks[index] - middle)) / half
        marks[index] += down * np.float32(0.075 * width * mouth_open * max(0.0, 1.05 - off**3))
    marks[list(set(JAW))] += down * np.float32(0.045 * width * mouth_open)
    for upper, lower in UPPER_LIDS:
        marks[upper] += (marks[lower] - marks[upper]) * np.float32(0.95 * lids_closed)
    return marks


def posed_landmarks(person: Person, state: HeadState) -> FloatArray:
    """(478, 2) the mesh in the person's picture after expression and pose."""
    marks = express(person, state.mouth_open, state.lids_closed)
    depth = np.concatenate([person.depth_px, np.full(10, person.depth_px[[33, 263]].mean())])
    return turn(marks, depth, state, person)


def _surroundings(person: Person, state: HeadState) -> tuple[FloatArray, FloatArray]:
    """(M, 2) points round the face at rest and moved: hair and neck go along, less and less."""
    oval = person.landmarks_px[list(regions.FACE_OVAL[::2])]
    depth = person.depth_px[list(regions.FACE_OVAL[::2])] + 0.1 * face_width(person.landmarks_px)
    middle = oval.mean(axis=0)
    rest, moved = [], []
    for radius, share in RINGS:
        ring = np.asarray(middle + (oval - middle) * radius, np.float32)
        rest.append(ring)
        moved.append(ring + share * (turn(ring, depth, state, person) - ring))
    return np.concatenate(rest), np.concatenate(moved).astype(np.float32)


def head_map(
    person: Person, state: HeadState, to_frame: FloatArray, shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Columns and rows (H, W) of the person's picture for every pixel of a frame.

    `to_frame` (2, 3) is the similarity from the picture at rest to the frame, `shape` its (H, W).
    """
    rest_ring, moved_ring = _surroundings(person, state)
    source = np.concatenate([person.landmarks_px[list(MOVED)], rest_ring])
    target = np.concatenate([posed_landmarks(person, state)[list(MOVED)], moved_ring])
    in_frame = np.asarray(target @ to_frame[:, :2].T + to_frame[:, 2], np.float32)
    return spline_map(in_frame, source.astype(np.float32), shape, grid=WARP_GRID)


def render_head(
    person: Person, state: HeadState, to_frame: FloatArray, shape: tuple[int, int]
) -> tuple[ImageArray, FloatArray]:
    """The person in a frame, (H, W, 3) uint8, and their alpha, (H, W) float32, 1 without one."""
    columns, rows = head_map(person, state, to_frame, shape)
    image = _sample(person.image_rgb, columns, rows)
    if state.mouth_open > 0.02:
        image = _open_mouth(image, person, state, to_frame)
    if person.alpha is None:
        return image, np.ones(shape, np.float32)
    alpha = cv2.remap(person.alpha, columns, rows, cv2.INTER_LINEAR)
    return image, np.clip(alpha, 0, 1).astype(np.float32)


def _sample(image_rgb: ImageArray, columns: FloatArray, rows: FloatArray) -> ImageArray:
    border = cv2.BORDER_REFLECT_101
    return np.asarray(
        cv2.remap(image_rgb, columns, rows, cv2.INTER_CUBIC, borderMode=border), np.uint8
    )


def _open_mouth(
    image_rgb: ImageArray, person: Person, state: HeadState, to_frame: FloatArray
) -> ImageArray:
    """Between the lips: the teeth as they were at rest, and darkness where the jaw went down."""
    shut = HeadState(state.yaw_deg, state.pitch_deg, state.roll_deg, state.shift)
    shape = (image_rgb.shape[0], image_rgb.shape[1])
    opened = _to_frame(posed_landmarks(person, state), to_frame)
    closed = _to_frame(posed_landmarks(person, shut), to_frame)
    mouth = _polygon(
        np.concatenate([opened[list(UPPER_INNER)], opened[list(LOWER_INNER[::-1])]]), shape
    )
    gap = _polygon(
        np.concatenate([closed[list(LOWER_INNER)], opened[list(LOWER_INNER[::-1])]]), shape
    )
    columns, rows = head_map(person, shut, to_frame, shape)
    inside = _sample(person.image_rgb, columns, rows).astype(np.float32)
    inside += (MOUTH_DARK - inside) * gap[..., None]
    mixed = image_rgb + (inside - image_rgb) * mouth[..., None]
    return np.asarray(np.clip(mixed + np.float32(0.5), 0, 255), np.uint8)


def _to_frame(points: FloatArray, to_frame: FloatArray) -> FloatArray:
    return np.asarray(points @ to_frame[:, :2].T + to_frame[:, 2], np.float32)


def _polygon(points_px: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """A polygon with a soft edge of a pixel or two."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points_px * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.9)
    return soft.astype(np.float32) / np.float32(255)
