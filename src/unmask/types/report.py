"""Findings, words, coverage, and the report that holds everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from unmask.checks import expect
from unmask.types.evidence import Measurement, Outcome, Verdict
from unmask.types.faces import Observation
from unmask.types.media import MediaInfo
from unmask.types.provenance import Provenance


class CheckStatus(StrEnum):
    """What became of one check in the coverage table."""

    RUN = "run"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One measured fact, the only thing a text generator may speak of.

    `id` is stable and unique in a report ("A.region.mouth"); `subject` a track id or "file";
    `kind` names the template that may say it; `direction` is "towards_manipulated",
    "towards_genuine" or "neutral"; `strength` is in [0, 1]; `reference` is the usual range.
    """

    id: str
    subject: str
    kind: str
    value: float | str | None
    unit: str = ""
    reference: tuple[float, float] | None = None
    direction: str = "neutral"
    strength: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the ids of the findings it rests on, and its section of the interpretation."""

    text: str
    finding_ids: tuple[str, ...]
    section: str = "result"


@dataclass(frozen=True, slots=True)
class Narrative:
    """The words of a report in one language, by section.

    `narrator` says who wrote interpretation and next steps; limits, conclusion, action and
    disclaimer always come from the card and the templates. `faults` counts what was wrong with a
    language model's text that was refused. `about_file` tells of threshold, robustness card and
    provenance, always by the templates: no model is given what a file says of itself.
    """

    language: str
    narrator: str
    interpretation: tuple[Sentence, ...]
    limits: tuple[str, ...]
    conclusion: str
    action: str
    disclaimer: str
    next_steps: tuple[Sentence, ...] = ()
    faults: int = 0
    about_file: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the coverage table: a check, what became of it, and why."""

    name: str
    status: CheckStatus
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RobustnessRow:
    """The same file under one change: does the outcome hold?

    change, level      "jpeg" and "q40"; the first row is the file as it is, change "none"
    outcome            of the changed file, or None where it could not be analysed
    fake_probability   or None where there was none (`reason` why): such a row tests nothing
    """

    change: str
    level: str
    outcome: Outcome | None
    fake_probability: float | None
    reason: str = ""

    @property
    def measured(self) -> bool:
        """Whether the change gave an answer that can be compared with the file's."""
        return self.fake_probability is not None

    @property
    def lacking(self) -> tuple[str, ...]:
        """The reasons why it gave no probability; () where it gave one."""
        return () if self.measured else tuple(self.reason.split(","))


@dataclass(frozen=True, slots=True)
class Profile:
    """A threshold of somebody's own, from genuine files of one person, channel or camera.

    threshold, interval  the threshold of P(manipulated) and the 95 % interval of the share of such
                         genuine files over it, from `files` files (split conformal prediction)
    """

    name: str
    threshold: float
    max_false_alarms: float
    interval: tuple[float, float]
    files: int
    bundle_sha256: str
    created: str


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything a reader may ask about one file. Writers turn it into JSON, HTML and PDF.

    `card` is the bundle's card as plain data; `verdicts` holds one per track and, last, the file's;
    `narratives` maps "ko" and "en" to their words; `timings_s` seconds by stage; `steps` what was
    done, in order, with its parameters; `settings` the options that reproduce the run;
    `measurements` what was measured beside the network; `robustness` and `profile` only where they
    were asked for.
    """

    path_shown: str
    media: MediaInfo
    observation: Observation
    verdicts: tuple[Verdict, ...]
    card: dict[str, Any]
    bundle_sha256: str
    findings: tuple[Finding, ...]
    narratives: dict[str, Narrative]
    coverage: tuple[Check, ...]
    versions: dict[str, str]
    created: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    provenance: Provenance | None = None
    robustness: tuple[RobustnessRow, ...] = ()
    profile: Profile | None = None

    def __post_init__(self) -> None:
        expect(
            bool(self.verdicts) and self.verdicts[-1].subject == "file",
            "verdicts that end with the file's",
            [v.subject for v in self.verdicts],
        )
        expect(self.created.tzinfo is not None, "a time with a zone", self.created)

    @property
    def verdict(self) -> Verdict:
        """The verdict for the whole file."""
        return self.verdicts[-1]

    @property
    def outcome(self) -> Outcome:
        """The outcome for the whole file."""
        return self.verdict.outcome

    @property
    def robustness_counted(self) -> tuple[RobustnessRow, ...]:
        """The changes under which the file still gave a probability."""
        return tuple(row for row in self.robustness[1:] if row.measured)

    @property
    def robustness_held(self) -> int | None:
        """Under how many of those the outcome stays; None where none was tested."""
        counted = self.robustness_counted
        return sum(row.outcome is self.outcome for row in counted) if counted else None

    @property
    def fake_probability(self) -> float | None:
        """Calibrated P(manipulated) of the whole file, or None."""
        return self.verdict.fake_probability
