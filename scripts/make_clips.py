"""Make clips of single talking heads for the network over time, with their `truth.json`.

    python scripts/make_clips.py MANIFEST OUT [--count 200,60,80] [--seed 0]

`--count` is for train, val and test, half of them genuine. People come from the manifest's genuine
pictures with room round the face, each split from its own; see `unmask.data.temporal_clips` and
docs/TEMPORAL.md. The same manifest and seed give the same clips. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2

from unmask.data.manifest import SPLITS
from unmask.data.temporal_clips import FAULTS, HELD_OUT, ClipMaker

_MAKERS: list[ClipMaker] = []


def _start(manifest: Path, seed: int, held_out: str) -> None:
    cv2.setNumThreads(1)
    _MAKERS.append(ClipMaker(manifest, seed=seed, held_out=held_out))


def _make(job: tuple[str, int, Path]) -> dict[str, Any]:
    return _MAKERS[0].make(*job)


def main() -> None:
    """Make the clips that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", default="200,60,80", help="clips of train,val,test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", default=HELD_OUT, choices=list(FAULTS))
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    counts = [int(part) for part in options.count.split(",")]
    if len(counts) != len(SPLITS):
        parser.error(f"--count takes {len(SPLITS)} numbers with commas")
    jobs = [(s, i, options.out) for s, n in zip(SPLITS, counts, strict=True) for i in range(n)]
    start = time.perf_counter()
    arguments = (options.manifest, options.seed, options.held_out)
    with ProcessPoolExecutor(options.workers, initializer=_start, initargs=arguments) as pool:
        truth = list(pool.map(_make, jobs))
    (options.out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", "utf-8")
    took = time.perf_counter() - start
    print(f"{len(truth)} clips in {took:.0f} s, {took / max(1, len(truth)):.2f} s a clip")


if __name__ == "__main__":
    main()
