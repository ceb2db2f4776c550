"""Worker side: pictures and animations through Pillow, to upright RGB.

Every rule of docs/SAFETY.md is here: only the sniffed format's parser runs, bombs are errors,
half a picture is none, EXIF orientation is applied, 16 bits are scaled by 257 (Pillow's own
conversion turns them white), and what is transparent is shown on grey: a face hidden under
alpha 0 is a face nobody sees, so the networks must not see it either.
"""

from __future__ import annotations

import importlib
import os
import struct
import time
import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from unmask.errors import ErrorKind, LimitError, RefusedError, UnmaskError
from unmask.media.pixels import PixelWriter
from unmask.media.wire import Job

_GREY = (128, 128, 128)
_STRIP_ROWS = 64  # rows copied at a time: they stay in the cache
_PLUGINS = {
    "jpeg": ("PIL.JpegImagePlugin", "JPEG"),
    "png": ("PIL.PngImagePlugin", "PNG"),
    "gif": ("PIL.GifImagePlugin", "GIF"),
    "webp": ("PIL.WebPImagePlugin", "WEBP"),
    "bmp": ("PIL.BmpImagePlugin", "BMP"),
    "avif": ("PIL.AvifImagePlugin", "AVIF"),
    "heic": ("pi_heif", "HEIF"),
}
# Further pictures in a JPEG (MPO) or HEIC file are depth maps and thumbnails, not moments.
_ANIMATED = frozenset({"gif", "webp", "png", "avif"})
# What Pillow's parsers raise on damaged files (seen on mutants); anything else ends the worker.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
    Warning,
)


def decode_image(fd: int, job: Job, writer: PixelWriter) -> dict[str, object]:
    """Decode the picture behind `fd` into `writer`; the facts about it for the answer.

    An animation gives its first frames in order. RefusedError where no picture comes out,
    LimitError where it takes too much memory.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # our own check below has the caller's limit
    image = open_picture(os.pread(fd, job.bytes, 0), job)
    width, height = _write(image, job, writer, 0, 0.0)
    frames = 1
    skipped: list[list[object]] = []
    if job.format in _ANIMATED and getattr(image, "is_animated", False):
        frames, skipped = _read_on(image, job, writer)
    return {
        "kind": "video" if frames > 1 else "image",
        "width": width,
        "height": height,
        "skipped": skipped,
        "damaged": any(reason == "corrupt" for _, reason, _ in skipped),
        "cuts": [],
    }


def open_picture(data: bytes, job: Job) -> Image.Image:
    """The picture by the sniffed format's parser alone; its pixels are not decoded yet."""
    module, name = _PLUGINS[job.format]
    plugin = importlib.import_module(module)
    if job.format == "heic":
        plugin.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a remark on metadata is no reason to refuse
        try:
            image = Image.open(BytesIO(data), formats=(name,))
        except MemoryError:
            raise _too_much_memory() from None
        except UnidentifiedImageError:
            raise _corrupt("its header cannot be read") from None
        except DAMAGE as error:
            raise _refusal(error) from None
    return image


def _check_size(size: tuple[int, int], job: Job) -> None:
    width, height = size
    if width * height > job.pixels_max:
        raise RefusedError(
            ErrorKind.TOO_MANY_PIXELS,
            f"the picture has {width} x {height} = {width * height / 1e6:.1f} megapixels; "
            f"{job.pixels_max / 1e6:g} are allowed",
            "make the picture smaller",
        )
    if min(size) < job.side_min_px or width > job.width_max_px or height > job.height_max_px:
        raise RefusedError(
            ErrorKind.BAD_DIMENSIONS,
            f"the picture has {width} x {height} pixels; each side must lie between "
            f"{job.side_min_px} and {job.width_max_px}",
            "give a picture in which a face can be seen, or make it smaller",
        )


def _write(
    image: Image.Image, job: Job, writer: PixelWriter, index: int, time_s: float
) -> tuple[int, int]:
    """Decode the current frame of `image` and append it; its upright width and height."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _check_size(image.size, job)
            image.load()
            upright = to_rgb(_upright(image))
        except MemoryError:
            raise _too_much_memory() from None
        except DAMAGE as error:
            raise _refusal(error) from None
    _check_size(upright.size, job)  # a GIF may grow when it is loaded
    width, height = upright.size
    writer.add(width, height, index, time_s, _strips(upright))
    return width, height


def _strips(image: Image.Image) -> Iterator[bytes]:
    """The picture's RGB rows, some at a time: a whole copy would not fit in the cache."""
    width, height = image.size
    for top in range(0, height, _STRIP_ROWS):
        yield image.crop((0, top, width, min(top + _STRIP_ROWS, height))).tobytes()


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF orientation says; unreadable EXIF turns nothing."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except DAMAGE:
        return image
    return ImageOps.exif_transpose(image) if orientation in range(2, 9) else image


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB: 16 bits scaled by 257, transparency shown on grey."""
    if image.mode.startswith(("I", "F")):
        image = _scale_16_bit(image)
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        ground = Image.new("RGB", image.size, _GREY)
        ground.paste(layers, mask=layers.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")


def _scale_16_bit(image: Image.Image) -> Image.Image:
    """16-bit grey as 8-bit grey, rounded: 65535 -> 255."""
    import numpy as np  # only here: its import costs more than most pictures

    deep = np.asarray(image).astype(np.float64)
    return Image.fromarray(np.clip(np.rint(deep / 257.0), 0, 255).astype(np.uint8))


def _read_on(image: Image.Image, job: Job, writer: PixelWriter) -> tuple[int, list[list[object]]]:
    """Frames 1, 2, ... of an animation, in order, within its limits of frames and seconds."""
    start = time.monotonic()
    time_s = _duration_s(image)
    index = 1
    while True:
        try:
            image.seek(index)
        except EOFError:
            return index, []
        except DAMAGE:
            return index, [["animation_frames", "corrupt", 1]]
        if index >= min(job.animation_frames_max, job.frames) or not writer.fits(*image.size):
            return index, [["animation_frames", "limit", 1]]
        if time.monotonic() - start > job.animation_seconds_max:
            return index, [["animation_frames", "time_limit", 1]]
        try:
            _write(image, job, writer, index, time_s)
        except UnmaskError:
            return index, [["animation_frames", "corrupt", 1]]
        time_s += _duration_s(image)
        index += 1


def _duration_s(image: Image.Image) -> float:
    """How long the current frame is shown, seconds; 0.1 where nothing sensible is said."""
    value = image.info.get("duration", 0)
    usable = isinstance(value, int | float) and 0 < value < 3_600_000
    return value / 1000.0 if usable else 0.1


def _refusal(error: BaseException) -> RefusedError:
    words = str(error).lower()
    if "truncated" in words or "unexpected end" in words or "not enough image data" in words:
        return RefusedError(
            ErrorKind.TRUNCATED,
            "the picture breaks off before its end",
            "copy or download it again",
        )
    return _corrupt("its contents are damaged")


def _corrupt(why: str) -> RefusedError:
    return RefusedError(
        ErrorKind.CORRUPT,
        f"the picture cannot be decoded: {why}",
        "open it in a picture viewer and save it again, or get another copy",
    )


def _too_much_memory() -> LimitError:
    return LimitError(
        ErrorKind.MEMORY_LIMIT,
        "the picture needs more memory than the decoder may use",
        "make the picture smaller",
    )
