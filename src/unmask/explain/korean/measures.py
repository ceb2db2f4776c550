"""Korean sentences about forensic measurements, cues and the test of the heat map."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import decimal, fraction, percent
from unmask.explain.korean.names import (
    ABSENT,
    KO,
    MEASURED,
    measured_names,
    person,
    value_and_usual,
)
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say
from unmask.types import Finding


def _unusual(line: Line) -> str:
    (finding,) = line.findings
    shown, usual = value_and_usual(finding)
    value, (low, _) = float(finding.value or 0.0), finding.reference or (0.0, 0.0)
    side = "밑돕니다" if value < low else "웃돕니다"
    name = with_particle(MEASURED[finding.detail["name"]], "은/는")
    of = f"{person(line.subject)}의 {name} {with_particle(shown, '으로/로')}"
    return f"{of}, 진짜 얼굴의 통상 범위({usual})를 {side}."


def _usual(line: Line) -> str:
    if len(line.findings) == 1:
        shown, usual = value_and_usual(line.findings[0])
        name = with_particle(measured_names(line.findings), "은/는")
        of = f"{person(line.subject)}의 {name} {with_particle(shown, '으로/로')}"
        return f"{of}, 진짜 얼굴의 통상 범위({usual}) 안에 있습니다."
    names = with_particle(measured_names(line.findings), "은/는")
    return f"{person(line.subject)}의 {names} 모두 진짜 얼굴의 통상 범위 안에 있습니다."


def _usual_expert(line: Line) -> str:
    return f"{person(line.subject)}, 통상 범위 안의 측정값: {'; '.join(map(_each, line.findings))}."


def _each(finding: Finding) -> str:
    shown, usual = value_and_usual(finding)
    return f"{MEASURED[finding.detail['name']]} {shown}(통상 범위 {usual})"


def _absent(line: Line) -> str:
    parts = [
        f"{MEASURED[f.detail['name']]} – {ABSENT.get(f.detail['reason'], '측정할 수 없음')}"
        for f in line.findings
    ]
    return f"{person(line.subject)}에서 측정하지 못한 항목: {'; '.join(parts)}."


def _faithfulness(line: Line) -> str:
    detail = line.one("faithfulness").detail
    before, marked, random = (percent(detail[key], KO) for key in ("before", "marked", "random"))
    area = percent(detail["area_share"], KO)
    return (
        f"{person(line.subject)}의 열지도가 가장 강하게 표시한 {with_particle(area, '을/를')} "
        f"지우면 이 화면의 확률이 {before}에서 {with_particle(marked, '으로/로')} 바뀌고, 무작위로 "
        f"고른 {with_particle(area, '을/를')} 지우면 {with_particle(random, '이/가')} 됩니다."
    )


def _faithfulness_expert(line: Line) -> str:
    return f"{person(line.subject)} 열지도의 삭제 시험: {_deletion(line)}."


def _deletion(line: Line) -> str:
    detail = line.one("faithfulness").detail
    before, marked, random = (fraction(detail[key], KO) for key in ("before", "marked", "random"))
    area = with_particle(percent(detail["area_share"], KO), "을/를")
    return (
        f"열지도가 표시한 {area} 지우면 확률이 {before}에서 {with_particle(marked, '으로/로')}, "
        f"무작위로 고른 {area} 지우면 {with_particle(random, '으로/로')} 바뀜; 좌우 반전·재압축 시 "
        f"지도의 상관계수 {decimal(detail['stability'], 2)}"
    )


def _failed(line: Line) -> str:
    return (
        f"{person(line.subject)}의 열지도는, 표시한 부분이 실제로 판정의 근거인지 확인하는 시험을 "
        "통과하지 못하여 제시하지 않습니다."
    )


def _failed_expert(line: Line) -> str:
    return (
        f"{person(line.subject)}의 열지도는 삭제 시험을 통과하지 못하여 제시하지 않습니다"
        f"({_deletion(line)})."
    )


SENTENCES: Mapping[str, Say] = {
    "measure_unusual": _unusual,
    "measures_usual": _usual,
    "cue_unusual": _unusual,
    "cues_usual": _usual,
    "measures_absent": _absent,
    "faithfulness": _faithfulness,
    "faithfulness_failed": _failed,
}
EXPERT: Mapping[str, Say] = {
    "measures_usual": _usual_expert,
    "cues_usual": _usual_expert,
    "faithfulness": _faithfulness_expert,
    "faithfulness_failed": _failed_expert,
}
