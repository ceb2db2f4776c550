"""A camera at this computer (V4L2), read in this process: a device is trusted, a file is not.

A thread reads every picture the camera sends, so that the driver's buffers never fill up with old
ones; whoever asks gets the newest. From time to time the pictures that follow it are kept, too:
motion is measured between neighbours, however long the one before takes to be looked at. Network
streams are not read: libavformat follows addresses in them wherever they lead (docs/SAFETY.md).
"""

from __future__ import annotations

import math
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.error import FFmpegError

from unmask.errors import ErrorKind, RefusedError
from unmask.media.sampling import burst_gap_s
from unmask.types import Frame

OPEN_S = 10  # a camera that sends nothing for so long is given up


def device_path(name: str) -> Path | None:
    """`0` or `/dev/video0` as the device's path; None where a name is no device's."""
    if name.isascii() and name.isdigit():
        return Path(f"/dev/video{int(name)}")
    return Path(name) if name.startswith("/dev/") else None


def open_device(path: Path) -> Any:
    """The opened device; RefusedError where there is no camera that can be read."""
    try:
        if not stat.S_ISCHR(path.stat().st_mode):
            raise _refused(path, ErrorKind.NOT_A_FILE, "is no camera")
        return av.open(os.fspath(path), format="v4l2", timeout=(OPEN_S, OPEN_S))
    except FileNotFoundError:
        raise _refused(path, ErrorKind.NOT_FOUND, "does not exist") from None
    except PermissionError:
        raise _refused(path, ErrorKind.NO_PERMISSION, "may not be read") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        what = f"is no camera that can be read ({words})"
        raise _refused(path, ErrorKind.NOT_A_FILE, what) from None


def _refused(path: Path, kind: ErrorKind, what: str) -> RefusedError:
    there = sorted(str(one) for one in Path("/dev").glob("video*"))
    found = f"cameras here: {', '.join(there)}" if there else "no camera is connected here"
    return RefusedError(kind, f"the device {path} {what}", f"{found}; a clip can be watched, too")


class _Picture(NamedTuple):
    """What the device sent: when, as which of its pictures, and what."""

    time_s: float
    number: int
    pixels: Any


class Camera:
    """Frames of an opened device at `rate_fps` at most, from now on; leave the loop, then `close`.

    Beside that, bursts of `burst` neighbours; a frame's index counts all pictures of the device.
    `damaged` is True once the device stopped sending.
    """

    def __init__(
        self,
        container: Any,
        rate_fps: float,
        burst: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.damaged = False
        self._container, self._step_s, self._clock = container, 1 / rate_fps, clock
        self._burst, self._burst_gap_s = burst, burst_gap_s(rate_fps)
        self._burst_due_s = -math.inf
        self._news = threading.Condition()
        self._newest: _Picture | None = None
        self._following: deque[_Picture] = deque()
        self._to_follow = 0  # pictures of the burst that have not come yet
        self._ended = False
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)

    def __iter__(self) -> Iterator[Frame]:
        start_s = due_s = self._clock()
        self._thread.start()
        while (taken := self._next(due_s)) is not None:
            image_rgb = np.ascontiguousarray(taken.pixels.to_ndarray(format="rgb24"))
            yield Frame(image_rgb, taken.number, max(0.0, taken.time_s - start_s))
            due_s = taken.time_s + self._step_s

    def close(self) -> None:
        """Stop reading and release the device."""
        with self._news:
            self._ended = True
        if self._thread.is_alive():
            self._thread.join()
        self._container.close()

    def _next(self, due_s: float) -> _Picture | None:
        """The next picture of a burst, or the newest at `due_s` or later; None: no more will come.

        The newest may begin a burst: `_read` then puts the pictures after it aside.
        """
        with self._news:
            while not self._following:
                newest = self._newest
                if not self._to_follow and newest is not None and newest.time_s >= due_s:
                    self._newest = None
                    if newest.time_s >= self._burst_due_s:
                        self._to_follow = self._burst - 1
                        self._burst_due_s = newest.time_s + self._burst_gap_s
                    return newest
                if self._ended:
                    return None
                self._news.wait(timeout=1.0)
            return self._following.popleft()

    def _read(self) -> None:
        try:
            for number, pixels in enumerate(self._container.decode(video=0)):
                with self._news:
                    if self._ended:
                        return
                    picture = _Picture(self._clock(), number, pixels)
                    if self._to_follow:
                        self._to_follow -= 1
                        self._following.append(picture)
                    else:
                        self._newest = picture
                    self._news.notify()
        except (FFmpegError, IndexError):
            pass  # what it means is the same as an end: the device sends no more
        with self._news:
            self._ended = self.damaged = True
            self._news.notify()
