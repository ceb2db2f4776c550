"""What a language brings to the checker: the patterns by which a text's claims are read.

Text of a narrator -> [patterns here] -> claims (numbers, places, persons, outcomes) -> `checker.py`
holds each against the findings. The tables are `english/lexicon.py` and `korean/lexicon.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import Pattern

from unmask.explain.wording import Wording
from unmask.types import Outcome

NUMBER = r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words that say what the numbers in them are.

    pattern   its groups are numbers with their units
    roles     for each group the roles that its number may have
    """

    pattern: Pattern[str]
    roles: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The claims of one language.

    units       (unit, pattern that follows a number), the first that fits; "share" is percent
    anchors     what a number is, from the words round it
    counted     {noun pattern: roles that a count before it may have}
    count_words {number word: its value}, counted where a noun of `counted` follows
    vague       amounts that no finding can be held against ("half", "most of")
    places      {region: pattern}
    kinds       {kind of manipulation: pattern}
    measures    {measurement, cue or measure of quality: pattern}
    topics      {pattern: kinds of finding of which one must be cited}
    neutral     phrases in which an outcome's words claim nothing ("probability that … manipulated")
    claims      {outcome: words that state it}
    never       words that call something genuine or a fake, which no result does
    hedges      words of which one must stand beside a stated outcome
    reaches, misses   the probability against its threshold
    none, every       of the moments
    between           the probability lies between its two limits
    random            the part taken away at random in the test of a map
    outside, within   of limits and usual ranges; `higher`, `lower`, `as_usual` against a range
    empty, failed     of a heat map, and of its test
    artefacts   words about traces, kinds and places of a manipulation
    forbidden   {fault: what may not be said at all}
    unknown     the words of a text that are none of a report's; `known` lists those, for prompts
    names       words in capitals or of Latin letters that may be used
    foreign     letters that the language does not have
    by_letter   whether a language is told by its letters, else by its small words
    own         what it must have, at least in the share `own_share` of its words or letters
    ending      how a sentence ends
    wording     other words for the same, and what denies, compares or gives reasons
    """

    units: tuple[tuple[str, Pattern[str]], ...]
    anchors: tuple[Anchor, ...]
    counted: Mapping[Pattern[str], frozenset[str]]
    count_words: Mapping[str, int]
    vague: Pattern[str]
    places: Mapping[str, Pattern[str]]
    kinds: Mapping[str, Pattern[str]]
    measures: Mapping[str, Pattern[str]]
    topics: Mapping[Pattern[str], frozenset[str]]
    neutral: Pattern[str]
    claims: Mapping[Outcome, Pattern[str]]
    never: Pattern[str]
    hedges: Pattern[str]
    reaches: Pattern[str]
    misses: Pattern[str]
    none: Pattern[str]
    every: Pattern[str]
    between: Pattern[str]
    random: Pattern[str]
    outside: Pattern[str]
    within: Pattern[str]
    higher: Pattern[str]
    lower: Pattern[str]
    as_usual: Pattern[str]
    empty: Pattern[str]
    failed: Pattern[str]
    artefacts: Pattern[str]
    forbidden: Mapping[str, Pattern[str]]
    names: frozenset[str]
    unknown: Callable[[str], list[str]]
    known: str
    foreign: Pattern[str]
    by_letter: bool
    own: Pattern[str]
    own_share: float
    ending: Pattern[str]
    wording: Wording


def anchor(text: str, *roles: str, number: str) -> Anchor:
    """An anchor: each "#" of `text` is a number, whose roles are a text like "limit usual"."""
    parts = [frozenset(names.split()) for names in roles]
    if text.count("#") != len(parts):
        raise ValueError(f"expected as many roles as numbers, got {text!r} and {roles!r}")
    return Anchor(re.compile(text.replace("#", number)), tuple(parts))


def words(*items: str) -> Pattern[str]:
    """A pattern for any of some words, whatever their case.

    Each item is a pattern, or several, one per line or between " / ".
    """
    patterns = [part.strip() for item in items for part in re.split(r"\n| / ", item)]
    return re.compile("|".join(part for part in patterns if part), re.IGNORECASE)
