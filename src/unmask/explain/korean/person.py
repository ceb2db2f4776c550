"""Korean sentences about the scene and each person: probability, kind, time, quality.

Every number comes from a finding of the line, through `explain/format.py`; particles that follow a
number or a letter come from `explain/particles.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import (
    decimal,
    percent,
    percent_beside,
    seconds,
    threshold_percent,
)
from unmask.explain.korean.names import KO, MEASURES, noun, person, value_and_limit
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say
from unmask.types import MediaKind


def _scene(line: Line) -> str:
    ids: list[str] = line.one("faces").detail["ids"]
    where, frames = noun(line.media), line.all("frames")
    if frames:
        span = frames[0].detail.get("duration_s")
        length = "" if span is None else f"({seconds(span, KO)})"
        examined = f"{where}{length}에서 프레임 {int(frames[0].value or 0)}장을 검사했"
        if not ids:
            return f"{examined}으나, 얼굴을 찾지 못했습니다."
        return f"{examined}으며, {_people(ids)}."
    if not ids:
        return f"{where}에서 얼굴을 찾지 못했습니다."
    order = "왼쪽부터 차례로 " if len(ids) > 1 else ""
    return f"{where}에서 {_people(ids, order)}."


def _people(ids: list[str], order: str = "") -> str:
    found = f"인물 {len(ids)}명의 얼굴이 확인되었습니다"
    if len(ids) == 1:
        return f"{found}({person(ids[0])})"
    span = f"{ids[0]}, {ids[1]}" if len(ids) == 2 else f"{ids[0]}~{ids[-1]}"
    return f"{found}({order}인물 {span})"


def _probability(line: Line, limit: str | None, pair: str = "") -> tuple[str, str]:
    """(the clause up to the comparison, with its particle; the limit `limit` as text)."""
    finding = line.one("probability")
    p, detail = float(finding.value or 0.0), finding.detail
    shown, shown_limit = percent(p, KO), ""
    if limit:
        shown, shown_limit = percent_beside(p, detail[limit], KO, exact=True)
    joined = with_particle(shown, pair) if pair else shown
    return f"{person(line.subject)}의 얼굴이 조작되었을 확률은 {joined}", shown_limit


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
    low, high = (threshold_percent(detail[key]) for key in ("clear_below", "threshold"))
    return f"{clause}, 어느 쪽으로도 판정하지 않는 {low}와 {high} 사이에 있습니다."


def _open(line: Line) -> str:
    clause, _ = _probability(line, None)
    return f"{clause}이지만, 다음 이유로 판정을 보류합니다."


def _class(line: Line) -> str:
    detail = line.one("class").detail
    synthetic = with_particle(percent(detail["synthetic"], KO), "을/를")
    if "edit" in detail:
        edit = percent(detail["edit"], KO)
        swap = f"얼굴 교체에 {percent(detail['swap'], KO)}, 얼굴 일부 편집에 {edit}"
    else:
        swap = f"얼굴 교체·부분 합성에 {percent(detail['swap'], KO)}"
    return (
        f"조작 유형별로 보면, 모델은 {person(line.subject)}에 대해 {swap}, "
        f"얼굴 전체 생성에 {synthetic} 부여합니다."
    )


def _time(line: Line) -> str:
    detail = line.one("time").detail
    some = f"{detail['moments']}개 가운데 {detail['over']}개에서"
    every = f"{detail['moments']}개 모두에서"
    return (
        f"{person(line.subject)}의 확률은 집계한 시점 "
        f"{every if detail['over'] == detail['moments'] else some} 판정 기준 "
        f"{threshold_percent(detail['threshold'])}에 도달했습니다. {_range(line)}"
    )


def _time_some(line: Line) -> str:
    detail = line.one("time").detail
    return (
        f"{person(line.subject)}의 확률은 집계한 시점 {detail['moments']}개 가운데 "
        f"{detail['over']}개에서 판정 기준 {threshold_percent(detail['threshold'])}에 도달했으나, "
        f"인물에 대한 판정은 모든 시점을 종합하여 내립니다. {_range(line)}"
    )


def _range(line: Line) -> str:
    peak = seconds(line.one("time").detail["peak_s"], KO)
    return f"시점별 확률은 {_low_to_high(line)}이며, {peak} 시점에서 가장 높습니다."


def _time_none(line: Line) -> str:
    detail = line.one("time").detail
    return (
        f"집계한 시점 {detail['moments']}개 가운데 {person(line.subject)}의 확률이 판정 기준 "
        f"{threshold_percent(detail['threshold'])}에 도달한 시점은 없으며, 시점별 확률은 "
        f"{_low_to_high(line)}입니다."
    )


def _low_to_high(line: Line) -> str:
    detail = line.one("time").detail
    low = percent(detail["low"], KO)
    high, _ = percent_beside(detail["high"], detail["threshold"], KO, exact=True)
    return f"모두 {low}" if low == high else f"최저 {low}, 최고 {high}"


def _unread(line: Line) -> str:
    number = int(line.one("unread").value or 0)
    where = f"{person(line.subject)}에 대해서는 {number}개 시점에서"
    return f"{where} 얼굴을 충분히 읽을 수 없어 집계에서 제외했습니다."


def _quality_good(line: Line) -> str:
    measured = {finding.detail["measure"]: finding for finding in line.all("quality")}
    median = "(영상 전체의 중앙값)" if line.media is MediaKind.VIDEO else ""
    width = f"{decimal(float(measured['width'].value or 0.0), 0)}픽셀{median}"
    of = f"{person(line.subject)}의 얼굴은 폭이 {width}"
    if len(measured) == 1:
        return f"{of}이며, 모델의 사용 범위 안에 있습니다."
    names = "·".join({**MEASURES, "width": "크기"}[name] for name in measured)
    return f"{of}이며, {with_particle(names, '이/가')} 모두 모델의 사용 범위 안에 있습니다."


def _quality_outside(line: Line) -> str:
    finding = line.one("quality")
    value, limit = value_and_limit(finding)
    name = with_particle(MEASURES[finding.detail["measure"]], "은/는")
    of = f"{person(line.subject)} 얼굴의 {name} {with_particle(value, '으로/로')}"
    return f"{of}, 모델의 사용 범위({limit})를 벗어납니다."


SENTENCES: Mapping[str, Say] = {
    "scene": _scene,
    "probability_manipulated": _manipulated,
    "probability_no_evidence": _no_evidence,
    "probability_grey_zone": _grey_zone,
    "probability_open": _open,
    "class": _class,
    "time": _time,
    "time_some": _time_some,
    "time_none": _time_none,
    "unread": _unread,
    "quality_good": _quality_good,
    "quality_outside": _quality_outside,
}
