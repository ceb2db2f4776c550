"""Sessions: one that gives its memory back answers with the same bits."""

from __future__ import annotations

import numpy as np

from unmask.models.networks import read_network
from unmask.models.session import open_session


def test_giving_memory_back_changes_no_bit() -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (1, 3, 96, 128)).astype(np.float32)
    kept, given = (
        open_session(read_network("centerface"), 1, keep_memory=keep) for keep in (True, False)
    )
    for _ in range(2):
        one, other = (session.run(None, {"input.1": picture}) for session in (kept, given))
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
