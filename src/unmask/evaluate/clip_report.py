"""What temporal model and cues add to single frames, measured per face on people never seen.

Table of clips (`clip_table.py`) -> rules fitted on its validation people -> JSON: for frames alone,
the shipped rule and every part left out or alone, the field's measures on the test people, in the
set, on kinds of swap that were never trained on, and on degraded copies; gains with paired
bootstrap intervals over clips. The baseline is the frame detector's log-odds refitted on the same
clips, so that no gain is that of a better threshold; as shipped it is given beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.detectors.coherence.features import FRAME
from unmask.detectors.fused import PERSON_FEATURES
from unmask.evaluate.clip_table import References, vectors
from unmask.evaluate.fit_fusion import GROUPS, FusionFit, fit_fusion
from unmask.evaluate.metrics import measure, measure_some, resamples, wilson_interval
from unmask.models.card import Card

Floats = npt.NDArray[np.float64]
BASE, SHIPPED, FULL = "frames", "shipped", "all"
EVEN = 0.5  # where accuracy and its gains are read: probabilities are meant for an even prior
ROUNDS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Rules by name: `frames`, `all`, `all-PART`, `frames+PART`, and the card's own, `shipped`."""

    fits: dict[str, FusionFit]
    references: References
    card: Card

    def probabilities(self, table: pd.DataFrame) -> dict[str, Floats]:
        """{rule: (N,) P(manipulated)} of a table's people, all judged by the frame detector."""
        x = vectors(table, self.references)
        found = {name: fit.probability(x) for name, fit in self.fits.items()}
        fusion = self.card.fusion
        if fusion is not None:
            places = [PERSON_FEATURES.index(name) for name in fusion.features]
            log_odds = x[:, places] @ np.array(fusion.weights) + fusion.intercept
            found[SHIPPED] = np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)), np.float64)
        return found


def fit_rules(table: pd.DataFrame, card: Card) -> Rules:
    """The rules from a table's validation people; references are the card's."""
    val = judged(table[table["split"] == "val"])
    references = {} if card.fusion is None else card.fusion.references
    x, fake = vectors(val, references), val["fake"].to_numpy(bool)
    source = (val["data"] + "/" + val["source"]).to_numpy(object)
    clip = val["clip"].to_numpy(object)
    wanted = {BASE: (FRAME,), FULL: GROUPS}
    for part in GROUPS:
        if part != FRAME:
            wanted[f"{FULL}-{part}"] = tuple(group for group in GROUPS if group != part)
            wanted[f"{BASE}+{part}"] = (FRAME, part)
    fits = {
        name: fit_fusion(x, fake, source, clip, groups=groups, rounds=2, drop=False)
        for name, groups in wanted.items()
    }
    return Rules(fits, references, card)


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """The people whom the frame detector could judge."""
    return table[table["frame"].notna()].reset_index(drop=True)


def clip_report(
    table: pd.DataFrame, degraded: pd.DataFrame, rules: Rules, people: dict[str, int]
) -> dict[str, Any]:
    """The JSON of an evaluation.

    `table` holds validation and test people, `degraded` the test people of the degraded copies;
    `people` is how many test people the truth names in each data set, found or not.
    """
    test, known = table[table["split"] == "test"], kinds_seen(table)
    unseen = (test["kind"] != "") & ~test["kind"].isin(known)
    subsets = {
        "in_set": test[~unseen],
        "unseen_kind": test[unseen | (test["kind"] == "")],
        "degraded": degraded[(degraded["kind"] == "") | degraded["kind"].isin(known)],
    }
    report: dict[str, Any] = {
        "unseen_kinds": sorted(set(test.loc[unseen, "kind"])),
        "subsets": {name: _subset(part, rules) for name, part in subsets.items()},
        "read_as": _read_as(test),
        "data": {},
    }
    for name, part in test.groupby("data"):
        report["data"][str(name)] = {
            "people_in_truth": people.get(str(name), 0),
            "found": len(part.drop_duplicates(["clip", "identity"])),
            "tracks": len(part),
            "unjudged": int(part["frame"].isna().sum()),
            **_scenes(judged(part), rules),
        }
    return report


def kinds_seen(table: pd.DataFrame) -> list[str]:
    """The kinds of manipulation of the validation people: those that training knew, too."""
    return sorted(set(table.loc[table["split"] == "val", "kind"]) - {""})


def _read_as(test: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """{kind of manipulation: {n, {class: how many read as it}}} of the people that were judged."""
    fakes = judged(test[test["fake"].astype(bool)])
    return {
        str(kind): {"n": len(part), "classes": part["read_as"].value_counts().to_dict()}
        for kind, part in fakes.groupby("kind")
    }


def _subset(part: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    part = judged(part)
    fake, clip = part["fake"].to_numpy(bool), part["clip"].to_numpy(object)
    if not fake.any() or fake.all():
        return {"n": len(part), "n_fake": int(fake.sum())}
    by_rule = rules.probabilities(part)
    frame = part["frame"].to_numpy(np.float64)
    found: dict[str, Any] = {
        "n": len(part),
        "n_fake": int(fake.sum()),
        "frame_detector_as_shipped": measure(fake, frame, rules.card.verdict.threshold).to_dict(),
        "rules": {n: _measures(fake, p, _threshold(n, rules)) for n, p in by_rule.items()},
        "gains": {
            name: _gain(fake, by_rule[BASE], p, clip)
            for name, p in by_rule.items()
            if name in (SHIPPED, FULL) or name.startswith(f"{BASE}+")
        },
        "ablation": {
            name.removeprefix(f"{FULL}-"): _gain(fake, p, by_rule[FULL], clip)
            for name, p in by_rule.items()
            if name.startswith(f"{FULL}-")
        },
    }
    return found


def _threshold(rule: str, rules: Rules) -> float:
    fusion = rules.card.fusion
    return fusion.threshold if rule == SHIPPED and fusion is not None else EVEN


def _measures(fake: npt.NDArray[np.bool_], p: Floats, threshold: float) -> dict[str, Any]:
    """The field's measures at .5, and what the rule's own threshold gives."""
    at = measure_some(fake, p, threshold)
    return measure(fake, p, EVEN).to_dict() | {
        "own_threshold": round(threshold, 4),
        "tpr": _rounded(at["recall"]),
        "fpr": _rounded(at["false_alarm_rate"]),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _gain(
    fake: npt.NDArray[np.bool_], before: Floats, after: Floats, clip: npt.NDArray[np.object_]
) -> dict[str, Any]:
    """Points of accuracy at .5 that `after` has over `before`, with the 95 % interval."""
    points = 100 * (((after >= EVEN) == fake) * 1.0 - ((before >= EVEN) == fake) * 1.0)
    drawn = [float(points[rows].mean()) for rows in resamples(clip, rounds=ROUNDS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "accuracy_points": round(float(points.mean()), 2),
        "interval": [round(float(low), 2), round(float(high), 2)],
    }


def _scenes(part: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    """False alarms per genuine face and how many clips have every face right, by rule."""
    if part.empty:
        return {}
    found: dict[str, Any] = {}
    fake, clip = part["fake"].to_numpy(bool), part["clip"].to_numpy(object)
    by_rule = rules.probabilities(part)
    for name in (BASE, SHIPPED):
        if name not in by_rule:
            continue
        called = by_rule[name] >= _threshold(name, rules)
        alarms, genuine = int((called & ~fake).sum()), int((~fake).sum())
        right = pd.Series((by_rule[name] >= EVEN) == fake).groupby(clip).all()
        whole = pd.Series(by_rule[name]).groupby(clip).max().to_numpy(np.float64)
        any_fake = pd.Series(fake).groupby(clip).any().to_numpy(bool)
        found[name] = {
            "genuine": genuine,
            "false_alarms": alarms,
            "false_alarm_interval": [round(v, 4) for v in wilson_interval(alarms, genuine)],
            "clips": len(right),
            "all_faces_right": round(float(right.mean()), 4),
            "per_clip": measure_some(any_fake, whole, EVEN),
        }
    return found
