"""Make scenes of several people with known truth from a manifest: clips and `truth.json`.

    python scripts/make_scenes.py MANIFEST OUT [--count 40,20,30] [--seconds 3] [--seed 0]

`--count` is for train, val and test. People come from the manifest's genuine pictures with room
round the face, each split from its own; see `unmask.data.group_scenes`. The same manifest and seed
give the same scenes. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from unmask.data.group_scenes import SceneMaker
from unmask.data.manifest import SPLITS
from unmask.data.scene_swaps import HELD_OUT, KINDS, SWAPS

_MAKERS: dict[str, SceneMaker] = {}


def _start(**options: Any) -> None:
    cv2.setNumThreads(1)
    _MAKERS["here"] = SceneMaker(**options)


def _make(job: tuple[str, int, Path]) -> dict[str, Any]:
    return _MAKERS["here"].make(*job)


def make_all(
    jobs: list[tuple[str, int, Path]], workers: int, options: dict[str, Any]
) -> list[dict[str, Any]]:
    """The truth of every scene, in the order of the jobs; with one worker in this process."""
    if workers <= 1:
        _start(**options)
        return [_make(job) for job in jobs]
    context = get_context("spawn")
    start = partial(_start, **options)
    with ProcessPoolExecutor(workers, context, initializer=start) as pool:
        return list(pool.map(_make, jobs))


def main() -> None:
    """Make the scenes that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", default="40,20,30", help="scenes of train,val,test")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", default=HELD_OUT, choices=list(KINDS))
    parser.add_argument("--kinds", default=",".join(SWAPS), help=f"of {', '.join(KINDS)}")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    counts = [int(part) for part in options.count.split(",")]
    if len(counts) != len(SPLITS):
        parser.error(f"--count takes {len(SPLITS)} numbers with commas")
    jobs = [(s, i, options.out) for s, n in zip(SPLITS, counts, strict=True) for i in range(n)]
    start = time.perf_counter()
    how = {"seconds": options.seconds, "seed": options.seed, "held_out": options.held_out}
    how |= {"manifest": options.manifest, "kinds": options.kinds.split(",")}
    truth = make_all(jobs, options.workers, how)
    (options.out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", "utf-8")
    took = time.perf_counter() - start
    print(f"{len(truth)} scenes in {took:.0f} s, {took / max(1, len(truth)):.2f} s a scene")


if __name__ == "__main__":
    main()
