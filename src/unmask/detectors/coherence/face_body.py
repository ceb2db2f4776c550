"""Cue face_body: does the head belong to the body under it?

Shoulders come from `faces/body.py` on a few frames; without them the cue abstains. Four parts, each
compared with what is usual (USUAL, robust z-scores):

scale      distance of the shoulder joints over the face's width, octaves; the median of the frames,
           only where the head is turned by less than `YAW_MAX_DEG` (a turned trunk looks narrow)
slide      how far the head wanders over the shoulders, beyond what its own turning explains: mean
           deviation of the head's pivot against the shoulders' middle, face widths (clips only)
skin       colour of the face's skin against the neck's, CIE Lab without lightness (clothes and
           beards are left out: the neck must look like skin)
sharpness  fine detail of the face's skin against the neck's, octaves

value   the largest z
detail  parts {name: z or None}; worst; scale (ratio), slide, skin (Lab units), sharpness: the raw
        numbers or None; frames
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from unmask.detectors.coherence.base import CUES, abstained, measured, spread_out
from unmask.faces import measures
from unmask.faces import mesh_regions as regions
from unmask.faces.body import BodyFinder, Shoulders
from unmask.types import Face, FaceTrack, FloatArray, ImageArray, Measurement, Observation

NAME = "face_body"
UNIT = "z"
PARTS = ("scale", "slide", "skin", "sharpness")
LOOKS = 5  # frames in which a track's shoulders are looked for
YAW_MAX_DEG = 25.0
SLIDE_FRAMES_MIN = 3
PIVOT = 0.35  # the axis of a turning head lies so far behind the face, face widths
NECK_SKIN_MAX = 18.0  # Lab units: a neck further from the face's colour is cloth or beard
# Usual value and deviation. scale, octaves: seven people in samples and clips that show their
# shoulders (1.8 to 2.4 face widths; scatter .12), widened for turned trunks. slide: the median of
# three moving people in clips. skin: the median of nine photographs that show the neck.
# sharpness: the same nine (.05, .24), widened. They scale the parts; what is usual of the value
# stands on the card.
USUAL = {
    "scale": (1.13, 0.2),
    "slide": (0.0, 0.14),
    "skin": (0.0, 8.1),
    "sharpness": (0.0, 0.4),
}
Z_MAX = 20.0


@dataclass(frozen=True, slots=True)
class _Sight:
    """One look at a person: shoulders and face of one frame."""

    face: Face
    shoulders: Shoulders


class FaceBody:
    """The cue; opens the body network at the first face that is large enough."""

    def __init__(self, body: BodyFinder | None = None) -> None:
        self._body = body or BodyFinder()

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order."""
        return [self._measure_track(observation, track) for track in observation.tracks]

    def _measure_track(self, observation: Observation, track: FaceTrack) -> Measurement:
        fit = [face for face in track.faces if face.landmarks_px is not None]
        if not fit:
            return abstained(NAME, track, UNIT, "no_mesh")
        sights = []
        for face in spread_out(fit, LOOKS):
            image = observation.frame(face.frame_index).image_rgb
            shoulders = self._body.find(image, face.box_xyxy)
            if shoulders is not None:
                sights.append(_Sight(face, shoulders))
        if not sights:
            return abstained(NAME, track, UNIT, "no_shoulders")
        raw = {
            "scale": _scale(sights),
            "slide": _slide(sights),
            **_skin_and_sharpness(observation, sights),
        }
        parts = {name: _z(name, raw[name]) for name in PARTS}
        known = {name: z for name, z in parts.items() if z is not None}
        if not known:
            return abstained(NAME, track, UNIT, "no_shoulders")
        worst = max(known, key=lambda name: known[name])
        score = float(np.mean([sight.shoulders.score for sight in sights]))
        reliability = score * (0.4 + 0.6 * len(known) / len(PARTS))
        shown = {**raw, "scale": None if raw["scale"] is None else float(2 ** raw["scale"])}
        return measured(
            NAME, track, known[worst], UNIT, reliability,
            parts=parts, worst=worst, frames=len(sights), **shown,
        )  # fmt: skip


CUES.register(NAME)(FaceBody)


def _z(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    middle, deviation = USUAL[name]
    return min(Z_MAX, abs(value - middle) / deviation)


def _scale(sights: Sequence[_Sight]) -> float | None:
    """Median octaves of shoulder distance over face width, on heads seen from the front."""
    ratios = [
        float(np.log2(sight.shoulders.width_px / max(sight.face.width_px, 1.0)))
        for sight in sights
        if sight.face.head_pose_deg is not None and abs(sight.face.head_pose_deg[0]) < YAW_MAX_DEG
    ]
    return float(np.median(ratios)) if ratios else None


def _slide(sights: Sequence[_Sight]) -> float | None:
    """Mean deviation of the head's pivot over the shoulders, face widths; None for few frames."""
    places = []
    for sight in sights:
        pose = sight.face.head_pose_deg
        if pose is None:
            continue
        box, width = sight.face.box_xyxy, max(sight.face.width_px, 1.0)
        forward = np.array([np.sin(np.radians(pose[0])), -np.sin(np.radians(pose[1]))])
        pivot = (box[:2] + box[2:]) / 2 / width - PIVOT * forward
        places.append(pivot - sight.shoulders.middle_px / width)
    if len(places) < SLIDE_FRAMES_MIN:
        return None
    off = np.stack(places) - np.median(places, axis=0)
    return float(np.hypot(off[:, 0], off[:, 1]).mean())


def _skin_and_sharpness(
    observation: Observation, sights: Sequence[_Sight]
) -> dict[str, float | None]:
    """Medians over the looks of the two parts that compare face and neck."""
    skins, sharps = [], []
    for sight in sights:
        image = observation.frame(sight.face.frame_index).image_rgb
        skin, sharp = face_and_neck(image, sight.face, sight.shoulders)
        skins += [] if skin is None else [skin]
        sharps += [] if sharp is None else [sharp]
    return {
        "skin": float(np.median(skins)) if skins else None,
        "sharpness": float(np.median(sharps)) if sharps else None,
    }


def face_and_neck(
    image_rgb: ImageArray, face: Face, shoulders: Shoulders
) -> tuple[float | None, float | None]:
    """Colour distance (Lab units) and sharpness of face over neck (octaves); None without a neck.

    The face's side is its lower half, which lies next to the neck and has no hair.
    """
    if face.landmarks_px is None:
        return None, None
    part, marks, middle = _cut(image_rgb, face, shoulders)
    cheeks, neck = _cheeks(marks, part.shape), _neck(marks, middle, part.shape)
    skin, below = measures.chroma_of(part, cheeks), measures.chroma_of(part, neck)
    if skin is None or below is None:
        return None, None
    distance = float(np.hypot(skin[0] - below[0], skin[1] - below[1]))
    if distance > NECK_SKIN_MAX:
        return None, None
    luma = measures.luma_of(part)
    sharp = [measures.sharpness(luma, mask) for mask in (cheeks, neck)]
    if sharp[0] is None or sharp[1] is None or min(sharp[0], sharp[1]) <= 0:
        return distance, None
    return distance, float(np.log2(sharp[0] / sharp[1]))


def _cut(
    image_rgb: ImageArray, face: Face, shoulders: Shoulders
) -> tuple[ImageArray, FloatArray, FloatArray]:
    """The part of the frame from the brows to the shoulders, mesh and shoulders' middle in it."""
    marks = np.asarray(face.landmarks_px, np.float32)
    height, width = image_rgb.shape[:2]
    mesh = marks[: regions.POINTS]
    low = np.maximum(np.floor(mesh.min(axis=0)), 0).astype(int)
    bottom = max(float(mesh[:, 1].max()) + 1, float(shoulders.middle_px[1]))
    high = np.minimum(np.ceil([mesh[:, 0].max() + 1, bottom]), [width, height]).astype(int)
    part = np.ascontiguousarray(image_rgb[low[1] : high[1], low[0] : high[0]])
    return part, (marks - low).astype(np.float32), np.asarray(shoulders.middle_px - low, np.float32)


def _cheeks(marks: FloatArray, shape: tuple[int, ...]) -> measures.Mask:
    """Both cheeks and the chin, without the lips."""
    mask = np.zeros(shape[:2], np.uint8)
    for polygon in (regions.LEFT_CHEEK, regions.RIGHT_CHEEK, regions.CHIN):
        cv2.fillPoly(mask, [np.round(marks[list(polygon)]).astype(np.int32)], 1)
    cv2.fillPoly(mask, [np.round(marks[list(regions.LIPS_OUTER)]).astype(np.int32)], 0)
    return mask > 0


def _neck(marks: FloatArray, middle: FloatArray, shape: tuple[int, ...]) -> measures.Mask:
    """The upper neck: from below the chin's shadow a third of the way to the shoulders."""
    chin, jaw = marks[152], marks[[172, 397]]
    way = middle - chin
    half = np.array([0.28 * float(np.hypot(*(jaw[1] - jaw[0]))), 0.0])
    mask = np.zeros(shape[:2], np.uint8)
    top, end = chin + 0.18 * way, chin + 0.5 * way
    corners = np.stack([top - half, top + half, end + half, end - half])
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1)
    return mask > 0
