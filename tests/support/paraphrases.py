"""Other words for the same: (pattern, replacement) on the templates' sentences, by language."""

from __future__ import annotations

PARAPHRASES: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("decimals", ""),
        (
            r"^The probability that the face of (person \w) "
            r"was manipulated is ([^;,]+); it reaches "
            r"the threshold",
            r"For \1 the probability of manipulation is \2, which reaches the threshold",
        ),
        (
            r"^The probability that the face of (person \w) "
            r"was manipulated is ([^;,]+); it reaches "
            r"the threshold of (\S+)\.$",
            r"With a probability of \2, above the threshold "
            r"of \3, the result for \1 is evidence of "
            r"manipulation.",
        ),
        (
            r"^The probability that the face of (person \w) "
            r"was manipulated is ([^;,]+), within the "
            r"range up to (\S+) that is reported as no evidence",
            r"The face of \1 has a probability of manipulation "
            r"of \2; up to \3 is reported as no evidence",
        ),
        (
            r"^The probability that the face of (person \w) was manipulated is ([^;,]+); between",
            r"For \1 the probability that the face was manipulated is \2; between",
        ),
        (
            r"^One face was found in the (picture|clip) \((person \w)\)",
            r"The \1 shows one face, that of \2",
        ),
        ("^Two faces were found in the picture", "In the picture two faces were found"),
        (r"^One person was found in the clip", "In the clip one person was found"),
        (
            r"^In the heat map of (person \w), ([\d.]+%) of "
            r"the evidence for manipulation lies on the "
            r"mouth",
            r"Of the evidence for manipulation in the heat map of \1, \2 lies on the mouth",
        ),
        (r"^In the heat map of (person \w)( at [^,]+)?, ", r"Within the heat map of \1\2, "),
        (r"lies on the", "is found on the"),
        (
            r"^For (person \w), the model gives (\S+(?: \d+%)?) "
            r"to a face that was swapped or blended in "
            r"and (.+) to a face that was generated as a whole",
            r"The class probabilities of \1 are \2 for a face "
            r"swapped or blended in and \3 for a face "
            r"generated as a whole",
        ),
        (r"^The face of (person \w) is (\d+) px wide", r"For \1, the width of the face is \2 px"),
        (r"^The face of (person \w) is (\d+) px wide", r"The face of \1 has a width of \2 pixels"),
        (r"(\d)%", r"\1 percent"),
        (
            r"^For (person \w), the (.+) is (.+), higher than "
            r"usual in genuine faces \((.+) to (.+)\)",
            r"The \2 of \1 is \3, higher than the usual range of \4 to \5",
        ),
        (
            r"^For (person \w), the (.+) is (.+), as usual in genuine faces \((.+) to (.+)\)",
            r"With \3, the \2 of \1 is within the usual range of \4 to \5",
        ),
        (
            r"^For (person \w), (.+) are within the ranges that are usual in genuine faces",
            r"For \1 the following lie within the ranges usual in genuine faces: \2",
        ),
        (r"^Removing the", "Taking a test, removing the"),
        (
            r"takes the probability, in this one view, from (.+) to (.+); removing",
            r"lowers the probability from \1 to \2; removing",
        ),
        (r"^No probability is given for", "There is no result, and no probability is given for"),
        (
            r"^The probability for (person \w) reaches the "
            r"threshold of (\S+) in (\d+) of the (\d+) "
            r"moments counted",
            r"In \3 of the \4 moments counted, the probability for \1 reaches the "
            r"threshold of \2",
        ),
        (r"it ranges from (\S+) to (\S+)", r"it lies between \1 and \2"),
        (r" were found in the picture ", r" were detected in the picture "),
        (r"^Look first at", "An expert should look first at"),
        (r"^Go through the clip", "It helps to go through the clip"),
        (r"^Compare the", "An expert should compare the"),
    ],
    "ko": [
        ("decimals", ""),
        (
            r"^(인물 \w)의 얼굴이 조작되었을 확률은 (.+), "
            r"조작으로 판정하는 기준인 (\S+)에 도달했습니다",
            r"\1의 조작 확률은 \2, 판정 기준 \3에 도달했습니다",
        ),
        (r"^(인물 \w)의 얼굴이 조작되었을 확률은", r"\1에 대해, 얼굴이 조작되었을 확률은"),
        (r"^(인물 \w)의 얼굴이 조작되었을 확률은", r"\1의 얼굴의 경우 조작 확률은"),
        (r"확인되었습니다\(인물", "발견되었습니다(인물"),
        (r"인물 (\d)명의 얼굴이 확인되었습니다", r"얼굴이 확인된 인물은 \1명입니다"),
        (r"^사진에서 인물 1명", "사진에서 인물 한 명"),
        (r"(\d)%", r"\1퍼센트"),
        (r"에 모여 있습니다", "에 집중되어 있습니다"),
        (r"^(인물 \w의 열지도\S*)에서는", r"\1를 보면"),
        (r"통상 (\S+) 이하", r"통상 \1 이하"),
        (r"조작 유형별로 보면, 모델은", "유형별로 나누어 보면 모델은"),
        (r"부여합니다", "부여했습니다"),
        (r"^(인물 \w)의 얼굴은 폭이 (\d+픽셀)", r"\1의 경우 얼굴의 폭은 \2"),
        (
            r"으로, 진짜 얼굴의 통상 범위\((\S+)~(\S+)\)를 웃돕니다",
            r"이며, 진짜 얼굴의 통상 범위(\1~\2)보다 높습니다",
        ),
        (r"통상 범위\((\S+?)~(\S+?)\) 안에 있습니다", r"통상 범위(\1~\2) 안에 듭니다"),
        (r"확률을 제시하지 않습니다", "확률을 제시하지 않았습니다"),
        (r"지우면 이 화면의 확률이", "지우면 확률이"),
        (r"먼저 살펴보고", "우선 살펴보고"),
        (r"살펴보시기 바랍니다", "검토하시기 바랍니다"),
        (r"집계한 시점 (\d+)개 가운데 (\d+)개에서", r"집계한 시점 \1개 중 \2개에서"),
        (r"판정은 모든 시점을 종합하여 내립니다", "판정은 모든 시점을 함께 보고 내립니다"),
        (r"검사했으며", "골라 분석했으며"),
        (r"모두 진짜 얼굴의 통상 범위 안에 있습니다", "진짜 얼굴의 통상 범위 안에 있습니다"),
    ],
}
