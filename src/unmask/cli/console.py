"""The terminal: one door for everything that is written to stdout and stderr.

Tables are drawn by rich into a string first and written through `Out`, so that a closed pipe, a
full disk or a terminal without UTF-8 meets one piece of code. No file name reaches the terminal
without `clean_name`.
"""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from unmask.cli.errors_ko import ERRORS
from unmask.cli.words import locale_language
from unmask.errors import ErrorKind, UnmaskError, UsageError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# Columns given to a table that goes to a file or a pipe, where no terminal tells its width.
PIPE_COLUMNS = 160


class ClosedPipeError(Exception):
    """The reader of our stdout has gone away (`unmask … | head -1`)."""


def open_standard_streams() -> None:
    """Give the process three open standard streams, whatever its parent closed.

    Without this the first file we open would become fd 1 or 2 and receive our messages.
    Text that a stream's encoding cannot hold is escaped, never an exception.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            mode = "r" if descriptor == 0 else "w"
            setattr(sys, name, open(descriptor, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def write_out(text: str) -> None:
    """Write to stdout at once; ClosedPipeError or UsageError (kind `disk`) where that fails."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
        raise ClosedPipeError from None
    except OSError as error:
        drop_stdout()
        raise UsageError(
            f"cannot write to stdout: {error.strerror}",
            "free some space or send the output elsewhere",
            ErrorKind.DISK,
        ) from None


def drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush cannot fail."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def write_err(text: str) -> None:
    """Write a line to stderr; where nobody can read it, nothing is raised."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:  # stderr itself is full or closed: there is no third place to say so
        return


def error_line(error: UnmaskError, subject: str = "", language: str | None = None) -> str:
    """`error [kind]: message — hint`, with the file in front of the message where one is meant.

    In Korean (the locale's language where none is given) the kind is said in Korean, with what to
    do next, and the error's own words follow in brackets.
    """
    dash = "—" if encodes(sys.stderr, "—") else "-"
    if (language or locale_language()) == "ko" and encodes(sys.stderr, "오류"):
        what, hint = ERRORS[error.kind]
        named = f"{subject}: " if subject else ""
        own = f"{error.message} {dash} {error.hint}"
        return f"오류 [{error.kind}]: {named}{what} {dash} {hint} ({own})"
    named = f"{subject}: " if subject and subject not in error.message else ""
    return f"error [{error.kind}]: {named}{error.message} {dash} {error.hint}"


def encodes(stream: TextIO, text: str) -> bool:
    """Whether the stream's encoding can hold the text."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def debugging() -> bool:
    """Whether the user asked for tracebacks (`UNMASK_DEBUG=1`)."""
    return os.environ.get("UNMASK_DEBUG", "") not in {"", "0"}


def shown(path: Path | str) -> str:
    """A whole path as it may be shown: each part cleaned as a file name is."""
    from unmask.media.text import clean_name

    text = os.fspath(path)
    parts = [clean_name(part) for part in text.split("/") if part]
    return ("/" if text.startswith("/") else "") + "/".join(parts)


def columns() -> int:
    """Width for tables on stdout: the terminal's, or `PIPE_COLUMNS` where there is none."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return max(40, shutil.get_terminal_size().columns)
    return PIPE_COLUMNS


def draw(*parts: RenderableType, width: int | None = None) -> str:
    """The parts as text for stdout: colours only on a terminal, plain boxes without UTF-8."""
    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=width or columns(),
        force_terminal=sys.stdout.isatty(),
        no_color=True if "NO_COLOR" in os.environ else None,
        safe_box=not encodes(sys.stdout, "─"),
        highlight=False,
        emoji=False,
        markup=False,
    )
    return _captured(console, parts)


def _captured(console: Console, parts: tuple[RenderableType, ...]) -> str:
    for part in parts:
        console.print(part)
    buffer = console.file
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"  # type: ignore[attr-defined]
