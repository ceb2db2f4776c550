"""What a picture gives away without its face being looked at: size, codec, colour, sharpness.

Stands between a manifest and the pages that describe it: the table of facts (one row per picture)
feeds the shortcut audit, the search for duplicates and the overview. The perceptual hash is the
DCT hash of Zauner (Implementation and Benchmarking of Perceptual Image Hash Functions, 2010): grey,
7 px mean filter, 32 x 32, the 8 x 8 lowest frequencies but the first row and column, each above
their median or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from unmask.data.adapters.base import Box
from unmask.data.file_facts import FileFacts, file_facts
from unmask.data.meshes import decode_rgb
from unmask.data.pool import map_in_processes
from unmask.faces.quality import face_quality
from unmask.types import FloatArray, ImageArray

HASH_PX = 32
CHUNK = 64  # pictures that a worker takes at a time


@dataclass(frozen=True, slots=True)
class Look:
    """Pixels in a few numbers.

    red, green, blue   mean of the whole picture, [0, 1]
    brightness         mean luma of the face, [0, 1]
    contrast           standard deviation of the luma of the face, [0, .5]
    sharpness          variance of the Laplacian of the face at 112 px
    blockiness         step across the 8 px grid over the step elsewhere; 1 = no blocks
    """

    red: float
    green: float
    blue: float
    brightness: float
    contrast: float
    sharpness: float
    blockiness: float


FACT_COLUMNS = (
    "readable",
    *(field.name for field in fields(FileFacts)),
    *(field.name for field in fields(Look)),
    "face_width_px",
    "pixels_sha256",
    "phash",
)


def look_of(image_rgb: ImageArray, box_xyxy: FloatArray) -> Look:
    """The look of a picture (H, W, 3) uint8 with its face in `box_xyxy` (4,) px."""
    red, green, blue, _ = cv2.mean(image_rgb)
    quality = face_quality(image_rgb, None, box_xyxy)
    return Look(
        red / 255,
        green / 255,
        blue / 255,
        quality.exposure,
        quality.contrast,
        quality.sharpness,
        quality.blockiness,
    )


def perceptual_hash(image_rgb: ImageArray) -> int:
    """64 bits: near pictures differ in few of them."""
    grey = cv2.blur(cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY), (7, 7))
    small = cv2.resize(grey, (HASH_PX, HASH_PX), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[1:9, 1:9].ravel()
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def pixels_sha256(image_rgb: ImageArray) -> str:
    """Hash of the decoded pixels: the same picture in another container has the same."""
    digest = hashlib.sha256(repr(image_rgb.shape).encode())
    digest.update(np.ascontiguousarray(image_rgb).data)
    return digest.hexdigest()


def _facts(job: tuple[str, Box]) -> dict[str, object]:
    """All facts of one file; {"readable": False} where it is missing or no picture."""
    path, box = job
    try:
        data = Path(path).read_bytes()
    except OSError:
        return {"readable": False}
    file = file_facts(data)
    image = None if file is None else decode_rgb(np.frombuffer(data, np.uint8))
    if file is None or image is None:
        return {"readable": False}
    return {
        "readable": True,
        **asdict(file),
        **asdict(look_of(image, np.array(box, np.float32))),
        "face_width_px": box[2] - box[0],
        "pixels_sha256": pixels_sha256(image),
        "phash": perceptual_hash(image),
    }


def gather_facts(
    table: pd.DataFrame, *, workers: int = 1, on_done: Callable[[], None] | None = None
) -> pd.DataFrame:
    """One row of facts per row of a manifest, in order; `on_done` is called after each.

    Columns: readable; sha256, bytes, width_px, height_px, jpeg_table (`FileFacts`); those of
    `Look`; face_width_px, pixels_sha256, phash (uint64). Missing values where not readable.
    """
    boxes = table[["x1", "y1", "x2", "y2"]].to_numpy(np.float64)
    jobs = [(str(path), tuple(box)) for path, box in zip(table["path"], boxes, strict=True)]
    rows = []
    for row in map_in_processes(_facts, jobs, workers=workers, chunk=CHUNK):
        rows.append(row)
        if on_done is not None:
            on_done()
    facts = pd.DataFrame(rows).reindex(columns=FACT_COLUMNS)
    # not from the rows: beside a missing value pandas would round 64 bits to a float
    facts["phash"] = np.array([row.get("phash", 0) for row in rows], np.uint64)
    return facts
