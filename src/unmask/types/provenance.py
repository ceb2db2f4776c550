"""Where a file says it comes from: content credentials, metadata, traces of earlier encodings.

Never part of a probability, and absence is not a sign of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Credentials(StrEnum):
    """What became of a file's C2PA manifest."""

    ABSENT = "absent"
    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a file carries about its own history; every text is cleaned and cut.

    credentials  state of the C2PA manifest (C2PA specification 2.1)
    trusted      whether its signer is on a trust list that was given, or None without one
    signer       name on the certificate, or ""
    generator    the claim's generator ("Adobe Firefly"), or ""
    generated    True where the manifest itself says trained algorithmic media; None = says nothing
    actions      the manifest's actions in order ("c2pa.edited")
    problems     codes of what failed in validation
    metadata     (field, text) of EXIF/XMP/container tags that name software, camera or time
    encodings    what the file's own structure says of how it was encoded ("jpeg quality 92, 4:2:0")
    """

    credentials: Credentials = Credentials.UNCHECKED
    trusted: bool | None = None
    signer: str = ""
    generator: str = ""
    generated: bool | None = None
    actions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    encodings: tuple[str, ...] = ()
