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
    "person": ("person", "인물"),
    "newest": ("newest score", "최근 점수"),
    "looks": ("faces scored", "분석한 얼굴"),
    "seen": ("seen", "나온 시간"),
    "state": ("state", "상태"),
    "detail": ("detail", "내용"),
    "fix": ("fix", "해결 방법"),
    "what": ("what", "항목"),
    "value": ("value", "값"),
    "lost": ("no probability", "확률 없음"),
    "false_alarms": ("genuine called manipulated", "진본을 조작으로 판정"),
    "caught": ("manipulated caught", "조작본을 찾아냄"),
    "model": ("model", "모델"),
    "difference": ("difference", "차이"),
    "before": ("report", "보고서 값"),
    "now": ("now", "현재 값"),
    "refused": ("not analysed", "분석 불가"),
    "duplicate": ("the same file again", "같은 파일이 중복됨"),
    "robustness": ("Outcome under changes", "변형했을 때의 판정"),
    "source": ("source", "출처"),
    "class": ("class", "분류"),
    "all": ("all", "합계"),
    "count": ("files", "파일 수"),
    "kind_real": ("real", "진본"),
    "kind_fake": ("manipulated", "조작"),
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
        "“No evidence” is not proof that a file is genuine; the report names the limits.",
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
    "watch_running": (
        "{time} s - running reading, not a verdict on the whole; Ctrl-C ends it",
        "{time}초 - 판독 진행 중이며 전체에 대한 판정이 아닙니다. Ctrl-C를 누르면 끝냅니다.",
    ),
    "watch_end": (
        "Of everything that was read ({frames} frames up to {time} s, {fps} frames/s): {outcome}",
        "읽은 전체(프레임 {frames}개, {time}초까지, 초당 {fps}프레임)에 대한 판정: {outcome}",
    ),
    "watch_overlay": ("Overlay video: {path}", "판정을 표시한 영상: {path}"),
    "watch_stopped": (
        "stopped: the reading covers what was seen until then.",
        "중단했습니다. 판독 결과는 그때까지 본 부분에만 해당합니다.",
    ),
    "watch_nothing": (
        "stopped before the first frame was read.",
        "첫 프레임을 읽기 전에 중단했습니다.",
    ),
    "working": ("analysing", "분석하는 중"),
    "cutting": ("finding faces", "얼굴을 찾는 중"),
    "measuring": ("measuring", "측정하는 중"),
    "scanned": (
        "Manifest {out}: faces {rows}, from videos and pictures {videos}.",
        "매니페스트 {out}: 영상·사진 {videos}개에서 얼굴 {rows}개를 기록했습니다.",
    ),
    "resumed": (
        "Done by an earlier run and not read again: files {count}.",
        "이전 실행에서 이미 처리한 파일 {count}개는 다시 읽지 않았습니다.",
    ),
    "left_out": (
        "Left out: files {count}; each stands with its reason in {out}.",
        "제외한 파일: {count}개. 파일별 사유는 {out} 파일에 있습니다.",
    ),
    "scan_stopped": (
        "stopped: what is done is kept; the same command goes on from there.",
        "중단했습니다. 마친 결과는 남아 있으며, 같은 명령을 실행하면 이어서 진행합니다.",
    ),
    "scan_next": ("Next: {command}", "다음 단계: {command}"),
    "split_written": ("{rows} rows are in {out}.", "{out}에 {rows}행을 기록했습니다."),
    "split_dropped": ("Rows left out: {count}.", "제외한 행: {count}개."),
    "split_by_identity": (
        "Split by identity: no person and no video lies in two splits.",
        "인물 기준 분할: 같은 인물이나 같은 영상이 두 분할에 걸치지 않습니다.",
    ),
    "split_by_video": (
        "Split by video: no video lies in two splits, but a person may.",
        "영상 기준 분할: 같은 영상은 두 분할에 걸치지 않지만, 같은 인물은 걸칠 수 있습니다.",
    ),
    "split_by_random": (
        "Split at random (LEAKY): persons, videos and fakes of trained pictures lie in the test.",
        "무작위 분할(누출 있음): 같은 인물, 같은 영상, 학습한 사진의 조작본이 시험 분할에도 "
        "들어갑니다.",
    ),
    "split_leaky": (
        "warning: figures of a random split are too good; use it only to repeat the literature's.",
        "경고: 무작위 분할에서 얻은 수치는 실제보다 좋게 나옵니다. 문헌의 수치를 재현할 때만 "
        "사용하십시오.",
    ),
    "split_large_group": (
        "warning: {share} of all rows hang together by person or video; the ratio cannot be kept.",
        "경고: 전체 행의 {share}가 인물이나 영상으로 서로 이어져 있어 비율을 지킬 수 없습니다.",
    ),
    "split_one_kind": (
        "warning: the split {split} holds no {missing} pictures.",
        "경고: {split} 분할에 {missing} 사진이 없습니다.",
    ),
    "training": ("training", "학습하는 중"),
    "trained": (
        "{out}: {epochs} epochs; validation AUC {auc} (best {best}, epoch {epoch}).",
        "{out}: 에포크 {epochs}회, 검증 AUC {auc}(최고 {best}, 에포크 {epoch}).",
    ),
    "stopped_early": (
        "Stopped early: {patience} epochs without a better validation AUC; the best one counts.",
        "검증 AUC가 에포크 {patience}회 동안 나아지지 않아 일찍 멈췄습니다. "
        "가장 좋은 에포크를 사용합니다.",
    ),
    "skipped": (
        "Pictures that could not be read and were replaced: {count}, listed in {out}.",
        "읽을 수 없어 다른 사진으로 대체한 사진: {count}장. 목록은 {out}에 있습니다.",
    ),
    "unreadable": (
        "Validation pictures that could not be read and were left out: {count}, {first} first.",
        "읽을 수 없어 제외한 검증 사진: {count}장. 첫 파일: {first}.",
    ),
    "may_be_chance": (
        "warning: validation AUC {auc} (95 %: {low} to {high}): nothing shows that this model "
        "tells manipulated faces from genuine ones; do not use its verdicts.",
        "경고: 검증 AUC가 {auc}입니다(95% 구간 {low}~{high}). 조작된 얼굴과 진짜 얼굴을 구분한다는 "
        "근거가 없으니 이 모델의 판정을 사용하지 마십시오.",
    ),
    "exported": ("The bundle is in {out}. Next:", "모델 번들을 {out}에 저장했습니다. 다음 단계:"),
    "int8_kept": (
        "8-bit copy kept: {ratio} of the time, validation AUC {before} -> {after}.",
        "8비트 모델을 사용합니다. 실행 시간 {ratio}배, 검증 AUC {before} → {after}.",
    ),
    "int8_dropped": (
        "8-bit copy not kept: {ratio} of the time, validation AUC {before} -> {after}; it must be "
        "faster and lose at most .003. The bundle holds float32.",
        "8비트 모델은 사용하지 않습니다. 실행 시간 {ratio}배, 검증 AUC {before} → {after}. "
        "더 빠르고 AUC 손실이 .003 이하일 때만 사용합니다. 번들에는 float32 모델이 들어 있습니다.",
    ),
    "same": (
        "The same file, the same model, the same numbers: the report is reproduced.",
        "같은 파일과 같은 모델에서 같은 수치가 나왔습니다. 보고서가 재현되었습니다.",
    ),
    "differs": (
        "The report is not reproduced; this differs:",
        "보고서가 재현되지 않았습니다. 다음 항목이 다릅니다.",
    ),
    "held": (
        "{name}: holds under {held} of {all} changes",
        "{name}: 변형 {all}가지 가운데 {held}가지에서 유지됨",
    ),
    "untested": (
        "{name}: could not be tested, there was no probability ({why})",
        "{name}: 확률을 얻지 못해 시험하지 못함({why})",
    ),
    "lost": ("; not under {lost}", ". 달라진 변형: {lost}"),
    "calibrated": (
        "Threshold {threshold} (the model's own: {own}), from {files} genuine files.",
        "진본 파일 {files}개로 정한 판정 기준값은 {threshold}입니다(모델의 기준값: {own}).",
    ),
    "promised": (
        "Of further genuine files like these, at most {rate} are called manipulated; for this "
        "choice of files the share is {interval} ({confidence}% interval).",
        "이와 같은 종류의 진본 가운데 조작으로 판정되는 비율은 {rate} 이하입니다. 이번에 사용한 "
        "파일을 기준으로 한 {confidence}% 구간은 {interval}입니다.",
    ),
    "not_scored": (
        "Left out, because they gave no score: {count} ({listed})",
        "점수를 얻지 못해 제외한 파일: {count}개({listed})",
    ),
    "profile_saved": (
        "Profile: {path}\nUse it with: unmask analyze --profile {quoted} FILE…",
        "프로필: {path}\n사용 방법: unmask analyze --profile {quoted} FILE…",
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


def change_words(change: str, language: str) -> str:
    """A change of the robustness card as the reports word it."""
    from unmask.explain import english, korean

    if language == "ko":
        return korean.provenance.change_name(change)
    return english.provenance.change_name(change)


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
