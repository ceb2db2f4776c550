"""Worker side: what a file says of its own history, from three readers that fail apart.

    credentials.py       the C2PA manifest
    picture_traces.py    EXIF, XMP, PNG text; tables and sampling of a JPEG
    clip_traces.py       container tags; the encoder's own note in the video stream

Asked for after decoding (`Decoder.provenance`). What one reader meets is noted in `problems`; the
others go on. Only fields that name software, camera or time are read: no place, no serial number,
no person (docs/SAFETY.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from unmask.errors import UnmaskError
from unmask.media.credentials import CREDENTIAL_FIELDS, read_credentials
from unmask.media.images import DAMAGE
from unmask.media.text import clean_text
from unmask.media.wire import TEXT_MAX, TEXTS_MAX, Job

Found = TypeVar("Found")


class Traces(NamedTuple):
    """Rows of metadata, (field, text), and lines about the encoding."""

    metadata: list[list[str]]
    encodings: list[str]


def read_traces(fd: int, job: Job) -> dict[str, Any]:
    """{"provenance": facts} of the file behind `fd`, for the parent to check."""
    data = os.pread(fd, job.bytes, 0) if job.kind == "image" else None
    facts: dict[str, Any] = {**CREDENTIAL_FIELDS, "metadata": [], "encodings": []}
    problems: list[str] = []
    found = _attempt("credentials", lambda: read_credentials(fd, job, data), problems)
    facts |= found or {"credentials": "unreadable"}
    traces = _attempt("metadata", lambda: _traces(fd, job, data), problems)
    if traces is not None:
        rows = [[field, clean_text(text, TEXT_MAX)] for field, text in traces.metadata]
        facts["metadata"] = [[field, text] for field, text in rows if text][:TEXTS_MAX]
        facts["encodings"] = traces.encodings
    facts["problems"] = [*facts["problems"], *problems]
    return {"provenance": facts}


def _traces(fd: int, job: Job, data: bytes | None) -> Traces:
    if data is not None:
        from unmask.media.picture_traces import picture_traces

        return Traces(*picture_traces(data, job))
    from unmask.media.clip_traces import clip_traces

    return Traces(*clip_traces(fd, job))


def _attempt(name: str, read: Callable[[], Found], problems: list[str]) -> Found | None:
    """What `read` gives, or None with a note in `problems`."""
    try:
        return read()
    except MemoryError:
        problems.append(f"{name}.memory_limit")
    except (*DAMAGE, UnmaskError):
        problems.append(f"{name}.unreadable")
    return None
