"""`unmask export RUN --out DIR`: from a training run to a bundle that `unmask analyze` takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unmask.cli.analyze import prepare_folder
from unmask.cli.console import draw, shown, write_out
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, terminal_language
from unmask.cli.table import simple_table
from unmask.cli.train_temporal import export_over_time, is_over_time, warn_of_chance
from unmask.cli.words import sentence
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.evaluate.bundle_run import Published
    from unmask.evaluate.int8 import Int8Trial


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a training run.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Bundle to write.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name on the card (DIR's).")
    ] = None,
    version: Annotated[
        str, typer.Option("--card-version", metavar="TEXT", help="Version on the card.")
    ] = "1",
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE", help="Where the run's manifest lies now."),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option("--card", metavar="TOML", help="Words of the card (default: from the data)."),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="PX", min=32, help="Side of the input (the run's last)."),
    ] = None,
    int8: Annotated[
        bool, typer.Option("--int8", help="Keep an 8-bit copy if it is faster and as good.")
    ] = False,
    false_alarms: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Share of genuine validation faces over the threshold."),
    ] = 0.01,
    misses: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Share of manipulated ones under the lower limit."),
    ] = 0.1,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Export a run to ONNX, fit its probabilities and thresholds, and write its card."""
    need_extra("train")
    if is_over_time(None, run, None):
        export_over_time(run, out, name, terminal_language(lang))
        return
    from unmask.evaluate.bundle_run import publish_run
    from unmask.evaluate.publish import Plan
    from unmask.train.config import read_run_config

    config = read_run_config(run)
    plan = Plan(
        name or out.resolve().name,
        version,
        size or config.stages[-1].size_px,
        false_alarms=false_alarms,
        misses=misses,
    )
    data = manifest or Path(config.manifest)
    if not data.is_file():
        raise UsageError(
            f"there is no manifest at {shown(data)}",
            "say with --manifest FILE where the manifest of this run lies now",
        )
    prepare_folder(out.absolute().parent)
    published = publish_run(run, config, out, plan, manifest=data, text=card, int8=int8)
    language = terminal_language(lang)
    write_out(_summary(published, out, language))
    warn_of_chance(published.validation_auc, published.auc_interval, language)


def _summary(published: Published, out: Path, language: str) -> str:
    card = published.card
    parity = card.metrics["parity"]
    rows = [
        ("onnx : torch", f"{parity['onnx_torch']:.1e}"),
        ("cam : Grad-CAM", f"{parity['cam_autograd']:.1e}"),
        ("temperature", ", ".join(f"{k} {v:.3f}" for k, v in card.temperatures.items())),
        ("threshold", f"{card.verdict.threshold:.4f}"),
        ("clear_below", f"{card.verdict.clear_below:.4f}"),
        ("validation AUC", f"{published.validation_auc:.3f} (n {published.faces:,})"),
    ]
    text = draw(simple_table(("", ""), rows))
    if published.int8 is not None:
        text += _said_of(published.int8, language) + "\n"
    if published.unreadable:
        first = shown(Path(published.unreadable[0]).absolute())
        values = {"count": len(published.unreadable), "first": first}
        text += sentence("unreadable", language, **values) + "\n"
    where = shown(out if out.is_absolute() or "/" in str(out) else f"./{out}")
    where = where if "/" in where else f"./{where}"
    text += sentence("exported", language, out=where) + "\n"
    return text + f"  unmask models verify {where}\n  unmask analyze --bundle {where} FILE\n"


def _said_of(trial: Int8Trial, language: str) -> str:
    key = "int8_kept" if trial.kept else "int8_dropped"
    values = {
        "ratio": f"{trial.time_ratio:.2f}",
        "before": f"{trial.auc_float32:.3f}",
        "after": f"{trial.auc_int8:.3f}",
    }
    return sentence(key, language, **values)
