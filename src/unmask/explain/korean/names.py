"""Korean names of regions, measures, persons and files, and how they are listed."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.explain.format import measure_beside_limit, measured
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
# Measurements and cues, as they follow "인물 A의".
MEASURED = {
    "skin_texture": "얼굴 피부 결의 세밀함(목 대비)",
    "noise_ratio": "얼굴 노이즈(주변 대비)",
    "jpeg_grid": "얼굴 부분 JPEG 격자 세기(주변 대비)",
    "double_compression": "얼굴에 남은 반복 압축의 정도",
    "boundary_sharpness": "얼굴 윤곽의 선명도",
    "spectrum_peaks": "얼굴 스펙트럼에서 가장 강한 반복 무늬",
    "colour_difference": "얼굴과 목의 색 차이",
    "light_direction": "얼굴 안쪽과 바깥쪽의 빛 방향 차이",
    "scene_motion": "얼굴 떨림(머리·장면 대비)",
    "appearance": "외관 차이(주변·다른 얼굴 대비)",
    "gaze": "시선이 볼 만한 대상을 비껴간 각도",
    "face_body": "얼굴과 몸의 차이",
}
# How a measurement's unit is written, beside shares, which are told in percent.
MEASURED_UNITS = {
    "degrees": "{}도",
    "px": "{}픽셀",
    "grey levels": "{}계조",
    "dB": "{}dB",
    "delta ab": "Lab 색차 {}",
    "z": "표준편차의 {}배",
    "% of face width per frame": "프레임당 얼굴 폭의 {}%",
}
TOLD_ONCE = frozenset({"degrees", "px", "dB", "grey levels"})  # units that end a range: "0~3dB"
ABSENT = {
    "image": "영상에서만 측정 가능",
    "one_face": "함께 나온 다른 얼굴이 없음",
    "no_shoulders": "어깨를 찾지 못함",
    "no_neck": "목이 충분히 보이지 않음",
    "no_skin": "드러난 피부가 부족함",
    "no_outline": "얼굴선을 읽을 수 없음",
    "no_surroundings": "얼굴 주변이 거의 없음",
    "no_grid": "그런 격자가 없음",
    "no_light": "방향을 읽을 수 없음",
    "no_mesh": "얼굴 특징점을 찾지 못함",
    "no_texture": "세부 무늬가 부족함",
    "eyes_not_readable": "눈을 읽을 수 없음",
    "too_few_frames": "프레임이 너무 적음",
    "face_too_small": "얼굴이 너무 작음",
    "low_quality": "얼굴의 화질이 충분하지 않음",
    "still": "정지 화면임",
}


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


def measured_names(findings: Sequence[Finding]) -> str:
    """The measurements of findings, listed with commas."""
    return ", ".join(MEASURED[finding.detail["name"]] for finding in findings)


def value_and_usual(finding: Finding) -> tuple[str, str]:
    """A measurement: ("1.8도", "0.7~1.4"); a unit that cannot be told is left out."""
    value, low, high = measured(finding)
    unit, usual = MEASURED_UNITS.get(finding.unit, "{}"), f"{low}~{high}"
    return unit.format(value), unit.format(usual) if finding.unit in TOLD_ONCE else usual
