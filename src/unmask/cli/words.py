"""The terminal's own words in English and Korean.

Error kinds keep their machine spelling in the JSON; here stands what a person reads. Outcomes and
reasons are worded as in the reports, by `report/labels.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("ko", "en")

WORDS: dict[str, tuple[str, str]] = {
    # column heads and lines: key -> (English, Korean)
    "file": ("file", "파일"),
    "outcome": ("outcome", "판정"),
    "probability": ("P(manipulated)", "조작 확률"),
    "faces": ("faces", "얼굴"),
    "reason": ("reason", "사유"),
    "reports": ("Reports", "보고서"),
    "no_reports": ("no report was written", "작성된 보고서가 없습니다"),
    "name": ("name", "이름"),
    "version": ("version", "버전"),
    "architecture": ("architecture", "구조"),
    "threshold": ("threshold", "판정 기준값"),
    "state": ("state", "상태"),
    "detail": ("detail", "내용"),
    "fix": ("fix", "해결 방법"),
    "what": ("what", "항목"),
    "before": ("report", "보고서 값"),
    "now": ("now", "현재 값"),
    "refused": ("not analysed", "분석 불가"),
    # error kinds
    "unsupported_type": ("not a supported picture or video", "지원하지 않는 형식임"),
    "too_large": ("the file is too large", "파일이 너무 큼"),
    "empty_file": ("the file is empty", "빈 파일임"),
    "corrupt": ("the file is damaged", "파일이 손상됨"),
    "truncated": ("the file is cut off", "파일이 중간에서 끊김"),
    "no_video_stream": ("no video in the file", "영상 스트림이 없음"),
    "no_frames": ("no frame could be read", "읽을 수 있는 프레임이 없음"),
    "bad_dimensions": ("width or height out of range", "가로나 세로 크기가 범위를 벗어남"),
    "too_many_pixels": ("too many pixels", "화소 수가 너무 많음"),
    "not_found": ("no such file", "파일이 없음"),
    "not_a_file": ("not a regular file", "일반 파일이 아님"),
    "no_permission": ("no permission to read", "읽기 권한이 없음"),
    "decoder_crash": ("the decoder crashed on it", "해독 중 디코더가 멈춤"),
    "time_limit": ("time limit reached", "제한 시간을 넘김"),
    "memory_limit": ("memory limit reached", "메모리 한도를 넘김"),
    "usage": ("wrong option", "옵션이 잘못됨"),
    "bad_bundle": ("the model bundle is unfit", "모델 번들에 문제가 있음"),
    "disk": ("the report could not be written", "보고서를 저장하지 못함"),
    "internal": ("a bug in unmask", "unmask 내부 오류"),
    # states
    "ok": ("ok", "정상"),
    "missing": ("missing", "없음"),
    "optional": ("not installed", "미설치"),
    "broken": ("broken", "이상"),
}

SENTENCES: dict[str, tuple[str, str]] = {
    "caveat": (
        "“No evidence” is not proof that a picture is genuine; the report names the limits.",
        "‘조작 증거 없음’은 진본이라는 증명이 아닙니다. 한계는 보고서에 적혀 있습니다.",
    ),
    "stopped": (
        "stopped: {done} of {all} files are done, and what is done is kept.",
        "중단했습니다. 전체 {all}개 가운데 {done}개를 마쳤으며, 마친 결과는 그대로 있습니다.",
    ),
    "hidden": (
        "left out of folders: {count} hidden entries.",
        "폴더 안의 숨김 항목 {count}개는 분석하지 않았습니다.",
    ),
    "bugs": (
        "{count} of these failures are bugs in unmask (kind `internal`), whatever the exit code.",
        "위 실패 가운데 {count}건은 종료 코드와 관계없이 unmask 내부 오류(internal)입니다.",
    ),
    "working": ("analysing", "분석하는 중"),
    "same": (
        "The same file, the same model, the same numbers: the report is reproduced.",
        "같은 파일과 같은 모델에서 같은 수치가 나왔습니다. 보고서가 재현되었습니다.",
    ),
    "differs": (
        "The report is not reproduced; this differs:",
        "보고서가 재현되지 않았습니다. 다음 항목이 다릅니다.",
    ),
    "all_well": ("Everything that is required works.", "필요한 항목이 모두 정상입니다."),
    "not_well": (
        "Something that is required does not work; the fixes stand above.",
        "필요한 항목 가운데 이상이 있습니다. 위의 해결 방법을 따라 주십시오.",
    ),
    "verified": (
        "All as published: bundles {count}, face networks {networks}.",
        "모델 번들 {count}개와 얼굴 신경망 {networks}개가 배포된 파일과 일치합니다.",
    ),
}


def word(key: str, language: str) -> str:
    """The short word for a key; the key itself where it has none (a later reason)."""
    english, korean = WORDS.get(key, (key, key))
    return korean if language == "ko" else english


def outcome_words(outcome: str | None, language: str) -> str:
    """An outcome as the reports word it; None stands for a file that was not analysed."""
    from unmask.report.labels import label_or

    if outcome is None:
        return word("refused", language)
    return label_or(language, f"outcome.{outcome}", outcome)


def reason_words(reason: str, language: str) -> str:
    """A reason as the reports word it."""
    from unmask.report.labels import label_or

    return label_or(language, f"reason.{reason}", reason)


def sentence(key: str, language: str, **values: object) -> str:
    """The sentence for a key with its values filled in; KeyError where there is none."""
    english, korean = SENTENCES[key]
    return (korean if language == "ko" else english).format(**values)


def locale_language(environment: Mapping[str, str] = os.environ) -> str:
    """ "ko" where the locale is Korean, else "en"; POSIX order LC_ALL, LC_MESSAGES, LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"
