"""The sandbox's outside: starts the worker, hands it files, believes nothing it says.

    with Decoder(settings) as decoder:
        decoded = decoder.decode(source)

The worker stays warm between files: a sandbox that costs a second per picture would be switched
off. When it crashes or overruns its clock it is killed with its whole process group, that one
file ends with an error, and the next file gets a new worker.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from unmask.errors import ErrorKind, LimitError, RefusedError, UnmaskError
from unmask.media.decoded import AnswerError, Decoded, read_answer
from unmask.media.process import CrashError, IdleDeathError, WorkerProcess
from unmask.media.provenance import not_read, read_provenance
from unmask.media.source import Source
from unmask.media.wire import FRAME_BYTES_MAX, PROVENANCE, STREAM, Job
from unmask.settings import Settings
from unmask.types import Frame, MediaKind, Provenance

__all__ = ["Decoded", "Decoder"]

_OVERRUN = {-signal.SIGALRM, -signal.SIGXCPU}  # exit states of a worker that ran too long


class Decoder:
    """Decodes files in a warm worker process; close it, or use it as a context manager.

    One file at a time: threads that share a decoder wait for each other. With `h264_qp`, or the
    setting of that name, frames of H.264 say how coarsely they were coded.
    """

    def __init__(self, settings: Settings, *, h264_qp: bool = False) -> None:
        self._settings = settings
        self._h264_qp = h264_qp or settings.h264_qp
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._closed = False
        self._start()  # now, so that it starts up while the caller loads its models

    def decode(self, source: Source, frames: int | None = None) -> Decoded:
        """The picture, or at most `frames` frames of the clip (default: settings.frames).

        RefusedError where the file cannot be decoded or crashes the decoder (`decoder_crash`),
        LimitError where it takes too long or too much memory.
        """
        job = self._job(source, self._settings.frames if frames is None else frames)
        with self._lock:
            if self._closed:
                raise ValueError("expected an open decoder, got a closed one")
            try:
                decoded = self._ask(job, source)
            except IdleDeathError:
                decoded = self._ask(job, source)
        source.check_unchanged()
        return decoded

    def stream(
        self, source: Source, rate_fps: float, burst: int = 1
    ) -> Generator[Frame, None, Decoded]:
        """The clip's frames at a steady rate, decoded as they are asked for; the facts at the end.

        Now and then `burst` neighbours come one after another (`sampling.SteadyRate`).

        What is returned holds the first frame only. Errors as those of `decode`; the clock is that
        of one frame. A stream that is left early costs the warm worker.
        """
        job = self._job(source, frames=0)._replace(task=STREAM, rate_fps=rate_fps, burst=burst)
        with self._lock:
            if self._closed:
                raise ValueError("expected an open decoder, got a closed one")
            try:
                decoded = yield from self._stream(job, source)
            except IdleDeathError:  # which is known before the first frame
                decoded = yield from self._stream(job, source)
        source.check_unchanged()
        return decoded

    def _stream(self, job: Job, source: Source) -> Generator[Frame, None, Decoded]:
        with self._questioned(job, source) as worker:
            answer, first = yield from worker.stream(job, source.fileno())
            return self._read(answer, first, source)

    def provenance(self, source: Source) -> Provenance:
        """What the file says of its own history; whatever goes wrong here is no error.

        Asked for after decoding and apart from it: a manifest that crashes its parser costs the
        report this section and nothing else.
        """
        job = self._job(source, frames=1)._replace(task=PROVENANCE)
        with self._lock:
            if self._closed:
                raise ValueError("expected an open decoder, got a closed one")
            for _ in range(2):
                try:
                    return self._ask_provenance(job, source)
                except IdleDeathError:  # no fault of the file: once more
                    continue
        return not_read("crash")

    @property
    def worker_pid(self) -> int | None:
        """Process id of the warm worker, None where there is none: for tests and measurements."""
        return None if self._worker is None else self._worker.process.pid

    def close(self) -> None:
        """End the worker; closing twice is harmless."""
        with self._lock:
            self._closed = True
            worker, self._worker = self._worker, None
            if worker is not None:
                worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> WorkerProcess:
        if self._worker is None:
            try:
                self._worker = WorkerProcess(self._settings)
            except OSError as error:
                raise _crash(f"the decoder process does not start: {error.strerror}") from None
        return self._worker

    def _ask(self, job: Job, source: Source) -> Decoded:
        with self._questioned(job, source) as worker:
            answer, frames = worker.ask(job, source.fileno())
            return self._read(answer, frames, source)

    def _read(self, answer: dict[str, Any], frames: list[Frame], source: Source) -> Decoded:
        decoded = read_answer(answer, frames, source)
        if answer.get("retire"):
            self._discard()
        return decoded

    @contextmanager
    def _questioned(self, job: Job, source: Source) -> Iterator[WorkerProcess]:
        """The worker for one question; whatever goes wrong, that worker is not asked again."""
        worker, sound = self._start(), False
        try:
            yield worker
            sound = True
        except UnmaskError:
            sound = True
            raise
        except TimeoutError:
            raise _overrun(source, job) from None
        except (AnswerError, ValueError, TypeError) as error:
            raise _crash(f"{source.path_shown}: the decoder's answer is wrong ({error})") from None
        except CrashError:
            raise self._post_mortem(source, job) from None
        finally:
            if not sound:
                self._discard()

    def _ask_provenance(self, job: Job, source: Source) -> Provenance:
        sound = False
        try:
            answer, _ = self._start().ask(job, source.fileno())
            provenance = read_provenance(answer)
            sound = not answer.get("retire")
            source.check_unchanged()
        except UnmaskError as error:
            return not_read("changed" if error.kind is ErrorKind.CORRUPT else "crash")
        except TimeoutError:
            return not_read("time_limit")
        except (AnswerError, ValueError, TypeError):
            return not_read("wrong_answer")
        except CrashError:
            return not_read("crash")
        finally:
            if not sound:
                self._discard()
        return provenance

    def _post_mortem(self, source: Source, job: Job) -> UnmaskError:
        """Why the worker ended."""
        status = self._discard(ending=True)
        if status in _OVERRUN:
            return _overrun(source, job)
        return _crash(f"{source.path_shown} made the decoder crash (status {status})")

    def _discard(self, *, ending: bool = False) -> int:
        worker, self._worker = self._worker, None
        return 0 if worker is None else worker.stop(ending=ending)

    def _job(self, source: Source, frames: int) -> Job:
        limits = self._settings
        is_image = source.kind is MediaKind.IMAGE
        one = 3 * limits.image_pixels_max if is_image else 0
        return Job(
            kind=str(source.kind),
            format=source.format,
            bytes=source.bytes,
            frames=frames,
            burst=limits.burst_frames,
            pixels_max=limits.image_pixels_max,
            side_min_px=limits.side_min_px,
            width_max_px=limits.side_max_px if is_image else limits.video_width_max_px,
            height_max_px=limits.side_max_px if is_image else limits.video_height_max_px,
            streams_max=limits.video_streams_max,
            animation_frames_max=limits.animation_frames_max,
            animation_seconds_max=limits.animation_seconds_max,
            clock_s=limits.image_clock_s if is_image else limits.video_clock_s,
            frame_bytes_max=max(FRAME_BYTES_MAX, one),
            trust_list="" if limits.trust_list is None else str(limits.trust_list.absolute()),
            h264_qp=self._h264_qp,
        )


def _overrun(source: Source, job: Job) -> LimitError:
    return LimitError(
        ErrorKind.TIME_LIMIT,
        f"{source.path_shown} takes more than {job.clock_s:g} seconds to decode",
        "make the picture smaller" if job.kind == "image" else "cut a shorter piece out of it",
    )


def _crash(message: str) -> RefusedError:
    return RefusedError(
        ErrorKind.DECODER_CRASH,
        message,
        "open the file in a viewer or player, export it again, and try that copy",
    )
