"""Korean sentences of the expert's register: fractions, every number, and its range."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import (
    MEASURE_DECIMALS,
    decimal,
    decimal_beside,
    fraction,
    fraction_beside,
    percent,
    seconds,
)
from unmask.explain.korean.measures import EXPERT as MEASURES_EXPERT
from unmask.explain.korean.names import KO, MEASURES, REGIONS, UNITS, person
from unmask.explain.lines import Line
from unmask.explain.particles import particle
from unmask.explain.words import Say
from unmask.types import Finding, MediaKind


def _probability(line: Line, limit: str, pair: str = "") -> tuple[str, str]:
    """(the clause up to the comparison, with its particle; the limit `limit` as text)."""
    finding = line.one("probability")
    detail = finding.detail
    shown, shown_limit = fraction_beside(float(finding.value or 0.0), detail[limit], KO)
    interval = ""
    if "low" in detail:
        low, high = fraction(detail["low"], KO), fraction(detail["high"], KO)
        interval = f"({decimal(detail['confidence'] * 100)}% 구간 {low}~{high})"
    joined = f"{shown}{interval}{particle(shown, pair) if pair else ''}"
    return f"{person(line.subject)}의 얼굴이 조작되었을 보정 확률은 {joined}", shown_limit


def _manipulated(line: Line) -> str:
    clause, limit = _probability(line, "threshold", "으로/로")
    return f"{clause}, 조작으로 판정하는 기준인 {limit}에 도달했습니다."


def _no_evidence(line: Line) -> str:
    clause, limit = _probability(line, "clear_below", "으로/로")
    return f"{clause}, 조작의 증거가 없다고 보는 범위({limit} 이하)에 있습니다."


def _grey_zone(line: Line) -> str:
    finding = line.one("probability")
    detail, p = finding.detail, float(finding.value or 0.0)
    upper = p - detail["clear_below"] > detail["threshold"] - p
    clause, _ = _probability(line, "threshold" if upper else "clear_below", "으로/로")
    low, high = (decimal(detail[key], 4) for key in ("clear_below", "threshold"))
    between = f"{low}{particle(low, '과/와')} {high} 사이"
    return f"{clause}, 어느 쪽으로도 판정하지 않는 {between}에 있습니다."


def _open(line: Line) -> str:
    clause, _ = _probability(line, "threshold")
    return f"{clause}이지만, 다음 이유로 판정을 보류합니다."


def _class(line: Line) -> str:
    detail = line.one("class").detail
    swap, synthetic = fraction(detail["swap"], KO), fraction(detail["synthetic"], KO)
    if "edit" in detail:
        parts = f"얼굴 교체 {swap}, 얼굴 일부 편집 {fraction(detail['edit'], KO)}"
    else:
        parts = f"얼굴 교체·부분 합성 {swap}"
    return f"{person(line.subject)}의 유형별 확률: {parts}, 얼굴 전체 생성 {synthetic}."


def _regions(line: Line) -> str:
    heat = line.one("heat")
    time_s = heat.detail.get("time_s")
    at = "" if time_s is None else f"{seconds(time_s, KO)} 시점, "
    peak = percent(float(heat.value or 0.0), KO)
    parts = [_region(region) for region in line.all("region")]
    return (
        f"{person(line.subject)}의 열지도({at}최댓값이 눈금의 {peak})에서 부위별 양의 값 비중: "
        f"{'; '.join(parts)}."
    )


def _region(region: Finding) -> str:
    detail = region.detail
    share, area = percent(float(region.value or 0.0), KO, 1), percent(detail["area_share"], KO, 1)
    usual = ""
    if region.reference is not None:
        low, high = (percent(bound, KO, 1) for bound in region.reference)
        usual = f", 진짜 얼굴의 통상 범위 {low}~{high}"
    return f"{share} {REGIONS[detail['region']]}(면적의 {area}{usual})"


def _blend(line: Line) -> str:
    blend = line.one("blend")
    where = ", ".join(REGIONS[name] for name in blend.detail["regions"])
    mostly = f"(주로 {where})" if where else ""
    return (
        f"{person(line.subject)}의 합성 영역 지도에서 기준값 {decimal(blend.detail['cut'], 2)} "
        f"이상인 부분은 얼굴 확대 화면의 {percent(float(blend.value or 0.0), KO, 1)}{mostly}이며, "
        f"최댓값은 {decimal(blend.detail['peak'], 2)}입니다."
    )


def _time(line: Line) -> str:
    detail = line.one("time").detail
    limit = decimal(detail["threshold"], 4)
    high, _ = fraction_beside(detail["high"], detail["threshold"], KO)
    reached = (
        f"{detail['over']}개에서 확률이 판정 기준 {limit}에 도달했습니다"
        if detail["over"]
        else f"확률이 판정 기준 {limit}에 도달한 시점은 없습니다"
    )
    return (
        f"{person(line.subject)}의 시점 {detail['moments']}개 가운데 {reached}. 시점별 확률은 최저 "
        f"{fraction(detail['low'], KO)}, 최고 {high}({seconds(detail['peak_s'], KO)} 시점), 표준"
        f"편차 {decimal(detail['spread'], 3)}이며, 판정은 모든 시점을 종합하여 내립니다."
    )


def _quality(line: Line) -> str:
    parts = [_measure(finding) for finding in line.all("quality")]
    when = "(영상 전체의 중앙값)" if line.media is MediaKind.VIDEO else ""
    return f"{person(line.subject)}{when}, 사용 범위 안의 화질: {'; '.join(parts)}."


def _measure(finding: Finding) -> str:
    detail = finding.detail
    name, value = detail["measure"], float(finding.value or 0.0)
    if name == "blockiness":
        return f"압축 격자 {decimal(value, 2)}(1이면 없음)"
    unit, digits, limits = UNITS.get(name, ""), MEASURE_DECIMALS[name], []
    shown = decimal(value, digits)
    for key, side in (("at_least", "이상"), ("at_most", "이하")):
        if key in detail:
            shown, bound = decimal_beside(value, detail[key], digits)
            limits.append(f"{bound}{unit} {side}")
    return f"{MEASURES[name]} {shown}{unit}({', '.join(limits)})"


SENTENCES: Mapping[str, Say] = {
    "probability_manipulated": _manipulated,
    "probability_no_evidence": _no_evidence,
    "probability_grey_zone": _grey_zone,
    "probability_open": _open,
    "class": _class,
    "regions": _regions,
    "blend": _blend,
    "time": _time,
    "time_some": _time,
    "time_none": _time,
    "quality_good": _quality,
    **MEASURES_EXPERT,
}
