"""Sessions: whether memory is kept or given back, the answer is the same bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unmask.models.networks import read_network
from unmask.models.session import giving_memory_back, open_session

PICTURE = np.random.default_rng(0).uniform(0, 255, (1, 3, 512, 640)).astype(np.float32)


def test_giving_memory_back_changes_no_bit_and_gives_it_back() -> None:
    kept, given = (open_session(read_network("centerface"), 1, many_sizes=True) for _ in "ab")
    for _ in range(2):
        one = kept.run(None, {"input.1": PICTURE})
        other = given.run(None, {"input.1": PICTURE}, giving_memory_back())
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    del one, other, a, b
    before = resident_bytes()
    kept.run(None, {"input.1": PICTURE}, giving_memory_back())
    assert before - resident_bytes() > PICTURE.nbytes


def resident_bytes() -> int:
    """What this process holds in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096
