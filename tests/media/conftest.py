"""Fixtures for the tests of intake and decoding: one warm decoder for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from odd_files import write

from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.settings import Settings


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def decoder(settings: Settings) -> Iterator[Decoder]:
    with Decoder(settings) as warm:
        yield warm


@pytest.fixture
def decode(decoder: Decoder, settings: Settings, tmp_path: Path) -> Callable[..., Decoded]:
    """Bytes and a file name in, `Decoded` out; the file lies in a folder of its own."""

    def run(data: bytes, name: str | bytes = "input.bin", frames: int | None = None) -> Decoded:
        with open_source(write(tmp_path, name, data), settings) as source:
            return decoder.decode(source, frames)

    return run
