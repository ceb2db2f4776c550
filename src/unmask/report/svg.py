"""What the drawings of a report are made of: text, lines and zones as SVG, in the report's colours.

HTML shows a drawing inline, where the style sheet may recolour the classes for a dark screen; PDF
shows it as a picture, where the attributes count. Sizes are in the units of the view box; a page
makes it about 482 pt wide. Every text is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

WIDTH = 720.0
FONT = 12.0
INK, MUTED, LINE = "#1d2228", "#5a636e", "#c9ced5"
TONES = {"manipulated": "#9c2f2b", "inconclusive": "#86681a", "no_evidence": "#2c5c72"}
ZONES = {"manipulated": "#f0d9d6", "inconclusive": "#efe6cd", "no_evidence": "#d9e6ec"}


def draw_text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    tone: str = "muted",
    size: float = FONT,
    bold: bool = False,
) -> str:
    """Words at the base line `y`; `tone` is "ink", "muted" or an outcome."""
    fill = {"ink": INK, "muted": MUTED, **TONES}[tone]
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text class="t-{tone}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'font-size="{size:g}" fill="{fill}"{weight}>{escape(words)}</text>'
    )


def draw_line(
    x1: float, y1: float, x2: float, y2: float, kind: str = "line", dash: str = ""
) -> str:
    """A line of a `kind`: "line" (pale), "muted" or "ink" (strong)."""
    stroke = {"line": LINE, "ink": INK, "muted": MUTED, **TONES}[kind]
    width = 1.6 if kind == "ink" else 1.0
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="l-{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{stroke}" stroke-width="{width}"{dashes}/>'
    )


def draw_zone(x: float, y: float, width: float, height: float, outcome: str) -> str:
    """A filled rectangle in the pale colour of an outcome."""
    return (
        f'<rect class="z-{outcome}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{max(height, 0):.1f}" fill="{ZONES[outcome]}"/>'
    )


def draw_square(x: float, y: float, side: float = 6.0) -> str:
    """A small empty square round a point."""
    half = side / 2
    return (
        f'<rect class="l-muted" x="{x - half:.1f}" y="{y - half:.1f}" width="{side:g}" '
        f'height="{side:g}" fill="none" stroke="{MUTED}" stroke-width="1.4"/>'
    )


def drawing(height: float, parts: Iterable[str], title: str) -> str:
    """The whole SVG, `WIDTH` wide; `title` says it to those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" '
        f'width="{WIDTH:g}" height="{height:g}" role="img" aria-label="{escape(title)}" '
        f"font-family=\"'Noto Sans KR', 'Unmask Hangul', sans-serif\">" + "".join(parts) + "</svg>"
    )


def text_width(words: str, size: float = FONT) -> float:
    """About how wide `words` will be drawn; errs on the wide side, as DejaVu Sans does."""
    wide = (letter == "%" or ord(letter) > 0x2E80 for letter in words)
    return sum(size * (0.95 if one else 0.64) for one in wide)
