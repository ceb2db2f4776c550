"""The pages of `unmask data eda` and `unmask data audit`, each one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from unmask.data.overview import OTHER
from unmask.evaluate import data_plots
from unmask.evaluate.data_sentences import (
    auc_text,
    leak_sentences,
    overview_sentences,
    shortcut_sentences,
    span_text,
)
from unmask.evaluate.data_words import WORDS, class_name, property_name
from unmask.evaluate.html import data_uri, render_page
from unmask.evaluate.shortcuts import ALL
from unmask.evaluate.thumbnails import sample_rows, thumbnail
from unmask.media.text import clean_name

Result = dict[str, Any]
NEAR_SHOWN = 12
LEAKS_SHOWN = 20


def overview_page(
    found: Result,
    table: pd.DataFrame,
    facts: pd.DataFrame,
    language: str,
    *,
    pictures: bool,
    seed: int = 0,
) -> str:
    """The overview as a page; without `pictures` it carries no face."""
    groups = found["groups"]
    fake = (table["klass"] != "real").to_numpy()
    plots = {
        "counts": data_plots.counts(groups),
        "quality": data_plots.quality(groups),
        "overlap": data_plots.overlap(facts, fake),
    }
    return render_page(
        "eda.html.j2",
        language,
        w=WORDS[language],
        title=WORDS[language]["eda_title"],
        r=found,
        short=overview_sentences(found, language),
        plots=_svg(plots),
        rows=[_group_row(group, language) for group in groups],
        jpeg=_jpeg_rows(found, language),
        sheets=_sheets(table, language, seed) if pictures else [],
        seed=seed,
    )


def audit_page(result: Result, language: str, *, pictures: bool) -> str:
    """The audit as a page; without `pictures` look-alikes are named, not shown."""
    words = WORDS[language]
    files, draws = result["shortcuts"], result["draws"]
    series = [(words["files"], _overall(files))]
    if draws is not None:
        series.append((words["draws"], _overall(draws)))
    labels = {one["name"]: property_name(one["name"], "en")
              for _, results in series for one in results}  # fmt: skip
    english = [WORDS["en"]["files"], WORDS["en"]["draws"]]
    drawn = [(name, results) for name, (_, results) in zip(english, series, strict=False)]
    plots = {"forest": data_plots.forest(drawn, labels)} if labels else {}
    short = leak_sentences(result, language) + shortcut_sentences(files, "files", language)
    if draws is not None:
        short += shortcut_sentences(draws, "draws", language)
    return render_page(
        "audit.html.j2",
        language,
        w=words,
        title=words["audit_title"],
        r=result,
        short=short,
        plots=_svg(plots),
        leaks=[_leak_row(leak, result["near_bits"], words) for leak in result["leaks"]],
        leaked=_leaked(result["leaks"], words),
        near=_near(result["leaks"], pictures=pictures),
        tables=[
            {"section": section, **_heat(section, language), "pairs": _pairs(section)}
            for section in (files, draws)
            if section is not None
        ],
    )


def _svg(plots: dict[str, bytes]) -> dict[str, str]:
    return {name: data_uri("image/svg+xml", data) for name, data in plots.items()}


def _group_row(group: Result, language: str) -> Result:
    sizes = ""
    if group["sizes"]:
        size, count = next(iter(group["sizes"].items()))
        sizes = f"{size} ({count / group['rows']:.0%})"
    if group["size_count"] > 1:
        sizes += " " + WORDS[language]["other_sizes"].format(count=group["size_count"] - 1)
    face = group["quantiles"]["face_width_px"]
    colour = group["mean_colour"]
    known = all(value is not None for value in colour)
    return {
        **group,
        "klass_name": class_name(group["klass"], language),
        "sizes": sizes,
        "face": "-" if face is None else f"{face[2]:.0f} ({face[0]:.0f}–{face[-1]:.0f})",
        "hex": "#" + "".join(f"{round(255 * value):02x}" for value in colour) if known else "",
    }


def _jpeg_rows(found: Result, language: str) -> Result:
    """JPEG tables by source: heads, and per source the share of its pictures with each."""
    names = list(found["tables"])
    if any(OTHER in group["tables"] for group in found["groups"]):
        names.append(OTHER)
    rows = [
        {
            "source": group["source"],
            "klass": group["klass"],
            "klass_name": class_name(group["klass"], language),
            "shares": [group["tables"].get(name, 0) / group["rows"] for name in names],
        }
        for group in found["groups"]
    ]
    words = WORDS[language]
    short = {"": words["jpeg_none"], OTHER: words["jpeg_other"]}
    return {"heads": [short.get(name, name[:6]) for name in names], "rows": rows}


def _sheets(table: pd.DataFrame, language: str, seed: int) -> list[Result]:
    sheets = []
    chosen = sample_rows(table, seed=seed)
    for (klass, source), part in chosen.groupby(["klass", "source"]):
        name = class_name(str(klass), language)
        small = [uri for uri in map(thumbnail, part["path"]) if uri is not None]
        alts = [
            WORDS[language]["sample_alt"].format(index=index, source=source, klass=name)
            for index in range(1, len(small) + 1)
        ]
        pairs = [{"uri": uri, "alt": alt} for uri, alt in zip(small, alts, strict=True)]
        sheets.append({"source": source, "klass": klass, "name": name, "pictures": pairs})
    return sheets


def _overall(section: Result) -> list[Result]:
    return [one for one in section["results"] if one["scope"] == ALL]


def _leak_row(leak: Result, bits: int, words: dict[str, str]) -> Result:
    return {**leak, "name": words[f"name_{leak['kind']}"].format(bits=bits)}


def _leaked(leaks: list[Result], words: dict[str, str]) -> list[Result]:
    """What lies on two sides for certain, the first of each kind, as rows of a table."""
    rows = []
    for leak in leaks:
        if leak["kind"] == "near":
            continue
        for one in leak["shown"][:LEAKS_SHOWN]:
            what = [one["name"]] if "name" in one else [_file(path) for path in one["paths"]]
            rows.append({"kind": words[f"name_{leak['kind']}"], "what": what,
                         "splits": one["splits"]})  # fmt: skip
    return rows


def _near(leaks: list[Result], *, pictures: bool) -> list[Result]:
    """The nearest pairs in different splits, each with its pictures or names only."""
    pairs: list[Result] = next((leak["shown"] for leak in leaks if leak["kind"] == "near"), [])
    return [
        {
            "bits": pair["bits"],
            "sides": [
                {"uri": thumbnail(path) if pictures else None, "name": _file(path), "split": split}
                for path, split in zip(pair["paths"], pair["splits"], strict=True)
            ],
        }
        for pair in pairs[:NEAR_SHOWN]
    ]


def _file(path: str) -> str:
    """Folder and name of a file, as it may be shown."""
    return "/".join(clean_name(part) for part in Path(path).parts[-3:])


def _heat(section: Result, language: str) -> Result:
    """Scopes by properties: what the table of a section shows."""
    results = section["results"]
    names = list(dict.fromkeys(one["name"] for one in results))
    rows: dict[str, Result] = {}
    for one in results:
        row = rows.setdefault(
            one["scope"],
            {
                "scope": one["scope"],
                "is_all": one["scope"] == ALL,
                "against": one["against"],
                "n": [one["n_real"], one["n_fake"]],
                "cells": {},
            },
        )
        row["cells"][one["name"]] = {
            "auc": auc_text(one["auc"]),
            "interval": span_text(one["interval"]),
            "danger": one["danger"],
        }
    return {
        "names": names,
        "heads": [property_name(name, language) for name in names],
        "rows": list(rows.values()),
    }


def _pairs(section: Result) -> Result:
    """Manipulated sources by genuine sources: AUC of all properties together."""
    cells: dict[tuple[str, str], Result] = {
        (one["scope"], one["against"]): {"auc": auc_text(one["auc"]), "danger": one["danger"]}
        for one in section["pairs"]
    }
    return {
        "fakes": sorted({fake for fake, _ in cells}),
        "reals": sorted({real for _, real in cells}),
        "cells": cells,
    }
