"""Pictures of an evaluation: ROC, precision-recall, reliability, risk-coverage, confusion, sources.

PNG bytes for the page (`page.py`) and for the folder of the result, with English labels. Every
function gives None where there is nothing to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from unmask.evaluate.canvas import FAKE, GENUINE, INK, SOFT, as_png, new_figure
from unmask.evaluate.metrics import reliability
from unmask.evaluate.results import CALLED, NOT_SCORED, Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN_RATES = (0.01, 0.05)  # false-alarm rates marked on the ROC


def draw_all(figures: Figures, result: dict[str, Any]) -> dict[str, bytes]:
    """{name: PNG} of every picture that the data allow."""
    pictures = {
        "roc": roc(figures),
        "pr": precision_recall(figures),
        "reliability": reliability_diagram(figures, result),
        "risk_coverage": risk_coverage(result),
        "confusion": confusion(result),
        "false_alarms": by_source(result, "false_alarms"),
        "caught": by_source(result, "caught"),
        "degradations": grid(result["degradations"]),
    }
    return {name: png for name, png in pictures.items() if png is not None}


def roc(figures: Figures) -> bytes | None:
    """The ROC with the false-alarm rates of 1 and 5 % marked; logarithmic to the left of them."""
    fake, p = figures.fake[figures.scored], figures.p[figures.scored]
    if not fake.any() or fake.all():
        return None
    false_rate, true_rate, _ = roc_curve(fake, p)
    figure, axes = _axes("False-alarm rate", "Share of fakes caught")
    axes.plot(false_rate, true_rate, color=FAKE, lw=2)
    axes.plot([0, 1], [0, 1], color=SOFT, ls="--", lw=1)
    for rate in DRAWN_RATES:
        caught = float(true_rate[false_rate <= rate].max())
        axes.plot(rate, caught, "o", color=INK)
        axes.annotate(
            f"{caught:.0%} at {rate:.0%}", (rate, caught), (6, -12), textcoords="offset points"
        )
    axes.set(xlim=(-0.01, 1), ylim=(0, 1.01))
    return as_png(figure)


def precision_recall(figures: Figures) -> bytes | None:
    """Precision against recall; the dashed line is the share of fakes in the set."""
    fake, p = figures.fake[figures.scored], figures.p[figures.scored]
    if not fake.any() or fake.all():
        return None
    precision, recall, _ = precision_recall_curve(fake, p)
    figure, axes = _axes("Recall", "Precision")
    axes.plot(recall, precision, color=FAKE, lw=2)
    axes.axhline(float(fake.mean()), color=SOFT, ls="--", lw=1)
    axes.set(xlim=(0, 1.01), ylim=(0, 1.02))
    return as_png(figure)


def reliability_diagram(figures: Figures, result: dict[str, Any]) -> bytes | None:
    """How often faces of a probability were manipulated; bars below show how many there are."""
    fake, p = figures.fake[figures.scored], figures.p[figures.scored]
    if not fake.any() or fake.all():
        return None
    bins = np.array(reliability(fake, p))
    figure, axes = _axes("Probability given", "Share manipulated")
    axes.plot([0, 1], [0, 1], color=SOFT, ls="--", lw=1)
    axes.bar(bins[:, 0], bins[:, 2], width=0.03, color=SOFT, label="share of faces")
    axes.plot(bins[:, 0], bins[:, 1], "o-", color=FAKE, lw=2, label="seen")
    axes.set(xlim=(0, 1), ylim=(0, 1.01), title=f"ECE {result['ece']:.3f}")
    axes.legend(frameon=False, loc="upper left")
    return as_png(figure)


def risk_coverage(result: dict[str, Any]) -> bytes | None:
    """Errors at .5 among the most certain; the cross is where the shipped thresholds stand."""
    curve = result["risk_coverage"]
    if not curve["coverage"]:
        return None
    figure, axes = _axes("Share of faces answered", "Share of wrong answers")
    axes.plot(curve["coverage"], curve["risk"], color=FAKE, lw=2)
    here = curve["at_thresholds"]
    if here["risk"] is not None:
        axes.plot(here["coverage"], here["risk"], "x", color=INK, ms=9, mew=2)
        axes.annotate("thresholds", (here["coverage"], here["risk"]), (8, 6),
                      textcoords="offset points")  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, None))
    return as_png(figure)


def confusion(result: dict[str, Any]) -> bytes:
    """What genuine and manipulated faces were called, and what was lost on the way."""
    names = [
        name
        for name in (*CALLED, *NOT_SCORED)
        if name in CALLED or any(side[name] for side in result["confusion"].values())
    ]
    sides = list(result["confusion"])
    counts = np.array([[result["confusion"][side][name] for name in names] for side in sides])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = new_figure(1.5 + 1.15 * len(names), 2.6)
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1.2, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.6 else INK
        text = f"{count}\n{shares[row, column]:.1%}"
        axes.text(column, row, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_yticks(range(len(sides)), sides)
    axes.grid(visible=False)
    return as_png(figure)


def by_source(result: dict[str, Any], key: str) -> bytes | None:
    """Per source the share called manipulated, with its interval: `false_alarms` or `caught`."""
    rows = [(name, one[key]) for name, one in result["per_source"].items() if one[key]]
    if not rows:
        return None
    rows.sort(key=lambda row: row[1]["share"])
    shares = np.array([row[1]["share"] for row in rows])
    ends = np.array([row[1]["interval"] for row in rows])
    figure, axes = new_figure(6.4, 1.1 + 0.32 * len(rows))
    colour = GENUINE if key == "false_alarms" else FAKE
    errors = np.abs(np.stack([shares - ends[:, 0], ends[:, 1] - shares]))
    axes.barh(range(len(rows)), shares, color=colour, height=0.6)
    axes.errorbar(shares, range(len(rows)), xerr=errors, fmt="none", ecolor=INK, capsize=3, lw=1)
    axes.set_yticks(range(len(rows)), [f"{name} ({row['n']})" for name, row in rows])
    what = "genuine" if key == "false_alarms" else "manipulated"
    axes.set(xlim=(0, max(0.05, float(ends[:, 1].max()) * 1.05)),
             xlabel=f"Share of {what} faces called manipulated")  # fmt: skip
    axes.grid(visible=False, axis="y")
    return as_png(figure)


def grid(table: dict[str, Any] | None) -> bytes | None:
    """AUC by kind and level of degradation; a grey cell could not be measured."""
    if not table or all(cell["auc"] is None for cell in table["cells"]):
        return None
    kinds = list(dict.fromkeys(cell["kind"] for cell in table["cells"]))
    levels = sorted({cell["level"] for cell in table["cells"]})
    values = np.full((len(kinds), len(levels)), np.nan)
    figure, axes = new_figure(1.8 + 1.0 * len(levels), 1.2 + 0.42 * len(kinds))
    for cell in table["cells"]:
        row, column = kinds.index(cell["kind"]), levels.index(cell["level"])
        values[row, column] = np.nan if cell["auc"] is None else cell["auc"]
        text = "-" if cell["auc"] is None else f"{cell['auc']:.3f}"
        lost = f"\nlost {cell['faces_lost']}" if cell["faces_lost"] else ""
        axes.text(column, row, text + lost, ha="center", va="center", color=INK, fontsize=8)
    axes.imshow(values, cmap="RdYlGn", vmin=0.5, vmax=1, aspect="auto", alpha=0.7)
    axes.set_xticks(range(len(levels)), [f"level {level}" for level in levels])
    axes.set_yticks(range(len(kinds)), [kind.replace("_", " ") for kind in kinds])
    axes.grid(visible=False)
    return as_png(figure)


def matrix(values: list[list[float | None]], rows: list[str], columns: list[str],
           notes: list[list[str]]) -> bytes | None:  # fmt: skip
    """A table of AUCs as colours, with a note under each number."""
    numbers = np.array([[np.nan if v is None else v for v in row] for row in values], np.float64)
    if not numbers.size or np.isnan(numbers).all():
        return None
    figure, axes = new_figure(2.4 + 0.95 * len(columns), 1.9 + 0.55 * len(rows))
    axes.imshow(numbers, cmap="RdYlGn", vmin=0.5, vmax=1, aspect="auto", alpha=0.7)
    for (row, column), value in np.ndenumerate(numbers):
        text = "-" if np.isnan(value) else f"{value:.3f}"
        axes.text(column, row, f"{text}\n{notes[row][column]}", ha="center", va="center",
                  color=INK, fontsize=8)  # fmt: skip
    axes.set_xticks(range(len(columns)), columns, rotation=35, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
    return as_png(figure)


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    figure, axes = new_figure(4.6, 4.0)
    axes.set(xlabel=x, ylabel=y)
    return figure, axes
