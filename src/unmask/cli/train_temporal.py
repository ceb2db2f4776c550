"""`unmask train` and `unmask export` for `task = "temporal"`: the network over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from unmask.cli.analyze import out_folder, prepare_folder
from unmask.cli.console import draw, shown, write_err, write_out
from unmask.cli.progress import ProgressBar
from unmask.cli.table import simple_table
from unmask.cli.words import sentence
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.train.temporal_config import TemporalConfig

RUNS = Path("runs")
KNOWN = ("epochs", "batch", "lr", "patience", "seed", "threads")
HINT = "give --bundle and --data, or a TOML with task, bundle and data (docs/TEMPORAL.md)"


def is_over_time(config: Path | None, out: Path | None, task: str | None) -> bool:
    """Whether a call of `unmask train` means this task. UsageError for a task that is unknown."""
    from unmask.train.temporal_config import TASK, is_temporal

    if task is not None:
        if task not in (TASK, "frames"):
            raise UsageError(f"unknown task {task!r}", f"choose frames or {TASK}")
        return task == TASK
    named = config if config is not None else out
    return named is not None and is_temporal(named)


def train_over_time(
    config: Path | None,
    out: Path | None,
    data: Path | None,
    bundle: str | None,
    given: dict[str, Any],
    language: str,
    *,
    quiet: bool,
) -> None:
    """Read the clips with the bundle, train, and say what comes next."""
    from unmask.train.runlog import locked
    from unmask.train.temporal import TemporalTrainer, read_tracks_of

    folder = out or RUNS / ("temporal" if config is None else config.stem)
    chosen = _choose(config, folder, data, bundle, given)
    clips = _count(chosen)
    with out_folder(folder), locked(folder):
        with ProgressBar(clips, language, quiet=quiet, doing="training") as bar:
            bar.start("clips")
            tracks = read_tracks_of(chosen, folder, bar.advance)
        trainer = TemporalTrainer(chosen, folder, tracks)
        trainer.run()
    lines = trainer.log.validations()
    best = max(lines, key=lambda line: line["auc"])
    values = {
        "out": shown(folder),
        "epochs": len(lines),
        "auc": f"{lines[-1]['auc']:.3f}",
        "best": f"{best['auc']:.3f}",
        "epoch": best["epoch"],
    }
    text = sentence("trained", language, **values) + "\n"
    if lines[-1]["step"] < chosen.epochs:
        text += sentence("stopped_early", language, patience=chosen.patience) + "\n"
    command = f"unmask export {shown(folder)} --out BUNDLE"
    write_out(text + sentence("scan_next", language, command=command) + "\n")


def _choose(
    path: Path | None, out: Path, data: Path | None, bundle: str | None, given: dict[str, Any]
) -> TemporalConfig:
    """The configuration: of the TOML, of the options, or of the run that goes on."""
    from dataclasses import replace

    from unmask.models.bundle import load_bundle
    from unmask.settings import Settings
    from unmask.train.temporal_config import (
        TemporalConfig,
        read_temporal_config,
        read_temporal_run,
    )

    unknown = sorted(set(given) - set(KNOWN))
    if unknown:
        raise UsageError(f"the task temporal takes no {', '.join(unknown)}", HINT)
    if path is not None:
        if given or data is not None or bundle is not None:
            raise UsageError("a TOML says everything about a run", "leave the options out")
        config = read_temporal_config(path)
    elif data is None and bundle is None and (out / "config.json").is_file():
        return replace(read_temporal_run(out), **given)
    elif data is None or bundle is None:
        raise UsageError("nothing says what to train over time", HINT)
    else:
        config = TemporalConfig(bundle=bundle, data=(str(data),), **given)
    folder = load_bundle(config.bundle, Settings()).folder.absolute()
    places = tuple(str(Path(one).absolute()) for one in config.data)
    cache = str(Path(config.cache).absolute()) if config.cache else ""
    return replace(config, bundle=str(folder), data=places, cache=cache)


def _count(config: TemporalConfig) -> int:
    from unmask.data.clips import read_clips

    clips = [clip for source in config.data for clip in read_clips(Path(source))]
    return sum(clip.split in ("train", "val") for clip in clips)


def export_over_time(run: Path, out: Path, name: str | None, language: str) -> None:
    """Write the run's bundle with its network over time, and say what comes next."""
    from unmask.evaluate.publish_temporal import publish_temporal

    prepare_folder(out.absolute().parent)
    made = publish_temporal(run, out, name=name)
    rows = [
        ("onnx : torch", f"{made.parity:.1e}"),
        ("temperature", f"{made.fit.temperature[1]:.3f}"),
        ("validation AUC", f"{made.auc:.3f} (n {made.tracks:,})"),
    ]
    where = shown(out if out.is_absolute() or "/" in str(out) else f"./{out}")
    text = draw(simple_table(("", ""), rows)) + sentence("exported", language, out=where) + "\n"
    write_out(text + f"  unmask models verify {where}\n  unmask analyze --bundle {where} FILE\n")
    warn_of_chance(made.auc, made.auc_interval, language)


def warn_of_chance(auc: float, interval: tuple[float, float], language: str) -> None:
    """Say on stderr where a validation leaves open that the model guesses."""
    from unmask.evaluate.metrics import may_be_chance

    if may_be_chance(interval):
        values = {"auc": auc, "low": interval[0], "high": interval[1]}
        said = {name: f"{value:.3f}" for name, value in values.items()}
        write_err(sentence("may_be_chance", language, **said))
