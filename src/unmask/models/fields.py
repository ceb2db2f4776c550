"""Reading a card's JSON field by field: a failure names the field, what was expected, what came.

Used by `models/card_reader.py` only; a card is written by people and by training runs, so what is
wrong with it must be readable.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from unmask.errors import BundleError

HINT = "correct card.json, or take the bundle again from where it was published"


class Fields:
    """One JSON object of a card; `path` is where it stands ("calibration")."""

    def __init__(self, values: object, path: str = "") -> None:
        self.path = path
        if not isinstance(values, Mapping):
            self._fail("", "an object", values)
        self._values: Mapping[str, Any] = values

    def _fail(self, key: str, expected: str, got: object) -> NoReturn:
        where = ".".join(part for part in (self.path, key) if part) or "card"
        raise BundleError(f"card.json: {where}: expected {expected}, got {got!r}", HINT)

    def check(self, key: str, condition: object, expected: str) -> None:
        """BundleError "expected …, got …" about `key` where `condition` does not hold."""
        if not condition:
            self._fail(key, expected, self._values.get(key))

    def has(self, key: str) -> bool:
        """Whether the object has that key with a value other than null."""
        return self._values.get(key) is not None

    def raw(self, key: str) -> Any:
        """The value as it stands; BundleError where the key is missing."""
        if key not in self._values:
            self._fail(key, "a value", "nothing")
        return self._values[key]

    def text(self, key: str) -> str:
        """A string that is not empty."""
        value = self.raw(key)
        self.check(key, isinstance(value, str) and value.strip(), "a text that is not empty")
        return str(value)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.raw(key)
        self.check(key, isinstance(value, bool), "true or false")
        return bool(value)

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number in [low, high]."""
        value = self.raw(key)
        expected = f"a number from {low:g} to {high:g}"
        self.check(key, _is_number(value) and low <= value <= high, expected)
        return float(value)

    def whole(self, key: str, low: int) -> int:
        """A whole number of at least `low`."""
        value = self.raw(key)
        good = isinstance(value, int) and not isinstance(value, bool) and value >= low
        self.check(key, good, f"a whole number of at least {low}")
        return int(value)

    def numbers(self, key: str, count: int | None = None) -> tuple[float, ...]:
        """A list of finite numbers, `count` of them or, without it, at least one."""
        value = self.raw(key)
        right = isinstance(value, list) and (len(value) == count if count else len(value) > 0)
        expected = f"a list of {count or 'one or more'} numbers"
        self.check(key, right and all(_is_number(item) for item in value), expected)
        return tuple(float(item) for item in value)

    def span(self, key: str, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """[a, b] with low <= a <= b <= high."""
        first, last = self.numbers(key, 2)
        expected = f"[a, b] with {low:g} <= a <= b <= {high:g}"
        self.check(key, low <= first <= last <= high, expected)
        return first, last

    def names(self, key: str) -> tuple[str, ...]:
        """A list of different strings, at least one."""
        value = self.raw(key)
        good = isinstance(value, list) and value and all(isinstance(x, str) and x for x in value)
        self.check(key, good and len(set(value)) == len(value), "a list of different names")
        return tuple(value)

    def inner(self, key: str) -> Fields:
        """The object under `key`."""
        return Fields(self.raw(key), ".".join(part for part in (self.path, key) if part))

    def items(self, key: str) -> tuple[Fields, ...]:
        """The list of objects under `key`, which may be empty."""
        value = self.raw(key)
        self.check(key, isinstance(value, list), "a list of objects")
        path = ".".join(part for part in (self.path, key) if part)
        return tuple(Fields(item, f"{path}[{i}]") for i, item in enumerate(value))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
