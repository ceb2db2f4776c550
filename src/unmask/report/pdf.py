"""The report as a tagged PDF (PDF/UA-1), set by typst with the fonts that ship with the package.

typst gets one JSON file and the pictures: no text of the report is ever markup, and neither system
fonts nor the clock are used. Letters that the font lacks (a file name in another script) are
written as their code point, "[U+4E2D]", and stand as they are in the JSON and the HTML.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unmask.errors import InternalError
from unmask.report.document import Document
from unmask.report.labels import label
from unmask.report.material import Material
from unmask.report.view import view
from unmask.report.writer import WRITERS, ReportWriter


def _resource(*parts: str) -> Traversable:
    return resources.files("unmask.report").joinpath(*parts)


FONTS = _resource("fonts")
SHORT_NAME = 60  # characters of the file name in the page header


@WRITERS.register("pdf")
class PdfWriter(ReportWriter):
    """One file per language."""

    extension = "pdf"

    def render(self, material: Material, language: str) -> bytes:
        """The PDF of one language; InternalError where the template does not compile."""
        created = datetime.fromisoformat(material.data["created"])
        data, drawings = _data(view(material, language), created)
        files = {name: picture.data for name, picture in material.pictures.items()}
        files |= {name: svg.encode("utf-8") for name, svg in drawings.items()}
        files["document.json"] = json.dumps(data, ensure_ascii=False).encode("utf-8")
        files["report.typ"] = _resource("templates", "report.typ").read_bytes()
        return _compile(files, int(created.timestamp()))


def _compile(files: dict[str, bytes], timestamp: int) -> bytes:
    """Compile `report.typ` among `files`; typst takes pictures from a folder only."""
    import typst  # a tenth of a second that only a PDF should cost

    with TemporaryDirectory(prefix="unmask-") as scratch, resources.as_file(FONTS) as fonts:
        folder = Path(scratch)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        try:
            pdf: bytes = typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=typst.Fonts(include_system_fonts=False, font_paths=[fonts]),
                format="pdf",
                pdf_standards="ua-1",
                timestamp=timestamp,
            )
        except RuntimeError as error:
            raise InternalError(
                f"the PDF could not be set: {error}",
                "please report this as a bug; --format json,html works without it",
            ) from error
    return pdf


def _data(document: Document, created: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """The document for the template, and its drawings as SVG by file name."""
    written = asdict(document)
    data: dict[str, Any] = printable(written)
    if data["name"] != written["name"]:
        letters = [label(document.language, key) for key in ("letters", "letters.value")]
        data["overview"].insert(1, {"name": letters[0], "value": letters[1], "mono": False})
    moment = created.astimezone(UTC)
    data["date"] = [
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
    ]  # fmt: skip
    name = data["name"]
    data["short_name"] = name if len(name) <= SHORT_NAME else f"{name[: SHORT_NAME - 1]}…"
    drawings: dict[str, str] = {}
    for i, answer in enumerate([data["answer"], *(p["answer"] for p in data["persons"])]):
        answer["gauge"] = _keep(drawings, f"gauge-{i}.svg", answer.pop("gauge_svg"))
    for i, person in enumerate(data["persons"]):
        if person["timeline"] is not None:
            svg = person["timeline"].pop("svg")
            person["timeline"]["name"] = _keep(drawings, f"timeline-{i}.svg", svg)
    return data, drawings


def _keep(drawings: dict[str, str], name: str, svg: str) -> str:
    if svg:
        drawings[name] = svg
    return name if svg else ""


def printable(value: Any) -> Any:
    """The same data with every letter that the font lacks written as its code point."""
    if isinstance(value, str):
        known = _coverage()
        return "".join(c if ord(c) in known or c == "\n" else f"[U+{ord(c):04X}]" for c in value)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


@cache
def _coverage() -> frozenset[int]:
    """The code points of the shipped font (`fonts/coverage.txt`, by scripts/make_fonts.py)."""
    covered: set[int] = set()
    for line in _resource("fonts", "coverage.txt").read_text("ascii").split():
        first, last = (int(end, 16) for end in line.split("-"))
        covered.update(range(first, last + 1))
    return frozenset(covered)
