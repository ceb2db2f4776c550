"""What a language brings: a sentence for every kind of line, and the fixed parts of a report.

Each language is one module that registers its `Words` under its code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unmask.explain.plan import Case, Line
from unmask.registry import Registry

Say = Callable[[Line], str]


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    sentences   {kind of line: function that says it}; every language has the same kinds
    regions     {region: its name, with the picture's left and right}
    population  says for whom the model was made, from the card's words
    """

    sentences: Mapping[str, Say]
    regions: Mapping[str, str]
    conclusion: Callable[[Case], str]
    action: Callable[[Case], str]
    population: Callable[[str], str]
    disclaimer: str


WORDS: Registry[Words] = Registry("language")
