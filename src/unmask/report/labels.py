"""The words of a report that are not about one file: headings, outcomes, reasons, units.

One table, Korean and English side by side; `label` looks a word up. Words for the report's own
making stand in `labels_record.py`, for what lies beside the verdicts in `labels_aside.py`, for
codes in `labels_details.py`. What is said about one file (interpretation, conclusion, action) comes
from `explain/`, what a model is good for from its card.
"""

from __future__ import annotations

from unmask.report.labels_aside import ASIDE
from unmask.report.labels_details import DETAILS
from unmask.report.labels_record import RECORD

LANGUAGES = ("ko", "en")

LABELS: dict[str, tuple[str, str]] = {  # key: (Korean, English)
    **RECORD,
    **ASIDE,
    **DETAILS,
    # --- headings
    "title": ("얼굴 조작 분석 보고서", "Face manipulation analysis report"),
    "overview": ("개요", "Overview"),
    "picture": ("분석 대상", "What was analysed"),
    "person": ("인물 {id}", "Person {id}"),
    "people": ("인물 {ids}", "Persons {ids}"),
    "interpretation": ("해석", "Interpretation"),
    "reliability": ("신뢰도와 한계", "Reliability and limits"),
    "conclusion": ("결론과 권고", "Conclusion and recommendation"),
    "disclaimer": ("유의 사항", "Disclaimer"),
    "coverage": ("검사 범위", "Coverage"),
    "record": ("버전과 처리 과정", "Versions and steps"),
    "evidence": ("근거", "Evidence"),
    "timeline": ("시간에 따른 조작 확률", "Probability over time"),
    # --- outcomes
    "outcome.manipulated": ("조작으로 판정", "Manipulated"),
    "outcome.inconclusive": ("판단 보류", "Inconclusive"),
    "outcome.no_evidence": ("조작 증거 없음", "No evidence of manipulation"),
    "says.manipulated": (
        "조작 확률이 판정 기준 이상인 얼굴이 있습니다.",
        "At least one face reaches the threshold for manipulation.",
    ),
    "says.inconclusive": (
        "조작 여부를 판단할 수 없습니다. 조작되지 않았다는 뜻이 아닙니다.",
        "This analysis cannot tell. That does not mean the file is genuine.",
    ),
    "says.inconclusive.some": (
        "조작 여부를 판단할 수 없는 얼굴이 있습니다. 조작되지 않았다는 뜻이 아닙니다.",
        "For at least one face this analysis cannot tell. That does not mean it is genuine.",
    ),
    "says.no_evidence": (
        "조작의 증거를 찾지 못했습니다. 조작되지 않았음을 증명하는 것은 아닙니다.",
        "No evidence of manipulation was found. That does not prove the file is genuine.",
    ),
    # --- fields of the overview
    "file": ("파일", "File"),
    "kind": ("종류", "Kind"),
    "kind.image": ("사진", "Picture"),
    "kind.video": ("영상", "Clip"),
    "kind.format": ("{kind}({format})", "{kind} ({format})"),
    "bytes": ("{value}바이트", "{value} bytes"),
    "size": ("크기", "Size"),
    "duration": ("길이", "Duration"),
    "fps": ("{value}프레임/초", "{value} frames/s"),
    "sha256": ("SHA-256", "SHA-256"),
    "created": ("분석 일시", "Analysed"),
    "outcome": ("판정", "Outcome"),
    "reasons": ("판단 보류 사유", "Why inconclusive"),
    "probability": ("조작 확률", "Probability of manipulation"),
    "whose": ("{what}(인물 {ids})", "{what} (person {ids})"),
    "whose.several": ("{what}(인물 {ids})", "{what} (persons {ids})"),
    "interval": ("95% 구간", "95% interval"),
    "no_probability": ("산출하지 않음", "none given"),
    "thresholds": ("판정 기준", "Thresholds"),
    "thresholds.value": (
        "{threshold} 이상이면 조작, {clear} 이하이면 조작 증거 없음",
        "manipulated from {threshold}, no evidence up to {clear}",
    ),
    "model": ("모델", "Model"),
    "model_sha256": ("모델 SHA-256", "Model SHA-256"),
    "population": ("적용 대상", "Made for"),
    "persons": ("인물", "Persons"),
    "persons.value": ("{count}명", "{count}"),
    # --- one person
    "crop": ("얼굴", "Face"),
    "heat_map": ("열지도", "Heat map"),
    "blend_map": ("합성 영역 지도", "Blend map"),
    "heat_map.alt": (
        "인물 {id}의 얼굴 위에 조작을 가리키는 근거의 위치를 노란색에서 붉은색으로 나타낸 열지도",
        "Heat map over the face of person {id}: yellow to red where evidence of manipulation lies",
    ),
    "blend_map.alt": (
        "인물 {id}의 얼굴에서 합성된 부분으로 보이는 정도를 나타낸 지도",
        "Map of person {id}'s face: how much each place looks blended in",
    ),
    "crop.alt": ("인물 {id}의 얼굴을 잘라 낸 사진", "The face of person {id}, cut out"),
    "scene.alt": (
        "분석한 화면 전체. 얼굴 상자와 기호: {ids}",
        "The whole picture with lettered boxes round the faces: {ids}",
    ),
    "scene.time": ("{time} 시점", "at {time}"),
    "scene.person_elsewhere": (
        "여기에 없는 다른 프레임에 나오는 인물: {ids}. 얼굴 상자의 위치는 JSON 보고서에 있습니다.",
        "Person {ids} appears in other frames, which are not shown; the JSON has the boxes.",
    ),
    "scene.people_elsewhere": (
        "여기에 없는 다른 프레임에 나오는 인물: {ids}. 얼굴 상자의 위치는 JSON 보고서에 있습니다.",
        "Persons {ids} appear in other frames, which are not shown; the JSON has their boxes.",
    ),
    "scene.none": ("찾은 얼굴 없음", "no face found"),
    "scale.low": ("0 근거 없음", "0 none"),
    "scale.high": ("{value} 이상", "{value} or more"),
    "scale.caption": ("칸별 근거의 세기(로그 오즈)", "weight of each cell (log-odds)"),
    "scale.alt": (
        "열지도의 색 눈금: 무색은 근거 없음, 붉은색으로 갈수록 강한 근거",
        "Colour scale of the heat map: no colour is none, from yellow to red the evidence grows",
    ),
    "blend.low": ("0", "0"),
    "blend.high": ("1", "1"),
    "blend.caption": ("합성된 부분으로 보이는 정도", "how much it looks blended in"),
    "blend.alt": (
        "합성 영역 지도 색 눈금: 0에서 1까지",
        "Colour scale of the blend map: from 0 to 1",
    ),
    "no_map": ("확률을 산출하지 않아 열지도가 없습니다.", "No heat map: no probability was given."),
    "map_hidden.drop_like_random": (
        "열지도를 표시하지 않습니다. 열지도가 표시한 부분을 지워도 같은 크기의 임의 부분을 "
        "지웠을 때보다 확률이 뚜렷하게 더 내려가지 않았습니다.",
        "The heat map is not shown: removing what it marks did not lower the probability clearly "
        "more than removing a random part of the same size.",
    ),
    "map_hidden.unstable": (
        "열지도를 표시하지 않습니다. 얼굴을 좌우로 뒤집거나 다시 압축하면 열지도가 "
        "다르게 나타났습니다.",
        "The heat map is not shown: it came out differently when the face was mirrored or "
        "compressed again.",
    ),
    "quality": ("화질", "Quality"),
    "quality.clip": ("화질(표시한 시점)", "Quality (moment shown)"),
    "quality.none": ("측정하지 않음", "not measured"),
    "quality.width": ("얼굴 폭 {value}픽셀", "face {value} px wide"),
    "quality.sharpness": ("선명도 {value}", "sharpness {value}"),
    "quality.exposure": ("밝기 {value}", "exposure {value}"),
    "quality.contrast": ("대비 {value}", "contrast {value}"),
    "quality.blockiness": ("압축 격자 {value}(1이면 없음)", "block grid {value} (1 is none)"),
    "pose": ("머리 방향", "Head pose"),
    "pose.value": (
        "좌우 {yaw}°, 상하 {pitch}°, 기울기 {roll}°",
        "left–right {yaw}°, up–down {pitch}°, tilt {roll}°",
    ),
    "box": ("얼굴 상자", "Face box"),
    "box.value": ("({x1}, {y1})부터 ({x2}, {y2})까지(픽셀)", "({x1}, {y1}) to ({x2}, {y2}) px"),
    "moment": ("표시한 시점", "Moment shown"),
    "seen": ("나온 구간", "Seen"),
    "seen.value": (
        "{first}부터 {last}까지, 프레임 {count}장",
        "from {first} to {last}, {count} frames",
    ),
    # --- evidence table
    "evidence.what": ("항목", "What"),
    "evidence.value": ("값", "Value"),
    "evidence.reference": ("참고 범위", "Reference"),
    "evidence.classes": ("유형별 확률", "Probability by class"),
    "evidence.detectors": ("검출기별 점수", "Score by detector"),
    "evidence.maps": ("지도", "Maps"),
    "evidence.heat": ("열지도의 최댓값(눈금을 1로 할 때)", "Peak of the heat map (scale = 1)"),
    "evidence.empty": ("{low}~{high} 범위는 거의 무색", "{low} to {high} looks empty"),
    "evidence.blend": (
        "합성된 부분으로 표시된 넓이의 비율",
        "Share of the area marked as blended",
    ),
    "evidence.usual": ("진짜 얼굴에서 {value}", "{value} on genuine faces"),
    "evidence.area": ("넓이의 비율 {value}", "{value} of the area"),
    "evidence.regions": ("얼굴 부위별 근거의 비중", "Share of the evidence that lies"),
    "evidence.abstained": ("보류: {reason}", "abstained: {reason}"),
    "evidence.none": ("제시할 근거가 없습니다.", "There is no evidence to show."),
    "reliability.value": ("입력 적합도 {value}(최대 1)", "fit of the input: {value} of 1"),
    "class.real": ("진짜 얼굴", "Genuine face"),
    "class.swap": ("얼굴 교체·부분 합성", "Face swap or blend"),
    "class.swap_alone": ("얼굴 교체", "Swapped face"),
    "class.edit": ("얼굴 일부 편집", "Edited part of the face"),
    "class.manipulated": ("조작된 얼굴", "Manipulated face"),
    "class.synthetic": ("얼굴 전체 생성", "Fully synthetic"),
    # --- timeline
    "timeline.threshold": ("조작 기준", "manipulated"),
    "timeline.clear": ("증거 없음 기준", "no evidence"),
    "timeline.cut": ("장면 전환", "cut"),
    "timeline.abstained": ("보류", "abstained"),
    "timeline.seconds": ("초", "s"),
    "timeline.minutes": ("분:초", "min:s"),
    "timeline.alt": (
        "인물 {id}, 시간별 조작 확률: 측정 {scored}회, 보류 {abstained}회, 최고 {high}, 최저 {low}",
        "Probability of manipulation of person {id} over time: {scored} measured, "
        "{abstained} without a reading, highest {high}, lowest {low}",
    ),
    "timeline.legend": (
        "● 측정값  ◎ 표시한 시점  × 판정하지 않은 시점  점선: 판정 기준과 장면 전환",
        "● measured  ◎ moment shown  × no reading  dotted: thresholds and cuts",
    ),
    "timeline.temporal": (
        "□ 파선: 앞뒤 프레임을 함께 본 시간 모델의 값",
        "□ dashed: temporal model, from the frames around",
    ),
    "timeline.empty": (
        "시간에 따른 측정값이 없습니다.",
        "There are no measurements over time.",
    ),
    "gauge.alt": (
        "0%에서 100%까지의 눈금: 조작 확률 {value}, 기준 {clear}와 {threshold}",
        "Scale from 0 to 100%: probability {value}, thresholds {clear} and {threshold}",
    ),
    # --- reliability
    "rule": ("판정 규칙", "Rule of the verdict"),
    "training": ("학습 자료", "Training material"),
    "training.count": ("{count}장", "{count}"),
    "training.source": ("자료", "Source"),
    "training.class": ("유형", "Class"),
    "training.number": ("수량", "Number"),
    "training.terms": ("이용 조건", "Terms"),
    "use": ("판독 가능 범위", "Fit for"),
    "use.face_width_min_px": ("얼굴 폭 {value}픽셀 이상", "faces from {value} px width"),
    "use.sharpness_min": ("선명도 {value} 이상", "sharpness from {value}"),
    "use.exposure": ("밝기 {low}에서 {high}까지", "exposure {low} to {high}"),
    "use.yaw_max_deg": ("좌우 회전 {value}° 이하", "head turned by up to {value}°"),
    "limits": ("한계", "Limits"),
    "limits.auc": (
        "AUC는 진짜 얼굴과 조작된 얼굴을 얼마나 잘 구분하는지 나타내는 값입니다. 1이면 모두 옳게 "
        "구분하는 것이고, 0.5이면 우연과 다르지 않습니다.",
        "AUC says how well genuine and manipulated faces are told apart: 1 is always, 0.5 is no "
        "better than chance.",
    ),
    "action": ("권고", "Recommended action"),
    "none": ("없음", "none"),
    # --- the page itself
    "letters": ("글자 표기", "Letters"),
    "letters.value": (
        "[U+…]는 이 PDF의 글꼴에 없는 글자를 유니코드 번호로 적은 것입니다. 원래 글자는 HTML과 "
        "JSON 보고서에 그대로 나옵니다.",
        "[U+…] stands for a letter that the font of this PDF lacks, by its Unicode number; the "
        "HTML and JSON reports show the letter itself.",
    ),
    "missing": (
        "이 언어의 문안이 작성되지 않았습니다.",
        "No text was written in this language.",
    ),
}

SYMBOLS = {"manipulated": "▲", "inconclusive": "◆", "no_evidence": "○"}


def label(language: str, key: str, **values: object) -> str:
    """The words of `key` with `values` filled in; KeyError on a key that is not in the table."""
    words = LABELS[key][LANGUAGES.index(language)]
    return words.format(**values) if values else words


def label_or(language: str, key: str, otherwise: str) -> str:
    """The words of `key`, or `otherwise` where the table has none (names of later parts)."""
    return label(language, key) if key in LABELS else otherwise
