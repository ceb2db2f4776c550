"""Korean: names, sentences, conclusion. Registers the language "ko"; no numbers are made here."""

from __future__ import annotations

from unmask.explain.korean import ending, limits, maps, names, person
from unmask.explain.words import WORDS, Words

WORDS.register(names.KO)(
    Words(
        sentences={**person.SENTENCES, **maps.SENTENCES, **limits.SENTENCES},
        regions=names.REGIONS,
        conclusion=ending.conclusion,
        action=ending.action,
        population=ending.population,
        disclaimer=ending.DISCLAIMER,
    )
)
