"""Draws `curves.png` of a run: loss and accuracy per epoch, training and validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from unmask.train.runlog import RunLog, disk_errors

FILE = "curves.png"
INCHES, DPI = (9.0, 3.6), 130
# Okabe & Ito's palette: told apart with any colour vision.
COLOURS = {"train": "#0072B2", "val": "#D55E00"}
WORDS = {"train": "training", "val": "validation"}


def draw_curves(out: Path) -> Path | None:
    """The picture of a run's validations so far; None where there is none yet."""
    lines = RunLog(out).validations()
    if not lines:
        return None
    figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
    for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        _panel(axes, lines, what)
    path = out / FILE
    part = out / (FILE + ".part")
    with disk_errors(path):
        figure.savefig(part, format="png")
        part.replace(path)
    return path


def _panel(axes: Any, lines: list[dict[str, Any]], what: str) -> None:
    for side, colour in COLOURS.items():
        points = [(one["epoch"], one[f"{side}_{what}"]) for one in lines if f"{side}_{what}" in one]
        if points:
            epochs, values = zip(*points, strict=True)
            axes.plot(epochs, values, "o-", color=colour, label=WORDS[side], markersize=4)
    axes.set(xlabel="epoch", ylabel=what, title=what.capitalize())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(visible=True, alpha=0.3)
    if what == "accuracy":
        axes.set_ylim(0, 1.02)
    axes.legend()
