"""The type of a file from its first 512 bytes; its name plays no part.

First step of intake. Signatures follow the formats' own specifications: JPEG (ITU-T T.81), PNG
(W3C), GIF89a, RIFF (WebP, AVI), ISO base media (ISO/IEC 14496-12, brands from mp4ra.org), EBML
(RFC 8794), MPEG-TS (ISO/IEC 13818-1).
"""

from __future__ import annotations

SNIFF_BYTES = 512
IMAGE_FORMATS = frozenset({"jpeg", "png", "gif", "webp", "bmp", "avif", "heic"})
VIDEO_FORMATS = frozenset({"mp4", "mov", "mkv", "webm", "avi", "mpegts"})
ACCEPTED = (
    "JPEG, PNG, GIF, WebP, BMP, AVIF and HEIC pictures; MP4/MOV, MKV/WebM, AVI and MPEG-TS videos"
)

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_OTHER_BRANDS = frozenset({b"crx ", b"jp2 ", b"jpx ", b"jpm ", b"mj2s", b"mjp2", b"jxl "})
_QUICKTIME_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})  # sizes of the known DIB headers
_LOOKS_LIKE = (
    (b"%PDF", "a PDF document"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a concat script"),
    (b"<?xml", "an XML or SVG document"),
    (b"<svg", "an SVG document"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"pk\x03\x04", "a ZIP archive or office document"),
    (b"\x7felf", "a program"),
    (b"mz", "a program"),
    (b"ii*\x00", "a TIFF or camera raw picture"),
    (b"mm\x00*", "a TIFF or camera raw picture"),
    (b"8bps", "a Photoshop document"),
    (b"id3", "an audio file"),
    (b"riff", "an audio file or another RIFF file"),
    (b"oggs", "an Ogg file"),
    (b"flv\x01", "a Flash video"),
    (b"\x00\x00\x00\x0cjxl ", "a JPEG XL picture"),
)


def sniff(head: bytes) -> str | None:
    """The format ("jpeg", "mp4", ...) by the first 512 bytes, or None where it is not accepted."""
    for test in (_simple, _riff, _bmp, _iso, _ebml, _mpegts):
        found = test(head)
        if found is not None:
            return found
    return None


def describe(head: bytes) -> str:
    """What a refused file looks like, in words for an error message."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, words in _LOOKS_LIKE:
        if text.startswith(magic.lower()):
            return words
    if head[4:8] == b"ftyp":
        return "an ISO media file of a kind that is not read"
    printable = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head)
    return "plain text" if head and printable > 0.95 * len(head) else "unknown data"


def _simple(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "gif" if head[:6] in {b"GIF87a", b"GIF89a"} else None


def _riff(head: bytes) -> str | None:
    if head[:4] != b"RIFF":
        return None
    return {b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12])


def _bmp(head: bytes) -> str | None:
    is_bmp = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return "bmp" if is_bmp else None


def _iso(head: bytes) -> str | None:
    box = head[4:8]
    if box in _QUICKTIME_BOXES:
        return "mov"
    if box != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    if major in _AVIF_BRANDS or (brands & _AVIF_BRANDS and major in {b"mif1", b"msf1"}):
        return "avif"
    if major in _HEIC_BRANDS or (brands & _HEIC_BRANDS and major in {b"mif1", b"msf1"}):
        return "heic"
    if major in _OTHER_BRANDS or major in {b"mif1", b"msf1"}:
        return None
    return "mov" if major == b"qt  " else "mp4"


def _ebml(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    if b"\x42\x82" in head and b"webm" in head[:64]:
        return "webm"
    return "mkv" if b"matroska" in head[:64] else None


def _mpegts(head: bytes) -> str | None:
    for start, stride in ((0, 188), (4, 192)):  # plain, and Blu-ray's with time stamps
        marks = head[start : start + 2 * stride + 1 : stride]
        if marks == b"\x47\x47\x47":
            return "mpegts"
    return None
