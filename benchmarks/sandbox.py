"""What the decoding sandbox costs over plain decoding of the same file in the same process.

    python benchmarks/sandbox.py [--rounds N]

Files are made here: a 12-megapixel JPEG and a 20 s 1080p H.264 clip. CPU time counts both
processes with all their threads; memory is the sum of the proportional set sizes (pages that both
map count once). Rounds of the two ways alternate, and medians are printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from unmask.media.sampling import choose_frames
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings

_TICKS = os.sysconf("SC_CLK_TCK")


def make_scene(width: int, height: int, seed: int) -> np.ndarray:
    """A picture with structure at every scale, like a photograph's (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((height, width, 3), np.float32)
    for cells in (4, 12, 40, 120, 360):
        noise = rng.normal(0, 1, (cells * height // width + 2, cells, 3)).astype(np.float32)
        scene += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) / cells**0.5
    scene = scene / scene.std() * 45 + 128
    return np.clip(scene + rng.normal(0, 3, scene.shape), 0, 255).astype(np.uint8)


def make_jpeg(path: Path) -> None:
    """A 4000 x 3000 JPEG of quality 92."""
    Image.fromarray(make_scene(4000, 3000, 1)).save(path, quality=92)


def make_clip(path: Path) -> None:
    """20 s of 1080p at 30 frames/s: a camera that pans over three scenes, with grain."""
    rng = np.random.default_rng(2)
    scenes = [make_scene(2200, 1300, seed) for seed in (3, 4, 5)]
    grain = rng.normal(0, 2, (16, 1080, 1920, 1)).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for index in range(600):
            left = int(140 + 130 * np.sin(index / 50))
            top = int(110 + 100 * np.cos(index / 70))
            view = scenes[index // 200][top : top + 1080, left : left + 1920]
            noisy = np.clip(view + grain[index % 16], 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="rgb24")))
        container.mux(stream.encode())


def plain_picture(path: Path) -> None:
    """Decode a picture as one would without a sandbox."""
    with Image.open(path) as image:
        np.asarray(image.convert("RGB"))


def plain_clip(path: Path) -> list[np.ndarray]:
    """Decode a clip from start to end and keep 32 frames as RGB."""
    chosen = set(choose_frames([i / 30 for i in range(600)], 32, 4))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(4, len(os.sched_getaffinity(0)))
        return [
            frame.to_ndarray(format="rgb24")
            for index, frame in enumerate(container.decode(stream))
            if index in chosen
        ]


def cpu_s(pids: list[int]) -> float:
    """CPU seconds so far of some processes, all threads, living and ended."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def measure(work: Callable[[], object], pids: list[int], repeat: int) -> tuple[float, float]:
    """CPU and wall seconds of one call, the mean of `repeat` calls."""
    cpu, wall = cpu_s(pids), time.perf_counter()
    for _ in range(repeat):
        work()
    return (cpu_s(pids) - cpu) / repeat, (time.perf_counter() - wall) / repeat


def peak_mib(work: Callable[[], object], pids: list[int]) -> float:
    """The highest sum of proportional set sizes while `work` runs, MiB, sampled every 10 ms."""
    done, peaks = threading.Event(), [0]

    def watch() -> None:
        while not done.wait(0.01):
            total = 0
            for pid in pids:
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            peaks.append(total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    kept = work()
    time.sleep(0.05)
    done.set()
    watcher.join()
    del kept
    return max(peaks) / 1024


def compare(
    name: str, path: Path, plain: Callable[[Path], object], *, rounds: int, repeat: int
) -> None:
    """Print the cost of both ways for one file, rounds alternating."""
    settings = Settings()
    with Decoder(settings) as decoder, open_source(path, settings) as source:
        pids = [os.getpid(), decoder.worker_pid or os.getpid()]
        ways: dict[str, Callable[[], object]] = {
            "plain": lambda: plain(path),
            "sandbox": lambda: decoder.decode(source),
        }
        times: dict[str, list[tuple[float, float]]] = {"plain": [], "sandbox": []}
        for work in ways.values():
            work()  # warm: imports, page cache
        for _ in range(rounds):
            for way, work in ways.items():
                times[way].append(measure(work, pids, repeat))
        for way, work in ways.items():
            cpu, wall = (statistics.median(row[i] for row in times[way]) for i in (0, 1))
            peak = peak_mib(work, pids)
            print(f"{name:9} {way:8} cpu {cpu:7.3f} s  wall {wall:7.3f} s  peak {peak:6.0f} MiB")
        ratios = [s[0] / p[0] for p, s in zip(times["plain"], times["sandbox"], strict=True)]
        print(f"{name:9} sandbox / plain, CPU: {statistics.median(ratios):.3f}")


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        picture, clip = Path(folder) / "picture.jpg", Path(folder) / "clip.mp4"
        make_jpeg(picture)
        make_clip(clip)
        started = time.perf_counter()
        with Decoder(Settings()) as decoder, open_source(picture, Settings()) as source:
            decoder.decode(source)
            cold = cpu_s([decoder.worker_pid or os.getpid()])
        print(
            f"cold start and first picture: {time.perf_counter() - started:.3f} s wall, "
            f"{cold:.2f} s CPU in the worker"
        )
        compare("picture", picture, plain_picture, rounds=rounds, repeat=10)
        compare("clip", clip, plain_clip, rounds=rounds, repeat=1)


if __name__ == "__main__":
    main()
