"""Shortcuts: how well a property that is not about the face tells real from manipulated by itself.

A network takes the easiest way to a low loss. Where the file size, the JPEG table or the sharpness
alone tell the classes apart, it learns those. So a small gradient boosting is given one property at
a time and asked to tell pictures of people it has not seen (cross-validation by person); its AUC is
what the property is worth as a shortcut: .5 nothing, 1 everything. Boosting, not the bare ranking,
because "exactly 300 px wide" gives a class away without being more or less than anything.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from unmask.data.pool import map_in_processes
from unmask.evaluate.metrics import bootstrap_interval

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5
SIDE_MIN = 20  # pictures of a kind below which no AUC is worth printing
SIDE_MAX = 2000  # pictures of a kind that are looked at in one comparison, drawn by the seed
PAIR_MAX = 300  # the same where two sources are compared: there are many pairs
CATEGORIES_MAX = 60  # most frequent JPEG tables told apart; the rest counts as one
ALL, OWN = "all", "own"
TOGETHER = "together"
SOURCE, PAIR = "source", "pair"
CATEGORIES = frozenset({"jpeg_table", SOURCE})

_PIXELS = {
    "mean_colour": ("red", "green", "blue"),
    "brightness": ("brightness", "contrast"),
    "sharpness": ("sharpness",),
    "blocks": ("blockiness",),
}
FILE_PROPERTIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "file_size": ("bytes",),
        "picture_size": ("width_px", "height_px"),
        "face_size": ("face_width_px",),
        "jpeg_table": ("jpeg_table",),
        **_PIXELS,
        TOGETHER: (
            *("bytes", "width_px", "height_px", "face_width_px", "jpeg_table"),
            *(name for names in _PIXELS.values() for name in names),
        ),
        SOURCE: (SOURCE,),
    }
)
DRAW_PROPERTIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "coded_size": ("coded_bytes",),
        **_PIXELS,
        TOGETHER: ("coded_bytes", *(name for names in _PIXELS.values() for name in names)),
        SOURCE: (SOURCE,),
    }
)


class Danger(StrEnum):
    """What an AUC means for a training: by its interval, so that few pictures alarm nobody."""

    DANGEROUS = "dangerous"  # certainly above .6
    SLIGHT = "slight"  # certainly above .5
    LEVEL = "level"


DANGEROUS_FROM, SLIGHT_FROM = 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One property in one comparison.

    kind      "all", "source" or "pair" (of sources)
    scope     "all", or the source
    against   whose pictures of the other kind stand against those of `scope`: the same source's
              ("own") where it has both kinds, else "all"; in a pair, the genuine source's name
    interval  95 %, over persons
    """

    name: str
    kind: str
    scope: str
    against: str
    n_real: int
    n_fake: int
    auc: float
    interval: tuple[float, float]

    @property
    def danger(self) -> Danger:
        """How dangerous it is."""
        low = self.interval[0]
        if low >= DANGEROUS_FROM:
            return Danger.DANGEROUS
        return Danger.SLIGHT if low > SLIGHT_FROM else Danger.LEVEL

    def to_dict(self) -> dict[str, object]:
        """Plain data, AUC to 4 places."""
        return {
            "name": self.name,
            "scope": self.scope,
            "against": self.against,
            "n_real": self.n_real,
            "n_fake": self.n_fake,
            "auc": round(self.auc, 4),
            "interval": [round(value, 4) for value in self.interval],
            "danger": str(self.danger),
        }


@dataclass(frozen=True, slots=True)
class _Job:
    """One comparison: its rows of the facts, and the properties that are tried on them."""

    kind: str
    scope: str
    against: str
    part: pd.DataFrame
    properties: tuple[tuple[str, tuple[str, ...]], ...]
    rounds: int
    seed: int


def measure_shortcuts(
    facts: pd.DataFrame,
    properties: Mapping[str, tuple[str, ...]],
    *,
    rounds: int = 500,
    seed: int = 0,
    workers: int = 1,
) -> list[Shortcut]:
    """Every property over everything, source by source, and pair by pair of sources.

    `facts` has the columns of the properties and fake (bool), source, person. A source with both
    kinds is compared with itself, another with the other kind of all sources alike. Pairs (scope
    "SOURCE", against "OTHER") are tried with all properties together: where that is level, the two
    make a fair pair. Comparisons with fewer than `SIDE_MIN` pictures of a kind are left out.
    """
    used = {column for columns in properties.values() for column in columns}
    facts = facts[[*sorted(used | {"fake", "source", "person"})]].reset_index(drop=True)
    names = tuple((name, columns) for name, columns in properties.items() if name != SOURCE)
    # one source of a kind against others is told by its name: that is tried over everything only
    tried = {ALL: tuple(properties.items()), PAIR: ((TOGETHER, properties[TOGETHER]),)}
    jobs = [
        _Job(kind, scope, against, facts.loc[rows], tried.get(kind, names), rounds, seed)
        for kind, scope, against, rows in _comparisons(facts, seed)
    ]
    done = map_in_processes(_measure_job, jobs, workers=workers)
    return [one for found in done for one in found]


def worst(shortcuts: list[Shortcut]) -> list[Shortcut]:
    """The dangerous ones, the highest AUC first."""
    dangerous = [one for one in shortcuts if one.danger is Danger.DANGEROUS]
    return sorted(dangerous, key=lambda one: (-one.auc, one.scope, one.name))


def _comparisons(facts: pd.DataFrame, seed: int) -> Iterator[tuple[str, str, str, Ints]]:
    """(kind of comparison, scope, against, rows) of everything that has enough pictures."""
    rng = np.random.default_rng([seed, 0])
    fake, source = facts["fake"].to_numpy(bool), facts["source"].to_numpy(object)
    every = _both([np.flatnonzero(~fake)], [np.flatnonzero(fake)], rng, SIDE_MAX)
    if every is None:
        return
    yield ALL, ALL, ALL, every
    sides = {
        (str(name), kind): np.flatnonzero((source == name) & (fake == kind))
        for name in sorted(set(source))
        for kind in (False, True)
    }
    for name in sorted(set(source)):
        own = _both([sides[name, False]], [sides[name, True]], rng, SIDE_MAX)
        if own is not None:
            yield SOURCE, str(name), OWN, own
            continue
        kind = len(sides[name, True]) > len(sides[name, False])
        others = [rows for (_, other), rows in sides.items() if other != kind and len(rows)]
        mixed = _both([sides[name, kind]], others, rng, SIDE_MAX)
        if mixed is not None:
            yield SOURCE, str(name), ALL, mixed
    for (name, _), (other, _) in itertools.product(
        [side for side in sides if side[1]], [side for side in sides if not side[1]]
    ):
        pair = _both([sides[name, True]], [sides[other, False]], rng, PAIR_MAX)
        if pair is not None and name != other:
            yield PAIR, name, other, pair


def _both(one: list[Ints], other: list[Ints], rng: np.random.Generator, most: int) -> Ints | None:
    """Rows of both kinds, each cut to `most`, from their parts alike; None for too few."""
    if min(sum(map(len, one)), sum(map(len, other))) < SIDE_MIN:
        return None
    kept = []
    for side in (one, other):
        share = most // len(side)
        kept += [rng.choice(p, share, replace=False) if len(p) > share else p for p in side]
    return np.sort(np.concatenate(kept))


def _measure_job(job: _Job) -> list[Shortcut]:
    part = job.part.reset_index(drop=True)
    fake, person = part["fake"].to_numpy(bool), part["person"].to_numpy(object)
    found = []
    with threadpool_limits(1):  # several comparisons run side by side
        folds = _folds(fake, person, job.seed)
        for name, columns in job.properties:
            score = _unseen_scores(part, fake, columns, folds, job.seed)
            interval = bootstrap_interval(fake, score, person, rounds=job.rounds, seed=job.seed)
            found.append(
                Shortcut(
                    name,
                    job.kind,
                    job.scope,
                    job.against,
                    int((~fake).sum()),
                    int(fake.sum()),
                    float(roc_auc_score(fake, score)),
                    interval,
                )
            )
    return found


def _folds(fake: Labels, person: npt.NDArray[np.object_], seed: int) -> list[tuple[Ints, Ints]]:
    """(training rows, asked rows) of each fold; a person lies in one fold."""
    codes = np.unique(person.astype(str), return_inverse=True)[1]
    count = min(FOLDS, int(codes.max()) + 1)
    if count < 2:
        raise ValueError(f"expected pictures of two persons or more, got {count}")
    split = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return list(split.split(np.zeros((len(fake), 1)), fake, codes))


def _unseen_scores(
    part: pd.DataFrame,
    fake: Labels,
    columns: tuple[str, ...],
    folds: list[tuple[Ints, Ints]],
    seed: int,
) -> Floats:
    """(N,) scores in [0, 1] from models that have not seen the person.

    They are ranks inside the fold: each fold's model has a level of its own, and the level of a
    model that learnt nothing would otherwise be the share of fakes it was shown, which runs against
    that of the fold it is asked about.
    """
    values = np.stack([_column(part, name) for name in columns], axis=1)
    score = np.full(len(part), 0.5)
    for train, asked in folds:
        if fake[train].all() or not fake[train].any():
            continue
        model = HistGradientBoostingClassifier(
            max_iter=30,
            max_leaf_nodes=6,
            min_samples_leaf=10,
            learning_rate=0.15,
            early_stopping=False,
            class_weight="balanced",
            categorical_features=[name in CATEGORIES for name in columns],
            random_state=seed,
        ).fit(values[train], fake[train])
        raw = np.round(model.decision_function(values[asked]), 9)
        score[asked] = (rankdata(raw) - 0.5) / len(raw)
    return score


def _column(part: pd.DataFrame, name: str) -> Floats:
    """A property as numbers; categories by how frequent they are, the rare ones as one."""
    if name not in CATEGORIES:
        return np.asarray(part[name], np.float64)
    text = part[name].astype(str)
    order = text.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    codes = pd.Series(np.arange(len(order)), index=order.index)
    return np.asarray(np.minimum(text.map(codes), CATEGORIES_MAX), np.float64)
