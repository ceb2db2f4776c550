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
from unmask.evaluate.references import (
    DIGITS,
    FACES_MIN,
    fit_references,
    usual_range,
    write_references,
)
from unmask.models.bundle import CARD_FILE
from unmask.models.card import REAL
from unmask.train.clip_readings import Reading

SWAP = "swap"
STILL = 0.25  # % of the face width per frame: what innocent scenes stay below
QP_WINDOW, PEOPLE_MIN = 3, 20  # steps of the quantiser that are looked at together; genuine people
Who = tuple[str, str, str]  # split, file, person


def coarsest_quantiser(readings: Iterable[Reading]) -> float | None:
    """The coarsest H.264 quantiser at which genuine faces still hold still in scene_motion.

    Up to it, 95 % of the genuine people among `QP_WINDOW` neighbouring steps lie below `STILL`;
    from the next on they do not. None where that never happens.
    """
    genuine = [
        (float(one.detail["h264_qp"]), float(one.value))
        for reading in readings
        for one in reading.track.measurements
        if one.name == SCENE_MOTION and not reading.person.swapped
        if one.value is not None and one.detail.get("h264_qp") is not None
    ]
    if not genuine:
        return None
    qps, values = np.array(genuine).T
    for step in range(int(qps.min()), int(np.ceil(qps.max())) + 1):
        inside = (qps > step - QP_WINDOW) & (qps <= step)
        if inside.sum() >= PEOPLE_MIN and np.quantile(values[inside], 0.95) > STILL:
            return float(step - 1)
    return None


def cue_lines(
    readings: Sequence[Reading], repeats: Iterable[Reading] = (), h264_qp_max: float | None = None
) -> pd.DataFrame:
    """One line per person and cue: klass, source, name, value, repeat, reason.

    `repeats` are readings of the same clips saved again: their file has the same name and split. A
    person with several tracks gives the first. Of clips coded more coarsely than `h264_qp_max`
    scene_motion has no value here: `coarse_range` is for those.
    """
    limit = np.inf if h264_qp_max is None else h264_qp_max
    again: dict[Who, dict[str, tuple[float, str]]] = {}
    for repeat in repeats:
        again.setdefault(_who(repeat), _values(repeat, limit))
    first: dict[Who, Reading] = {}
    for reading in readings:
        first.setdefault(_who(reading), reading)
    lines: list[dict[str, Any]] = []
    for who, reading in first.items():
        person, values = reading.person, _values(reading, limit)
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


def _values(reading: Reading, h264_qp_max: float) -> dict[str, tuple[float, str]]:
    return {
        one.name: (
            np.nan
            if one.value is None or (one.detail.get("h264_qp") or 0.0) > h264_qp_max
            else float(one.value),
            one.reason,
        )
        for one in reading.track.measurements
        if one.name in PARTS
    }


def coarse_range(readings: Iterable[Reading], h264_qp_max: float) -> tuple[float, float] | None:
    """The usual range of scene_motion on genuine people of clips coded more coarsely than that.

    None where fewer than `FACES_MIN` people are there to tell it.
    """
    values = pd.DataFrame(
        {"value": one.value, "source": reading.person.source}
        for reading in readings
        for one in reading.track.measurements
        if one.name == SCENE_MOTION and one.value is not None and not reading.person.swapped
        if (one.detail.get("h264_qp") or 0.0) > h264_qp_max
    )
    if len(values) < FACES_MIN:
        return None
    low, high = usual_range(values)
    return round(low, DIGITS), round(high, DIGITS)


def fit_cue_references(
    lines: pd.DataFrame,
    h264_qp_max: float | None = None,
    coarse: tuple[float, float] | None = None,
) -> dict[str, dict[str, Any]]:
    """The references of the cues, with the limit that the lines were made with.

    `coarse` is what is usual of scene_motion beyond that limit.

    Every cue grows with what does not fit, so its range begins at 0: but for scene_motion, because
    a face that hardly trembles is unusual, too.
    """
    found = fit_references(lines, from_zero=frozenset(PARTS) - {SCENE_MOTION})
    if h264_qp_max is not None and coarse is not None and SCENE_MOTION in found:
        found[SCENE_MOTION] |= {"h264_qp_max": h264_qp_max, "coarse_reference": list(coarse)}
    return found


def write_cue_references(folder: Path, references: dict[str, dict[str, Any]]) -> None:
    """Put the references on a bundle's card, and the `motion_min` that follows from them."""
    write_references(folder, references)
    if SCENE_MOTION in references:
        path = folder / CARD_FILE
        card = json.loads(path.read_text("utf-8"))
        card["verdict"]["motion_min"] = references[SCENE_MOTION]["reference"][0]
        path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
