"""The JSON file of a report: all numbers, both languages, one file."""

from __future__ import annotations

from unmask.report.as_json import to_text
from unmask.report.material import Material
from unmask.report.writer import WRITERS, ReportWriter


@WRITERS.register("json")
class JsonWriter(ReportWriter):
    """One file for all languages."""

    extension = "json"
    per_language = False

    def render(self, material: Material, language: str) -> bytes:
        """UTF-8 text of the data; `language` changes nothing."""
        del language
        return to_text(material.data).encode("utf-8")
