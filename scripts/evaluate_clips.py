"""Measure what a bundle's network over time and the cues add to its frame detector, on made clips.

    python scripts/evaluate_clips.py BUNDLE CLIPS... --cache DIR --out REPORT.json
        [--workers 2] [--random-run RUN] [--no-degraded]

CLIPS are folders with `truth.json`. Rules are fitted on their validation people and measured on
their test people. `--random-run` names the run that the network over time came from: it is trained
again on the same clips split at random, people on both sides, and measured beside. See
docs/TEMPORAL.md. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unmask.data.clips import TRUTH, Clip, read_clips
from unmask.evaluate.clip_degrade import degrade_clips
from unmask.evaluate.clip_report import clip_report, fit_rules
from unmask.evaluate.clip_table import clip_table
from unmask.evaluate.metrics import measure
from unmask.models.bundle import Bundle, load_bundle
from unmask.settings import Settings
from unmask.train.clip_readings import Reading, read_people
from unmask.train.temporal import TemporalTrainer, gather, run_network
from unmask.train.temporal_config import TemporalConfig, read_temporal_run


def main() -> None:
    """Evaluate and write."""
    options = _options()
    bundle = load_bundle(options.bundle, Settings())
    clips = [clip for source in options.clips for clip in read_clips(source)]
    asked = [clip for clip in clips if clip.split in ("val", "test")]
    table = clip_table(_read(asked, options), bundle)
    degraded = table.iloc[:0] if options.no_degraded else _degraded(options, bundle)
    people: dict[str, int] = {}
    for clip in asked:
        if clip.split == "test":
            people[clip.data] = people.get(clip.data, 0) + len(clip.people)
    report = clip_report(table, degraded, fit_rules(table, bundle.card), people)
    report["bundle"] = {"name": bundle.card.name, "sha256": bundle.sha256}
    if options.random_run is not None:
        config = read_temporal_run(options.random_run)
        report["splits"] = _splits(_read(clips, options, cues=False), config, options.out)
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    _say(report)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, required=True, help="where readings are kept")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--random-run", type=Path)
    parser.add_argument("--no-degraded", action="store_true")
    return parser.parse_args()


def _read(
    clips: Sequence[Clip], options: argparse.Namespace, *, cues: bool = True
) -> list[Reading]:
    return read_people(clips, options.bundle, options.cache, cues=cues, workers=options.workers)


def _degraded(options: argparse.Namespace, bundle: Bundle) -> pd.DataFrame:
    made = [source for source in options.clips if (source / TRUTH).is_file()]
    folders = [one for one in made if any(clip.split == "test" for clip in read_clips(one))]
    copies = [
        degrade_clips(source, options.out.parent / "degraded" / source.name) for source in folders
    ]
    clips = [clip for copy in copies for clip in read_clips(copy)]
    return clip_table(_read(clips, options), bundle)


def _splits(readings: Sequence[Reading], config: TemporalConfig, out: Path) -> dict[str, Any]:
    """The network over time alone, trained and measured on the given split and on a random one."""
    rng = np.random.default_rng(config.seed)
    names = sorted({str(one.clip.path) for one in readings})
    now = {str(one.clip.path): one.clip.split for one in readings}
    drawn = dict(zip(names, rng.permutation([now[name] for name in names]).tolist(), strict=True))
    found = {}
    for kind, split in (("disjoint", now), ("random", drawn)):
        moved = [
            replace(one, clip=replace(one.clip, split=split[str(one.clip.path)]))
            for one in readings
        ]
        parts = {part: gather(moved, part, config.frames_min) for part in ("train", "val", "test")}
        run = out.parent / f"{out.stem}-{kind}"
        trainer = TemporalTrainer(config, run, parts)
        trainer.run()
        logits = run_network(trainer.best_network(), parts["test"].seen)
        p = 1 / (1 + np.exp(-logits))
        found[kind] = measure(parts["test"].fake, p, 0.5).to_dict()
    return found


def _say(report: dict[str, Any]) -> None:
    for name, subset in report["subsets"].items():
        print(f"{name}: {subset['n']} people, {subset['n_fake']} manipulated")
        for rule, m in subset.get("rules", {}).items():
            print(
                f"  {rule:22s} accuracy {m['accuracy']:.3f}  AUC {m['auc']:.3f}  "
                f"TPR {m['tpr']:.3f}  FPR {m['fpr']:.3f} at {m['own_threshold']}"
            )
        for title in ("gains", "ablation"):
            for rule, gain in subset.get(title, {}).items():
                low, high = gain["interval"]
                points = gain["accuracy_points"]
                print(f"  {title} {rule:22s} {points:+.1f} points [{low:+.1f}, {high:+.1f}]")
    for kind, one in report["read_as"].items():
        shares = ", ".join(f"{n} as {name}" for name, n in one["classes"].items())
        print(f"{kind}: {one['n']} people, read {shares}")
    for name, one in report["data"].items():
        print(name, json.dumps({k: v for k, v in one.items() if not isinstance(v, dict)}))
        for rule in ("frames", "shipped"):
            if rule in one:
                print(f"  {rule}: {json.dumps(one[rule])}")
    for kind, one in report.get("splits", {}).items():
        print(
            f"split {kind}: accuracy {one['accuracy']:.3f} AUC {one['auc']:.3f} F1 {one['f1']:.3f}"
        )


if __name__ == "__main__":
    main()
