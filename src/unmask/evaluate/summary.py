"""From `metrics.json` to what a card carries: per question, per source, and counts of the lost.

A question compares manipulated faces with the genuine ones they must be told from. Written as
`summary.json` beside `metrics.json`; publishing puts it on the card.
"""

from __future__ import annotations

from typing import Any

DIGITS = 4
METRICS = (
    "n_scored",
    "auc",
    "auc_interval",
    "ap",
    "eer",
    "tpr_at_fpr_1",
    "tpr_at_fpr_5",
    "threshold",
    "accuracy",
    "precision",
    "recall",
    "specificity",
    "f1",
    "ece",
    "brier",
)


def summarise(result: dict[str, Any]) -> dict[str, Any]:
    """{n, faces_lost, abstained, unreadable, ece_even_prior, questions, genuine, manipulated}.

    `questions` holds "all", every family, and every source with fakes, where an AUC exists;
    `genuine` and `manipulated` per source how many were called what at the card's thresholds.
    """
    overall = {**result, "auc_interval": result["intervals"]["auc"], "against": []}
    groups = {"all": overall, **result["per_family"], **result["per_source"]}
    return {
        "n": result["n"],
        "faces_lost": result["faces_lost"],
        "abstained": result["abstained"],
        "unreadable": result["n_unreadable"],
        "ece_even_prior": _short(result["ece_even_prior"]),
        "seed": result["settings"]["seed"],
        "questions": {
            name: {key: _short(row[key]) for key in METRICS} | {"against": row["against"]}
            for name, row in groups.items()
            if row["auc"] is not None
        },
        "genuine": _called(result, "false_alarms"),
        "manipulated": _called(result, "caught"),
    }


def _called(result: dict[str, Any], key: str) -> dict[str, Any]:
    return {
        name: {
            "n": row[key]["n"],
            "called_manipulated": _short(row[key]["share"]),
            "interval": _short(row[key]["interval"]),
            "no_evidence": _short(row[key]["no_evidence"]),
        }
        for name, row in result["per_source"].items()
        if row[key] is not None
    }


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(one) for one in value]
    return round(value, DIGITS) if isinstance(value, float) else value
