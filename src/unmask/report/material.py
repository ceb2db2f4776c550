"""What the writers of one report share: the JSON data and the encoded pictures, made once.

Report -> gather -> Material -> `view.py` (words of one language) -> HTML, PDF
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unmask.report.as_json import report_to_dict
from unmask.report.pictures import (
    Picture,
    draw_face,
    draw_moments,
    draw_scales,
    draw_scenes,
    face_side_px,
)
from unmask.report.rounding import SECONDS, rounded
from unmask.report.subjects import subjects_of
from unmask.types import MediaKind, Report

HEAT_SCALE, BLEND_SCALE = "scale-heat.png", "scale-blend.png"


@dataclass(frozen=True, slots=True)
class SceneRef:
    """A whole picture: its name in `Material.pictures`, whom it shows, when (None in a picture)."""

    name: str
    ids: tuple[str, ...]
    time_s: float | None


@dataclass(frozen=True, slots=True)
class FaceRef:
    """Names in `Material.pictures` of one person's pictures; `moments` with their frames."""

    crop: str
    heat: str | None
    blend: str | None
    moments: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """`data` as in the JSON file, and `pictures` by name."""

    data: dict[str, Any]
    pictures: dict[str, Picture]
    scenes: tuple[SceneRef, ...]
    faces: dict[str, FaceRef]


def gather(report: Report) -> Material:
    """Round the numbers and draw the pictures of a report; they hold for every language."""
    subjects = subjects_of(report)
    side_px = face_side_px(len(subjects))
    pictures: dict[str, Picture] = {}
    faces: dict[str, FaceRef] = {}
    scenes: list[SceneRef] = []
    is_clip = report.media.kind is MediaKind.VIDEO

    def keep(stem: str, picture: Picture | None) -> str | None:
        if picture is None:
            return None
        name = f"{stem}.{picture.extension}"
        pictures[name] = picture
        return name

    for i, scene in enumerate(draw_scenes(report, subjects)):
        time_s = rounded(scene.time_s, SECONDS) if is_clip else None
        scenes.append(SceneRef(str(keep(f"scene-{i}", scene.picture)), scene.ids, time_s))
    for i, subject in enumerate(subjects):
        drawn = draw_face(subject, report, side_px)
        faces[subject.id] = FaceRef(
            str(keep(f"face-{i}-crop", drawn.crop)),
            keep(f"face-{i}-heat", drawn.heat),
            keep(f"face-{i}-blend", drawn.blend),
            tuple(
                (str(keep(f"face-{i}-moment-{index}", picture)), index)
                for index, picture in draw_moments(subject, report)
            ),
        )
    pictures[HEAT_SCALE], pictures[BLEND_SCALE] = draw_scales()
    return Material(report_to_dict(report), pictures, tuple(scenes), faces)
