"""Intake: a path becomes an open, checked, hashed descriptor; the name is not used again.

Opening blocks on nothing (a FIFO would block every library for ever), follows docs/SAFETY.md, and
reads the file once to hash it. What is decoded later is read from the same descriptor, so nobody
can swap the file in between; a file that changes while it is read is refused.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from unmask.errors import ErrorKind, RefusedError
from unmask.media.sniff import ACCEPTED, IMAGE_FORMATS, SNIFF_BYTES, describe, sniff
from unmask.media.text import clean_name
from unmask.settings import Settings
from unmask.types import MediaKind

_CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISDIR, "a folder", "give the files in it, not the folder itself"),
    (stat.S_ISFIFO, "a pipe", "save its contents to a file first"),
    (stat.S_ISSOCK, "a socket", "save its contents to a file first"),
    (stat.S_ISCHR, "a device", "give a picture or video file"),
    (stat.S_ISBLK, "a device", "give a picture or video file"),
    (stat.S_ISLNK, "a symbolic link", "give the file that the link points to"),
)


class Source:
    """An input file held open by descriptor. Close it, or use it as a context manager.

    path         as it was given (never opened again)
    path_shown   the file's name, cleaned for display
    kind, format what the first bytes say ("jpeg", "mp4", ...); an animation is an image here
    bytes        size; `sha256` hex digest of all of them
    """

    __slots__ = ("_fd", "_stamp", "bytes", "format", "kind", "path", "path_shown", "sha256")

    def __init__(self, path: Path, fd: int, file_format: str) -> None:
        self.path = path
        self.path_shown = clean_name(path.name)
        self.format = file_format
        self.kind = MediaKind.IMAGE if file_format in IMAGE_FORMATS else MediaKind.VIDEO
        self._fd = fd
        self._stamp = _stamp(fd)
        self.bytes = self._stamp[0]
        self.sha256 = _sha256(fd)
        self.check_unchanged()

    def fileno(self) -> int:
        """The open descriptor; ValueError once closed."""
        if self._fd < 0:
            raise ValueError("expected an open source, got a closed one")
        return self._fd

    def check_unchanged(self) -> None:
        """RefusedError where the file was written to since it was opened."""
        if _stamp(self.fileno()) != self._stamp:
            raise RefusedError(
                ErrorKind.CORRUPT,
                f"{self.path_shown} changed while it was being read",
                "wait until the file is written completely, then try again",
            )

    def close(self) -> None:
        """Release the descriptor; closing twice is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Source({self.path_shown!r}, {self.format}, {self.bytes} bytes)"


def open_source(path: Path, settings: Settings, *, follow_links: bool = True) -> Source:
    """Open, check and hash a file; RefusedError with what to do next where it is not acceptable.

    `follow_links=False` refuses a symbolic link: for folder scans and the server.
    """
    fd = _open(path, follow_links=follow_links)
    try:
        file_format = _check(path, fd, settings)
        return Source(path, fd, file_format)
    except BaseException:
        os.close(fd)
        raise


def _open(path: Path, *, follow_links: bool) -> int:
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    try:
        # Opening a device can have effects of its own (a tape rewinds), so look first.
        _check_regular(path, path.stat(follow_symlinks=follow_links).st_mode)
        return os.open(path, flags if follow_links else flags | os.O_NOFOLLOW)
    except (OSError, ValueError) as error:
        raise _open_error(path, error) from None


def _open_error(path: Path, error: OSError | ValueError) -> RefusedError:
    shown = clean_name(path.name)
    number = error.errno if isinstance(error, OSError) else errno.ENOENT
    if number in {errno.EACCES, errno.EPERM}:
        return RefusedError(
            ErrorKind.NO_PERMISSION, f"{shown} may not be read", "ask for read access to the file"
        )
    if number in {errno.ELOOP, errno.ENXIO, errno.ENODEV}:
        return RefusedError(
            ErrorKind.NOT_A_FILE, f"{shown} is not a regular file", "give a picture or video file"
        )
    if number in {errno.EMFILE, errno.ENFILE, errno.EIO}:
        words = os.strerror(number)
        return RefusedError(ErrorKind.DISK, f"{shown} cannot be opened: {words}", "try again")
    return RefusedError(
        ErrorKind.NOT_FOUND, f"{shown} does not exist", "check the spelling of the path"
    )


def _check_regular(path: Path, mode: int) -> None:
    for test, noun, hint in _KINDS:
        if test(mode):
            shown = clean_name(path.name)
            raise RefusedError(ErrorKind.NOT_A_FILE, f"{shown} is {noun}, not a file", hint)


def _check(path: Path, fd: int, settings: Settings) -> str:
    """The sniffed format of a regular file that is neither empty nor too large."""
    status = os.fstat(fd)
    shown = clean_name(path.name)
    _check_regular(path, status.st_mode)
    if status.st_size == 0:
        raise RefusedError(
            ErrorKind.EMPTY_FILE, f"{shown} is empty (0 bytes)", "copy or download the file again"
        )
    head = _read(fd, SNIFF_BYTES, 0)
    file_format = sniff(head)
    if file_format is None:
        raise RefusedError(
            ErrorKind.UNSUPPORTED_TYPE,
            f"{shown} looks like {describe(head)}, not like a picture or video that is read",
            f"convert it to one of: {ACCEPTED}",
        )
    is_image = file_format in IMAGE_FORMATS
    allowed = settings.image_bytes_max if is_image else settings.video_bytes_max
    if status.st_size > allowed:
        raise RefusedError(
            ErrorKind.TOO_LARGE,
            f"{shown} has {status.st_size / 2**20:.1f} MiB; {allowed / 2**20:g} MiB are allowed "
            f"for a {'picture' if is_image else 'video'}",
            "save the picture at a lower quality" if is_image else "cut a shorter piece out of it",
        )
    return file_format


def _stamp(fd: int) -> tuple[int, int, int]:
    status = os.fstat(fd)
    return status.st_size, status.st_mtime_ns, status.st_ino


def _sha256(fd: int) -> str:
    digest = hashlib.sha256()
    at = 0
    while chunk := _read(fd, _CHUNK, at):
        digest.update(chunk)
        at += len(chunk)
    return digest.hexdigest()


def _read(fd: int, count: int, at: int) -> bytes:
    try:
        return os.pread(fd, count, at)
    except OSError as error:
        raise RefusedError(
            ErrorKind.DISK,
            f"the file cannot be read: {os.strerror(error.errno or errno.EIO)}",
            "check the disk or the network drive, then try again",
        ) from None
