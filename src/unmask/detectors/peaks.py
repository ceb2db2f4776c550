"""Which moments of a person stand out: where the probability is highest, apart from each other.

A series -> [here] -> the image detector, which keeps the maps of these moments, and the report,
which shows them.
"""

from __future__ import annotations

from collections.abc import Sequence

from unmask.types import Moment

PEAKS_MAX, PEAKS_APART_S = 3, 0.5


def peaks_of(series: Sequence[Moment]) -> tuple[Moment, ...]:
    """At most `PEAKS_MAX` moments with a score, the highest first.

    They lie apart, so that not all come from one burst of frames.
    """
    scored = [moment for moment in series if moment.score is not None]
    scored.sort(key=lambda moment: (-(moment.score or 0.0), moment.time_s))
    chosen: list[Moment] = []
    for moment in scored:
        apart = all(abs(moment.time_s - other.time_s) >= PEAKS_APART_S for other in chosen)
        if apart and len(chosen) < PEAKS_MAX:
            chosen.append(moment)
    return tuple(chosen)
