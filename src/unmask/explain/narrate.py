"""Findings to words: the one way in for the orchestrator.

Findings + verdicts + card -> narrator (`template.py`, or a language model of `language_model.py`
whose text is checked and which the template stands behind) -> {language: Narrative}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import unmask.explain.language_model  # noqa: F401 (importing it registers its narrators)
from unmask.explain.template import DEFAULT, NARRATORS, Narrator, Record, TemplateNarrator
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.types import Finding, MediaKind, Narrative, Verdict


def make_narrator(settings: Settings) -> Narrator:
    """The narrator of `settings.llm` ("template", "openai:MODEL"); UsageError where it cannot be.

    What a language model needs is imported here, so that a missing package is told before any file
    is read.
    """
    name = settings.llm.partition(":")[0].strip() or DEFAULT
    return NARRATORS.get(name)(settings)


def narrate(
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    media: MediaKind,
    card: Card,
    languages: Sequence[str],
    narrator: Narrator | None = None,
) -> dict[str, Narrative]:
    """{language: the words of the report}, by default the template's in everyday words."""
    writer = narrator or TemplateNarrator()
    record = Record(tuple(findings), tuple(verdicts), media, card)
    return {language: writer.write(record, language) for language in languages}


def narrators_of(narratives: Mapping[str, Narrative]) -> str:
    """Who wrote the words: one name, or one per language ("ko: ...; en: ...") where they differ."""
    names = {language: narrative.narrator for language, narrative in narratives.items()}
    if len(set(names.values())) <= 1:
        return next(iter(names.values()), "none")
    return "; ".join(f"{language}: {name}" for language, name in names.items())
