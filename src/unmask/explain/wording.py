"""How a language says a thing in other words: what a text is turned into before it is checked.

Text of a narrator -> [synonyms of `english/wording.py`, `korean/wording.py`] -> text in the words
of the checker's patterns; and the patterns of what is denied, compared, missing or the most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from re import Pattern


@dataclass(frozen=True, slots=True)
class Wording:
    """Other words for the claims of one language.

    synonyms        (pattern, the word of the report that it stands for)
    clause          what separates the clauses of a sentence
    denied_before   a negation that ends where a claim begins; `denied_after` one that follows it
    over, under     a number (group 1) that something is said to exceed, or to stay below
    up, down        something is said to have risen, or fallen
    missing         a measurement is said not to have been possible
    reasons         {reason of an open result: words that give it}
    slight          a difference is called small
    most            one place is said to hold more than any other
    headed          (noun that stands before its count, roles that the count may have)
    """

    synonyms: tuple[tuple[Pattern[str], str], ...]
    clause: Pattern[str]
    denied_before: Pattern[str]
    denied_after: Pattern[str]
    over: Pattern[str]
    under: Pattern[str]
    up: Pattern[str]
    down: Pattern[str]
    missing: Pattern[str]
    reasons: Mapping[str, Pattern[str]]
    slight: Pattern[str]
    most: Pattern[str]
    headed: tuple[tuple[Pattern[str], frozenset[str]], ...]

    @property
    def compares(self) -> tuple[Pattern[str], Pattern[str]]:
        """The patterns whose group is a number that something is compared with."""
        return self.over, self.under

    def canonical(self, text: str) -> str:
        """The text with every synonym replaced by the report's own word."""
        for pattern, own in self.synonyms:
            text = pattern.sub(own, text)
        return text

    def claims(self, pattern: Pattern[str], text: str) -> tuple[bool, bool]:
        """(is the claim made, is it denied) anywhere in a text."""
        polarity = {denied for _, denied in self.each(pattern, text)}
        return False in polarity, True in polarity

    def each(self, pattern: Pattern[str], text: str) -> Iterator[tuple[re.Match[str], bool]]:
        """Every place where a claim is made, with whether it is denied there."""
        for match in pattern.finditer(text):
            before = self.denied_before.search(text, 0, match.start())
            after = self.denied_after.match(text, match.end())
            yield match, bool(before) != bool(after)

    def clauses(self, text: str) -> list[str]:
        """The clauses of a text, in order; together they are the whole text."""
        ends = [0, *(m.end() for m in self.clause.finditer(text)), len(text)]
        return [text[a:b] for a, b in pairwise(ends) if text[a:b].strip()]
