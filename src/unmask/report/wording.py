"""The names and sentences of a language, from `explain/`: pages and text say things alike."""

from __future__ import annotations

import unmask.explain.english
import unmask.explain.korean  # noqa: F401 (importing a language registers it)
from unmask.explain.words import WORDS, Words


def words_of(language: str) -> Words:
    """The words of "ko" or "en"; UsageError on any other."""
    return WORDS.get(language)
