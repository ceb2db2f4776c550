"""Scores of many targets: over processes, with progress, resumable after a kill.

`scores.parquet` grows while the work goes on. Each row carries a stamp of everything that decides
its numbers (bundle, settings, version, the file's size and time, mesh, change); what has the same
stamp is taken over, anything else is scored again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unmask import __version__
from unmask.data.pool import map_in_processes
from unmask.errors import UsageError
from unmask.evaluate.chain import LOST, Chain, Item, Line
from unmask.evaluate.targets import Targets
from unmask.models.bundle import Bundle, load_bundle
from unmask.settings import Settings

SAVE_EVERY_S = 10.0
POOL_FROM = 24  # items: below it a second process costs more than it brings
STAMP = "stamp"
# Settings that change no number of a score: computing power, where the model lies, words.
WITHOUT_EFFECT = frozenset(
    {"threads", "bundle", "bundles_dir", "text_register", "profile"}
    | {name for name in Settings.model_fields if name.startswith("llm")}
)
OnDone = Callable[[str], None]


def items_of(targets: Targets, change: tuple[str, int] | None = None) -> list[Item | None]:
    """The items of targets, row for row; None where a manifest's face has no mesh."""
    items: list[Item | None] = []
    for row, path in enumerate(targets.table["path"]):
        box = targets.boxes[row]
        is_file = bool(np.isnan(box).any())
        if row in targets.meshless and change is None:
            items.append(None)
        else:
            items.append(Item(path, None if is_file else box, targets.landmarks.get(row), change))
    return items


class Store:
    """Lines by stamp, kept in one Parquet file that is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = time.monotonic()
        self._lines: dict[str, Line] = {}
        if path.is_file():
            old = pd.read_parquet(path)
            if STAMP not in old.columns:
                raise UsageError(f"{path} is no file of scores", "choose another folder with --out")
            records = old.to_dict("records")
            self._lines = {str(record.pop(STAMP)): record for record in records}

    def get(self, stamp: str) -> Line | None:
        """The line of a stamp, or None."""
        return self._lines.get(stamp)

    def add(self, stamp: str, scored: Line) -> None:
        """Take a line; saves now and then."""
        self._lines[stamp] = scored
        if time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()

    def save(self) -> None:
        """Write everything there is."""
        if self._lines:
            records = [{STAMP: stamp, **scored} for stamp, scored in self._lines.items()]
            write_table(pd.DataFrame(records), self._path)
        self._saved = time.monotonic()


def score_targets(
    bundle: Bundle,
    targets: Targets,
    file: Path,
    settings: Settings,
    *,
    change: tuple[str, int] | None = None,
    workers: int = 1,
    on_done: OnDone = lambda _: None,
) -> pd.DataFrame:
    """The targets' table with the result of every row (see `Chain.score`), kept in `file`."""
    items = items_of(targets, change)
    lines = score_items(bundle, items, file, settings, workers=workers, on_done=on_done)
    return targets.table.join(pd.DataFrame(lines))


def score_items(
    bundle: Bundle,
    items: Sequence[Item | None],
    file: Path,
    settings: Settings,
    *,
    workers: int = 1,
    on_done: OnDone = lambda _: None,
) -> list[Line]:
    """The lines of the items in their order; what `file` holds already is not scored again."""
    store = Store(file)
    base = _base_stamp(bundle, settings)
    stamps = ["" if item is None else _stamp(base, item) for item in items]
    todo = {}
    for stamp, item in zip(stamps, items, strict=True):
        if item is None or store.get(stamp) is not None:
            on_done("" if item is None else Path(item.path).name)
        else:
            todo[stamp] = item
    try:
        for stamp, scored in _run(bundle, todo, settings, workers):
            store.add(stamp, scored)
            on_done(Path(todo[stamp].path).name)
    finally:
        store.save()
    return [
        LOST if item is None else _known(store, s) for s, item in zip(stamps, items, strict=True)
    ]


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, whole or not at all; nested values as JSON text."""
    flat = table.copy()
    for name in ("shares",):
        if name in flat.columns:
            flat[name] = [json.dumps(v) if isinstance(v, dict) else v for v in flat[name]]
    part = path.with_suffix(".part")
    flat.to_parquet(part, index=False)
    part.replace(path)


def _known(store: Store, stamp: str) -> Line:
    found = store.get(stamp)
    assert found is not None, stamp
    return found


def _run(
    bundle: Bundle, todo: dict[str, Item], settings: Settings, workers: int
) -> Iterator[tuple[str, Line]]:
    if workers > 1 and len(todo) >= POOL_FROM:
        quiet = settings.model_copy(update={"threads": 1})
        place = Place(bundle.folder, bundle.sha256, tuple(sorted(quiet.model_dump().items())))
        jobs = [(place, item) for item in todo.values()]
        yield from zip(todo, map_in_processes(_score_there, jobs, workers=workers), strict=True)
        return
    chain = Chain(bundle, settings)
    try:
        for stamp, item in todo.items():
            yield stamp, chain.score(item)
    finally:
        chain.close()


@dataclass(frozen=True, slots=True)
class Place:
    """What a worker process needs to make the chain: the bundle's folder and hash, settings."""

    folder: Path
    sha256: str
    settings: tuple[tuple[str, Any], ...]


def _score_there(job: tuple[Place, Item]) -> Line:
    place, item = job
    return _chain_of(place).score(item)


@cache  # one chain per worker process, warm from its first item to its end
def _chain_of(place: Place) -> Chain:
    settings = Settings(**dict(place.settings))
    bundle = load_bundle(place.folder, settings)
    if bundle.sha256 != place.sha256:
        raise ValueError(f"the bundle {place.folder} changed during the work: run it again")
    return Chain(bundle, settings)


def _base_stamp(bundle: Bundle, settings: Settings) -> str:
    options = settings.model_dump(mode="json", exclude=set(WITHOUT_EFFECT))
    text = json.dumps([bundle.sha256, __version__, options], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(base: str, item: Item) -> str:
    try:
        status = os.stat(item.path)  # noqa: PTH116 - one call, and odd names raise only OSError
        seen = [status.st_size, status.st_mtime_ns]
    except (OSError, ValueError):
        seen = []
    mesh = None if item.landmarks is None else zlib.crc32(item.landmarks.tobytes())
    box = None if item.box is None else [float(v) for v in item.box]
    text = json.dumps([base, item.path, seen, mesh, box, item.change])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
