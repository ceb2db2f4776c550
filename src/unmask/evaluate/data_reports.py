"""`unmask data eda` and `unmask data audit` without the command line: measure, write, give back.

Each writes one JSON file with everything and one page per language into a folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unmask.data.draws import Drawer
from unmask.data.manifest import read_manifest
from unmask.data.overview import overview
from unmask.data.picture_facts import gather_facts
from unmask.data.pool import usable_cores
from unmask.errors import UsageError
from unmask.evaluate.audit import AuditPlan, audit_draws, audit_table
from unmask.evaluate.data_pages import audit_page, overview_page
from unmask.evaluate.files import plain, research_versions, write_json, write_whole
from unmask.evaluate.progress import Progress
from unmask.train.config import read_config, read_run_config

EDA, AUDIT = "eda", "audit"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Languages of the pages, whether they carry faces, the seed of samples, and processes."""

    languages: tuple[str, ...] = ("en",)
    pictures: bool = True
    seed: int = 0
    workers: int = field(default_factory=usable_cores)


def make_overview(
    manifest: Path, out: Path, options: PageOptions, progress: Progress | None = None
) -> tuple[dict[str, Any], list[Path]]:
    """Write `eda.json` and the pages; what the JSON holds, and the files written."""
    bar = progress or Progress()
    table = read_manifest(manifest)
    if table.empty:
        raise UsageError(f"{manifest} holds no rows", "scan the data again")
    bar.begin("measuring", len(table))
    facts = gather_facts(table, workers=options.workers, on_done=lambda: bar.step(""))
    result = plain({**overview(table, facts), **_about(manifest, {"seed": options.seed})})
    pages = {
        language: overview_page(
            result, table, facts, language, pictures=options.pictures, seed=options.seed
        )
        for language in options.languages
    }
    return result, _write(out, EDA, result, pages)


def make_audit(
    manifest: Path,
    out: Path,
    options: PageOptions,
    plan: AuditPlan,
    progress: Progress | None = None,
    *,
    config: Path | None = None,
    draws: int = 2000,
) -> tuple[dict[str, Any], list[Path]]:
    """Write `audit.json` and the pages; with `config` its training draws are audited, too.

    `config` is a configuration or the folder of a run.
    """
    table = read_manifest(manifest)
    if table.empty:
        raise UsageError(f"{manifest} holds no rows", "scan the data again")
    drawn = None
    if config is not None:
        drawn = _audit_draws(manifest, config, draws, plan, progress)
    settings = {
        "rounds": plan.rounds,
        "seed": plan.seed,
        "config": None if config is None else str(config),
        "draws": draws if config is not None else None,
    }
    found = {**audit_table(table, plan, progress), "draws": drawn, **_about(manifest, settings)}
    result = plain(found)
    pages = {
        language: audit_page(result, language, pictures=options.pictures)
        for language in options.languages
    }
    return result, _write(out, AUDIT, result, pages)


def _audit_draws(
    manifest: Path,
    path: Path,
    draws: int,
    plan: AuditPlan,
    progress: Progress | None,
) -> dict[str, Any]:
    config = read_run_config(path) if path.is_dir() else read_config(path)
    stage = max(config.stages, key=lambda one: one.draws)
    drawer = Drawer(manifest, config.recipe, seed=config.seed)
    found = audit_draws(drawer, draws, stage.size_px, plan, progress)
    return {**found, "config": path.name, "draw_seed": config.seed}


def _about(manifest: Path, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "manifest": manifest.name,
        "settings": settings,
        "versions": research_versions(),
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _write(out: Path, name: str, result: dict[str, Any], pages: dict[str, str]) -> list[Path]:
    """`NAME.json`, and `NAME.html` or, for several languages, `NAME.LANGUAGE.html`."""
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"{name}.json"]
    write_json(files[0], result)
    for language, page in pages.items():
        middle = f".{language}" if len(pages) > 1 else ""
        files.append(out / f"{name}{middle}.html")
        write_whole(files[-1], page.encode())
    return files
