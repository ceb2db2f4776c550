"""Options shared by several commands, from text to checked values; every miss is a UsageError."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from unmask.cli.words import LANGUAGES, locale_language
from unmask.errors import UsageError
from unmask.settings import Settings

DEFAULT_FORMATS = "html,json"


class Language(StrEnum):
    """What `--lang` takes."""

    KO = "ko"
    EN = "en"
    BOTH = "both"


class Register(StrEnum):
    """What `--register` takes."""

    PLAIN = "plain"
    EXPERT = "expert"


def parse_formats(text: str) -> tuple[str, ...]:
    """ "html,json" as names of report writers, in order and once each."""
    from unmask.report import WRITERS

    names = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not names:
        raise UsageError("--format is empty", f"choose from {', '.join(WRITERS)}")
    for name in names:
        WRITERS.get(name)
    return tuple(dict.fromkeys(names))


def report_languages(language: Language | None) -> tuple[str, ...]:
    """Languages of the reports: the one that was asked for, both, or the locale's."""
    if language is Language.BOTH:
        return LANGUAGES
    return (locale_language() if language is None else str(language),)


def terminal_language(language: Language | None) -> str:
    """Language of the terminal's own words: as asked for, else the locale's."""
    if language in (None, Language.BOTH):
        return locale_language()
    return str(language)


def make_settings(pairs: Sequence[str], **overrides: Any) -> Settings:
    """Settings from `KEY=VALUE` pairs and named options (None = not given).

    Named options win over pairs, pairs over `UNMASK_…` variables, those over the defaults.
    """
    values: dict[str, Any] = dict(_parse_pair(pair) for pair in pairs)
    values.update({key: value for key, value in overrides.items() if value is not None})
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UsageError(*_explain(error, values)) from None


def _parse_pair(pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    key = key.strip().lower().replace("-", "_")
    if not equals:
        raise UsageError(
            f"--settings takes KEY=VALUE, got {pair!r}", "for instance --settings frames=64"
        )
    if key not in Settings.model_fields:
        near = difflib.get_close_matches(key, Settings.model_fields, n=3, cutoff=0.4)
        names = near or sorted(Settings.model_fields)
        raise UsageError(f"unknown setting {key!r}", f"did you mean {', '.join(names)}?")
    return key, value.strip()


def _explain(error: ValidationError, given: dict[str, Any]) -> tuple[str, str]:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "settings"
    message = f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}, got {first['input']!r}"
    variable = f"UNMASK_{key.upper()}"
    if key not in given and variable in os.environ:
        return message, f"change or unset the variable {variable}"
    return message, "see `unmask analyze --help` and docs/USAGE.md for the range"
