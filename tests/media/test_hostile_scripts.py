"""Playlists, scripts and references: no file may make us open another file or a connection.

A loopback server counts connections, a canary clip of one colour would show in the frames. Both
lines of defence are tried: the sniffer, and, with the sniffer's word forged, the demuxers' options
(in this process, where the network is there: the sandbox is not what protects here).
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from in_process import decode_here
from odd_files import box, moving, video, with_external_data, write

from unmask.errors import RefusedError, UnmaskError
from unmask.media.sandbox import Decoder
from unmask.media.source import Source, open_source
from unmask.settings import Settings

CANARY = (250, 10, 250)


class Listener:
    """A loopback server that accepts, counts, and hangs up."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/canary.mp4"
        self.connections = 0
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                connection.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    cards = [np.full((48, 64, 3), CANARY, np.uint8)] * 5
    return write(tmp_path, "canary.mp4", video("mp4", cards))


def scripts(canary: Path, url: str) -> dict[str, bytes]:
    """Every kind of file that names others, pointing at the canary and at the server."""
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{canary}\n#EXTINF:5,\n{url}\n"
    master = f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n"
    concat = f"ffconcat version 1.0\nfile '{canary}'\nfile '{url}'\n"
    dash = (
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='static'><Period>"
        f"<AdaptationSet mimeType='video/mp4'><Representation id='1' bandwidth='1'><BaseURL>{url}"
        "</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )
    sdp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"
    smil = f"<smil><body><video src='{url}'/></body></smil>"
    brand = box(b"ftyp", b"isom", bytes(4), b"isom")
    return {
        "HLS": hls.encode(),
        "HLS master": master.encode(),
        "HLS subfile": f"#EXTM3U\n#EXTINF:5,\nsubfile,,start,0,end,9,,:{canary}\n".encode(),
        "HLS concat": f"#EXTM3U\n#EXTINF:5,\nconcat:{canary}|{url}\n".encode(),
        "concat": concat.encode(),
        "concat, spaced": concat.encode().replace(b"ffconcat", b"ffconcat ", 1),
        "DASH": dash.encode(),
        "SDP": sdp.encode(),
        "SMIL": smil.encode(),
        "plain list": f"file '{canary}'\nfile '{url}'\n".encode(),
        "URL": url.encode(),
        "path": str(canary).encode(),
        "RTSP redirect": b"[Reference]\r\nRef1=" + url.encode() + b"\r\n",
        "XSPF": f"<playlist><trackList><track><location>{url}</location></track></trackList>"
        "</playlist>".encode(),
        "HLS behind an MP4 brand": brand + hls.encode(),
    }


NAMES = sorted(scripts(Path("/canary"), "http://127.0.0.1:1/"))


@pytest.mark.parametrize("name", NAMES)
def test_scripts_are_refused_and_nothing_is_opened(
    name: str, canary: Path, listener: Listener, decoder: Decoder, settings: Settings
) -> None:
    data = scripts(canary, listener.url)[name]
    with (
        pytest.raises(RefusedError),
        open_source(write(canary.parent, f"{name}.mp4", data), settings) as source,
    ):
        decoder.decode(source)
    assert listener.connections == 0


@pytest.mark.parametrize("file_format", ["mp4", "mkv", "avi", "mpegts"])
@pytest.mark.parametrize("name", NAMES)
def test_the_demuxers_follow_nothing_either(
    name: str, file_format: str, canary: Path, listener: Listener
) -> None:
    path = write(canary.parent, "forged.mp4", scripts(canary, listener.url)[name])
    with pytest.raises(UnmaskError):
        decode_here(path, file_format)
    assert listener.connections == 0


def test_samples_in_another_file_are_not_fetched(canary: Path) -> None:
    data = with_external_data(canary.read_bytes(), str(canary))
    path = write(canary.parent, "points-elsewhere.mp4", data)
    with pytest.raises(UnmaskError) as caught:
        decode_here(path, "mp4")
    assert str(caught.value.kind) == "no_frames"


def test_the_reference_would_work_without_our_options(canary: Path) -> None:
    """The file above is a real threat: with PyAV's door opened, the canary comes out."""
    import av

    data = with_external_data(canary.read_bytes(), str(canary))
    path = write(canary.parent, "points-elsewhere.mp4", data)
    options = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(str(path), options=options) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(image.astype(int) - CANARY).max() < 20


def test_the_harness_decodes_what_is_sound(tmp_path: Path) -> None:
    path = write(tmp_path, "a.mp4", video("mp4", moving(5)))
    assert len(decode_here(path, "mp4").rows) == 5


def test_forged_types_in_the_sandbox(
    canary: Path, listener: Listener, decoder: Decoder, settings: Settings
) -> None:
    for name, data in scripts(canary, listener.url).items():
        path = write(canary.parent, "forged.bin", data)
        with Source(path, os.open(path, os.O_RDONLY), "mp4") as source, pytest.raises(UnmaskError):
            decoder.decode(source)
        assert listener.connections == 0, name
