"""Runs the typer app and turns the parser's own complaints into our errors.

typer carries its own copy of click since 0.20 and used the real one before, so the classes are
taken from what typer itself exports.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import typer

from unmask.cli.console import ClosedPipeError, drop_stdout, shown
from unmask.errors import UsageError

# ClickException or its like: the eldest ancestor of BadParameter that can word itself.
_ParserError: type[Exception] = next(
    base for base in reversed(typer.BadParameter.__mro__) if hasattr(base, "format_message")
)


def run_app(arguments: Sequence[str]) -> int:
    """The exit code of the command line; raises UsageError for what the parser refuses."""
    from unmask.cli.app import app

    try:
        code = app(args=list(arguments), prog_name="unmask", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _ParserError as error:
        if not error.format_message():  # type: ignore[attr-defined]
            return UsageError.exit_code  # no arguments: the help has been shown instead
        raise _as_usage_error(error, arguments) from None
    except SystemExit:
        # typer and rich both leave like this, and only so, when the reader of a help text is gone
        drop_stdout()
        raise ClosedPipeError from None
    return code if isinstance(code, int) else 0


def _as_usage_error(error: Exception, arguments: Sequence[str]) -> UsageError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "unmask"
    message = error.format_message().rstrip(".")  # type: ignore[attr-defined]
    hint = f"see `{command} --help`"
    files = [one for one in arguments if one.startswith("-") and os.path.isfile(one)]  # noqa: PTH113
    if files:
        hint = f"a file whose name begins with a dash is named ./{shown(files[0])}"
    return UsageError(message[:1].lower() + message[1:], hint)
