"""What is usual for the measurements beside the network, fitted on validation faces of a manifest.

Manifest -> readings of every face, as it is and saved again as JPEG 90 -> the card's section
`measurements`: 5-95 % range over genuine faces with sources alike, how many they were, the standard
deviation of the repeat, and the AUC of the value alone for every manipulated class.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.manifest import read_manifest, read_meshes
from unmask.data.meshes import read_rgb
from unmask.detectors.forensics.base import FORENSICS
from unmask.detectors.forensics.measure import read_face
from unmask.errors import UsageError
from unmask.evaluate.calibrate import balance
from unmask.media.degrade import jpeg
from unmask.models.card import REAL
from unmask.types import FloatArray

RANGE = (0.05, 0.95)  # of genuine faces
REPEAT_QUALITY = 90
FACES_MIN = 50  # fewer genuine faces with a value give no reference
DIGITS = 4


def read_measurements(manifest: Path, split: str) -> pd.DataFrame:
    """One line per face and measurement: klass, source, name, value, repeat, reason.

    `repeat` is the value on the picture saved again; both are NaN where it abstained.
    """
    table = read_manifest(manifest)
    landmarks, mesh_score = read_meshes(manifest)
    wanted = (table["split"] == split).to_numpy() & (mesh_score >= MESH_SCORE_MIN)
    if not wanted.any():
        raise UsageError(
            f"no face of split {split!r} in {manifest}", "name a split of the manifest"
        )
    lines: list[dict[str, Any]] = []
    for index in np.flatnonzero(wanted):
        row = table.iloc[index]
        face = {"klass": row["klass"], "source": row["source"]}
        lines += [face | one for one in _read_twice(str(row["path"]), landmarks[index])]
    return pd.DataFrame(lines)


def _read_twice(path: str, landmarks: FloatArray) -> Iterator[dict[str, Any]]:
    image = read_rgb(path)
    if image is None:
        raise UsageError(f"{path} cannot be read", "scan the data again")
    first = read_face(image, landmarks)
    again = read_face(jpeg(image, REPEAT_QUALITY), landmarks)
    for name, reading in first.items():
        values = {"value": reading.value, "repeat": again[name].value}
        known = {key: np.nan if value is None else value for key, value in values.items()}
        yield {"name": name, "reason": reading.reason, **known}


def distances() -> frozenset[str]:
    """The forensic measurements that say how far two things are apart."""
    return frozenset(name for name in FORENSICS if FORENSICS.get(name).distance)


def fit_references(
    readings: pd.DataFrame, *, from_zero: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The card's section `measurements` from lines as `read_measurements` gives them, by name.

    `from_zero` are those of which 0 is never unusual.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, part in readings.dropna(subset="value").groupby("name"):
        genuine = part[part["klass"] == REAL]
        if len(genuine) < FACES_MIN:
            continue
        off = (genuine["repeat"] - genuine["value"]).dropna()
        low, high = usual_range(genuine)
        if name in from_zero:
            low = 0.0
        found[str(name)] = {
            "reference": [round(low, DIGITS), round(high, DIGITS)],
            "n": len(genuine),
            "error": round(float(off.std(ddof=0)), DIGITS) if len(off) else 0.0,
            "auc": {
                str(klass): round(auc_against(genuine, fakes), DIGITS)
                for klass, fakes in part[part["klass"] != REAL].groupby("klass")
            },
        }
    return found


def usual_range(genuine: pd.DataFrame) -> tuple[float, float]:
    """The range of `RANGE` over genuine faces (columns value, source), sources alike."""
    values = genuine["value"].to_numpy(np.float64)
    weights = balance(np.zeros(len(values), bool), genuine["source"].to_numpy(object))
    low, high = (weighted_quantile(values, weights, share) for share in RANGE)
    return low, high


def weighted_quantile(
    values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], share: float
) -> float:
    """The smallest value with at least `share` of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(below, share)), len(values) - 1)])


def auc_against(genuine: pd.DataFrame, fakes: pd.DataFrame) -> float:
    """AUC of "higher = manipulated", both sides and the sources inside a side alike."""
    both = pd.concat([genuine, fakes], ignore_index=True)
    fake = np.arange(len(both)) >= len(genuine)
    weights = balance(fake, both["source"].to_numpy(object))
    return float(roc_auc_score(fake, both["value"], sample_weight=weights))


def write_references(folder: Path, references: dict[str, dict[str, Any]]) -> None:
    """Put the references into a bundle's card; others there, and all else on it, stay."""
    path = folder / "card.json"
    card = json.loads(path.read_text("utf-8"))
    card["measurements"] = {**card.get("measurements", {}), **references}
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
