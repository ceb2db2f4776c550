"""What the training sampler really draws, measured like files: the check of its levelling.

A recipe that draws real and manipulated from different sources, sizes or qualities teaches those.
Its draws are pure functions of seed and number, so these are the very pictures a run would see. A
draw has no file: its size as a JPEG stands for how much detail it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import cv2
import numpy as np
import pandas as pd

from unmask.data.adapters.base import CLASSES
from unmask.data.draws import Draw, Drawer
from unmask.data.picture_facts import look_of

CODED_QUALITY = 90


def draw_facts(
    drawer: Drawer, count: int, size_px: int, *, on_done: Callable[[], None] | None = None
) -> pd.DataFrame:
    """One row per draw 0 to count - 1 at (size_px, size_px).

    Columns: fake, source, kind, person, coded_bytes, and those of `Look`.
    """
    rows = []
    for index in range(count):
        rows.append(_row(drawer.draw(index, size_px)))
        if on_done is not None:
            on_done()
    return pd.DataFrame(rows)


def _row(draw: Draw) -> dict[str, object]:
    side = draw.crop_rgb.shape[0]
    return {
        "fake": CLASSES[draw.klass] != "real",
        "source": draw.source,
        "kind": draw.kind,
        "person": draw.identity,
        "coded_bytes": _coded_bytes(draw),
        **asdict(look_of(draw.crop_rgb, np.array([0, 0, side, side], np.float32))),
    }


def _coded_bytes(draw: Draw) -> int:
    bgr = np.ascontiguousarray(draw.crop_rgb[..., ::-1])
    return len(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, CODED_QUALITY])[1])
