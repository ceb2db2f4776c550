"""Fits the output `edit`: was a face of class "swap" swapped, or only a part of it edited?

Draws of both kinds -> features and blend map of a bundle's network -> a logistic model -> the
bundle's network with one more output (`train/edit_head.py`) and, on its card, how well that tells
them apart. Within each look (video faces, press photos, portraits) both sides count alike, and
every kind alike within its side, so that no look stands for a side: swaps and edits made of the
same pictures are in the recipe for that (`configs/edit.toml`).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from unmask.data.draws import Draw, Drawer
from unmask.data.recipe import Recipe
from unmask.errors import UsageError
from unmask.evaluate.metrics import bootstrap_interval, quick_auc
from unmask.models.bundle import CARD_FILE, INPUT, MODEL_FILE, Bundle, load_bundle
from unmask.models.preprocess import network_input
from unmask.settings import Settings
from unmask.train.edit_head import OUTPUT, add_edit_output
from unmask.types import FloatArray

AS_IS = "as_is"  # the kind of a draw whose picture is a fake of the data set itself
BATCH = 16
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EditPlan:
    """What `configs/edit.toml` says.

    edited          kinds of pseudo-fakes, and sources of fakes, that are edits; all else is a swap
    looks           lists of sources that look alike; those in none are one look together
    strength        1 / L2 penalty on standardised features
    mistaken        share of each kind of swap that may read as an edit
    train, val      draws of each split
    pairs           [edit, swap]: what is told apart from what on validation people, by name of the
                    kind or source, with "of:" a source of genuine pictures in front
    """

    recipe: Recipe
    edited: tuple[str, ...]
    looks: tuple[tuple[str, ...], ...]
    strength: float
    mistaken: float
    train: int
    val: int
    seed: int
    pairs: tuple[tuple[str, str], ...]


def read_edit_plan(path: Path) -> EditPlan:
    """The plan in a TOML; UsageError where it cannot be read."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        recipe = Recipe.from_dict(raw.pop("recipe"))
        pairs = tuple((str(edit), str(swap)) for edit, swap in raw.pop("pairs"))
        looks = tuple(tuple(map(str, sources)) for sources in raw.pop("looks"))
        return EditPlan(recipe, tuple(raw.pop("edited")), looks, pairs=pairs, **raw)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(
            f"{path} cannot be read: {error}", "configs/edit.toml is an example"
        ) from error


def fit_edit(folder: Path, manifest: Path, plan: EditPlan) -> dict[str, Any]:
    """Give the bundle in `folder` its output `edit`; what was measured, as on its card.

    UsageError where the bundle gives no features.
    """
    bundle = load_bundle(folder, Settings())
    features = bundle.card.outputs.features
    if features is None:
        raise UsageError(
            f"the bundle {bundle.card.name!r} gives no features",
            "export it again with this version of unmask",
        )
    train, x = _draws(bundle, manifest, plan, "train")
    edited, weight = _sides(train, plan)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread < 1e-6] = 1.0
    model = LogisticRegression(C=plan.strength, max_iter=2000)
    model.fit((x - middle) / spread, edited, sample_weight=weight)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ middle)
    val, seen = _draws(bundle, manifest, plan, "val")
    bias -= _shift(val, seen @ weights + bias, plan)
    told = _told_apart(val, seen @ weights + bias, plan)
    blend = bundle.card.outputs.blend
    network = add_edit_output(bundle.model, features, weights, bias, blend)
    card = json.loads((folder / CARD_FILE).read_text("utf-8"))
    card["outputs"][OUTPUT] = OUTPUT
    card["files"][MODEL_FILE] = hashlib.sha256(network).hexdigest()
    card["metrics"][OUTPUT] = {"draws": len(train), "validation": told}
    (folder / MODEL_FILE).write_bytes(network)
    (folder / CARD_FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    load_bundle(folder, Settings())
    return dict(card["metrics"][OUTPUT])


def _draws(
    bundle: Bundle, manifest: Path, plan: EditPlan, split: str
) -> tuple[pd.DataFrame, Floats]:
    """(one line per draw: name, source, identity; (N, F) features and cells of the blend map)."""
    count = plan.train if split == "train" else plan.val
    drawer = Drawer(manifest, plan.recipe, seed=plan.seed, split=split)
    card, session = bundle.card, bundle.open_session(1)
    size, names = card.input.size_px, [card.outputs.features, card.outputs.blend]
    wanted = [name for name in names if name is not None]
    lines: list[dict[str, str]] = []
    parts: list[FloatArray] = []
    for draws in _batches(drawer.draw(2 * number, size) for number in range(count)):
        crops = np.stack([draw.crop_rgb for draw in draws])
        feed = {INPUT: network_input(crops, card.input)}
        found = session.run(wanted, feed)
        parts.append(np.concatenate([one.reshape(len(draws), -1) for one in found], axis=1))
        lines += [
            {"name": _name(draw), "source": draw.source, "identity": draw.identity}
            for draw in draws
        ]
    return pd.DataFrame(lines), np.concatenate(parts).astype(np.float64)


def _batches(draws: Iterator[Draw]) -> Iterator[list[Draw]]:
    batch: list[Draw] = []
    for draw in draws:
        batch.append(draw)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _name(draw: Draw) -> str:
    return draw.source if draw.kind == AS_IS else draw.kind


def _sides(table: pd.DataFrame, plan: EditPlan) -> tuple[npt.NDArray[np.bool_], Floats]:
    """(which draws are edits, their weights: within a look both sides alike, kinds in a side)."""
    edited = table["name"].isin(plan.edited).to_numpy(bool)
    if edited.all() or not edited.any():
        raise UsageError("the recipe draws one side alone", "see configs/edit.toml")
    looks = {source: place for place, sources in enumerate(plan.looks) for source in sources}
    look = table["source"].map(looks).fillna(-1).to_numpy(int)
    weight = np.zeros(len(table))
    for one in np.unique(look):
        for side in (True, False):
            rows = (look == one) & (edited == side)
            names = table.loc[rows, "name"]
            counts = names.value_counts()
            weight[rows] = names.map(1 / (counts * max(1, len(counts)))).to_numpy()
    return edited, weight / weight.mean()


def _shift(table: pd.DataFrame, log_odds: Floats, plan: EditPlan) -> float:
    """What is taken off, so that of each kind of swap at most `mistaken` reads as an edit.

    A swap is what the class stands for first: an edit is named where it is clear.
    """
    swaps = ~table["name"].isin(plan.edited).to_numpy(bool)
    ends = [
        np.quantile(log_odds[swaps & (table["name"] == name).to_numpy(bool)], 1 - plan.mistaken)
        for name in sorted(set(table.loc[swaps, "name"]))
    ]
    return float(max(ends))


def _told_apart(table: pd.DataFrame, log_odds: Floats, plan: EditPlan) -> dict[str, Any]:
    """{"edit against swap": {auc, auc_95, n, told}} of the plan's pairs on people not fitted on.

    `told` are the shares of the edits and of the swaps that read as what they are.
    """
    found: dict[str, Any] = {}
    for edit, swap in plan.pairs:
        mine, theirs = _rows(table, edit), _rows(table, swap)
        rows = np.flatnonzero(mine | theirs)
        truth, scores = mine[rows], log_odds[rows]
        auc = quick_auc(truth, scores)
        if auc is None:
            continue
        people = table["identity"].to_numpy(object)[rows]
        low, high = bootstrap_interval(truth, scores, people)
        found[f"{edit} against {swap}"] = {
            "auc": round(auc, 4),
            "auc_95": [round(low, 4), round(high, 4)],
            "n": [int(truth.sum()), int((~truth).sum())],
            "told": [
                round(float((scores[truth] > 0).mean()), 3),
                round(float((scores[~truth] <= 0).mean()), 3),
            ],
        }
    return found


def _rows(table: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    """The draws of a kind or source; "SOURCE:KIND" those of one source alone."""
    source, _, kind = name.rpartition(":")
    rows: npt.NDArray[np.bool_] = (table["name"] == kind).to_numpy(bool)
    return rows & (table["source"] == source).to_numpy(bool) if source else rows
