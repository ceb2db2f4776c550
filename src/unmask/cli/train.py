"""`unmask train`: trains a network from a TOML, from a few options, or on from a run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import shown, write_out
from unmask.cli.data_scan import scan
from unmask.cli.extras import need_extra
from unmask.cli.options import Language, terminal_language
from unmask.cli.progress import ProgressBar
from unmask.cli.train_temporal import is_over_time, train_over_time
from unmask.cli.words import sentence
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.train.config import Config
    from unmask.train.loop import Trainer

RUNS = Path("runs")
HINT = "give a TOML, or --architecture and --data, or the --out of a run to go on with"


def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG.toml]", help="Everything about the run.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="RUN", help="Folder of the run.")
    ] = None,
    architecture: Annotated[
        str | None, typer.Option("--architecture", metavar="NAME", help="A name, or timm:NAME.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="MANIFEST|DIR", help="Manifest, or real/ beside fake/."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="Passes over the training faces (10).")
    ] = None,
    size: Annotated[
        int | None, typer.Option("--size", metavar="PX", min=32, help="Side of the faces (160).")
    ] = None,
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Per step (32).")] = None,
    accumulate: Annotated[
        int | None, typer.Option("--accumulate", min=1, help="Parts of a step (1).")
    ] = None,
    lr: Annotated[
        float | None, typer.Option("--lr", min=0, help="Highest learning rate (.001, sgd .05).")
    ] = None,
    optimiser: Annotated[
        str | None, typer.Option("--optimizer", "--optimiser", help="adamw, adam, sgd (adamw).")
    ] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", help="cosine or step (cosine).")
    ] = None,
    classes: Annotated[
        int | None, typer.Option("--classes", min=2, max=3, help="3 where the data has them.")
    ] = None,
    blend: Annotated[
        bool | None, typer.Option("--blend/--no-blend", help="A head that maps blends (blend).")
    ] = None,
    pretrained: Annotated[
        bool | None,
        typer.Option("--pretrained/--no-pretrained", help="ImageNet weights (if installed)."),
    ] = None,
    patience: Annotated[
        int | None, typer.Option("--patience", min=0, help="Epochs without a better AUC (0: off).")
    ] = None,
    mixed_precision: Annotated[
        bool | None, typer.Option("--mixed-precision", help="Half precision, on a GPU.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Of weights and draws (0).")
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Of torch (2).")] = None,
    loaders: Annotated[
        int | None, typer.Option("--loaders", min=0, help="Processes that draw (1).")
    ] = None,
    device: Annotated[str | None, typer.Option("--device", help="auto, cpu or cuda.")] = None,
    task: Annotated[str | None, typer.Option("--task", help="frames or temporal (frames).")] = None,
    bundle: Annotated[
        str | None,
        typer.Option("--bundle", metavar="NAME|DIR", help="Whose features temporal learns from."),
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write RUN/tensorboard, too.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    lang: Annotated[Language | None, typer.Option("--lang", help="ko or en.")] = None,
) -> None:
    """Train a network; the same command goes on with a run that was stopped or killed."""
    need_extra("train")
    language = terminal_language(lang)
    plan = {
        "architecture": architecture,
        "epochs": epochs,
        "size_px": size,
        "batch": batch,
        "accumulate": accumulate,
        "lr": lr,
        "optimiser": optimiser,
        "schedule": schedule,
        "classes": classes,
        "blend": blend,
        "pretrained": pretrained,
        "patience": patience,
        "mixed_precision": mixed_precision,
        "seed": seed,
    }
    given = {key: value for key, value in plan.items() if value is not None}
    speed = {"threads": threads, "loaders": loaders, "device": device}
    speed = {key: value for key, value in speed.items() if value is not None}
    if is_over_time(config, out, task):
        train_over_time(config, out, data, bundle, given | speed, language, quiet=quiet)
        return
    if bundle is not None:
        raise UsageError("--bundle belongs to --task temporal", "leave it out")
    folder = out or _default_out(config, architecture, data)
    with out_folder(folder):
        chosen = _choose(config, data, folder, given, speed, language)
        _run(chosen, folder, language, tensorboard=tensorboard, quiet=quiet)


def _default_out(config: Path | None, architecture: str | None, data: Path | None) -> Path:
    if config is not None:
        return RUNS / config.stem
    if architecture is None or data is None:
        raise UsageError("nothing says what to train", HINT)
    return RUNS / f"{architecture.replace(':', '-')}-{data.stem}"


def _choose(
    path: Path | None,
    data: Path | None,
    out: Path,
    given: dict[str, Any],
    speed: dict[str, Any],
    language: str,
) -> Config:
    """The configuration: of the TOML, of the options, or of the run that goes on."""
    from dataclasses import replace

    from unmask.train.config import read_config, read_run_config
    from unmask.train.plain import Plan, plain_config

    if path is None and data is None and not given and (out / "config.json").is_file():
        return replace(read_run_config(out), **speed)
    if path is not None:
        if given or data is not None:
            named = ", ".join(sorted([*given, *(["data"] if data else [])]))
            raise UsageError(
                f"a TOML says everything about a run; given beside it: {named}",
                "write these into the TOML, or leave the TOML out",
            )
        return replace(read_config(path), **speed)
    if data is None or "architecture" not in given:
        raise UsageError("nothing says what to train", HINT)
    return plain_config(Plan(manifest=_manifest(data, out, language), **given, **speed))


def _manifest(data: Path, out: Path, language: str) -> Path:
    """The manifest itself, or that of a folder, scanned once into the run's folder."""
    if not data.is_dir():
        return data
    manifest = out / "data.parquet"
    if not manifest.is_file():
        scan([data], manifest, lang=Language(language))
    return manifest


def _run(config: Config, out: Path, language: str, *, tensorboard: bool, quiet: bool) -> None:
    from unmask.train.loop import Trainer
    from unmask.train.watch import TensorBoard, Watcher

    watchers: list[Watcher] = [_Bar(config, language, quiet=quiet)]
    if tensorboard:
        watchers.append(TensorBoard(out))
    trainer = Trainer(config, out, watchers=watchers)
    trainer.run()
    if trainer.accelerator.is_main_process:
        write_out(_summary(trainer, language))


class _Bar:
    """The progress bar over a run's steps, with the loss, and what validation said."""

    def __init__(self, config: Config, language: str, *, quiet: bool) -> None:
        self._config, self._language, self._quiet = config, language, quiet
        self._bar: ProgressBar | None = None
        self._said = ""

    def start(self, steps: int, done: int) -> None:
        """Draw the bar; steps of an earlier run are done."""
        self._bar = ProgressBar(steps, self._language, quiet=self._quiet, doing="training")
        self._bar.__enter__()
        for _ in range(done):
            self._bar.advance()

    def step(self, done: int, loss: float, accuracy: float) -> None:
        """One step further."""
        if self._bar is not None:
            epoch = (done - 1) // self._config.epoch_steps + 1
            now = f"{epoch}/{-(-self._config.steps // self._config.epoch_steps)}"
            self._bar.start(f"{now}  loss {loss:.3f}  accuracy {accuracy:.2f}{self._said}")
            self._bar.advance()

    def line(self, line: dict[str, Any]) -> None:
        """Remember the last validation."""
        if "auc" in line:
            self._said = f"  | val loss {line['val_loss']:.3f} AUC {line['auc']:.3f}"

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def _summary(trainer: Trainer, language: str) -> str:
    """Where the run lies, what validation says, and the next command."""
    last = trainer.log.validations()
    best = max(last, key=lambda line: line["auc"])
    values = {
        "out": shown(trainer.out),
        "epochs": len(last),
        "auc": f"{last[-1]['auc']:.3f}",
        "best": f"{best['auc']:.3f}",
        "epoch": best["epoch"],
    }
    text = sentence("trained", language, **values) + "\n"
    if trainer.step < trainer.config.steps:
        text += sentence("stopped_early", language, patience=trainer.config.patience) + "\n"
    if trainer.log.skipped:
        where = shown(trainer.out / "skipped.jsonl")
        text += sentence("skipped", language, count=trainer.log.skipped, out=where) + "\n"
    command = f"unmask export {shown(trainer.out)} --out BUNDLE"
    return text + sentence("scan_next", language, command=command) + "\n"
