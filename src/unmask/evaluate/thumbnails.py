"""Small pictures of a data set for a page: samples of each source, and pairs that look alike."""

from __future__ import annotations

import cv2
import numpy as np
import pandas as pd

from unmask.data.meshes import read_rgb
from unmask.evaluate.html import data_uri

SIDE_PX = 96
QUALITY = 80
PER_GROUP = 12


def sample_rows(table: pd.DataFrame, *, count: int = PER_GROUP, seed: int = 0) -> pd.DataFrame:
    """At most `count` rows of each source and class, drawn by the seed, in the table's order."""
    rng = np.random.default_rng(seed)
    kept = []
    for _, rows in sorted(table.groupby(["source", "klass"]).groups.items()):
        labels = np.asarray(rows)
        kept.append(labels if len(labels) <= count else rng.choice(labels, count, replace=False))
    return table.loc[np.sort(np.concatenate(kept))]


def thumbnail(path: str) -> str | None:
    """The picture as a data URI, `SIDE_PX` on its longer side; None where it cannot be read."""
    try:
        image = read_rgb(path)
    except OSError:
        return None
    if image is None:
        return None
    height, width = image.shape[:2]
    scale = SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    bgr = np.ascontiguousarray(small[..., ::-1])
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return data_uri("image/jpeg", data.tobytes())
