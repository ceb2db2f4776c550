"""English names of regions, measures, persons and files, and how they are listed."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.explain.format import measure_beside_limit
from unmask.types import Finding, MediaKind

EN = "en"
REGIONS = {
    "surroundings": "outside the face",
    "left_eye": "on the eye at the left of the picture",
    "right_eye": "on the eye at the right of the picture",
    "left_brow": "on the eyebrow at the left of the picture",
    "right_brow": "on the eyebrow at the right of the picture",
    "nose": "on the nose",
    "mouth": "on the mouth",
    "left_cheek": "on the cheek at the left of the picture",
    "right_cheek": "on the cheek at the right of the picture",
    "forehead": "on the forehead",
    "chin": "on the chin",
    "jaw_line": "on the jaw line",
    "hair_line": "on the hair line",
}
MEASURES = {
    "width": "width",
    "sharpness": "sharpness",
    "exposure": "exposure",
    "yaw": "turn of the head",
}
UNITS = {"width": " px", "yaw": "°"}


def noun(media: MediaKind) -> str:
    """What the reader calls the file."""
    return "picture" if media is MediaKind.IMAGE else "clip"


def person(subject: str) -> str:
    """The name of a person of the report."""
    return f"person {subject}"


def persons(ids: Sequence[str]) -> str:
    """Of one: "person A"; of more: "persons A and B", "persons A, B and C"."""
    return person(ids[0]) if len(ids) == 1 else f"persons {listing(ids)}"


def listing(items: Sequence[str]) -> str:
    """Items with commas and a last "and"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 frame", "32 frames"."""
    return f"{number} {one if number == 1 else many}"


def value_and_limit(finding: Finding) -> tuple[str, str]:
    """A quality finding: ("22 px", "at least 30 px")."""
    value, limit, is_lower = measure_beside_limit(finding)
    unit = UNITS.get(finding.detail["measure"], "")
    return f"{value}{unit}", f"at {'least' if is_lower else 'most'} {limit}{unit}"
