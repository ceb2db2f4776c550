"""The parent's side of provenance: a checked `Provenance` from what the worker read.

`traces.py` reads in the sandbox; here every text is cleaned and cut again and every code is
checked, because the worker may have been taken over by the file. Names and tools that a file
mentions are data: they are shown quoted, in a section of their own, and no verdict and no language
model ever sees them. Where reading fails the section says so (`problems`), never the analysis.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from unmask.errors import UsageError
from unmask.media.decoded import AnswerError
from unmask.media.text import clean_name, clean_text
from unmask.media.wire import TEXT_MAX, TEXTS_MAX
from unmask.types import Credentials, Provenance

TRUST_LIST_BYTES_MAX = 4 << 20
PEM_START = b"-----BEGIN CERTIFICATE-----"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:-]{0,59}")
_ENCODING = re.compile(r"[a-z0-9]+(?: [a-z_]+=[a-z0-9.:_-]+){0,8}")
_WRONG = (LookupError, TypeError, ValueError, AttributeError)


def read_provenance(answer: dict[str, Any]) -> Provenance:
    """The worker's closing answer as a Provenance; AnswerError where it does not hold together."""
    try:
        facts = answer["provenance"]
        return Provenance(
            credentials=Credentials(facts["credentials"]),
            trusted=_flag(facts["trusted"]),
            signer=_text(facts["signer"]),
            generator=_text(facts["generator"]),
            generated=_flag(facts["generated"]),
            actions=_codes(facts["actions"]),
            problems=_codes(facts["problems"]),
            metadata=tuple(_row(row) for row in facts["metadata"][:TEXTS_MAX]),
            encodings=tuple(_encoding(line) for line in facts["encodings"][:TEXTS_MAX]),
        )
    except _WRONG as error:
        raise AnswerError(str(error)) from None


def not_read(reason: str) -> Provenance:
    """What stands in the report where the worker gave no answer: `reason` is a code."""
    return Provenance(Credentials.UNREADABLE, problems=(reason,))


def check_trust_list(path: Path | None) -> str:
    """SHA-256 of a list of trust anchors, "" without one; UsageError where it is no such list."""
    if path is None:
        return ""
    shown, hint = clean_name(path.name), "give a PEM file with the certificates of trust anchors"
    try:
        data = path.read_bytes() if path.stat().st_size <= TRUST_LIST_BYTES_MAX else b""
    except OSError as error:
        raise UsageError(f"trust list {shown} cannot be read: {error.strerror}", hint) from None
    if PEM_START not in data:
        raise UsageError(f"trust list {shown} holds no certificate", hint)
    return hashlib.sha256(data).hexdigest()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return clean_text(value, TEXT_MAX)


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"expected true, false or null, got {type(value).__name__}")
    return value


def _codes(values: list[Any]) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(_CODE.fullmatch(value) for value in values):
        raise ValueError("expected a list of codes")
    return tuple(dict.fromkeys(values[:TEXTS_MAX]))


def _row(row: list[Any]) -> tuple[str, str]:
    field, text = row
    if not _FIELD.fullmatch(field):
        raise ValueError("expected a field's name")
    return field, _text(text)


def _encoding(line: str) -> str:
    if len(line) > TEXT_MAX or not _ENCODING.fullmatch(line):
        raise ValueError("expected a line about the encoding")
    return line
