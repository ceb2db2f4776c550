"""Reports as files: JSON, HTML and PDF, in Korean and English.

Here live the layout, the labels, the fonts and the schema. No sentence about a file is written
here (`explain/` does that) and no number is computed; what HTML and PDF show stands in the JSON.
"""

from __future__ import annotations

from unmask.report.as_json import error_to_dict, read_schema, report_to_dict, to_text
from unmask.report.html import HtmlWriter
from unmask.report.json_file import JsonWriter
from unmask.report.pdf import PdfWriter
from unmask.report.writer import WRITERS, ReportWriter, write_reports

__all__ = [
    "WRITERS",
    "HtmlWriter",
    "JsonWriter",
    "PdfWriter",
    "ReportWriter",
    "error_to_dict",
    "read_schema",
    "report_to_dict",
    "to_text",
    "write_reports",
]
