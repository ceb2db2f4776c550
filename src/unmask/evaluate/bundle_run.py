"""From a run's folder to a finished bundle in one call: what `unmask export` does.

Export and parity, scores of the validation split through the serving detector, calibration and
thresholds, an 8-bit copy where it pays, the card's words, and every check that `unmask models
verify` makes. The bundle is made aside and put in place when it is whole.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from unmask.errors import BundleError
from unmask.evaluate.card_text import chance_limit, describe
from unmask.evaluate.int8 import Int8Trial, log_odds_of, try_int8, validation_auc
from unmask.evaluate.metrics import bootstrap_interval, may_be_chance
from unmask.evaluate.publish import (
    Plan,
    apply_text,
    calibrate_card,
    expect_both_sides,
    export_run,
    score_split,
    unreadable,
    write_bundle,
)
from unmask.models.bundle import CARD_FILE, MODEL_FILE
from unmask.models.card import Card
from unmask.models.card_reader import parse_card
from unmask.models.verify import verify_bundle
from unmask.settings import Settings
from unmask.train.config import Config
from unmask.train.plain import training_faces
from unmask.train.runlog import disk_errors
from unmask.types import CheckStatus


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A bundle that was written: its card, its validation, the trial of an 8-bit copy.

    auc_interval  95 % of the validation AUC, drawing whole persons
    faces         usable ones of the validation split; `unreadable` are paths of pictures left out
    """

    card: Card
    validation_auc: float
    auc_interval: tuple[float, float]
    faces: int
    unreadable: tuple[str, ...]
    int8: Int8Trial | None


def publish_run(
    run: Path,
    config: Config,
    folder: Path,
    plan: Plan,
    *,
    manifest: Path,
    text: Path | None = None,
    int8: bool = False,
) -> Published:
    """Write the bundle of a run into `folder`.

    `manifest` holds the validation split that calibration and thresholds are fitted on; `text` is
    a TOML with the card's words (`configs/default-card.toml`), without it they are made from the
    manifest. Pictures of that split that cannot be read are left out and named. UsageError where
    something is missing, BundleError where the result does not verify.
    """
    with disk_errors(folder), tempfile.TemporaryDirectory(dir=_parent(folder)) as aside:
        made = Path(aside) / folder.name
        card = export_run(run, made, plan)
        scores = score_split(made, manifest, "val", without=config.held_out)
        expect_both_sides(scores)
        trial = None
        if int8:
            model = (made / MODEL_FILE).read_bytes()
            trial, copy, copied = try_int8(model, card, config, manifest, scores)
            card["metrics"]["int8"] = trial.to_dict()
            if trial.kept:
                scores = copied
                write_bundle(made, card, copy)
                card["files"] = _files(made)
        card = calibrate_card(card, scores, None, plan)
        auc = validation_auc(scores, card["classes"])
        usable = scores[scores["reason"] == ""]
        interval = _auc_interval(usable, card["classes"])
        lost = unreadable(scores)
        card["metrics"]["validation"] = {
            "auc": round(auc, 4),
            "interval": [round(end, 4) for end in interval],
            "n": len(usable),
            "unreadable": len(lost),
        }
        card = _worded(card, config, manifest, usable, text)
        if may_be_chance(interval):
            card["limits"] = [chance_limit(auc, interval), *card["limits"]]
        write_bundle(made, card)
        _expect_verified(made)
        folder.mkdir(exist_ok=True)
        for name in (MODEL_FILE, CARD_FILE):
            (made / name).replace(folder / name)
    written = parse_card((folder / CARD_FILE).read_text("utf-8"))
    return Published(written, auc, interval, len(usable), lost, trial)


def _auc_interval(usable: pd.DataFrame, classes: list[str]) -> tuple[float, float]:
    fake = (usable["klass"] != "real").to_numpy()
    persons = usable["identity"].to_numpy(object)
    return bootstrap_interval(fake, log_odds_of(usable, classes), persons)


def _parent(folder: Path) -> Path:
    parent = Path(os.path.abspath(folder)).parent  # noqa: PTH100 - links stay as they are
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _files(folder: Path) -> dict[str, str]:
    card = parse_card((folder / CARD_FILE).read_text("utf-8"))
    return dict(card.files)


def _worded(
    card: dict[str, Any], config: Config, manifest: Path, usable: pd.DataFrame, text: Path | None
) -> dict[str, Any]:
    if text is not None:
        return apply_text(card, text)
    words = describe(config, training_faces(manifest), usable)
    card["verdict"]["rule"] = words.pop("rule")
    return card | words


def _expect_verified(folder: Path) -> None:
    failed = [row for row in verify_bundle(folder, Settings()) if row.status is CheckStatus.FAILED]
    for row in failed:
        raise BundleError(
            f"the exported bundle fails its check {row.name!r}: {row.detail}",
            "report this with the run's config.json",
        )
