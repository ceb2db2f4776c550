"""The sections of an interpretation, in the order in which a report tells them.

Findings -> plan (which section a line belongs to) -> sentences -> JSON, HTML, PDF. The limits of a
result are a list of their own (`Narrative.limits`) and stand between reliability and next steps.
"""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """What a sentence is about."""

    RESULT = "result"
    MAP = "map"
    TIME = "time"
    TEXTURE = "texture"
    LIGHT = "light"
    CONTEXT = "context"
    RELIABILITY = "reliability"
    NEXT = "next"
    PROVENANCE = "provenance"  # beside the interpretation (`Narrative.about_file`)
