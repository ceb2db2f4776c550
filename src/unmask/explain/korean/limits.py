"""Korean sentences for what could not be said of a person, and for the limits a file raises."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import decimal, percent_beside, threshold_percent
from unmask.explain.korean.names import (
    KO,
    MEASURED,
    MEASURES,
    noun,
    person,
    persons,
    value_and_limit,
    value_and_usual,
)
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say

NONE_GIVEN = "확률을 제시하지 않습니다"


def _face(line: Line) -> str:
    return f"{person(line.subject)}의 얼굴"


def _too_small(line: Line) -> str:
    width = line.one("quality")
    if width.detail["within"]:
        value = decimal(float(width.value or 0.0), 0)
        why = f"폭이 {value}픽셀로 이번 분석에서 지정한 크기보다 작아"
    else:
        value, limit = value_and_limit(width)
        why = f"폭이 {value}로 필요한 크기({limit})에 미치지 못하여"
    return f"{_face(line)}은 {why} {NONE_GIVEN}."


def _low_quality(line: Line) -> str:
    parts = []
    for finding in line.all("quality"):
        value, limit = value_and_limit(finding)
        parts.append(f"{MEASURES[finding.detail['measure']]} {value}, {limit} 필요")
    why = f"({'; '.join(parts)})" if parts else ""
    return f"{_face(line)}은 화질이 충분하지 않아 {NONE_GIVEN}{why}."


def _too_few(line: Line) -> str:
    detail = line.one("abstention").detail
    least = f"{decimal(detail['at_least'])}장"
    if "usable" not in detail:
        return f"{_face(line)}을 읽을 수 있는 프레임이 {least}에 미치지 못하여 {NONE_GIVEN}."
    few = f"{detail['usable']}장뿐이어서({least} 이상 필요)"
    return f"{_face(line)}을 읽을 수 있는 프레임이 {few} {NONE_GIVEN}."


def _out_of_range(line: Line) -> str:
    if turned := line.all("quality"):
        value, limit = value_and_limit(turned[0])
        why = f"고개를 {value} 돌린 상태로, 모델의 사용 범위({limit})를 벗어나"
        return f"{with_particle(person(line.subject), '은/는')} {why} {NONE_GIVEN}."
    if not line.one("abstention").detail["has_mesh"]:
        return f"{_face(line)}에서는 얼굴 특징점을 찾을 수 없어 {NONE_GIVEN}."
    return f"{_face(line)}은 모델의 사용 범위를 벗어나 {NONE_GIVEN}."


def _too_smooth(line: Line) -> str:
    said = f"{_face(line)} 떨림이 진짜 얼굴의 통상 범위보다 작습니다."
    for cue in line.all("cue"):
        shown, usual = value_and_usual(cue)
        of = f"{person(line.subject)}의 {with_particle(MEASURED['scene_motion'], '은/는')}"
        said = f"{of} {shown}로, 진짜 얼굴의 통상 범위({usual})를 밑돕니다."
    return (
        f"{said} 이런 차이는 개별 프레임에는 드러나지 않으므로, 프레임 분석만으로는 판정을 "
        "내리지 않습니다."
    )


def _too_compressed(line: Line) -> str:
    blocks = "".join(
        f": 압축 격자 {decimal(float(one.value or 0), 2)}(1이면 없음)"
        for one in line.all("quality")
    )
    return (
        f"{_face(line)}은 압축이 강합니다{blocks}. 이런 자료에서는 확률이 낮아도 판정을 내리지 "
        "않습니다."
    )


def _too_blurred(line: Line) -> str:
    value, limit = value_and_limit(line.one("quality"))
    return (
        f"{_face(line)}은 흐립니다(선명도 {value}, {limit} 필요). 이런 자료에서는 확률이 낮아도 "
        "판정을 내리지 않습니다."
    )


def _some_moments(line: Line) -> str:
    return (
        f"이어지는 일부 시점만 보면 {person(line.subject)}의 확률이 판정 기준에 도달합니다. 영상의 "
        "일부만 조작되었을 수 있으므로, 모든 시점을 종합한 확률만으로는 판정을 내리지 않습니다."
    )


def _partial(line: Line) -> str:
    return (
        "파일의 일부를 읽지 못했으며, 나머지 부분만으로는 "
        f"{person(line.subject)}에 대한 판정을 내리지 않습니다."
    )


def _damage(line: Line) -> str:
    return f"{noun(line.media)}의 일부는 읽을 수 없어 검사하지 못했습니다."


def _skipped(line: Line) -> str:
    return (
        f"{noun(line.media)}에는 분석하지 않은 부분이 있으며, 제외한 항목과 사유는 검사 범위에 "
        "나와 있습니다."
    )


def _unchecked(line: Line) -> str:
    detail = line.one("unchecked").detail
    return (
        f"{persons(detail['ids'])}에 대해서는 {with_particle(MEASURED[detail['name']], '이/가')} "
        "측정되지 않아, 움직임이 지나치게 매끄러운지는 판정에 반영되지 않았습니다."
    )


def _coarse(line: Line) -> str:
    detail = line.one("heat").detail
    cells = f"가로 {detail['columns']}칸, 세로 {detail['rows']}칸"
    return (
        f"열지도는 얼굴 확대 화면을 {cells}으로 나눈 성긴 지도이므로, 눈처럼 작은 부위의 "
        "값에는 바로 옆 부위의 값이 섞여 있습니다."
    )


def _cuts(line: Line) -> str:
    cuts = line.one("frames").detail["cuts"]
    return (
        f"영상에 장면 전환이 {cuts}번 있으며, 장면이 바뀌면 인물을 이어서 추적하지 않으므로 같은 "
        "사람이 서로 다른 인물로 표시될 수 있습니다."
    )


def _no_mesh(line: Line) -> str:
    return f"{_face(line)}에서는 특징점을 찾을 수 없어 부위별 설명을 제시하지 않습니다."


def _interval_low(line: Line) -> str:
    shown, limit, of = _interval(line, "low", "threshold")
    return f"{of} {shown}까지 내려가, 판정 기준 {limit}에 미치지 못하는 값을 포함합니다."


def _interval_high(line: Line) -> str:
    shown, limit, of = _interval(line, "high", "clear_below")
    clear = f"조작의 증거가 없다고 보는 범위({limit} 이하)"
    return f"{of} {shown}까지 올라가, {clear}를 넘는 값을 포함합니다."


def _interval(line: Line, end: str, key: str) -> tuple[str, str, str]:
    detail = line.one("probability").detail
    shown, _ = percent_beside(detail[end], detail[key], KO, exact=True)
    of = f"{person(line.subject)}의 {decimal(detail['confidence'] * 100)}% 구간은"
    return shown, threshold_percent(detail[key]), of


def _near(line: Line) -> str:
    finding = line.one("quality")
    value, limit = value_and_limit(finding)
    name = with_particle(MEASURES[finding.detail["measure"]], "은/는")
    of = f"{_face(line)} {name} {with_particle(value, '으로/로')}"
    return f"{of}, 사용 범위({limit})의 경계에 가깝습니다."


def _measures(line: Line) -> str:
    return (
        "신경망 외의 측정값은 판정을 뒷받침하거나 보완할 뿐 그것만으로 판정하지 않으며, 진짜 "
        "얼굴에서도 통상 범위를 벗어나는 값이 가끔 나옵니다."
    )


SENTENCES: Mapping[str, Say] = {
    "abstain_face_too_small": _too_small,
    "abstain_low_quality": _low_quality,
    "abstain_too_few_frames": _too_few,
    "abstain_out_of_range": _out_of_range,
    "abstain_partial_decode": _partial,
    "abstain_too_smooth": _too_smooth,
    "abstain_too_compressed": _too_compressed,
    "abstain_too_blurred": _too_blurred,
    "abstain_some_moments": _some_moments,
    "limit_damage": _damage,
    "limit_skipped": _skipped,
    "limit_unchecked": _unchecked,
    "limit_cuts": _cuts,
    "limit_measures": _measures,
    "limit_coarse": _coarse,
    "limit_no_mesh": _no_mesh,
    "limit_interval_low": _interval_low,
    "limit_interval_high": _interval_high,
    "limit_near": _near,
}
