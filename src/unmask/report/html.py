"""The report as one self-contained HTML file.

No script, no network, no other file: a content security policy in the page allows inline style,
`data:` pictures and the letters that a Korean page carries (`page_font.py`). Every text is escaped
by Jinja; the drawings come from `svg.py`, which escapes its own. The file prints on A4 and follows
a dark screen.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from unmask.report.material import Material
from unmask.report.page_font import page_font
from unmask.report.view import view
from unmask.report.writer import WRITERS, ReportWriter

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@WRITERS.register("html")
class HtmlWriter(ReportWriter):
    """One file per language."""

    extension = "html"

    def render(self, material: Material, language: str) -> bytes:
        """The page of one language; UsageError on an unknown one."""
        document = view(material, language)
        uris = {name: _data_uri(p.media_type, p.data) for name, p in material.pictures.items()}
        template = _environment().get_template("report.html.j2")
        page = template.render(d=document, w=document.words, css=_css(language), uris=uris)
        return (page + "\n").encode("utf-8")


def _data_uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only HTML should cost this
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("unmask.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = Markup  # svg.py escapes the texts in its drawings
    return environment


@cache
def _css(language: str) -> Markup:
    from markupsafe import Markup

    folder = resources.files("unmask.report").joinpath("templates")
    own = folder.joinpath("report.css").read_text("utf-8")
    return Markup(page_font(language) + own)  # our own files
