"""`unmask data aligned MANIFEST`: genuine faces through autoencoders of our own, as a source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unmask.cli.analyze import out_folder
from unmask.cli.console import shown, write_out
from unmask.cli.extras import need_extra


def aligned(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="What `data scan` wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where folders go.")],
    per_source: Annotated[
        int, typer.Option("--per-source", metavar="N", min=1, help="Pictures of each source.")
    ] = 700,
    steps: Annotated[
        int, typer.Option("--steps", metavar="N", min=1, help="Training steps per autoencoder.")
    ] = 1200,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed.")] = 0,
) -> None:
    """Make aligned fakes: the same pictures, only a decoder's traces are new."""
    need_extra("train")
    from unmask.train.aligned import write_aligned_fakes

    with out_folder(out):
        folders = write_aligned_fakes(manifest, out, per_source=per_source, steps=steps, seed=seed)
    names = " ".join(shown(folder) for folder in folders)
    write_out("".join(f"{shown(folder)}\n" for folder in folders))
    write_out(f"Next: unmask data scan … {names} --out NEW.parquet\n")
