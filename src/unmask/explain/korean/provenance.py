"""Korean sentences about the file itself: threshold of one's own, robustness card, provenance.

Nothing that a stranger wrote into the file is repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import decimal, percent_range, threshold_percent
from unmask.explain.korean.ending import WHY
from unmask.explain.korean.names import KO, noun
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say
from unmask.types import Reason

CHANGES = {
    "jpeg:q70": "약한 JPEG 압축",
    "jpeg:q40": "강한 JPEG 압축",
    "half_size": "절반 크기로 축소",
    "blur": "흐림",
    "noise": "노이즈",
    "crop": "가장자리 자르기",
    "h264": "동영상 압축",
    "brightness": "밝기 증가",
}
ASIDE = "확률에는 반영하지 않았습니다"
CREDENTIALS = "콘텐츠 자격 증명"


def change_name(change: str) -> str:
    """The name of a change "jpeg:q70" or "blur:sigma=2px"."""
    return CHANGES.get(change) or CHANGES[change.split(":", 1)[0]]


def _profile(line: Line) -> str:
    finding = line.one("profile")
    detail = finding.detail
    threshold = with_particle(threshold_percent(float(finding.value or 0.0)), "은/는")
    span = percent_range(detail["low"], detail["high"], KO)
    return (
        f"판정 기준 {threshold} 사용자가 준비한 진본 파일 {detail['files']}개로 만든 프로필에서 "
        "가져온 값입니다. 이와 같은 종류의 진본 가운데 조작으로 잘못 판정되는 비율을 "
        f"{threshold_percent(detail['max_false_alarms'])} "
        f"이하({decimal(detail['confidence'] * 100)}% 구간 {span})로 맞춘 기준입니다."
    )


def _robustness(line: Line) -> str:
    finding = line.one("robustness")
    detail = finding.detail
    lost = ", ".join(change_name(change) for change in detail["lost"])
    held = decimal(float(finding.value or 0.0))
    return (
        f"{with_particle(noun(line.media), '을/를')} 일부러 변형해 다시 분석한 결과, 변형 "
        f"{detail['changes']}가지 가운데 {held}가지에서 판정이 그대로 유지되었습니다. 판정이 "
        f"달라진 변형은 {lost}입니다."
    )


def _robustness_all(line: Line) -> str:
    detail = line.one("robustness").detail
    return (
        f"{with_particle(noun(line.media), '을/를')} 일부러 변형해 다시 분석한 결과, 변형 "
        f"{detail['changes']}가지 모두에서 판정이 그대로 유지되었습니다."
    )


def _robustness_frames(line: Line) -> str:
    finding = line.one("robustness")
    held = decimal(float(finding.value or 0.0))
    return (
        "변형 시험에는 더 적은 프레임을 사용하는데, 변형하지 않은 영상도 이 프레임만으로는 판정이 "
        f"다르게 나옵니다. 변형 {finding.detail['changes']}가지 가운데 {held}가지에서 전체 분석과 "
        "같은 판정이 나왔습니다."
    )


def _robustness_untested(line: Line) -> str:
    return (
        "변형 시험에는 더 적은 프레임을 사용하는데, 변형하지 않은 영상도 이 프레임만으로는 확률을 "
        f"얻지 못해(사유: {_lacking(line)}) 판정이 유지되는지 시험하지 못했습니다."
    )


def _robustness_unmeasured(line: Line) -> str:
    return (
        f"{with_particle(noun(line.media), '을/를')} 일부러 변형해 다시 분석했으나, 어느 "
        f"변형에서도 확률을 얻지 못해(사유: {_lacking(line)}) 판정이 유지되는지 시험하지 "
        "못했습니다."
    )


def _robustness_uncounted(line: Line) -> str:
    names = ", ".join(change_name(one) for one in line.one("robustness").detail["uncounted"])
    return f"확률을 얻지 못해(사유: {_lacking(line)}) 세지 않은 변형은 {names}입니다."


def _lacking(line: Line) -> str:
    """Why there was no probability."""
    return "; ".join(WHY[Reason(reason)] for reason in line.one("robustness").detail["why"])


def _absent(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 들어 있지 않습니다. 대부분의 파일에는 자격 증명이 없으므로, 이는 "
        "어떤 판단의 근거도 되지 않습니다."
    )


def _signed(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 들어 있으며 서명이 파일 내용과 일치합니다. 신뢰할 수 있는 서명자 "
        "목록이 주어지지 않아, 서명자를 신뢰할 수 있는지는 판단하지 않았습니다."
    )


def _signed_trusted(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 들어 있으며 서명이 파일 내용과 일치합니다. 서명자는 주어진 신뢰 "
        "목록에 있습니다."
    )


def _signed_unknown(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 들어 있으며 서명이 파일 내용과 일치합니다. 다만 서명자는 주어진 "
        "신뢰 목록에 없어 누구인지 확인되지 않습니다."
    )


def _invalid(_: Line) -> str:
    return (
        f"파일에 들어 있는 {CREDENTIALS}은 유효하지 않습니다. 서명한 뒤에 파일이나 자격 증명이 "
        "바뀌었거나 서명 자체에 결함이 있으므로, 그 내용을 믿어서는 안 됩니다."
    )


def _unreadable(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 있는지, 있다면 어떤 내용인지 읽지 못했습니다. 이로부터 알 수 있는 "
        "것은 없습니다."
    )


def _unchecked(_: Line) -> str:
    return (
        f"파일에 {CREDENTIALS}이 들어 있는 것으로 보이지만, 이를 검증하는 선택 구성 요소가 "
        "설치되어 있지 않아 확인하지 않았습니다."
    )


def _elsewhere(_: Line) -> str:
    return (
        f"파일은 다른 곳에 보관된 {CREDENTIALS}을 가리키고 있습니다. 이 분석은 네트워크에서 "
        "아무것도 내려받지 않으므로 확인하지 않았습니다."
    )


def _generated(_: Line) -> str:
    return (
        "이 자격 증명에 따르면 파일의 전부 또는 일부가 생성형 AI로 만들어졌습니다. 이는 서명자가 "
        f"밝힌 내용이며, {ASIDE}."
    )


def _generated_unsigned(_: Line) -> str:
    return (
        "이 자격 증명에는 파일의 전부 또는 일부가 생성형 AI로 만들어졌다고 적혀 있습니다. 유효한 "
        f"서명이 없으므로 누구나 적어 넣을 수 있는 내용이며, {ASIDE}."
    )


def _label(_: Line) -> str:
    return (
        "서명되지 않은 메타데이터에 파일이 생성형 AI로 만들어졌다는 표시가 있습니다. 이런 항목은 "
        f"쉽게 적어 넣거나 지울 수 있으며, {ASIDE}."
    )


def _metadata(line: Line) -> str:
    entries = int(line.one("provenance").value or 0)
    return (
        f"파일에 소프트웨어, 카메라, 제목, 시각 등을 적은 메타데이터 항목이 {entries}개 있으며, 그 "
        "목록은 보고서에 나와 있습니다. 메타데이터는 누구나 바꿀 수 있습니다."
    )


def _jpeg_standard(line: Line) -> str:
    quality = decimal(float(line.one("provenance").value or 0.0))
    return f"이 파일은 통상 눈금 기준으로 품질 {quality}의 JPEG로 마지막으로 저장되었습니다."


def _jpeg_own(line: Line) -> str:
    quality = decimal(float(line.one("provenance").value or 0.0))
    return (
        "이 파일은 카메라나 편집 프로그램이 쓰는 자체 압축표를 사용한 JPEG로 마지막으로 "
        f"저장되었으며, 통상 눈금에서 가장 가까운 품질은 {quality}입니다."
    )


SENTENCES: Mapping[str, Say] = {
    "profile": _profile,
    "robustness": _robustness,
    "robustness_all": _robustness_all,
    "robustness_frames": _robustness_frames,
    "robustness_untested": _robustness_untested,
    "robustness_unmeasured": _robustness_unmeasured,
    "robustness_uncounted": _robustness_uncounted,
    "provenance_absent": _absent,
    "provenance_signed": _signed,
    "provenance_signed_trusted": _signed_trusted,
    "provenance_signed_unknown": _signed_unknown,
    "provenance_invalid": _invalid,
    "provenance_unreadable": _unreadable,
    "provenance_unchecked": _unchecked,
    "provenance_elsewhere": _elsewhere,
    "provenance_generated": _generated,
    "provenance_generated_unsigned": _generated_unsigned,
    "provenance_label": _label,
    "provenance_metadata": _metadata,
    "provenance_jpeg_standard": _jpeg_standard,
    "provenance_jpeg_own": _jpeg_own,
}
