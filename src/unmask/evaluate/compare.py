"""Bundles side by side on the same targets: paired differences, cross-data-set matrix, left out.

`unmask compare` scores every bundle as `unmask evaluate` does and writes `comparison.json`, `.md`
and `.html`. What a bundle was trained on is read from its card (`training_data`), so that a cell
says whether it is in-distribution (other pictures of a source it knows) or unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from unmask.errors import UsageError
from unmask.evaluate.files import plain, write_json, write_pictures, write_whole
from unmask.evaluate.page import HEADLINE, comparison_page, number, share, signed, span
from unmask.evaluate.plots import matrix as draw_matrix
from unmask.evaluate.progress import Progress
from unmask.evaluate.results import STATISTICS, Figures, paired_difference
from unmask.evaluate.run import (
    Options,
    about_bundle,
    about_run,
    score,
    targets_of,
    without_profile,
)
from unmask.evaluate.targets import is_data
from unmask.models.bundle import CARD_FILE, Bundle, load_bundle
from unmask.record import versions
from unmask.settings import Settings

SEEN, UNSEEN = "seen", "unseen"
ALL_SOURCES = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One bundle of a comparison: its label, its figures, and the sources it was trained on."""

    label: str
    bundle: Bundle
    figures: Figures
    sources: frozenset[str]

    def knows(self, source: str) -> bool:
        """Whether it was trained on pictures of that source (a folder's own name counts)."""
        return source in self.sources or source.split("/")[-1] in self.sources


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Bundles and data among the arguments, each in order; UsageError where a kind is missing.

    Data are manifests and folders with class folders; a folder with a card is a bundle; any other
    text is a bundle's name.
    """
    bundles: list[str] = []
    paths: list[Path] = []
    for argument in arguments:
        path = Path(argument)
        if not (path / CARD_FILE).is_file() and (is_data(path) or path.suffix == ".parquet"):
            paths.append(path)
        else:
            bundles.append(argument)
    if len(bundles) < 2 or not paths:
        raise UsageError(
            f"expected at least two bundles and one path with data, got {len(bundles)} and "
            f"{len(paths)}",
            "unmask compare BUNDLE BUNDLE... PATH... --out DIR; data are manifests (.parquet) or "
            "folders with real/ and fake/",
        )
    return bundles, paths


def compare(
    bundles: Sequence[str],
    paths: Sequence[Path],
    out: Path,
    options: Options | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Compare bundles on manifests or folders; returns what `comparison.json` holds."""
    options, settings = options or Options(), without_profile(settings)
    loaded = [load_bundle(name, settings) for name in bundles]
    targets = targets_of(paths, options)
    out.mkdir(parents=True, exist_ok=True)
    sides = []
    for label, bundle in zip(_labels(loaded), loaded, strict=True):
        file = out / f"scores-{bundle.sha256[:12]}.parquet"
        figures = score(bundle, targets, file, options, settings, progress or Progress())
        known = frozenset(str(one["name"]) for one in bundle.card.training_data)
        sides.append(Side(label, bundle, figures, known))
    result = plain(
        {
            "n": len(targets),
            "bundles": [_about(side) for side in sides],
            "differences": differences(sides),
            "matrix": matrix(sides),
            "left_out": left_out(sides),
            "settings": about_run(paths, targets, options, settings),
            "versions": versions(),
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    write_json(out / "comparison.json", result)
    write_whole(out / "comparison.md", markdown(result).encode())
    picture = _picture(result)
    pictures = {} if picture is None else {"matrix": picture}
    write_pictures(out / "pictures", pictures)
    page = comparison_page(result, pictures, options.language)
    write_whole(out / "comparison.html", page.encode())
    return result


def differences(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """Every pair of bundles: overall in each of `STATISTICS`, and per source in AUC."""
    found = []
    for first, second in combinations(sides, 2):
        figures = first.figures
        everything = np.ones(len(figures.scores), bool)
        questions = [(ALL_SOURCES, everything, name) for name in STATISTICS]
        for source in figures.sources:
            own = figures.source == source
            questions.append((source, own | figures.opponents(own & figures.fake), "auc"))
        for source, rows, name in questions:
            difference = paired_difference(figures, second.figures, rows, name)
            if difference is not None:
                about = {"first": first.label, "second": second.label}
                found.append({**about, "source": source, "metric": name, **difference})
    return found


def matrix(sides: Sequence[Side]) -> dict[str, dict[str, Any]]:
    """{source: {bundle: {auc, auc_interval, false_alarms, caught, trained_on, …}}}."""
    wanted = ("n", "n_scored", "auc", "auc_interval", "false_alarms", "caught", "against")
    return {
        source: {
            side.label: {
                **{name: side.figures.of_source(source)[name] for name in wanted},
                "trained_on": SEEN if side.knows(source) else UNSEEN,
            }
            for side in sides
        }
        for source in sides[0].figures.sources
    }


def left_out(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """What bundles reach on sources and kinds of forgery they never saw, against those who did.

    AUC where there are fakes, else the share of genuine faces called manipulated; `gap` is what
    not having seen it costs (positive = worse), None where no bundle of the comparison saw it.
    """
    rows = []
    for question in _questions(sides[0].figures):
        values = {side.label: question.value_of(side) for side in sides}
        metric = next(iter(values.values()))[0]
        sign = 1 if metric == "auc" else -1
        seen = [
            (sign * value, side.label)
            for side in sides
            if question.known_to(side) and (value := values[side.label][1]) is not None
        ]
        best, best_label = max(seen, default=(None, ""))
        for side in sides:
            value = values[side.label][1]
            if question.known_to(side) or value is None:
                continue
            rows.append(
                {
                    "kind": question.kind,
                    "name": question.name,
                    "metric": metric,
                    "bundle": side.label,
                    "unseen": value,
                    "best_seen": None if best is None else sign * best,
                    "best_seen_bundle": best_label,
                    "gap": None if best is None else best - sign * value,
                }
            )
    return rows


@dataclass(frozen=True, slots=True)
class Question:
    """A source, or a family of forgeries with the sources it comes from."""

    kind: str
    name: str
    sources: tuple[str, ...]

    def value_of(self, side: Side) -> tuple[str, float | None]:
        """("auc" or "false_alarms", the value) of a bundle."""
        figures = side.figures
        row = figures.of_source if self.kind == "source" else figures.of_family
        return _value(row(self.name))

    def known_to(self, side: Side) -> bool:
        """Whether the bundle was trained on any of it."""
        return any(side.knows(source) for source in self.sources)


def _questions(figures: Figures) -> list[Question]:
    found = [Question("source", source, (source,)) for source in figures.sources]
    for family in figures.families:
        own = figures.fake & (figures.family == family)
        found.append(Question("family", family, tuple(sorted(set(figures.source[own].tolist())))))
    return found


def _value(row: dict[str, Any]) -> tuple[str, float | None]:
    if row["n_fake"]:
        return "auc", row["auc"]
    return "false_alarms", None if row["false_alarms"] is None else row["false_alarms"]["share"]


def markdown(result: dict[str, Any]) -> str:
    """The comparison as Markdown tables."""
    labels = [one["label"] for one in result["bundles"]]
    parts = [f"# {' against '.join(labels)}\n", f"n = {result['n']}\n", "## Figures\n"]
    rows = [
        [name, *(_with_span(one["metrics"], key) for one in result["bundles"])]
        for key, name in HEADLINE.items()
    ]
    parts.append(_table(["figure", *labels], rows))
    parts.append("## Paired differences\n")
    rows = [
        [f"{d['first']} - {d['second']}", d["source"], d["metric"], signed(d["difference"]),
         span(d["interval"]), str(d["n"])]
        for d in result["differences"]
    ]  # fmt: skip
    parts.append(_table(["models", "source", "figure", "difference", "95 %", "n"], rows))
    parts.append("## AUC by source (false alarms where there are genuine faces only)\n")
    rows = [
        [source, *(_cell(cells[label]) for label in labels)]
        for source, cells in result["matrix"].items()
    ]
    parts.append(_table(["source", *labels], rows))
    if result["left_out"]:
        parts.append("## Left out\n")
        rows = [
            [r["name"], r["metric"], r["bundle"], number(r["unseen"]), number(r["best_seen"]),
             signed(r["gap"])]
            for r in result["left_out"]
        ]  # fmt: skip
        heads = ["left out", "figure", "model", "unseen", "best that saw it", "loss"]
        parts.append(_table(heads, rows))
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _with_span(metrics: dict[str, Any], key: str) -> str:
    return f"{number(metrics[key])} {span(metrics['intervals'].get(key))}".strip()


def _cell(cell: dict[str, Any]) -> str:
    value = share(cell["false_alarms"]) if cell["auc"] is None else number(cell["auc"])
    return f"{value} ({cell['trained_on']})"


def _about(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        **about_bundle(side.bundle),
        "trained_on": sorted(side.sources),
        "metrics": side.figures.to_dict(),
    }


def _labels(bundles: Sequence[Bundle]) -> list[str]:
    """Names of the bundles; with the start of their hash where two have one name."""
    if len({bundle.sha256 for bundle in bundles}) < len(bundles):
        raise UsageError("a bundle was named twice", "name two bundles that differ")
    names = [bundle.card.name for bundle in bundles]
    return [
        name if names.count(name) == 1 else f"{name} {bundle.sha256[:8]}"
        for name, bundle in zip(names, bundles, strict=True)
    ]


def _picture(result: dict[str, Any]) -> bytes | None:
    labels = [one["label"] for one in result["bundles"]]
    sources = [
        source
        for source, cells in result["matrix"].items()
        if any(cell["auc"] is not None for cell in cells.values())
    ]
    values = [[result["matrix"][s][label]["auc"] for s in sources] for label in labels]
    notes = [[result["matrix"][s][label]["trained_on"] for s in sources] for label in labels]
    return draw_matrix(values, labels, sources, notes)
