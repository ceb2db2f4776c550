"""Codes that other parts of the program write into the JSON, in the words of a language.

What was left out of a file, how it was encoded, how strong a change was, the terms of a data set.
What is not known here is shown as it stands.
"""

from __future__ import annotations

import re

from unmask.report.labels import LABELS, label, label_or

REASONS = {  # sentences of `Skipped`, whose code is their text
    "weak detection that no face mesh confirms": "weak",
    "one weak detection in one frame of the clip": "ghost",
}
MANY = re.compile(r"more than (\d+) faces in a frame, the largest were read")
LOST = re.compile(r"([\w ]+): ([\w ,]+) \((\d+)\)")  # "packets: corrupt (1)"
LEVELS = {
    "q": re.compile(r"q(\d+)"),
    "x": re.compile(r"x([\d.]+)"),
    "sigma": re.compile(r"sigma=([\d.]+)px"),
    "sd": re.compile(r"sd=([\d.]+)"),
    "edges": re.compile(r"edges=([\d.]+)%"),
    "crf": re.compile(r"crf=([\d.]+)"),
}
FORMATS = {"webp": "WebP", "webm": "WebM", "mpegts": "MPEG-TS", "h264": "H.264", "hevc": "H.265"}


def format_name(code: str) -> str:
    """A file format or codec as readers know it: "JPEG", "WebP", "H.264"."""
    return FORMATS.get(code, code.upper())


def left_out_words(what: str, reason: str, language: str) -> tuple[str, str]:
    """What was left out, and why."""
    many = MANY.fullmatch(reason)
    if many:
        why = label(language, "left.why.many", value=many[1])
    else:
        why = label_or(language, f"left.why.{REASONS.get(reason, reason)}", reason)
    return label_or(language, f"left.{what}", what), why


def lost_words(text: str, language: str) -> str | None:
    """What a damaged file lacks, "packets: corrupt (1); seconds: truncated (3)"; None if other."""
    found = [LOST.fullmatch(part) for part in text.split("; ")]
    shown = []
    for one in found:
        if one is None:
            return None
        what, why = left_out_words(one[1], one[2], language)
        shown.append(label(language, "detail.lost", what=what, count=one[3], why=why))
    return "; ".join(shown)


def encoding_words(text: str, language: str) -> str:
    """An encoding, "jpeg quality=92 tables=standard": "JPEG, quality 92, standard ..."."""
    name, *pairs = text.split(" ")
    head = name if "=" in name else format_name(name)
    shown = [_pair(pair, language) for pair in ([head] if "=" in name else []) + pairs]
    return ", ".join(shown if "=" in name else [head, *shown])


def _pair(pair: str, language: str) -> str:
    key, _, value = pair.partition("=")
    if f"encoding.{pair}" in LABELS:
        return label(language, f"encoding.{pair}")
    if f"encoding.{key}" in LABELS:
        return label(language, f"encoding.{key}", value=value)
    return pair


def level_words(level: str, language: str) -> str:
    """How strong a change of the robustness card is."""
    for key, pattern in LEVELS.items():
        found = pattern.fullmatch(level)
        if found:
            return label(language, f"level.{key}", value=found[1])
    return level


def terms_words(terms: str, language: str) -> str:
    """The terms of a data set, part by part."""
    return "; ".join(label_or(language, f"term.{part}", part) for part in terms.split("; "))
