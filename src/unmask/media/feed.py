"""Frames that arrive one after another, whatever they come from: a clip or a camera.

A clip is a stranger's file and goes through intake and sandbox, a camera is read here. Both give
frames at a steady rate at most and, every `BURST_EVERY_S`, `STREAM_BURST` neighbours whose indices
follow one another; they say in `damaged` what may be missing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

from unmask.errors import ErrorKind, RefusedError, UsageError
from unmask.media.camera import Camera, device_path, open_device
from unmask.media.sampling import STREAM_BURST
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.media.text import clean_name
from unmask.settings import Settings
from unmask.types import Frame, MediaKind


class Feed(Protocol):
    """What gives frames."""

    @property
    def name(self) -> str:
        """As it may be shown."""
        ...

    @property
    def sha256(self) -> str | None:
        """That of a file; None for a camera."""
        ...

    @property
    def damaged(self) -> bool:
        """Whether frames are missing, as far as is known by now."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """The frames, once."""
        ...

    def close(self) -> None:
        """Give back file, worker or device; may be called twice."""
        ...


def open_feed(name: str, settings: Settings, rate_fps: float) -> Feed:
    """The camera (`0`, `/dev/video0`) or clip that a name stands for.

    UsageError for an address on the network, RefusedError for what cannot be opened or is no clip.
    """
    if "://" in name:
        raise UsageError(
            f"network streams are not read, got {clean_name(name)}",
            "record the stream to a file with a player you trust, and watch that file",
        )
    device = device_path(name)
    if device is not None:
        return CameraFeed(device, rate_fps)
    return ClipFeed(Path(name), settings, rate_fps)


class ClipFeed:
    """A clip, decoded in the sandbox as fast as its frames are taken."""

    def __init__(self, path: Path, settings: Settings, rate_fps: float) -> None:
        self._source = open_source(path, settings)
        self.name, self.sha256 = self._source.path_shown, self._source.sha256
        self.damaged = False
        self._rate_fps = rate_fps
        if self._source.kind is MediaKind.IMAGE:
            self._source.close()
            raise RefusedError(
                ErrorKind.UNSUPPORTED_TYPE,
                f"{self.name} is a picture or an animation, not a clip",
                "use `unmask analyze` for it",
            )
        self._decoder = Decoder(settings)
        self._frames: Generator[Frame, None, Decoded] | None = None

    def __iter__(self) -> Iterator[Frame]:
        self._frames = self._decoder.stream(self._source, self._rate_fps, STREAM_BURST)
        decoded = yield from self._frames
        self.damaged = decoded.damaged

    def close(self) -> None:
        """End the decoding, wherever it is."""
        if self._frames is not None:
            self._frames.close()
        self._decoder.close()
        self._source.close()


class CameraFeed:
    """A camera; frames that come faster than they are taken are left out."""

    def __init__(self, device: Path, rate_fps: float) -> None:
        self.name, self.sha256 = clean_name(device.name), None
        self._camera = Camera(open_device(device), rate_fps, STREAM_BURST)

    @property
    def damaged(self) -> bool:
        """Whether the camera stopped sending by itself."""
        return self._camera.damaged

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._camera)

    def close(self) -> None:
        """Release the device."""
        self._camera.close()
