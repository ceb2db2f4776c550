"""Frames per second of `unmask watch`, with and without its overlay video.

    python benchmarks/watch.py [CLIP…] [--bundle NAME|DIR] [--fps N]

By default the shipped talking sample (640 x 480, one person) and the shipped group picture as a
moving 1280 x 720 clip. Per clip: frames read, wall-clock and CPU frames per second of reading alone
and with the video drawn and encoded; CPU counts this process and its decoding worker with all their
threads. On two idle cores the wall clock is at least the CPU figure.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

import unmask
from analyze import cpu_clock
from unmask.cli.watch_video import OverlayVideo
from unmask.data.scene_clip import write_clip
from unmask.media.feed import open_feed
from unmask.settings import Settings
from unmask.watch import Watcher

SAMPLES = Path(unmask.__file__).parent / "samples"
WIDTH, HEIGHT, FPS, FRAMES, SWAY_PX = 1280, 720, 25, 150, 50


def group_frames() -> Iterator[np.ndarray]:
    """The group picture under a camera that pans to and fro, (720, 1280, 3) RGB."""
    picture = cv2.cvtColor(cv2.imread(str(SAMPLES / "group.jpg")), cv2.COLOR_BGR2RGB)
    width = WIDTH + SWAY_PX
    height = max(HEIGHT, round(picture.shape[0] * width / picture.shape[1]))
    large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    for number in range(FRAMES):
        left = round(SWAY_PX * (0.5 + 0.5 * np.sin(number / 15)))
        yield np.ascontiguousarray(large[:HEIGHT, left : left + WIDTH])


def measure(clip: Path, video: Path | None, options: argparse.Namespace) -> str:
    """One reading of the clip as a line."""
    settings = Settings()
    watcher = Watcher(settings, options.bundle)
    feed = open_feed(str(clip), settings, options.fps)
    drawn = None if video is None else OverlayVideo(video, options.fps, "en")
    people, frames, first_s = 0, 0, 0.0
    start, cpu = time.perf_counter(), cpu_clock()
    for reading in watcher.read(feed):
        if drawn is not None:
            drawn.add(reading)
        people, frames = len(reading.persons), reading.frames
        first_s = first_s or time.perf_counter() - start
    spent, cpu = time.perf_counter() - start, cpu_clock() - cpu
    if drawn is not None:
        drawn.close()
    feed.close()
    return (
        f"{clip.name:22s} {people:2d} persons {frames:4d} frames  "
        f"{frames / spent:6.1f} per s, {frames / cpu:6.1f} per CPU-s  "
        f"first after {first_s:4.1f} s  {'with video' if video else 'reading alone'}"
    )


def main() -> None:
    """Measure the clips that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--fps", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        clips = options.clips
        if not clips:
            group = Path(scratch) / "group.mp4"
            write_clip(group_frames(), group, fps=FPS, preset="veryfast")
            clips = [SAMPLES / "talking-genuine.mp4", group]
        for clip in clips:
            for video in (None, Path(scratch) / "overlay.mp4"):
                print(measure(clip, video, options))


if __name__ == "__main__":
    main()
