"""What is said, in which order and from which findings; how it is said is each language's affair.

Findings -> Lines -> sentences. Because the plan knows no language, every language rests on the same
findings. A line's `kind` is the key of the sentence in each language's table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unmask.types import Finding, MediaKind, Outcome, Reason, Verdict

FILE = "file"
REGIONS_TOLD = 3  # the JSON has them all
CROWD = 4  # with more persons, those without evidence get one sentence each


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be said: its kind, the findings it rests on, and whose it is."""

    kind: str
    findings: tuple[Finding, ...]
    media: MediaKind

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
    """The file's result in short: what conclusion and recommendation depend on."""

    media: MediaKind
    outcome: Outcome
    reasons: tuple[Reason, ...]
    manipulated: tuple[str, ...]
    open: tuple[str, ...]
    clear: tuple[str, ...]


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
    )


class Plan:
    """The lines of one report, from its findings."""

    def __init__(self, findings: Sequence[Finding], media: MediaKind) -> None:
        self._media = media
        self._by_subject: dict[str, list[Finding]] = {}
        for finding in findings:
            self._by_subject.setdefault(finding.subject, []).append(finding)
        self._persons = [subject for subject in self._by_subject if subject != FILE]

    def interpretation(self) -> tuple[Line, ...]:
        """What was seen, then person by person: probability, map, time, quality, or why not."""
        lines = list(self._scene())
        for subject in self._persons:
            lines += self._person(subject)
        return tuple(lines)

    def limits(self) -> tuple[Line, ...]:
        """Limits that this file's own findings raise, beside those of the card."""
        lines = [
            self._line(f"limit_{kind}", *found)
            for kind in ("damage", "skipped")
            if (found := self._all(FILE, kind))
        ]
        frames = self._all(FILE, "frames")
        if frames and frames[0].detail["cuts"] and len(self._persons) > 1:
            lines.append(self._line("limit_cuts", *frames))
        told = [s for s in self._persons if self._all(s, "region") or self._all(s, "blend")]
        if told:
            lines.append(self._line("limit_coarse", *self._all(told[0], "heat")))
        for subject in self._persons:
            lines += self._person_limits(subject)
        return tuple(lines)

    def _line(self, kind: str, *findings: Finding) -> Line:
        return Line(kind, findings, self._media)

    def _all(self, subject: str, kind: str) -> list[Finding]:
        return [f for f in self._by_subject.get(subject, ()) if f.kind == kind]

    def _scene(self) -> Iterator[Line]:
        faces = self._all(FILE, "faces")
        if faces:
            yield self._line("scene", *faces, *self._all(FILE, "frames"))

    def _person(self, subject: str) -> Iterator[Line]:
        verdict = self._all(subject, "verdict")[0]
        probability = self._all(subject, "probability")
        if not probability:
            yield from self._abstentions(subject)
            return
        outcome = Outcome(str(verdict.value))
        reasons = verdict.detail["reasons"]
        kind = str(outcome)
        if outcome is Outcome.INCONCLUSIVE:
            kind = Reason.GREY_ZONE if Reason.GREY_ZONE in reasons else "open"
        yield self._line(f"probability_{kind}", *probability, verdict)
        if Reason.PARTIAL_DECODE in reasons:
            yield self._line("abstain_partial_decode", *self._reasons(subject, "partial_decode"))
        brief = outcome is Outcome.NO_EVIDENCE and len(self._persons) > CROWD
        if outcome is Outcome.MANIPULATED:
            yield from self._map_of_manipulated(subject)
        elif outcome is Outcome.NO_EVIDENCE and not brief:
            for heat in self._all(subject, "heat"):
                yield self._line("map_empty" if heat.detail["empty"] else "map_low", heat)
        yield from self._time(subject, outcome)
        yield from self._quality(subject, brief=brief)

    def _map_of_manipulated(self, subject: str) -> Iterator[Line]:
        kinds = self._all(subject, "class")
        if kinds and {"swap", "synthetic"} <= set(kinds[0].detail):
            yield self._line("class", *kinds)
        heat = self._all(subject, "heat")
        regions = self._all(subject, "region")[:REGIONS_TOLD]
        if heat and heat[0].detail["empty"]:
            yield self._line("map_faint", *heat)
        elif regions:
            yield self._line("regions", *heat, *regions)
        elif even := self._all(subject, "even"):
            yield self._line("regions_even", *heat, *even)
        for blend in self._all(subject, "blend"):
            if blend.value:
                yield self._line("blend", blend)
            elif kinds and kinds[0].value == "swap":
                yield self._line("blend_none", blend, *kinds)

    def _time(self, subject: str, outcome: Outcome) -> Iterator[Line]:
        for finding in self._all(subject, "time"):
            some = "time" if outcome is Outcome.MANIPULATED else "time_some"
            yield self._line(some if finding.detail["over"] else "time_none", finding)
        for finding in self._all(subject, "unread"):
            yield self._line("unread", finding)

    def _quality(self, subject: str, *, brief: bool) -> Iterator[Line]:
        judged = [f for f in self._all(subject, "quality") if f.detail["measure"] != "blockiness"]
        outside = [f for f in judged if not f.detail["within"]]
        for finding in outside:
            yield self._line("quality_outside", finding)
        if judged and not outside and not brief:
            yield self._line("quality_good", *judged)

    def _reasons(self, subject: str, reason: str) -> list[Finding]:
        return [f for f in self._all(subject, "abstention") if f.value == reason]

    def _abstentions(self, subject: str) -> Iterator[Line]:
        quality = self._all(subject, "quality")
        measures = {
            "face_too_small": {"width"},
            "low_quality": {"sharpness", "exposure"},
            "out_of_range": {"yaw"},
        }
        for abstention in self._all(subject, "abstention"):
            told = measures.get(str(abstention.value), set())
            wide = abstention.value == "face_too_small"
            used = [
                f
                for f in quality
                if f.detail["measure"] in told and (wide or not f.detail["within"])
            ]
            yield self._line(f"abstain_{abstention.value}", abstention, *used)

    def _person_limits(self, subject: str) -> Iterator[Line]:
        for finding in self._all(subject, "no_mesh"):
            yield self._line("limit_no_mesh", finding)
        for finding in self._all(subject, "probability"):
            detail = finding.detail
            if "low" not in detail:
                continue
            if finding.direction == "towards_manipulated" and detail["low"] < detail["threshold"]:
                yield self._line("limit_interval_low", finding)
            if finding.direction == "towards_genuine" and detail["high"] > detail["clear_below"]:
                yield self._line("limit_interval_high", finding)
        if self._all(subject, "probability"):
            for finding in self._all(subject, "quality"):
                if finding.detail["near"]:
                    yield self._line("limit_near", finding)
