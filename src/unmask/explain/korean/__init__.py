"""Korean: names, sentences, conclusion. Registers the language "ko"; no numbers are made here."""

from __future__ import annotations

from unmask.explain.korean import (
    ending,
    expert,
    lexicon,
    limits,
    maps,
    measures,
    names,
    next_steps,
    person,
    provenance,
)
from unmask.explain.words import WORDS, Words

WORDS.register(names.KO)(
    Words(
        sentences={
            **person.SENTENCES,
            **maps.SENTENCES,
            **measures.SENTENCES,
            **next_steps.SENTENCES,
            **limits.SENTENCES,
            **provenance.SENTENCES,
        },
        expert=expert.SENTENCES,
        regions=names.REGIONS,
        measures=names.MEASURED,
        usual=names.value_and_usual,
        change=provenance.change_name,
        conclusion=ending.conclusion,
        action=ending.action,
        population=ending.population,
        disclaimer=ending.DISCLAIMER,
        lexicon=lexicon.LEXICON,
    )
)
