"""The prompt of a language model: findings by whitelist, and the rules its text is checked by.

Record -> [here] -> (rules, facts) -> chat model. Only what stands in the tables below can get in:
ids, kinds, rounded numbers, units, and names of our own vocabulary. No file name, no metadata, no
text of a picture, no stranger's word; a finding that does not fit is left out, not escaped. The
card's limits are the publisher's words and the only free text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from unmask.explain.checker import IDS_MAX, KINDS, TEXT_MAX, UNSPOKEN
from unmask.explain.quantities import DETAILS, UNITS
from unmask.explain.regions import REGIONS
from unmask.explain.template import Record
from unmask.explain.vocabulary import CUES, MEASURES
from unmask.explain.vocabulary import REASONS as MISSING
from unmask.explain.words import WORDS, Register
from unmask.types import Finding, Outcome, Reason

DIGITS = 6  # decimals, as in the report's JSON
ID = re.compile(r"(?:file|[A-Z]{1,2})(?:\.[a-z0-9_]{1,40}){1,3}")
SUBJECT = re.compile(r"file|[A-Z]{1,2}")
SPOKEN = frozenset().union(*KINDS.values()) - UNSPOKEN
QUALITY = frozenset({"width", "sharpness", "exposure", "yaw", "blockiness"})
WORDS_ALLOWED = frozenset(
    {*map(str, Outcome), *map(str, Reason), *REGIONS, *MEASURES, *CUES, *MISSING, *QUALITY,
     "real", "swap", "edit", "synthetic"}
)  # fmt: skip
UNITS_ALLOWED = frozenset(
    {*UNITS, "probability", "share", "of scale", "count", "regions", "ratio", "class", "reason",
     "grey levels squared", "of full scale"}
)  # fmt: skip
NAMING = ("region", "regions", "measure", "name", "reason", "reasons")
FLAGS = ("within", "near", "empty", "shown", "has_mesh")
LANGUAGE_NAMES = {"en": "English", "ko": "Korean (합니다체)"}
FOR_WHOM = {
    Register.PLAIN: "Write for a reader without technical knowledge: short sentences, everyday "
    "words, probabilities in percent.",
    Register.EXPERT: "Write for a forensic expert: every number with its unit and its usual range, "
    "probabilities as fractions with three decimals.",
}

RULES = """You write the interpretation of a forensic report on manipulated faces in {language}. \
You get findings as JSON and nothing else; say only what they say.

Answer with one JSON object and nothing before or after it:
{{"interpretation": [{{"section": "...", "text": "...", "findings": ["id", ...]}}], \
"next_steps": [{{"text": "...", "findings": ["id", ...]}}]}}

Sections: {sections}. Next steps say what a human expert should look at next.
Every text is held against the findings that it cites; one that is not borne out is refused:
- Cite the ids of all findings a text rests on, {ids} at most, of one person only (and of "file").
- Copy numbers from the cited findings, rounded but never changed; a share may be written in \
percent. Say what a number is: call thresholds, limits, intervals and usual ranges by these names. \
Estimates such as "most", "half", "likely" or "very" are refused.
- Tell every person's probability, or why there is none, and how many faces were found.
- Name each place and each measurement that you cite, with the names given, and no others.
- The outcome is that of the finding "verdict"; speak of evidence and results, never of facts or \
proof, and of traces or kinds of manipulation only where the outcome is "manipulated".
- Persons are called by their letter (in English "person A", in Korean "인물 A"), nothing else.
- Use these words and their forms, the names given, and no others: {known}
- No markup, no addresses, no lists, no remarks on yourself, {length} characters a text at most.
Limits, conclusion, recommendation and disclaimer stand in the report already: do not write them.
{reader}"""
AGAIN = "Your last answer was refused. Write all of it again and mend this:\n{faults}"


def rules_for(language: str, register: Register) -> str:
    """The instructions; they depend on the language and the register alone."""
    return RULES.format(
        language=LANGUAGE_NAMES[language],
        sections=", ".join(KINDS),
        ids=IDS_MAX,
        length=TEXT_MAX,
        known=WORDS.get(language).lexicon.known,
        reader=FOR_WHOM[register],
    )


def facts_for(record: Record, language: str) -> str:
    """The findings as JSON, with the language's names for what occurs in them."""
    words = WORDS.get(language)
    shown = [shown for finding in record.findings if (shown := _finding(finding)) is not None]
    text = json.dumps(shown)
    names = {
        name: called
        for name, called in {**words.regions, **words.measures}.items()
        if f'"{name}"' in text
    }
    data = {
        "file": str(record.media),
        "findings": shown,
        "names": names,
        "limits_already_stated": [limit[language] for limit in record.card.limits],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)


def again(faults: Sequence[str]) -> str:
    """What is added to the facts on the second try."""
    return AGAIN.format(faults="\n".join(f"- {fault}" for fault in faults))


def _finding(finding: Finding) -> dict[str, Any] | None:
    """One finding, or None where anything that names it is not of our own vocabulary."""
    known = ID.fullmatch(finding.id) and SUBJECT.fullmatch(finding.subject)
    if not known or finding.kind not in SPOKEN:
        return None
    value = _value(finding.value)
    if finding.value is not None and value is None:
        return None
    shown: dict[str, Any] = {"id": finding.id, "kind": finding.kind}
    if value is not None:
        shown["value"] = value
    if finding.unit in UNITS_ALLOWED:
        shown["unit"] = finding.unit
    if finding.reference is not None:
        shown["usual"] = [_value(bound) for bound in finding.reference]
    return shown | dict(_details(finding))


def _value(value: object) -> float | int | str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value, DIGITS)
    return value if isinstance(value, str) and value in WORDS_ALLOWED else None


def _details(finding: Finding) -> Iterator[tuple[str, Any]]:
    for key, value in finding.detail.items():
        if key in FLAGS and isinstance(value, bool):
            yield key, value
        elif (
            key in DETAILS and not isinstance(value, str) and (number := _value(value)) is not None
        ):
            yield key, number
        elif key == "ids" and isinstance(value, list):
            yield key, [id_ for id_ in value if SUBJECT.fullmatch(str(id_))]
        elif key in NAMING:
            items = value if isinstance(value, list) else [value]
            names = [str(item) for item in items if item in WORDS_ALLOWED]
            if names:
                yield key, names if isinstance(value, list) else names[0]
