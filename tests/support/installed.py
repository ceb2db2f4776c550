"""The installed command and its reports, for end-to-end tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from unmask.cli.demo import samples

COMMAND = Path(sys.executable).with_name("unmask")


@dataclass(frozen=True)
class Ran:
    """A finished process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, object]]:
        return json.loads(self.out)


def namespace(*flags: str) -> list[str]:
    """`unshare` with the flags in the form this system allows, or nothing."""
    for form in ([*flags], ["-r", *flags]):
        command = ["unshare", *form]
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], check=False).returncode
        ):
            return command
    return []


def sample(*suffixes: str) -> Path:
    """The smallest sample with one of the suffixes."""
    return min(
        (path for path in samples() if path.suffix in suffixes),
        key=lambda path: path.stat().st_size,
    )


def whole(path: Path) -> bool:
    """Whether a report file is complete."""
    data = path.read_bytes()
    if path.suffix == ".json":
        return isinstance(json.loads(data), dict)
    ends = {".html": b"</html>", ".pdf": b"%%EOF"}
    return data.rstrip().endswith(ends[path.suffix])
