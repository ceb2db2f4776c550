"""Worker side: the open file as libraries want to read it, by descriptor and never by name."""

from __future__ import annotations

import os


class FdReader:
    """The file as a stream; reads by position, so that the descriptor may be shared."""

    def __init__(self, fd: int, size: int) -> None:
        self._fd, self._size, self._at = fd, size, 0

    def read(self, count: int) -> bytes:
        """Up to `count` bytes from the current position."""
        data = os.pread(self._fd, count, self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position, as `io.IOBase.seek` does."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The current position in bytes."""
        return self._at
