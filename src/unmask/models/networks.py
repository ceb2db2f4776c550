"""The ready-made face networks that ship in `models/networks/`, checked against their hashes.

Sources, licences and the scripts that make each file again stand in THIRD_PARTY.md.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from unmask.errors import BundleError


@cache
def network_hashes() -> dict[str, str]:
    """{file name: sha256} of every network that ships."""
    text = (resources.files("unmask.models") / "networks" / "SHA256SUMS").read_text("ascii")
    return {name: digest for digest, name in (line.split() for line in text.splitlines())}


def read_network(name: str) -> bytes:
    """The bytes of the network `name` ("centerface"); BundleError where they are not ours."""
    file_name = f"{name}.onnx"
    file = resources.files("unmask.models") / "networks" / file_name
    reinstall = "reinstall unmask: the file is not the one that was published"
    if file_name not in network_hashes() or not file.is_file():
        raise BundleError(f"the network {file_name} is missing", reinstall)
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != network_hashes()[file_name]:
        raise BundleError(f"the network {file_name} has sha256 {digest[:12]}…", reinstall)
    return data
