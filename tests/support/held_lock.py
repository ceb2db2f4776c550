"""Another process that trains in a folder, as far as its lock goes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The forked process stands for one that draws: it outlives the one that was killed.
HOLD = """
import os, pathlib, sys, time
from unmask.train.runlog import locked
with locked(pathlib.Path(sys.argv[1])):
    if not os.fork():
        time.sleep(10)
        os._exit(0)
    print("held", flush=True)
    time.sleep(300)
"""


@contextmanager
def held_lock(out: Path) -> Iterator[None]:
    """In here another process holds the lock of `out`; at the end it dies by SIGKILL."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
