"""Typed registries: one registration line makes a part known by name.

Detectors, report writers, narrators, architectures, data-set adapters and metrics register here.
A duplicate raises at import; a miss lists near matches.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from unmask.errors import UsageError

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to parts. `kind` is the noun shown in errors ("architecture")."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._parts: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a part with its name; ValueError where the name is taken."""

        def add(part: T) -> T:
            if name in self._parts:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._parts[name] = part
            return part

        return add

    def get(self, name: str) -> T:
        """The part of that name; UsageError with near matches where there is none."""
        try:
            return self._parts[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._parts, n=3, cutoff=0.4)
            meant = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(self)}"
            raise UsageError(f"unknown {self.kind} {name!r}", meant) from None

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._parts))
