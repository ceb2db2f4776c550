"""The words of a report for what stands beside the verdicts: cues, measurements, origin, changes.

Part of the table in `labels.py`; Korean first, then English.
"""

from __future__ import annotations

ASIDE: dict[str, tuple[str, str]] = {
    # --- cues and measurements of one person
    "measured.cues": ("장면 단서", "Scene cues"),
    "measured.measurements": ("보조 측정", "Forensic measurements"),
    "measured.what": ("측정 항목", "Measured"),
    "measured.value": ("값", "Value"),
    "measured.usual": ("진짜 얼굴 90%의 범위", "Range of 90% of genuine faces"),
    "measured.judged": ("비교", "Compared"),
    "measured.reliability": ("적합도(0~1)", "Input fit (0–1)"),
    "measured.unknown": ("알려지지 않음", "not known"),
    "measured.cues.note": (
        "값이 클수록 인물이 장면이나 다른 사람, 자신의 몸과 어긋난다는 뜻입니다.",
        "The larger the value, the less the person fits the scene, the others or their own body.",
    ),
    "measured.measurements.note": (
        "이 값들은 판정을 뒷받침하거나 보완할 뿐, 판정을 결정하지 않습니다. 진짜 얼굴도 열에 "
        "하나는 항목별 범위를 벗어납니다.",
        "These numbers support or qualify the answer and never decide it. In each row, one genuine "
        "face in ten lies outside the range.",
    ),
    "cue.light": (
        "빛은 이 얼굴에는 {here}에서, 다른 얼굴에는 {there}에서 옵니다(차이 {apart}도, 통상 "
        "{usual}도).",
        "Light falls on this face from {here}, on the others from {there}: {apart}° apart, usual "
        "spread {usual}°.",
    ),
    "side.left": ("화면 왼쪽", "the left"),
    "side.front": ("정면", "the front"),
    "side.right": ("화면 오른쪽", "the right"),
    "cue.part": (
        "{name}에서 가장 크게 다른 부분: {part}.",
        "What stands out in the {name}: {part}.",
    ),
    "cue.part.noise": ("노이즈", "noise"),
    "cue.part.sharpness": ("선명도", "sharpness"),
    "cue.part.chroma": ("색의 세부", "fine detail of colour"),
    "cue.part.grid": ("압축 격자", "block grid of compression"),
    "cue.part.light": ("빛의 방향", "direction of the light"),
    "cue.part.scale": ("어깨 대비 머리 크기", "size of the head on the shoulders"),
    "cue.part.slide": ("어깨 위 머리의 움직임", "head sliding over the shoulders"),
    "cue.part.skin": ("피부색", "colour of the skin"),
    "measured.named": ("{name}({level})", "{name} ({level})"),
    "measured.missing": ("측정하지 못한 항목: {names}.", "Not measured: {names}."),
    "measured.why": ("{names} – {reason}", "{names} ({reason})"),
    "judged.higher": ("범위보다 높음", "higher than usual"),
    "judged.lower": ("범위보다 낮음", "lower than usual"),
    "judged.usual": ("범위 안", "usual"),
    "judged.open": ("–", "–"),
    # --- worst moments
    "moments": (
        "확률이 가장 높은 시점과 그 열지도",
        "Moments of highest probability and their heat maps",
    ),
    "moments.note": (
        "열지도가 없는 시점은 열지도가 검증을 통과하지 못한 시점입니다.",
        "A moment shown without its map is one whose map did not pass the test.",
    ),
    "moment.alt": (
        "인물 {id}의 {time} 시점 얼굴, 조작 확률 {value}",
        "The face of person {id} at {time}, probability of manipulation {value}",
    ),
    # --- test of the heat map
    "map_test.failed": (
        "이 화면 하나의 확률 {before}, 표시한 {area}를 지운 뒤 {marked}, 임의의 {area}를 지운 뒤 "
        "{random}, 지도의 안정성 {stability}(최대 1). 인물의 확률은 여러 화면의 평균이므로 이 값과 "
        "다를 수 있습니다.",
        "Probability of this one view {before}; without the marked {area} {marked}, without a "
        "random {area} {random}; stability of the map {stability} of 1. The person's probability "
        "is a mean over several views and may differ.",
    ),
    # --- what a sentence of the interpretation is about
    "section.result": ("결과", "Result"),
    "section.map": ("지도", "Maps"),
    "section.time": ("시간에 따른 변화", "Over time"),
    "section.texture": ("질감과 압축", "Texture and compression"),
    "section.light": ("빛과 색", "Light and colour"),
    "section.context": ("장면과의 어울림", "Fit with the scene"),
    "section.reliability": ("신뢰도", "Reliability"),
    "section.next": ("다음 확인 사항", "Next"),
    "section.provenance": ("출처", "Origin"),
    "next_steps": ("전문가가 더 살펴볼 점", "What a human expert should look at next"),
    # --- robustness card
    "robustness": ("변형 시험", "Robustness"),
    "robustness.held": (
        "변형 {total}가지 중 {held}가지에서 판정 유지",
        "the outcome holds under {held} of {total} changes",
    ),
    "robustness.untested": ("시험하지 못함", "could not be tested"),
    "robustness.change": ("변형", "Change"),
    "robustness.outcome": ("판정", "Outcome"),
    "robustness.p": ("조작 확률", "Probability"),
    "robustness.same": ("비교", "Compared"),
    "robustness.none": ("변형하지 않음", "Unchanged"),
    "robustness.fewer": ("변형하지 않음(프레임 {count}장)", "Unchanged ({count} frames)"),
    "robustness.failed": ("분석하지 못함", "could not be analysed"),
    "robustness.holds": ("유지", "holds"),
    "robustness.differs": ("달라짐", "differs"),
    "robustness.uncounted": ("세지 않음", "not counted"),
    # --- what the file says of itself
    "origin": ("파일에 기록된 출처", "Where the file says it comes from"),
    "origin.note": (
        "파일이 스스로 밝힌 내용이며, 조작 확률에는 반영하지 않았습니다. 기록이 없다는 사실은 어느 "
        "쪽의 근거도 되지 않습니다.",
        "This is what the file says of itself; it does not enter the probability, and where it "
        "says nothing, that is no sign of anything.",
    ),
    "origin.credentials": ("콘텐츠 자격 증명(C2PA)", "Content credentials (C2PA)"),
    "origin.signer": ("서명자", "Signer"),
    "origin.generator": ("만든 프로그램", "Made with"),
    "origin.trusted": ("서명자 신뢰 목록", "List of trusted signers"),
    "origin.generated": ("생성형 AI 표시", "Marked as generative AI"),
    "origin.actions": ("편집 기록", "Recorded actions"),
    "origin.problems": ("검증 문제 코드", "Problems found"),
    "origin.encodings": ("부호화", "Encoding"),
    "origin.metadata": ("메타데이터", "Metadata"),
    "origin.field": ("항목", "Field"),
    "origin.text": ("내용", "Content"),
    "credentials.absent": ("없음", "none"),
    "credentials.valid": ("서명 유효", "signature valid"),
    "credentials.invalid": ("서명 무효", "signature not valid"),
    "credentials.unreadable": ("읽지 못함", "could not be read"),
    "credentials.unchecked": ("확인하지 않음", "not checked"),
    "trusted.yes": ("목록에 있음", "on the list"),
    "trusted.no": ("목록에 없음", "not on the list"),
    "generated.yes": ("있음", "yes"),
    "generated.no": ("없음", "no"),
    # --- threshold of one's own
    "profile": ("프로필", "Profile"),
    "profile.value": (
        "{name}: 판정 기준 {threshold}, 진본 {files}개로 설정, 오경보 {most} 이하(95% 구간 "
        "{interval})",
        "{name}: threshold {threshold} from {files} genuine files, at most {most} false alarms "
        "(95% interval {interval})",
    ),
}
