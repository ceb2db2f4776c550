"""File names as they may be shown: in reports, tables, logs and error messages.

A name is the one text in a report that a stranger wrote. Unicode bidi controls can make
`gpj.exe` read as `exe.jpg` (Unicode TR 36), line breaks forge lines in a log, lone surrogates
(bytes that are not UTF-8) cannot be encoded at all.
"""

from __future__ import annotations

import unicodedata

NAME_LENGTH_MAX = 120  # characters (docs/SAFETY.md, text out)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_TAIL = 24  # characters kept at the end of a long name: its extension is there


def clean_name(name: str) -> str:
    """`name` as NFC without control, format or bidi characters, at most 120 characters.

    Bytes that are not UTF-8 (lone surrogates) become U+FFFD; white space of any kind becomes one
    space; a long name loses its middle; an empty one reads "unnamed".
    """
    whole = unicodedata.normalize("NFC", "".join(_REPLACEMENT if _lone(c) else c for c in name))
    kept = (" " if c.isspace() else c for c in whole if c.isspace() or _printable(c))
    shown = " ".join("".join(kept).split())
    if len(shown) > NAME_LENGTH_MAX:
        head = NAME_LENGTH_MAX - _TAIL - 1
        shown = f"{shown[:head]}{_ELLIPSIS}{shown[-_TAIL:]}"
    return shown or "unnamed"


def _lone(char: str) -> bool:
    return unicodedata.category(char) == "Cs"


def _printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cn", "Co", "Zl", "Zp"}
