"""A stranger's texts as they may be shown: in reports, tables, logs and error messages.

File names and metadata are the texts in a report that a stranger wrote. Unicode bidi controls can
make `gpj.exe` read as `exe.jpg` (Unicode TR 36), line breaks forge lines in a log, lone surrogates
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
    shown = _one_line(name)
    if len(shown) > NAME_LENGTH_MAX:
        head = NAME_LENGTH_MAX - _TAIL - 1
        shown = f"{shown[:head]}{_ELLIPSIS}{shown[-_TAIL:]}"
    return shown or "unnamed"


def clean_text(text: str, length_max: int) -> str:
    """`text` cleaned as a name is, cut at its end to `length_max` characters; may be empty."""
    shown = _one_line(text[: 4 * length_max])  # what follows would be cut off in any case
    return shown if len(shown) <= length_max else f"{shown[: length_max - 1]}{_ELLIPSIS}"


def _one_line(text: str) -> str:
    whole = unicodedata.normalize("NFC", "".join(_REPLACEMENT if _lone(c) else c for c in text))
    kept = (" " if c.isspace() else c for c in whole if c.isspace() or _printable(c))
    return " ".join("".join(kept).split())


def _lone(char: str) -> bool:
    return unicodedata.category(char) == "Cs"


def _printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cn", "Co", "Zl", "Zp"}
