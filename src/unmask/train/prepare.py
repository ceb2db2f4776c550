"""What is looked at before a run begins: the device, and whether configuration and data fit."""

from __future__ import annotations

import ctypes
import sys

import torch
from accelerate import Accelerator

from unmask.errors import UsageError
from unmask.train.batches import Share
from unmask.train.config import Config

# glibc's malloc.h: what mallopt() sets, and the values that switch both off.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
NO_TRIMMING, NO_MAPPING = -1, 0


def keep_freed_memory() -> bool:
    """Let the allocator keep what torch frees; whether it could be told to.

    A step on a CPU frees and takes hundreds of megabytes. glibc gives large buffers back to the
    kernel each time, which then clears every page anew: a fifth of a step on one thread
    (docs/BENCHMARKS.md). Without glibc nothing is changed.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library, which has no mallopt
        return False
    return bool(mallopt(M_TRIM_THRESHOLD, NO_TRIMMING) and mallopt(M_MMAP_MAX, NO_MAPPING))


def device_of(config: Config) -> torch.device:
    """The device that a run's network is trained and tested on; UsageError where it is missing."""
    gpu = torch.cuda.is_available()
    if config.device == "cuda" and not gpu:
        raise UsageError("torch finds no CUDA device here", "take --device cpu, or auto")
    return torch.device("cuda" if gpu and config.device != "cpu" else "cpu")


def make_accelerator(config: Config) -> Accelerator:
    """Device and number format of a run; UsageError where a GPU is asked for and missing."""
    gpu = device_of(config).type == "cuda"
    half = config.mixed_precision and gpu
    return Accelerator(cpu=config.device == "cpu", mixed_precision="fp16" if half else "no")


def expect_even_shares(config: Config, share: Share) -> None:
    """UsageError where a step's draws cannot be shared evenly by processes and parts."""
    if config.batch % (share.of * config.accumulate):
        raise UsageError(
            f"a batch of {config.batch} cannot be shared by {share.of} processes in "
            f"{config.accumulate} parts",
            "choose a batch that is a multiple of processes times accumulate",
        )


def expect_every_class(config: Config) -> None:
    """UsageError where the recipe draws nothing for one of the network's classes."""
    drawn = {config.class_index(one.becomes or one.klass) for one in config.recipe.entries}
    for index, name in enumerate(config.classes):
        if index not in drawn:
            raise UsageError(
                f"the class {name!r} is empty: no entry of the recipe gives it",
                "add such pictures, or train with the classes that there are (--classes 2)",
            )
