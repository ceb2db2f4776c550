"""What a plan is made of: the findings at hand, the lines to be said, and the case in short.

Findings -> Facts -> Lines (`plan.py`, `plan_measures.py`, `plan_next.py`) -> sentences. No language
is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unmask.explain.sections import Section
from unmask.types import Finding, MediaKind, Outcome, Reason, Verdict

FILE = "file"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be said: its kind, the findings it rests on, and where it stands."""

    kind: str
    findings: tuple[Finding, ...]
    media: MediaKind
    section: Section = Section.RESULT

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the findings."""
        return tuple(finding.id for finding in self.findings)

    @property
    def subject(self) -> str:
        """The person's letter, or "file"."""
        return self.findings[0].subject

    def all(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def one(self, kind: str) -> Finding:
        """The first finding of a kind; KeyError where the line has none."""
        for finding in self.findings:
            if finding.kind == kind:
                return finding
        raise KeyError(kind)


@dataclass(frozen=True, slots=True)
class Case:
    """The file's result in short: what conclusion and recommendation depend on.

    `why` holds the reasons of each person of `open`, in their order.
    """

    media: MediaKind
    outcome: Outcome
    reasons: tuple[Reason, ...]
    manipulated: tuple[str, ...]
    open: tuple[str, ...]
    clear: tuple[str, ...]
    why: tuple[tuple[Reason, ...], ...]

    @property
    def why_by_persons(self) -> tuple[tuple[Reason, tuple[str, ...]], ...]:
        """(reason, the open persons it holds for), in the reasons' order; all of them where it
        belongs to the file as a whole."""
        whose = (
            (r, tuple(s for s, rs in zip(self.open, self.why, strict=True) if r in rs))
            for r in self.reasons
        )
        return tuple((reason, persons or self.open) for reason, persons in whose)

    @property
    def reasons_differ(self) -> bool:
        """Whether some reason holds for some of the open persons only."""
        return any(persons != self.open for _, persons in self.why_by_persons)


def case_of(verdicts: Sequence[Verdict], media: MediaKind) -> Case:
    """The case of a file from its verdicts, the file's last."""
    by_outcome = {
        outcome: tuple(v.subject for v in verdicts[:-1] if v.outcome is outcome)
        for outcome in Outcome
    }
    return Case(
        media,
        verdicts[-1].outcome,
        verdicts[-1].reasons,
        by_outcome[Outcome.MANIPULATED],
        by_outcome[Outcome.INCONCLUSIVE],
        by_outcome[Outcome.NO_EVIDENCE],
        tuple(v.reasons for v in verdicts[:-1] if v.outcome is Outcome.INCONCLUSIVE),
    )


class Facts:
    """The findings of one report, looked up by subject and kind."""

    def __init__(self, findings: Sequence[Finding], media: MediaKind) -> None:
        self.media = media
        self._by_subject: dict[str, list[Finding]] = {}
        for finding in findings:
            self._by_subject.setdefault(finding.subject, []).append(finding)
        self.persons = tuple(
            subject
            for subject, found in self._by_subject.items()
            if subject != FILE and any(finding.kind == "verdict" for finding in found)
        )

    def all(self, subject: str, kind: str) -> list[Finding]:
        """The findings of one kind of one subject, in their order."""
        return [f for f in self._by_subject.get(subject, ()) if f.kind == kind]

    def outcome(self, subject: str) -> Outcome:
        """What was answered for a person."""
        return Outcome(str(self.all(subject, "verdict")[0].value))

    def line(self, section: Section, kind: str, *findings: Finding) -> Line:
        """A line on these findings."""
        return Line(kind, findings, self.media, section)
