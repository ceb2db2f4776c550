"""Is a narrator's text borne out by the findings it cites? Every sentence is held against them.

Sentences of a language model (and, in the tests, of the templates) -> faults, in plain words that a
model can be asked to mend. Checked are numbers, counts, places, measurements, persons, outcomes and
the direction of every comparison; refused are certainty, markup, addresses, other languages, talk
of traces where nothing was found, and whatever this program does not measure. What a narrator may
write is the interpretation and the next steps; limits, conclusion, action and disclaimer never come
from it, and `check_narrative` makes sure that they are there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unmask.explain.check_claims import check_claims
from unmask.explain.check_comparisons import check_comparisons
from unmask.explain.check_numbers import check_numbers
from unmask.explain.check_ranges import check_ranges
from unmask.explain.lexicon import Lexicon
from unmask.explain.lines import FILE
from unmask.explain.sections import Section
from unmask.explain.words import WORDS
from unmask.types import Finding, Narrative, Outcome, Sentence, Verdict

TEXT_MAX = 600  # characters of one sentence; the longest of ours has some 400
SENTENCES_MAX = 120
STEPS_MAX = 12
IDS_MAX = 14
MARKUP = re.compile(r"[<>*_#`|\\{}\[\]^]|~~|&\w+;|&#|::")
ADDRESS = re.compile(
    r"://|\bwww\.|\b[\w.-]+@[\w-]+\.\w|\b[\w-]{2,}\.(?:com|net|org|io|kr|cn|ru|info|gov|edu|ai|app"
    r"|dev|me|co|xyz|site|onion)\b|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
REPEATED = re.compile(r"(.{24,})\s?\1")
PERCENT = re.compile(r"\s?(?:per ?cent\b|퍼센트)")
# What a sentence of a section may rest on; at least one finding must be of these kinds.
KINDS: dict[str, frozenset[str]] = {
    Section.RESULT: frozenset(
        {"verdict", "probability", "faces", "frames", "class", "abstention", "open"}
    ),
    Section.MAP: frozenset({"heat", "region", "even", "blend", "faithfulness", "no_mesh"}),
    Section.TIME: frozenset({"time", "unread", "frames"}),
    Section.TEXTURE: frozenset({"measure"}),
    Section.LIGHT: frozenset({"measure"}),
    Section.CONTEXT: frozenset({"cue"}),
    Section.RELIABILITY: frozenset(
        {"quality", "unread", "measure", "cue", "probability", "abstention", "damage", "frames"}
    ),
}
# Kinds that no narrator speaks of: what a file says of itself is told by the templates alone.
UNSPOKEN = frozenset({"provenance", "profile", "robustness", "skipped", "unchecked"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What texts are held against: findings by id, and each subject's outcome."""

    findings: dict[str, Finding]
    outcomes: dict[str, Outcome]

    @classmethod
    def of(cls, findings: Sequence[Finding], verdicts: Sequence[Verdict]) -> Facts:
        """From a report's findings and verdicts."""
        return cls({f.id: f for f in findings}, {v.subject: v.outcome for v in verdicts})


def check_narrative(narrative: Narrative, facts: Facts, expected: Narrative) -> tuple[str, ...]:
    """All faults of a whole narrative; `expected` is the template's of the same report.

    Empty where every sentence is borne out, every person's result is told, and limits, conclusion,
    action and disclaimer are the template's.
    """
    found = check_texts(narrative.interpretation, narrative.next_steps, facts, narrative.language)
    fixed = ("limits", "conclusion", "action", "disclaimer")
    other = [part for part in fixed if getattr(narrative, part) != getattr(expected, part)]
    return (*found, *(f"the {part} is not that of the report" for part in other))


def check_texts(
    interpretation: Sequence[Sentence],
    next_steps: Sequence[Sentence],
    facts: Facts,
    language: str,
) -> tuple[str, ...]:
    """All faults of what a narrator wrote, each with the place where it stands."""
    lexicon = WORDS.get(language).lexicon
    found = list(_whole(interpretation, next_steps, facts))
    for name, sentences in (("sentence", interpretation), ("next step", next_steps)):
        for number, sentence in enumerate(sentences[:SENTENCES_MAX], start=1):
            is_next = sentence.section == Section.NEXT
            if is_next != (name == "next step"):
                found.append(f"{name} {number}: the section {sentence.section!r} is out of place")
            faults = check_sentence(sentence, facts, lexicon)
            found += [f"{name} {number}: {fault}" for fault in faults]
    return tuple(found)


def check_sentence(sentence: Sentence, facts: Facts, lexicon: Lexicon) -> tuple[str, ...]:
    """All faults of one sentence."""
    text = unicodedata.normalize("NFC", sentence.text)
    found = list(_form(text, lexicon))
    cited = [facts.findings[id_] for id_ in sentence.finding_ids if id_ in facts.findings]
    found += _citations(sentence, cited, facts)
    if cited and len(text) <= TEXT_MAX:
        told = PERCENT.sub("%", lexicon.wording.canonical(text))
        regions = [f for f in facts.findings.values() if f.kind == "region"]
        found += check_numbers(told, cited, lexicon)
        found += check_claims(told, cited, facts.outcomes, lexicon)
        found += check_ranges(told, cited, lexicon)
        found += check_comparisons(told, cited, regions, lexicon)
    return tuple(found)


def _whole(
    interpretation: Sequence[Sentence], next_steps: Sequence[Sentence], facts: Facts
) -> Iterator[str]:
    if len(interpretation) > SENTENCES_MAX or len(next_steps) > STEPS_MAX:
        yield f"more than {SENTENCES_MAX} sentences or {STEPS_MAX} next steps"
    said = {id_ for sentence in interpretation for id_ in sentence.finding_ids}
    for id_ in _needed(facts):
        if id_ not in said:
            yield f"the finding {id_} is not told"
    texts = [sentence.text for sentence in (*interpretation, *next_steps)]
    if len(set(texts)) < len(texts):
        yield "a sentence stands there twice"


def _needed(facts: Facts) -> Iterator[str]:
    """The count of faces and, for each person, the probability or why there is none."""
    findings = facts.findings.values()
    answered = {finding.subject for finding in findings if finding.kind == "probability"}
    for finding in findings:
        if finding.subject == FILE:
            needed = finding.kind == "faces"
        else:
            open_ = finding.kind == "abstention" and finding.subject not in answered
            needed = finding.kind == "probability" or open_
        if needed:
            yield finding.id


def _citations(sentence: Sentence, cited: Sequence[Finding], facts: Facts) -> Iterator[str]:
    ids = sentence.finding_ids
    if not ids:
        yield "no finding is cited"
    for id_ in ids:
        if id_ not in facts.findings:
            yield f"there is no finding {id_[:80]!r}"
    if len(ids) > IDS_MAX or len(set(ids)) < len(ids):
        yield f"more than {IDS_MAX} findings, or one cited twice"
    if any(finding.kind in UNSPOKEN for finding in cited):
        yield "a finding is cited that only the report itself speaks of"
    if len({finding.subject for finding in cited} - {FILE}) > 1:
        yield "findings of several persons are mixed in one sentence"
    kinds = {finding.kind for finding in cited}
    if sentence.section not in (*KINDS, Section.NEXT):
        yield f"there is no section {sentence.section[:40]!r}"
    elif cited and sentence.section in KINDS and not kinds & KINDS[sentence.section]:
        yield f"the findings cited do not belong to the section {sentence.section!r}"


def _form(text: str, lexicon: Lexicon) -> Iterator[str]:
    if not text.strip() or text != text.strip() or "  " in text:
        yield "the text is empty, or has spaces at its ends or twice in a row"
    if len(text) > TEXT_MAX:
        yield f"the text is longer than {TEXT_MAX} characters"
    if any(
        unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") for char in text
    ):
        yield "the text has control characters or line breaks"
    if REPEATED.search(text[:TEXT_MAX]):
        yield "the text says the same twice"
    if MARKUP.search(text):
        yield "the text has markup"
    if ADDRESS.search(text):
        yield "the text has an address"
    if not lexicon.ending.search(text):
        yield "the text does not end as a sentence of a report does"
    yield from _language(text[:TEXT_MAX], lexicon)


def _language(text: str, lexicon: Lexicon) -> Iterator[str]:
    if match := lexicon.foreign.search(text):
        yield f"the letter {match.group()!r} is not of this language"
    units = re.findall(r"[^\W\d_]", text) if lexicon.by_letter else re.findall(r"[^\W\d_]+", text)
    own = lexicon.own.findall(text)
    if units and len(own) < lexicon.own_share * len(units):
        yield "the text is not in the language of the report"
