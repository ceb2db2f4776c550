"""What learning costs: images per second of each architecture, and of drawing them.

    python benchmarks/training.py MANIFEST [--sizes 64,96,160] [--only NAMES] [--batch 32]
        [--give-back] [--device cuda]

For every architecture and size: training steps (forward, backward, optimiser, weight average) on
one thread, without a blend head. Then draws on one thread: plain ones, and the default
bundle's with pseudo-fakes and degradations. Last, whole runs with one loading process: the share of
the time for which the network waited for its draws. Rates are per CPU second, so that other work on
the machine disturbs them little; a wall clock is given where waiting is measured. `--give-back`
lets the allocator return memory to the kernel after each step, as where nobody tells it not to.
`--device cuda` trains in half precision on a GPU and gives rates per second of wall clock there.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from unmask.data.draws import Drawer
from unmask.train import loop
from unmask.train.architectures import ARCHITECTURES
from unmask.train.batches import Batch, Draws, Share, load_steps
from unmask.train.config import Config, read_config
from unmask.train.plain import Plan, plain_config

DEFAULT = Path(__file__).parent.parent / "configs" / "default-2.toml"
STEPS, WARM_UP, DRAWS, WAIT_STEPS = 4, 1, 300, 20
GPU_STEPS, GPU_WARM_UP = 20, 5


def rate(work: Callable[[], int], clock: Callable[[], float] = time.process_time) -> float:
    """Images per CPU second of all threads of this process, or per second of another clock."""
    start = clock()
    images = work()
    return images / (clock() - start)


def gpu_clock() -> float:
    """Seconds, once the GPU has done all that it was given."""
    torch.cuda.synchronize()
    return time.monotonic()


def random_batch(batch: int, size_px: int) -> Batch:
    """Pictures of noise, with classes in turn."""
    images = torch.randint(0, 255, (batch, 3, size_px, size_px), dtype=torch.uint8)
    cells = size_px // 16
    return Batch(images, torch.arange(batch) % 2, torch.full((batch, 1, cells, cells), -1.0), [])


def step_rate(config: Config, size_px: int) -> float:
    """Training images per CPU second of a network on pictures of that size."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = loop.Trainer(config, Path(folder))
        batch = random_batch(config.batch, size_px)
        gpu = config.device == "cuda"
        for _ in range(GPU_WARM_UP if gpu else WARM_UP):
            trainer.train_step(trainer.model, [batch])
        steps = GPU_STEPS if gpu else STEPS

        def work() -> int:
            for _ in range(steps):
                trainer.train_step(trainer.model, [batch])
            return steps * config.batch

        return rate(work, gpu_clock) if gpu else rate(work)


def draw_rate(config: Config, size_px: int) -> float:
    """Draws per CPU second."""
    drawer = Drawer(Path(config.manifest), config.recipe, seed=0)

    def work() -> int:
        for index in range(DRAWS):
            drawer.draw(index, size_px)
        return DRAWS

    return rate(work)


def waiting(config: Config, size_px: int) -> tuple[float, float]:
    """(share of the wall time spent waiting for draws, images per second) of a run's steps."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = loop.Trainer(config, Path(folder))
        drawer = Drawer(Path(config.manifest), config.recipe, seed=0)
        draws = Draws(drawer, config, 0, WAIT_STEPS + WARM_UP, size_px, Share())
        waited, start = 0.0, 0.0
        before = time.monotonic()
        for step, parts in enumerate(load_steps(draws, config, on_gpu=config.device == "cuda")):
            ready = time.monotonic()
            if step == WARM_UP:
                start = ready
            elif step > WARM_UP:
                waited += ready - before
            trainer.train_step(trainer.model, parts)
            before = time.monotonic()
        whole = before - start
        return waited / whole, WAIT_STEPS * config.batch / whole


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--sizes", default="64,96,160")
    parser.add_argument("--only", default=",".join(ARCHITECTURES))
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--give-back", action="store_true")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--loaders", type=int, default=1)
    options = parser.parse_args()
    if options.give_back:
        loop.keep_freed_memory = lambda: False
    sizes = [int(size) for size in options.sizes.split(",")]
    names = options.only.split(",")
    base = Plan("own-cnn", options.manifest, batch=options.batch, blend=False, threads=1)
    gpu = options.device == "cuda"
    plain = plain_config(replace(base, pretrained=False, mixed_precision=gpu))
    plain = replace(plain, device=options.device, ema=0.998)
    clock = "second" if gpu else "CPU second"
    print(f"training, images per {clock}:", *(f"{size} px" for size in sizes), sep="\t")
    for name in names:
        config = replace(plain, architecture=name)
        print(name, *(f"{step_rate(config, size):.1f}" for size in sizes), sep="\t", flush=True)
    levelled = replace(read_config(DEFAULT), manifest=str(options.manifest), device=options.device)
    print("drawing, images per CPU second:", *(f"{size} px" for size in sizes), sep="\t")
    kinds = {"plain": replace(plain, recipe=replace(plain.recipe, degrade=0.0)), "flags": plain}
    if {e.source for e in levelled.recipe.entries} <= {e.source for e in plain.recipe.entries}:
        kinds["default bundle"] = levelled
    for kind, config in kinds.items():
        print(kind, *(f"{draw_rate(config, size):.1f}" for size in sizes), sep="\t", flush=True)
    print(f"{options.loaders} loading processes:", "size", "waiting", "images/s (wall)", sep="\t")
    for name in names:
        config = replace(plain, architecture=name, loaders=options.loaders)
        share, speed = waiting(config, sizes[-1])
        print(name, f"{sizes[-1]} px", f"{share:.1%}", f"{speed:.1f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()
