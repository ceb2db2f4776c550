"""A probability and its interval on a scale with the two thresholds, as SVG text.

Made from the JSON data of the report, shown by HTML and PDF.
"""

from __future__ import annotations

from typing import Any

from unmask.explain.format import threshold_percent
from unmask.report.figures import probability
from unmask.report.labels import label
from unmask.report.svg import TONES, WIDTH, draw_line, draw_text, draw_zone, drawing, text_width


def draw_gauge(face: dict[str, Any], language: str) -> str:
    """The probability and its interval on a scale with the two thresholds; "" without a number.

    `face` is an entry of `faces` or the whole report: `fake_probability`, `interval`, `threshold`,
    `clear_below`, `outcome`.
    """
    value = face["fake_probability"]
    if value is None:
        return ""
    clear, threshold, outcome = face["clear_below"], face["threshold"], face["outcome"]
    left, right, top, bottom = 6.0, WIDTH - 6.0, 32.0, 46.0

    def at(p: float) -> float:
        return left + (right - left) * p

    shown = probability(value, threshold, clear, language)
    half = text_width(shown, 16) / 2
    label_x = min(max(at(value), left + half), right - half)
    parts = [
        draw_zone(left, top, at(clear) - left, bottom - top, "no_evidence"),
        draw_zone(at(clear), top, at(threshold) - at(clear), bottom - top, "inconclusive"),
        draw_zone(at(threshold), top, right - at(threshold), bottom - top, "manipulated"),
        draw_line(at(clear), top - 3, at(clear), bottom + 5, "muted"),
        draw_line(at(threshold), top - 3, at(threshold), bottom + 5, "muted"),
        draw_text(label_x, 17, shown, anchor="middle", tone=outcome, size=16, bold=True),
    ]
    if face["interval"] is not None:
        low, high = (at(p) for p in face["interval"])
        parts += [draw_line(low, 39, high, 39, "ink"), draw_line(low, 35, low, 43, "ink")]
        parts += [draw_line(high, 35, high, 43, "ink")]
    x = at(value)
    parts.append(
        f'<path class="m-{outcome}" d="M{x - 5:.1f} 22H{x + 5:.1f}L{x:.1f} 31Z" '
        f'fill="{TONES[outcome]}"/><circle class="m-{outcome}" cx="{x:.1f}" cy="39" r="4" '
        f'fill="{TONES[outcome]}"/>'
    )
    clear_words, threshold_words = threshold_percent(clear), threshold_percent(threshold)
    parts += _gauge_ticks(at(clear), at(threshold), clear_words, threshold_words)
    parts += _zone_names(at(clear), at(threshold), language)
    return drawing(84, parts, gauge_words(face, language))


def gauge_words(face: dict[str, Any], language: str) -> str:
    """What the gauge shows, for those who cannot see it."""
    clear, threshold = face["clear_below"], face["threshold"]
    return label(
        language,
        "gauge.alt",
        value=probability(face["fake_probability"], threshold, clear, language),
        clear=threshold_percent(clear),
        threshold=threshold_percent(threshold),
    )


def _gauge_ticks(clear_x: float, threshold_x: float, clear: str, threshold: str) -> list[str]:
    """The numbers under the gauge, moved apart where they would touch; the ends where room is."""
    first, second = text_width(clear), text_width(threshold)
    left, right = clear_x - first / 2, threshold_x - second / 2
    push = max(0.0, left + first + 6 - right) / 2
    left = max(left - push, 4.0)
    right = min(max(right + push, left + first + 6), WIDTH - 4 - second)
    left = min(left, right - 6 - first)
    numbers = [draw_text(right, 62, threshold, tone="ink")]
    if clear_x < threshold_x:
        numbers.append(draw_text(left, 62, clear, tone="ink"))
    if left > 12 + text_width("0%"):
        numbers.append(draw_text(6, 62, "0%"))
    if right + second < WIDTH - 12 - text_width("100%"):
        numbers.append(draw_text(WIDTH - 6, 62, "100%", anchor="end"))
    return numbers


def _zone_names(clear_x: float, threshold_x: float, language: str) -> list[str]:
    """The names of the three zones; the middle one only where it fits between the others."""
    low = label(language, "outcome.no_evidence")
    middle = label(language, "outcome.inconclusive")
    high = label(language, "outcome.manipulated")
    names = [
        draw_text(6, 79, low, tone="no_evidence"),
        draw_text(WIDTH - 6, 79, high, anchor="end", tone="manipulated"),
    ]
    half = text_width(middle) / 2
    first = 6 + text_width(low) + 10 + half
    last = WIDTH - 6 - text_width(high) - 10 - half
    if first <= last:
        x = min(max((clear_x + threshold_x) / 2, first), last)
        names.append(draw_text(x, 79, middle, anchor="middle", tone="inconclusive"))
    return names
