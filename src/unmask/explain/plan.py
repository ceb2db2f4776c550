"""What is said, in which order and from which findings; how it is said is each language's affair.

Findings -> Lines -> sentences. Because the plan knows no language, every language rests on the same
findings. A line's `kind` is the key of the sentence in each language's table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unmask.explain.lines import FILE, Facts, Line
from unmask.explain.plan_file import file_lines
from unmask.explain.plan_measures import faithfulness_lines, measure_lines
from unmask.explain.plan_next import next_lines
from unmask.explain.sections import Section
from unmask.types import Finding, MediaKind, Outcome, Reason

REGIONS_TOLD = 3  # the JSON has them all
SCENE_MOTION = "scene_motion"  # the cue that keeps somebody from being cleared
# Measures of quality that do so.
UNCLEAR = {Reason.TOO_COMPRESSED: "blockiness", Reason.TOO_BLURRED: "sharpness"}
BORDERED = frozenset({"swap", "edit"})  # kinds of manipulation that leave a border
CROWD = 4  # with more persons, those without evidence get one sentence each


class Plan:
    """The lines of one report, from its findings; `detailed` also tells what did not apply."""

    def __init__(
        self, findings: Sequence[Finding], media: MediaKind, *, detailed: bool = False
    ) -> None:
        self._facts = Facts(findings, media)
        self._detailed = detailed

    def interpretation(self) -> tuple[Line, ...]:
        """What was seen, then person by person in the order of the sections, or why not."""
        lines = list(self._scene())
        for subject in self._facts.persons:
            lines += self._person(subject)
        return tuple(lines)

    def next_steps(self) -> tuple[Line, ...]:
        """What a human expert should look at next."""
        return tuple(next_lines(self._facts))

    def about_file(self) -> tuple[Line, ...]:
        """Threshold of one's own, robustness card and provenance, beside the interpretation."""
        return tuple(file_lines(self._facts))

    def limits(self) -> tuple[Line, ...]:
        """Limits that this file's own findings raise, beside those of the card."""
        facts, persons = self._facts, self._facts.persons
        lines = [
            self._line(Section.RELIABILITY, f"limit_{kind}", *found)
            for kind in ("damage", "skipped", "unchecked")
            if (found := facts.all(FILE, kind))
        ]
        frames = facts.all(FILE, "frames")
        if frames and frames[0].detail["cuts"] and len(persons) > 1:
            lines.append(self._line(Section.RELIABILITY, "limit_cuts", *frames))
        told = [
            subject
            for subject in persons
            if (facts.all(subject, "region") or facts.all(subject, "blend"))
            and all(tested.detail["shown"] for tested in facts.all(subject, "faithfulness"))
        ]
        if told:
            heat = facts.all(told[0], "heat")
            lines.append(self._line(Section.MAP, "limit_coarse", *heat))
        measured = [f for s in persons for k in ("measure", "cue") for f in facts.all(s, k)]
        if measured:
            lines.append(self._line(Section.RELIABILITY, "limit_measures", *measured))
        for subject in persons:
            lines += self._person_limits(subject)
        return tuple(lines)

    def _line(self, section: Section, kind: str, *findings: Finding) -> Line:
        return self._facts.line(section, kind, *findings)

    def _scene(self) -> Iterator[Line]:
        faces = self._facts.all(FILE, "faces")
        if faces:
            yield self._line(Section.RESULT, "scene", *faces, *self._facts.all(FILE, "frames"))

    def _person(self, subject: str) -> Iterator[Line]:
        facts = self._facts
        probability = facts.all(subject, "probability")
        if not probability:
            yield from self._abstentions(subject)
            return
        outcome = facts.outcome(subject)
        brief = outcome is Outcome.NO_EVIDENCE and len(facts.persons) > CROWD
        yield from self._answer(subject, outcome, probability)
        if outcome is Outcome.MANIPULATED:
            yield from self._map_of_manipulated(subject)
        elif outcome is Outcome.NO_EVIDENCE and not brief:
            for heat in facts.all(subject, "heat"):
                kind = "map_empty" if heat.detail["empty"] else "map_low"
                yield self._line(Section.MAP, kind, heat)
        yield from self._time(subject, outcome)
        told = [SCENE_MOTION] if self._reasons(subject, "too_smooth") else []
        yield from measure_lines(facts, subject, told, brief=brief, detailed=self._detailed)
        yield from self._quality(subject, brief=brief)

    def _answer(
        self, subject: str, outcome: Outcome, probability: Sequence[Finding]
    ) -> Iterator[Line]:
        verdict = self._facts.all(subject, "verdict")[0]
        reasons = verdict.detail["reasons"]
        kind = str(outcome)
        if outcome is Outcome.INCONCLUSIVE:
            kind = Reason.GREY_ZONE if Reason.GREY_ZONE in reasons else "open"
        yield self._line(Section.RESULT, f"probability_{kind}", *probability, verdict)
        if Reason.PARTIAL_DECODE in reasons:
            found = self._reasons(subject, "partial_decode")
            yield self._line(Section.RESULT, "abstain_partial_decode", *found)
        if Reason.TOO_SMOOTH in reasons:
            found = self._reasons(subject, "too_smooth")
            cues = self._facts.all(subject, "cue")
            found += [cue for cue in cues if cue.detail["name"] == SCENE_MOTION]
            yield self._line(Section.RESULT, "abstain_too_smooth", *found)
        if Reason.SOME_MOMENTS in reasons:
            found = self._reasons(subject, "some_moments") + self._facts.all(subject, "time")
            yield self._line(Section.RESULT, "abstain_some_moments", *found)
        for reason, measure in UNCLEAR.items():
            if reason in reasons:
                quality = self._facts.all(subject, "quality")
                told = [one for one in quality if one.detail["measure"] == measure]
                found = self._reasons(subject, reason) + told
                yield self._line(Section.RESULT, f"abstain_{reason}", *found)
        kinds = self._facts.all(subject, "class")
        if kinds and {"swap", "synthetic"} <= set(kinds[0].detail):
            yield self._line(Section.RESULT, "class", *kinds)

    def _map_of_manipulated(self, subject: str) -> Iterator[Line]:
        facts = self._facts
        tested = facts.all(subject, "faithfulness")
        if any(not finding.detail["shown"] for finding in tested):
            yield from faithfulness_lines(facts, subject)
            return  # a map that failed its test is not read
        heat = facts.all(subject, "heat")
        regions = facts.all(subject, "region")[:REGIONS_TOLD]
        if heat and heat[0].detail["empty"]:
            yield self._line(Section.MAP, "map_faint", *heat)
        elif regions:
            yield self._line(Section.MAP, "regions", *heat, *regions)
        elif even := facts.all(subject, "even"):
            yield self._line(Section.MAP, "regions_even", *heat, *even)
        yield from faithfulness_lines(facts, subject)
        kinds = facts.all(subject, "class")
        for blend in facts.all(subject, "blend"):
            if blend.value:
                yield self._line(Section.MAP, "blend", blend)
            elif kinds and kinds[0].value in BORDERED:
                yield self._line(Section.MAP, "blend_none", blend, *kinds)

    def _time(self, subject: str, outcome: Outcome) -> Iterator[Line]:
        for finding in self._facts.all(subject, "time"):
            some = "time" if outcome is Outcome.MANIPULATED else "time_some"
            kind = some if finding.detail["over"] else "time_none"
            yield self._line(Section.TIME, kind, finding)
        for finding in self._facts.all(subject, "unread"):
            yield self._line(Section.TIME, "unread", finding)

    def _quality(self, subject: str, *, brief: bool) -> Iterator[Line]:
        found = self._facts.all(subject, "quality")
        judged = [f for f in found if f.detail["measure"] != "blockiness"]
        outside = [f for f in judged if not f.detail["within"]]
        told = {measure for reason, measure in UNCLEAR.items() if self._reasons(subject, reason)}
        for finding in outside:
            if finding.detail["measure"] not in told:
                yield self._line(Section.RELIABILITY, "quality_outside", finding)
        if judged and not outside and not brief:
            good = found if self._detailed else judged
            yield self._line(Section.RELIABILITY, "quality_good", *good)

    def _reasons(self, subject: str, reason: str) -> list[Finding]:
        return [f for f in self._facts.all(subject, "abstention") if f.value == reason]

    def _abstentions(self, subject: str) -> Iterator[Line]:
        quality = self._facts.all(subject, "quality")
        measures = {
            "face_too_small": {"width"},
            "low_quality": {"sharpness", "exposure"},
            "out_of_range": {"yaw"},
        }
        for abstention in self._facts.all(subject, "abstention"):
            told = measures.get(str(abstention.value), set())
            wide = abstention.value == "face_too_small"
            used = [
                f
                for f in quality
                if f.detail["measure"] in told and (wide or not f.detail["within"])
            ]
            yield self._line(Section.RESULT, f"abstain_{abstention.value}", abstention, *used)

    def _person_limits(self, subject: str) -> Iterator[Line]:
        facts = self._facts
        for finding in facts.all(subject, "no_mesh"):
            yield self._line(Section.MAP, "limit_no_mesh", finding)
        for finding in facts.all(subject, "probability"):
            detail = finding.detail
            if "low" not in detail:
                continue
            if finding.direction == "towards_manipulated" and detail["low"] < detail["threshold"]:
                yield self._line(Section.RELIABILITY, "limit_interval_low", finding)
            if finding.direction == "towards_genuine" and detail["high"] > detail["clear_below"]:
                yield self._line(Section.RELIABILITY, "limit_interval_high", finding)
        if facts.all(subject, "probability"):
            for finding in facts.all(subject, "quality"):
                if finding.detail["near"]:
                    yield self._line(Section.RELIABILITY, "limit_near", finding)
