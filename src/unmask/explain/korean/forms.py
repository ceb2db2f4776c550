"""The forms in which a Korean verb or adjective begins: 넘 -> 넘습, 넘은, 넘어, 넘었, ...

    beginnings("그치") -> {"그치", "그친", "그칠", "그칩", "그침", "그쳐", "그쳤"}

Stems without 다, among them those in 하, 르 and ㅂ that change; what follows a beginning is an
ending and is not looked at. Stems of one syllable come with the first syllable of the ending, so
that no beginning is a mere syllable.
"""

from __future__ import annotations

FIRST, FINALS, VOWELS = 0xAC00, 28, 21
FINAL = {"ㄴ": 4, "ㄹ": 8, "ㅁ": 16, "ㅂ": 17, "ㅆ": 20}
ORDER = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
BRIGHT = "ㅏㅗ"
CONTRACTED = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅡ": "ㅓ", "ㅣ": "ㅕ"}
AFTER_CLOSED = ("습", "은", "을", "음", "는", "지", "고", "게", "기", "으", "거")
AFTER_OPEN_B = ("우", "워", "웠", "운", "울")
AFTER_OPEN = (
    "고",
    "며",
    "는",
    "지",
    "기",
    "게",
    "면",
    "므",
    "나",
    "니",
    "거",
    "아",
    "았",
    "어",
    "었",
)


def beginnings(stem: str) -> frozenset[str]:
    """Every beginning of a stem's forms."""
    head, lead, vowel, final = _parts(stem)
    if final == FINAL["ㅂ"]:
        open_ = head + _syllable(lead, vowel, 0)
        return frozenset({*_closed(stem, vowel), *(open_ + ending for ending in AFTER_OPEN_B)})
    if final:
        return _closed(stem, vowel)
    closed = {name: head + _syllable(lead, vowel, at) for name, at in FINAL.items()}
    short = ORDER.index(CONTRACTED.get(ORDER[vowel], ORDER[vowel]))
    joined, past = (head + _syllable(lead, short, at) for at in (0, FINAL["ㅆ"]))
    if head:
        return frozenset(
            {stem, joined, past, *_changed(stem), *(closed[name] for name in "ㄴㄹㅁㅂ")}
        )
    return frozenset(
        {*(stem + ending for ending in AFTER_OPEN), closed["ㅂ"] + "니", past + "습", past + "으",
         past + "지", past + "고", past + "던", joined + "서", joined + "야"}
    )  # fmt: skip


def _closed(stem: str, vowel: int) -> frozenset[str]:
    joined = ("아", "았") if ORDER[vowel] in BRIGHT else ("어", "었")
    return frozenset(stem + ending for ending in (*AFTER_CLOSED, *joined))


def _changed(stem: str) -> tuple[str, ...]:
    """변하 -> 변해, 변했; 오르 -> 올라, 올랐, 올러, 올렀 (of which one pair exists)."""
    if stem.endswith("하"):
        return stem[:-1] + "해", stem[:-1] + "했"
    if stem.endswith("르"):
        head, lead, vowel, _ = _parts(stem[:-1])
        doubled = head + _syllable(lead, vowel, FINAL["ㄹ"])
        return tuple(doubled + ending for ending in "라랐러렀")
    return ()


def _parts(stem: str) -> tuple[str, int, int, int]:
    code = ord(stem[-1]) - FIRST
    vowels, final = divmod(code, FINALS)
    lead, vowel = divmod(vowels, VOWELS)
    return stem[:-1], lead, vowel, final


def _syllable(lead: int, vowel: int, final: int) -> str:
    return chr(FIRST + (lead * VOWELS + vowel) * FINALS + final)
