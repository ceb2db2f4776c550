"""Every word of a text that claims something against the findings it cites: what, where, who.

Text -> claims, by the patterns of a language's lexicon -> held against findings and outcomes. One
line per fault. Numbers are `check_numbers.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from unmask.explain.lexicon import Lexicon
from unmask.explain.lines import FILE
from unmask.types import Finding, Outcome

LETTER = re.compile(r"(?<![A-Za-z0-9.])[A-Z]{1,2}(?![A-Za-z0-9])(?!\.\w)(?!\()")
RANGE = re.compile(r"\b([A-Z])(?: to |~|–)([A-Z])\b")
CAPITAL = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][A-Za-z]+\b")
ZERO = re.compile(r"(?<![\d.])0(?![\d.]*\d)")
LATIN = re.compile(r"[A-Za-z]{2,}")
MAP_KINDS = frozenset({"region", "blend"})


def check_claims(
    text: str,
    cited: Sequence[Finding],
    outcomes: Mapping[str, Outcome],
    lexicon: Lexicon,
) -> Iterator[str]:
    """What a text claims beyond the findings it cites."""
    for fault, pattern in lexicon.forbidden.items():
        if match := pattern.search(text):
            yield f"{fault}: {match.group()!r} may not be said"
    for word in lexicon.unknown(text)[:5]:
        yield f"{word[:40]!r} is not among the words of such a report"
    yield from _persons(text, cited, lexicon)
    yield from _names(text, lexicon)
    yield from _places(text, cited, lexicon)
    yield from _measures(text, cited, lexicon)
    yield from _topics(text, cited, lexicon)
    yield from _outcomes(text, cited, outcomes, lexicon)
    yield from _threshold(text, cited, lexicon)
    yield from _emptiness(text, cited, lexicon)


def _persons(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """Letters of persons: those of the findings cited, or of the list of faces."""
    known = {finding.subject for finding in cited} - {FILE}
    for finding in cited:
        known |= set(finding.detail.get("ids", ())) if finding.kind == "faces" else set()
    named = {m.group() for m in LETTER.finditer(text)} - lexicon.names
    if re.match(r"A [a-z]", text):  # an article, not a person
        named -= {"A"} if len(re.findall(r"\bA\b", text)) == 1 else set()
    for first, last in RANGE.findall(text):
        named |= {chr(code) for code in range(ord(first), ord(last) + 1)}
    for letter in sorted(named - known):
        yield f"person {letter} is not among the findings cited"
    if named and any(finding.kind == "faces" for finding in cited) and named != known:
        yield "the list of persons is not complete"


def _names(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Names of people, products or methods that no finding has."""
    pattern = LATIN if lexicon.by_letter else CAPITAL
    for match in pattern.finditer(text):
        word = match.group()
        if word not in lexicon.names and not re.fullmatch(r"[A-Z]{1,2}", word):
            yield f"the name {word!r} is not known"


def _places(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    told = {name for name, pattern in lexicon.places.items() if pattern.search(text)}
    own = {str(f.detail["region"]) for f in cited if f.kind == "region"}
    blended = {str(name) for f in cited if f.kind == "blend" for name in f.detail["regions"]}
    for name in sorted(told - own - blended):
        yield f"the place {name} is not among the findings cited"
    for name in sorted(own - told):
        yield f"the place {name} is cited but not named"


def _measures(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    told = {name for name, pattern in lexicon.measures.items() if pattern.search(text)}
    own = {str(f.detail[key]) for f in cited for key in ("name", "measure") if key in f.detail}
    for name in sorted(told - own - _understood(cited)):
        yield f"the measurement {name} is not among the findings cited"
    needed = {str(f.detail.get("name")) for f in cited if f.kind in ("measure", "cue")}
    for name in sorted(needed - told):
        yield f"the measurement {name} is cited but not named"


def _understood(cited: Sequence[Finding]) -> set[str]:
    """Measures of quality that an abstention for low quality or size may name."""
    reasons = {str(f.value) for f in cited if f.kind == "abstention"}
    return {"width"} if "face_too_small" in reasons else set()


def _topics(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    kinds = {finding.kind for finding in cited}
    for pattern, needed in lexicon.topics.items():
        match = pattern.search(text)
        if match and not kinds & needed:
            yield f"{match.group()!r} is said, and no finding on it is cited"


def _outcomes(
    text: str,
    cited: Sequence[Finding],
    outcomes: Mapping[str, Outcome],
    lexicon: Lexicon,
) -> Iterator[str]:
    """What is said to be the outcome must be that of the person, or of the file, spoken of."""
    subjects = {finding.subject for finding in cited} - {FILE} or {FILE}
    held = {outcomes[subject] for subject in subjects if subject in outcomes}
    rest = lexicon.neutral.sub(" ", text)
    if match := lexicon.never.search(rest):
        yield f"{match.group()!r} is a word that no result bears out"
    if any(finding.kind == "class" for finding in cited):
        for pattern in lexicon.kinds.values():
            rest = pattern.sub(" ", rest)
    for outcome, pattern in lexicon.claims.items():
        match = pattern.search(rest)
        if match is None:
            continue
        if outcome not in held:
            yield f"{match.group()!r} says {outcome}, which is not the outcome"
        elif outcome is Outcome.MANIPULATED and not lexicon.hedges.search(rest):
            yield f"{match.group()!r} states a result as if it were a fact"
        rest = pattern.sub(" ", rest)
    if Outcome.MANIPULATED not in held and (match := lexicon.artefacts.search(text)):
        yield f"{match.group()!r} speaks of manipulation where none was found"


def _threshold(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """Whether the threshold is reached: by the probability, or by how many moments."""
    missed, not_missed = lexicon.wording.claims(lexicon.misses, text)
    reached, not_reached = lexicon.wording.claims(lexicon.reaches, lexicon.misses.sub(" ", text))
    misses, reaches = missed or not_reached, reached or not_missed
    for finding in cited:
        if finding.kind == "probability":
            over = float(finding.value or 0.0) >= finding.detail["threshold"]
            p, detail = float(finding.value or 0.0), finding.detail
            if lexicon.between.search(text) and not detail["clear_below"] < p < detail["threshold"]:
                yield "the probability is said to lie between its limits, and it does not"
            if reaches and not over:
                yield "the threshold is said to be reached, and it is not"
            if misses and over:
                yield "the threshold is said to be missed, and it is reached"
        elif finding.kind == "time":
            yield from _moments(text, finding, lexicon, misses=misses, reaches=reaches)


def _moments(
    text: str, finding: Finding, lexicon: Lexicon, *, misses: bool, reaches: bool
) -> Iterator[str]:
    over, moments = finding.detail["over"], finding.detail["moments"]
    none, every = bool(lexicon.none.search(text)), bool(lexicon.every.search(text))
    if none and over:
        yield "no moment is said to reach the threshold, and some do"
    if every and not none and reaches and over < moments:
        yield "every moment is said to reach the threshold, and not all do"
    if reaches and not none and not over and not ZERO.search(text):
        yield "moments are said to reach the threshold, and none does"
    if misses and not none and over:
        yield "moments are said to miss the threshold, and some reach it"


def _emptiness(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """A map is called empty or little only where it is, and where it failed its test so told."""
    for finding in cited:
        if finding.kind == "heat" and lexicon.empty.search(text) and not finding.detail["empty"]:
            yield "the map is said to be empty, and it is not"
        if finding.kind == "faithfulness":
            failed = bool(lexicon.failed.search(text))
            if failed == bool(finding.detail["shown"]):
                yield "whether the map passed its test is not told as it is"
