"""What a language brings: a sentence for every kind of line, and the fixed parts of a report.

Each language is one package that registers its `Words` under its code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from unmask.explain.lexicon import Lexicon
from unmask.explain.lines import Case, Line
from unmask.registry import Registry
from unmask.types import Finding

Say = Callable[[Line], str]


class Register(StrEnum):
    """For whom a report is written: in short, everyday words, or with every number and range.

    Both rest on the same findings and come to the same; the expert's tells more of them.
    """

    PLAIN = "plain"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    sentences   {kind of line: function that says it}; every language has the same kinds
    expert      those kinds that the expert's register says in other words
    regions     {region: its name, with the picture's left and right}
    measures    {measurement or cue: its name}
    usual       a measurement's finding: its value with the unit, its usual range
    change      the name of a change of the robustness card ("jpeg:q70")
    population  says for whom the model was made, from the card's words
    read_lexicon  makes `lexicon`, which only texts that are checked need
    """

    sentences: Mapping[str, Say]
    expert: Mapping[str, Say]
    regions: Mapping[str, str]
    measures: Mapping[str, str]
    usual: Callable[[Finding], tuple[str, str]]
    change: Callable[[str], str]
    conclusion: Callable[[Case], str]
    action: Callable[[Case], str]
    population: Callable[[str], str]
    disclaimer: str
    read_lexicon: Callable[[], Lexicon]

    @property
    def lexicon(self) -> Lexicon:
        """The words that a text is checked by."""
        return self.read_lexicon()

    def say(self, line: Line, register: Register) -> str:
        """The line as a sentence; KeyError where the language does not know its kind."""
        if register is Register.EXPERT and line.kind in self.expert:
            return self.expert[line.kind](line)
        return self.sentences[line.kind](line)


WORDS: Registry[Words] = Registry("language")
