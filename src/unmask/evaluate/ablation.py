"""What each part of a recipe is worth: the same small training with one thing changed at a time.

Plan (configs/ablation.toml) -> one training per variant, without the sources left out -> figures of
people never trained on and of the sources left out. Finished variants are files of their own, so
that an ablation that was interrupted goes on with the missing ones.
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.recipe import Entry, Recipe
from unmask.errors import UsageError
from unmask.evaluate.metrics import resamples
from unmask.train.batches import one_thread
from unmask.train.checkpoint import FILE, trained_network
from unmask.train.config import Config, Stage, read_config
from unmask.train.loop import Trainer
from unmask.train.prepare import device_of
from unmask.train.runlog import write_text
from unmask.train.validate import MARGIN, fake_log_odds, score_faces
from unmask.types import FloatArray

FALSE_ALARMS = 0.05  # of known genuine faces, at whose threshold those left out are counted
ROUNDS = 500
AS_STORED_PX = (1000.0, 1000.0)  # faces are never made smaller
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variant:
    """One change of the recipe; what is None or empty stays as it is.

    architecture  another network, from random weights
    held_out      other sources left out than the plan's
    unused        sources that are neither trained on nor judged: made from ones left out
    without       kinds of pseudo-fakes that are not made; their share goes to the other kinds, an
                  entry with none left is left out
    levelled      False: sources as often as they have pictures, faces at the size they have
    test_margin   of the crop at test time, where the training's differs
    """

    name: str
    seed: int | None = None
    architecture: str | None = None
    held_out: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    levelled: bool = True
    degrade: float | None = None
    blend: bool = True
    margin: tuple[float, float] | None = None
    shift: float | None = None
    test_margin: float = MARGIN


@dataclass(frozen=True, slots=True)
class AblationPlan:
    """The whole ablation; `faces` are judged of each source and class.

    batch, loaders and device are those of `Config`; no batch is the base's. `add` are entries
    beside those of the base's recipe, `aids` sources that are trained on and not judged.
    """

    base: str
    size_px: int
    draws: int
    lr: float
    held_out: tuple[str, ...]
    faces: int
    seed: int
    variants: tuple[Variant, ...]
    batch: int | None = None
    loaders: int = 0
    device: str = "cpu"
    add: tuple[Entry, ...] = ()
    aids: tuple[str, ...] = ()

    def held_out_of(self, variant: Variant) -> tuple[str, ...]:
        """The sources that a variant is neither trained nor calibrated on."""
        return variant.held_out or self.held_out


def read_ablation(path: Path) -> AblationPlan:
    """The plan in a TOML; UsageError where it does not fit."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        variants = tuple(Variant(**_tuples(one)) for one in raw.pop("variants"))
        add = tuple(Entry(**one) for one in raw.pop("add", ()))
        return AblationPlan(variants=variants, add=add, **_tuples(raw))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path} is no plan of an ablation: {error}", "see configs/ablation.toml"
        ) from error


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in raw.items()}


def result_path(out: Path, variant: Variant) -> Path:
    """Where the figures of a finished variant lie."""
    return out / f"{_slug(variant)}.json"


def _slug(variant: Variant) -> str:
    return re.sub(r"[^a-z0-9]+", "-", variant.name.lower()).strip("-")


def variant_config(plan: AblationPlan, variant: Variant, manifest: Path) -> Config:
    """The frozen configuration of a variant's training."""
    base = read_config(Path(plan.base))
    table = read_manifest(manifest)
    train = table[table["split"] == "train"]
    batch = plan.batch or base.batch
    draws = plan.draws // batch * batch
    held_out = plan.held_out_of(variant)
    return replace(
        base,
        architecture=variant.architecture or base.architecture,
        manifest=str(manifest),
        recipe=_changed(
            replace(base.recipe, entries=(*base.recipe.entries, *plan.add)),
            variant,
            train,
            (*held_out, *variant.unused),
        ),
        stages=(Stage(plan.size_px, draws, plan.lr),),
        seed=plan.seed if variant.seed is None else variant.seed,
        start_from="",
        pretrained=base.pretrained and variant.architecture is None,
        held_out=held_out,
        batch=batch,
        blend=variant.blend,
        checkpoint=draws,
        compile=False,
        threads=1,
        loaders=plan.loaders,
        device=plan.device,
        mixed_precision=plan.device != "cpu",
    )


def _changed(
    recipe: Recipe, variant: Variant, train: pd.DataFrame, left_out: Sequence[str]
) -> Recipe:
    counts = train.groupby(["source", "klass"]).size()
    entries = []
    for entry in recipe.entries:
        if entry.source in left_out:
            continue
        kept = {kind: w for kind, w in entry.pseudo.items() if kind not in variant.without}
        if entry.becomes and not kept:
            continue
        natural = float(counts.get((entry.source, entry.klass), 1))
        weight = entry.weight if variant.levelled else natural * _share(entry, recipe)
        entries.append(replace(entry, pseudo=kept, weight=weight))
    return replace(
        recipe,
        entries=tuple(entries),
        native_px=recipe.native_px if variant.levelled else AS_STORED_PX,
        degrade=recipe.degrade if variant.degrade is None else variant.degrade,
        margin=variant.margin or recipe.margin,
        shift=recipe.shift if variant.shift is None else variant.shift,
    )


def _share(entry: Entry, recipe: Recipe) -> float:
    """How much of its source and class an entry of the recipe is."""
    alike = [e for e in recipe.entries if (e.source, e.klass) == (entry.source, entry.klass)]
    return entry.weight / sum(one.weight for one in alike)


def run_variant(plan: AblationPlan, variant: Variant, manifest: Path, out: Path) -> dict[str, Any]:
    """Train and test one variant, or read its figures where it is finished."""
    path = result_path(out, variant)
    if path.is_file():
        held: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return held
    one_thread(0)  # variants run side by side
    config, run = variant_config(plan, variant, manifest), out / "runs" / _slug(variant)
    start = time.monotonic()
    Trainer(config, run).run()
    result = {
        "name": variant.name,
        "seed": config.seed,
        "size_px": plan.size_px,
        "draws": config.stages[0].draws,
        "held_out": list(config.held_out),
        **_figures(plan, variant, config, run),
        "seconds": round(time.monotonic() - start, 1),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(result, indent=1) + "\n")
    (run / FILE).unlink()
    return result


def _figures(plan: AblationPlan, variant: Variant, config: Config, run: Path) -> dict[str, Any]:
    table, landmarks = _judged(plan, variant, config)
    network = trained_network(config, run).to(device_of(config))
    logits, read = score_faces(
        network, table, landmarks, plan.size_px, config, margin=variant.test_margin
    )
    judged = table[read].reset_index(drop=True)
    return compare_sources(judged, fake_log_odds(logits[read]), config.held_out)


def _judged(
    plan: AblationPlan, variant: Variant, config: Config
) -> tuple[pd.DataFrame, FloatArray]:
    """Faces of the validation split, and of the sources left out whatever their split."""
    table = read_manifest(Path(config.manifest))
    landmarks, score = read_meshes(Path(config.manifest))
    left_out = table["source"].isin(config.held_out).to_numpy()
    fit = (score >= MESH_SCORE_MIN) & (left_out | (table["split"] == "val").to_numpy())
    fit &= ~table["source"].isin((*plan.aids, *variant.unused)).to_numpy()
    rng = np.random.default_rng(plan.seed)
    rows: list[int] = []
    for _, part in table[fit].groupby(["source", "klass"], sort=True):
        places = rng.permutation(part.index.to_numpy())[: plan.faces]
        rows += sorted(int(place) for place in places)
    return table.loc[rows].reset_index(drop=True), landmarks[rows]


def compare_sources(
    table: pd.DataFrame, log_odds: Floats, held_out: Sequence[str]
) -> dict[str, dict[str, Any] | None]:
    """AUC with 95 % intervals over people, and how often genuine faces left out raise an alarm.

    `left_out` are sources left out against each other, `left_out_against_known` manipulated still
    pictures left out against new people of the genuine ones that were trained on.
    """
    real = (table["klass"] == "real").to_numpy()
    left_out = table["source"].isin(held_out).to_numpy()
    video = (table["source"] == "deepfake_faces").to_numpy()
    hand = table["source"].isin(("fake_ciplab", "real_ciplab")).to_numpy()
    synthetic = (table["klass"] == "synthetic").to_numpy()
    known = real & ~left_out
    limit = float(np.quantile(log_odds[known], 1 - FALSE_ALARMS))
    return {
        "swaps": _auc(table, log_odds, video),
        "hand_edited": _auc(table, log_odds, hand),
        "synthetic_known": _auc(table, log_odds, (known & ~video) | (synthetic & ~left_out)),
        "left_out": _auc(table, log_odds, left_out),
        "left_out_against_known": _auc(
            table, log_odds, (known & ~video) | (~real & left_out & ~video)
        ),
        "alarms_left_out": {
            "share": round(float((log_odds[real & left_out] > limit).mean()), 4),
            "at": FALSE_ALARMS,
        },
    }


def _auc(
    table: pd.DataFrame, log_odds: Floats, rows: npt.NDArray[np.bool_]
) -> dict[str, Any] | None:
    """{auc, interval, n} over the chosen rows; None where they are all of one side."""
    fake = (table["klass"] != "real").to_numpy()[rows]
    if fake.all() or not fake.any():
        return None
    odds, person = log_odds[rows], table["identity"].to_numpy(object)[rows]
    drawn = [
        float(roc_auc_score(fake[some], odds[some]))
        for some in resamples(person, rounds=ROUNDS)
        if 0 < int(fake[some].sum()) < len(some)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "auc": round(float(roc_auc_score(fake, odds)), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "n": len(odds),
    }


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """The ablation as Markdown, one line per variant."""
    names = ("swaps", "hand_edited", "synthetic_known", "left_out", "left_out_against_known")
    lines = [_line(("variant", *names, "genuine left out, over 5 % threshold"))]
    lines.append(_line(["---"] * (len(names) + 2)))
    for one in results:
        shown = [_shown(one.get(name)) for name in names]
        lines.append(_line((one["name"], *shown, f"{one['alarms_left_out']['share']:.1%}")))
    return "\n".join(lines) + "\n"


def _shown(found: Mapping[str, Any] | None) -> str:
    return "-" if found is None else f"{found['auc']:.3f} [{_span(found['interval'])}]"


def _span(interval: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in interval)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
