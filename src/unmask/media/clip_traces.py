"""Worker side: what a clip's container names, and the note its encoder left in the stream.

Container tags as libavformat reports them, the fields below and no others (no place, no serial).
x264 and x265 write their version and options as user data into the first picture (SEI type 5,
ITU-T H.264 D.1.7); it is found by the identifier each of them uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from unmask.media.container import open_container, pick_stream
from unmask.media.wire import Job

CONTAINER_FIELDS = (
    "title",
    "encoder",
    "encoding_tool",
    "creation_time",
    "date",
    "comment",
    "major_brand",
    "make",
    "model",
    "com.apple.quicktime.make",
    "com.apple.quicktime.model",
    "com.apple.quicktime.software",
    "com.apple.quicktime.creationdate",
    "com.android.version",
    "com.android.manufacturer",
    "com.android.model",
)
STREAM_FIELDS = ("encoder", "handler_name", "vendor_id")
NOTE_BYTES_MAX = 1 << 16  # of the headers and the first packet: the note precedes the picture
_NOTES = {
    bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef"): "x264",
    bytes.fromhex("2ca2de09b51747dbbb55a4fe7fc2fc4e"): "x265",
}
_CORE = re.compile(rb"x264 - core (\d{1,4})")
_BUILD = re.compile(rb"x265 \(build (\d{1,4})\)")
_RATE = re.compile(rb"[\s:](crf|qp|bitrate)=(\d{1,6}(?:\.\d{1,3})?)(?=[\s:\0])")
_PLAIN = re.compile(r"[^a-z0-9._-]+")


def clip_traces(fd: int, job: Job) -> tuple[list[list[str]], list[str]]:
    """(rows of metadata, lines about the encoding) of the clip behind `fd`."""
    with open_container(fd, job) as container:
        stream = pick_stream(container, job)
        rows = [
            *_rows("container", container.metadata, CONTAINER_FIELDS),
            *_rows("stream", stream.metadata, STREAM_FIELDS),
        ]
        return rows, list(_encodings(container, stream))


def _rows(prefix: str, tags: dict[str, str], fields: tuple[str, ...]) -> Iterator[list[str]]:
    known = {name.lower(): text for name, text in tags.items()}
    for name in fields:
        if text := known.get(name):
            yield [f"{prefix}.{name}", text]


def _encodings(container: Any, stream: Any) -> Iterator[str]:
    codec = _PLAIN.sub("", stream.codec_context.name.lower()) or "unknown"
    profile = _PLAIN.sub("-", (stream.codec_context.profile or "").lower()).strip("-")
    words = [codec, *([f"profile={profile}"] if profile else [])]
    packet = next((p for p in container.demux(stream) if p.size), None)
    start = b"" if packet is None else bytes(packet)[:NOTE_BYTES_MAX]
    headers = bytes(stream.codec_context.extradata or b"")[:NOTE_BYTES_MAX]  # x265's is there
    yield " ".join([*words, *encoder_note(headers + start)])


def encoder_note(data: bytes) -> list[str]:
    """ "encoder=x264 core=165 crf=23.0" as words, from the start of a stream; [] without a note."""
    for mark, name in _NOTES.items():
        at = data.find(mark)
        if at < 0:
            continue
        note = data[at + len(mark) : at + len(mark) + 4096]
        version = (_CORE if name == "x264" else _BUILD).search(note)
        rate = _RATE.search(note)
        return [
            f"encoder={name}",
            *([f"core={version[1].decode()}"] if version else []),
            *([f"{rate[1].decode()}={rate[2].decode()}"] if rate else []),
        ]
    return []
