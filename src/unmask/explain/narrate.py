"""Findings to words: narrators by name, and the template narrator that always works.

A narrator gets findings, the case and the card's own words, and nothing else: no file name, no
metadata, no pixels. The template narrator is deterministic; its sentences are written by hand in
`english/` and `korean/`, and its plan (`plan.py`) is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import unmask.explain.english
import unmask.explain.korean  # noqa: F401 (importing a language registers it)
from unmask.explain.plan import Line, Plan, case_of
from unmask.explain.words import WORDS, Words
from unmask.models.card import Card
from unmask.registry import Registry
from unmask.types import Finding, MediaKind, Narrative, Sentence, Verdict

DEFAULT = "template"


class Narrator(Protocol):
    """Writes the words of a report in one language."""

    def write(
        self,
        findings: Sequence[Finding],
        verdicts: Sequence[Verdict],
        media: MediaKind,
        card: Card,
        language: str,
    ) -> Narrative:
        """The narrative; UsageError for a language that is not known."""
        ...


NARRATORS: Registry[Callable[[], Narrator]] = Registry("narrator")


@NARRATORS.register(DEFAULT)
class TemplateNarrator:
    """Sentences from hand-written templates: the same findings give the same words."""

    name = DEFAULT

    def write(
        self,
        findings: Sequence[Finding],
        verdicts: Sequence[Verdict],
        media: MediaKind,
        card: Card,
        language: str,
    ) -> Narrative:
        """The narrative in `language`; `verdicts` end with the file's."""
        words = WORDS.get(language)
        plan = Plan(findings, media)
        case = case_of(verdicts, media)
        raised = tuple(_say(words, line) for line in plan.limits())
        stated = tuple(_plain(limit[language]) for limit in card.limits)
        return Narrative(
            language=language,
            narrator=self.name,
            interpretation=tuple(
                Sentence(_say(words, line), line.ids) for line in plan.interpretation()
            ),
            limits=(words.population(_plain(card.population[language])), *stated, *raised),
            conclusion=words.conclusion(case),
            action=words.action(case),
            disclaimer=words.disclaimer,
        )


def _say(words: Words, line: Line) -> str:
    return words.sentences[line.kind](line)


def _plain(text: str) -> str:
    """A card's text on one line."""
    return " ".join(text.split())


def narrate(
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    media: MediaKind,
    card: Card,
    languages: Sequence[str],
    narrator: str = DEFAULT,
) -> dict[str, Narrative]:
    """{language: the words of the report}; UsageError for an unknown language or narrator."""
    writer = NARRATORS.get(narrator)()
    return {
        language: writer.write(findings, verdicts, media, card, language) for language in languages
    }
