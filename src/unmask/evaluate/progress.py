"""What long work tells whoever waits for it."""

from __future__ import annotations


class Progress:
    """Told what is going on; the command line draws bars from it. This one is silent."""

    def begin(self, what: str, total: int) -> None:
        """A part of the work of `total` steps begins."""

    def step(self, name: str) -> None:
        """One step is done."""
