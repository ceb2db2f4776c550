"""Every number of a text against the findings it cites: value, unit, role, and what it belongs to.

Text -> tokens (number, unit, roles from the words round it) -> held against `quantities.py`. A
number is right where it equals a finding's number at the precision at which it is written; a share
may be written in percent or as a fraction. Rounding may never read as certainty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from unmask.explain.format import FRACTION_OVER, FRACTION_UNDER, OVER, UNDER
from unmask.explain.lexicon import NUMBER, Lexicon
from unmask.explain.quantities import Quantity, quantities_of
from unmask.types import Finding

# Numbers that must be called by their role: without such words a number is a main value.
NAMED_ROLES = frozenset(
    {
        "limit",
        "threshold",
        "clear",
        "usual",
        "interval",
        "confidence",
        "area",
        "random",
        "stability",
        "spread",
        "none",
    }
)
ATTACHED_ROLES = frozenset(
    {"usual", "limit", "threshold", "clear", "area", "none"}
)  # belong to the number before
BORDERS = frozenset({"limit", "threshold", "clear", "usual"})
# What a value may be said to exceed or to miss (`check_ranges.py` looks on which side it lies).
COMPARED_ROLES = BORDERS | {
    "value", "low", "high", "peak", "marked", "before", "moments", "over", "frames", "faces",
    "unread", "usable", "duration",
}  # fmt: skip
RANGE_ROLES = frozenset({"usual", "interval", "limit", "clear", "threshold"})
DECIMALS_MIN = {"share": 2, "number": 2}  # of a fraction or a ratio; fewer must hide nothing
TOLERANCE_SHARE = 0.02  # of the value, where fewer decimals than those are written
JOINED = re.compile(r"\s*(?:~|–|to|and|와|과)\s*$")
MODIFIERS = {"over": ">", "more than": ">", "under": "<", "less than": "<"}
AFTER = {"이상": ">", "초과": ">", "미만": "<"}
CLAUSE = re.compile(r"[.;,](?!\d)\s*")
COUNT = r"(\d+|\b[a-z]+|[가-힣]{1,2})"
ROUND = 1e-9


@dataclass(frozen=True, slots=True)
class Token:
    """A number as it stands in a text: `unit` is "" for a bare number, `sign` > or < or ""."""

    text: str
    value: float
    decimals: int
    unit: str
    start: int
    end: int
    sign: str = ""
    roles: frozenset[str] = frozenset()


def check_numbers(text: str, findings: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """What is wrong with the numbers of a text, one line each."""
    quantities = quantities_of(findings)
    tokens = read_tokens(text, lexicon)
    for token in tokens:
        if not any(_fits(token, quantity) for quantity in quantities):
            yield f"the number {token.text!r} is not what the cited findings say there"
    if not any(quantity.role == "before" for quantity in quantities):
        yield from _descending(text, tokens)
    yield from _test_of_map(text, tokens, quantities, lexicon)
    yield from _counts(text, quantities, lexicon)
    yield from _paired(text, tokens, quantities, lexicon)
    if match := lexicon.vague.search(text):
        yield f"the amount {match.group()!r} cannot be held against a finding"


def read_tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """The numbers of a text in order, with units and with roles from the words round them."""
    numbers = re.finditer(rf"(?<![\w.]){NUMBER}|(?<=[가-힣(~]){NUMBER}", text)
    alone = [_token(text, match, lexicon) for match in numbers]
    tokens = _with_minutes(_with_shared_units(text, alone))
    for anchor in lexicon.anchors:
        for found in anchor.pattern.finditer(text):
            spans = {found.start(i + 1): roles for i, roles in enumerate(anchor.roles)}
            tokens = [
                replace(t, roles=t.roles | spans[t.start]) if t.start in spans else t
                for t in tokens
            ]
    compared = [m.start(1) for p in lexicon.wording.compares for m in p.finditer(text)]
    return [
        replace(t, roles=t.roles or COMPARED_ROLES) if t.start in compared else t for t in tokens
    ]


def _token(text: str, match: re.Match[str], lexicon: Lexicon) -> Token:
    digits = match.group().replace("−", "-").replace(",", "")
    rest, before = text[match.end() :], text[: match.start()].rstrip().lower()
    unit, end = "", match.end()
    for name, pattern in lexicon.units:
        if found := pattern.match(rest):
            unit, end = name, match.end() + found.end()
            break
    sign = next((mark for word, mark in MODIFIERS.items() if before.endswith(word)), "")
    after = text[end:].lstrip()
    sign = sign or next((mark for word, mark in AFTER.items() if after.startswith(word)), "")
    decimals = len(digits.partition(".")[2])
    return Token(match.group(), float(digits), decimals, unit, match.start(), end, sign)


def _with_shared_units(text: str, tokens: list[Token]) -> list[Token]:
    """In "0.7 to 1.4 px" and "0.7~1.4픽셀" the unit belongs to both numbers."""
    shared = list(tokens)
    for i in range(len(shared) - 2, -1, -1):
        between = text[shared[i].end : shared[i + 1].start]
        if not shared[i].unit and JOINED.fullmatch(between):
            shared[i] = replace(shared[i], unit=shared[i + 1].unit)
    return shared


def _with_minutes(tokens: list[Token]) -> list[Token]:
    """ "2 min 5.2 s" as one number of seconds."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if token.unit == "s" and last and last.unit == "min" and token.start - last.end <= 1:
            value = last.value * 60 + token.value
            text = f"{last.text} min {token.text}"
            joined[-1] = replace(token, text=text, value=value, start=last.start)
        else:
            joined.append(token)
    return [replace(t, unit="s", value=t.value * 60) if t.unit == "min" else t for t in joined]


def _fits(token: Token, quantity: Quantity) -> bool:
    if not _role_fits(token, quantity.role):
        return False
    if token.unit == "share":
        if quantity.unit == "percent":
            return _close(token, quantity.value)
        return quantity.unit == "share" and _percent_fits(token, quantity)
    if token.unit == "times":
        return quantity.finding.unit in ("ratio", "z") and _close(token, quantity.value)
    if token.unit:
        return token.unit == quantity.unit and _close(token, quantity.value)
    if quantity.unit == "share":
        exact = token.value == quantity.value
        return exact or (
            token.decimals >= DECIMALS_MIN["share"] and _fraction_fits(token, quantity)
        )
    if quantity.unit == "count":
        return token.decimals == 0 and token.value == quantity.value
    # a range may leave its unit out, and Korean sets that of a colour before the number
    bare = quantity.role in ("usual", "limit") or quantity.unit in ("number", "Lab")
    return bare and _close(token, quantity.value)


def _role_fits(token: Token, role: str) -> bool:
    return role in token.roles if token.roles else role not in NAMED_ROLES


def _percent_fits(token: Token, quantity: Quantity) -> bool:
    share, shown = quantity.value, token.value
    if token.sign and quantity.role not in BORDERS and token.decimals == 0:
        return (shown == 99 and share >= OVER) if token.sign == ">" else (
            shown == 1 and share < UNDER
        )  # fmt: skip
    is_border = quantity.role in BORDERS
    if shown in (0.0, 100.0) and share * 100 != shown and not is_border:
        return False
    return abs(share * 100 - shown) <= _half(token.decimals)


def _fraction_fits(token: Token, quantity: Quantity) -> bool:
    share, shown = quantity.value, token.value
    if token.sign and quantity.role not in BORDERS:
        return (shown == 0.999 and share >= FRACTION_OVER) if token.sign == ">" else (
            shown == 0.001 and share < FRACTION_UNDER
        )  # fmt: skip
    if shown in (0.0, 1.0) and share != shown:
        return False
    return abs(share - shown) <= _half(token.decimals)


def _close(token: Token, value: float) -> bool:
    gap = abs(value - token.value)
    if gap > _half(token.decimals):
        return False
    least = DECIMALS_MIN.get(token.unit or "number", 0)
    if token.decimals >= least or gap <= TOLERANCE_SHARE * abs(value):
        return True
    return gap <= _half(least)


def _half(decimals: int) -> float:
    return 0.5 * 10.0**-decimals + ROUND


def _descending(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """A range is told from its lower to its upper end."""
    for first, second in pairwise(tokens):
        joined = JOINED.fullmatch(text[first.end : second.start])
        same = first.roles & second.roles & RANGE_ROLES
        if joined and same and first.value > second.value:
            yield f"the range from {first.text!r} to {second.text!r} runs backwards"


def _test_of_map(
    text: str, tokens: Sequence[Token], quantities: Sequence[Quantity], lexicon: Lexicon
) -> Iterator[str]:
    """What the marked part changed stands apart from what a part at random changed."""
    told: set[str] = set()
    ends = [0, *(m.end() for m in CLAUSE.finditer(text)), len(text)]
    for token in tokens:
        fitting = {q.role for q in quantities if _fits(token, q)}
        start, end = next((a, b) for a, b in pairwise(ends) if a <= token.start < b)
        at_random = bool(lexicon.random.search(text[start:end]))
        if fitting and fitting <= {"marked" if at_random else "random"}:
            yield f"the number {token.text!r} belongs to the other part of the test"
        told |= fitting & {"marked", "random"}
    if tokens and not told and any(q.role == "marked" for q in quantities):
        yield "what became of the probability in the test is not told"


def _counts(text: str, quantities: Sequence[Quantity], lexicon: Lexicon) -> Iterator[str]:
    """Counts in digits or in words, before a noun that says what is counted."""
    regions = {q.label for q in quantities if q.label and q.finding.kind == "region"}
    for noun, counted in lexicon.counted.items():
        for match in re.finditer(rf"{COUNT}\s?(?=(?:{noun.pattern}))", text, re.IGNORECASE):
            word = match.group(1).lower()
            value = float(word) if word.isdigit() else lexicon.count_words.get(word)
            before = text[: match.start()]
            headed = [roles for head, roles in lexicon.wording.headed if head.search(before)]
            roles = headed[0] if headed else counted
            held = {q.value for q in quantities if q.role in roles}
            held |= {float(len(regions))} if regions and "regions" in roles else set()
            if value is not None and value not in held:
                yield f"the count {match.group(1)!r} is not what the cited findings say"


def _paired(
    text: str, tokens: Sequence[Token], quantities: Sequence[Quantity], lexicon: Lexicon
) -> Iterator[str]:
    """In a list each number must be that of its own place, kind or measure, in the text's order."""
    for names in (lexicon.places, lexicon.kinds, lexicon.measures):
        own = [q for q in quantities if q.role == "value" and q.label in names]
        labels = {q.label: names[q.label] for q in own}
        if len(labels) < 2:
            continue
        units = {unit for q in own for unit in _written_as(q)}
        mains = [t for t in tokens if _is_main(t) and t.unit in units]
        order = mentions(text, labels)
        if len(mains) == 1 and mains[0].unit:
            fitting = {q.label for q in own if mains[0].unit in _written_as(q)}
            order = [at for at in order if at[1] in fitting]
        if len(mains) == 1:
            order = [min(order, key=lambda at: abs(at[0] - mains[0].start))] if order else []
        if len(mains) > 1 and len(mains) != len(order):
            yield "it is not clear which number belongs to which name"
        elif mains:
            yield from _each_its_own(tokens, mains, [name for _, name in order], own)


def _is_main(token: Token) -> bool:
    """A number that nothing says to be a limit, or that may be a value as well as one."""
    return not token.roles or {"value", "usual"} <= token.roles


def _written_as(quantity: Quantity) -> tuple[str, ...]:
    """The units in which a text may write a quantity."""
    known = {"percent": ("share",), "z": ("z", "times", ""), "number": ("times", "")}
    return known.get(quantity.unit, (quantity.unit, ""))


def _each_its_own(
    tokens: Sequence[Token],
    mains: Sequence[Token],
    order: Sequence[str],
    own: Sequence[Quantity],
) -> Iterator[str]:
    attached = _attached(tokens, mains)
    finding_of = {q.label: q.finding for q in own}
    for name, belonging in zip(order, attached, strict=False):
        whole = finding_of[name]
        held = [q for q in quantities_of([whole]) if q.label in ("", name)]
        for token in belonging:
            if not any(_fits(token, quantity) for quantity in held):
                yield f"the number {token.text!r} does not belong to {name}"


def _attached(tokens: Sequence[Token], mains: Sequence[Token]) -> list[list[Token]]:
    """Each main number with the limits and ranges that follow it, or that are listed at the end."""
    own = [[main] for main in mains]
    limits = [token for token in tokens if token.roles and token.roles <= ATTACHED_ROLES]
    each, rest = divmod(len(limits), len(mains))
    listed = all(token.start > mains[-1].start for token in limits)
    for i, token in enumerate(limits):
        earlier = [at for at, main in enumerate(mains) if main.start < token.start]
        at = i // each if listed and each and not rest else (earlier or [0])[-1]
        own[at].append(token)
    return own


def mentions(text: str, patterns: Mapping[str, re.Pattern[str]]) -> list[tuple[int, str]]:
    """(position, name) of every name that a text mentions, in order, once each."""
    found = [(m.start(), name) for name, pattern in patterns.items() if (m := pattern.search(text))]
    return sorted(found)
