"""A data set in numbers: how much of what, how large, how bright, how sharp, how coded.

Stands between a manifest with its facts (`picture_facts.py`) and the page of `unmask data eda`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from unmask.data.adapters.base import CLASSES
from unmask.data.manifest import SPLITS

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MEASURES = ("width_px", "face_width_px", "bytes", "brightness", "contrast", "sharpness",
            "blockiness")  # fmt: skip
TOP_SIZES, TOP_TABLES = 4, 12
OTHER = "other"


def overview(table: pd.DataFrame, facts: pd.DataFrame) -> dict[str, Any]:
    """Counts and distributions of a manifest (N rows) and its facts (N rows), as plain data.

    groups: one per source and class, sorted by class and name, with rows, splits, videos, persons,
    unreadable, sizes, tables, mean_colour (RGB, [0, 1]) and quantiles of `MEASURES`.
    """
    table = table.reset_index(drop=True)
    tables = _top_tables(facts)
    order = {klass: place for place, klass in enumerate(CLASSES)}
    parts = sorted(
        table.groupby(["source", "klass"]).groups.items(),
        key=lambda item: (order.get(item[0][1], len(order)), item[0][0]),
    )
    groups = [
        {
            "source": source,
            "klass": klass,
            **_group(table.loc[rows], facts.loc[rows], tables),
        }
        for (source, klass), rows in parts
    ]
    return {
        "rows": len(table),
        "real": int((table["klass"] == "real").sum()),
        "splits": _splits(table),
        "split": table.attrs.get("split"),
        "videos": sum(group["videos"] for group in groups),
        "persons": int(table["identity"][table["identity"] != ""].nunique()),
        "unreadable": int((~facts["readable"].astype(bool)).sum()),
        "tables": tables,
        "groups": groups,
    }


def _group(table: pd.DataFrame, facts: pd.DataFrame, tables: list[str]) -> dict[str, Any]:
    known = facts[facts["readable"].astype(bool)]
    sizes = (known["width_px"].astype(int).astype(str) + " x "
             + known["height_px"].astype(int).astype(str)).value_counts()  # fmt: skip
    named = known["jpeg_table"].where(known["jpeg_table"].isin(tables), OTHER)
    return {
        "rows": len(table),
        "splits": _splits(table),
        "videos": int(table["video"].nunique()),
        "persons": int(table["identity"][table["identity"] != ""].nunique()),
        "unreadable": len(facts) - len(known),
        "sizes": {str(size): int(count) for size, count in sizes.head(TOP_SIZES).items()},
        "size_count": len(sizes),
        "tables": {str(name): int(count) for name, count in named.value_counts().items()},
        "mean_colour": [_mean(known[name]) for name in ("red", "green", "blue")],
        "quantiles": {name: _quantiles(known[name]) for name in MEASURES},
    }


def _splits(table: pd.DataFrame) -> dict[str, int]:
    return {split: int((table["split"] == split).sum()) for split in SPLITS}


def _top_tables(facts: pd.DataFrame) -> list[str]:
    """The most frequent JPEG tables, "" (no JPEG) among them."""
    counts = facts["jpeg_table"].dropna().astype(str).value_counts().sort_index()
    return [str(name) for name in counts.sort_values(ascending=False, kind="stable").index][
        :TOP_TABLES
    ]


def _mean(values: pd.Series[float]) -> float | None:
    return None if values.empty else round(float(values.mean()), 4)


def _quantiles(values: pd.Series[float]) -> list[float] | None:
    if values.empty:
        return None
    return [round(float(value), 4) for value in values.astype(float).quantile(list(QUANTILES))]
