"""The Korean words that a narrator may use: what a report of this kind needs, and no more.

A sentence with any other word is refused by the checker, whatever it says; a closed list is the
only guard against claims that nobody has thought of. Particles and endings follow a stem freely;
stems of one syllable take none but those listed.
"""

from __future__ import annotations

import re

_TEXT = """
가능 가로 가운데 가장 각각 각도 갈라 강하 강한 같습 같은 개별 거듭 거의 거쳐 검사 검출 검토 격자
결과 결의 경우 계산 계조 고개 고른 골고루 골라 관련 관찰 교체 구간 구분 그대로 그러 그런 그리고
그중 그치 그칩 근거 기대 기록 기울 기준 기타 꼽을 꼽히 나누 나뉘 나머지 나온 나옵 나와 나은 나타
남습 남아 남으 남은 낮습 낮아 낮은 낮추 내려 내리 내린 내립 너무 너비 넘는 넘습 넘어 넘으 노이즈
높습 높아 높으 높은 높이 높일 놓고 눈금 눈썹 다른 다만 다시 다음 단계 단위 달라 달리 달합 담은
당시 대비 대상 대체로 대한 대해 더해 도달 도출 동안 되는 되며 되었 됩니다 두드러 뒤에 드러 드리
들어 듭니다 따라 따로 때문 떨림 떨어 또는 또한 마찬가지 만한 많습 많아 많으 많은 말해 머리 머리선
먼저 면적 모델 모두 모든 모여 모이 모인 모입 몰려 몰리 몰린 못하 못한 못함 못했 무늬 무작위 미달
미만 미치 밑에 바깥 바뀌 바뀐 바뀜 바뀝 바랍니다 반대 반복 반전 발견 밝기 방향 범위 벗어 변하 변화
별도 보고 보는 보다 보류 보면 보므로 보아 보여 보이 보인 보입 보정 보통 부분 부여 부위 부족 분석
분포 불과 비교 비껴 비어 비율 비중 비해 사람 사용 사이 사진 삭제 살펴 상관 상위 색차 생성 선명
선택 설명 세기 세로 세밀 세부 속하 순서 순으로 스펙트럼 시선 시점 시험 실제 아니 아닌 아닙 아래
아무것 안쪽 안팎 않는 않다 않습 않아 않았 않으 않은 않을 않음 압축 앞뒤 앞서 약한 양의 어깨 어느
어떤 얻은 얼굴 얼굴선 없는 없다 없습 없어 없으 없음 없이 여러 여부 역시 열지도 영상 영역 오른 올라
와서 외관 왼쪽 요약 우선 원래 원본 위쪽 위치 유지 유형 윤곽 의심이 이고 이는 이런 이를 이마 이며
이면 이번 이상 이어 이와 이유 이지만 이하 인물 일부 일정 읽는 읽어 읽을 읽지 있는 있다 있습 있어
있으 있음 있지 자료 자리 작습 작아 작은 작음 장면 장소 재압축 저장 적습 적용 적은 적음 전반 전부
전체 정도 정리 정지 정한 제시 제외 조작 좁힐 종류 종합 좌우 주로 주변 주어 주지 중심 중앙값 증가
증거 지도 지우 지운 지워 지점 지정 직접 진짜 진행 집계 집중 차례 차이 차지 찾아 찾을 찾지 처음
초과 총합 촬영 최고 최대 최댓값 최소 최솟값 최저 추가 추정 출처 충분 충족 측정 카메라 커서 컸으
코끝 크게 크기 크며 클수 턱선 통과 통상 특정 특징점 파일 판단 판정 퍼센트 퍼져 퍼지 편차 평균 평소
포함 폭이 표시 표준 프레임 피부 픽셀 필요 하나 하는 하며 학습 한다 함께 합계 합니다 합성 합치 항목
해당 해서 했습 향한 현재 화면 화질 확대 확률 확인 회전 흔히 흩어
"""
STEMS = tuple(_TEXT.split())
ONE = "[값개곳것과각그끝네눈다더도두또등만명목몸및못배번볼뺨분빛색세속수순쪽시안앞옆위이입장점중초칸코큰큽턱폭한할함해]"
JOSA = (
    "은|는|이|가|을|를|과|와|의|에|에서|에는|에서는|에도|로|으로|로는|으로는|으로도|도|만|만으로|만으로는|까지"
    "|까지로|부터|보다|뿐|뿐이어서|마다|별|별로|당|인|이며|이고|이나|이지만|이므로|이어서|입니다|이었습니다|이고요"
    "|니다|쯤|씩|씩의|들|들은|들이|개|명|장|곳|점|에서의|으로부터"
)
KNOWN = " ".join(sorted(STEMS))
PATTERN = re.compile(
    rf"(?:{'|'.join(sorted(STEMS, key=len, reverse=True))})[가-힣]{{0,7}}"
    rf"|(?:{ONE})(?:{JOSA})?|(?:{JOSA})"
)


def unknown_words(text: str) -> list[str]:
    """The words of a text that begin with no stem of the list."""
    return [word for word in re.findall(r"[가-힣]+", text) if not PATTERN.fullmatch(word)]
