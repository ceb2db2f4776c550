"""Korean conclusion, recommended action and disclaimer: they depend on the outcome alone."""

from __future__ import annotations

from unmask.explain.korean.names import noun, persons
from unmask.explain.lines import Case
from unmask.explain.particles import with_particle
from unmask.types import MediaKind, Outcome, Reason

WHY = {
    Reason.NO_FACE: "얼굴이 발견되지 않음",
    Reason.FACE_TOO_SMALL: "얼굴이 너무 작음",
    Reason.LOW_QUALITY: "얼굴의 화질이 충분하지 않음",
    Reason.TOO_FEW_FRAMES: "얼굴을 읽을 수 있는 프레임이 너무 적음",
    Reason.PARTIAL_DECODE: "파일의 일부를 읽지 못함",
    Reason.GREY_ZONE: "확률이 어느 쪽으로도 판정하지 않는 범위에 있음",
    Reason.OUT_OF_RANGE: "얼굴이 모델이 다루는 범위를 벗어남",
    Reason.TOO_SMOOTH: "얼굴의 움직임이 실제로 촬영한 얼굴보다 매끄러움",
    Reason.TOO_COMPRESSED: "얼굴 부분의 압축이 너무 강함",
    Reason.TOO_BLURRED: "얼굴이 너무 흐림",
    Reason.SOME_MOMENTS: "영상 전체가 아니라 이어지는 일부 시점에서만 판정 기준에 도달함",
}
HELP = {
    Reason.NO_FACE: "얼굴이 뚜렷하게 보이는 자료",
    Reason.FACE_TOO_SMALL: "얼굴이 더 크게 나온 고해상도 자료",
    Reason.LOW_QUALITY: "더 선명하고 조명이 고르며 압축이 덜 된 자료",
    Reason.TOO_FEW_FRAMES: "얼굴이 더 오래 보이는 구간",
    Reason.PARTIAL_DECODE: "손상되지 않은 파일",
    Reason.GREY_ZONE: "원본 파일과 같은 인물의 다른 자료, 그리고 전문가의 검토",
    Reason.OUT_OF_RANGE: "얼굴이 똑바로 선 채 카메라를 향하고 선명하게 나온 자료",
    Reason.TOO_SMOOTH: "편집하거나 다시 압축하기 전의 촬영 원본",
    Reason.TOO_COMPRESSED: "압축이 덜 된 자료나 원본 파일",
    Reason.TOO_BLURRED: "더 선명하거나 더 큰 자료, 또는 원본 파일",
    Reason.SOME_MOMENTS: "원본 파일에서 그 시점만 잘라 내어 다시 한 분석",
}
DISCLAIMER = (
    "이 보고서는 자동화된 통계 분석의 결과입니다. 조작 여부나 진본 여부를 증명하지 않고, "
    "누가 언제 왜 파일을 변경했는지는 다루지 않으며, 전문가의 감정을 대신하지 않습니다."
)


def conclusion(case: Case) -> str:
    """The outcome in one to three sentences."""
    name = noun(case.media)
    if case.outcome is Outcome.MANIPULATED:
        who = persons(case.manipulated)
        said = f"이 {name}에서 {who}의 얼굴이 조작되었다는 증거가 확인되었습니다."
        left = f" {persons(case.open)}에 대해서는 판정을 보류합니다." if case.open else ""
        return said + left + _clear(case)
    if case.outcome is Outcome.NO_EVIDENCE:
        return (
            f"이 {name}의 얼굴이 조작되었다는 증거는 발견되지 않았습니다. 다만 이 결과가 "
            f"{with_particle(name, '이/가')} 진본임을 증명하는 것은 아닙니다."
        )
    if not (case.open or case.clear):
        return f"{_looked_at(case)} 얼굴을 찾지 못하여, 얼굴 조작 여부를 판단할 수 없습니다."
    whose = f"{persons(case.open)}의 얼굴이" if case.open else "얼굴이"
    said = f"이 {name}에서 {whose} 조작되었는지는 판단할 수 없습니다(사유: {_why(case)})."
    return f"{said}{_clear(case)}{_whole(case)}"


def _looked_at(case: Case) -> str:
    """A clip is not read frame by frame: what lies between was not looked at."""
    if case.media is MediaKind.VIDEO:
        return "이 영상에서 검사한 프레임에서는"
    return f"이 {noun(case.media)}에서"


def _why(case: Case) -> str:
    """The reasons; whose each is, where they are not everybody's."""
    return "; ".join(
        f"{persons(who)} – {WHY[reason]}" if case.reasons_differ else WHY[reason]
        for reason, who in case.why_by_persons
    )


def _whole(case: Case) -> str:
    """Why one face leaves the whole file open."""
    if not (case.open and case.clear):
        return ""
    return (
        f" 판단할 수 없는 얼굴이 하나라도 있으면 {noun(case.media)} 전체에 대한 판정을 보류하며, "
        "다른 인물에 대한 결과는 그대로 유효합니다."
    )


def _clear(case: Case) -> str:
    if not case.clear:
        return ""
    return f" {persons(case.clear)}에 대해서는 조작의 증거가 발견되지 않았습니다."


def action(case: Case) -> str:
    """What the reader should do next."""
    name = noun(case.media)
    object_ = with_particle(name, "을/를")
    if case.outcome is Outcome.MANIPULATED:
        return (
            f"이 {object_} 진본으로 인용하거나 배포하지 마십시오. 출처에서 원본 파일을 확보하고 "
            "같은 상황을 담은 다른 자료를 찾아, 후속 조치를 하기 전에 전문가의 검토를 받으시기 "
            "바랍니다."
        )
    if case.outcome is Outcome.NO_EVIDENCE:
        return (
            "출처, 촬영 시점과 장소 등 통상적인 확인 절차는 그대로 진행하시기 바랍니다. "
            f"이 보고서를 {with_particle(name, '이/가')} 진본이라는 증거로 인용하지 마십시오."
        )
    helps = "; ".join(HELP[reason] for reason in case.reasons)
    if case.media is MediaKind.VIDEO and Reason.NO_FACE in case.reasons:
        helps = f"{helps}; 더 많은 프레임을 검사한 분석"
    return f"이 결과를 어느 쪽의 결론으로도 삼지 마십시오. 판정에 도움이 되는 자료: {helps}."


def population(text: str) -> str:
    """For whom the model was made, in the card's words."""
    return f"모델의 적용 대상: {text}"
