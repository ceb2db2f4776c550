"""Plots of the pages about data: counts, distributions, shortcuts; English labels.

Genuine is blue and manipulated red everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.evaluate.canvas import FAKE, GENUINE, INK, SOFT, as_svg, new_figure

SPLIT_SHADES = {"train": 1.0, "val": 0.6, "test": 0.3}
PANELS = {
    "width_px": ("Picture width, px", False),
    "face_width_px": ("Face width, px", False),
    "bytes": ("File size, bytes", True),
    "brightness": ("Brightness of the face", False),
    "contrast": ("Contrast of the face", False),
    "sharpness": ("Sharpness of the face", True),
}
BINS = 40


def counts(groups: list[dict[str, Any]]) -> bytes:
    """Bars of rows by source and class, in shades by split."""
    figure, axes = new_figure(9.6, 0.8 + 0.31 * len(groups))
    for place, group in enumerate(groups):
        start = 0
        for split, shade in SPLIT_SHADES.items():
            width = group["splits"][split]
            axes.barh(place, width, left=start, color=_colour(group), alpha=shade, height=0.66)
            start += width
        axes.annotate(f"{group['rows']:,}", (start, place), (4, 0), va="center", color=INK,
                      textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set_yticks(range(len(groups)), [group["source"] for group in groups])
    axes.set(xlabel="Pictures", xlim=(0, 1.1 * max(group["rows"] for group in groups)))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.legend(handles=_legend(), frameon=False, loc="lower right")
    return as_svg(figure)


def quality(groups: list[dict[str, Any]]) -> bytes:
    """Box plots of sizes, light and sharpness by source and class."""
    figure, grid = new_figure(10.6, 1.0 + 0.52 * max(4, len(groups)), 2, 3)
    for axes, (name, (label, logarithmic)) in zip(grid.ravel(), PANELS.items(), strict=True):
        for place, group in enumerate(groups):
            if group["quantiles"][name] is not None:
                _box(axes, place, group["quantiles"][name], _colour(group))
        axes.set(title=label, ylim=(len(groups) - 0.5, -0.5))
        axes.title.set_fontsize(10)
        if logarithmic:
            _logarithmic(axes)
        axes.set_yticks(range(len(groups)), [group["source"] for group in groups], fontsize=8)
        axes.grid(visible=False, axis="y")
        if axes not in grid[:, 0]:
            axes.tick_params(axis="y", labelleft=False)
    return as_svg(figure)


def overlap(facts: pd.DataFrame, fake: npt.NDArray[np.bool_]) -> bytes:
    """Histograms of genuine over manipulated pictures, each kind with area one."""
    known = facts["readable"].to_numpy(bool)
    figure, grid = new_figure(10.6, 4.6, 2, 3)
    for axes, (name, (label, logarithmic)) in zip(grid.ravel(), PANELS.items(), strict=True):
        values = facts[name].to_numpy(np.float64)
        low, high = np.nanquantile(values[known], [0.002, 0.998])
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
        edges = np.geomspace(max(low, 1e-3), high, BINS) if logarithmic else np.linspace(
            low, high, BINS
        )  # fmt: skip
        for rows, colour in ((known & ~fake, GENUINE), (known & fake, FAKE)):
            if rows.any():
                weights = np.full(int(rows.sum()), 1 / rows.sum())
                axes.hist(np.clip(values[rows], edges[0], edges[-1]), edges, weights=weights,
                          color=colour, alpha=0.45, histtype="stepfilled")  # fmt: skip
        axes.set_title(label, fontsize=10)
        axes.set_yticks([])
        if logarithmic:
            _logarithmic(axes)
    grid[0, 0].legend(handles=_legend(), frameon=False, fontsize=9)
    return as_svg(figure)


def forest(rows: list[tuple[str, list[dict[str, Any]]]], labels: dict[str, str]) -> bytes:
    """AUC with interval of every property over all sources; one mark for each named series."""
    names = list(dict.fromkeys(one["name"] for _, results in rows for one in results))
    figure, axes = new_figure(9.6, 1.1 + 0.36 * len(names))
    offset = 0.16 if len(rows) > 1 else 0.0
    for (series, results), shift, colour in zip(rows, (-offset, offset), (INK, FAKE), strict=False):
        by_name = {one["name"]: one for one in results}
        places = [place + shift for place, name in enumerate(names) if name in by_name]
        found = [by_name[name] for name in names if name in by_name]
        auc = np.array([one["auc"] for one in found])
        ends = np.array([one["interval"] for one in found])
        errors = np.maximum(np.stack([auc - ends[:, 0], ends[:, 1] - auc]), 0)
        axes.errorbar(auc, places, xerr=errors, fmt="o", color=colour, capsize=3, label=series)
    axes.axvline(0.5, color=SOFT, ls="--")
    axes.axvspan(0.6, 1.02, color=FAKE, alpha=0.07, lw=0)
    axes.set_yticks(range(len(names)), [labels[name] for name in names])
    axes.set(xlabel="AUC of the property alone", ylim=(len(names) - 0.5, -0.5), xlim=(0.4, 1.02))
    axes.grid(visible=False, axis="y")
    axes.legend(frameon=False, loc="lower right")
    return as_svg(figure)


def _logarithmic(axes: Any) -> None:
    """Plain numbers at a few places: powers of ten say nothing to most readers."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=8))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _box(axes: Any, place: int, quantiles: list[float], colour: str) -> None:
    low, first, middle, third, high = quantiles
    axes.plot([low, high], [place, place], color=colour, lw=1)
    axes.plot([first, third], [place, place], color=colour, lw=6, alpha=0.55, solid_capstyle="butt")
    axes.plot(middle, place, "|", color=colour, ms=9, mew=2)


def _colour(group: dict[str, Any]) -> str:
    return GENUINE if group["klass"] == "real" else FAKE


def _legend() -> list[Any]:
    from matplotlib.patches import Patch

    return [Patch(color=GENUINE, label="genuine"), Patch(color=FAKE, label="manipulated")]
