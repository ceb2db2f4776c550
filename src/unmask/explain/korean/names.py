"""Korean names of regions, measures, persons and files, and how they are listed."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.explain.format import measure_beside_limit
from unmask.types import Finding, MediaKind

KO = "ko"
REGIONS = {
    "surroundings": "얼굴 바깥",
    "left_eye": "화면 왼쪽 눈",
    "right_eye": "화면 오른쪽 눈",
    "left_brow": "화면 왼쪽 눈썹",
    "right_brow": "화면 오른쪽 눈썹",
    "nose": "코",
    "mouth": "입",
    "left_cheek": "화면 왼쪽 볼",
    "right_cheek": "화면 오른쪽 볼",
    "forehead": "이마",
    "chin": "턱",
    "jaw_line": "턱선",
    "hair_line": "머리선",
}
MEASURES = {
    "width": "폭",
    "sharpness": "선명도",
    "exposure": "밝기",
    "yaw": "좌우 회전",
}
UNITS = {"width": "픽셀", "yaw": "도"}


def noun(media: MediaKind) -> str:
    """What the reader calls the file."""
    return "사진" if media is MediaKind.IMAGE else "영상"


def person(subject: str) -> str:
    """The name of a person of the report."""
    return f"인물 {subject}"


def persons(ids: Sequence[str]) -> str:
    """Of one: "인물 A"; of more: "인물 A, B, C"."""
    return f"인물 {', '.join(ids)}"


def value_and_limit(finding: Finding) -> tuple[str, str]:
    """A quality finding: ("22픽셀", "30픽셀 이상")."""
    value, limit, is_lower = measure_beside_limit(finding)
    unit = UNITS.get(finding.detail["measure"], "")
    return f"{value}{unit}", f"{limit}{unit} {'이상' if is_lower else '이하'}"
