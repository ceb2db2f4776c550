"""The pictures of a report: the whole frame with lettered boxes, each face, its maps.

All are encoded here anew from pixels, so nothing of the file's metadata can travel along. Faces are
cut from the frame at the place the network looked at (`HeatMap.crop_to_frame`), in more detail than
the network saw; the maps lie on the same cut.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from unmask.detectors.peaks import peaks_of
from unmask.explain.heatmap import (
    BLEND_RAMP,
    HEAT_RAMP,
    render_blend_map,
    render_heat_map,
    render_scale_bar,
)
from unmask.faces.crop import take_crop, warp_crop
from unmask.report.lettering import font
from unmask.report.subjects import Subject
from unmask.types import Face, Frame, HeatMap, ImageArray, Report

Box = tuple[float, ...]  # left, top, right, bottom in pixels

SCENE_SIDE_PX = 1280  # longer side of the whole picture in a report
SCENES_MAX = 4
SCALE_PX = (320, 14)  # width, height of a colour scale
MOMENT_SIDE_PX, MOMENT_GAP_PX = 192, 6
FACE_MARGIN = 1.15  # of a face without a map: the first margin of the default bundle
JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture: `data` of `media_type`, and its size in pixels."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int

    @property
    def extension(self) -> str:
        """The usual ending of a file of this type."""
        return "png" if self.media_type == "image/png" else "jpg"


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole frame with boxes round the persons `ids`, which it shows at `time_s`."""

    picture: Picture
    ids: tuple[str, ...]
    time_s: float


@dataclass(frozen=True, slots=True)
class FacePictures:
    """One person's face; the maps are None without a probability or where they failed a test."""

    crop: Picture
    heat: Picture | None
    blend: Picture | None


def as_png(image_rgb: ImageArray) -> Picture:
    """Lossless: what carries a colour scale."""
    buffer = io.BytesIO()
    Image.fromarray(image_rgb).save(buffer, "PNG", optimize=False, compress_level=7)
    return Picture(buffer.getvalue(), "image/png", image_rgb.shape[1], image_rgb.shape[0])


def as_jpeg(image_rgb: ImageArray) -> Picture:
    """Photographs; colour at full resolution."""
    buffer = io.BytesIO()
    Image.fromarray(image_rgb).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return Picture(buffer.getvalue(), "image/jpeg", image_rgb.shape[1], image_rgb.shape[0])


def face_side_px(people: int) -> int:
    """Side of each face's pictures: smaller where there are many, so that a report stays light."""
    return 384 if people <= 4 else 288 if people <= 12 else 192


def draw_face(subject: Subject, report: Report, side_px: int) -> FacePictures:
    """The face of one person at the most telling moment, and its maps on the same cut."""
    if subject.heat_map is None:
        return FacePictures(_plain_crop(subject.face, report, side_px), None, None)
    heat_map = _in_detail(subject.heat_map, report, side_px)
    blend = render_blend_map(heat_map, side_px)  # a head of its own: the heat map's test is not its
    return FacePictures(
        as_jpeg(heat_map.crop_rgb),
        as_png(render_heat_map(heat_map, side_px)) if heat_map.shown else None,
        None if blend is None else as_png(blend),
    )


def draw_moments(subject: Subject, report: Report) -> list[tuple[int, Picture]]:
    """(frame index, face and beside it its heat map) of the moments with the highest probability.

    The highest first; the face alone where its map failed the test. None in a picture or without a
    probability.
    """
    if not subject.is_clip or subject.main is None or subject.verdict.fake_probability is None:
        return []
    faces = {face.frame_index: face for face in subject.track.faces}
    maps = {one.frame_index: one for one in subject.main.peaks}
    return [
        (moment.frame_index, _moment(faces[moment.frame_index], maps, report))
        for moment in peaks_of(subject.main.series)
    ]


def _moment(face: Face, maps: Mapping[int, HeatMap], report: Report) -> Picture:
    heat_map = maps.get(face.frame_index)
    if heat_map is None or not heat_map.shown:
        return _plain_crop(face, report, MOMENT_SIDE_PX)
    detailed = _in_detail(heat_map, report, MOMENT_SIDE_PX)
    gap = np.full((MOMENT_SIDE_PX, MOMENT_GAP_PX, 3), 255, np.uint8)
    return as_jpeg(np.hstack([detailed.crop_rgb, gap, render_heat_map(detailed, MOMENT_SIDE_PX)]))


def _plain_crop(face: Face, report: Report, side_px: int) -> Picture:
    """A face cut out without a map."""
    crop, _ = take_crop(
        report.observation.frame(face.frame_index).image_rgb,
        face.landmarks_px,
        face.box_xyxy,
        margin=FACE_MARGIN,
        size_px=side_px,
    )
    return as_jpeg(crop)


def draw_scales() -> tuple[Picture, Picture]:
    """The colour scales of the heat map and of the blend map, without text."""
    heat, blend = (render_scale_bar(*SCALE_PX, ramp) for ramp in (HEAT_RAMP, BLEND_RAMP))
    return as_png(heat), as_png(blend)


def _in_detail(heat_map: HeatMap, report: Report, side_px: int) -> HeatMap:
    """The map over a cut of `side_px` taken from the frame itself."""
    frame = report.observation.frame(heat_map.frame_index)
    return replace(heat_map, crop_rgb=warp_crop(frame.image_rgb, heat_map.crop_to_frame, side_px))


def draw_scenes(report: Report, subjects: list[Subject]) -> list[Scene]:
    """Whole frames that together show every person, at most `SCENES_MAX`; the fullest first.

    A file without a face shows its first frame; one without frames shows none.
    """
    frames = {frame.index: frame for frame in report.observation.frames}
    if not frames:
        return []
    if not subjects:
        first = min(frames.values(), key=lambda frame: frame.index)
        return [Scene(_boxed(first, []), (), first.time_s)]
    seen: dict[int, dict[str, Face]] = {}
    for subject in subjects:
        for face in subject.track.faces:
            if face.frame_index in frames:
                seen.setdefault(face.frame_index, {})[subject.id] = face
    scenes: list[Scene] = []
    missing = {subject.id for subject in subjects}
    telling = {subject.face.frame_index for subject in subjects}
    while missing and len(scenes) < SCENES_MAX:
        index = min(seen, key=lambda i: (-len(missing & set(seen[i])), i not in telling, i))
        found = missing & set(seen[index])
        if not found:
            break
        faces = sorted(seen[index].items())
        scenes.append(Scene(_boxed(frames[index], faces), tuple(dict(faces)), frames[index].time_s))
        missing -= found
    return scenes


def _boxed(frame: Frame, faces: list[tuple[str, Face]]) -> Picture:
    height, width = frame.image_rgb.shape[:2]
    scale = min(1.0, SCENE_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(frame.image_rgb, size, interpolation=cv2.INTER_AREA)
    canvas = Image.fromarray(np.asarray(small, np.uint8))
    draw = ImageDraw.Draw(canvas)
    unit = max(1, round(max(size) / 640))  # stroke width
    taken: list[Box] = []
    for _, face in faces:
        box = tuple(float(v) * scale for v in face.box_xyxy)
        draw.rectangle(_grown(box, unit), outline=(16, 20, 24), width=unit * 3)
        draw.rectangle(box, outline=(255, 255, 255), width=unit)
    for name, face in faces:
        box = tuple(float(v) * scale for v in face.box_xyxy)
        taken.append(_tag(draw, name, box, size, unit, taken))
    return as_jpeg(np.asarray(canvas, np.uint8))


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _tag(
    draw: ImageDraw.ImageDraw,
    name: str,
    box: Box,
    size: tuple[int, int],
    unit: int,
    taken: list[Box],
) -> Box:
    """Write the letter at a corner of the box, on no other letter if it can; returns its place."""
    side = 15.0 * unit
    width = side * (0.6 + 0.4 * len(name))
    corners = [
        (box[0], box[1] - side - unit),
        (box[0], box[3] + unit),
        (box[2] - width, box[1] - side - unit),
        (box[2] - width, box[3] + unit),
        (box[0], box[1]),
    ]
    places = [
        (min(max(x, 0.0), size[0] - width), min(max(y, 0.0), size[1] - side)) for x, y in corners
    ]
    free = (p for p in places if not any(_touch((*p, p[0] + width, p[1] + side), t) for t in taken))
    x, y = next(free, places[0])
    draw.rectangle((x, y, x + width, y + side), fill=(16, 20, 24))
    draw.text(
        (x + width / 2, y + side / 2),
        name,
        fill=(255, 255, 255),
        font=font(12 * unit),
        anchor="mm",
    )
    return x, y, x + width, y + side


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
