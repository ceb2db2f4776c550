"""The typer app: every command by name, one file each."""

from __future__ import annotations

from typing import Annotated

import typer

from unmask import __version__
from unmask.cli import (
    analyze,
    calibrate,
    compare,
    data_aligned,
    data_audit,
    data_eda,
    data_scan,
    data_split,
    demo,
    doctor,
    evaluate,
    export,
    models,
    rerun,
    train,
    watch,
)
from unmask.cli.console import write_out

app = typer.Typer(
    name="unmask",
    help=(
        "Says, for every face in a picture or a clip, whether there is evidence that it was "
        "manipulated, or that it cannot tell, and why. Works offline.\n\n"
        "사진과 영상 속 얼굴마다 조작 증거가 있는지, 판단할 수 없다면 왜 그런지 알려 줍니다."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
model_app = typer.Typer(help="List, show and verify model bundles.", no_args_is_help=True)
data_app = typer.Typer(help="Look at, split and check data sets.", no_args_is_help=True)

app.command("analyze")(analyze.analyze)
app.command("watch")(watch.watch)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("rerun")(rerun.rerun)
app.command("calibrate")(calibrate.calibrate)
app.command("evaluate")(evaluate.evaluate)
app.command("compare")(compare.compare)
app.command("train")(train.train)
app.command("export")(export.export)
app.add_typer(data_app, name="data")
data_app.command("scan")(data_scan.scan)
data_app.command("aligned")(data_aligned.aligned)
data_app.command("split")(data_split.split)
data_app.command("eda")(data_eda.eda)
data_app.command("audit")(data_audit.audit)
app.add_typer(model_app, name="models")
model_app.command("list")(models.list_models)
model_app.command("show")(models.show_model)
model_app.command("verify")(models.verify_models)


def _print_version(value: bool) -> None:
    if value:
        write_out(f"unmask {__version__}\n")
        raise typer.Exit


@app.callback()
def unmask(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Hold the options that come before a command."""
