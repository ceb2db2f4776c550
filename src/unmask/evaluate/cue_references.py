"""What is usual for the human cues, fitted on the genuine people of made clips.

Readings of clips, and of the same clips encoded coarsely -> lines as `references.py` reads them ->
the card's section `measurements`. The lower end of scene_motion is the verdict's `motion_min`:
below it a face moves more smoothly against its head than those people's (`detectors/fusion.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unmask.detectors.coherence.features import PARTS
from unmask.detectors.coherence.scene_motion import NAME as SCENE_MOTION
from unmask.evaluate.references import fit_references, write_references
from unmask.models.bundle import CARD_FILE
from unmask.models.card import REAL
from unmask.train.clip_readings import Reading

SWAP = "swap"
Who = tuple[str, str, str]  # split, file, person


def cue_lines(readings: Sequence[Reading], repeats: Iterable[Reading] = ()) -> pd.DataFrame:
    """One line per person and cue: klass, source, name, value, repeat, reason.

    `repeats` are readings of the same clips saved again: their file has the same name and split. A
    person with several tracks gives the first.
    """
    again: dict[Who, dict[str, tuple[float, str]]] = {}
    for repeat in repeats:
        again.setdefault(_who(repeat), _values(repeat))
    first: dict[Who, Reading] = {}
    for reading in readings:
        first.setdefault(_who(reading), reading)
    lines: list[dict[str, Any]] = []
    for who, reading in first.items():
        person, values = reading.person, _values(reading)
        for name, (value, reason) in values.items():
            lines.append(
                {
                    "klass": SWAP if person.swapped else REAL,
                    "source": person.source,
                    "name": name,
                    "value": value,
                    "repeat": again.get(who, {}).get(name, (np.nan, ""))[0],
                    "reason": reason,
                }
            )
    return pd.DataFrame(lines)


def _who(reading: Reading) -> Who:
    return reading.clip.split, reading.clip.path.name, reading.person.identity


def _values(reading: Reading) -> dict[str, tuple[float, str]]:
    return {
        one.name: (np.nan if one.value is None else float(one.value), one.reason)
        for one in reading.track.measurements
        if one.name in PARTS
    }


def fit_cue_references(lines: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The references of the cues.

    Every cue grows with what does not fit, so its range begins at 0: but for scene_motion, because
    a face that hardly trembles is unusual, too.
    """
    return fit_references(lines, from_zero=frozenset(PARTS) - {SCENE_MOTION})


def write_cue_references(folder: Path, references: dict[str, dict[str, Any]]) -> None:
    """Put the references on a bundle's card, and the `motion_min` that follows from them."""
    write_references(folder, references)
    if SCENE_MOTION in references:
        path = folder / CARD_FILE
        card = json.loads(path.read_text("utf-8"))
        card["verdict"]["motion_min"] = references[SCENE_MOTION]["reference"][0]
        path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
