"""From runs to the default bundle, and from the bundle to its figures.

    python scripts/make_bundle.py score RUN OUT.parquet --manifest M [--split val] [--source NAME]
    python scripts/make_bundle.py average RUN RUN OUT_RUN
    python scripts/make_bundle.py publish RUN BUNDLE --validation S.parquet [--unseen S.parquet ...]

`average` takes the mean of the weights of runs that followed one another; `score` writes the
logits of a run's network on a split; `publish` exports the run, calibrates on the scores and
writes the card with the text of configs/default-card.toml and the figures of `--metrics`, the
`summary.json` of `unmask evaluate`. docs/TRAINING.md shows the order.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import pandas as pd

from unmask.evaluate.publish import (
    Plan,
    apply_text,
    calibrate_card,
    export_run,
    score_split,
    write_bundle,
)
from unmask.models.bundle import load_bundle
from unmask.settings import Settings
from unmask.train.checkpoint import average_runs


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("average", "score", "publish"))
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--split", default="")
    parser.add_argument("--source", action="append", default=[])
    parser.add_argument("--validation", type=Path)
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--metrics", type=Path, action="append", default=[])
    parser.add_argument("--name", default="default")
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--false-alarms", type=float, default=0.002)
    parser.add_argument("--misses", type=float, default=0.1)
    return parser.parse_args()


def plan_of(options: argparse.Namespace) -> Plan:
    """The decisions on the command line."""
    return Plan(
        options.name,
        "0.1.0",
        options.size,
        false_alarms=options.false_alarms,
        misses=options.misses,
    )


def average(options: argparse.Namespace) -> None:
    """The mean of the weights of runs, as a run."""
    average_runs(options.paths[:-1], options.paths[-1])


def score(options: argparse.Namespace) -> None:
    """Export a run into a provisional bundle and score a split with it."""
    run, out = options.paths
    with tempfile.TemporaryDirectory() as folder:
        export_run(run, Path(folder), plan_of(options))
        scores = score_split(Path(folder), options.manifest, options.split, tuple(options.source))
    scores["shares"] = [json.dumps(s if isinstance(s, dict) else {}) for s in scores["shares"]]
    scores.to_parquet(out, index=False)


def read_scores(path: Path) -> pd.DataFrame:
    """Scores as `score` wrote them."""
    scores = pd.read_parquet(path)
    scores["shares"] = [json.loads(s) for s in scores["shares"]]
    return scores


def publish(options: argparse.Namespace) -> None:
    """Export, calibrate, write the bundle."""
    run, folder = options.paths
    plan = plan_of(options)
    card = export_run(run, folder, plan)
    unseen = None if options.unseen is None else read_scores(options.unseen)
    card = calibrate_card(card, read_scores(options.validation), unseen, plan)
    card = apply_text(card, Path("configs/default-card.toml"))
    for path in options.metrics:
        card["metrics"][path.stem] = json.loads(path.read_text("utf-8"))
    write_bundle(folder, card)
    load_bundle(folder, Settings())
    print(json.dumps({k: card[k] for k in ("calibration", "verdict", "heat_map")}, indent=1))


if __name__ == "__main__":
    chosen = arguments()
    {"average": average, "score": score, "publish": publish}[chosen.what](chosen)
