"""Pictures: every mode, orientation and kind of damage, through the sandbox."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from odd_files import (
    HEIGHT,
    WIDTH,
    animation,
    corners,
    gif_bomb,
    heic,
    picture,
    png,
    png_16_bit,
    png_chunk,
    quadrants,
)
from PIL import Image

from unmask.errors import ErrorKind, RefusedError, UnmaskError
from unmask.media.sandbox import Decoded
from unmask.types import MediaKind, Skipped

Decode = Callable[..., Decoded]
UPRIGHT = ["red", "green", "blue", "white"]
CARD = Image.fromarray(quadrants())


def _cmyk() -> Image.Image:
    return CARD.convert("CMYK")


def _palette() -> Image.Image:
    return CARD.quantize(16)


def _with_alpha(value: int) -> Image.Image:
    image = CARD.convert("RGBA")
    image.putalpha(value)
    return image


SOUND = {
    "JPEG": lambda: picture("JPEG", quality=95, subsampling=0),
    "progressive JPEG": lambda: picture("JPEG", quality=95, progressive=True),
    "CMYK JPEG": lambda: picture("JPEG", _cmyk(), quality=95),
    "JPEG with rubbish behind it": lambda: picture("JPEG", quality=95) + b"rubbish" * 100,
    "JPEG of two pictures": lambda: picture(
        "MPO", CARD, save_all=True, append_images=[Image.new("RGB", CARD.size)]
    ),
    "PNG": lambda: picture("PNG"),
    "interlaced palette PNG": lambda: picture("PNG", _palette()),
    "opaque RGBA PNG": lambda: picture("PNG", _with_alpha(255)),
    "GIF": lambda: picture("GIF"),
    "WebP": lambda: picture("WEBP", lossless=True),
    "lossy WebP": lambda: picture("WEBP", quality=90),
    "BMP": lambda: picture("BMP"),
    "palette BMP": lambda: picture("BMP", _palette()),
    "AVIF": lambda: picture("AVIF", quality=95),
    "HEIC": heic,
}


@pytest.mark.parametrize("case", sorted(SOUND))
def test_sound_pictures_come_out_upright_in_rgb(case: str, decode: Decode) -> None:
    decoded = decode(SOUND[case](), "wrong-extension.txt")
    (frame,) = decoded.frames
    assert decoded.media.kind is MediaKind.IMAGE
    assert (decoded.media.width_px, decoded.media.height_px) == (WIDTH, HEIGHT)
    assert frame.image_rgb.shape == (HEIGHT, WIDTH, 3)
    assert (frame.index, frame.time_s) == (0, 0.0)
    assert corners(frame.image_rgb) == UPRIGHT
    assert not decoded.damaged
    assert decoded.skipped == ()


@pytest.mark.parametrize("case", ["PNG", "WebP", "BMP"])
def test_lossless_pictures_keep_every_bit(case: str, decode: Decode) -> None:
    assert np.array_equal(decode(SOUND[case]()).frames[0].image_rgb, quadrants())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_undone(orientation: int, file_format: str, decode: Decode) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = CARD.transpose(undo[orientation]) if orientation in undo else CARD
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(picture(file_format, stored, exif=exif, quality=95))
    assert corners(decoded.frames[0].image_rgb) == UPRIGHT
    assert (decoded.media.width_px, decoded.media.height_px) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_senseless_orientation_turns_nothing(orientation: int, decode: Decode) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert corners(decode(picture("JPEG", exif=exif)).frames[0].image_rgb) == UPRIGHT


def test_damaged_exif_turns_nothing(decode: Decode) -> None:
    data = picture("JPEG", quality=95, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xee" * 40)
    assert corners(decode(data).frames[0].image_rgb) == UPRIGHT


@pytest.mark.parametrize(
    ("turns", "expected"), [(1, ["green", "white", "red", "blue"]), (2, UPRIGHT[::-1])]
)
def test_heic_rotation_is_applied_once(turns: int, expected: list[str], decode: Decode) -> None:
    assert corners(decode(heic(turns=turns)).frames[0].image_rgb) == expected


def test_16_bit_grey_is_scaled_by_257(decode: Decode) -> None:
    deep = np.linspace(0, 65535, WIDTH * HEIGHT).round().astype(np.uint16).reshape(HEIGHT, WIDTH)
    image = decode(png_16_bit(deep)).frames[0].image_rgb
    expected = np.rint(deep / 257.0).astype(np.uint8)
    assert np.array_equal(image[..., 0], expected)
    assert np.array_equal(image[..., 1], expected)


def test_16_bit_rgb_keeps_its_brightness(decode: Decode) -> None:
    deep = quadrants().astype(np.uint16) * 257
    assert np.array_equal(decode(png_16_bit(deep)).frames[0].image_rgb, quadrants())


def test_grey_and_one_bit_pictures(decode: Decode) -> None:
    grey = decode(picture("JPEG", Image.new("L", (64, 64), 90))).frames[0].image_rgb
    assert np.abs(grey.astype(int) - 90).max() <= 1
    white = decode(picture("PNG", Image.new("1", (64, 64), 1))).frames[0].image_rgb
    assert (white == 255).all()


def _hidden(mode: str) -> bytes:
    """The test card under alpha 0, in one of the ways a file can say so."""
    if mode == "RGBA":
        return picture("PNG", _with_alpha(0))
    if mode == "WebP":
        return picture("WEBP", _with_alpha(0), lossless=True, exact=True)
    if mode == "LA":
        return picture("PNG", _with_alpha(0).convert("LA"))
    if mode == "palette":
        return picture("PNG", _palette(), transparency=bytes(16))
    if mode == "AVIF":
        return picture("AVIF", _with_alpha(0), quality=95)
    return picture("PNG", Image.new("RGB", (WIDTH, HEIGHT), (9, 8, 7)), transparency=(9, 8, 7))


@pytest.mark.parametrize("mode", ["RGBA", "WebP", "LA", "palette", "AVIF", "colour key"])
def test_what_is_transparent_is_grey(mode: str, decode: Decode) -> None:
    image = decode(_hidden(mode)).frames[0].image_rgb
    assert np.abs(image.astype(int) - 128).max() <= 1


def test_half_transparent_is_mixed_with_grey(decode: Decode) -> None:
    image = decode(picture("PNG", _with_alpha(128))).frames[0].image_rgb
    expected = (quadrants().astype(int) + 128) // 2
    assert np.abs(image.astype(int) - expected).max() <= 2


def _cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def _noise(file_format: str) -> bytes:
    rng = np.random.default_rng(5)
    image = Image.fromarray(rng.integers(0, 255, (96, 128, 3), dtype=np.uint8))
    return picture(file_format, image)


def _giant_gif() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x00\x00\x00" + picture("GIF")[13:]


def _giant_jpeg() -> bytes:
    data = picture("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", 65000, 65000) + data[at + 4 :]


def _giant_bmp() -> bytes:
    data = picture("BMP")
    return data[:18] + struct.pack("<ii", 60000, 60000) + data[26:]


def _bad_checksum() -> bytes:
    data = bytearray(_noise("PNG"))
    data[data.index(b"IDAT") + 40] ^= 0xFF
    return bytes(data)


GREY_ROWS = b"\0" * (31 * 32)
REFUSED = {
    "JPEG cut in half": (lambda: _cut(_noise("JPEG"), 0.5), {"truncated"}),
    "JPEG cut at 95 %": (lambda: _cut(_noise("JPEG"), 0.95), {"truncated"}),
    "PNG cut in half": (lambda: _cut(_noise("PNG"), 0.5), {"truncated"}),
    "GIF cut in half": (lambda: _cut(_noise("GIF"), 0.5), {"truncated"}),
    "BMP cut in half": (lambda: _cut(_noise("BMP"), 0.5), {"truncated"}),
    "WebP cut in half": (lambda: _cut(_noise("WEBP"), 0.5), {"truncated", "corrupt"}),
    "AVIF cut in half": (lambda: _cut(_noise("AVIF"), 0.5), {"truncated", "corrupt"}),
    "HEIC cut in half": (lambda: _cut(heic(), 0.5), {"truncated", "corrupt"}),
    "JPEG start only": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", {"truncated", "corrupt"}),
    "PNG signature only": (lambda: b"\x89PNG\r\n\x1a\n", {"truncated", "corrupt"}),
    "GIF header only": (lambda: b"GIF89a", {"truncated", "corrupt"}),
    "PNG with a wrong checksum": (_bad_checksum, {"corrupt", "truncated"}),
    "PNG without pixels": (lambda: png(64, 64, 8, 2, b""), {"truncated", "corrupt"}),
    "PNG of 900 megapixels": (lambda: png(30000, 30000, 8, 0, b"\0"), {"too_many_pixels"}),
    "PNG of 2^31 a side": (
        lambda: png(2**31 - 1, 2**31 - 1, 8, 0, b"\0"),
        {"too_many_pixels", "corrupt"},
    ),
    "PNG of no width": (lambda: png(0, 64, 8, 0, b"\0"), {"corrupt", "bad_dimensions"}),
    "GIF of 4 gigapixels": (_giant_gif, {"too_many_pixels"}),
    "JPEG of 4 gigapixels": (_giant_jpeg, {"too_many_pixels"}),
    "BMP of 3.6 gigapixels": (_giant_bmp, {"too_many_pixels"}),
    "picture of 31 x 32": (lambda: png(31, 32, 8, 0, b"\0" * 32 * 32), {"bad_dimensions"}),
    "picture of 1 x 1": (lambda: png(1, 1, 8, 0, b"\0\0"), {"bad_dimensions"}),
    "picture 17,000 wide": (lambda: png(17000, 40, 8, 0, b"\0" * 17001 * 40), {"bad_dimensions"}),
    "text chunk bomb": (
        lambda: png(
            64,
            64,
            8,
            0,
            b"\0" * 65 * 64,
            png_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200_000_000), 9)),
        ),
        {"corrupt", "memory_limit"},
    ),
    "AVIF brand, then noise": (
        lambda: b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + bytes(range(256)) * 8,
        {"corrupt", "truncated"},
    ),
    "HEIC brand, then noise": (
        lambda: b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(range(256)) * 8,
        {"corrupt", "truncated"},
    ),
    "RIFF WebP, then noise": (
        lambda: b"RIFF\x00\x10\x00\x00WEBPVP8 " + bytes(range(256)) * 8,
        {"corrupt", "truncated"},
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
@pytest.mark.timeout(120)
def test_what_is_no_whole_picture_is_refused(case: str, decode: Decode) -> None:
    make, kinds = REFUSED[case]
    with pytest.raises(UnmaskError) as caught:
        decode(make())
    assert str(caught.value.kind) in kinds
    assert caught.value.hint


def test_png_bomb_is_refused_before_it_is_unpacked(decode: Decode) -> None:
    rows = zlib.compress(bytes(7001 * 8000), 9)  # 56 megapixels in 55 kB
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 7000, 8000, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    started = time.monotonic()
    with pytest.raises(RefusedError) as caught:
        decode(data)
    assert caught.value.kind is ErrorKind.TOO_MANY_PIXELS
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_animations_are_read_in_order(file_format: str, decode: Decode) -> None:
    decoded = decode(animation(file_format))
    assert decoded.media.kind is MediaKind.VIDEO
    assert decoded.media.format == file_format.lower()
    assert [frame.index for frame in decoded.frames] == [0, 1, 2, 3, 4]
    assert [frame.time_s for frame in decoded.frames] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])
    reds = [int(frame.image_rgb[10, 10, 0]) for frame in decoded.frames]
    assert reds == sorted(reds)
    assert reds[-1] - reds[0] > 100


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_long_animations_are_cut_and_say_so(file_format: str, decode: Decode) -> None:
    decoded = decode(animation(file_format, 40))
    assert len(decoded.frames) == 16
    assert decoded.skipped == (Skipped("animation_frames", "limit", 1),)
    assert not decoded.damaged


def test_animation_of_one_frame_is_a_picture(decode: Decode) -> None:
    assert decode(animation("GIF", 1)).media.kind is MediaKind.IMAGE


def test_gif_bomb_ends_in_time(decode: Decode) -> None:
    data = gif_bomb()
    started = time.monotonic()
    decoded = decode(data)
    assert len(decoded.frames) <= 16
    assert decoded.skipped[0].what == "animation_frames"
    assert time.monotonic() - started < 60


def test_a_frame_that_grows_beyond_the_limits_is_left_out(decode: Decode) -> None:
    data = bytearray(animation("GIF", 3))
    second = data.index(b"\x2c", data.index(b"\x2c") + 1)
    data[second + 7 : second + 9] = struct.pack("<H", 65000)  # the frame's height
    decoded = decode(bytes(data))
    assert all(frame.image_rgb.shape == (48, 64, 3) for frame in decoded.frames)
    assert decoded.damaged


def test_damaged_animation_keeps_its_sound_beginning(decode: Decode) -> None:
    decoded = decode(_cut(animation("GIF", 12), 0.6))
    assert 1 <= len(decoded.frames) < 12
    assert decoded.damaged
    assert decoded.skipped == (Skipped("animation_frames", "corrupt", 1),)
