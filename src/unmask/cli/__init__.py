"""The command line: typer commands, thin shells over the same `Analyzer` as the Python API.

Here live argument parsing, the terminal's words and exit codes; no analysis and no report text.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

__all__ = ["main"]

EXIT_CLOSED_PIPE = 141  # 128 + SIGPIPE, what a shell reports for a program that met one


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors become one line on stderr."""
    from unmask.cli.console import ClosedPipeError, error_line, open_standard_streams, write_err

    open_standard_streams()
    _set_up_logging()
    from unmask.cli.batch import EXIT_INTERRUPTED, as_unmask_error
    from unmask.cli.usage import run_app

    try:
        return run_app(sys.argv[1:] if arguments is None else list(arguments))
    except ClosedPipeError:
        return EXIT_CLOSED_PIPE
    except KeyboardInterrupt:
        write_err("")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process's edge: one line, never a traceback
        failure = as_unmask_error(error)
        write_err(error_line(failure))
        return failure.exit_code


def _set_up_logging() -> None:
    """Log lines go to stderr only where the user asked for them (`UNMASK_DEBUG=1`)."""
    from unmask.cli.console import debugging

    if debugging():
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    else:
        logging.getLogger("unmask").addHandler(logging.NullHandler())
