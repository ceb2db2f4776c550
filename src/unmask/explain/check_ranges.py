"""Whether measured values are said to lie where they lie: in a range, above a limit, or nowhere.

Text -> clauses, each with the measurements it speaks of -> held against value, range and limits.
A claim that is denied ("not above the usual range") counts as its contrary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from re import Pattern

from unmask.explain.lexicon import Lexicon
from unmask.explain.plan_measures import is_unusual
from unmask.types import Finding

JUDGED = ("quality", "measure", "cue")
BORDERS = {"probability": ("threshold", "clear_below"), "quality": ("at_least", "at_most")}
SLIGHT_MAX = 0.3  # of the range: how far outside it a value may lie and be called slightly so
SAME = 1e-9


def check_ranges(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """What is said of ranges and limits and is not so."""
    yield from _borders(text, cited, lexicon)
    if any(f.kind == "abstention" for f in cited):
        if _made(lexicon.within, text, lexicon):
            yield "something is said to be within its range, and no probability could be given"
        return
    judged = [f for f in cited if f.kind in JUDGED]
    missing = lexicon.wording.missing.search(text)
    if missing and judged and all(f.value is not None for f in judged):
        yield f"{missing.group()!r} is said of what was measured"
    for clause, own in _by_clause(text, judged, lexicon):
        yield from _clause(clause, own, lexicon, absent=missing is not None)


def _by_clause(
    text: str, judged: Sequence[Finding], lexicon: Lexicon
) -> Iterator[tuple[str, list[Finding]]]:
    """Each clause with the findings named in it, else those named last, else all."""
    if len(judged) < 2:
        yield text, list(judged)
        return
    parts = [(clause, _named(clause, judged, lexicon)) for clause in lexicon.wording.clauses(text)]
    if not any(own for _, own in parts):
        yield text, list(judged)
        return
    last = next(own for _, own in parts if own)
    for clause, own in parts:
        last = own or last
        yield clause, last


def _named(clause: str, judged: Sequence[Finding], lexicon: Lexicon) -> list[Finding]:
    names = {name for name, pattern in lexicon.measures.items() if pattern.search(clause)}
    return [f for f in judged if str(f.detail.get("name") or f.detail.get("measure")) in names]


def _made(pattern: Pattern[str], text: str, lexicon: Lexicon) -> bool:
    return lexicon.wording.claims(pattern, text)[0]


def _clause(
    clause: str, own: Sequence[Finding], lexicon: Lexicon, *, absent: bool
) -> Iterator[str]:
    claims = lexicon.wording.claims
    outside, not_outside = claims(lexicon.outside, clause)
    within, not_within = claims(lexicon.within, clause)
    told = [f for f in own if f.value is not None]
    of_range = (lexicon.outside, lexicon.within, lexicon.higher, lexicon.lower, lexicon.as_usual)
    if not absent and len(told) < len(own) and any(pattern.search(clause) for pattern in of_range):
        yield "the range of something is spoken of that could not be measured"
    odd = [f for f in told if _is_outside(f)]
    if (outside or not_within) and len(odd) < len(told):
        yield "something is said to be out of its range, and it is not"
    if (within or not_outside) and odd:
        yield "something is said to be within its range, and it is not"
    for finding in told:
        if finding.kind != "quality" and finding.reference:
            yield from _against(clause, finding, finding.reference, lexicon)


def _against(
    clause: str, finding: Finding, usual: tuple[float, float], lexicon: Lexicon
) -> Iterator[str]:
    """One value above, below, or as the usual range."""
    low, high = usual
    value = float(finding.value or 0.0)
    claims = lexicon.wording.claims
    for name, pattern, is_so in (
        ("higher than usual", lexicon.higher, value > high),
        ("lower than usual", lexicon.lower, value < low),
        ("as usual", lexicon.as_usual, low <= value <= high),
    ):
        made, denied = claims(pattern, clause)
        if made and not is_so:
            yield f"a measurement is said to be {name}, and it is not"
        if denied and is_so:
            yield f"a measurement is said not to be {name}, and it is"
    gap = max(low - value, value - high)
    if gap > SLIGHT_MAX * (high - low) and lexicon.wording.slight.search(clause):
        yield "a difference is called small, and it is not"


def _is_outside(finding: Finding) -> bool:
    if finding.kind == "quality":
        return not finding.detail.get("within", True)
    return is_unusual(finding)


def _borders(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """A value above or below a limit that is given as a number."""
    found = [(f, border) for f in cited for border in _borders_of(f)]
    for above, pattern in ((True, lexicon.wording.over), (False, lexicon.wording.under)):
        for match, denied in lexicon.wording.each(pattern, text):
            number = float(match.group(1).replace(",", ""))
            whole = number / 100 if text[match.end(1) :].lstrip()[:1] == "%" else number
            values = [float(f.value or 0.0) for f, border in found if abs(border - whole) < SAME]
            if values and not any(_lies(value, whole, above != denied) for value in values):
                yield f"a value is said to be on the other side of {match.group(1)}"


def _borders_of(finding: Finding) -> tuple[float, ...]:
    if finding.value is None:
        return ()
    if finding.kind in ("measure", "cue"):
        return tuple(float(bound) for bound in finding.reference or ())
    names = BORDERS.get(finding.kind, ())
    return tuple(float(finding.detail[name]) for name in names if name in finding.detail)


def _lies(value: float, border: float, above: bool) -> bool:
    return value >= border if above else value <= border
