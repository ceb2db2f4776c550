"""English names of regions, measures, persons and files, and how they are listed."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.explain.format import measure_beside_limit, measured
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
NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip
# Measurements and cues, as they follow "the".
MEASURED = {
    "skin_texture": "fineness of the facial skin against the neck's",
    "noise_ratio": "noise in the face against its surroundings",
    "jpeg_grid": "strength of the JPEG grid in the face against its surroundings",
    "double_compression": "trace of repeated compression in the face",
    "boundary_sharpness": "sharpness of the outline of the face",
    "spectrum_peaks": "strongest regular pattern in the face's spectrum",
    "colour_difference": "colour difference between face and neck",
    "light_direction": "angle between the light on the inner and on the outer face",
    "scene_motion": "jitter of the face against head and scene",
    "appearance": "difference of the face from its surroundings and the other faces",
    "gaze": "angle by which the gaze misses what could be looked at",
    "face_body": "difference between face and body",
}
# How a measurement's unit is written, beside shares, which are told in percent.
MEASURED_UNITS = {
    "degrees": "{}°",
    "px": "{} px",
    "grey levels": "{} grey levels",
    "dB": "{} dB",
    "delta ab": "{} Lab units",
    "z": "{} standard deviations",
    "% of face width per frame": "{}% of the face width per frame",
}
TOLD_ONCE = frozenset({"degrees", "px", "dB", "grey levels"})  # units that end a range: "0 to 3 dB"
ABSENT = {
    "image": "only a clip shows it",
    "one_face": "no other face in the same picture",
    "no_shoulders": "no shoulders were found",
    "no_neck": "the neck cannot be seen well enough",
    "no_skin": "too little bare skin",
    "no_outline": "its edge cannot be read",
    "no_surroundings": "too little round the face",
    "no_grid": "the picture has no such grid",
    "no_light": "no direction can be read",
    "no_mesh": "no facial landmarks could be fitted",
    "no_texture": "too little detail",
    "eyes_not_readable": "the eyes cannot be read",
    "too_few_frames": "too few frames",
    "face_too_small": "the face is too small",
    "low_quality": "the face cannot be read well enough",
    "still": "a still picture",
}


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


def number_word(number: int) -> str:
    """A count at the start of a sentence: "Two", "Twelve", "13"."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 frame", "32 frames"."""
    return f"{number} {one if number == 1 else many}"


def value_and_limit(finding: Finding) -> tuple[str, str]:
    """A quality finding: ("22 px", "at least 30 px")."""
    value, limit, is_lower = measure_beside_limit(finding)
    unit = UNITS.get(finding.detail["measure"], "")
    return f"{value}{unit}", f"at {'least' if is_lower else 'most'} {limit}{unit}"


def measured_names(findings: Sequence[Finding]) -> str:
    """The measurements of findings, listed: "the noise in the face ... and the gaze"."""
    return listing([f"the {MEASURED[finding.detail['name']]}" for finding in findings])


def value_and_usual(finding: Finding) -> tuple[str, str]:
    """A measurement: ("1.8°", "0.7 to 1.4"); a unit that cannot be told is left out."""
    value, low, high = measured(finding)
    unit = MEASURED_UNITS.get(finding.unit, "{}")
    usual = f"{low} to {high}"
    return unit.format(value), unit.format(usual) if finding.unit in TOLD_ONCE else usual
