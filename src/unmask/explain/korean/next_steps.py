"""Korean sentences on what a human expert should look at next: places to start from."""

from __future__ import annotations

from collections.abc import Mapping

from unmask.explain.format import seconds
from unmask.explain.korean.names import KO, REGIONS, measured_names, noun, person
from unmask.explain.lines import Line
from unmask.explain.particles import with_particle
from unmask.explain.words import Say


def _regions(line: Line) -> str:
    first, *rest = [REGIONS[f.detail["region"]] for f in line.all("region")]
    names = f"{with_particle(first, '과/와')} {', '.join(rest)}" if rest else first
    where = with_particle(names, "을/를")
    return (
        f"{person(line.subject)}의 {where} 원본 크기로 먼저 살펴보고, 같은 사람을 담은 다른 자료와 "
        "비교하시기 바랍니다."
    )


def _whole(line: Line) -> str:
    return (
        f"{person(line.subject)}에 대해서는 카메라가 저장한 원본 파일을 확인하시기 바랍니다. 모델"
        "은 얼굴 전체를 생성된 것으로 보므로, 어느 한 부위만 이상해 보이지 않을 수 있습니다."
    )


def _face(line: Line) -> str:
    return (
        f"{person(line.subject)}의 얼굴 전체를 원본 크기로 살펴보고, 같은 사람을 담은 다른 자료와 "
        "비교하시기 바랍니다."
    )


def _moment(line: Line) -> str:
    peak = seconds(line.one("time").detail["peak_s"], KO)
    return (
        f"{person(line.subject)}의 확률이 가장 높은 {peak} 시점 앞뒤를 프레임 단위로 살펴보시기 "
        "바랍니다."
    )


def _grey(line: Line) -> str:
    return (
        f"이 분석만으로는 {person(line.subject)}에 대해 판단할 수 없으므로, 원본 파일과 다른 자료"
        "를 함께 놓고 판단하시기 바랍니다."
    )


def _unread(line: Line) -> str:
    return (
        f"이 분석은 {person(line.subject)}의 얼굴에 대해 아무것도 말해 주지 않으므로, 눈으로 직접 "
        "살펴보거나 더 나은 자료로 판단하시기 바랍니다."
    )


def _measures(line: Line) -> str:
    names = with_particle(measured_names(line.findings), "을/를")
    return f"원본 파일에서 {person(line.subject)}의 {names} 다시 측정하시기 바랍니다."


def _clear(line: Line) -> str:
    return (
        "이 분석에는 우선 살펴볼 부분으로 꼽을 만한 곳이 없습니다. 의심이 남으면 "
        f"{noun(line.media)}의 출처와 촬영 시점, 장소를 확인하고 다른 자료를 찾아보시기 바랍니다."
    )


def _no_face(line: Line) -> str:
    where = noun(line.media)
    return (
        f"얼굴을 찾지 못하여 이 {where}에서는 조작 여부를 검사한 부분이 없으므로, 검토를 처음부터 "
        "진행하시기 바랍니다."
    )


SENTENCES: Mapping[str, Say] = {
    "next_regions": _regions,
    "next_whole": _whole,
    "next_face": _face,
    "next_moment": _moment,
    "next_grey": _grey,
    "next_unread": _unread,
    "next_measures": _measures,
    "next_clear": _clear,
    "next_no_face": _no_face,
}
