"""`unmask watch`: table, JSON, overlay video, exit codes, refusals, interruptions."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import av
import numpy as np
import pytest
from drawn_data import write_video
from tiny_bundle import build_tiny_bundle

LIMITS = {"limits_of_use": {"sharpness_min": 0.5}}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return build_tiny_bundle(tmp_path_factory.mktemp("bundles"), **LIMITS)


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "clip.mp4", 0, 1)


def pictures(path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(f.time, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def test_the_summary_and_the_video_tell_of_every_person(run, bundle, clip, tmp_path):
    out = tmp_path / "overlay.mp4"
    ran = run("watch", clip, "--bundle", bundle, "--overlay", out, "--json", "--fps", 25)
    told = ran.json
    assert [person["id"] for person in told["persons"]] == ["A", "B"]
    assert (told["source"], told["frames"], told["interrupted"]) == ("clip.mp4", 20, False)
    assert told["rule"] == "trimmed_mean"
    assert told["persons"][0]["looks"] >= 2
    for one in told["persons"]:
        assert one["rests_on"] == (None if one["fake_probability"] is None else "image")
        assert one["cues"] == []
    assert ran.code == (3 if told["outcome"] == "inconclusive" else 0)
    drawn = pictures(out)
    plain = pictures(clip)
    assert [time_s for time_s, _ in drawn[:20]] == pytest.approx([n / 25 for n in range(20)])
    assert drawn[-1][0] == pytest.approx(19 / 25 + 2)
    assert drawn[0][1].shape == plain[0][1].shape
    foot = np.abs(drawn[9][1][-10:].astype(int) - plain[9][1][-10:]).mean()
    above = np.abs(drawn[9][1][:40].astype(int) - plain[9][1][:40]).mean()
    assert foot > 20 > above


def test_the_table_is_worded_and_the_same_clip_gives_the_same_reading(run, bundle, clip):
    first = run("watch", clip, "--bundle", bundle, "--lang", "en")
    assert "Of everything that was read" in first.out
    assert "A " in first.out
    assert "too few usable frames" in first.out
    korean = run("watch", clip, "--bundle", bundle, "--lang", "ko")
    assert "판정" in korean.out
    once, again = (run("watch", clip, "--bundle", bundle, "--json").out for _ in range(2))
    assert once == again


@pytest.mark.parametrize(("language", "why"), [("en", "no face found"), ("ko", "얼굴을 찾지 못함")])
def test_without_a_person_the_text_says_why(run, bundle, tmp_path, language, why):
    from unmask.data.scene_clip import write_clip

    empty = tmp_path / "empty.mp4"
    write_clip((np.full((120, 160, 3), 90, np.uint8) for _ in range(10)), empty, crf=35)
    ran = run("watch", empty, "--bundle", bundle, "--lang", language)
    assert ran.code == 3
    assert ran.out.rstrip().endswith(f"({why})")


class FullDisk:
    """A clip writer whose disk is full after so many frames; half a box lies at the end then."""

    def __init__(self, monkeypatch, frames: int) -> None:
        from unmask.media.clip_writer import ClipWriter

        add_at = ClipWriter.add_at

        def limited(writer, picture, time_s):
            if writer.frames == frames:
                raise OSError(28, "No space left on device")
            add_at(writer, picture, time_s)

        def broken_close(writer):
            container, writer._container = writer._container, None
            if container is not None:
                path = container.name
                container.close()
                with open(path, "ab") as file:  # noqa: PTH123
                    file.write(b"\0\1\0\0moof half")
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(ClipWriter, "add_at", limited)
        monkeypatch.setattr(ClipWriter, "close", broken_close)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_full_disk_keeps_what_was_read(run, bundle, clip, tmp_path, monkeypatch, as_json):
    FullDisk(monkeypatch, 12)
    out = tmp_path / "overlay.mp4"
    flags = ["--json"] if as_json else ["--lang", "en"]
    ran = run("watch", clip, "--bundle", bundle, "--overlay", out, "--fps", 25, *flags)
    assert ran.code == 2
    assert ran.err.startswith("error [disk]: ")
    if as_json:
        assert (ran.json["frames"], ran.json["overlay"]) == (13, str(out))
    else:
        assert "Of everything that was read (13 frames" in ran.out
    assert 0 < len(pictures(out)) <= 12
    assert b"half" not in out.read_bytes()


def test_a_video_that_would_not_play_is_removed(run, bundle, clip, tmp_path, monkeypatch):
    FullDisk(monkeypatch, 0)
    out = tmp_path / "overlay.mp4"
    ran = run("watch", clip, "--bundle", bundle, "--overlay", out, "--json")
    assert (ran.code, ran.json["overlay"], out.exists()) == (2, None, False)


def test_seconds_end_it(run, bundle, clip):
    told = run("watch", clip, "--bundle", bundle, "--json", "--fps", 25, "--seconds", 0.2).json
    assert told["time_s"] == pytest.approx(0.2)
    assert told["frames"] == 6


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["/dev/video63"], 4, "not_found"),
        (["/dev/null"], 4, "not_a_file"),
        (["missing.mp4"], 4, "not_found"),
        (["rtsp://camera/stream"], 2, "usage"),
        (["clip.mp4", "--fps", "0"], 2, "usage"),
        (["clip.mp4", "--seconds", "-1"], 2, "usage"),
        (["clip.mp4", "--overlay", "clip.mp4"], 2, "usage"),
        (["clip.mp4", "--overlay", "out.avi"], 2, "usage"),
        (["clip.mp4", "--overlay", "nowhere/out.mp4"], 2, "disk"),
    ],
)
def test_what_cannot_be_watched_is_named(run, bundle, clip, arguments, code, kind):
    before = clip.read_bytes()
    ran = run("watch", *arguments, "--bundle", bundle)
    assert ran.code == code
    assert ran.err.startswith(f"error [{kind}]: ")
    assert ran.out == ""
    assert clip.read_bytes() == before


def test_a_picture_is_sent_to_analyze(run, bundle, tmp_path):
    from drawn_data import scene, write_picture

    ran = run("watch", write_picture(tmp_path / "a.png", scene((0, 100))), "--bundle", bundle)
    assert ran.code == 4
    assert "unmask analyze" in ran.err


@pytest.mark.parametrize(
    "name",
    [
        "SIGINT",
        pytest.param("SIGTERM", marks=pytest.mark.slow),
        pytest.param("SIGKILL", marks=pytest.mark.slow),
    ],
)
def test_a_signal_midway_leaves_a_video_that_plays(bundle, tmp_path, name):
    long = tmp_path / "long.mp4"
    _repeat(write_video(tmp_path / "clip.mp4", 0), long, times=20)
    out = tmp_path / "overlay.mp4"
    command = [sys.executable, "-m", "unmask", "watch", str(long), "--json", "--fps", "25"]
    command += ["--bundle", str(bundle), "--overlay", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _wait_until_it_grows(out, process)
        process.send_signal(getattr(signal, name))
        told, _ = process.communicate(timeout=60)
    drawn = pictures(out)
    assert 0 < len(drawn) < 400
    if name == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
        return
    assert process.returncode == {"SIGINT": 130, "SIGTERM": 143}[name]
    summary = json.loads(told)
    assert summary["interrupted"]
    assert abs(summary["frames"] + 2 - len(drawn)) <= 1  # the frame at work may be undrawn


def test_analyze_writes_the_frames_it_looked_at(run, files, tmp_path):
    folder = files("manipulated.mp4", "manipulated.png")
    out = tmp_path / "out"
    code = run("analyze", folder / "manipulated.mp4", "--overlay", "--out", out).code
    (video,) = out.glob("*.overlay.mp4")
    from builders import build_report

    report = build_report("video", "manipulated")
    shown_s = [frame.time_s for frame in report.observation.frames]
    drawn = pictures(video)
    assert code == 0
    assert [time_s for time_s, _ in drawn] == pytest.approx([*shown_s, shown_s[-1] + 2], abs=0.002)
    box = report.observation.tracks[0].faces[0].box_xyxy
    line = drawn[0][1][round(box[3]) - 1, round((box[0] + box[2]) / 2)]
    assert np.abs(line.astype(int) - (239, 141, 133)).max() < 60
    assert run("analyze", folder / "manipulated.png", "--overlay", "--out", out).code == 0
    assert list(out.glob("*.mp4")) == [video]
    assert run("analyze", folder / "manipulated.mp4", "--overlay", "--json").code == 2


def _repeat(clip, target, *, times: int) -> None:
    from unmask.data.scene_clip import write_clip

    frames = [picture for _, picture in pictures(clip)]
    write_clip((frames[n % len(frames)] for n in range(times * len(frames))), target, crf=35)


def _wait_until_it_grows(path, process) -> None:
    """Until the video holds more than two seconds, so that something is there to play."""
    deadline = time.monotonic() + 120
    while not (path.exists() and path.stat().st_size > 20_000):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
