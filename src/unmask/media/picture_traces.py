"""Worker side: what a picture's metadata names, and how a JPEG was last encoded.

EXIF (CIPA DC-008), XMP (ISO 16684-1) and PNG text, the fields below and no others. XMP is read by
pattern, not by an XML parser: a stranger's XML is not worth one, and ten fields are looked for.
The quality of a JPEG is that of the Independent JPEG Group's scale whose tables fit (ITU-T T.81,
annex K); cameras and editors with tables of their own get the nearest one, and it says so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin

from unmask.media.images import open_picture
from unmask.media.wire import Job

XMP_BYTES_MAX = 1 << 18
REPEATS_MAX = 4  # of one XMP field: a history names its software again and again
EXIF_FIELDS = {
    "make": ExifTags.Base.Make,
    "model": ExifTags.Base.Model,
    "software": ExifTags.Base.Software,
    "processing_software": ExifTags.Base.ProcessingSoftware,
    "host_computer": ExifTags.Base.HostComputer,
    "date_time": ExifTags.Base.DateTime,
}
EXIF_CAMERA_FIELDS = {
    "date_time_original": ExifTags.Base.DateTimeOriginal,
    "lens_model": ExifTags.Base.LensModel,
}
XMP_FIELDS = (
    "xmp:CreatorTool",
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "tiff:Make",
    "tiff:Model",
    "photoshop:DateCreated",
    "photoshop:Credit",
    "stEvt:softwareAgent",
    "Iptc4xmpExt:DigitalSourceType",
)
# Keywords of the PNG specification, and those under which image generators leave their settings.
PNG_FIELDS = (
    "Software",
    "Creation Time",
    "Source",
    "Title",
    "Comment",
    "Description",
    "parameters",
    "prompt",
    "workflow",
    "Dream",
    "sd-metadata",
    "invokeai_metadata",
)
_NAMES = "|".join(XMP_FIELDS)
_XMP = re.compile(
    rf"\b({_NAMES})\s{{0,9}}=\s{{0,9}}[\"']([^\"'<]{{1,4000}})[\"']"
    rf"|<({_NAMES})(?:\s[^<>]{{0,200}})?>([^<]{{1,4000}})<"
)
_CHROMA = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}
# Luminance and chrominance of quality 50, row by row (ITU-T T.81, tables K.1 and K.2).
_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA_50 = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip


def picture_traces(data: bytes, job: Job) -> tuple[list[list[str]], list[str]]:
    """(rows of metadata, lines about the encoding) of a picture's bytes; pixels stay undecoded."""
    with open_picture(data, job) as image:
        rows = [*_exif(image), *_xmp(image), *_png_text(image)]
        return rows, list(_encodings(image))


def _exif(image: Image.Image) -> Iterator[list[str]]:
    exif = image.getexif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    for fields, values in ((EXIF_FIELDS, exif), (EXIF_CAMERA_FIELDS, camera)):
        for name, tag in fields.items():
            if isinstance(text := values.get(tag), str):
                yield [f"exif.{name}", text.rstrip("\0")]


def _xmp(image: Image.Image) -> Iterator[list[str]]:
    packet = image.info.get("xmp", b"")
    raw = packet if isinstance(packet, bytes) else str(packet).encode("utf-8", "replace")
    seen: dict[str, set[str]] = {}
    for found in _XMP.finditer(raw[:XMP_BYTES_MAX].decode("utf-8", "replace")):
        name, text = found[1] or found[3], html.unescape(found[2] or found[4])
        known = seen.setdefault(name, set())
        if text not in known and len(known) < REPEATS_MAX:
            known.add(text)
            yield [f"xmp.{name}", text]


def _png_text(image: Image.Image) -> Iterator[list[str]]:
    if image.format != "PNG":
        return
    for name in PNG_FIELDS:
        if isinstance(text := image.info.get(name), str):
            yield [f"png.{name}", text[:4096]]


def _encodings(image: Image.Image) -> Iterator[str]:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return
    tables: dict[int, Any] = image.quantization
    quality, is_standard = estimate_quality([list(tables[key]) for key in sorted(tables)])
    sampling = "grey" if image.layers == 1 else _CHROMA.get(
        JpegImagePlugin.get_sampling(image), "other"
    )  # fmt: skip
    progressive = bool(image.info.get("progressive"))
    yield (
        f"jpeg quality={quality} tables={'standard' if is_standard else 'own'} "
        f"chroma={sampling} progressive={'yes' if progressive else 'no'}"
    )


def estimate_quality(tables: list[list[int]]) -> tuple[int, bool]:
    """(quality 1-100, whether the tables are exactly that quality's) of 64 values in rows each.

    Where they are not, the quality whose luminance table is nearest in the mean.
    """
    pairs = list(zip((_LUMA, _CHROMA_50), tables, strict=False))  # a grey picture has one table
    for quality in range(100, 0, -1):
        if all(_scaled(base, quality) == table for base, table in pairs):
            return quality, True
    luma = tables[0]
    nearest = min(
        range(1, 101),
        key=lambda q: sum(abs(a - b) for a, b in zip(_scaled(_LUMA, q), luma, strict=True)),
    )
    return nearest, False


def _scaled(base: tuple[int, ...], quality: int) -> list[int]:
    """The table of `base` at a quality, as the Independent JPEG Group's library scales it."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(255, max(1, (value * scale + 50) // 100)) for value in base]
