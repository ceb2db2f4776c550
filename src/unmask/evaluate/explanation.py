"""How good the explanations are: does the heat map point at what was changed, and does it matter?

Called by `unmask evaluate --explain` on manifests with meshes. Four questions, each with what
chance would give, for every map side by side (`maps.py`): pseudo-fakes with exact masks, composites
with named parts, deletion and insertion against a random order, and whether a map notices that the
network's weights are random. The protocol is DETECTION.md's; papers stand in `map_measures.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unmask.errors import RefusedError, UsageError
from unmask.evaluate.map_measures import (
    mean_of,
    place,
    random_areas,
    randomised,
    rank_correlation,
    removal_areas,
)
from unmask.evaluate.map_truth import (
    crop_mask,
    edit_mask,
    face_mask,
    pseudo_fakes,
    read_edits,
    rows_of,
)
from unmask.evaluate.maps import Mapped, MapRunner
from unmask.evaluate.metrics import resamples
from unmask.evaluate.progress import Progress
from unmask.evaluate.scores import read_picture
from unmask.evaluate.targets import Targets, draw_evenly
from unmask.models.bundle import Bundle
from unmask.types import FloatArray

CALLED = 0.5  # P(manipulated) from which a face counts as detected: only then a map is looked at
REMOVAL_FACES, RANDOM_FACES = 60, 40
STAGES = {"head": 0.1, "upper half": 0.5, "all": 1.0}  # share of the layers drawn anew, from above
MASK_AREA_MIN = 0.005  # of the crop: smaller masks are not in it
Rows = list[dict[str, Any]]


def measure_explanation(
    bundle: Bundle, targets: Targets, *, faces: int, seed: int, progress: Progress
) -> dict[str, Any]:
    """{methods, pseudo_fakes, edited_parts, removal, randomised, tables} of a bundle's maps.

    `faces` pseudo-fakes, drawn evenly from the sources of genuine faces. UsageError where no
    target has a known mesh.
    """
    if not targets.landmarks:
        raise UsageError(
            "--explain needs faces with meshes", "give a manifest made by `unmask data scan`"
        )
    runner = MapRunner(bundle)
    edits = read_edits(targets)
    fakes = targets.take(rows_of(targets, fake=True))
    removal = fakes.take(draw_evenly(fakes.table, REMOVAL_FACES, seed))
    random = fakes.take(draw_evenly(fakes.table, RANDOM_FACES, seed + 1))
    progress.begin("explanation", faces + len(edits) + len(removal) + len(random))
    result: dict[str, Any] = {
        "methods": list(runner.methods),
        "detected_from": CALLED,
        "seed": seed,
        "pseudo_fakes": _pseudo(runner, targets, faces, seed, progress),
        "edited_parts": _edited(runner, targets, edits, progress),
        "removal": _removal(runner, removal, seed, progress),
        "randomised": _random(bundle, runner, random, seed, progress),
    }
    result["tables"] = tables(result)
    return result


def markdown(result: dict[str, Any]) -> str:
    """The tables as Markdown."""
    parts = []
    for table in result["tables"]:
        lines = [table["heads"], ["---"] * len(table["heads"]), *table["rows"]]
        body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        parts.append(f"## {table['title']}\n\n{body}\n")
    return "\n".join(parts)


def _pseudo(
    runner: MapRunner, targets: Targets, count: int, seed: int, progress: Progress
) -> dict[str, Any]:
    """Pointing game and overlap with the exact masks of pseudo-fakes."""
    rows: Rows = []
    left_out = 0
    size = runner.card.input.size_px
    for fake in pseudo_fakes(targets, count, seed):
        mapped = runner.face(fake.image_rgb, fake.landmarks, fake.box)
        mask = crop_mask(fake.mask, mapped.crop_to_frame, size)
        progress.step(fake.kind)
        if float(mask.mean()) < MASK_AREA_MIN:
            left_out += 1
            continue
        about = {"kind": fake.kind, "source": fake.source, "detected": _detected(runner, mapped)}
        for method, values in mapped.maps.items():
            rows.append({**about, "method": method, **place(values, mask)})
    return {"left_out": left_out, **_by_method(runner, rows, "kind")}


def _edited(
    runner: MapRunner, targets: Targets, edits: dict[int, Any], progress: Progress
) -> dict[str, Any]:
    """Whether the peak lies in an edited part; left and right as labelled, and lenient."""
    rows: Rows = []
    size = runner.card.input.size_px
    for row, edit in edits.items():
        marks = targets.landmarks[row]
        progress.step(edit.difficulty)
        mapped = _face(runner, targets, row)
        if mapped is None:
            continue
        affine = mapped.crop_to_frame
        mask = edit_mask(edit, marks, affine, size, lenient=True)
        strict = edit_mask(edit, marks, affine, size, lenient=False)
        face = face_mask(marks, affine, size)
        about = {
            "difficulty": edit.difficulty,
            "detected": _detected(runner, mapped),
            "area_in_face": float((mask & face).sum() / max(1, int(face.sum()))),
            "strict_area": float(strict.mean()),
        }
        for method, values in mapped.maps.items():
            strict_hit = place(values, strict)["hit"]
            measured = place(values, mask)
            rows.append({**about, "method": method, **measured, "strict_hit": strict_hit})
    return _by_method(runner, rows, "difficulty") if rows else {}


def _removal(runner: MapRunner, fakes: Targets, seed: int, progress: Progress) -> dict[str, Any]:
    """Deletion and insertion of detected fakes against the map's values in random places."""
    rows: Rows = []
    for row in range(len(fakes)):
        mapped = _face(runner, fakes, row)
        progress.step("removal")
        if mapped is None or not _detected(runner, mapped):
            continue
        rng = np.random.default_rng([seed, row])
        crop, score = mapped.crop_rgb, runner.probabilities
        control = random_areas(crop, mapped.maps["cam"], score, rng)
        for method, values in mapped.maps.items():
            found = removal_areas(crop, values, score)
            rows.append(
                {
                    "method": method,
                    "group": fakes.table["group"][row],
                    **found,
                    "random_deletion": control["deletion"],
                    "random_insertion": control["insertion"],
                    "deletion_gain": control["deletion"] - found["deletion"],
                    "insertion_gain": found["insertion"] - control["insertion"],
                }
            )
    result: dict[str, Any] = {"n": len(rows) // max(1, len(runner.methods)), "methods": {}}
    for method in runner.methods if rows else ():
        own = [row for row in rows if row["method"] == method]
        names = [name for name in own[0] if name not in ("method", "group")]
        means = {name: mean_of(own, name) for name in names}
        gains = {f"{name}_interval": _interval(own, name, seed) for name in names if "gain" in name}
        result["methods"][method] = {**means, **gains}
    return result


def _random(
    bundle: Bundle, runner: MapRunner, fakes: Targets, seed: int, progress: Progress
) -> dict[str, Any]:
    """How alike the maps of the network and of one with random weights are, stage by stage.

    `other` is the same for the maps of two different faces: what layout alone (the border, the
    face in the middle) makes alike. A map that depends on what was learnt has `same` near it.
    """
    pictures = [(row, _face(runner, fakes, row)) for row in range(len(fakes))]
    known = [(row, mapped) for row, mapped in pictures if mapped is not None]
    result: dict[str, Any] = {"n": len(known), "stages": {}}
    for stage, share in STAGES.items() if len(known) > 1 else ():
        other = MapRunner(bundle, randomised(bundle.model, share, seed))
        changed = []
        for row, mapped in known:
            target = bundle.card.most_likely_manipulation(mapped.logits)
            found = _face(other, fakes, row, target)
            changed += [] if found is None else [found.maps]
        before = [mapped.maps for _, mapped in known]
        result["stages"][stage] = {
            method: {
                "same": _likeness(before, changed, method),
                "other": _likeness(before, changed[1:] + changed[:1], method),
            }
            for method in runner.methods
            if all(method in maps for maps in changed)
        }
    for _ in pictures:
        progress.step("randomised")
    return result


def _likeness(
    first: Sequence[dict[str, FloatArray]], second: Sequence[dict[str, FloatArray]], method: str
) -> float:
    pairs = zip(first, second, strict=True)
    return float(np.mean([abs(rank_correlation(a[method], b[method])) for a, b in pairs]))


def _face(
    runner: MapRunner, targets: Targets, row: int, target: int | None = None
) -> Mapped | None:
    try:
        image = read_picture(Path(targets.table["path"][row]))
    except RefusedError:
        return None  # it is counted where the picture is scored
    return runner.face(image, targets.landmarks[row], targets.boxes[row], target)


def _detected(runner: MapRunner, mapped: Mapped) -> bool:
    return runner.card.probability(mapped.logits)[1] >= CALLED


def _by_method(runner: MapRunner, rows: Rows, by: str) -> dict[str, Any]:
    """{n, n_detected, methods: {method: {all, detected, KIND…}}} of measured rows."""
    first = [row for row in rows if row["method"] == runner.methods[0]]
    result: dict[str, Any] = {
        "n": len(first),
        "n_detected": sum(row["detected"] for row in first),
        "methods": {},
    }
    for method in runner.methods:
        own = [row for row in rows if row["method"] == method]
        groups = {"all": own, "detected": [row for row in own if row["detected"]]}
        for name in sorted({row[by] for row in own}):
            groups[name] = [row for row in own if row[by] == name]
        result["methods"][method] = {name: _means(part) for name, part in groups.items() if part}
    return result


def _means(rows: Rows) -> dict[str, Any]:
    skip = ("method", "kind", "difficulty", "source", "detected")
    values: dict[str, Any] = {"n": len(rows)}
    values |= {name: mean_of(rows, name) for name in rows[0] if name not in skip}
    values["hit_over_chance"] = values["hit"] / values["area"] if values["area"] else None
    if "strict_hit" in values:
        area = values["strict_area"]
        values["strict_hit_over_chance"] = values["strict_hit"] / area if area else None
    return values


def _interval(rows: Rows, name: str, seed: int) -> list[float]:
    values = np.array([row[name] for row in rows])
    groups = np.array([row["group"] for row in rows], object)
    means = [float(values[chosen].mean()) for chosen in resamples(groups, seed=seed)]
    return [float(v) for v in np.quantile(means, [0.025, 0.975])]


def tables(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The result as tables of text: for the page and for Markdown."""
    found = [
        _place_table("Pointing game and overlap on pseudo-fakes", result["pseudo_fakes"], PLACE),
        _place_table("Edited part hit, composites by people", result["edited_parts"], EDITED),
        _removal_table(result["removal"]),
        _random_table(result["randomised"]),
    ]
    return [table for table in found if table["rows"]]


PLACE = {
    "peak in the mask": "hit",
    "by chance": "area",
    "centre of the crop": "centre_hit",
    "within 15/224": "near",
    "by chance ": "near_area",
    "IoU": "iou",
    "by chance  ": "iou_chance",
    "heat in the mask": "mass",
}
EDITED = {
    "peak in the part": "hit",
    "by chance": "area",
    "times chance": "hit_over_chance",
    "chance inside the face": "area_in_face",
    "centre of the crop": "centre_hit",
    "left and right as labelled": "strict_hit",
    "times chance ": "strict_hit_over_chance",
    "heat in the part": "mass",
}


def _place_table(title: str, part: dict[str, Any], columns: dict[str, str]) -> dict[str, Any]:
    rows = [
        [method, name, str(values["n"]), *(_text(values[key]) for key in columns.values())]
        for method, groups in part.get("methods", {}).items()
        for name, values in groups.items()
    ]
    heads = ["map", "which", "n", *(head.strip() for head in columns)]
    return {"title": title, "heads": heads, "rows": rows}


def _removal_table(part: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [
            method,
            str(part["n"]),
            *(_text(values[key]) for key in ("deletion", "random_deletion", "deletion_gain")),
            _span(values["deletion_gain_interval"]),
            *(_text(values[key]) for key in ("insertion", "random_insertion", "insertion_gain")),
            _span(values["insertion_gain_interval"]),
        ]
        for method, values in part["methods"].items()
    ]
    heads = ["map", "n", "deletion (low is good)", "random order", "gain", "95 %",
             "insertion (high is good)", "random order", "gain", "95 %"]  # fmt: skip
    return {"title": "Deletion and insertion of detected fakes", "heads": heads, "rows": rows}


def _random_table(part: dict[str, Any]) -> dict[str, Any]:
    stages = part["stages"]
    methods = sorted({name for stage in stages.values() for name in stage})
    rows = [
        [method, str(part["n"])]
        + [
            f"{_text(stage[method]['same'])} ({_text(stage[method]['other'])})"
            if method in stage
            else "-"
            for stage in stages.values()
        ]
        for method in methods
    ]
    heads = ["map", "n", *(f"{stage} random" for stage in stages)]
    title = "Likeness to the map under random weights: same face (another face); rank correlation"
    return {"title": title, "heads": heads, "rows": rows}


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(interval: Sequence[float]) -> str:
    return f"[{interval[0]:+.3f}, {interval[1]:+.3f}]"
