"""The installed command as a user runs it: a process of its own, with the network off.

The network is taken away twice: by a network namespace where the system allows one, and always by
an audit hook that ends a Python process at its first attempt to connect or to look up a name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from installed import COMMAND, Ran, namespace, sample
from tiny_bundle import build_tiny_bundle

NETWORK_TOUCHED = 97
NO_NETWORK = f"""
import os, sys
def no_network(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        os.write(2, b"NETWORK TOUCHED " + event.encode())
        os._exit({NETWORK_TOUCHED})
sys.addaudithook(no_network)
def full(descriptor):
    raise OSError(28, "No space left on device")
if "TEST_FULL_DISK" in os.environ:
    os.fsync = full
"""


@pytest.fixture(scope="session")
def offline() -> list[str]:
    """What stands before a command to take its network away."""
    return namespace("-n")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A bundle that answers at once, for tests that are not about the verdict."""
    return build_tiny_bundle(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="session")
def base_environment(tmp_path_factory) -> dict[str, str]:
    """An environment without proxies or locale, with the audit hook, with a fresh home."""
    hook = tmp_path_factory.mktemp("hook")
    (hook / "sitecustomize.py").write_text(NO_NETWORK)
    home = tmp_path_factory.mktemp("home")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(hook),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def environment(base_environment, tiny) -> dict[str, str]:
    """That, with the tiny bundle as the default."""
    return base_environment | {"UNMASK_BUNDLES_DIR": str(tiny.parent), "UNMASK_BUNDLE": tiny.name}


@pytest.fixture
def run(offline, environment, tmp_path) -> Callable[..., Ran]:
    """Run the installed command offline in a fresh folder."""

    def run_one(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [*offline, str(COMMAND), *map(str, arguments)],
            cwd=tmp_path,
            env=environment | dict(env or {}),
            capture_output=True,
            check=False,
            timeout=240,
        )
        assert done.returncode != NETWORK_TOUCHED, done.stderr.decode()
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run_one


@pytest.fixture
def photo(tmp_path) -> Path:
    """A copy of the smallest sample picture, named photo."""
    source = sample(".jpg", ".png", ".webp")
    return Path(shutil.copy(source, tmp_path / f"photo{source.suffix}"))


@pytest.fixture
def clip(tmp_path) -> Path:
    """A copy of the smallest sample clip, named clip."""
    source = sample(".mp4", ".webm", ".mkv")
    return Path(shutil.copy(source, tmp_path / f"clip{source.suffix}"))
