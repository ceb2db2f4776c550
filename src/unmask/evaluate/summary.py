"""What the scores of a split say: per question, per source, with intervals and counts of the lost.

A question compares manipulated faces with the genuine ones they must be told from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from unmask.evaluate.metrics import bootstrap_interval, measure, wilson_interval
from unmask.evaluate.scores import probabilities
from unmask.models.card import Card


def summarise(scores: pd.DataFrame, card: Card) -> dict[str, Any]:
    """{questions, genuine, manipulated, faces_lost, abstained} of a scored table.

    `questions` holds metrics with the 95 % interval of the AUC over identities; `genuine` and
    `manipulated` per source how many were called what at the card's thresholds.
    """
    scores = scores.reset_index(drop=True)
    probability = probabilities(scores, card)
    usable = ((scores["reason"] == "") & np.isfinite(probability)).to_numpy()
    real = (scores["klass"] == "real").to_numpy()
    return {
        "n": len(scores),
        "faces_lost": int((scores["reason"] == "no_face").sum()),
        "abstained": {
            str(k): int(v)
            for k, v in scores.loc[~usable, "reason"].value_counts().items()
            if k != "no_face"
        },
        "questions": _questions(scores, probability, usable, real, card),
        "genuine": _by_source(scores, probability, usable & real, card),
        "manipulated": _by_source(scores, probability, usable & ~real, card),
    }


def _questions(
    scores: pd.DataFrame,
    probability: np.ndarray,
    usable: np.ndarray,
    real: np.ndarray,
    card: Card,
) -> dict[str, Any]:
    source = scores["source"].to_numpy(str)
    klass = scores["klass"].to_numpy(str)
    identity = scores["identity"].to_numpy(object)
    groups = {
        "all": usable,
        "synthetic_vs_real": usable
        & (real | (klass == "synthetic"))
        & (source != "deepfake_faces"),
        "hand_edited": usable & np.char.endswith(source, "ciplab"),
    }
    for name in np.unique(source[~real]):
        own = real & (source == name)
        against = own if own.any() else real & (source != "deepfake_faces")
        groups[str(name)] = usable & ((~real & (source == name)) | against)
    result = {}
    for name, rows in groups.items():
        fake = ~real[rows]
        if not fake.any() or fake.all():
            continue
        metrics = measure(fake, probability[rows], card.verdict.threshold).to_dict()
        low, high = bootstrap_interval(fake, probability[rows], identity[rows])
        result[name] = {**metrics, "auc_interval": [round(low, 4), round(high, 4)]}
    return result


def _by_source(
    scores: pd.DataFrame, probability: np.ndarray, rows: np.ndarray, card: Card
) -> dict[str, Any]:
    result = {}
    for name, part in scores[rows].groupby("source"):
        p = probability[part.index]
        called = int((p >= card.verdict.threshold).sum())
        low, high = wilson_interval(called, len(p))
        result[str(name)] = {
            "n": len(p),
            "called_manipulated": round(called / len(p), 4),
            "interval": [round(low, 4), round(high, 4)],
            "no_evidence": round(float((p <= card.verdict.clear_below).mean()), 4),
            "over_half": round(float((p >= 0.5).mean()), 4),
        }
    return result
