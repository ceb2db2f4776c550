"""A person's probability over time with thresholds, cuts and abstentions, as SVG text.

What the temporal detector says stands beside it as a dashed line with squares.

Made from the JSON data of the report, shown by HTML and PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from unmask.explain.format import threshold_percent
from unmask.report.figures import probability, ticks
from unmask.report.labels import label
from unmask.report.svg import (
    INK,
    MUTED,
    WIDTH,
    draw_line,
    draw_square,
    draw_text,
    draw_zone,
    drawing,
    text_width,
)

STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)


def draw_timeline(
    face: dict[str, Any], clear_below: float, cuts_s: Sequence[float], end_s: float, language: str
) -> str:
    """A person's probability over time with thresholds, cuts and abstentions; "" without moments.

    Moments are joined by a line only where no cut and no abstention lies between them.
    """
    moments = face["timeline"]
    if not moments:
        return ""
    end = max(end_s, *(moment["time_s"] for moment in moments), 0.1)
    left, right, top, bottom = 54.0, WIDTH - 12.0, 22.0, 142.0
    lane = bottom + 12  # abstentions

    def at(moment: dict[str, Any], key: str = "fake_probability") -> tuple[float, float]:
        p = moment[key]
        x = left + (right - left) * moment["time_s"] / end
        return x, lane if p is None else bottom - (bottom - top) * p

    parts = _timeline_ground(face["threshold"], clear_below, (left, right, top, bottom), language)
    parts += _cuts([left + (right - left) * cut / end for cut in cuts_s], (top, bottom), language)
    parts += _over_time(moments, cuts_s, at)
    parts += _joined(moments, cuts_s, at)
    parts += [_mark(*at(m), telling=_is_telling(m, face), scored=_scored(m)) for m in moments]
    parts += _time_axis(end, (left, right), bottom, language)
    if any(not _scored(moment) for moment in moments):
        parts.append(draw_text(left - 6, lane + 4, "×", anchor="end"))
    return drawing(192, parts, timeline_words(face, clear_below, language))


def _cuts(places: list[float], sides: tuple[float, float], language: str) -> list[str]:
    """A dotted line per cut, named where the names do not touch."""
    top, bottom = sides
    name = label(language, "timeline.cut")
    room, last = text_width(name, 10) + 4, 0.0
    marks: list[str] = []
    for x in places:
        marks.append(draw_line(x, top - 4, x, bottom, "ink", "1 3"))
        if x - last >= room and x <= WIDTH - room / 2:
            marks.append(draw_text(x, top - 8, name, anchor="middle", size=10))
            last = x
    return marks


def _scored(moment: dict[str, Any]) -> bool:
    return moment["fake_probability"] is not None


def _is_telling(moment: dict[str, Any], face: dict[str, Any]) -> bool:
    return bool(moment["frame_index"] == face["frame_index"]) and _scored(moment)


def _timeline_ground(
    threshold: float, clear: float, box: tuple[float, float, float, float], language: str
) -> list[str]:
    left, right, top, bottom = box

    def y_of(p: float) -> float:
        return bottom - (bottom - top) * p

    width = right - left
    return [
        draw_zone(left, y_of(1), width, y_of(threshold) - y_of(1), "manipulated"),
        draw_zone(left, y_of(threshold), width, y_of(clear) - y_of(threshold), "inconclusive"),
        draw_zone(left, y_of(clear), width, y_of(0) - y_of(clear), "no_evidence"),
        *[draw_line(left, y_of(p), right, y_of(p), "muted", "4 3") for p in (threshold, clear)],
        *_axis_names(
            left, [(y_of(p), threshold_percent(p)) for p in (threshold, clear)], (top, bottom)
        ),
        draw_line(left, bottom, right, bottom, "ink"),
    ]


def _axis_names(
    left: float, thresholds: list[tuple[float, str]], sides: tuple[float, float]
) -> list[str]:
    """The numbers at the axis: the thresholds first, then those of its ends that touch none."""
    top, bottom = sides
    ends = [(bottom, "0%", "muted"), (top, "100%", "muted")]
    taken: list[float] = []
    shown: list[str] = []
    for y, words, tone in [*((y, words, "ink") for y, words in thresholds), *ends]:
        if all(abs(y - other) >= 12 for other in taken):
            shown.append(draw_text(left - 6, y + 4, words, anchor="end", tone=tone))
            taken.append(y)
    return shown


def has_temporal(face: dict[str, Any]) -> bool:
    """Whether the temporal detector said anything of the person."""
    return any(moment["temporal"] is not None for moment in face["timeline"])


def _over_time(moments: list[dict[str, Any]], cuts_s: Sequence[float], at: Any) -> list[str]:
    """The temporal detector's scores: squares, joined where no cut and no gap lies between."""
    marks: list[str] = []
    places = [None if m["temporal"] is None else at(m, "temporal") for m in moments]
    for (here, after), (first, last) in zip(pairwise(places), pairwise(moments), strict=True):
        cut = any(first["time_s"] < c <= last["time_s"] for c in cuts_s)
        if here and after and not cut:
            (x1, y1), (x2, y2) = here, after
            marks.append(draw_line(x1, y1, x2, y2, "muted", "5 3"))
    marks += [draw_square(*place) for place in places if place]
    return marks


def _joined(moments: list[dict[str, Any]], cuts_s: Sequence[float], at: Any) -> list[str]:
    lines: list[str] = []
    for here, after in pairwise(moments):
        cut = any(here["time_s"] < c <= after["time_s"] for c in cuts_s)
        if _scored(here) and _scored(after) and not cut:
            (x1, y1), (x2, y2) = at(here), at(after)
            lines.append(draw_line(x1, y1, x2, y2, "ink"))
    return lines


def _mark(x: float, y: float, *, telling: bool, scored: bool) -> str:
    if not scored:
        d = f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7M{x + 3.5:.1f} {y - 3.5:.1f}l-7 7"
        return f'<path class="l-muted" d="{d}" stroke="{MUTED}" stroke-width="1.6" fill="none"/>'
    ring = (
        f'<circle class="l-ink" cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{INK}" '
        f'stroke-width="1.6"/>'
    )
    dot = f'<circle class="m-ink" cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{INK}"/>'
    return dot + ring if telling else dot


def _time_axis(end: float, sides: tuple[float, float], bottom: float, language: str) -> list[str]:
    left, right = sides
    step = next((s for s in STEPS_S if end / s <= 10), end)
    unit = label(language, "timeline.minutes" if end >= 60 else "timeline.seconds")
    room = text_width(unit, 11) + 26
    axis = [draw_text(right, bottom + 36, unit, anchor="end", size=11)]
    for k in range(int(end * 1.0001 / step) + 1):
        x = left + (right - left) * k * step / end
        axis.append(draw_line(x, bottom, x, bottom + 4, "muted"))
        if x < right - room:
            words = ticks(k * step, tenths=step < 1, minutes=end >= 60)
            axis.append(draw_text(x, bottom + 36, words, anchor="middle", size=11))
    return axis


def timeline_words(face: dict[str, Any], clear_below: float, language: str) -> str:
    """What the timeline shows, for those who cannot see it."""
    scores = [m["fake_probability"] for m in face["timeline"] if _scored(m)]
    none = label(language, "no_probability")
    high, low = (
        probability(pick(scores), face["threshold"], clear_below, language) if scores else none
        for pick in (max, min)
    )
    return label(
        language,
        "timeline.alt",
        id=face["id"],
        scored=len(scores),
        abstained=len(face["timeline"]) - len(scores),
        high=high,
        low=low,
    )
