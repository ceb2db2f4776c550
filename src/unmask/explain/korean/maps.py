"""Korean sentences about heat maps and blend maps: only what was measured, region by region."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import UNDER, decimal, percent, percent_beside, seconds
from unmask.explain.korean.names import KO, REGIONS, person
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say
from unmask.types import Finding


def _map(line: Line) -> str:
    time_s = line.one("heat").detail.get("time_s")
    at = "" if time_s is None else f"({seconds(time_s, KO)} 시점)"
    return f"{person(line.subject)}의 열지도{at}"


def _peak(line: Line) -> str:
    return percent(float(line.one("heat").value or 0.0), KO)


def _regions(line: Line) -> str:
    parts = []
    for number, region in enumerate(line.all("region")):
        share, usual = _share_and_usual(region)
        source = "진짜 얼굴에서는 " if number == 0 and region.reference else ""
        place = REGIONS[region.detail["region"]]
        parts.append(f"{with_particle(share, '이/가')} {place}({source}{usual})")
    return f"{_map(line)}에서는 조작 쪽 근거의 {', '.join(parts)}에 모여 있습니다."


def _share_and_usual(region: Finding) -> tuple[str, str]:
    share = float(region.value or 0.0)
    if region.reference is None:
        return percent(share, KO), f"면적의 {percent(region.detail['area_share'], KO)}"
    low, top = region.reference
    shown, high = percent_beside(share, top, KO)
    if low >= UNDER and percent(low, KO) != high:
        return shown, f"통상 {percent(low, KO)}~{high}"
    return shown, f"통상 {high}{'' if top < UNDER else ' 이하'}"


def _regions_even(line: Line) -> str:
    number = decimal(float(line.one("even").value or 0.0))
    return (
        f"{_map(line)}에서 조작 쪽 근거는 얼굴 전반에 퍼져 있으며, 측정한 부위 {number}곳 가운데 "
        "두드러지는 곳은 없습니다."
    )


def _map_faint(line: Line) -> str:
    return (
        f"{with_particle(_map(line), '은/는')} 거의 비어 있습니다(최댓값이 눈금의 {_peak(line)}). "
        "이 결과는 얼굴 전체에 근거한 것이며, 특정 부위로 좁힐 수 없습니다."
    )


def _map_empty(line: Line) -> str:
    map_ = with_particle(_map(line), "은/는")
    return f"{map_} 거의 비어 있습니다(최댓값이 눈금의 {_peak(line)})."


def _map_low(line: Line) -> str:
    return (
        f"{_map(line)}에서 최댓값은 눈금의 {_peak(line)}이지만, 얼굴 전체로 보면 확률을 높일 정도"
        "는 아니었습니다."
    )


def _blend(line: Line) -> str:
    blend = line.one("blend")
    where = ", ".join(REGIONS[name] for name in blend.detail["regions"])
    mostly = f"(주로 {where})" if where else ""
    share = with_particle(percent(float(blend.value or 0.0), KO), "을/를")
    return (
        f"{person(line.subject)}의 합성 영역 지도는 얼굴 확대 화면의 {share} 합성된 부분으로 "
        f"표시합니다{mostly}."
    )


def _blend_none(line: Line) -> str:
    of = f"{person(line.subject)}의 합성 영역 지도에는"
    return f"{of} 합성된 부분으로 표시된 곳이 없습니다."


SENTENCES: Mapping[str, Say] = {
    "regions": _regions,
    "regions_even": _regions_even,
    "map_faint": _map_faint,
    "map_empty": _map_empty,
    "map_low": _map_low,
    "blend": _blend,
    "blend_none": _blend_none,
}
