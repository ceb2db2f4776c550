"""Korean words that say the same as the report's own, and what denies, compares or gives reasons.

See `explain/wording.py`.
"""

from __future__ import annotations

import re

from unmask.explain.lexicon import NUMBER, words
from unmask.explain.wording import Wording
from unmask.types import Reason


def _synonyms(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = (line.split(" => ") for line in table.strip().splitlines())
    return tuple((re.compile(left.strip()), own.strip()) for left, own in pairs)


SYNONYMS = (
    *_synonyms(
        r"""
        이미지|그림(?!자) => 사진
        동영상|비디오 => 영상
        기준(?:값|치|점|선)|임계[값치]|임곗값|문턱값|역치 => 기준
        (?:정상(?:적인)?|일반적인|일반|평상시|보통의|평소의?|통상적인) ?범위 => 통상 범위
        신뢰 ?구간 => 구간
        조작(?:의|된)? ?(?:흔적|징후)(?=[은이을]? ?(?:없|발견되지|확인되지|찾지)) => 조작의 증거
        좌측 => 왼쪽
        우측 => 오른쪽
        상회 => 웃돌
        하회 => 밑돌
        """
    ),
    # a number is held against the findings at the precision written, whatever rounds it in words
    (re.compile(r"(?<![가-힣])(?:약|대략|거의|어림잡아) (?=\d)"), ""),
)
_NUMBER = rf"(?<![\d.(])({NUMBER})(?:\s?(?:%|도|픽셀|초|배|dB))?"
_TO = (
    r"(?:을|를|보다|보다는|에|에는|에도|까지|까지는|도|인|라는)? ?(?:기준(?:을|에|보다)? ?)?"
    r"(?:더 |약간 |조금 |다소 |크게 )*"
)
WORDING = Wording(
    synonyms=SYNONYMS,
    clause=re.compile(r"[.;](?!\d)\s*|(?:지만|으나|는데|[고며나]|반면),?\s(?![가-힣]*지 ?않)"),
    denied_before=re.compile(r"(?!)"),
    denied_after=re.compile(
        r"[가-힣]{0,3}지(?:는|도|를)? ?(?:않|못)|[가-힣]{0,2} 수 (?:없|는 없)"
        r"|[가-힣]{0,4} (?:시점|측정값|경우|항목|부분|것)(?:은|는|이|도)? (?:하나도 )?(?:없|아니)"
    ),
    over=re.compile(rf"{_NUMBER}{_TO}(?:넘|초과|웃도|웃돌|웃돕|높|크|큽|큰|도달)"),
    under=re.compile(rf"{_NUMBER}{_TO}(?:밑도|밑돌|밑돕|낮|작|미치지 못|못 미)"),
    up=words(r"오르|올라(?!와)|올랐|증가|상승|높아[지졌진집]|커[지졌진집]|늘어"),
    down=words(
        r"내려[가갔갑간]|(?:로|까지) 내[려렸리린립]|감소|하락|낮아[지졌진집]|줄어|줄었"
        r"|떨어[지졌진집]"
    ),
    missing=words(
        r"""
        측정할 수 없 / 측정하지 못 / 측정되지 않 / 측정이 불가능 / 구할 수 없 / 산출할 수 없
        산출하지 못 / 값이 없 / 계산할 수 없
        """
    ),
    reasons={
        Reason.FACE_TOO_SMALL: words(r"작[아은기] / 작으므로 / 크기에 미치지 / 크지 않"),
        Reason.LOW_QUALITY: words(r"화질 / 흐[려릿] / 어두 / 선명도가 / 제대로 읽 / 읽을 수 없"),
        Reason.TOO_FEW_FRAMES: words(r"프레임"),
        Reason.PARTIAL_DECODE: words(r"일부를 읽지 / 손상 / 파일의 일부"),
        Reason.GREY_ZONE: words(r"사이에 / 두 기준 / 기준 사이"),
        Reason.OUT_OF_RANGE: words(r"고개를 / 돌[린려아] / 특징점 / 학습한 범위"),
        Reason.TOO_SMOOTH: words(r"매끄[러럽] / 떨림"),
        Reason.TOO_COMPRESSED: words(r"압축이 (?:너무 )?강 / 강한 압축 / 강하게 압축"),
        Reason.TOO_BLURRED: words(r"흐[려릿림립린]"),
        Reason.SOME_MOMENTS: words(r"이어지는 / (?:일부|몇) (?:시점|구간|순간)"),
    },
    slight=words(r"약간|조금|다소|소폭|근소|살짝|미세하게"),
    most=words(r"가장 (?:많|큰|크|높|강) / 주로 / 중심으로"),
    headed=(
        (
            re.compile(r"프레임(?:은|는|이|의 수는|의|수는)? ?\Z"),
            frozenset({"frames", "usable", "limit"}),
        ),
        (re.compile(r"(?:얼굴|인물|사람)(?:은|는|이|의 수는|의)? ?\Z"), frozenset({"faces"})),
        (re.compile(r"부위(?:는|가|의)? ?\Z"), frozenset({"regions"})),
    ),
)
