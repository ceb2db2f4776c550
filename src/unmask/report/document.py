"""The parts of a report as a reader meets them, in one language: plain text in its order.

`view.py` and the other `view_*.py` fill these; the HTML and the PDF template only lay them out.
Texts are never markup.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; `mono` for hashes and other strings to be compared letter by letter."""

    name: str
    value: str
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; an empty `title` where the section's heading says it all.

    `marked` numbers the rows that stand out (in bold, and their words say so too), `note` stands
    below. A table may be without rows where its note says why.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ColourScale:
    """The scale under a map: picture name, words at both ends and below."""

    name: str
    alt: str
    low: str
    high: str
    caption: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by name, its size in pixels, what it shows for those who cannot see it."""

    name: str
    width_px: int
    height_px: int
    alt: str
    caption: str
    scale: ColourScale | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a file or a person: never by colour alone, so symbol and words come along."""

    outcome: str
    symbol: str
    label: str
    says: str
    reasons: tuple[str, ...]
    probability: str
    interval: str
    gauge_svg: str
    gauge_alt: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Statements on one person or on the file: what each is about, and what it says."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the file says of its own history, apart from every probability."""

    sentences: tuple[str, ...]
    rows: tuple[Row, ...]
    metadata: Table | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawn timeline and the words that stand for it."""

    svg: str
    alt: str
    legend: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person's section."""

    id: str
    heading: str
    answer: Answer
    figures: tuple[Figure, ...]
    note: str
    rows: tuple[Row, ...]
    evidence: tuple[Table, ...]
    measured: tuple[Table, ...]
    timeline: Timeline | None
    moments: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language. `words` are the labels of that language."""

    language: str
    name: str
    short_sha256: str
    created: str
    answer: Answer
    overview: tuple[Row, ...]
    scenes: tuple[Figure, ...]
    scenes_note: str
    persons: tuple[Person, ...]
    interpretation: tuple[Passage, ...]
    reliability: tuple[Row, ...]
    limits: tuple[str, ...]
    limits_note: str
    training: Table | None
    conclusion: str
    action: str
    next_steps: tuple[str, ...]
    robustness: Table | None
    origin: Origin | None
    disclaimer: str
    checks: Table
    left_out: Table | None
    coverage: tuple[Row, ...]
    record: tuple[Row, ...]
    steps: tuple[str, ...]
    words: dict[str, str]
