"""The only orchestrator: file -> frames -> faces -> evidence -> verdicts -> words -> Report.

    open_source -> Decoder -> FaceReader -> ImageDetector -> judge -> find -> narrate -> Report
    media/         media/     faces/        detectors/      fusion    explain/

Command line, Python and, later, REST are shells over `Analyzer`; they cannot drift apart. What was
done is recorded as it is done (`record.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from unmask.detectors.clip_rule import ClipRule
from unmask.detectors.coherence.measure import CueReader, parse_cues
from unmask.detectors.forensics.measure import measure_tracks
from unmask.detectors.fusion import judge
from unmask.detectors.image import ImageDetector
from unmask.errors import ErrorKind, InternalError, LimitError, UnmaskError
from unmask.explain.findings import find
from unmask.explain.findings_file import file_findings
from unmask.explain.narrate import make_narrator, narrate
from unmask.faces.reader import FaceReader
from unmask.media.provenance import check_trust_list
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.models.bundle import Bundle, load_bundle
from unmask.profiles import apply_profile, load_profile
from unmask.record import (
    coverage_aside,
    coverage_of,
    coverage_over_time,
    cues_row,
    cues_step,
    measurements_row,
    narrator_row,
    options_of,
    steps_aside,
    steps_of,
    steps_over_time,
    versions,
)
from unmask.settings import Settings
from unmask.types import (
    Evidence,
    Measurement,
    MediaKind,
    Observation,
    Profile,
    Provenance,
    Report,
    RobustnessRow,
    Verdict,
)

log = logging.getLogger(__name__)
LANGUAGES = ("ko", "en")


class Analyzer:
    """Analyses files one after the other with one bundle; decoder and networks stay warm.

    Close it, or use it as a context manager. One instance serves one thread.

    settings   limits and options; by default those of the `UNMASK_…` variables
    bundle     name or folder of the model; by default `settings.bundle`
    languages  of the interpretation
    clock      gives the time with its zone that stands in the report
    """

    def __init__(
        self,
        settings: Settings | None = None,
        bundle: str | Path | None = None,
        *,
        languages: Sequence[str] = LANGUAGES,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.bundle: Bundle = load_bundle(
            self.settings.bundle if bundle is None else bundle, self.settings
        )
        self._cues = CueReader(parse_cues(self.settings.cues))
        self._trust_sha256 = check_trust_list(self.settings.trust_list)
        self.profile: Profile | None = None
        if self.settings.profile is not None:
            self.profile = load_profile(self.settings.profile, self.settings)
            self.bundle = apply_profile(self.bundle, self.profile)
        self._bundle_asked = str(self.settings.bundle if bundle is None else bundle)
        self._languages = tuple(languages)
        self._narrator = make_narrator(self.settings)
        self._clock = clock or (lambda: datetime.now().astimezone())

    def analyze(self, path: str | Path, *, follow_links: bool = True) -> Report:
        """The report on one file.

        Raises RefusedError or LimitError where the file cannot be read, and InternalError, logged
        with its traceback, where this program fails. `follow_links=False` refuses symbolic links.
        """
        try:
            return self._analyze(Path(path), follow_links=follow_links)
        except UnmaskError:
            raise
        except MemoryError as error:
            raise LimitError(
                ErrorKind.MEMORY_LIMIT,
                "the file needs more memory than there is",
                "make the picture smaller, or take fewer frames of the clip",
            ) from error
        except Exception as error:
            log.exception("analysis failed")
            raise InternalError(
                f"{type(error).__name__}: {error}",
                "this is a bug in unmask: report it with the output of `unmask doctor`",
            ) from error

    def analyze_many(
        self, paths: Iterable[str | Path], *, follow_links: bool = True
    ) -> Iterator[tuple[Path, Report | UnmaskError]]:
        """(path, report or error) for every path, in order: a bad file never ends the batch."""
        for path in paths:
            result: Report | UnmaskError
            try:
                result = self.analyze(path, follow_links=follow_links)
            except UnmaskError as error:
                result = error
            yield Path(path), result

    def close(self) -> None:
        """End the decoder's worker; closing twice is harmless."""
        decoder = self.__dict__.pop("_decoder", None)
        if decoder is not None:
            decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def _decoder(self) -> Decoder:
        return Decoder(self.settings, h264_qp=self.bundle.card.needs_h264_qp)

    @cached_property
    def _reader(self) -> FaceReader:
        return FaceReader(self.settings)

    @cached_property
    def _detector(self) -> ImageDetector:
        return ImageDetector(self.bundle, self.settings)

    @cached_property
    def _clip_rule(self) -> ClipRule:
        return ClipRule(self.bundle, self.settings)

    def _analyze(self, path: Path, *, follow_links: bool) -> Report:
        created = self._clock()
        watch = _StopWatch()
        with open_source(path, self.settings, follow_links=follow_links) as source:
            path_shown = source.path_shown
            with watch.stage("load"):  # the decoder's worker starts up while the network loads
                decoder, detector = self._decoder, self._detector
            with watch.stage("read"):
                decoded = decoder.decode(source, frames=self.settings.frames)
                provenance = decoder.provenance(source)
        with watch.stage("faces"):
            observation = self._observe(decoded)
        with watch.stage("detector"):
            evidence, features = detector.look(observation, check_maps=True)
        with watch.stage("measure"):
            references = self.bundle.card.measurements
            forensic = measure_tracks(observation, evidence, references)
        with watch.stage("cues"):
            cues = self._cues.measure(observation, references)
        with watch.stage("temporal"):
            every = self._clip_rule.extend(observation, evidence, features, cues)
        verdicts = judge(observation, every, self.bundle.card, cues)
        robustness: tuple[RobustnessRow, ...] = ()
        if self.settings.robustness and verdicts[-1].fake_probability is not None:
            with watch.stage("robustness"):
                robustness = self._robustness(decoded, verdicts[-1])
        aside = _Aside(provenance, robustness, forensic + cues)
        return self._conclude(path_shown, observation, evidence, verdicts, aside, created, watch)

    def _observe(self, decoded: Decoded) -> Observation:
        return self._reader.observe(
            decoded.media,
            decoded.frames,
            decoded.cuts_s,
            decoded.skipped,
            damaged=decoded.damaged,
        )

    def _robustness(self, decoded: Decoded, verdict: Verdict) -> tuple[RobustnessRow, ...]:
        from unmask.robustness import robustness_rows  # encoders: only where they are asked for

        return robustness_rows(decoded, verdict, self._judge_file)

    def _judge_file(self, decoded: Decoded) -> Verdict:
        return self.judge(decoded)[1][-1]

    def judge(self, decoded: Decoded) -> tuple[Observation, tuple[Verdict, ...]]:
        """What is seen in decoded frames, and the verdicts on it: no map is checked, no words."""
        observation = self._observe(decoded)
        evidence, features = self._detector.look(observation)
        cues: tuple[Measurement, ...] = ()
        if self._clip_rule.needs_cues and observation.media.kind is MediaKind.VIDEO:
            cues = self._cues.measure(observation, self.bundle.card.measurements)
        every = self._clip_rule.extend(observation, evidence, features, cues)
        return observation, judge(observation, every, self.bundle.card, cues)

    def _conclude(
        self,
        path_shown: str,
        observation: Observation,
        evidence: Sequence[Evidence],
        verdicts: tuple[Verdict, ...],
        aside: _Aside,
        created: datetime,
        watch: _StopWatch,
    ) -> Report:
        card = self.bundle.card
        with watch.stage("explain"):
            about = file_findings(aside.provenance, aside.robustness, verdicts[-1], self.profile)
            findings = find(observation, verdicts, card, about, aside.measurements)
            kind = observation.media.kind
            narratives = narrate(findings, verdicts, kind, card, self._languages, self._narrator)
        return Report(
            path_shown=path_shown,
            media=observation.media,
            observation=observation,
            verdicts=verdicts,
            card=card.to_dict(),
            bundle_sha256=self.bundle.sha256,
            findings=findings,
            narratives=narratives,
            coverage=(
                *coverage_of(observation, evidence, card),
                *coverage_over_time(observation, verdicts, card),
                measurements_row(aside.measurements),
                cues_row(aside.measurements, self.settings),
                *coverage_aside(aside.provenance, aside.robustness, verdicts[-1], self.settings),
                narrator_row(narratives),
            ),
            versions=versions(),
            created=created,
            settings=options_of(self.settings, self._bundle_asked, self._languages),
            timings_s=watch.seconds,
            steps=(
                *steps_of(observation, evidence, self.bundle),
                *steps_over_time(observation, verdicts, card),
                cues_step(aside.measurements, self.settings),
                *steps_aside(self._trust_sha256, aside.robustness, self.profile),
            ),
            provenance=aside.provenance,
            robustness=aside.robustness,
            measurements=aside.measurements,
            profile=self.profile,
        )


@dataclass(frozen=True, slots=True)
class _Aside:
    """What stands beside the verdicts and never enters them."""

    provenance: Provenance
    robustness: tuple[RobustnessRow, ...]
    measurements: tuple[Measurement, ...]


class _StopWatch:
    """Wall-clock seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
