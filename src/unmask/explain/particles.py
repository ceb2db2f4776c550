"""Korean particles that fit what stands before them: 인물 A는, 인물 B는, 인물 L은, 3으로, 97%로.

The sound that counts is the last one read aloud. Digits are read as Sino-Korean numbers, single
Latin letters by their Korean names, units and signs by their words; a parenthesis is not read, so
the word before it counts (한글 맞춤법 해설, 조사의 이형태).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

HANGUL_FIRST, HANGUL_LAST, FINALS = 0xAC00, 0xD7A3, 28
RIEUL = 8  # index of ㄹ among the final consonants

# {pair: (after a consonant, after a vowel)}
PAIRS: Mapping[str, tuple[str, str]] = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
}
# The last syllable of each as it is read. Zeros: ten 십, hundred 백, thousand 천, alone 영.
DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "이비씨디이프지치이이이엘엠엔오피큐알스티유이유스이트",
        strict=True,
    )
)
SIGNS = {"%": "트", "°": "도", "℃": "도", "+": "스"}  # 퍼센트, 도, 섭씨도, 플러스
ZEROS = {1: "십", 2: "백", 3: "천", 4: "만", 5: "만", 6: "만", 7: "만", 8: "억"}


def last_sound(word: str) -> str | None:
    """The last syllable of a word as read in Korean, or None where nothing can be read."""
    read = re.sub(r"\s*\([^()]*\)\s*$", "", word).rstrip(" .,:;!?'\"”’」』)]}")
    if not read:
        return None
    end = read[-1]
    if HANGUL_FIRST <= ord(end) <= HANGUL_LAST:
        return end
    if end == "0":
        return _zero(read)
    return DIGITS.get(end) or LETTERS.get(end.upper()) or SIGNS.get(end)


def _zero(read: str) -> str:
    number = re.search(r"[\d,]*\.?\d*$", read)
    digits = (number.group() if number else read).replace(",", "")
    if "." in digits:
        return DIGITS["0"]
    zeros = len(digits) - len(digits.rstrip("0"))
    return DIGITS["0"] if zeros == len(digits) else ZEROS.get(zeros, "억")


def particle(word: str, pair: str) -> str:
    """The form of `pair` ("은/는") that follows `word`; "은(는)" where it cannot be read.

    ValueError for a pair that is not in `PAIRS`.
    """
    if pair not in PAIRS:
        raise ValueError(f"expected one of {', '.join(PAIRS)}, got {pair!r}")
    closed, open_ = PAIRS[pair]
    sound = last_sound(word)
    if sound is None:
        return f"{closed}({open_})"
    final = (ord(sound) - HANGUL_FIRST) % FINALS
    if pair == "으로/로" and final == RIEUL:
        return open_
    return closed if final else open_


def with_particle(word: str, pair: str) -> str:
    """`word` and the particle that fits it: with_particle("인물 A", "은/는") is "인물 A는"."""
    return word + particle(word, pair)
