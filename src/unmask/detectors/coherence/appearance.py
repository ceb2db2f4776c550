"""Cue appearance: does a face have the pixels and the light of its picture?

All faces of a frame went through one lens, one sensor and one codec, under one light. A face from
elsewhere brings its own noise, sharpness, block grid and light. Four parts compare a face with its
own surroundings (hair, ears, neck, what lies behind): they move together with distance, focus and
compression, so that a far face or a strong codec changes neither difference. Such a difference
counts where it is unusual in itself and beside those of the other faces. The fifth part is the
direction of light, which needs the others. Every part is a robust z-score: the distance from what
is usual, in usual deviations.

value   the largest part, z
detail  parts {name: z or None}; worst: its name; light_deg: angle to the light on the others and
        light_spread_deg: their own spread (where it was measured); azimuth_deg, others_azimuth_deg:
        where the light comes from, > 0 from the picture's right; others: how many, or "one_face"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from unmask.detectors.coherence.base import CUES, abstained, measured, spread_out
from unmask.faces import measures
from unmask.faces import mesh_regions as regions
from unmask.faces.light import Light, light_direction
from unmask.faces.pose import direction_of
from unmask.types import Face, FloatArray, ImageArray, Measurement, Observation

NAME = "appearance"
UNIT = "z"
FACE_PX_MIN = 40.0
LOOKS, LARGE_LOOKS, LARGE_PX = 4, 1, 480.0  # faces of a track looked at; fewer where they are large
PARTS = ("noise", "sharpness", "chroma", "grid", "light")
# Face against surroundings on genuine faces: (median, 1.48 x median deviation), octaves (grid: a
# ratio); 477 photographs of six sources, one face each (benchmarks/cues.py --material).
USUAL = {
    "noise": (-0.16, 0.67),
    "sharpness": (-0.18, 0.35),
    "chroma": (0.11, 0.52),
    "grid": (0.11, 0.17),
}
# Press photographs, most of them lit from the front: the light read on one lies 20 degrees (median)
# from the median of all (240 pictures of two sources), which holds the reading's error and more.
LIGHT_USUAL_DEG = 20.0
LIGHT_STRENGTH_MIN = 0.08  # below it a face has no direction of light worth comparing
SHADED_SHARE = 0.5  # of the face that must be neither black nor white for its light to be read
STEP_MIN = 0.01  # grey levels: with less from pixel to pixel there is nothing a grid could be in
Z_MAX = 20.0
Mask = npt.NDArray[np.bool_]


class Appearance:
    """The cue; holds nothing."""

    def measure(self, observation: Observation) -> list[Measurement]:
        """One Measurement per track, in their order."""
        looks = {track.id: _look(observation, _chosen(track.faces)) for track in observation.tracks}
        result = []
        for track in observation.tracks:
            own = looks[track.id]
            if own is None:
                wide = max(face.width_px for face in track.faces) >= FACE_PX_MIN
                reason = "no_mesh" if wide else "face_too_small"
                result.append(abstained(NAME, track, UNIT, reason))
                continue
            others = [look for name, look in looks.items() if name != track.id and look]
            parts, detail = _parts(own, others)
            known = {name: z for name, z in parts.items() if z is not None}
            if not known:
                result.append(abstained(NAME, track, UNIT, "no_texture"))
                continue
            worst = max(known, key=lambda name: known[name])
            reliability = len(known) / len(PARTS) * min(1.0, own.width_px / 100)
            result.append(
                measured(NAME, track, known[worst], UNIT, reliability,
                         parts=parts, worst=worst, **detail)
            )  # fmt: skip
        return result


CUES.register(NAME)(Appearance)


@dataclass(frozen=True, slots=True)
class Look:
    """One person's pixels: face against surroundings per part, octaves (grid: ratio), and light.

    A part is None where the area is too small or has nothing to measure.
    """

    against: dict[str, float | None]
    light: npt.NDArray[np.float64] | None
    light_spread_deg: float | None
    width_px: float


def _chosen(faces: Sequence[Face]) -> list[Face]:
    fit = [f for f in faces if f.landmarks_px is not None and f.width_px >= FACE_PX_MIN]
    large = bool(fit) and float(np.median([f.width_px for f in fit])) > LARGE_PX
    return spread_out(fit, LARGE_LOOKS if large else LOOKS)


def _look(observation: Observation, faces: Sequence[Face]) -> Look | None:
    """Medians over some faces of a track; None without any."""
    if not faces:
        return None
    against: dict[str, list[float]] = {name: [] for name in USUAL}
    lights: list[Light] = []
    for face in faces:
        values, light = look_at(observation.frame(face.frame_index).image_rgb, face)
        for name, value in values.items():
            if value is not None:
                against[name].append(value)
        if light is not None and light.strength >= LIGHT_STRENGTH_MIN:
            lights.append(light)
    mean = {k: float(np.median(v)) if v else None for k, v in against.items()}
    width = float(np.median([face.width_px for face in faces]))
    if not lights:
        return Look(mean, None, None, width)
    rays = np.stack([direction_of(light.azimuth_deg, light.elevation_deg) for light in lights])
    ray = rays.mean(axis=0)
    return Look(mean, ray / max(float(np.linalg.norm(ray)), 1e-9), _spread(rays), width)


def look_at(image_rgb: ImageArray, face: Face) -> tuple[dict[str, float | None], Light | None]:
    """Face against surroundings by part, and the light on the face, of one face with a mesh."""
    if face.landmarks_px is None:
        return dict.fromkeys(USUAL), None
    part, marks, origin = _cut(image_rgb, face.landmarks_px, face.width_px)
    luma = measures.luma_of(part)
    inner, ring = _areas(marks, luma.shape)
    residual, slopes = measures.noise_residual(luma), measures.flatness(luma)
    noise = [
        measures.noise_from(residual, slopes, measures.usable_pixels(luma, mask))
        for mask in (inner, ring)
    ]
    sharp = [measures.sharpness(luma, mask) for mask in (inner, ring)]
    chroma = _fine_chroma(part, luma, inner, ring)
    against = {
        "noise": _octaves(noise[0], noise[1]),
        "sharpness": _octaves(sharp[0], sharp[1]),
        "chroma": _octaves(chroma[0], chroma[1]),
        "grid": _grid(luma, inner, ring, origin),
    }
    shaded = measures.usable_pixels(luma, inner).sum() >= SHADED_SHARE * inner.sum()
    return against, light_direction(luma, marks) if shaded else None


def _cut(
    image_rgb: ImageArray, landmarks_px: FloatArray, width_px: float
) -> tuple[ImageArray, FloatArray, tuple[int, int]]:
    """The head's part of the frame at its own pixels, the mesh in it, and its corner."""
    height, width = image_rgb.shape[:2]
    mesh = landmarks_px[: regions.POINTS]
    low = np.maximum(np.floor(mesh.min(axis=0) - 0.4 * width_px), 0).astype(int)
    high = np.minimum(np.ceil(mesh.max(axis=0) + 0.4 * width_px), [width, height]).astype(int)
    part = np.ascontiguousarray(image_rgb[low[1] : high[1], low[0] : high[0]])
    return part, (landmarks_px - low).astype(np.float32), (int(low[0]), int(low[1]))


def _areas(marks: FloatArray, shape: tuple[int, ...]) -> tuple[Mask, Mask]:
    """Skin of the inner face without eyes and lips, and the surroundings of the face."""
    oval = marks[list(regions.FACE_OVAL)]
    middle = oval.mean(axis=0)

    def filled(points: FloatArray, factor: float) -> ImageArray:
        mask = np.zeros(shape[:2], np.uint8)
        centre = points.mean(axis=0)
        scaled = np.round(centre + (points - centre) * factor).astype(np.int32)
        return np.asarray(cv2.fillConvexPoly(mask, cv2.convexHull(scaled), 1), np.uint8)

    inner = filled(oval, 0.85)
    for outline in (regions.LEFT_EYE, regions.RIGHT_EYE, regions.LIPS_OUTER):
        inner &= 1 - filled(marks[list(outline)], 1.25)
    outer = np.zeros(shape[:2], np.uint8)
    wide = np.round(middle + (oval - middle) * 1.55).astype(np.int32)
    cv2.fillConvexPoly(outer, cv2.convexHull(wide), 1)
    return inner > 0, (outer & (1 - filled(oval, 1.12))) > 0


def _fine_chroma(
    part_rgb: ImageArray, luma: FloatArray, inner: Mask, ring: Mask
) -> list[float | None]:
    """Fine detail of the colours over that of the brightness (rms), in both areas."""
    lab = cv2.cvtColor(part_rgb, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(np.float32)
    fine = lab - cv2.GaussianBlur(lab, (0, 0), measures.COARSE_SIGMA_PX)
    base = luma - cv2.GaussianBlur(luma, (0, 0), measures.COARSE_SIGMA_PX)
    found: list[float | None] = []
    for mask in (inner, ring):
        usable = measures.usable_pixels(luma, mask)
        if int(usable.sum()) < measures.PIXELS_MIN:
            found.append(None)
            continue
        colour = float(np.square(fine[usable]).mean()) + 0.01
        found.append(float(np.sqrt(colour / (float(np.square(base[usable]).mean()) + 0.01))))
    return found


def _grid(luma: FloatArray, inner: Mask, ring: Mask, origin: tuple[int, int]) -> float | None:
    """Strength of the face's own 8-px grid beyond that of the same grid in the surroundings."""
    found = measures.blocking_grid(luma, inner, origin)
    if found is None:
        return None
    around = [measures.grid_steps(luma, ring, axis, origin[1 - axis]) for axis in (1, 0)]
    if around[0] is None or around[1] is None:
        return None
    if min(float(around[0].mean()), float(around[1].mean())) < STEP_MIN:
        return None
    there = [
        measures.strength_at(steps, phase)
        for steps, phase in zip((around[0], around[1]), found.phase_px, strict=True)
    ]
    return found.strength - float(np.mean(there))


def _octaves(one: float | None, other: float | None) -> float | None:
    if one is None or other is None or min(one, other) <= 0:
        return None
    return float(np.log2(one / other))


def _parts(own: Look, others: Sequence[Look]) -> tuple[dict[str, float | None], dict[str, object]]:
    """|z| of every part, against the others where there are any, and what the text needs."""
    parts: dict[str, float | None] = {
        name: _part(name, own.against[name], [o.against[name] for o in others]) for name in USUAL
    }
    detail: dict[str, object] = {"others": len(others) if others else "one_face"}
    rays = [o.light for o in others if o.light is not None]
    parts["light"] = None
    if own.light is not None and rays:
        common = np.sum(rays, axis=0)
        angle = _angle(own.light, common)
        spread = _spread(np.stack(rays))
        own_spread = own.light_spread_deg or 0.0
        usual = float(np.hypot(LIGHT_USUAL_DEG, max(spread or 0.0, own_spread)))
        parts["light"] = min(Z_MAX, angle / usual)
        detail |= {
            "light_deg": angle,
            "light_spread_deg": usual,
            "azimuth_deg": _azimuth(own.light),
            "others_azimuth_deg": _azimuth(common),
        }
    return parts, detail


def _part(name: str, value: float | None, others: Sequence[float | None]) -> float | None:
    """|z| of a difference: unusual in itself, and beside the others where there are any."""
    if value is None:
        return None
    median, deviation = USUAL[name]
    alone = abs(value - median) / deviation
    known = np.array([other for other in others if other is not None])
    if not len(known):
        return min(Z_MAX, alone)
    common = float(np.median(known))
    scatter = 1.4826 * float(np.median(np.abs(known - common))) if len(known) > 2 else 0.0
    return min(Z_MAX, alone, abs(value - common) / float(np.hypot(deviation, scatter)))


def _spread(rays: npt.NDArray[np.float64]) -> float | None:
    """Root mean square angle of rays (n, 3) to their mean, degrees; None for fewer than two."""
    if len(rays) < 2:
        return None
    mean = rays.sum(axis=0)
    return float(np.sqrt(np.mean([_angle(ray, mean) ** 2 for ray in rays])))


def _angle(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    cosine = float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _azimuth(ray: npt.NDArray[np.float64]) -> float:
    """Degrees from the camera's side, > 0 from the picture's right."""
    return float(np.degrees(np.arctan2(ray[0], -ray[2])))
