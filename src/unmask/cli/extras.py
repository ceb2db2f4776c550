"""Optional parts of the installation: is an extra there, and which line installs it?

Commands that need an extra call `need_extra` before anything else is imported, so that a small
installation answers with the line that mends it instead of a traceback.
"""

from __future__ import annotations

import re
from importlib import metadata

from unmask.errors import UsageError


def missing_packages(extra: str) -> list[str]:
    """Packages of `unmask[extra]` that are not installed; ValueError for an unknown extra.

    The list is the installed package's own, so it cannot fall behind pyproject.toml. Nothing is
    imported. UsageError where unmask runs from its source without having been installed.
    """
    wanted = re.compile(rf"""extra\s*==\s*["']{re.escape(extra)}["']""")
    try:
        requirements = metadata.requires("unmask") or []
    except metadata.PackageNotFoundError as error:
        raise UsageError(
            "unmask runs from its source and is not installed, so what it needs is not known",
            f"pip install -e '.[{extra}]' in its folder",
        ) from error
    needed = [line for line in requirements if wanted.search(line)]
    if not needed:
        raise ValueError(f"expected an extra of unmask, got {extra!r}")
    names = [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in needed]
    return [name for name in names if not _is_installed(name)]


def need_extra(extra: str) -> None:
    """Return where `unmask[extra]` is installed whole; UsageError with the line to type if not."""
    missing = missing_packages(extra)
    if missing:
        raise UsageError(
            f"this command needs the extra {extra!r}, and of it are missing: {', '.join(missing)}",
            f"pip install 'unmask[{extra}]'",
        )


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
