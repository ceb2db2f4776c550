"""From runs to the default bundle, and from the bundle to its figures.

    python scripts/make_bundle.py export RUN BUNDLE
    python scripts/make_bundle.py average RUN RUN OUT_RUN
    python scripts/make_bundle.py mix BUNDLE OTHER_BUNDLE OUT_BUNDLE --share .5
    python scripts/make_bundle.py join BUNDLE BUNDLE... OUT_BUNDLE [--shares CLASS=A,B...]
    python scripts/make_bundle.py score BUNDLE OUT.parquet --manifest M [--split val] [--source S]
    python scripts/make_bundle.py publish BUNDLE OUT_BUNDLE --validation S.parquet [--unseen S]

`export` makes a provisional bundle of a run, `average` takes the mean of the weights of runs that
followed one another, `mix` that of a network of BUNDLE and OTHER_BUNDLE's of the same architecture,
with `--share` of the latter, `join` makes one network of several that were trained apart, in which
they count alike or, in a class, by `--shares`; `score` writes the logits of a bundle on a split;
`publish` calibrates on the scores and writes the card with the text of configs/default-card.toml
and the figures of `--metrics`, the `summary.json` of `unmask evaluate`. docs/TRAINING.md shows the
order.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from unmask.evaluate.fit_edit import fit_edit, read_edit_plan
from unmask.evaluate.publish import (
    MARGINS,
    Plan,
    apply_text,
    calibrate_card,
    export_run,
    join_bundles,
    mix_bundles,
    score_split,
    write_bundle,
)
from unmask.models.bundle import CARD_FILE, MODEL_FILE, load_bundle
from unmask.settings import Settings
from unmask.train.checkpoint import average_runs

EDIT_PLAN = Path(__file__).parent.parent / "configs" / "edit.toml"


def shares_row(text: str) -> tuple[str, list[float]]:
    """(class, shares) of "synthetic=1,0"."""
    name, _, row = text.partition("=")
    try:
        return name, [float(share) for share in row.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected CLASS=A,B, got {text!r}") from None


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(VERBS))
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--split", default="")
    parser.add_argument("--source", action="append", default=[])
    parser.add_argument("--validation", type=Path)
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--metrics", type=Path, action="append", default=[])
    parser.add_argument("--name", default="default")
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--false-alarms", type=float, default=0.003)
    parser.add_argument("--misses", type=float, default=0.1)
    parser.add_argument(
        "--shares", action="append", type=shares_row, default=[], metavar="CLASS=A,B"
    )
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--alternate", action="store_true", help="one view a margin")
    parser.add_argument("--margin", type=float, action="append", default=[])
    return parser.parse_args()


def plan_of(options: argparse.Namespace) -> Plan:
    """The decisions on the command line."""
    return Plan(
        options.name,
        "0.3.2",
        options.size,
        false_alarms=options.false_alarms,
        misses=options.misses,
        margins=tuple(options.margin) or MARGINS,
        alternate=options.alternate,
    )


def average(options: argparse.Namespace) -> None:
    """The mean of the weights of runs, as a run."""
    average_runs(options.paths[:-1], options.paths[-1])


def export(options: argparse.Namespace) -> None:
    """A run as a provisional bundle."""
    run, folder = options.paths
    export_run(run, folder, plan_of(options))


def mix(options: argparse.Namespace) -> None:
    """A network whose weights lie between those of two, as a provisional bundle."""
    folder, other, out = options.paths
    mix_bundles(folder, other, out, plan_of(options), options.share)


def join(options: argparse.Namespace) -> None:
    """Several bundles as one provisional bundle."""
    *folders, folder = options.paths
    join_bundles(folders, folder, plan_of(options), dict(options.shares))


def edit(options: argparse.Namespace) -> None:
    """Give a provisional bundle the output that tells edited parts from swapped faces."""
    told = fit_edit(options.paths[0], options.manifest, read_edit_plan(EDIT_PLAN))
    print(json.dumps(told, indent=1))


def score(options: argparse.Namespace) -> None:
    """Score a split with a bundle."""
    bundle, out = options.paths
    scores = score_split(bundle, options.manifest, options.split, tuple(options.source))
    scores["shares"] = [json.dumps(s if isinstance(s, dict) else {}) for s in scores["shares"]]
    scores.to_parquet(out, index=False)


def read_scores(path: Path) -> pd.DataFrame:
    """Scores as `score` wrote them."""
    scores = pd.read_parquet(path)
    scores["shares"] = [json.loads(s) for s in scores["shares"]]
    return scores


def publish(options: argparse.Namespace) -> None:
    """Calibrate a provisional bundle, write it with its card."""
    made, folder = options.paths
    plan = plan_of(options)
    card = json.loads((made / CARD_FILE).read_text("utf-8"))
    unseen = None if options.unseen is None else read_scores(options.unseen)
    card = calibrate_card(card, read_scores(options.validation), unseen, plan)
    card = apply_text(card, Path("configs/default-card.toml")) | {"version": plan.version}
    for path in options.metrics:
        card["metrics"][path.stem] = json.loads(path.read_text("utf-8"))
    write_bundle(folder, card, (made / MODEL_FILE).read_bytes())
    load_bundle(folder, Settings())
    print(json.dumps({k: card[k] for k in ("calibration", "verdict", "heat_map")}, indent=1))


VERBS = {
    "average": average,
    "edit": edit,
    "export": export,
    "join": join,
    "mix": mix,
    "publish": publish,
    "score": score,
}

if __name__ == "__main__":
    chosen = arguments()
    VERBS[chosen.what](chosen)
