"""The audit of a manifest: leaks between its splits, and shortcuts in its files and draws.

Stands between the table and whatever is trained or measured on it: `unmask data audit` writes it,
an evaluation carries it along. Everything is plain data with the seeds that made it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from unmask.data.draws import Drawer
from unmask.data.duplicates import NEAR_BITS, find_leaks, label_conflicts
from unmask.data.picture_facts import gather_facts
from unmask.data.pool import usable_cores
from unmask.evaluate.draw_facts import draw_facts
from unmask.evaluate.progress import Progress
from unmask.evaluate.shortcuts import (
    DRAW_PROPERTIES,
    FILE_PROPERTIES,
    PAIR,
    Shortcut,
    measure_shortcuts,
    worst,
)

# A person, a video or a picture on two sides is a fact; pictures that are alike are candidates.
CERTAIN_LEAKS = frozenset({"identity", "video", "file", "pixels"})
LISTED = 50  # unreadable and changed files that are named


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """How to audit: bits of a near pair, bootstrap samples, seed, processes."""

    near_bits: int = NEAR_BITS
    rounds: int = 500
    seed: int = 0
    workers: int = field(default_factory=usable_cores)


def audit_table(
    table: pd.DataFrame, plan: AuditPlan | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Leaks and shortcuts of the files of a manifest.

    Keys: rows, split (how it was made, where recorded), near_bits, leaks, conflicts, unreadable,
    changed, shortcuts.
    """
    plan, bar = plan or AuditPlan(), progress or Progress()
    table = table.reset_index(drop=True)
    bar.begin("measuring", len(table))
    facts = gather_facts(table, workers=plan.workers, on_done=lambda: bar.step(""))
    bar.begin("auditing", 1)
    leaks = find_leaks(table, facts, plan.near_bits)
    readable = facts["readable"].to_numpy(bool)
    known = facts.assign(
        fake=(table["klass"] != "real").to_numpy(),
        source=table["source"].to_numpy(),
        person=_persons(table),
    )[readable]
    shortcuts = measure_shortcuts(
        known, FILE_PROPERTIES, rounds=plan.rounds, seed=plan.seed, workers=plan.workers
    )
    bar.step("")
    return {
        "rows": len(table),
        "split": table.attrs.get("split"),
        "near_bits": plan.near_bits,
        "leaks": [asdict(leak) for leak in leaks],
        "conflicts": asdict(label_conflicts(table, facts["pixels_sha256"])),
        "unreadable": _listed(table.loc[~readable, "path"]),
        "changed": _listed(_changed(table, facts)),
        "shortcuts": _section(shortcuts, plan, int(readable.sum())),
    }


def audit_draws(
    drawer: Drawer,
    draws: int,
    size_px: int,
    plan: AuditPlan | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Shortcuts of the first `draws` training draws at a stage's size."""
    plan, bar = plan or AuditPlan(), progress or Progress()
    bar.begin("drawing", draws)
    facts = draw_facts(drawer, draws, size_px, on_done=lambda: bar.step(""))
    bar.begin("auditing", 1)
    shortcuts = measure_shortcuts(
        facts, DRAW_PROPERTIES, rounds=plan.rounds, seed=plan.seed, workers=plan.workers
    )
    bar.step("")
    kinds = facts.groupby(["fake", "kind"]).size()
    return {
        **_section(shortcuts, plan, draws),
        "size_px": size_px,
        "kinds": [
            {"fake": bool(fake), "kind": str(kind), "draws": int(count)}
            for (fake, kind), count in kinds.items()
        ],
    }


def has_leak(audit: dict[str, Any]) -> bool:
    """Whether a person, a video or a picture certainly lies in two splits."""
    return any(leak["count"] and leak["kind"] in CERTAIN_LEAKS for leak in audit["leaks"])


def _section(shortcuts: list[Shortcut], plan: AuditPlan, count: int) -> dict[str, Any]:
    results = [one for one in shortcuts if one.kind != PAIR]
    return {
        "n": count,
        "rounds": plan.rounds,
        "seed": plan.seed,
        "results": [one.to_dict() for one in results],
        "dangerous": [[one.scope, one.name] for one in worst(results)],
        "pairs": [one.to_dict() for one in shortcuts if one.kind == PAIR],
    }


def _persons(table: pd.DataFrame) -> list[str]:
    """Who is seen; a picture of nobody known is a person of its own."""
    identity = table["identity"].fillna("").astype(str)
    return [name or f"row {row}" for row, name in enumerate(identity)]


def _changed(table: pd.DataFrame, facts: pd.DataFrame) -> pd.Series[str]:
    """Files that are no longer what was scanned; none where the scan recorded no hashes."""
    if "sha256" not in table:
        return table["path"].iloc[:0]
    recorded, now = table["sha256"].astype(str), facts["sha256"]
    return table["path"][(recorded != "") & now.notna().to_numpy() & (recorded != now.to_numpy())]


def _listed(paths: pd.Series[str]) -> dict[str, Any]:
    return {"count": len(paths), "paths": [str(path) for path in paths[:LISTED]]}
