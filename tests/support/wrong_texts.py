"""Sentences made wrong on purpose, and right ones in other words, from seeds.

    wrong_text(seed, language) -> (what was done, Sentence, Record)
    right_text(seed, language) -> (what was done, Sentence, Record)

A wrong text is a template's sentence with one fault of a kind that language models make or that an
attacker asks for. A right one is a template's sentence, plain or expert, or the same said by
another rule: other words, more decimals, fractions in the place of percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from paraphrases import PARAPHRASES
from varied import varied_record
from wrong_words import CERTAIN, FLIPS, INJECTED, INVENTED, NAMES, RANGES, TALK

from unmask.explain.format import percent
from unmask.explain.narrate import Record, TemplateNarrator
from unmask.explain.regions import REGIONS
from unmask.explain.words import WORDS
from unmask.settings import Settings
from unmask.types import Outcome, Sentence

Change = Callable[[Sentence, Record, str, np.random.Generator], Sentence | None]
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?|(?<=[가-힣(~])\d+(?:\.\d+)?")
WRONG: dict[str, Change] = {}
FILES = 200


def lines_of(table: dict[str, str], language: str) -> list[str]:
    """The lines of one language."""
    return table[language].strip().splitlines()


def pair_of(rng: np.random.Generator, table: dict[str, str], language: str) -> tuple[str, str]:
    """One replacement of a table."""
    old, _, new = _pick(rng, lines_of(table, language)).partition(" => ")
    return old, new


def kind(name: str) -> Callable[[Change], Change]:
    """Register a way of making a sentence wrong; it gives None where it does not apply."""

    def add(change: Change) -> Change:
        WRONG[name] = change
        return change

    return add


def wrong_text(seed: int, language: str) -> tuple[str, Sentence, Record]:
    """One wrong sentence; kinds take turns, so that each is as frequent as the others."""
    rng = np.random.default_rng([seed, 77])
    name = sorted(WRONG)[seed % len(WRONG)]
    while True:
        sentence, record = _draw(rng, language)
        wrong = WRONG[name](sentence, record, language, rng)
        if wrong is not None and wrong != sentence:
            return name, wrong, record


def right_text(seed: int, language: str) -> tuple[str, Sentence, Record]:
    """One right sentence: every other one in the template's words, the rest in others."""
    rng = np.random.default_rng([seed, 78])
    while True:
        sentence, record = _draw(rng, language)
        if seed % 2 == 0:
            return "template", sentence, record
        name, said = _paraphrase(sentence, record, language, rng)
        if said is not None and said != sentence:
            return name, said, record


def _draw(rng: np.random.Generator, language: str) -> tuple[Sentence, Record]:
    while True:
        record = varied_record(int(rng.integers(FILES)))
        register = ("plain", "expert")[int(rng.integers(2))]
        words = TemplateNarrator(Settings(text_register=register)).write(record, language)
        said = (*words.interpretation, *words.next_steps)
        if said:
            return said[int(rng.integers(len(said)))], record


def _paraphrase(sentence, record, language, rng):
    rules = PARAPHRASES[language]
    pattern, text = rules[int(rng.integers(len(rules)))]
    if pattern == "decimals":
        return "decimals", _with_decimals(sentence, record, rng)
    said, changed = re.subn(pattern, text, sentence.text)
    return pattern, replace(sentence, text=said) if changed else None


def _with_decimals(sentence, record, rng):
    """The person's probability with a decimal more."""
    by_id = {finding.id: finding for finding in record.findings}
    for id_ in sentence.finding_ids:
        finding = by_id[id_]
        if finding.kind != "probability" or _near(finding):
            continue
        shown = percent(finding.value, "en") + r"(?! interval| 구간| 이하| that is)"
        if len(re.findall(shown, sentence.text)) == 1:
            said = re.sub(shown, f"{finding.value:.2%}", sentence.text)
            return replace(sentence, text=said)
    return None


def _near(finding) -> bool:
    """Whether the probability reads like its own threshold."""
    limits = (finding.detail["threshold"], finding.detail["clear_below"])
    return any(abs(finding.value - limit) < 0.006 for limit in (0.0, 1.0, *limits))


def _with(sentence: Sentence, text: str) -> Sentence:
    return replace(sentence, text=text)


def _pick(rng, items):
    return items[int(rng.integers(len(items)))]


@kind("number changed")
def _number(sentence, record, language, rng):
    found = list(NUMBER.finditer(sentence.text))
    if not found:
        return None
    match = _pick(rng, found)
    decimals = len(match.group().partition(".")[2])
    value = float(match.group())
    moved = value + _pick(rng, [-1, 1]) * max(
        value * float(rng.uniform(0.1, 0.6)), 2 * 10.0**-decimals
    )
    text = f"{abs(moved):.{decimals}f}"
    if text in {m.group() for m in found} or text == match.group():
        return None
    return _with(sentence, sentence.text[: match.start()] + text + sentence.text[match.end() :])


@kind("number grown tenfold")
def _tenfold(sentence, record, language, rng):
    found = [m for m in NUMBER.finditer(sentence.text) if float(m.group()) > 0]
    if not found:
        return None
    match = _pick(rng, found)
    text = f"{float(match.group()) * 10:g}"
    return _with(sentence, sentence.text[: match.start()] + text + sentence.text[match.end() :])


@kind("numbers swapped")
def _swapped(sentence, record, language, rng):
    found = list(NUMBER.finditer(sentence.text))
    if len(found) < 2:
        return None
    i, j = sorted(int(k) for k in rng.choice(len(found), 2, replace=False))
    first, second = found[i], found[j]
    if float(first.group()) == float(second.group()):
        return None
    text = sentence.text
    return _with(
        sentence,
        text[: first.start()] + second.group() + text[first.end() : second.start()]
        + first.group() + text[second.end() :],
    )  # fmt: skip


@kind("unit changed")
def _unit(sentence, record, language, rng):
    swaps = {"en": [("%", " px"), (" px", "%"), ("°", "%"), (" s ", " min "), ("%", " s")],
             "ko": [("%", "픽셀"), ("픽셀", "%"), ("도", "%"), ("%", "초")]}[language]  # fmt: skip
    old, new = _pick(rng, swaps)
    found = list(re.finditer(rf"(?<=[1-9]){re.escape(old)}", sentence.text))
    if not found:
        return None
    match = _pick(rng, found)
    return _with(sentence, sentence.text[: match.start()] + new + sentence.text[match.end() :])


@kind("verdict flipped")
def _flipped(sentence, record, language, rng):
    pattern, new = pair_of(rng, FLIPS, language)
    said, changed = re.subn(pattern, new, sentence.text)
    return _with(sentence, said) if changed else None


@kind("range flipped")
def _range(sentence, record, language, rng):
    old, new = pair_of(rng, RANGES, language)
    return _with(sentence, sentence.text.replace(old, new)) if old in sentence.text else None


@kind("place swapped")
def _place(sentence, record, language, rng):
    names = WORDS.get(language).regions
    told = [name for name in REGIONS if f".region.{name}" in " ".join(sentence.finding_ids)]
    told = [name for name in told if names[name] in sentence.text]
    if not told:
        return None
    other = _pick(rng, [name for name in REGIONS if name not in told])
    return _with(sentence, sentence.text.replace(names[_pick(rng, told)], names[other]))


@kind("places exchanged")
def _places(sentence, record, language, rng):
    names = WORDS.get(language).regions
    told = [id_.rpartition(".")[2] for id_ in sentence.finding_ids if ".region." in id_]
    told = [name for name in told if sentence.text.count(names[name]) == 1]
    if len(told) < 2 or sentence.section == "next":
        return None
    first, second = names[told[0]], names[told[1]]
    return _with(
        sentence, sentence.text.replace(first, "@").replace(second, first).replace("@", second)
    )


@kind("count wrong")
def _count(sentence, record, language, rng):
    patterns = {"en": r"\b(One|Two|Three|\d+) (faces?|persons?|frames?|moments?|cuts?) ",
                "ko": r"(\d+)(명|장|개|번)"}[language]  # fmt: skip
    match = re.search(patterns, sentence.text)
    if match is None:
        return None
    words = {"One": 1, "Two": 2, "Three": 3}
    old = words.get(match.group(1)) or int(match.group(1))
    new = str(old + int(rng.integers(1, 4)))
    return _with(sentence, sentence.text[: match.start(1)] + new + sentence.text[match.end(1) :])


@kind("person wrong")
def _person(sentence, record, language, rng):
    called = {"en": "person ", "ko": "인물 "}[language]
    match = re.search(rf"(?i:{called})([A-Z])\b", sentence.text)
    if match is None or "faces" in sentence.finding_ids[0]:
        return None
    other = _pick(rng, [letter for letter in "ABCDEF" if letter != match.group(1)])
    return _with(sentence, sentence.text[: match.start(1)] + other + sentence.text[match.end(1) :])


@kind("measurement invented")
def _invented(sentence, record, language, rng):
    claim = _pick(rng, lines_of(INVENTED, language))
    more = f" Also, {claim}." if language == "en" else f" 또한 {claim}."
    return _with(sentence, sentence.text + more)


@kind("certainty")
def _certainty(sentence, record, language, rng):
    return _with(sentence, f"{sentence.text} {_pick(rng, lines_of(CERTAIN, language))}")


@kind("markup, address, instruction")
def _injected(sentence, record, language, rng):
    return _with(sentence, f"{sentence.text} {_pick(rng, lines_of(INJECTED, language))}")


@kind("findings not cited")
def _uncited(sentence, record, language, rng):
    if not NUMBER.search(sentence.text):
        return None
    return replace(sentence, finding_ids=())


@kind("finding unknown")
def _unknown(sentence, record, language, rng):
    return replace(sentence, finding_ids=(*sentence.finding_ids, "A.voice.pitch"))


@kind("findings of another person")
def _others(sentence, record, language, rng):
    own = sentence.finding_ids[0].partition(".")[0]
    known = {finding.id for finding in record.findings}
    for other in "ABCDE":
        ids = tuple(f"{other}.{id_.partition('.')[2]}" for id_ in sentence.finding_ids)
        if own not in ("file", other) and set(ids) <= known:
            return replace(sentence, finding_ids=ids)
    return None


@kind("traces where nothing was found")
def _traces(sentence, record, language, rng):
    subject = sentence.finding_ids[0].partition(".")[0]
    outcome = {v.subject: v.outcome for v in record.verdicts}.get(subject)
    if outcome is not Outcome.NO_EVIDENCE:
        return None
    return _with(sentence, f"{sentence.text} {_pick(rng, lines_of(TALK, language))}")


@kind("other language")
def _language(sentence, record, language, rng):
    other = {"en": "ko", "ko": "en"}[language]
    words = TemplateNarrator().write(record, other)
    texts = [s for s in words.interpretation if s.finding_ids == sentence.finding_ids]
    return _with(sentence, texts[0].text) if texts else None


@kind("person named")
def _named(sentence, record, language, rng):
    old, new = pair_of(rng, NAMES, language)
    return _with(sentence, sentence.text.replace(old, new)) if old in sentence.text else None


@kind("form")
def _form(sentence, record, language, rng):
    text = sentence.text
    return _pick(rng, [
        _with(sentence, text + " " + text * 8), _with(sentence, text.replace(" ", "\u202e", 1)),
        _with(sentence, text.replace(" ", "\n", 1)), _with(sentence, text[: len(text) // 2]),
        replace(sentence, section="voice"), _with(sentence, ""), _with(sentence, "\x1b[31m" + text),
    ])  # fmt: skip
