"""Checkpoints as safetensors: weights, averaged weights, optimiser state, place in the run."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from unmask.errors import UsageError
from unmask.train.config import Config
from unmask.train.network import Detector
from unmask.train.runlog import disk_errors

FILE = "checkpoint.safetensors"
BEST = "best.safetensors"  # averaged weights of the best epoch, where a run may stop early
State = dict[str, Tensor]


def save_checkpoint(
    out: Path,
    network: nn.Module,
    average: State,
    optimiser: torch.optim.Optimizer,
    notes: dict[str, Any],
) -> None:
    """Write everything that the run needs to go on, whole or not at all.

    `notes` are plain data; their "step" is the place in the run.
    """
    tensors = {f"live.{k}": v.contiguous() for k, v in network.state_dict().items()}
    tensors |= {f"mean.{k}": v.contiguous() for k, v in average.items()}
    for index, state in optimiser.state_dict()["state"].items():
        kept = {k: v for k, v in state.items() if v is not None}
        tensors |= {f"optimiser.{index}.{k}": v.contiguous() for k, v in kept.items()}
    _write(out / FILE, tensors, {key: json.dumps(value) for key, value in notes.items()})


def save_best(out: Path, average: State) -> None:
    """Write the averaged weights as the run's best, whole or not at all."""
    _write(out / BEST, {f"mean.{k}": v.contiguous() for k, v in average.items()}, {})


def _write(path: Path, tensors: State, metadata: dict[str, str]) -> None:
    with disk_errors(path):
        part = path.with_name(path.name + ".part")
        save_file(tensors, part, metadata=metadata)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)


def load_checkpoint(
    out: Path, network: nn.Module, average: State, optimiser: torch.optim.Optimizer
) -> dict[str, Any]:
    """Take over the state stored in `out`; its notes, with step 0 where there is none."""
    if not (out / FILE).is_file():
        return {"step": 0}
    live: State = {}
    states: dict[int, dict[str, Any]] = {}
    with safe_open(out / FILE, "pt") as stored:
        notes = {key: json.loads(value) for key, value in stored.metadata().items()}
        for name in stored.keys():  # noqa: SIM118
            kind, _, rest = name.partition(".")
            if kind == "live":
                live[rest] = stored.get_tensor(name)
            elif kind == "mean":
                average[rest].copy_(stored.get_tensor(name))
            else:
                index, _, key = rest.partition(".")
                states.setdefault(int(index), {})[key] = stored.get_tensor(name)
    network.load_state_dict(live)
    optimiser.load_state_dict(
        {"state": states, "param_groups": optimiser.state_dict()["param_groups"]}
    )
    return notes


def read_average(run: Path) -> State:
    """The averaged weights of a run's best epoch or, without early stopping, of its last one.

    These are evaluated and exported.
    """
    path = run / BEST if (run / BEST).is_file() else run / FILE
    if not path.is_file():
        raise UsageError(f"there is no checkpoint in {run}", "train first")
    with safe_open(path, "pt") as stored:
        names = [k for k in stored.keys() if k.startswith("mean.")]  # noqa: SIM118
        return {k.removeprefix("mean."): stored.get_tensor(k) for k in names}


def trained_network(config: Config, run: Path) -> Detector:
    """The network of a run with the weights of `read_average`."""
    network = Detector(config.architecture, len(config.classes), blend=config.blend)
    network.load_state_dict(read_average(run))
    return network


def average_runs(runs: Sequence[Path], out: Path) -> None:
    """Write into `out` a run whose weights are the mean of the averaged weights of `runs`.

    The runs must follow one another ("model soups", Wortsman et al., 2022); `config.json` is the
    last one's.
    """
    parts = [read_average(run) for run in runs]
    mean = {
        name: torch.stack([part[name].float() for part in parts]).mean(dim=0)
        if value.dtype.is_floating_point
        else value
        for name, value in parts[-1].items()
    }
    out.mkdir(parents=True, exist_ok=True)
    tensors = {f"mean.{name}": value.contiguous() for name, value in mean.items()}
    save_file(tensors, out / FILE, metadata={"step": "0"})
    (out / "config.json").write_bytes((runs[-1] / "config.json").read_bytes())
