"""The look of all plots, and the way from a Matplotlib figure to bytes for a page.

Figures are made without pyplot: no display, no global state, nothing to close.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, GENUINE, FAKE, SOFT = "#1d2228", "#2c5c72", "#9c2f2b", "#b9c1c9"
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e7ea",
    "axes.axisbelow": True,
    "figure.dpi": 110,
    "svg.hashsalt": "unmask",  # the same figure, the same bytes
}


def new_figure(width_in: float, height_in: float, rows: int = 1, columns: int = 1) -> Any:
    """(figure, axes) in our style; axes is one, or an array (rows, columns)."""
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        return figure, figure.subplots(rows, columns)


def as_png(figure: Figure) -> bytes:
    """The figure as PNG."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def as_svg(figure: Figure) -> bytes:
    """The figure as SVG with outlined letters: it looks the same on every machine."""
    buffer = BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
