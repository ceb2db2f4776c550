"""Texts of a card that nobody wrote by hand: only what the manifest and the run say.

Used by `unmask export` where no card text is given. Names, counts and classes are facts of the
manifest; who the people are, and under which terms the pictures may be used, is not in it, and
the text says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from unmask.data.adapters.base import CLASSES
from unmask.media.text import clean_name
from unmask.train.config import Config

NOT_STATED = "not stated"
RULE = {
    "en": "A face is called manipulated when its calibrated probability reaches the threshold and "
    "free of evidence when it does not exceed the lower limit; between them it is inconclusive. A "
    "file is manipulated if any person in it is, otherwise inconclusive if any person is or no "
    "face was found.",
    "ko": "보정된 확률이 기준값 이상이면 조작으로, 하한값 이하이면 조작 증거 없음으로, "
    "그 사이이면 판단 보류로 판정합니다. 한 사람이라도 조작으로 판정되면 파일 전체를 조작으로, "
    "그렇지 않고 한 사람이라도 판단 보류이거나 얼굴이 발견되지 않으면 판단 보류로 판정합니다.",
}
CLASS_WORDS = {
    "real": ("genuine", "진짜"),
    "swap": ("swapped or blended", "교체·합성"),
    "synthetic": ("fully synthetic", "전체 생성"),
}
MISSING = {
    "swap": (
        "Face swaps and local edits were not part of the training.",
        "얼굴 교체와 부분 편집은 학습에 포함되지 않았습니다.",
    ),
    "synthetic": (
        "Faces generated as a whole were not part of the training.",
        "전체가 생성된 얼굴은 학습에 포함되지 않았습니다.",
    ),
}
Text = dict[str, str]


def describe(config: Config, faces: pd.DataFrame, validation: pd.DataFrame) -> dict[str, Any]:
    """{rule, population, limits, training_data, licence} of a card.

    `faces` are the rows of the training split in which a face was found, `validation` the scored
    faces that calibration and thresholds rest on.
    """
    drawn = {(entry.source, entry.klass) for entry in config.recipe.entries}
    keys = zip(faces["source"], faces["klass"], strict=True)
    faces = faces[[key in drawn for key in keys]]
    rows = _training_data(config, faces)
    return {
        "rule": RULE,
        "population": _population(rows, faces),
        "limits": _limits(config, faces, validation),
        "training_data": rows,
        "licence": NOT_STATED,
    }


def _training_data(config: Config, faces: pd.DataFrame) -> list[dict[str, Any]]:
    """One line per (source, class) that the recipe draws from, in the order of the classes."""
    rows = []
    drawn = {(entry.source, entry.klass) for entry in config.recipe.entries}
    for source, klass in sorted(drawn, key=lambda key: (CLASSES.index(key[1]), key[0])):
        here = (faces["source"] == source) & (faces["klass"] == klass)
        rows.append(
            {
                "name": clean_name(source),
                "class": klass,
                "count": int(here.sum()),
                "what": _what(config, source, klass),
                "terms": NOT_STATED,
            }
        )
    return rows


def _what(config: Config, source: str, klass: str) -> str:
    words = f"{CLASS_WORDS[klass][0]} faces of the training split"
    kinds = {
        kind
        for entry in config.recipe.entries
        if (entry.source, entry.klass) == (source, klass)
        for kind in entry.pseudo
        if kind not in ("as_is", "innocent")
    }
    return f"{words}; also made into pseudo-fakes ({', '.join(sorted(kinds))})" if kinds else words


def _population(rows: list[dict[str, Any]], faces: pd.DataFrame) -> Text:
    english, korean = [], []
    for row in rows:
        words = CLASS_WORDS[row["class"]]
        english.append(f"{row['name']} ({row['count']:,} {words[0]})")
        korean.append(f"{row['name']}({words[1]} 얼굴 {row['count']:,}개)")
    people = faces["identity"].nunique()
    return {
        "en": f"Faces of these sources: {', '.join(english)}. The training split tells {people:,} "
        "people or videos apart; age, sex and origin of the people are not recorded.",
        "ko": f"다음 출처의 얼굴: {', '.join(korean)}. 학습 자료에서 구분된 인물 또는 영상은 "
        f"{people:,}개이며, 인물의 나이, 성별, 출신은 기록되어 있지 않습니다.",
    }


def _limits(config: Config, faces: pd.DataFrame, validation: pd.DataFrame) -> list[Text]:
    real = int((validation["klass"] == "real").sum())
    fake = len(validation) - real
    sources = faces["source"].nunique()
    limits = [
        _both(
            f"Trained on {sources:,} source{'' if sources == 1 else 's'}; how it judges faces from "
            "other sources, and other ways of manipulating, has not been measured.",
            f"출처 {sources:,}곳의 자료로 학습했습니다. 다른 출처의 얼굴이나 다른 조작 방식에서의 "
            "성능은 측정하지 않았습니다.",
        ),
        _both(
            f"Probabilities and thresholds were fitted on {real:,} genuine and {fake:,} "
            "manipulated validation faces; no test figures stand on this card.",
            f"확률과 기준값은 검증용 진짜 얼굴 {real:,}개와 조작된 얼굴 {fake:,}개에 맞추어 "
            "정했습니다. 이 카드에는 시험 자료로 측정한 수치가 없습니다.",
        ),
        _both(
            "The probability assumes that genuine and manipulated faces are equally likely "
            "beforehand; among files that are mostly genuine it is too high.",
            "표시된 확률은 진짜와 조작이 미리 같은 비율로 있다고 가정한 값입니다. 대부분 진짜인 "
            "파일들에서는 실제보다 높게 나옵니다.",
        ),
    ]
    drawn = {entry.becomes or entry.klass for entry in config.recipe.entries}
    return limits + [_both(*words) for klass, words in MISSING.items() if klass not in drawn]


def chance_limit(auc: float, interval: tuple[float, float]) -> Text:
    """The limit of a model whose validation leaves open that it guesses."""
    low, high = interval
    return _both(
        f"Not usable: the AUC on validation faces is {auc:.3f} (95 %: {low:.3f} to {high:.3f}; "
        "guessing has .5). Nothing shows that this model tells manipulated faces from genuine "
        "ones.",
        f"사용할 수 없는 모델입니다. 검증용 얼굴에서의 AUC가 {auc:.3f}이며(95% 구간 "
        f"{low:.3f}~{high:.3f}, 무작위 추측은 .5) 조작된 얼굴과 진짜 얼굴을 구분한다는 근거가 "
        "없습니다.",
    )


def _both(english: str, korean: str) -> Text:
    return {"en": english, "ko": korean}
