"""Builders of small files, sound and odd, for the tests of intake and decoding.

Everything is generated: nothing is downloaded, nothing is committed. Pictures are 64 x 48 and hold
one colour per quadrant, so that a turned, mirrored or recoloured result is told at once:

    red   | green
    ------+------
    blue  | white
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48
RED, GREEN, BLUE, WHITE = (200, 40, 40), (40, 180, 40), (40, 40, 200), (240, 240, 240)


def quadrants(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """The test card (H, W, 3) uint8."""
    card = np.empty((height, width, 3), np.uint8)
    middle_y, middle_x = height // 2, width // 2
    card[:middle_y, :middle_x], card[:middle_y, middle_x:] = RED, GREEN
    card[middle_y:, :middle_x], card[middle_y:, middle_x:] = BLUE, WHITE
    return card


def corners(image_rgb: np.ndarray) -> list[str]:
    """Colours of the quadrants: top left, top right, bottom left, bottom right."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    height, width = image_rgb.shape[:2]
    found = []
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            pixel = image_rgb[y, x].astype(int)
            found.append(min(names, key=lambda n: np.abs(pixel - names[n]).sum()))
    return found


def picture(file_format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A picture file of the test card, or of `image`."""
    target = io.BytesIO()
    (image or Image.fromarray(quadrants())).save(target, file_format, **options)
    return target.getvalue()


def animation(file_format: str, frames: int = 5, size: tuple[int, int] = (64, 48)) -> bytes:
    """An animation whose frames differ in brightness, 50 ms each."""
    images = [
        Image.new("RGB", size, (10 + 200 * i // max(1, frames), 60, 90)) for i in range(frames)
    ]
    return picture(
        file_format, images[0], save_all=True, append_images=images[1:], duration=50, loop=0
    )


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG from raw filtered rows; `extra` chunks stand before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + b"".join(extra)
    body += png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_16_bit(values: np.ndarray) -> bytes:
    """A 16-bit PNG: grey from (H, W), RGB from (H, W, 3)."""
    height, width = values.shape[:2]
    flat = values.reshape(height, -1).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in flat)
    return png(width, height, 16, 2 if values.ndim == 3 else 0, rows)


def box(kind: bytes, *parts: bytes) -> bytes:
    """An ISO base media box."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def find_box(data: bytes, kind: bytes) -> bytes:
    """The payload of the first box of that kind, wherever it lies."""
    at = data.index(kind)
    return data[at + 4 : at - 4 + struct.unpack(">I", data[at - 4 : at])[0]]


def heic(card: np.ndarray | None = None, *, turns: int = 0) -> bytes:
    """A HEIC still: one HEVC intra picture of libx265 in a hand-made HEIF container.

    `turns` quarters counter-clockwise are asked for by an `irot` property (ISO/IEC 23008-12).
    """
    card = quadrants() if card is None else card
    height, width = card.shape[:2]
    options = {"x265-params": "log-level=none:keyint=1:info=0", "crf": "10"}
    clip = video("mp4", [card], codec="libx265", options=options)
    config, coded = box(b"hvcC", find_box(clip, b"hvcC")), find_box(clip, b"mdat")
    size = box(b"ispe", struct.pack(">III", 0, width, height))
    turn = box(b"irot", bytes([turns]))
    links = struct.pack(">IIHB", 0, 1, 1, 3) + bytes([0x81, 2, 0x83])
    properties = box(b"iprp", box(b"ipco", config, size, turn), box(b"ipma", links))
    entry = box(b"infe", struct.pack(">IHH4sB", 2 << 24, 1, 0, b"hvc1", 0))
    ftyp = box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")

    def meta(offset: int) -> bytes:
        place = struct.pack(">IBBHHHHII", 0, 0x44, 0, 1, 1, 0, 1, offset, len(coded))
        handler = box(b"hdlr", bytes(8), b"pict", bytes(13))
        primary = box(b"pitm", struct.pack(">IH", 0, 1))
        items = box(b"iinf", struct.pack(">IH", 0, 1), entry)
        return box(b"meta", bytes(4), handler, primary, items, box(b"iloc", place), properties)

    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + box(b"mdat", coded)


def video(
    container_format: str,
    frames: Iterable[np.ndarray],
    *,
    codec: str = "libx264",
    rate: int = 25,
    times_ms: list[int] | None = None,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    pix_fmt: str = "yuv420p",
    audio_streams: int = 0,
    title: str = "",
) -> bytes:
    """A clip of RGB frames; `times_ms` sets each frame's time, `rotation` the display matrix."""
    target: Any = io.BytesIO()
    cards = list(frames)
    with av.open(
        target, "w", format=container_format, options=container_options or {}
    ) as container:
        if title:
            container.metadata["title"] = title
        stream = container.add_stream(codec, rate=rate, options=options or {"preset": "ultrafast"})
        stream.height, stream.width = cards[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.thread_count = 1
        sounds = [_sound(container) for _ in range(audio_streams)]
        if times_ms:
            stream.codec_context.time_base = Fraction(1, 1000)
        for index, card in enumerate(cards):
            frame = av.VideoFrame.from_ndarray(card, format="rgb24")
            if times_ms:
                frame.pts, frame.time_base = times_ms[index], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        for sound in sounds:
            _write_silence(container, sound)
    data = target.getvalue()
    return rotate_mp4(data, rotation) if rotation else data


def sound_only(container_format: str) -> bytes:
    """A file with one sound track and no picture."""
    target = io.BytesIO()
    with av.open(target, "w", format=container_format) as container:
        _write_silence(container, _sound(container))
    return target.getvalue()


def _sound(container: Any) -> Any:
    return container.add_stream("aac" if container.format.name != "mpegts" else "mp2", rate=44100)


def _write_silence(container: Any, stream: Any) -> None:
    for index in range(10):
        silence = np.zeros((2, 1024), np.float32 if stream.codec.name == "aac" else np.int16)
        kind = "fltp" if stream.codec.name == "aac" else "s16p"
        frame = av.AudioFrame.from_ndarray(silence, format=kind, layout="stereo")
        frame.sample_rate, frame.pts = 44100, index * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def rotate_mp4(data: bytes, degrees: int) -> bytes:
    """The file with the display matrix of its track turned (ISO/IEC 14496-12, `tkhd`)."""
    one = 0x10000
    matrix = {
        90: (0, one, 0, -one, 0, 0, 0, 0, 0x40000000),
        180: (-one, 0, 0, 0, -one, 0, 0, 0, 0x40000000),
        270: (0, -one, 0, one, 0, 0, 0, 0, 0x40000000),
    }[degrees]
    at = data.index(b"tkhd") + 4 + 40  # version 0: the matrix lies 40 bytes into the payload
    return data[:at] + struct.pack(">9i", *matrix) + data[at + 36 :]


def moving(count: int, width: int = WIDTH, height: int = HEIGHT, seed: int = 0) -> list[np.ndarray]:
    """Frames of the test card with a grey square that moves by two pixels a frame."""
    frames = []
    for index in range(count):
        card = quadrants(width, height)
        left = (seed + 2 * index) % (width - 12)
        card[height // 2 - 6 : height // 2 + 6, left : left + 12] = 90
        frames.append(card)
    return frames


def write(folder: Path, name: str | bytes, data: bytes) -> Path:
    """A file of these bytes under any name the file system takes."""
    import os

    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name))))  # noqa: PTH118
    path.write_bytes(data)
    return path


def gif_bomb(frames: int = 400, side: int = 4000) -> bytes:
    """A small GIF of many huge frames, each of which has to be composed in full."""
    one = picture("GIF", Image.new("RGB", (side, side), (9, 90, 9)))
    frame = one[one.index(b"\x2c\0\0\0\0") : -1]
    return one[:-1] + frame * frames + one[-1:]


def with_external_data(clip: bytes, target: str) -> bytes:
    """The MP4 with its samples declared to lie in another file (a `dref` of type `alis`).

    The layout of the alias record is that of QuickTime's Alias Manager, volume "v".
    """
    path = f"v:{target.replace('/', ':')}".encode()
    path += b"\0" * (len(path) % 2)
    record = bytes(10) + b"\x01v" + bytes(26) + bytes(12) + b"\x01x" + bytes(62) + bytes(16)
    record += struct.pack(">hh", 1, 1) + bytes(16) + struct.pack(">HH", 2, len(path)) + path
    record += struct.pack(">hH", -1, 0)
    entry = box(b"alis", bytes(4), record)
    return _replace_box(clip, b"dref", struct.pack(">II", 0, 1) + entry)


def _replace_box(data: bytes, kind: bytes, payload: bytes) -> bytes:
    """The boxes of `data` with the payload of every `kind` replaced, at any depth."""
    result, at = b"", 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + size]
        if name == kind:
            body = payload
        elif name in {b"moov", b"trak", b"mdia", b"minf", b"dinf"}:
            body = _replace_box(body, kind, payload)
        result += box(name, body)
        at += size
    return result


def faststart(frames: Iterable[np.ndarray], folder: Path, group: int = 12) -> bytes:
    """An MP4 whose index stands in front (the muxer needs a real file for that)."""
    path = folder / "faststart.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        options = {"preset": "ultrafast", "g": str(group)}
        stream = container.add_stream("libx264", rate=25, options=options)
        for index, card in enumerate(frames):
            if index == 0:
                stream.height, stream.width = card.shape[:2]
                stream.pix_fmt = "yuv420p"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(card, format="rgb24")))
        container.mux(stream.encode())
    return path.read_bytes()
