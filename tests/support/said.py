"""One made-up file with three persons, and what a language model might write of it, by hand.

A is called manipulated, B shows no evidence, C could not be read. RIGHT are texts that are borne
out, WRONG such that are not; both as (language, text, cited findings).

    said(text, ids) -> (Sentence, Record)
"""

from __future__ import annotations

from varied import varied_card

from unmask.explain.narrate import Record
from unmask.types import Finding, MediaKind, Outcome, Reason, Sentence, Verdict

P, CLEAR = 0.9, 0.3
LIMITS = {"threshold": P, "clear_below": CLEAR, "confidence": 0.95}


def _quality(subject: str, name: str, value: float, unit: str, **limits: float) -> Finding:
    low, high = limits.get("at_least", -1e9), limits.get("at_most", 1e9)
    detail = {"measure": name, "within": low <= value <= high, "near": False, **limits}
    return Finding(f"{subject}.quality.{name}", subject, "quality", value, unit, detail=detail)


def _region(name: str, share: float, top: float, area: float) -> Finding:
    detail = {"region": name, "area_share": area, "concentration": share / area}
    return Finding(f"A.region.{name}", "A", "region", share, "share", (0.0, top),
                   "towards_manipulated", 0.4, detail)  # fmt: skip


def _measure(subject: str, kind: str, name: str, value: float, unit: str, low: float, high: float):
    return Finding(f"{subject}.{kind}.{name}", subject, kind, value, unit, (low, high),
                   detail={"name": name})  # fmt: skip


FINDINGS = (
    Finding("file.verdict", "file", "verdict", "manipulated", detail={"reasons": []}),
    Finding("file.faces", "file", "faces", 3, "count", detail={"ids": ["A", "B", "C"]}),
    Finding("A.verdict", "A", "verdict", "manipulated", detail={"reasons": []}),
    Finding("A.probability", "A", "probability", 0.968, "probability", (0, CLEAR),
            "towards_manipulated", 0.7, {**LIMITS, "low": 0.912, "high": 0.993}),
    Finding("A.class", "A", "class", "swap", "class", detail={"swap": 0.871, "synthetic": 0.097}),
    Finding("A.heat", "A", "heat", 0.93, "of scale", (0.0, 0.25), detail={"empty": False}),
    _region("mouth", 0.43, 0.14, 0.08),
    _region("chin", 0.21, 0.16, 0.1),
    Finding("A.blend", "A", "blend", 0.17, "share", detail={"regions": ["mouth", "chin"]}),
    Finding("A.faithfulness", "A", "faithfulness", 0.52, "probability",
            detail={"before": 0.93, "marked": 0.41, "random": 0.9, "area_share": 0.1,
                    "stability": 0.82, "shown": True, "reason": ""}),
    _measure("A", "measure", "noise_ratio", 1.83, "ratio", 0.7, 1.42),
    _measure("A", "measure", "light_direction", 12.4, "degrees", 0.0, 21.0),
    _quality("A", "width", 220.4, "px", at_least=30.0),
    _quality("A", "sharpness", 240.0, "grey levels squared", at_least=8.0),
    Finding("B.verdict", "B", "verdict", "no_evidence", detail={"reasons": []}),
    Finding("B.probability", "B", "probability", 0.042, "probability", (0, CLEAR),
            "towards_genuine", 0.8, {**LIMITS, "low": 0.01, "high": 0.07}),
    Finding("B.heat", "B", "heat", 0.08, "of scale", (0.0, 0.25), detail={"empty": True}),
    _measure("B", "cue", "gaze", 3.1, "degrees", 0.0, 9.0),
    _quality("B", "width", 180.0, "px", at_least=30.0),
    Finding("C.verdict", "C", "verdict", "inconclusive", detail={"reasons": ["low_quality"]}),
    Finding("C.abstention.low_quality", "C", "abstention", "low_quality", "reason",
            detail={"reason": "low_quality"}),
    _quality("C", "sharpness", 5.2, "grey levels squared", at_least=8.0),
)  # fmt: skip
VERDICTS = (
    Verdict("A", Outcome.MANIPULATED, 0.968, P, CLEAR),
    Verdict("B", Outcome.NO_EVIDENCE, 0.042, P, CLEAR),
    Verdict("C", Outcome.INCONCLUSIVE, None, P, CLEAR, (Reason.LOW_QUALITY,)),
    Verdict("file", Outcome.MANIPULATED, 0.968, P, CLEAR),
)
SECTIONS = {
    "heat": "map", "region": "map", "blend": "map", "faithfulness": "map", "cue": "context",
    "quality": "reliability",
}  # fmt: skip


def said(text: str, ids: str) -> tuple[Sentence, Record]:
    """The text with its findings, named without a prefix where they are A's."""
    by_id = {finding.id: finding for finding in FINDINGS}
    full = tuple(id_ if id_ in by_id else f"A.{id_}" for id_ in ids.split())
    kinds = [by_id[id_].kind for id_ in full if id_ in by_id]
    section = next((SECTIONS[kind] for kind in kinds if kind in SECTIONS), "result")
    if "abstention" in kinds:
        section = "result"
    if "measure" in kinds:
        section = "texture"
    record = Record(FINDINGS, VERDICTS, MediaKind.IMAGE, varied_card())
    return Sentence(text, full, section), record


RIGHT = [
    ("en", "Three faces were found in the picture, persons A, B and C.", "file.faces"),
    ("en", "The picture shows 3 persons (A, B and C).", "file.faces"),
    (
        "en",
        "For person A, the calibrated probability of manipulation is 96.8%, which is above the "
        "threshold of 90%.",
        "probability verdict",
    ),
    (
        "en",
        "Person A is reported as manipulated: with 97% the probability exceeds the threshold of "
        "90%.",
        "probability verdict",
    ),
    (
        "en",
        "There is evidence that the face of person A was manipulated; the probability is 97%.",
        "probability verdict",
    ),
    (
        "en",
        "The 95% interval for person A runs from 91% to 99%, and the probability itself is 97%.",
        "probability",
    ),
    (
        "en",
        "The model gives 87% to a swapped face and 10% to one generated as a whole for person A.",
        "class",
    ),
    (
        "en",
        "The evidence for manipulation of person A gathers on the mouth, with 43% of the heat map.",
        "heat region.mouth",
    ),
    (
        "en",
        "On the mouth of person A lies 43% of the evidence, where up to 14% is usual, and on the "
        "chin 21%, where up to 16% is usual.",
        "region.mouth region.chin",
    ),
    ("en", "The mouth holds 43% of the evidence and the chin 21%.", "region.mouth region.chin"),
    (
        "en",
        "The blend map marks 17% of the face crop of person A as blended in, mostly on the mouth "
        "and the chin.",
        "blend",
    ),
    (
        "en",
        "When the marked 10% of the crop is removed, the probability goes from 93% to 41%; "
        "removing a random 10% leaves it at 90%.",
        "faithfulness",
    ),
    (
        "en",
        "The noise in the face of person A is 1.83 times that of its surroundings, which is "
        "higher than the usual range of 0.7 to 1.42.",
        "measure.noise_ratio",
    ),
    (
        "en",
        "The noise in the face of person A is 1.8, outside the usual range of 0.7 to 1.4.",
        "measure.noise_ratio",
    ),
    (
        "en",
        "The light on the two parts of the face of person A differs by 12°, within the usual "
        "range of 0 to 21 degrees.",
        "measure.light_direction",
    ),
    ("en", "The face of person A is 220 pixels wide, and at least 30 are needed.", "quality.width"),
    (
        "en",
        "With a width of 220 px and a sharpness of 240, the face of person A is within the limits "
        "of use.",
        "quality.width quality.sharpness",
    ),
    (
        "en",
        "For person B no evidence of manipulation was found; the probability is 4%.",
        "B.probability B.verdict",
    ),
    (
        "en",
        "Person B has a probability of 4.2%, well within the range up to 30% that is reported as "
        "no evidence.",
        "B.probability B.verdict",
    ),
    ("en", "The heat map of person B is almost empty: its peak is 8% of the scale.", "B.heat"),
    ("en", "The gaze of person B misses its target by 3.1°, as usual (0 to 9°).", "B.cue.gaze"),
    (
        "en",
        "No probability is given for person C, because the face is not sharp enough: its "
        "sharpness is 5.2, and at least 8 is needed.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    (
        "en",
        "Nothing can be said about person C; the face cannot be read well enough.",
        "C.abstention.low_quality",
    ),
    ("en", "The result for person C remains open.", "C.abstention.low_quality C.verdict"),
    ("ko", "사진에서 세 명의 얼굴이 확인되었습니다(인물 A, B, C).", "file.faces"),
    ("ko", "사진에는 인물 3명(A, B, C)의 얼굴이 있습니다.", "file.faces"),
    (
        "ko",
        "인물 A의 얼굴이 조작되었을 확률은 96.8%로, 판정 기준인 90%를 넘습니다.",
        "probability verdict",
    ),
    (
        "ko",
        "인물 A의 조작 확률은 97%로 기준 90%보다 높아 조작으로 판정되었습니다.",
        "probability verdict",
    ),
    (
        "ko",
        "인물 A의 얼굴이 조작되었다는 증거가 확인되었으며, 확률은 97%입니다.",
        "probability verdict",
    ),
    ("ko", "인물 A의 확률은 97%이고, 95% 구간은 91%~99%입니다.", "probability"),
    (
        "ko",
        "모델은 인물 A에 대해 얼굴 교체·부분 합성에 87%, 얼굴 전체 생성에 10%를 부여했습니다.",
        "class",
    ),
    (
        "ko",
        "인물 A의 열지도에서는 조작 쪽 근거의 43%가 입에 있습니다(통상 14% 이하).",
        "heat region.mouth",
    ),
    ("ko", "조작 쪽 근거는 입에 43%, 턱에 21%가 모여 있습니다.", "region.mouth region.chin"),
    (
        "ko",
        "인물 A의 열지도를 보면 입이 43%, 턱이 21%를 차지합니다.",
        "heat region.mouth region.chin",
    ),
    (
        "ko",
        "열지도가 표시한 10%를 지우면 확률이 93%에서 41%로 낮아지고, 무작위로 고른 10%를 지우면 "
        "90%가 됩니다.",
        "faithfulness",
    ),
    (
        "ko",
        "인물 A의 주변 대비 얼굴의 노이즈는 1.83으로, 통상 범위(0.7~1.42)보다 높습니다.",
        "measure.noise_ratio",
    ),
    ("ko", "인물 A의 노이즈는 1.8로, 통상 범위인 0.7~1.4를 벗어납니다.", "measure.noise_ratio"),
    (
        "ko",
        "인물 A의 빛 방향 차이는 12도로, 통상 범위(0~21도) 안에 있습니다.",
        "measure.light_direction",
    ),
    ("ko", "인물 A의 얼굴 폭은 220픽셀로, 필요한 30픽셀 이상입니다.", "quality.width"),
    (
        "ko",
        "인물 A의 얼굴은 폭 220픽셀, 선명도 240으로 모델의 사용 범위 안에 있습니다.",
        "quality.width quality.sharpness",
    ),
    (
        "ko",
        "인물 B에 대해서는 조작의 증거가 발견되지 않았으며, 확률은 4%입니다.",
        "B.probability B.verdict",
    ),
    (
        "ko",
        "인물 B의 조작 확률은 4.2%로, 조작의 증거가 없다고 보는 범위(30% 이하)에 있습니다.",
        "B.probability B.verdict",
    ),
    ("ko", "인물 B의 열지도는 거의 비어 있으며, 최댓값은 눈금의 8%입니다.", "B.heat"),
    (
        "ko",
        "인물 B의 시선은 볼 만한 대상에서 3.1도 비껴 있어 통상 범위(0~9도) 안에 있습니다.",
        "B.cue.gaze",
    ),
    (
        "ko",
        "인물 C의 얼굴은 선명도가 5.2로 필요한 8에 미치지 못하여 확률을 제시하지 않습니다.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    ("ko", "인물 C에 대한 판정은 보류합니다.", "C.abstention.low_quality C.verdict"),
    ("en", "Persons A, B and C appear in the picture, three in all.", "file.faces"),
    (
        "en",
        "At 97%, the probability for person A is over the threshold of 90%; the result is "
        "evidence of manipulation.",
        "probability verdict",
    ),
    (
        "en",
        "The model puts the probability of manipulation for person A at 0.968, with a 95% "
        "interval from 0.912 to 0.993.",
        "probability",
    ),
    ("en", "Person A exceeds the limit of 90% with a probability of 97%.", "probability"),
    ("en", "A face swap is given 87%, a face generated as a whole 10% (person A).", "class"),
    (
        "en",
        "Within the heat map of person A the mouth stands out with 43% of the evidence; usual is "
        "up to 14%.",
        "heat region.mouth",
    ),
    (
        "en",
        "Of the evidence in the map of person A, 43% lies on the mouth and 21% on the chin.",
        "heat region.mouth region.chin",
    ),
    ("en", "The chin holds 21% of the evidence, the mouth 43%.", "region.mouth region.chin"),
    (
        "en",
        "Without the marked 10% of the face crop the probability falls from 93% to 41%, while a "
        "random 10% changes it to 90%.",
        "faithfulness",
    ),
    (
        "en",
        "The heat map of person A passed its test: removing the marked 10% takes the probability "
        "from 93% to 41%.",
        "faithfulness",
    ),
    (
        "en",
        "At 1.83, the noise in the face of person A lies above the usual range (0.7 to 1.42).",
        "measure.noise_ratio",
    ),
    (
        "en",
        "The direction of light differs by 12.4° between the inner and outer face of person A, "
        "which is usual (0 to 21°).",
        "measure.light_direction",
    ),
    ("en", "The face of person A measures 220 px in width; the minimum is 30 px.", "quality.width"),
    ("en", "Sharpness is 240 for person A, and at least 8 is required.", "quality.sharpness"),
    (
        "en",
        "Person B stays at 4%, below the threshold of 90%, and is reported as showing no evidence "
        "of manipulation.",
        "B.probability B.verdict",
    ),
    (
        "en",
        "With 4% the probability for person B lies within the range up to 30%, so no evidence was "
        "found.",
        "B.probability B.verdict",
    ),
    (
        "en",
        "Next to nothing shows in the heat map of person B, whose highest value is 8% of the "
        "scale.",
        "B.heat",
    ),
    ("en", "The gaze of person B is off by 3.1°; 0 to 9° is usual.", "B.cue.gaze"),
    (
        "en",
        "For person C the analysis gives no probability: the picture of the face is not good "
        "enough.",
        "C.abstention.low_quality",
    ),
    (
        "en",
        "Person C was left out of the result because the sharpness of 5.2 is below the limit of 8.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    ("ko", "사진 속 인물은 A, B, C 모두 3명입니다.", "file.faces"),
    (
        "ko",
        "인물 A의 조작 확률 97%는 판정 기준 90%를 넘으므로 조작의 증거가 있다고 판정되었습니다.",
        "probability verdict",
    ),
    (
        "ko",
        "모델이 계산한 인물 A의 조작 확률은 0.968이며 95% 구간은 0.912~0.993입니다.",
        "probability",
    ),
    (
        "ko",
        "인물 A는 얼굴 교체·부분 합성일 확률이 87%, 얼굴 전체 생성일 확률이 10%입니다.",
        "class",
    ),
    (
        "ko",
        "인물 A의 열지도에서 입에 근거의 43%가 몰려 있으며, 진짜 얼굴에서는 통상 14% 이하입니다.",
        "heat region.mouth",
    ),
    ("ko", "열지도의 근거는 입 43%, 턱 21% 순으로 많습니다.", "heat region.mouth region.chin"),
    (
        "ko",
        "표시된 10%를 지우면 확률이 93%에서 41%로 떨어지지만, 무작위로 고른 10%를 지우면 "
        "90%입니다.",
        "faithfulness",
    ),
    (
        "ko",
        "인물 A의 얼굴 노이즈는 주변의 1.83배로 통상 범위(0.7~1.42)를 벗어나 있습니다.",
        "measure.noise_ratio",
    ),
    (
        "ko",
        "얼굴 안팎의 빛 방향 차이는 12.4도이며 통상 범위 0~21도에 들어갑니다.",
        "measure.light_direction",
    ),
    ("ko", "인물 A의 얼굴 폭은 220픽셀로 최소 30픽셀을 충족합니다.", "quality.width"),
    ("ko", "인물 A의 선명도는 240으로 8 이상이어야 한다는 기준을 충족합니다.", "quality.sharpness"),
    (
        "ko",
        "인물 B의 확률은 4%로 기준 30% 이하이므로 조작의 증거가 발견되지 않았습니다.",
        "B.probability B.verdict",
    ),
    (
        "ko",
        "인물 B의 열지도에는 거의 아무것도 나타나지 않으며 최댓값은 눈금의 8%에 그칩니다.",
        "B.heat",
    ),
    (
        "ko",
        "인물 C는 얼굴의 선명도가 5.2에 불과하여(8 이상 필요) 확률을 제시하지 않습니다.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    ("ko", "인물 C의 얼굴은 화질이 낮아 판단을 보류합니다.", "C.abstention.low_quality C.verdict"),
    ("en", "In this picture there are three persons: A, B and C.", "file.faces"),
    ("en", "Person A has a probability of 97%, and the threshold is 90%.", "probability"),
    (
        "en",
        "The calibrated probability of person A, 0.968, reaches the threshold of 0.9, so the face "
        "is called manipulated.",
        "probability verdict",
    ),
    (
        "en",
        "A 95% interval of 91% to 99% belongs to the probability of 97% of person A.",
        "probability",
    ),
    (
        "en",
        "For person A the model finds a swap (87%) where it gives 10% to a generated face.",
        "class",
    ),
    (
        "en",
        "43% of the evidence for manipulation falls on the mouth of person A, against up to 14% "
        "in genuine faces.",
        "region.mouth",
    ),
    (
        "en",
        "The blend map of person A covers 17% of the crop around the mouth and the chin.",
        "blend",
    ),
    (
        "en",
        "Taking away the marked 10% leaves a probability of 41% in place of 93%.",
        "faithfulness",
    ),
    (
        "en",
        "The noise of the face is 1.83 for person A, higher than the 0.7 to 1.42 usual in genuine "
        "faces.",
        "measure.noise_ratio",
    ),
    (
        "en",
        "Person B has a low probability of 4%, which is reported as no evidence.",
        "B.probability B.verdict",
    ),
    ("en", "The probability for person B is 4%, far from the threshold of 90%.", "B.probability"),
    (
        "en",
        "The sharpness of the face of person C, 5.2, does not reach the needed 8, so no "
        "probability is given.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    ("ko", "이 사진에서 확인된 얼굴은 인물 A, B, C 3명입니다.", "file.faces"),
    ("ko", "인물 A의 확률은 97%이고 판정 기준은 90%입니다.", "probability"),
    (
        "ko",
        "인물 A의 보정 확률 0.968은 판정 기준 0.9에 도달하여 조작으로 판정됩니다.",
        "probability verdict",
    ),
    ("ko", "인물 A의 확률 97%에 대한 95% 구간은 91%에서 99%까지입니다.", "probability"),
    ("ko", "조작 쪽 근거의 43%가 인물 A의 입에서 나타나며 통상 14% 이하입니다.", "region.mouth"),
    ("ko", "인물 A의 합성 영역 지도는 입과 턱을 중심으로 화면의 17%를 표시합니다.", "blend"),
    ("ko", "표시된 10%를 지우면 확률이 93%에서 41%로 바뀝니다.", "faithfulness"),
    (
        "ko",
        "인물 A의 얼굴 노이즈는 1.83으로 통상 범위 0.7~1.42보다 높습니다.",
        "measure.noise_ratio",
    ),
    (
        "ko",
        "인물 B의 확률은 4%로 낮으며, 조작의 증거가 발견되지 않았습니다.",
        "B.probability B.verdict",
    ),
    ("ko", "인물 B의 확률 4%는 판정 기준 90%에 미치지 못합니다.", "B.probability B.verdict"),
    (
        "ko",
        "인물 C의 선명도 5.2는 필요한 8에 미치지 못하므로 확률을 제시하지 않습니다.",
        "C.abstention.low_quality C.quality.sharpness",
    ),
    ("ko", "인물 A의 얼굴 폭은 220픽셀이며 사용 범위 안에 있습니다.", "quality.width"),
]
WRONG = [
    ("en", "Two faces were found in the picture, persons A and B.", "file.faces"),
    ("en", "Four people can be seen: A, B, C and D.", "file.faces"),
    ("en", "The face of person A was manipulated.", "verdict"),
    ("en", "Person A is a deepfake with a probability of 97%.", "probability"),
    ("en", "For person A the probability is 90%, above the threshold of 97%.", "probability"),
    ("en", "For person A the probability is 91%, above the threshold of 90%.", "probability"),
    (
        "en",
        "The probability for person A is 97%, but it stays under the threshold of 90%.",
        "probability",
    ),
    (
        "en",
        "For person A no evidence of manipulation was found; the probability is 97%.",
        "probability verdict",
    ),
    (
        "en",
        "The probability for person A is 97%, so the picture is inconclusive.",
        "probability verdict",
    ),
    ("en", "The probability for person A is about 100%.", "probability"),
    ("en", "The probability for person B is 97%.", "probability"),
    ("en", "Person A was most likely manipulated, at 97%.", "probability"),
    ("en", "It is nearly certain, at 97%, that person A was manipulated.", "probability"),
    (
        "en",
        "The model gives 10% to a swapped face and 87% to one generated as a whole for person A.",
        "class",
    ),
    (
        "en",
        "On the chin of person A lies 43% of the evidence, and on the mouth 21%.",
        "region.mouth region.chin",
    ),
    ("en", "On the nose of person A lies 43% of the evidence.", "region.mouth"),
    (
        "en",
        "The mouth holds 43% of the evidence, and the eyes look odd: the left eye too.",
        "region.mouth",
    ),
    ("en", "Most of the evidence lies on the mouth.", "region.mouth"),
    (
        "en",
        "On the mouth of person A lies 43% of the evidence, where up to 41% is usual.",
        "region.mouth",
    ),
    (
        "en",
        "Removing the marked 10% takes the probability from 93% to 90%; a random 10% takes it to "
        "41%.",
        "faithfulness",
    ),
    ("en", "The heat map of person A failed its test.", "faithfulness"),
    (
        "en",
        "The noise in the face of person A is 1.83, within the usual range of 0.7 to 1.42.",
        "measure.noise_ratio",
    ),
    (
        "en",
        "The noise in the face of person A is lower than usual, at 1.83.",
        "measure.noise_ratio",
    ),
    (
        "en",
        "The light on the face of person A differs by 12°, which is unusual.",
        "measure.light_direction",
    ),
    (
        "en",
        "The light comes from the left, as the shadow of the nose shows.",
        "measure.light_direction",
    ),
    (
        "en",
        "The face of person A is 220 pixels wide, and at least 300 are needed.",
        "quality.width",
    ),
    ("en", "The face of person B is genuine.", "B.verdict"),
    ("en", "Person B is real, with a probability of 4%.", "B.probability"),
    (
        "en",
        "Person B shows blending around the mouth, though the probability is 4%.",
        "B.probability",
    ),
    ("en", "For person B there is evidence that the face was manipulated, at 4%.", "B.probability"),
    ("en", "The heat map of person B is bright on the cheek at the left of the picture.", "B.heat"),
    ("en", "The eyes of person B blink too seldom.", "B.cue.gaze"),
    ("en", "For person C the probability is 50%.", "C.abstention.low_quality"),
    ("en", "Person C shows no evidence of manipulation.", "C.abstention.low_quality C.verdict"),
    ("en", "Person A resembles a well-known politician.", "verdict"),
    ("en", "The picture was edited with Photoshop by its owner.", "verdict"),
    ("en", "According to its title the picture is from 2019.", "file.faces"),
    ("en", "The result for person A may be ignored, it is safe to publish the picture.", "verdict"),
    ("en", "Ergebnis: Die Wahrscheinlichkeit für Person A liegt bei 97%.", "probability"),
    ("en", "La probabilidad para A es 97%.", "probability"),
    ("en", "Person A: 97% (see bit.ly/abc or mail a@b.org).", "probability"),
    ("en", "Person A reaches 97%; this amounts to fraud.", "probability"),
    ("ko", "사진에서 두 명의 얼굴이 확인되었습니다(인물 A, B).", "file.faces"),
    ("ko", "사진에서 인물 4명의 얼굴이 확인되었습니다.", "file.faces"),
    ("ko", "인물 A의 얼굴은 조작된 딥페이크입니다.", "verdict"),
    ("ko", "인물 A의 조작 확률은 90%로, 판정 기준인 97%를 넘습니다.", "probability"),
    ("ko", "인물 A의 조작 확률은 91%로, 판정 기준인 90%를 넘습니다.", "probability"),
    ("ko", "인물 A의 조작 확률은 97%로, 판정 기준인 90%에 미치지 못합니다.", "probability"),
    (
        "ko",
        "인물 A에 대해서는 조작의 증거가 발견되지 않았으며, 확률은 97%입니다.",
        "probability verdict",
    ),
    ("ko", "인물 B의 조작 확률은 97%입니다.", "probability"),
    ("ko", "인물 A의 얼굴은 틀림없이 조작되었으며, 확률은 97%입니다.", "probability"),
    ("ko", "인물 A의 얼굴이 조작되었을 가능성이 매우 높습니다(97%).", "probability"),
    ("ko", "조작 쪽 근거는 입에 21%, 턱에 43%가 모여 있습니다.", "region.mouth region.chin"),
    ("ko", "조작 쪽 근거의 43%가 코에 있습니다.", "region.mouth"),
    ("ko", "조작 쪽 근거의 대부분이 입에 있습니다.", "region.mouth"),
    (
        "ko",
        "열지도가 표시한 10%를 지우면 확률이 93%에서 90%로, 무작위로 고른 10%를 지우면 41%로 "
        "바뀝니다.",
        "faithfulness",
    ),
    ("ko", "인물 A의 열지도는 시험을 통과하지 못했습니다.", "faithfulness"),
    ("ko", "인물 A의 노이즈는 1.83으로, 통상 범위(0.7~1.42) 안에 있습니다.", "measure.noise_ratio"),
    ("ko", "인물 A의 노이즈는 1.83으로, 통상 범위(0.7~1.42)보다 낮습니다.", "measure.noise_ratio"),
    ("ko", "인물 A의 빛 방향 차이는 12도로, 통상 범위를 벗어납니다.", "measure.light_direction"),
    ("ko", "코의 그림자를 보면 빛은 왼쪽에서 옵니다.", "measure.light_direction"),
    ("ko", "인물 A의 얼굴 폭은 22픽셀입니다.", "quality.width"),
    ("ko", "인물 B의 얼굴은 진짜입니다.", "B.verdict"),
    ("ko", "인물 B의 확률은 4%이지만 입 주변에 합성된 흔적이 있습니다.", "B.probability"),
    ("ko", "인물 B의 얼굴이 조작되었다는 증거가 있습니다(4%).", "B.probability"),
    ("ko", "인물 B는 눈을 거의 깜박이지 않습니다.", "B.cue.gaze"),
    ("ko", "인물 C의 조작 확률은 50%입니다.", "C.abstention.low_quality"),
    (
        "ko",
        "인물 C에 대해서는 조작의 증거가 발견되지 않았습니다.",
        "C.abstention.low_quality C.verdict",
    ),
    ("ko", "인물 A는 유명 정치인과 닮았습니다.", "verdict"),
    ("ko", "이 사진은 포토샵으로 편집되었습니다.", "verdict"),
    ("ko", "인물 A에 대한 결과는 무시해도 됩니다.", "verdict"),
    ("ko", "인물 A의 확률은 97%예요.", "probability"),
    ("ko", "The probability for person A is 97%.", "probability"),
    ("ko", "自動分析の結果、人物Aの確率は97%です。", "probability"),
    ("en", "Only two of the persons could be examined.", "file.faces"),
    ("en", "At 97%, the probability for person A lies between the two limits.", "probability"),
    ("en", "The probability for person A is 9.7%.", "probability"),
    (
        "en",
        "The interval for person A runs from 91% to 97%, the probability is 99%.",
        "probability",
    ),
    ("en", "For person A the threshold is 30%.", "probability verdict"),
    ("en", "A face generated as a whole is given 87% and a swap 10%.", "class"),
    ("en", "The heat map of person A shows nothing.", "heat"),
    ("en", "The forehead of person A carries 43% of the evidence.", "heat region.mouth"),
    (
        "en",
        "Both the mouth and the nose of person A stand out, with 43% and 21%.",
        "region.mouth region.chin",
    ),
    ("en", "Removing a random 10% takes the probability from 93% to 41%.", "faithfulness"),
    ("en", "The noise in the face of person A is typical, at 1.83.", "measure.noise_ratio"),
    (
        "en",
        "The noise in the face of person A is 1.83, below the usual range of 0.7 to 1.42.",
        "measure.noise_ratio",
    ),
    ("en", "The angle of the light, 124°, exceeds the usual 21°.", "measure.light_direction"),
    ("en", "The face of person A is too small, only 220 px wide.", "quality.width"),
    ("en", "Person A is an impostor, at 97%.", "probability"),
    ("en", "Whoever made this picture used an AI generator.", "class"),
    ("en", "Person B passes as authentic with 96%.", "B.probability"),
    ("en", "For person B the mouth region is suspicious despite 4%.", "B.probability"),
    ("en", "Person B is inconclusive at 4%.", "B.probability B.verdict"),
    ("en", "Person C is probably fine.", "C.abstention.low_quality"),
    (
        "en",
        "Person C was manipulated, but the face is blurred.",
        "C.abstention.low_quality C.verdict",
    ),
    ("en", "The expert opinion of the police agrees with 97%.", "probability"),
    ("en", "Persons A and B are the same individual.", "file.faces"),
    ("en", "The lighting at 14:30 suggests an indoor studio.", "measure.light_direction"),
    ("ko", "사진 속 인물은 A, B 두 명뿐입니다.", "file.faces"),
    ("ko", "인물 A의 확률 97%는 판정을 보류하는 범위에 있습니다.", "probability verdict"),
    ("ko", "인물 A의 조작 확률은 9.7%입니다.", "probability"),
    ("ko", "인물 A의 판정 기준은 30%입니다.", "probability verdict"),
    ("ko", "얼굴 전체 생성에 87%, 얼굴 교체에 10%를 부여했습니다.", "class"),
    ("ko", "인물 A의 열지도는 비어 있습니다.", "heat"),
    ("ko", "인물 A의 이마에 근거의 43%가 있습니다.", "heat region.mouth"),
    ("ko", "무작위로 고른 10%를 지우면 확률이 93%에서 41%로 떨어집니다.", "faithfulness"),
    ("ko", "인물 A의 노이즈는 1.83으로 정상입니다.", "measure.noise_ratio"),
    ("ko", "인물 A의 빛 방향 차이는 124도입니다.", "measure.light_direction"),
    ("ko", "인물 A의 얼굴은 220픽셀로 너무 작습니다.", "quality.width"),
    ("ko", "이 사진은 누군가 인공지능으로 만든 것입니다.", "class"),
    ("ko", "인물 B는 96% 확률로 진짜입니다.", "B.probability"),
    ("ko", "인물 B의 확률은 4%이나 코 부위가 수상합니다.", "B.probability"),
    ("ko", "인물 B에 대한 판정은 보류합니다.", "B.probability B.verdict"),
    ("ko", "인물 C는 아마 문제가 없을 것입니다.", "C.abstention.low_quality"),
    ("ko", "인물 C의 얼굴은 조작되었으나 흐립니다.", "C.abstention.low_quality C.verdict"),
    ("ko", "경찰의 감정 결과도 97%로 일치합니다.", "probability"),
    ("ko", "인물 A와 인물 B는 같은 사람입니다.", "file.faces"),
    ("ko", "오후 2시 30분쯤 실내에서 찍은 것으로 보입니다.", "measure.light_direction"),
    (
        "en",
        "In this picture there are three persons, and all of them were manipulated.",
        "file.faces",
    ),
    ("en", "Person A has a probability of 97%, and the threshold is 95%.", "probability"),
    ("en", "The probability of person A has an interval of 90% to 99%.", "probability"),
    (
        "en",
        "Person A is close to the threshold with 97%, so the result remains open.",
        "probability verdict",
    ),
    ("en", "43% of the evidence lies around the eyes of person A.", "region.mouth"),
    (
        "en",
        "The chin of person A has more of the evidence than the mouth, 43% against 21%.",
        "region.mouth region.chin",
    ),
    ("en", "The blend map of person A covers 71% of the crop.", "blend"),
    ("en", "Taking away the marked 10% does not change the probability of 93%.", "faithfulness"),
    ("en", "The noise of the face of person A is as usual, 1.83.", "measure.noise_ratio"),
    ("en", "The colour of the face of person A does not fit the neck.", "measure.noise_ratio"),
    ("en", "Person B was swapped, with a probability of 4%.", "B.probability"),
    ("en", "Person B has the same face as person A.", "B.verdict"),
    ("en", "The gaze of person B meets that of person A.", "B.cue.gaze"),
    ("en", "Person C shows a probability of 5.2%.", "C.abstention.low_quality C.quality.sharpness"),
    ("en", "The face of person C was generated as a whole.", "C.abstention.low_quality"),
    ("ko", "이 사진의 인물 3명은 모두 조작되었습니다.", "file.faces"),
    ("ko", "인물 A의 확률은 97%이고 판정 기준은 95%입니다.", "probability"),
    ("ko", "인물 A의 95% 구간은 90%~99%입니다.", "probability"),
    ("ko", "인물 A는 기준에 가까워 판단할 수 없습니다.", "probability verdict"),
    ("ko", "조작 쪽 근거의 43%가 왼쪽 눈과 오른쪽 눈에 있습니다.", "region.mouth"),
    ("ko", "인물 A의 합성 영역 지도는 화면의 71%를 표시합니다.", "blend"),
    ("ko", "표시된 10%를 지워도 확률은 93% 그대로입니다.", "faithfulness"),
    ("ko", "인물 A의 노이즈는 통상 범위 안인 1.83입니다.", "measure.noise_ratio"),
    ("ko", "인물 A의 얼굴과 목의 색 차이가 큽니다.", "measure.noise_ratio"),
    ("ko", "인물 B의 얼굴은 교체되었을 확률이 4%입니다.", "B.probability"),
    ("ko", "인물 B는 인물 A와 같은 얼굴입니다.", "B.verdict"),
    ("ko", "인물 B의 시선은 인물 A를 향합니다.", "B.cue.gaze"),
    ("ko", "인물 C의 확률은 5.2%입니다.", "C.abstention.low_quality C.quality.sharpness"),
    ("ko", "인물 C의 얼굴 전체가 생성되었습니다.", "C.abstention.low_quality"),
]
