"""`unmask evaluate` without the command line: targets, scores, figures, pictures, page, files.

Writes into one folder: `metrics.json` (everything), `summary.json` (what a card carries),
`report.html`, `pictures/*.png`,
`scores.parquet` (a row per face or file; grows while the work goes on, so that a killed run goes
on where it was) and, where asked for, `degraded.parquet` and `explanation.json` with `.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from unmask.data.pool import usable_cores
from unmask.evaluate.files import (
    plain,
    research_versions,
    write_json,
    write_pictures,
    write_whole,
)
from unmask.evaluate.page import evaluation_page
from unmask.evaluate.plots import draw_all
from unmask.evaluate.progress import Progress
from unmask.evaluate.results import ROUNDS, Figures
from unmask.evaluate.robustness import CELL_FILES, Cell, GridPlan, measure_grid
from unmask.evaluate.scoring import score_targets
from unmask.evaluate.summary import summarise
from unmask.evaluate.target_audit import audit_targets
from unmask.evaluate.targets import Targets, collect
from unmask.models.bundle import Bundle, load_bundle
from unmask.settings import Settings

SCORES_FILE, METRICS_FILE, PAGE_FILE = "scores.parquet", "metrics.json", "report.html"
SUMMARY_FILE = "summary.json"


@dataclass(frozen=True, slots=True)
class Options:
    """How to evaluate.

    split      rows of manifests: test, val, train or all
    sources    only these, () = all
    limit      at most that many targets, drawn evenly from sources and classes; None = all
    cells      degradations to measure, () = none; `cell_files` per cell
    explain    faces for the explanation's quality, 0 = not measured
    audit      whether leaks and shortcuts of the rows of manifests are looked for
    rounds     bootstrap samples
    workers    processes
    language   of the page
    """

    split: str = "test"
    sources: tuple[str, ...] = ()
    limit: int | None = None
    cells: tuple[Cell, ...] = ()
    cell_files: int = CELL_FILES
    explain: int = 0
    audit: bool = True
    rounds: int = ROUNDS
    seed: int = 0
    workers: int = field(default_factory=usable_cores)
    language: str = "en"


def evaluate(
    bundle_name: str | Path,
    paths: Sequence[Path],
    out: Path,
    options: Options | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Evaluate a bundle on manifests or folders; returns what `metrics.json` holds.

    UsageError for paths that hold nothing, BundleError for an unfit bundle. Files that cannot be
    read are counted.
    """
    options, settings = options or Options(), without_profile(settings)
    bar = progress or Progress()
    bundle = load_bundle(bundle_name, settings)
    targets = targets_of(paths, options)
    out.mkdir(parents=True, exist_ok=True)
    figures = score(bundle, targets, out / SCORES_FILE, options, settings, bar)
    result = figures.to_dict() | about(bundle, paths, targets, options, settings)
    result |= {"degradations": None, "explanation": None, "audit": None}
    if options.cells:
        result["degradations"] = _grid(bundle, targets, out, options, settings, bar)
    if options.explain:
        result["explanation"] = _explanation(bundle, targets, out, options, settings, bar)
    if options.audit and targets.manifests:
        result["audit"] = audit_targets(
            targets, seed=options.seed, workers=options.workers, progress=bar
        )
    result = plain(result)
    write_json(out / METRICS_FILE, result)
    write_json(out / SUMMARY_FILE, summarise(result))
    pictures = draw_all(figures, result)
    write_pictures(out / "pictures", pictures)
    page = evaluation_page(result, pictures, options.language)
    write_whole(out / PAGE_FILE, page.encode())
    return result


def without_profile(settings: Settings | None) -> Settings:
    """The settings with the bundle's own threshold: a profile belongs to somebody's material."""
    return (settings or Settings()).model_copy(update={"profile": None})


def targets_of(paths: Sequence[Path], options: Options) -> Targets:
    """The targets that the options choose."""
    return collect(
        paths,
        split=options.split,
        sources=options.sources,
        limit=options.limit,
        seed=options.seed,
    )


def score(
    bundle: Bundle,
    targets: Targets,
    file: Path,
    options: Options,
    settings: Settings,
    progress: Progress,
) -> Figures:
    """The figures of the targets; scores are kept in `file`."""
    progress.begin("scores", len(targets))
    scores = score_targets(
        bundle, targets, file, settings, workers=options.workers, on_done=progress.step
    )
    return Figures(scores, bundle.card, rounds=options.rounds, seed=options.seed)


def about(
    bundle: Bundle,
    paths: Sequence[Path],
    targets: Targets,
    options: Options,
    settings: Settings,
) -> dict[str, Any]:
    """What was measured with what: the part of the JSON that makes it repeatable."""
    return {
        "bundle": about_bundle(bundle),
        "settings": about_run(paths, targets, options, settings),
        "versions": research_versions(),
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def about_bundle(bundle: Bundle) -> dict[str, Any]:
    """Name, version, architecture and sha256 of a bundle."""
    card = bundle.card
    return {
        "name": card.name,
        "version": card.version,
        "architecture": card.architecture,
        "sha256": bundle.sha256,
    }


def about_run(
    paths: Sequence[Path], targets: Targets, options: Options, settings: Settings
) -> dict[str, Any]:
    """The options of a run, what the bootstrap drew, and whether faces or files were judged."""
    files = int(np.isnan(targets.boxes).any(axis=1).sum())
    return {
        "data": [str(path) for path in paths],
        "split": options.split,
        "sources": list(options.sources),
        "limit": options.limit,
        "level": "file" if files == len(targets) else "face",
        "faces": "manifest" if targets.landmarks else "found",
        "interval": "95 % bootstrap over persons, or files where nobody is named",
        "rounds": options.rounds,
        "seed": options.seed,
        "analysis": settings.model_dump(
            mode="json", include={"frames", "burst_frames", "face_width_min_px", "faces_max"}
        ),
    }


def _grid(
    bundle: Bundle,
    targets: Targets,
    out: Path,
    options: Options,
    settings: Settings,
    progress: Progress,
) -> dict[str, Any]:
    plan = GridPlan(options.cells, min(options.cell_files, len(targets)), options.seed)
    progress.begin("degradations", plan.count(targets))
    return measure_grid(
        bundle,
        targets,
        out / "degraded.parquet",
        settings,
        plan,
        workers=options.workers,
        on_done=progress.step,
    )


def _explanation(
    bundle: Bundle,
    targets: Targets,
    out: Path,
    options: Options,
    settings: Settings,
    progress: Progress,
) -> dict[str, Any]:
    from unmask.evaluate.explanation import markdown, measure_explanation

    result = measure_explanation(
        bundle, targets, faces=options.explain, seed=options.seed, progress=progress
    )
    write_json(out / "explanation.json", plain(result))
    write_whole(out / "explanation.md", markdown(result).encode())
    return result
