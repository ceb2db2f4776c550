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
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from unmask.detectors.fusion import judge
from unmask.detectors.image import ImageDetector
from unmask.errors import ErrorKind, InternalError, LimitError, UnmaskError
from unmask.explain.findings import find
from unmask.explain.narrate import narrate
from unmask.faces.reader import FaceReader
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.models.bundle import Bundle, load_bundle
from unmask.record import coverage_of, options_of, steps_of, versions
from unmask.settings import Settings
from unmask.types import Evidence, Observation, Report

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
        self._bundle_asked = str(self.settings.bundle if bundle is None else bundle)
        self._languages = tuple(languages)
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
        return Decoder(self.settings)

    @cached_property
    def _reader(self) -> FaceReader:
        return FaceReader(self.settings)

    @cached_property
    def _detector(self) -> ImageDetector:
        return ImageDetector(self.bundle, self.settings)

    def _analyze(self, path: Path, *, follow_links: bool) -> Report:
        created = self._clock()
        watch = _StopWatch()
        with open_source(path, self.settings, follow_links=follow_links) as source:
            path_shown = source.path_shown
            with watch.stage("load"):  # the decoder's worker starts up while the network loads
                decoder, detector = self._decoder, self._detector
            with watch.stage("read"):
                decoded = decoder.decode(source, frames=self.settings.frames)
        with watch.stage("faces"):
            observation = self._reader.observe(
                decoded.media,
                decoded.frames,
                decoded.cuts_s,
                decoded.skipped,
                damaged=decoded.damaged,
            )
        with watch.stage("detector"):
            evidence = detector.detect(observation)
        return self._conclude(path_shown, observation, evidence, created, watch)

    def _conclude(
        self,
        path_shown: str,
        observation: Observation,
        evidence: Sequence[Evidence],
        created: datetime,
        watch: _StopWatch,
    ) -> Report:
        card = self.bundle.card
        with watch.stage("explain"):
            verdicts = judge(observation, evidence, card)
            findings = find(observation, verdicts, card)
            kind = observation.media.kind
            narratives = narrate(findings, verdicts, kind, card, self._languages)
        return Report(
            path_shown=path_shown,
            media=observation.media,
            observation=observation,
            verdicts=verdicts,
            card=card.to_dict(),
            bundle_sha256=self.bundle.sha256,
            findings=findings,
            narratives=narratives,
            coverage=coverage_of(observation, evidence, card),
            versions=versions(),
            created=created,
            settings=options_of(self.settings, self._bundle_asked, self._languages),
            timings_s=watch.seconds,
            steps=steps_of(observation, evidence, self.bundle),
        )


class _StopWatch:
    """Wall-clock seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
