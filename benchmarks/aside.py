"""What stands beside the verdict costs: provenance without and with credentials, robustness card.

    python benchmarks/aside.py [--bundle NAME|DIR] [--rounds N] [--only NAMES]

NAMES are some of provenance,robustness. The photo and the clip are those of `analyze.py`; the
signed ones carry a manifest of a certificate authority made here (needs the extra `c2pa`). CPU
counts this process and its worker.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import cv2

from analyze import SAMPLE, cpu_clock, make_clip, make_photo, peak_memory
from unmask.analyzer import Analyzer
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))


def sign(path: Path, mime: str) -> Path:
    """The same file with content credentials, beside it."""
    from signed_files import make_authority, manifest

    store = manifest(source_type="digitalCapture")
    target = path.with_stem(f"{path.stem}-signed")
    target.write_bytes(make_authority().sign(path.read_bytes(), mime, store))
    return target


def provenance_ms(path: Path, rounds: int) -> tuple[float, float, float]:
    """CPU-ms of the first reading in a new worker, of a warm one, and of warm decoding."""
    settings, firsts = Settings(), []
    for _ in range(3):
        with Decoder(settings) as decoder, open_source(path, settings) as source:
            decoder.decode(source)
            start = cpu_clock()
            decoder.provenance(source)
            firsts.append(cpu_clock() - start)
    with Decoder(settings) as decoder, open_source(path, settings) as source:
        decoder.decode(source)
        decoder.provenance(source)
        start = cpu_clock()
        for _ in range(rounds):
            decoder.provenance(source)
        warm = (cpu_clock() - start) / rounds
        start = cpu_clock()
        decoder.decode(source)
        decoding = cpu_clock() - start
    return 1000 * statistics.median(firsts), 1000 * warm, 1000 * decoding


def bench_provenance(files: list[Path], options: argparse.Namespace) -> None:
    """Each file: provenance in a new and in a warm worker, beside its decoding."""
    print(f"{'file':24s} {'first':>8s} {'warm':>8s} {'decoding':>10s} {'CPU-ms':>8s}")
    for path in files:
        first, warm, decoding = provenance_ms(path, options.rounds)
        print(f"{path.name:24s} {first:8.1f} {warm:8.2f} {decoding:10.0f}")
    script = "import sys; from unmask.cli import main; sys.exit(main())"
    for path in files[:2]:
        command = [sys.executable, "-c", script, "analyze", str(path), "--json"]
        print(f"{path.name:24s} peak of a new process {peak_memory(command):8.0f} MB")


def bench_robustness(files: list[Path], options: argparse.Namespace) -> None:
    """The photo and the clip with and without the robustness card, warm."""
    for path in (files[0], files[2]):
        for asked in (False, True):
            with Analyzer(Settings(robustness=asked), options.bundle) as analyzer:
                analyzer.analyze(path)
                start = cpu_clock()
                report = analyzer.analyze(path)
                spent = cpu_clock() - start
            card = f"{report.robustness_held} of 8 held" if asked else "without"
            print(f"{path.name:24s} {spent:8.2f} CPU-s  robustness {card}")


BENCHES = {"provenance": bench_provenance, "robustness": bench_robustness}


def main() -> None:
    """Make the material and run the benches that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default=",".join(BENCHES))
    options = parser.parse_args()
    portrait = cv2.imread(str(SAMPLE))
    with tempfile.TemporaryDirectory() as scratch:
        photo, clip = Path(scratch) / "photo.jpg", Path(scratch) / "clip.mp4"
        make_photo(portrait, photo)
        make_clip(portrait, clip)
        files = [photo, sign(photo, "image/jpeg"), clip, sign(clip, "video/mp4")]
        for name in options.only.split(","):
            BENCHES[name](files, options)


if __name__ == "__main__":
    main()
