"""Worker side: opening a container without trusting it, and choosing its video track.

libavformat would follow playlists, concat scripts and external references to other files and to
the network; with these settings (docs/SAFETY.md) it sees one descriptor and nothing else.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

import av
from av.error import FFmpegError
from av.sidedata.encparams import VideoEncParamsType
from av.sidedata.sidedata import Type
from av.stream import Disposition

from unmask.errors import ErrorKind, LimitError, RefusedError
from unmask.media.fd_reader import FdReader
from unmask.media.wire import Job

_DEMUXERS = {"mov": "mp4", "mkv": "matroska", "webm": "matroska"}
_OPEN_SECONDS = 5  # of one blocking call into libavformat
_READ_BYTES = 1 << 18
_DELTA_QP_PLACE = 4  # of a block's int32 fields: x, y, width, height, change of the quantiser


def open_container(fd: int, job: Job) -> Any:
    """The container behind `fd`, opened by the sniffed format's demuxer only."""
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts",
        "max_streams": str(job.streams_max),
        "probesize": "5000000",
        "analyzeduration": "5000000",
        "enable_drefs": "0",
    }
    try:
        return av.open(
            FdReader(fd, job.bytes),
            format=_DEMUXERS.get(job.format, job.format),
            timeout=_OPEN_SECONDS,
            io_open=_deny,
            buffer_size=_READ_BYTES,
            metadata_errors="replace",  # titles in EUC-KR and the like are no reason to refuse
            options=options,
        )
    except FFmpegError as error:
        raise_refusal(error, fd, job)


def pick_stream(container: Any, job: Job) -> Any:
    """The first video stream that is not an attached picture, its decoder set up but not opened."""
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise RefusedError(
            ErrorKind.NO_VIDEO_STREAM,
            "the file holds no video, only sound or other data",
            "give a file with a picture track",
        )
    stream = streams[0]
    context = stream.codec_context
    if context is None:
        raise RefusedError(
            ErrorKind.UNSUPPORTED_TYPE,
            "the video is coded in a way that cannot be read",
            "convert it to H.264 in MP4",
        )
    check_frame_size(context.width, context.height, job)
    pixels = max(job.width_max_px * job.height_max_px, 1)
    told = {"export_side_data": "venc_params"} if job.h264_qp else {}
    context.options = {"max_pixels": str(pixels), **told}
    return stream


def h264_quantiser(frame: Any) -> float | None:
    """Mean quantiser of a decoded H.264 frame's blocks; None of other codecs."""
    told = frame.side_data.get(Type.VIDEO_ENC_PARAMS)
    if told is None or told.codec_type != VideoEncParamsType.H264 or not told.nb_blocks:
        return None
    first, size = told.blocks_offset, told.block_size
    blocks = memoryview(told).cast("B")[first : first + told.nb_blocks * size].cast("i")
    changes = blocks[_DELTA_QP_PLACE :: size // blocks.itemsize]
    return max(0.0, float(told.qp + sum(changes) / told.nb_blocks))


def check_frame_size(width: int, height: int, job: Job) -> None:
    """RefusedError where a frame is too large or too small; 0 x 0 is "not known yet"."""
    if width == 0 and height == 0:
        return
    if max(width, height) > job.width_max_px or min(width, height) > job.height_max_px:
        raise RefusedError(
            ErrorKind.TOO_MANY_PIXELS,
            f"the video has frames of {width} x {height} pixels; "
            f"{job.width_max_px} x {job.height_max_px} are allowed",
            "convert it to a smaller size",
        )
    if min(width, height) < job.side_min_px:
        raise RefusedError(
            ErrorKind.BAD_DIMENSIONS,
            f"the video has frames of {width} x {height} pixels; "
            f"each side must have at least {job.side_min_px}",
            "give a video in which a face can be seen",
        )


def raise_refusal(error: FFmpegError, fd: int, job: Job) -> NoReturn:
    """What an error while opening means to the one who gave the file."""
    if isinstance(error, MemoryError):  # also what too many streams look like
        raise too_much_memory(f"or holds more than {job.streams_max} tracks") from None
    if isinstance(error, av.error.ExitError):
        raise LimitError(
            ErrorKind.TIME_LIMIT,
            f"the container could not be opened within {_OPEN_SECONDS} seconds",
            "convert the video to H.264 in MP4",
        ) from None
    raise_where_broken_off(fd, job)
    raise RefusedError(
        ErrorKind.CORRUPT,
        "the container cannot be read: its structure is damaged",
        "open it in a player and export it again, or get another copy",
    ) from None


def raise_where_broken_off(fd: int, job: Job) -> None:
    """RefusedError (`truncated`) where an ISO file ends inside one of its boxes."""
    if job.format in {"mp4", "mov"} and _breaks_off(fd, job.bytes):
        raise RefusedError(
            ErrorKind.TRUNCATED,
            "the video breaks off before its end, and its index is missing",
            "copy or download it again; an unfinished recording can be repaired with its camera",
        ) from None


def too_much_memory(otherwise: str = "") -> LimitError:
    """The decoder ran into its memory limit, or what looks the same."""
    words = f"the video needs more memory than the decoder may use {otherwise}".rstrip()
    return LimitError(ErrorKind.MEMORY_LIMIT, words, "convert it to one small H.264 track in MP4")


def _breaks_off(fd: int, size: int) -> bool:
    """True where a top-level box of an ISO file claims to end behind the file's end."""
    at = 0
    for _ in range(1000):
        head = os.pread(fd, 16, at)
        if len(head) < 8:
            return len(head) > 0
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length == 0:
            return False
        if length < 8 or at + length > size:
            return length >= 8
        at += length
    return False


def _deny(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError("a file may not open another one")
