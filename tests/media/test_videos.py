"""Clips: every container, odd tracks, damage, times, cuts and sampling, through the sandbox."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from odd_files import (
    box,
    corners,
    faststart,
    moving,
    quadrants,
    sound_only,
    video,
    with_external_data,
)

from unmask.errors import UnmaskError
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.settings import Settings
from unmask.types import MediaKind, Skipped

Decode = Callable[..., Decoded]
UPRIGHT = ["red", "green", "blue", "white"]
PLAIN: dict[str, str] = {}
SMALL_GOP = {"preset": "ultrafast", "g": "12"}

SOUND = {
    "H.264 in MP4": ("mp4", lambda: video("mp4", moving(12))),
    "H.265 in MP4": (
        "mp4",
        lambda: video(
            "mp4", moving(12), codec="libx265", options={"x265-params": "log-level=none"}
        ),
    ),
    "10 bits in MP4": ("mp4", lambda: video("mp4", moving(12), pix_fmt="yuv420p10le")),
    "H.264 in MOV": ("mov", lambda: video("mov", moving(12))),
    "H.264 in MKV": ("mkv", lambda: video("matroska", moving(12))),
    "lossless 4:4:4 in MKV": (
        "mkv",
        lambda: video("matroska", moving(12), codec="ffv1", options=PLAIN, pix_fmt="yuv444p"),
    ),
    "VP8 in WebM": ("webm", lambda: video("webm", moving(12), codec="libvpx", options=PLAIN)),
    "VP9 in WebM": ("webm", lambda: video("webm", moving(12), codec="libvpx-vp9", options=PLAIN)),
    "MPEG-4 in AVI": ("avi", lambda: video("avi", moving(12), codec="mpeg4", options=PLAIN)),
    "H.264 in AVI": ("avi", lambda: video("avi", moving(12))),
    "Motion JPEG in AVI": (
        "avi",
        lambda: video("avi", moving(12), codec="mjpeg", options=PLAIN, pix_fmt="yuvj420p"),
    ),
    "H.264 in MPEG-TS": ("mpegts", lambda: video("mpegts", moving(12))),
    "MPEG-2 in MPEG-TS": (
        "mpegts",
        lambda: video("mpegts", moving(12), codec="mpeg2video", options=PLAIN),
    ),
    "with sound": ("mp4", lambda: video("mp4", moving(12), audio_streams=1)),
    "with five sound tracks": ("mkv", lambda: video("matroska", moving(12), audio_streams=5)),
}


@pytest.mark.parametrize("case", sorted(SOUND))
def test_every_container_gives_its_frames_and_times(case: str, decode: Decode) -> None:
    file_format, make = SOUND[case]
    decoded = decode(make(), "wrong.jpg")
    assert decoded.media.kind is MediaKind.VIDEO
    assert decoded.media.format == file_format
    assert (decoded.media.width_px, decoded.media.height_px) == (64, 48)
    assert decoded.media.fps == 25
    assert decoded.media.duration_s == pytest.approx(0.48, abs=0.01)
    assert [frame.index for frame in decoded.frames] == list(range(12))
    times = [frame.time_s for frame in decoded.frames]
    assert times == pytest.approx([i / 25 for i in range(12)], abs=0.002)
    assert all(corners(frame.image_rgb) == UPRIGHT for frame in decoded.frames)
    assert not decoded.damaged
    assert decoded.skipped == ()


ROTATED = {
    90: ["blue", "red", "white", "green"],
    180: UPRIGHT[::-1],
    270: ["green", "white", "red", "blue"],
}


@pytest.mark.parametrize("degrees", sorted(ROTATED))
def test_the_display_matrix_is_applied(degrees: int, decode: Decode) -> None:
    decoded = decode(video("mp4", moving(3), rotation=degrees))
    size = (64, 48) if degrees == 180 else (48, 64)
    assert (decoded.media.width_px, decoded.media.height_px) == size
    assert all(corners(frame.image_rgb) == ROTATED[degrees] for frame in decoded.frames)


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_variable_rate_is_timed_by_its_stamps(container: str, decode: Decode) -> None:
    shown_ms = [0, 40, 300, 320, 1000, 1500]
    decoded = decode(video(container, moving(6), times_ms=shown_ms))
    times = [frame.time_s for frame in decoded.frames]
    assert times == pytest.approx([t / 1000 for t in shown_ms], abs=0.002)


def test_long_clips_are_sampled_in_bursts(decode: Decode) -> None:
    decoded = decode(video("mp4", moving(300)))
    indices = [frame.index for frame in decoded.frames]
    assert len(indices) == 32
    bursts = [indices[i : i + 4] for i in range(0, 32, 4)]
    assert all(b == list(range(b[0], b[0] + 4)) for b in bursts)
    gaps = np.diff([b[0] for b in bursts])
    assert gaps.min() >= 36
    assert gaps.max() <= 39
    assert all(f.time_s == pytest.approx(f.index / 25, abs=0.002) for f in decoded.frames)


def test_the_kept_frames_are_the_right_ones(decode: Decode) -> None:
    cards = [np.full((48, 64, 3), 20 + 2 * i, np.uint8) for i in range(100)]
    for frame in decode(video("mp4", cards, options={"preset": "ultrafast", "crf": "5"})).frames:
        assert abs(float(frame.image_rgb.mean()) - (20 + 2 * frame.index)) < 1.5


def test_the_number_of_frames_can_be_asked_for(decode: Decode) -> None:
    clip = video("mp4", moving(60))
    assert len(decode(clip, frames=5).frames) == 5
    assert [f.index for f in decode(clip, frames=1).frames] == [30]
    assert len(decode(clip, frames=100).frames) == 60


def test_an_h264_frame_says_how_coarsely_it_was_coded(tmp_path: Path, decode: Decode) -> None:
    found = []
    asking = Settings(h264_qp=True)
    for qp in (18, 40):
        options = SMALL_GOP | {"qp": str(qp), "bf": "0"}  # x264: 3 finer in the first frame
        clip = video("mp4", moving(12), options=options)
        path = tmp_path / f"{qp}.mp4"
        path.write_bytes(clip)
        with Decoder(asking) as decoder, open_source(path, asking) as source:
            frames = decoder.decode(source).frames
        found.append([frame.h264_qp - qp for frame in frames])
        assert {frame.h264_qp for frame in decode(clip).frames} == {None}  # nobody asked
    for differences in found:
        assert differences[1:] == [0.0] * 11
        assert -3 <= differences[0] <= 0


@pytest.mark.parametrize("codec", ["libvpx-vp9", "mpeg4"])
def test_other_codecs_do_not_say_how_coarsely_a_frame_was_coded(codec: str, tmp_path: Path) -> None:
    asking = Settings(h264_qp=True)
    path = tmp_path / "clip.mkv"
    path.write_bytes(video("matroska", moving(12), codec=codec, options=PLAIN))
    with Decoder(asking) as decoder, open_source(path, asking) as source:
        frames = decoder.decode(source).frames
    assert {frame.h264_qp for frame in frames} == {None}


def test_a_lamp_is_no_cut(decode: Decode) -> None:
    dark = [card // 2 for card in moving(20)]
    lit = [np.uint8(card * 0.8) for card in moving(20, seed=40)]
    assert decode(video("mp4", [*dark, *lit])).cuts_s == ()


def test_cuts_are_found_and_flashes_are_not(decode: Decode) -> None:
    first, second = moving(20), [255 - card for card in moving(20)]
    flash = [card.copy() for card in moving(20, seed=9)]
    flash[10][:] = 255
    decoded = decode(video("mp4", [*first, *second, *flash]))
    assert decoded.cuts_s == pytest.approx((20 / 25, 40 / 25), abs=0.002)


def test_a_change_of_size_in_the_stream_is_followed(decode: Decode) -> None:
    joined = video("mpegts", moving(10)) + video("mpegts", moving(10, 128, 96))
    decoded = decode(joined)
    sizes = [frame.image_rgb.shape[:2] for frame in decoded.frames]
    assert sizes == [(48, 64)] * 10 + [(96, 128)] * 10
    times = [frame.time_s for frame in decoded.frames]
    assert times == pytest.approx([i / 25 for i in range(20)], abs=0.03)
    assert all(corners(frame.image_rgb) == UPRIGHT for frame in decoded.frames)


def test_a_stream_that_grows_beyond_the_limits_loses_those_frames(decode: Decode) -> None:
    joined = video("mpegts", moving(10)) + video("mpegts", moving(5, 24, 16))
    decoded = decode(joined)
    assert len(decoded.frames) == 10
    assert Skipped("frames", "size", 5) in decoded.skipped


def _cover_only() -> bytes:
    """A sound file whose only picture is a cover: MP4 `covr` metadata."""
    cover = b"\xff\xd8\xff\xdb" + bytes(100)
    data = box(b"data", b"\0\0\0\x0d\0\0\0\0", cover)
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    meta = box(b"meta", bytes(4), handler, box(b"ilst", box(b"covr", data)))
    clip = sound_only("mp4")
    at = clip.index(b"moov") - 4
    size = int.from_bytes(clip[at : at + 4], "big")
    moov = clip[at + 8 : at + size] + box(b"udta", meta)
    return clip[:at] + box(b"moov", moov) + clip[at + size :]


def _empty_movie() -> bytes:
    clip = video("mp4", moving(3))
    at = clip.index(b"stsz") + 4
    return clip[: at + 8] + bytes(4) + clip[at + 12 :]  # a sample table of no samples


def _giant_frames(width: int, height: int) -> bytes:
    clip = video("avi", moving(3), codec="rawvideo", options=PLAIN, pix_fmt="bgr24")
    at = clip.index(b"strf") + 8 + 4
    return clip[:at] + struct.pack("<ii", width, height) + clip[at + 8 :]


def _missing_index() -> bytes:
    return video("mp4", moving(60))[:-400]


ODD = {
    "sound only, MP4": (lambda: sound_only("mp4"), {"no_video_stream"}),
    "sound only, MPEG-TS": (lambda: sound_only("mpegts"), {"no_video_stream"}),
    "sound and a cover": (_cover_only, {"no_video_stream"}),
    "track without samples": (_empty_movie, {"no_frames", "corrupt"}),
    "index cut off": (_missing_index, {"truncated"}),
    "half an index": (lambda: video("mp4", moving(60))[:-1500], {"truncated"}),
    "MP4 brand only": (lambda: box(b"ftyp", b"isom", bytes(4), b"isom"), {"corrupt", "truncated"}),
    "MP4 brand, then noise": (
        lambda: box(b"ftyp", b"isom", bytes(4), b"isom") + bytes(range(1, 256)) * 20,
        {"corrupt", "truncated"},
    ),
    "MP4 brand, then a playlist": (
        lambda: box(b"ftyp", b"isom", bytes(4), b"isom") + b"#EXTM3U\nfile:///etc/hostname\n",
        {"corrupt", "truncated"},
    ),
    "Matroska head, then noise": (
        lambda: video("matroska", moving(3))[:60] + bytes(range(256)) * 20,
        {"corrupt", "no_video_stream", "no_frames"},
    ),
    "AVI head, then noise": (
        lambda: b"RIFF\xff\xff\0\0AVI LIST" + bytes(range(256)) * 20,
        {"corrupt", "no_video_stream"},
    ),
    "AVI of 9,000 x 5,000": (lambda: _giant_frames(9000, 5000), {"too_many_pixels"}),
    "AVI of 60,000 x 60,000": (
        lambda: _giant_frames(60000, 60000),
        {"too_many_pixels", "no_frames"},
    ),
    "MPEG-TS of null packets": (
        lambda: (b"\x47\x1f\xff\x10" + b"\xff" * 184) * 50,
        {"corrupt", "no_video_stream"},
    ),
    "MPEG-TS tables without frames": (
        lambda: video("mpegts", moving(3))[: 188 * 3],
        {"corrupt", "no_video_stream", "no_frames"},
    ),
    "frames of 16 x 16": (lambda: video("mp4", moving(5, 16, 16)), {"bad_dimensions"}),
    "41 tracks, Matroska": (
        lambda: video("matroska", moving(3), audio_streams=40),
        {"no_frames", "memory_limit", "corrupt"},
    ),
    "41 tracks, MPEG-TS": (
        lambda: video("mpegts", moving(3), audio_streams=40),
        {"no_frames", "memory_limit", "corrupt"},
    ),
    "samples in another file": (
        lambda: with_external_data(video("mp4", moving(5)), "/etc/hostname"),
        {"no_frames"},
    ),
}


@pytest.mark.parametrize("case", sorted(ODD))
@pytest.mark.timeout(120)
def test_clips_without_frames_are_refused(case: str, decode: Decode) -> None:
    make, kinds = ODD[case]
    with pytest.raises(UnmaskError) as caught:
        decode(make())
    assert str(caught.value.kind) in kinds
    assert caught.value.hint


def test_a_clip_of_one_frame_is_a_clip(decode: Decode) -> None:
    decoded = decode(video("mp4", moving(1)))
    assert decoded.media.kind is MediaKind.VIDEO
    assert len(decoded.frames) == 1


def test_an_unfinished_download_gives_what_is_there(decode: Decode, tmp_path: Path) -> None:
    clip = faststart(moving(60), tmp_path)
    decoded = decode(clip[: len(clip) * 2 // 3])
    assert 10 < len(decoded.frames) < 60
    assert decoded.damaged
    assert any(s.reason == "truncated" for s in decoded.skipped)
    assert corners(decoded.frames[0].image_rgb) == UPRIGHT


@pytest.mark.parametrize("container", ["matroska", "avi", "webm"])
def test_clips_that_break_off_silently_are_noticed(container: str, decode: Decode) -> None:
    codec = {"matroska": "libx264", "avi": "mpeg4", "webm": "libvpx-vp9"}[container]
    clip = video(container, moving(60), codec=codec, options=PLAIN)
    decoded = decode(clip[: len(clip) * 2 // 3])
    assert decoded.damaged
    assert any((s.what, s.reason) == ("seconds", "truncated") for s in decoded.skipped)


def test_a_hole_in_a_stream_is_noticed(decode: Decode) -> None:
    clip = bytearray(video("mpegts", moving(60), options=SMALL_GOP))
    clip[len(clip) // 2 : len(clip) // 2 + 2000] = bytes(2000)
    decoded = decode(bytes(clip))
    assert decoded.damaged
    assert any((s.what, s.reason) == ("frames", "missing") for s in decoded.skipped)
    assert len(decoded.frames) == 32


def test_broken_packets_are_counted_and_the_rest_is_read(decode: Decode, tmp_path: Path) -> None:
    clip = bytearray(faststart(moving(60), tmp_path))
    start = clip.index(b"mdat") + 4
    rng = np.random.default_rng(3)
    middle = start + (len(clip) - start) // 2
    clip[middle : middle + 600] = rng.bytes(600)
    decoded = decode(bytes(clip))
    assert decoded.damaged
    assert any(s.reason == "corrupt" and s.count > 0 for s in decoded.skipped)
    assert len(decoded.frames) >= 20


def test_a_recording_that_starts_in_the_middle_of_a_group(decode: Decode) -> None:
    clip = video("mpegts", moving(60), options=SMALL_GOP)
    decoded = decode(clip[188 * 25 :])
    assert len(decoded.frames) == 32
    assert corners(decoded.frames[-1].image_rgb) == UPRIGHT
    times = [frame.time_s for frame in decoded.frames]
    assert times == sorted(times)


def test_stamps_that_start_over_do_not_fold_the_clip(decode: Decode) -> None:
    clip = video("mpegts", moving(60), options=SMALL_GOP)
    decoded = decode(clip + clip, frames=120)
    times = [frame.time_s for frame in decoded.frames]
    assert times == pytest.approx([i / 25 for i in range(120)], abs=0.05)


def test_a_title_in_another_encoding_is_no_reason_to_refuse(decode: Decode) -> None:
    clip = video("matroska", moving(5), title="TITLEHERE")
    assert b"TITLEHERE" in clip
    decoded = decode(clip.replace(b"TITLEHERE", "한글제목".encode("euc-kr") + b"."))
    assert len(decoded.frames) == 5


def test_limits_of_a_card_are_one_colour(decode: Decode) -> None:
    """Colours survive the way through YUV: no plane is swapped, no range is stretched."""
    options = {"preset": "ultrafast", "crf": "1"}
    image = decode(video("mp4", [quadrants()] * 3, options=options)).frames[0].image_rgb
    error = np.abs(image.astype(int) - quadrants().astype(int))
    assert np.median(error) <= 3
