"""Sessions: whether memory is kept or given back, the answer is the same bits."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from unmask.models.networks import read_network
from unmask.models.session import giving_memory_back, open_session

PICTURE = np.random.default_rng(0).uniform(0, 255, (1, 3, 96, 128)).astype(np.float32)
# In a process of its own: what the allocator gives back depends on all that went before.
RESIDENT = """
import numpy as np
from pathlib import Path
from unmask.models.networks import read_network
from unmask.models.session import giving_memory_back, open_session

def resident():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096

session = open_session(read_network("centerface"), 1, many_sizes=True)
picture = {"input.1": np.zeros((1, 3, 512, 640), np.float32)}
session.run(None, picture)
kept = resident()
session.run(None, picture, giving_memory_back())
print(kept - resident())
"""


def test_giving_memory_back_changes_no_bit() -> None:
    kept, given = (open_session(read_network("centerface"), 1, many_sizes=True) for _ in "ab")
    for _ in range(2):
        one = kept.run(None, {"input.1": PICTURE})
        other = given.run(None, {"input.1": PICTURE}, giving_memory_back())
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_memory_is_given_back() -> None:
    found = subprocess.run(
        [sys.executable, "-c", RESIDENT], check=True, capture_output=True, text=True
    )
    assert int(found.stdout) > 10_000_000
