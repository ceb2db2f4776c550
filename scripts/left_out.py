"""The figures of docs/RESULTS.md that concern sources left out, and the error under an even prior.

    python scripts/left_out.py BUNDLE TEST.parquet UNSEEN.parquet VAL_OF_PART_1.parquet

All three are scores as `make_bundle.py score` writes them: the shipped run on the test split, the
first part on the sources it never saw, the first part on the validation split.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from make_bundle import read_scores
from unmask.evaluate.calibrate import balance, threshold_for
from unmask.evaluate.scores import probabilities
from unmask.models.bundle import load_bundle
from unmask.models.card import Card
from unmask.settings import Settings

BINS = 15


def usable(path: Path, card: Card) -> pd.DataFrame:
    """The scored faces that nothing spoke against, with `p` and `fake`."""
    scores = read_scores(path)
    scores["p"] = probabilities(scores, card)
    scores["fake"] = scores["klass"] != "real"
    return scores[(scores["reason"] == "") & np.isfinite(scores["p"])]


def even_prior_error(scores: pd.DataFrame) -> float:
    """Calibration error with both sides, and sources inside a side, weighted alike."""
    weights = balance(scores["fake"].to_numpy(), scores["source"].to_numpy(object))
    table = scores[["p", "fake"]].assign(w=weights, bin=(scores["p"] * BINS).clip(upper=BINS - 1))
    error = 0.0
    for _, part in table.groupby(table["bin"].astype(int)):
        gap = np.average(part["p"], weights=part["w"]) - np.average(part["fake"], weights=part["w"])
        error += part["w"].sum() / weights.sum() * abs(gap)
    return error


def auc_between(genuine: pd.DataFrame, fakes: pd.DataFrame) -> float:
    """AUC of fakes against genuine faces."""
    both = pd.concat([genuine, fakes])
    return float(roc_auc_score(both["fake"], both["p"]))


def main(bundle: Path, test: Path, unseen: Path, validation: Path) -> None:
    """Print the figures."""
    card = load_bundle(bundle, Settings()).card
    shipped, out, first = (usable(path, card) for path in (test, unseen, validation))
    first = first[~first["source"].isin(out["source"].unique()) & ~first["fake"]]
    video = shipped[shipped["source"] == "deepfake_faces"]
    print("ECE, even prior: all", even_prior_error(shipped), "videos", even_prior_error(video))
    fakes, genuine = out[out["fake"]], out[~out["fake"]]
    stills = first[first["source"] != "deepfake_faces"]
    print("left-out fakes against new people of still sources", auc_between(stills, fakes))
    print("left-out fakes against left-out genuine", auc_between(genuine, fakes))
    without = threshold_for(first["p"].to_numpy(), first["source"].to_numpy(object), 0.005)
    for name, part in genuine.groupby("source"):
        shares = [(part["p"] >= t).mean() for t in (card.verdict.threshold, without)]
        print(name, len(part), "AUC", auc_between(part, fakes), "called: shipped, without", shares)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
