"""Frames through the ring of shared memory: whole, in order, and safe against the other side."""

from __future__ import annotations

import mmap
import os
import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from unmask.media.ring import SLOT_BYTES, SLOTS, RingReader, RingWriter, create_ring

LENGTHS = (1, SLOT_BYTES - 1, SLOT_BYTES, SLOT_BYTES + 1, SLOTS * SLOT_BYTES + 5, 3)


@pytest.fixture
def ends() -> Iterator[tuple[RingReader, RingWriter, socket.socket]]:
    ours, theirs = socket.socketpair()
    ring = create_ring()
    reader, writer = RingReader(ring, ours.fileno()), RingWriter(ring, theirs.fileno())
    os.close(ring)
    yield reader, writer, theirs
    ours.close()
    theirs.close()
    reader.close()


def test_frames_of_every_length_arrive_as_they_were_sent(ends):
    reader, writer, _ = ends
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, n, np.uint8) for n in LENGTHS]

    def send() -> None:
        for frame in frames:
            half = len(frame) // 2
            writer.write(frame[:half].data)
            writer.write(frame[half:].tobytes())
            writer.flush()

    sender = threading.Thread(target=send)
    sender.start()
    for frame in frames:
        room = np.zeros_like(frame)
        reader.fill(room.data, lambda: None)
        assert np.array_equal(room, frame)
    sender.join()


def test_a_worker_that_is_gone_is_noticed(ends):
    reader, writer, theirs = ends
    writer.write(b"x" * 10)
    writer.flush()
    theirs.close()
    with pytest.raises((EOFError, ConnectionError)):
        reader.fill(memoryview(bytearray(SLOT_BYTES + 1)), lambda: None)


def test_the_memory_cannot_be_shrunk_by_the_other_side():
    ring = create_ring()
    with pytest.raises(PermissionError):
        os.ftruncate(ring, 0)
    with mmap.mmap(ring, SLOT_BYTES * SLOTS) as shared:
        shared[0] = 1
    os.close(ring)
