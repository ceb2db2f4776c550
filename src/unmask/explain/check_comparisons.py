"""Whether what is compared is so: before and after, one place with the others, reasons given.

Text -> claims of change, of the most, and of reasons -> held against the findings. Only the test
of a heat map knows a before and an after, so nothing else is said to rise or fall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmask.explain.lexicon import Lexicon
from unmask.types import Finding


def check_comparisons(
    text: str, cited: Sequence[Finding], regions: Sequence[Finding], lexicon: Lexicon
) -> Iterator[str]:
    """What is compared, or given as a reason, and is not so; `regions` are those of all persons."""
    yield from _changes(text, cited, lexicon)
    yield from _most(text, cited, regions, lexicon)
    yield from _reasons(text, cited, lexicon)
    yield from _kind(text, cited, lexicon)


def _changes(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """What became of the probability when a part was taken away."""
    tests = [finding for finding in cited if finding.kind == "faithfulness"]
    for clause in lexicon.wording.clauses(text):
        key = "random" if lexicon.random.search(clause) else "marked"
        for rises, pattern in ((True, lexicon.wording.up), (False, lexicon.wording.down)):
            for match, denied in lexicon.wording.each(pattern, clause):
                if not tests:
                    yield f"{match.group()!r} tells a change, and no finding has one"
                elif any(_rose(test, key) is (rises == denied) for test in tests):
                    yield f"{match.group()!r} is not the way in which the probability went"


def _rose(test: Finding, key: str) -> bool:
    return float(test.detail[key]) > float(test.detail["before"])


def _most(
    text: str, cited: Sequence[Finding], regions: Sequence[Finding], lexicon: Lexicon
) -> Iterator[str]:
    """The place that is said to hold the most does so among all of the person's places."""
    own = [finding for finding in cited if finding.kind == "region"]
    match = lexicon.wording.most.search(text)
    if not own or match is None:
        return
    named = [
        (found.start(), finding)
        for finding in own
        if (found := lexicon.places[str(finding.detail["region"])].search(text))
    ]
    subjects = {finding.subject for finding in own}
    top = max(float(f.value or 0.0) for f in regions if f.subject in subjects)
    if named and float(min(named, key=lambda at: at[0])[1].value or 0.0) < top:
        yield f"{match.group()!r} is said of a place, and another one holds more"


def _reasons(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """Why a result is open: one of the reasons cited, where any is given."""
    own = {str(finding.value) for finding in cited if finding.kind == "abstention"}
    for finding in cited:
        own |= set(map(str, finding.detail.get("reasons", ())))
    if not own:
        return
    told = {str(why) for why, pattern in lexicon.wording.reasons.items() if pattern.search(text)}
    known = {str(why) for why in lexicon.wording.reasons}
    if told and own <= known and not told & own:
        yield f"the reason given is not the one found ({', '.join(sorted(own))})"


def _kind(text: str, cited: Sequence[Finding], lexicon: Lexicon) -> Iterator[str]:
    """A kind of manipulation named alone and without its number is the one found."""
    for finding in cited:
        if finding.kind == "class" and not any(char.isdigit() for char in text):
            named = {kind for kind, pattern in lexicon.kinds.items() if pattern.search(text)}
            if len(named) == 1 and finding.value not in named:
                yield f"the kind of manipulation found is {finding.value}"
            if len(named) > 1:
                yield "two kinds of manipulation are compared without their numbers"
