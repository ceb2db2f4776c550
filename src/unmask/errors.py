"""Errors that say what failed, what is allowed and what to do next.

    UnmaskError
    |- RefusedError      the file cannot be analysed              exit 4   HTTP 415 / 413 / 422
    |- LimitError        a limit of time or memory was hit        exit 5   HTTP 422
    |- UsageError        the caller asked for something wrong     exit 2   HTTP 400
    |- BundleError       a model bundle is damaged or unfit       exit 2   HTTP 400
    '- InternalError     our bug                                  exit 1   HTTP 500

`kind` is one of `ErrorKind`; `hint` is the next step for the reader and never empty.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    """Machine-readable names, the same in the JSON, on the command line and over HTTP."""

    UNSUPPORTED_TYPE = "unsupported_type"
    TOO_LARGE = "too_large"
    EMPTY_FILE = "empty_file"
    CORRUPT = "corrupt"
    TRUNCATED = "truncated"
    NO_VIDEO_STREAM = "no_video_stream"
    NO_FRAMES = "no_frames"
    BAD_DIMENSIONS = "bad_dimensions"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_FOUND = "not_found"
    NOT_A_FILE = "not_a_file"
    NO_PERMISSION = "no_permission"
    DECODER_CRASH = "decoder_crash"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    USAGE = "usage"
    BAD_BUNDLE = "bad_bundle"
    DISK = "disk"
    INTERNAL = "internal"


class UnmaskError(Exception):
    """Base of all errors of this package."""

    exit_code = 1
    http_status = 500

    def __init__(self, kind: ErrorKind, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """What another process needs to raise it again: pickle would call it with the message."""
        return _again, (type(self), self.kind, self.message, self.hint)

    def as_dict(self) -> dict[str, str]:
        """The error as it stands in the JSON output."""
        return {"kind": str(self.kind), "message": self.message, "hint": self.hint}


def _again(cls: type[UnmaskError], kind: ErrorKind, message: str, hint: str) -> UnmaskError:
    error = cls.__new__(cls)
    UnmaskError.__init__(error, kind, message, hint)
    return error


class RefusedError(UnmaskError):
    """The file cannot be analysed."""

    exit_code = 4
    http_status = 422


class LimitError(UnmaskError):
    """A limit of time or memory was hit while reading the file."""

    exit_code = 5
    http_status = 422


class UsageError(UnmaskError):
    """The caller asked for something that does not exist or does not fit."""

    exit_code = 2
    http_status = 400

    def __init__(self, message: str, hint: str, kind: ErrorKind = ErrorKind.USAGE) -> None:
        super().__init__(kind, message, hint)


class BundleError(UsageError):
    """A model bundle is missing, damaged or unfit for the task."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint, ErrorKind.BAD_BUNDLE)


class InternalError(UnmaskError):
    """A bug of ours."""

    exit_code = 1

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(ErrorKind.INTERNAL, message, hint)
