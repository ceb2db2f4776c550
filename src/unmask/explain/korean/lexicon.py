"""Korean patterns of the checker: how numbers, places, outcomes and what may not be said read."""

from __future__ import annotations

import re

from unmask.explain.korean import vocabulary
from unmask.explain.korean.wording import WORDING
from unmask.explain.lexicon import NUMBER, Anchor, Lexicon, anchor, words
from unmask.types import Outcome

_NUMBER = rf"({NUMBER})(?:\s?(?:%|도|픽셀|초|장|계조|dB|배))?(?: (?:이상|미만|초과))?"
_JOSA = r"(?:은|는|이|가|을|를|과|와|에|의|으로|로|에서|부터|까지|도|만|·|,|\(|\)|\.|\s|$)"
_START = r"(?<![가-힣0-9])"

_OF = r"(?:인|은|는|이|가|을|를|의|으로|값|:)*"
_USUAL = r"통상(?: ?범위| ?값| ?수준|적으로|적인)?"
_END = r"(?:상한|하한|최댓값|최솟값|최대|최소)?(?:값)?"


def _anchor(text: str, *roles: str) -> Anchor:
    return anchor(text, *roles, number=_NUMBER)


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_START}{name}(?={_JOSA}|쪽|주변|부위)")


ANCHORS = (
    _anchor(rf"판정(?:하는)? 기준{_OF} ?#", "threshold"),
    _anchor(r"(?<!판정 )(?<!판정하는 )기준(?:인|은|이|값)? #", "threshold clear limit"),
    _anchor(r"(?:최소|최대|한계|한계는) #", "limit"),
    _anchor(r"# 이상이어야", "limit"),
    _anchor(r"# (?:이상|이하) 필요", "limit"),
    _anchor(r"#에 미치지 못", "limit"),
    _anchor(r"필요한 #", "limit"),
    _anchor(r"필요한 크기\(#", "limit"),
    _anchor(r"(?:사용 )?범위\(#", "clear limit usual"),
    _anchor(r"통상 범위(?:는|인)? ?\(?#~#", "usual", "usual"),
    _anchor(r"통상 #~#", "usual", "usual"),
    _anchor(r"통상 #", "usual"),
    _anchor(r"판정하지 않는 #(?:와|과) # 사이", "clear", "threshold"),
    _anchor(r"#(?:와|과) # 사이", "clear", "threshold"),
    _anchor(r"# (?:신뢰 ?)?구간", "confidence"),
    _anchor(r"구간(?:은|이)? #~#", "interval", "interval"),
    _anchor(r"구간[은이] #에서 #까지", "interval", "interval"),
    _anchor(r"구간은 #까지", "interval"),
    _anchor(r"확률은 #~#", "low", "high"),
    _anchor(r"최저 #", "low"),
    _anchor(r"최고 #", "high"),
    _anchor(r"눈금의 #", "peak"),
    _anchor(r"면적의 #", "area"),
    _anchor(r"최댓값(?:은|이) #", "peak"),
    _anchor(r"표준편차(?:는|가)? #", "spread"),
    _anchor(r"상관계수(?:는|가)? #", "stability"),
    _anchor(r"무작위로 고른 #", "area"),
    _anchor(r"무작위로[^.;]{0,30}?지우면 (?:확률이 )?#", "random"),
    _anchor(r"표시[한된] #", "area"),
    _anchor(r"확률이 #에서 #", "before", "marked"),
    _anchor(r"# 이상인 부분", "limit"),
    _anchor(r"화면의 #", "value"),
    _anchor(r"#개 가운데 #개", "moments", "over"),
    _anchor(r"#개 중 #개", "moments", "over"),
    _anchor(r"\(#이면 없음\)", "none"),
    _anchor(rf"(?<!판정 )(?<!판정하는 )기준{_OF} ?#", "threshold clear limit"),
    _anchor(rf"{_USUAL}{_OF} ?\(?#(?:~|에서 |부터 )#", "usual", "usual"),
    _anchor(rf"{_USUAL}{_OF} ?{_END}{_OF} ?\(?#", "usual"),
    _anchor(rf"(?:상한|하한){_OF} ?#", "usual limit threshold clear"),
    _anchor(r"진짜 얼굴[^.;\d]{0,24}?#(?:~|에서 |부터 )#", "usual", "usual"),
    _anchor(r"#(?:이|가)? ?(?:기준|한도)", "threshold clear limit"),
    _anchor(
        r"무작위[^.;,]{0,30}?(?:지우|지운|제거|가리|가린|빼|뺀|없애|덮)[^.;,\d]{0,10}#", "random"
    ),
    _anchor(r"#보다 (?:높|낮|크|작|큽)", "threshold clear limit usual value"),
    _anchor(r"# (?:이상|이하)(?=[,)])", "clear limit usual"),
    _anchor(r"# 이하(?=에|의|로|인|이)", "clear limit usual"),
)
PLACES = {
    "surroundings": re.compile(r"얼굴 바깥|얼굴 밖"),
    "left_eye": _place("왼쪽 눈"),
    "right_eye": _place("오른쪽 눈"),
    "left_brow": _place("왼쪽 눈썹"),
    "right_brow": _place("오른쪽 눈썹"),
    "nose": _place("코"),
    "mouth": re.compile(rf"{_START}(?:입(?={_JOSA}|쪽|주변|부위)|입술|입가)"),
    "left_cheek": _place("왼쪽 (?:볼|뺨)"),
    "right_cheek": _place("오른쪽 (?:볼|뺨)"),
    "forehead": _place("이마"),
    "chin": _place("턱"),
    "jaw_line": _place("턱선"),
    "hair_line": _place("머리선"),
}
KINDS = {
    "swap": words(r"교체|부분 합성|부분적으로 합성"),
    "edit": words(r"일부 편집"),
    "synthetic": words(r"생성"),
}
MEASURES = {
    "skin_texture": words(r"피부 결|세밀"),
    "noise_ratio": words(r"노이즈|잡음"),
    "jpeg_grid": words(r"JPEG 격자"),
    "double_compression": words(r"반복 압축|이중 압축"),
    "boundary_sharpness": words(r"윤곽"),
    "spectrum_peaks": words(r"스펙트럼|주파수|반복 무늬"),
    "colour_difference": words(r"색 차이|색상|색차"),
    "light_direction": words(r"빛 방향|광원|조명"),
    "scene_motion": words(r"떨림"),
    "appearance": words(r"외관"),
    "gaze": words(r"시선"),
    "face_body": words(r"얼굴과 몸|몸의 "),
    "width": words(rf"(?<!프레임당 얼굴 ){_START}폭(?={_JOSA})|(?<!같은 ){_START}크기(?!로)"),
    "sharpness": words(r"(?<!윤곽의 )선명도"),
    "exposure": words(r"밝기"),
    "yaw": words(r"좌우 회전|돌린"),
    "blockiness": words(r"압축 격자"),
}
TOPICS = {
    words(r"열지도"): frozenset({"heat", "region", "even", "faithfulness"}),
    words(r"합성 영역|합성된 부분"): frozenset({"blend"}),
    words(r"얼굴 교체|부분 합성"): frozenset({"class"}),
    words(r"생성"): frozenset({"class"}),
    words(r"검사한 시점|시점 \d+개|\d+개 시점"): frozenset({"time", "unread"}),
    words(r"판정 기준"): frozenset({"probability", "time"}),
    words(r"% 구간|신뢰 구간"): frozenset({"probability"}),
    words(r"확률"): frozenset(
        {"probability", "time", "faithfulness", "class", "abstention", "verdict", "heat"}
    ),
    words(r"(?<!프레임당 )(?:얼굴|사진|영상)의? \d+(?:\.\d+)? ?%"): frozenset(
        {"blend", "region", "faithfulness"}
    ),
    words(r"장면 전환"): frozenset({"frames"}),
    words(r"지우면|삭제 시험"): frozenset({"faithfulness"}),
}
NEUTRAL = words(
    r"""
    조작되었을 (?:보정 )?확률 / 조작(?:될|되었을|일) 확률|조작 확률 / 조작되었는지|조작 여부
    조작 쪽 근거 / 조작의 증거가 없다고 보는|조작의 증거가 없는 것으로 보는 / 조작 유형|유형별
    조작으로 판정하는 기준 / 어느 쪽으로도 판정하지 않는 / 진짜 얼굴(?:의|에서)
    얼굴 교체·부분 합성|얼굴 전체 생성|생성된 것으로 보므로 / 원본 (?:파일|크기|자료)
    """
)
CLAIMS = {
    Outcome.NO_EVIDENCE: words(r"(?:조작되었다는 )?증거[가는] (?:없|발견되지|확인되지)"),
    Outcome.INCONCLUSIVE: words(
        r"""
        보류 / 판단할 수 없 / 판정할 수 없 / 확률을 제시하지 않 / 판정을 내리지 않
        말해 주지 않
        """
    ),
    Outcome.MANIPULATED: words(
        r"""
        조작되었(?!을) / 조작된(?! 것은 아) / 조작으로 판정 / 조작입니다 / 조작이 확인
        (?:조작의 |조작되었다는 )?증거가 (?:확인|발견되었|있) / 조작에 해당 / 조작임
        """
    ),
}
FORBIDDEN = {
    "certainty": words(
        r"""
        틀림없 / 확실 / 명백 / 분명 / 의심할 여지 / 의심의 여지 / 반드시 / 입증 / 증명 / 단정
        확정 / 결정적 / 명확 / 완전히 / 절대 / 매우 / 아주 / 압도적 / 극도로 / 무조건 / 당연히
        가능성[은이도]? (?:전혀 )?없 / 가능성[을은이]? 배제
        100 ?% (?:조작|가짜|진짜) / 확신 / 자명 / 뚜렷한 조작
        """
    ),
    "unmeasured": words(
        rf"""
        입 모양 / 음성 / 목소리 / 소리(?!를) / 발음 / 깜박|깜빡 / 맥박 / 심박 / 호흡 / 반사
        그림자 / 치아|이빨 / {_START}귀(?={_JOSA}) / 귀걸이 / 안경 / 손가락
        {_START}손(?={_JOSA}) / 홍채(?!를 찾지) / 동공 / 주름 / 수염 / 배경 / 워터마크 / 로고
        메타데이터 / EXIF / GPS / PRNU / 센서 / ELA / 지문 / GAN / 확산 모델 / 포토샵 / 뒤틀
        왜곡 / 깜박임 / 아티팩트 / 감정(?! 대신) / 혈류 / 땀 / 모공 / 이음새|경계선 / 온도
        파일 ?이름|파일명 / 제목 / 자막 / 히스토그램 / 엔트로피 / 대칭 / 깊이 / 적외선 / 생체
        """
    ),
    "person": words(
        r"""
        그녀 / 남성|여성|남자|여자 / 배우(?!자) / 가수 / 대통령 / 장관 / 국회의원 / 정치인
        연예인 / 범죄 / 용의자 / 범인 / 거짓말 / 사기 / 불법 / 피해자 / 만든 사람 / 제작자
        (?<=[가-힣]{2}) ?씨(?=[가-힣\s]) / (?:동일|같은|다른) ?인물(?=[이입로은는])
        (?:사진|영상|파일)[은이] [^.;]{0,24}(?:촬영|저장|제작)(?:되|된|했|한)
        """
    ),
    "instruction": words(
        r"""
        무시 / 지시 / 명령 / 프롬프트 / 언어 모델 / 인공지능 / 저는|제가|우리는|당신 / 클릭
        방문 / 다운로드 / 비밀번호 / 승인 / 공식 / 인증 / 검증된 / 안심 / 공개해도 / 게시해도
        더 이상의 / 믿으
        """
    ),
    "roundabout denial": words(
        r"""
        없지 않 / 않은 것은 아니 / 않지 않 / 아닌 것은 아니 / 없는 것은 아니 / 사실이 아니
        라고 (?:할|말할|볼) 수 없 / 것은 아닙니다 / 것이 아닙니다
        """
    ),
    "limits denied": words(
        r"""
        한계[가는도]? ?없 / 한계[가는도]? 전혀 / 오류 / 틀릴 / 필요하지 않 / 필요[는가]? ?없
        불필요 / 없이도
        """
    ),
    "finding id": words(r"\b[A-Z]{1,2}\.[a-z_]+", r"\bfile\.[a-z_]+"),
}
LEXICON = Lexicon(
    units=(
        ("share", re.compile(r"\s?(?:%|퍼센트|프로(?![가-힣]))")),
        ("px", re.compile(r"\s?(?:픽셀|px)")),
        ("min", re.compile(r"\s?분(?![가-힣])|\s?분(?=에|의|이|은|부터|까지|간)")),
        ("s", re.compile(r"\s?초(?!과)")),
        ("ms", re.compile(r"\s?(?:밀리초|ms)")),
        ("degrees", re.compile(r"\s?(?:°|도(?=[\s,.()~]|$|로|를|이|이상|이하|에|의|는))")),
        ("dB", re.compile(r"\s?dB")),
        ("grey levels", re.compile(r"\s?계조")),
        ("times", re.compile(r"\s?배")),
        ("unknown", re.compile(r"\s?(?:Hz|bpm|mm|cm|fps|년|시간|일(?![가-힣])|세(?![가-힣])|살)")),
    ),
    anchors=ANCHORS,
    counted={
        re.compile(r"명|사람"): frozenset({"faces"}),
        re.compile(r"장(?!면)"): frozenset({"frames", "usable", "limit"}),
        re.compile(r"개의 프레임"): frozenset({"frames", "usable", "limit"}),
        re.compile(r"개의 얼굴"): frozenset({"faces"}),
        re.compile(r"개(?!의 (?:프레임|얼굴))"): frozenset({"moments", "over", "unread"}),
        re.compile(r"번(?! (?:더|이상|씩))"): frozenset({"cuts"}),
        re.compile(r"곳|군데"): frozenset({"regions"}),
        re.compile(r"칸"): frozenset({"cells"}),
    },
    count_words={
        "한": 1,
        "두": 2,
        "세": 3,
        "네": 4,
        "다섯": 5,
        "여섯": 6,
        "일곱": 7,
        "여덟": 8,
        "아홉": 9,
        "열": 10,
        "열한": 11,
        "열두": 12,
    },
    vague=words(
        r"""
        절반 / 두 배 / 세 배 / 대부분 / 과반 / 거의 모든 / 대다수 / 여러 (?:명|곳) / 몇몇
        정도로 높 / 수십 / 수백 / 가능성이 (?:높|크|낮) / 삼분의 / 반 이상
        """
    ),
    places=PLACES,
    kinds=KINDS,
    measures=MEASURES,
    topics=TOPICS,
    neutral=NEUTRAL,
    claims=CLAIMS,
    never=words(
        r"""
        진짜 / 진본 / 조작되지 않 / 조작이 아니 / 조작이 없 / 원본입니다 / 믿을 수 있
        신뢰할 수 있 / 실제 얼굴 / 가짜 / 딥페이크 / 위조 / 변조 / 날조 / 조작하지 않
        조작된 것은 아 / 이상[이은]? (?:없|발견|있)
        """
    ),
    hedges=words(
        r"""
        증거 / 판정 / 결과 / 기준 / 확률
        """
    ),
    reaches=words(
        r"기준[^.;]{0,14}?(?:도달(?!하지)|넘(?!지)|이상(?!에 미치지)|초과(?!하지)|웃[도돌돕]"
        r"|보다 (?:높|크|큽)(?!지)|확률[^.;]{0,40}충분[합히])"
        r"(?![^.;,]{0,6}(?:않|못|없))"
    ),
    misses=words(
        r"""
        도달하지 (?:못|않) / 미치지 못 / 넘지 (?:못|않) / 기준[^.]{0,12}?(?:미만|아래|밑돕)
        밑도 / 밑돌 / 확률[^.;]{0,40}(?:충분하지 [않못]|부족하|모자라)
        """
    ),
    none=words(r"도달한 시점은 없", r"시점은 하나도 없", r"어느 시점에서도"),
    every=words(r"\d+개 모두", r"모든 시점에서"),
    between=words(r"사이에 있", r"보류하는 범위"),
    random=words(r"무작위"),
    outside=words(
        r"벗어[난납났날]|벗어나",
        r"비정상",
        r"이례적",
        r"밖에 있",
        r"너무 (?:작|크|어두|밝)",
        r"범위[를을]? ?(?:넘|초과)",
    ),
    within=words(
        r"범위(?:\([^)]*\))? ?(?:안|내|이내)",
        r"(?<!비)정상",
        r"범위(?:\([^)]*\))?에 (?:속|해당|포함)|충족|만족|부합",
    ),
    higher=words(
        r"보다 (?:더 |약간 |다소 |조금 )?(?:높|큽|크|큰)", r"웃돕|웃돌|웃도", r"상한[^.;]{0,14}넘"
    ),
    lower=words(r"보다 (?:더 |약간 |다소 |조금 )?(?:낮|작)", r"밑돕|밑돌|밑도"),
    as_usual=words(r"통상적인 수준", r"통상과 같"),
    empty=words(r"비어 있", r"아무것도 없"),
    failed=words(r"통과하지 못", r"실패", r"제시하지 않"),
    artefacts=words(
        r"""
        흔적(?!$)(?!은)(?!을)(?! \d)(?!\()(?!,) / 교체 / 합성 / 생성 / 쪽 근거 / 수상
        의심스 / 이상 징후 / 어색 / 부자연 / 편집
        """
    ),
    forbidden=FORBIDDEN,
    unknown=vocabulary.unknown_words,
    known=vocabulary.KNOWN,
    names=frozenset({"JPEG", "Lab", "px", "dB"}),
    foreign=re.compile(r"[^\W\d_가-힣A-Za-z]"),
    by_letter=True,
    own=re.compile(r"[가-힣]"),
    own_share=0.5,
    ending=re.compile(
        r"(?:니다|시오|바랍니다)(?:\([^()]*\))?\.$|^[^.]*:[^.]*\.$|^[^:]*:.*[)\d가-힣%]\.$"
    ),
    wording=WORDING,
)
