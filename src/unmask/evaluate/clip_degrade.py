"""Made clips once more, as they come out of a messenger: made smaller and encoded coarsely.

A folder with `truth.json` -> the same clips at `SCALE` of their size and H.264 at `CRF`, with their
truth. Written before any face is looked for, so that faces lost that way are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from unmask.data.clips import TRUTH
from unmask.data.scene_clip import write_clip
from unmask.types import ImageArray

SCALE, CRF = 0.6, 35


def degrade_clips(folder: Path, out: Path, split: str = "test") -> Path:
    """Write the clips of a split into `out`; returns `out`."""
    listed = json.loads((folder / TRUTH).read_text("utf-8"))
    kept = [_degrade(one, folder, out) for one in listed if one["split"] == split]
    (out / TRUTH).write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return out


def _degrade(one: dict[str, Any], folder: Path, out: Path) -> dict[str, Any]:
    size = (_even(one["width_px"]), _even(one["height_px"]))
    ratio = np.array([size[0] / one["width_px"], size[1] / one["height_px"]] * 2)
    path = out / one["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    small = (
        np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        for image in _frames(folder / one["file"])
    )
    coding: dict[str, Any] = {"crf": CRF, "preset": "veryfast", "repeatable": True}
    write_clip(small, path, fps=one["fps"], places=one["frames"], **coding)
    people = [
        person | {"boxes_xyxy": (np.array(person["boxes_xyxy"]) * ratio).round(1).tolist()}
        for person in one["people"]
    ]
    return one | {"width_px": size[0], "height_px": size[1], "crf": CRF, "people": people}


def _even(side_px: int) -> int:
    return max(2, round(side_px * SCALE / 2) * 2)


def _frames(path: Path) -> Iterator[ImageArray]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
