"""unmask: for every face in a picture or a clip, is there evidence that it was manipulated?

    import unmask

    report = unmask.analyze("photo.jpg")          # one file
    with unmask.Analyzer() as analyzer:           # many: decoder and networks stay warm
        for path, result in analyzer.analyze_many(paths):
            ...

The parts are imported when first used, so that `import unmask` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unmask.analyzer import Analyzer
    from unmask.errors import UnmaskError
    from unmask.settings import Settings
    from unmask.types import Outcome, Report

__version__ = "0.1.0"

_HOME = {
    "Analyzer": "unmask.analyzer",
    "Outcome": "unmask.types",
    "Report": "unmask.types",
    "Settings": "unmask.settings",
    "UnmaskError": "unmask.errors",
}

__all__ = [
    "Analyzer",
    "Outcome",
    "Report",
    "Settings",
    "UnmaskError",
    "__version__",
    "analyze",
]


def analyze(path: str | Path, **options: Any) -> Report:
    """The report on one picture or clip; `options` are those of `Analyzer`.

    Raises UnmaskError where the file cannot be analysed. For several files use one `Analyzer`:
    it keeps the decoder and the networks warm.
    """
    from unmask.analyzer import Analyzer

    with Analyzer(**options) as analyzer:
        return analyzer.analyze(path)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'unmask' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
