"""Self-contained HTML pages of the research commands: one environment, pictures as data URIs.

No script, no network, no other file; the base template carries the content security policy. Every
text is escaped by Jinja.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from unmask.report.page_font import page_font

if TYPE_CHECKING:
    from jinja2 import Environment


def data_uri(media_type: str, data: bytes) -> str:
    """A picture as the `src` of an `img`."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def render_page(template: str, language: str, **values: Any) -> str:
    """A template of `evaluate/templates` as a whole page."""
    from markupsafe import Markup

    letters = Markup(page_font(language))  # our own
    page = _environment().get_template(template)
    return page.render(language=language, letters=letters, **values) + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("unmask.evaluate", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
