"""Texts written by hand before the checker was looked at, read from `tests/explain/texts/`.

    texts("dev" | "held", "right" | "wrong") -> [Text]

Each text is two lines: "language file section finding-ids... [# what is wrong]", then the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fresh_files import FILES

from unmask.explain.narrate import Record
from unmask.types import Sentence

FOLDER = Path(__file__).resolve().parent.parent / "explain" / "texts"


@dataclass(frozen=True)
class Text:
    """One sentence of a model, the file it is about, and what is wrong with it (or "")."""

    language: str
    sentence: Sentence
    file: str
    fault: str

    @property
    def record(self) -> Record:
        return FILES[self.file]


def texts(which: str, kind: str) -> list[Text]:
    """All texts of one set."""
    blocks = (FOLDER / f"{which}_{kind}.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [_text(*block.split("\n")) for block in blocks]


def _text(head: str, text: str) -> Text:
    facts, _, fault = head.partition(" # ")
    language, file, section, *ids = facts.split()
    return Text(language, Sentence(text, tuple(ids), section), file, fault)
