"""What `analyze` costs: CPU by stage, cold start, a clip against plain decoding, peak memory.

    python benchmarks/analyze.py [PORTRAIT] [--bundle NAME|DIR] [--rounds N] [--only NAMES]

NAMES are some of photo,cold,clip,explain. PORTRAIT is any picture of one face, by default the
shipped sample. From it are made a 1280 x 720 photo and a 20 s 1080p clip of it moving before a
structured background. CPU counts this process and its decoding worker with all their threads;
memory is the sum of proportional set sizes, so pages that both map count once. `explain` takes the
shares of what stands beside the answer (deletion test of the map, forensic measurements, findings
and words, provenance), for the genuine and the swapped sample: of the analysis alone, and of the
command with its reports (JSON, HTML, PDF in two languages), for one file and in a folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np

import unmask.analyzer
from unmask.analyzer import LANGUAGES, Analyzer
from unmask.detectors.forensics.measure import measure_tracks
from unmask.explain.findings import find
from unmask.explain.findings_file import file_findings
from unmask.explain.narrate import make_narrator, narrate
from unmask.media.source import Source, open_source
from unmask.types import Report

SAMPLE = Path(unmask.__file__).parent / "samples" / "portrait-genuine.jpg"
SECONDS, FPS, FRAMES = 20, 30, 32
MANY = 12  # photos of a folder
ANALYZE = (sys.executable, "-m", "unmask", "analyze")


def backdrop(width: int, height: int, seed: int) -> np.ndarray:
    """A picture with structure at every scale, (H, W, 3) uint8 BGR."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((height, width, 3), np.float32)
    for cells in (4, 16, 64, 256):
        noise = rng.normal(0, 1, (cells * height // width + 2, cells, 3)).astype(np.float32)
        scene += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) / cells**0.5
    return np.clip(scene / scene.std() * 35 + 120, 0, 255).astype(np.uint8)


def place(portrait: np.ndarray, scene: np.ndarray, left: int) -> np.ndarray:
    """The portrait, scaled to the height of the scene, on it at `left`."""
    height = scene.shape[0]
    width = round(portrait.shape[1] * height / portrait.shape[0])
    view = scene.copy()
    view[:, left : left + width] = cv2.resize(
        portrait, (width, height), interpolation=cv2.INTER_AREA
    )
    return view


def make_photo(portrait: np.ndarray, path: Path) -> None:
    """A 1280 x 720 JPEG of quality 92."""
    picture = place(portrait, backdrop(1280, 720, 1), 260)
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])


def make_clip(portrait: np.ndarray, path: Path) -> None:
    """20 s of 1080p H.264 at 30 frames/s: the portrait sways, with grain over everything."""
    rng = np.random.default_rng(2)
    scene = backdrop(1920, 1080, 3)
    grain = rng.normal(0, 2, (8, 1080, 1920, 1)).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for index in range(SECONDS * FPS):
            view = place(portrait, scene, int(420 + 200 * np.sin(index / 60)))
            noisy = np.clip(view + grain[index % 8], 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        container.mux(stream.encode())


def children() -> list[int]:
    """Process ids of this process's living children."""
    text = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text("ascii")
    return [int(pid) for pid in text.split()]


def cpu_clock() -> float:
    """CPU seconds of this process and of its living children, with all their threads."""
    # Linux numbers the CPU clock of another process like this (clock_getcpuclockid).
    return time.process_time() + sum(time.clock_gettime(~pid << 3 | 2) for pid in children())


def by_stage(bundle: str, path: Path, rounds: int) -> dict[str, float]:
    """Mean CPU-ms by stage of analysing one file, warm (two rounds of warming up)."""
    unmask.analyzer.time = SimpleNamespace(perf_counter=cpu_clock)
    with Analyzer(bundle=bundle) as analyzer:
        for _ in range(2):
            report = analyzer.analyze(path)
        start, sums = cpu_clock(), dict.fromkeys(report.timings_s, 0.0)
        for _ in range(rounds):
            report = analyzer.analyze(path)
            for stage, seconds in report.timings_s.items():
                sums[stage] += seconds
        total = cpu_clock() - start
    persons = len(report.verdicts) - 1
    print(f"  {path.name}: {persons} person(s), {report.outcome}, p={report.fake_probability}")
    return {name: 1000 * value / rounds for name, value in {**sums, "total": total}.items()}


def bench_explain(_photo: Path, _clip: Callable[[], Path], options: argparse.Namespace) -> None:
    """What all that explains adds to a 1280 x 720 photo, in the same process."""
    for name in ("portrait-genuine.jpg", "portrait-swapped.jpg"):
        with tempfile.TemporaryDirectory() as scratch, Analyzer(bundle=options.bundle) as analyzer:
            photo = Path(scratch) / name
            make_photo(cv2.imread(str(SAMPLE.parent / name)), photo)
            with open_source(photo, analyzer.settings) as source:
                rows, outcome = shares(analyzer, photo, source, options.rounds)
            whole = statistics.median(run_once(reports(options.bundle, [photo]))[0] for _ in "123")
            many = [Path(scratch) / f"{number}.jpg" for number in range(MANY)]
            for copy in many:
                copy.write_bytes(photo.read_bytes())
            each = run_once(reports(options.bundle, many))[0] / MANY
        added = rows["added"]
        for what, spent in (("one file", whole), (f"each of {MANY}", each)):
            rows[f"command, {what}"] = 1000 * spent
            rows[f"  {what}: share, %"] = 100 * added / (1000 * spent - added)
        table(f"{name}, {outcome}", rows, "CPU-ms, median")


def reports(bundle: str, files: list[Path]) -> list[str]:
    """`unmask analyze FILES` in a new process, with all its reports in both languages."""
    out = ["--out", str(files[0].parent / "reports"), "--lang", "both", "--bundle", bundle]
    return [*ANALYZE, *map(str, files), *out]


def shares(
    analyzer: Analyzer, photo: Path, source: Source, rounds: int
) -> tuple[dict[str, float], str]:
    """CPU-ms of a whole analysis and of what stands beside the answer; the file's outcome."""
    report, detect = analyzer.analyze(photo), analyzer._detector.detect
    observation = report.observation
    evidence = detect(observation)
    spent = cpu_ms(
        {
            "analyze": lambda: analyzer.analyze(photo),
            "detector": lambda: detect(observation),
            "detector and map test": lambda: detect(observation, check_maps=True),
            "measurements": lambda: measure_tracks(observation, evidence, {}),
            "findings and words": lambda: words(analyzer, report),
            "provenance": lambda: analyzer._decoder.provenance(source),
        },
        rounds,
    )
    spent["map test"] = spent.pop("detector and map test") - spent["detector"]
    parts = ("map test", "measurements", "findings and words", "provenance")
    added = sum(spent[name] for name in parts)
    share = np.median(added / (spent["analyze"] - added))
    rows = {name: float(np.median(values)) for name, values in spent.items()}
    return rows | {"added": float(np.median(added)), "share of the rest, %": 100 * share}, (
        report.outcome
    )


def words(analyzer: Analyzer, report: Report) -> object:
    """The findings and the texts of a report, once more."""
    verdicts, card = report.verdicts, analyzer.bundle.card
    about = file_findings(report.provenance, report.robustness, verdicts[-1], report.profile)
    findings = find(report.observation, verdicts, card, about, report.measurements)
    return narrate(
        findings, verdicts, report.media.kind, card, LANGUAGES, make_narrator(analyzer.settings)
    )


def cpu_ms(parts: dict[str, Callable[[], object]], rounds: int) -> dict[str, np.ndarray]:
    """CPU-ms of every part and round, taken in turn so that a busy machine slows all alike."""
    spent: dict[str, list[float]] = {name: [] for name in parts}
    for turn in range(rounds + 2):
        for name, part in parts.items():
            start = cpu_clock()
            part()
            if turn > 1:  # two rounds of warming up
                spent[name].append(1000 * (cpu_clock() - start))
    return {name: np.array(values) for name, values in spent.items()}


def run_once(command: list[str]) -> tuple[float, float]:
    """(CPU seconds, wall seconds) of a command with all its descendants.

    Compiled modules are kept, as pip leaves them, also where the environment forbids it.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 3}:
        raise SystemExit(f"{command} failed with {status}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start


def cold(bundle: str, path: Path) -> list[str]:
    """`unmask analyze FILE --json` in a new process, to the verdict."""
    return [*ANALYZE, str(path), "--json", "--bundle", bundle]


PLAIN = """
import av, sys
with av.open(sys.argv[1]) as container:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    step = max(1, 600 // 32)
    kept = [f.to_ndarray(format="rgb24") for i, f in enumerate(container.decode(stream))
            if i % step == 0]
"""


def peak_memory(command: list[str]) -> float:
    """Highest sum of proportional set sizes of a command and its children, MB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_pss(pid) for pid in _family(process.pid)))
        time.sleep(0.02)
    if process.returncode not in {0, 3}:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return peak / 1e6


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text("ascii").split()]
        except OSError:  # the thread has just ended
            continue
    return found


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:  # the process has just ended
        return 0
    line = next((one for one in text.splitlines() if one.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024


def table(title: str, rows: dict[str, float], unit: str) -> None:
    """Print one small table."""
    print(f"{title} [{unit}]")
    for name, value in rows.items():
        print(f"  {name:24s} {value:10.2f}")


def bench_photo(photo: Path, _clip: Callable[[], Path], options: argparse.Namespace) -> None:
    """One 1280 x 720 photo with one face, warm."""
    table("photo 1280x720, warm", by_stage(options.bundle, photo, options.rounds), "CPU-ms")


def bench_cold(photo: Path, _clip: Callable[[], Path], options: argparse.Namespace) -> None:
    """A new process, to the verdict."""
    runs = [run_once(cold(options.bundle, photo)) for _ in range(5)]
    cpu, wall = (statistics.median(column) for column in zip(*runs, strict=True))
    table("cold start to verdict", {"CPU": cpu, "wall": wall}, "s, median of 5")


def bench_clip(_photo: Path, clip: Callable[[], Path], options: argparse.Namespace) -> None:
    """A 20 s 1080p clip against decoding it from start to end; then its peak memory."""
    path = clip()
    plain, stages = [], []
    for _ in range(3):  # in turn, so that a busy machine slows both alike
        plain.append(run_once([sys.executable, "-c", PLAIN, str(path)])[0])
        stages.append({k: v / 1000 for k, v in by_stage(options.bundle, path, 1).items()})
    middle = {name: statistics.median(one[name] for one in stages) for name in stages[0]}
    ratio = statistics.median(s["total"] / p for s, p in zip(stages, plain, strict=True))
    rows = {"plain decoding": statistics.median(plain), **middle, "ratio": ratio}
    table("clip 20 s 1080p, 32 frames, warm", rows, "CPU-s, medians of 3")
    table("clip, new process", {"peak": peak_memory(cold(options.bundle, path))}, "MB")


BENCHES = {"photo": bench_photo, "cold": bench_cold, "clip": bench_clip, "explain": bench_explain}


def main() -> None:
    """Make the material and run the benches that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("portrait", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default=",".join(BENCHES))
    options = parser.parse_args()
    portrait = cv2.imread(str(options.portrait))
    with tempfile.TemporaryDirectory() as scratch:
        photo, clip = Path(scratch) / "photo.jpg", Path(scratch) / "clip.mp4"
        make_photo(portrait, photo)

        def made_clip() -> Path:
            make_clip(portrait, clip)
            return clip

        for name in options.only.split(","):
            BENCHES[name](photo, made_clip, options)


if __name__ == "__main__":
    main()
