"""One function over many files in worker processes that leave nothing behind.

Workers are fresh processes: a fork of a process that runs threads (a progress bar is one) may hang.
Each ends by itself when its parent is gone, also by `kill -9`, and leaves Ctrl-C to the parent.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_in_processes(
    function: Callable[[Job], Result], jobs: Sequence[Job], *, workers: int, chunk: int = 1
) -> Iterator[Result]:
    """The results in the order of the jobs; with one worker in this process.

    `function` has to be importable by name, and should catch what a file may do to it: an exception
    of the package's own does not survive the way between processes.
    """
    if workers <= 1 or len(jobs) <= chunk:
        yield from map(function, jobs)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start)
    try:
        yield from pool.map(function, jobs, chunksize=chunk)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
