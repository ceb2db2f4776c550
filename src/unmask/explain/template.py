"""The registry of narrators, what a narrator gets, and the template narrator that always works.

A narrator gets findings, the case and the card's own words, and nothing else: no file name, no
metadata, no pixels. The template narrator is deterministic; its sentences are written by hand in
`english/` and `korean/`, and its plan (`plan.py`) is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import unmask.explain.english
import unmask.explain.korean  # noqa: F401 (importing a language registers it)
from unmask.explain.lines import Line, case_of
from unmask.explain.plan import Plan
from unmask.explain.words import WORDS, Register, Words
from unmask.models.card import Card
from unmask.registry import Registry
from unmask.settings import Settings
from unmask.types import Finding, MediaKind, Narrative, Sentence, Verdict

DEFAULT = "template"


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """All that a narrator gets to see of one file; `verdicts` end with the file's."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    media: MediaKind
    card: Card


class Narrator(Protocol):
    """Writes the words of a report in one language."""

    def write(self, record: Record, language: str) -> Narrative:
        """The narrative; UsageError for a language that is not known."""
        ...


NARRATORS: Registry[Callable[[Settings], Narrator]] = Registry("narrator")


@NARRATORS.register(DEFAULT)
class TemplateNarrator:
    """Sentences from hand-written templates: the same findings give the same words."""

    name = DEFAULT

    def __init__(self, settings: Settings | None = None) -> None:
        self._register = Register((settings or Settings()).text_register)

    def write(self, record: Record, language: str) -> Narrative:
        """The narrative in `language`."""
        words, card = WORDS.get(language), record.card
        detailed = self._register is Register.EXPERT
        plan = Plan(record.findings, record.media, detailed=detailed)
        case = case_of(record.verdicts, record.media)
        raised = tuple(words.say(line, self._register) for line in plan.limits())
        stated = tuple(_plain(limit[language]) for limit in card.limits)
        return Narrative(
            language=language,
            narrator=self.name,
            interpretation=self._sentences(words, plan.interpretation()),
            limits=(words.population(_plain(card.population[language])), *stated, *raised),
            conclusion=words.conclusion(case),
            action=words.action(case),
            disclaimer=words.disclaimer,
            next_steps=self._sentences(words, plan.next_steps()),
            about_file=self._sentences(words, plan.about_file()),
        )

    def _sentences(self, words: Words, lines: Sequence[Line]) -> tuple[Sentence, ...]:
        return tuple(
            Sentence(words.say(line, self._register), line.ids, line.section) for line in lines
        )


def _plain(text: str) -> str:
    """A card's text on one line."""
    return " ".join(text.split())
