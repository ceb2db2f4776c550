"""English: names, sentences, conclusion. Registers the language "en"; no numbers are made here."""

from __future__ import annotations

from unmask.explain.english import (
    ending,
    expert,
    limits,
    maps,
    measures,
    names,
    next_steps,
    person,
    provenance,
)
from unmask.explain.lexicon import Lexicon
from unmask.explain.words import WORDS, Words


def _read_lexicon() -> Lexicon:
    from unmask.explain.english import lexicon  # only here: its patterns take a while to compile

    return lexicon.LEXICON


WORDS.register(names.EN)(
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
        read_lexicon=_read_lexicon,
    )
)
