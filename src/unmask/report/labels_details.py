"""The words of a report for codes that others write: what was left out, encodings, changes, terms.

Part of the table in `labels.py`; Korean first, then English. What is not here stays as it is.
"""

from __future__ import annotations

DETAILS: dict[str, tuple[str, str]] = {
    # --- what was left out, and why
    "left.faces": ("얼굴", "faces"),
    "left.unread faces": ("읽지 않은 얼굴", "faces not read"),
    "left.frames": ("프레임", "frames"),
    "left.packets": ("데이터 조각", "pieces of data"),
    "left.seconds": ("재생 시간(초)", "seconds"),
    "left.animation_frames": ("애니메이션 프레임", "frames of the animation"),
    "left.why.corrupt": ("손상됨", "damaged"),
    "left.why.truncated": ("파일이 중간에서 끊김", "the file is cut off"),
    "left.why.missing": ("빠져 있음", "missing"),
    "left.why.size": ("크기가 다름", "of another size"),
    "left.why.limit": ("정해진 한도를 넘음", "beyond the limit"),
    "left.why.time_limit": ("제한 시간을 넘김", "beyond the time limit"),
    "left.why.weak": (
        "얼굴인지 불확실하며 특징점으로 확인되지 않음",
        "uncertain detection that no facial landmarks confirm",
    ),
    "left.why.ghost": (
        "영상의 한 프레임에서만 불확실하게 검출됨",
        "one uncertain detection in a single frame of the clip",
    ),
    "left.why.many": (
        "한 프레임의 얼굴이 {value}개를 넘어 큰 얼굴부터 읽음",
        "more than {value} faces in a frame; the largest were read",
    ),
    # --- how a file was last encoded
    "encoding.quality": ("품질 {value}", "quality {value}"),
    "encoding.tables=standard": ("표준 압축표", "standard compression tables"),
    "encoding.tables=own": ("자체 압축표", "compression tables of its own"),
    "encoding.chroma=grey": ("회색조", "greyscale"),
    "encoding.chroma": ("색 정보 {value}", "chroma {value}"),
    "encoding.progressive=no": ("순차 방식", "sequential"),
    "encoding.progressive=yes": ("점진 방식", "progressive"),
    "encoding.profile": ("프로파일 {value}", "profile {value}"),
    "encoding.encoder": ("인코더 {value}", "encoder {value}"),
    "encoding.core": ("버전 {value}", "version {value}"),
    "encoding.build": ("버전 {value}", "version {value}"),
    "encoding.crf": ("화질 계수(CRF) {value}", "rate factor (CRF) {value}"),
    # --- how strong a change of the robustness card is
    "level.q": ("품질 {value}", "quality {value}"),
    "level.x": ("{value}배", "{value} times"),
    "level.sigma": ("표준편차 {value}픽셀", "standard deviation {value} px"),
    "level.sd": ("표준편차 {value}계조", "standard deviation {value} grey levels"),
    "level.edges": ("네 변에서 {value}%씩", "{value}% off every edge"),
    "level.crf": ("CRF {value}", "CRF {value}"),
    # --- terms of the training material, as the card has them
    "term.research": ("연구용", "research"),
    "term.research data": ("연구용 자료", "research data"),
    "term.public figures": ("공인", "public figures"),
    "term.generated": ("생성된 얼굴", "generated"),
    "term.consenting actors": ("출연에 동의한 배우", "consenting actors"),
    "term.DFDC terms: research": ("DFDC 약관(연구용)", "DFDC terms: research"),
    "term.Unsplash licence": ("Unsplash 라이선스", "Unsplash licence"),
    "term.CC BY-NC-SA 4.0 data set of permissively licensed Flickr portraits": (
        "CC BY-NC-SA 4.0(이용이 허락된 Flickr 인물 사진)",
        "CC BY-NC-SA 4.0 data set of permissively licensed Flickr portraits",
    ),
    # --- the steps that take time
    "timing.load": ("준비", "loading"),
    "timing.read": ("파일 읽기", "reading"),
    "timing.faces": ("얼굴 찾기", "faces"),
    "timing.detector": ("검출기", "detector"),
    "timing.measure": ("보조 측정", "measurements"),
    "timing.cues": ("장면 단서", "scene cues"),
    "timing.temporal": ("시간 모델", "temporal model"),
    "timing.explain": ("설명", "explanation"),
    "timing.robustness": ("변형 시험", "robustness card"),
}
