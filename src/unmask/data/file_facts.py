"""What a picture file says of itself before a pixel is decoded: hash, size, JPEG tables.

Recorded in the manifest by a scan and looked at again by the audit: none of it is about the face,
so none of it may tell real from manipulated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

TABLE_DIGITS = 12  # of the hash of the quantisation tables: few tables exist, these tell them apart


@dataclass(frozen=True, slots=True)
class FileFacts:
    """sha256 of the file in hex; jpeg_table names its quantisation tables, "" where it has none."""

    sha256: str
    bytes: int
    width_px: int
    height_px: int
    jpeg_table: str


def file_facts(data: bytes) -> FileFacts | None:
    """The facts of a picture file in memory; None where Pillow does not know it as a picture."""
    try:
        with Image.open(BytesIO(data)) as image:
            width_px, height_px = image.size
            tables = getattr(image, "quantization", None)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    return FileFacts(
        hashlib.sha256(data).hexdigest(), len(data), width_px, height_px, _name_tables(tables)
    )


def _name_tables(tables: dict[int, list[int]] | None) -> str:
    if not tables:
        return ""
    text = ";".join(f"{key}:" + ",".join(map(str, tables[key])) for key in sorted(tables))
    return hashlib.sha256(text.encode()).hexdigest()[:TABLE_DIGITS]
