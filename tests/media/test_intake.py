"""Intake: what is refused before a decoder sees it, and how names are shown."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from odd_files import box, heic, picture, video, write

from unmask.errors import ErrorKind, RefusedError
from unmask.media.sniff import sniff
from unmask.media.source import open_source
from unmask.settings import Settings
from unmask.types import MediaKind

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
JPEG_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
MP4_HEAD = box(b"ftyp", b"isom", bytes(4), b"isomavc1")

UNSUPPORTED = {
    "one-byte.jpg": b"\xff",
    "text.jpg": b"this is not a picture\n" * 20,
    "page.jpg": b"<!DOCTYPE html><html><body><img src='x'></body></html>",
    "drawing.jpg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "bare-drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'/>",
    "document.jpg": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "archive.png": b"PK\x03\x04\x14\x00" + bytes(80),
    "program.mp4": b"\x7fELF\x02\x01\x01" + bytes(100),
    "windows.mp4": b"MZ\x90\x00" + bytes(100),
    "scan.jpg": b"II*\x00\x08\x00\x00\x00" + bytes(100),
    "scan-big-endian.jpg": b"MM\x00*\x00\x00\x00\x08" + bytes(100),
    "layers.png": b"8BPS\x00\x01" + bytes(100),
    "song.mp4": b"ID3\x04\x00" + bytes(100),
    "sound.avi": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100),
    "sound.mkv": b"OggS\x00\x02" + bytes(100),
    "flash.mp4": b"FLV\x01\x05" + bytes(100),
    "xl.jpg": b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a" + bytes(100),
    "jpeg2000.jpg": b"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a" + bytes(100),
    "raw.heic": box(b"ftyp", b"crx ", bytes(4), b"isom"),
    "bare-heif.heic": box(b"ftyp", b"mif1", bytes(4), b"mif1"),
    "ebml.mkv": b"\x1a\x45\xdf\xa3\x84\x42\x82\x84junk" + bytes(100),
    "playlist.mp4": PLAYLIST,
    "playlist.ts": PLAYLIST,
    "script.mp4": b"ffconcat version 1.0\nfile '/etc/hostname'\n",
    "manifest.mp4": b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
    "session.mp4": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
    "almost-bitmap.bmp": b"BM" + bytes(60),
    "almost-stream.ts": b"\x47" + bytes(187) + b"\x47" + bytes(187) + b"\x00" + bytes(100),
    "zeros.jpg": bytes(4096),
}


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_other_types_are_refused(name: str, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(RefusedError) as caught:
        open_source(write(tmp_path, name, UNSUPPORTED[name]), settings)
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TYPE
    assert "convert it" in caught.value.hint
    assert name in caught.value.message


def test_the_message_says_what_the_file_looks_like(tmp_path: Path, settings: Settings) -> None:
    for name, words in (
        ("document.jpg", "PDF"),
        ("playlist.mp4", "playlist"),
        ("text.jpg", "text"),
    ):
        with pytest.raises(RefusedError, match=words):
            open_source(write(tmp_path, name, UNSUPPORTED[name]), settings)


def _fifo(folder: Path) -> Path:
    path = folder / "pipe.mp4"
    os.mkfifo(path)
    return path


def _socket(folder: Path) -> Path:
    path = folder / "s.jpg"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    return path


def _loop(folder: Path) -> Path:
    path = folder / "loop.jpg"
    path.symlink_to(path)
    return path


def _dangling(folder: Path) -> Path:
    path = folder / "gone.jpg"
    path.symlink_to(folder / "nothing")
    return path


def _sparse(name: str, head: bytes, size: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write(folder, name, head)
        os.truncate(path, size)
        return path

    return make


NOT_ACCEPTED = {
    "empty file": (lambda folder: write(folder, "empty.jpg", b""), ErrorKind.EMPTY_FILE),
    "file of /proc": (lambda folder: Path("/proc/self/status"), ErrorKind.EMPTY_FILE),
    "folder": (lambda folder: folder, ErrorKind.NOT_A_FILE),
    "pipe": (_fifo, ErrorKind.NOT_A_FILE),
    "socket": (_socket, ErrorKind.NOT_A_FILE),
    "null device": (lambda folder: Path("/dev/null"), ErrorKind.NOT_A_FILE),
    "endless device": (lambda folder: Path("/dev/zero"), ErrorKind.NOT_A_FILE),
    "link to itself": (_loop, ErrorKind.NOT_A_FILE),
    "dangling link": (_dangling, ErrorKind.NOT_FOUND),
    "missing file": (lambda folder: folder / "missing.jpg", ErrorKind.NOT_FOUND),
    "missing folder": (lambda folder: folder / "no" / "missing.jpg", ErrorKind.NOT_FOUND),
    "file as folder": (
        lambda folder: write(folder, "a.jpg", b"x") / "b.jpg",
        ErrorKind.NOT_FOUND,
    ),
    "name with NUL": (lambda folder: Path(f"{folder}/a\0b.jpg"), ErrorKind.NOT_FOUND),
    "name too long": (lambda folder: folder / ("x" * 300), ErrorKind.NOT_FOUND),
    "picture too large": (
        _sparse("huge.jpg", JPEG_HEAD, 64 * 2**20 + 1),
        ErrorKind.TOO_LARGE,
    ),
    "video too large": (_sparse("huge.mp4", MP4_HEAD, 512 * 2**20 + 1), ErrorKind.TOO_LARGE),
}


@pytest.mark.parametrize("case", sorted(NOT_ACCEPTED))
@pytest.mark.timeout(60)
def test_what_is_no_readable_file_is_refused(case: str, tmp_path: Path, settings: Settings) -> None:
    make, kind = NOT_ACCEPTED[case]
    path = make(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(RefusedError) as caught:
        open_source(path, settings)
    assert caught.value.kind is kind
    assert caught.value.hint
    assert len(list(Path("/proc/self/fd").iterdir())) == before  # nothing stays open


def test_a_forbidden_file_is_refused(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "secret.jpg", picture("JPEG"))

    def forbid(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)  # the tests may run as root, who may read everything
    with pytest.raises(RefusedError) as caught:
        open_source(path, settings)
    assert caught.value.kind is ErrorKind.NO_PERMISSION


def test_links_are_followed_only_where_allowed(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, "real.jpg", picture("JPEG"))
    link = tmp_path / "link.jpg"
    link.symlink_to(tmp_path / "real.jpg")
    with open_source(link, settings) as source:
        assert source.format == "jpeg"
    with pytest.raises(RefusedError) as caught:
        open_source(link, settings, follow_links=False)
    assert caught.value.kind is ErrorKind.NOT_A_FILE


SHOWN = {
    "not UTF-8": (b"caf\xe9-\xff.jpg", "caf\ufffd-\ufffd.jpg"),
    "bidi override": ("photo\u202egpj.exe".encode(), "photogpj.exe"),
    "line break": (b"a\nERROR: b\r.jpg", "a ERROR: b .jpg"),
    "escape sequence": (b"\x1b[31mred\x1b[0m.jpg", "[31mred[0m.jpg"),
    "option": (b"--help.jpg", "--help.jpg"),
    "decomposed Hangul": (
        "\u1112\u1161\u11ab\u1100\u1173\u11af.jpg".encode(),
        "한글.jpg",
    ),
    "250 characters": (b"n" * 246 + b".jpg", "n" * 95 + "…" + "n" * 20 + ".jpg"),
    "only spaces": (b"   ", "unnamed"),
    "zero width": ("a\u200bb\ufeff.jpg".encode(), "ab.jpg"),
    "markup": (b"<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
}


@pytest.mark.parametrize("case", sorted(SHOWN))
def test_odd_names_are_read_and_shown_clean(case: str, tmp_path: Path, settings: Settings) -> None:
    name, shown = SHOWN[case]
    data = picture("PNG")
    with open_source(write(tmp_path, name, data), settings) as source:
        assert source.path_shown == shown
        assert len(source.path_shown) <= 120
        assert source.path_shown.encode()  # no lone surrogates
        assert source.sha256 == hashlib.sha256(data).hexdigest()
        assert (source.bytes, source.format, source.kind) == (len(data), "png", MediaKind.IMAGE)


FORMATS = {
    "jpeg": lambda: picture("JPEG"),
    "png": lambda: picture("PNG"),
    "gif": lambda: picture("GIF"),
    "webp": lambda: picture("WEBP"),
    "bmp": lambda: picture("BMP"),
    "avif": lambda: picture("AVIF"),
    "heic": heic,
    "mp4": lambda: video("mp4", _cards()),
    "mov": lambda: video("mov", _cards()),
    "mkv": lambda: video("matroska", _cards()),
    "webm": lambda: video("webm", _cards(), codec="libvpx", options={}),
    "avi": lambda: video("avi", _cards(), codec="mpeg4", options={}),
    "mpegts": lambda: video("mpegts", _cards()),
}


def _cards() -> list:
    from odd_files import moving

    return moving(2)


@pytest.mark.parametrize("file_format", sorted(FORMATS))
def test_the_type_is_sniffed_whatever_the_name_says(
    file_format: str, tmp_path: Path, settings: Settings
) -> None:
    with open_source(write(tmp_path, "a.txt", FORMATS[file_format]()), settings) as source:
        assert source.format == file_format


def test_brands_and_old_quicktime() -> None:
    assert sniff(box(b"ftyp", b"mif1", bytes(4), b"mif1heic")) == "heic"
    assert sniff(box(b"ftyp", b"mif1", bytes(4), b"mif1avif")) == "avif"
    assert sniff(box(b"ftyp", b"msf1", bytes(4), b"hevc")) == "heic"
    assert sniff(box(b"ftyp", b"qt  ", bytes(4))) == "mov"
    assert sniff(box(b"ftyp", b"M4V ", bytes(4), b"mp42")) == "mp4"
    assert sniff(box(b"mdat", bytes(600))) == "mov"
    assert sniff(b"\0\0\0\0" + (b"\x47" + bytes(191)) * 3) == "mpegts"  # Blu-ray's 192 bytes


def test_a_file_that_changes_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = write(tmp_path, "a.png", picture("PNG"))
    with open_source(path, settings) as source:
        source.check_unchanged()
        with path.open("ab") as file:
            file.write(b"more")
        with pytest.raises(RefusedError) as caught:
            source.check_unchanged()
        assert caught.value.kind is ErrorKind.CORRUPT


def test_the_descriptor_outlives_the_name_and_closes_once(
    tmp_path: Path, settings: Settings
) -> None:
    path = write(tmp_path, "a.png", picture("PNG"))
    source = open_source(path, settings)
    path.unlink()
    assert os.pread(source.fileno(), 4, 0) == b"\x89PNG"
    source.close()
    source.close()
    with pytest.raises(ValueError, match="open source"):
        source.fileno()
