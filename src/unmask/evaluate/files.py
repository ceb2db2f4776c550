"""Results as files: JSON without NaN, pages, pictures; each written whole or not at all."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unmask.record import versions
from unmask.report.rounding import PROBABILITY, rounded

RESEARCH_PACKAGES = ("scikit-learn", "pandas", "matplotlib")


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """A result as plain JSON data with six decimals; InternalError on NaN."""
    rounded_result: dict[str, Any] = rounded(result, PROBABILITY)
    return rounded_result


def write_json(path: Path, result: dict[str, Any]) -> None:
    """Write JSON without NaN, whole or not at all."""
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, (text + "\n").encode())


def write_pictures(folder: Path, pictures: dict[str, bytes]) -> None:
    """Write the pictures as `NAME.png`."""
    folder.mkdir(exist_ok=True)
    for name, data in pictures.items():
        write_whole(folder / f"{name}.png", data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def research_versions() -> dict[str, str]:
    """Versions of what measured, and the machine."""
    further = {name: version(name) for name in RESEARCH_PACKAGES}
    return {**versions(), **further, "machine": f"{platform.system()} {platform.machine()}"}
