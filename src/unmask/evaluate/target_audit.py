"""What an evaluation says of its own data: who is in other splits too, and what files give away.

The rows that are evaluated are audited (`audit.py`): shortcuts, duplicates, changed files. Against
the rest of their manifest only names are compared (persons, videos, recorded hashes), which costs
nothing; `unmask data audit` looks for look-alikes over all splits.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from unmask.data.manifest import read_manifest
from unmask.evaluate.audit import AuditPlan, audit_table
from unmask.evaluate.progress import Progress
from unmask.evaluate.targets import Targets

NAMES = ("identity", "video", "sha256")
ROUNDS = 200  # bootstrap samples of a shortcut's AUC


def audit_targets(
    targets: Targets, *, seed: int, workers: int, progress: Progress
) -> dict[str, Any]:
    """{shared, rows, leaks, shortcuts, …} of the manifests' rows among the targets.

    `shared` counts the persons, videos and files that also stand in a split that was not evaluated;
    None where the manifest does not record them.
    """
    own, others = [], []
    for manifest in targets.manifests:
        table = read_manifest(manifest)
        chosen = table["path"].isin(set(targets.table["path"]))
        own.append(table[chosen])
        others.append(table[~chosen & ~table["split"].isin(set(table[chosen]["split"]))])
    evaluated, rest = pd.concat(own, ignore_index=True), pd.concat(others, ignore_index=True)
    plan = AuditPlan(rounds=ROUNDS, seed=seed, workers=workers)
    found = audit_table(evaluated, plan, progress)
    return {"shared": {name: _shared(evaluated, rest, name) for name in NAMES}, **found}


def _shared(evaluated: pd.DataFrame, rest: pd.DataFrame, name: str) -> int | None:
    if name not in evaluated.columns or name not in rest.columns:
        return None
    return len(_names(evaluated, name) & _names(rest, name))


def _names(table: pd.DataFrame, name: str) -> set[str]:
    """The names in a column; a video's name holds inside its source only."""
    known = table[table[name].notna() & (table[name].astype(str) != "")]
    names = known[name].astype(str)
    return set(known["source"].astype(str) + "/" + names if name == "video" else names)


def shortcut_rows(audit: dict[str, Any]) -> list[dict[str, Any]]:
    """The shortcuts over everything, and of each source the strongest one."""
    results = audit["shortcuts"]["results"]
    rows = [one for one in results if one["scope"] == "all"]
    for scope in dict.fromkeys(one["scope"] for one in results if one["scope"] != "all"):
        own = [one for one in results if one["scope"] == scope]
        rows.append(max(own, key=lambda one: abs(one["auc"] - 0.5)))
    return rows
