"""Worker side: C2PA content credentials (C2PA specification 2.1), read offline.

The library is large, so it is loaded only where the file's bytes show a manifest: the box, chunk
or segment that the specification gives each format, or a link to a manifest elsewhere, which is
never followed. Nothing is fetched: no remote manifest, no revocation list. Whether a signer is
trusted is judged only against a list that was given; a signature that holds while its signer is
unknown is `valid` and not trusted.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unmask.media.fd_reader import FdReader
from unmask.media.text import clean_text
from unmask.media.wire import TEXT_MAX, TEXTS_MAX, Job

# What a file without credentials gives; also the defaults of one with.
CREDENTIAL_FIELDS: dict[str, Any] = {
    "credentials": "absent",
    "trusted": None,
    "signer": "",
    "generator": "",
    "generated": None,
    "actions": [],
    "problems": [],
}
MIME = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "avi": "video/avi",
}
# Offline, whatever the file asks for; identities in it are another specification's affair.
OFFLINE: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": [], "decode_identity_assertions": False},
}
_MARKS = (b"c2pa", b"C2PA")  # JUMBF type and uuid label; RIFF and GIF chunk
_LINK = b"dcterms:provenance"  # XMP's link to a manifest elsewhere
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # usertype of the `uuid` box
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_BOXES_MAX, _XMP_BYTES_MAX, _ENDS_BYTES = 100_000, 1 << 16, 1 << 20
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_BY_ALGORITHM = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"}  # IPTC NewsCodes
)
_ANCESTORS_MAX = 64
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_WORD = re.compile(r"[A-Za-z0-9]{1,40}")


def read_credentials(fd: int, job: Job, data: bytes | None) -> dict[str, Any]:
    """The facts on the manifest of the file behind `fd` (a picture's bytes are `data`)."""
    mark = find_mark(fd, job, data)
    if mark is None:
        return dict(CREDENTIAL_FIELDS)
    if mark == "link":
        return _without("unchecked", "remote_manifest")
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError):
        return _without("unchecked", "no_library")
    stream = io.BytesIO(data) if data is not None else _ReadOnly(fd, job.bytes)
    anchors, problems = _anchors(job.trust_list)
    try:
        context = c2pa.Context.from_dict(_options(anchors))
        with c2pa.Reader(MIME[job.format], stream, context=context) as reader:
            store, state = json.loads(reader.json()), str(reader.get_validation_state())
    except c2pa.C2paError.ManifestNotFound:
        return dict(CREDENTIAL_FIELDS)
    except (c2pa.C2paError, ValueError, RecursionError) as error:
        word = _WORD.match(str(error))  # the library begins with a name for what went wrong
        if word and word[0] == "Remote":
            return _without("unchecked", "remote_manifest")
        return _without("unreadable", f"manifest.{word[0] if word else 'error'}", *problems)
    facts = facts_of(store, state, has_list=anchors is not None)
    return {**facts, "problems": [*facts["problems"], *problems]}


def _without(state: str, *problems: str) -> dict[str, Any]:
    """The facts where nothing of a manifest is known but why."""
    return {**CREDENTIAL_FIELDS, "credentials": state, "problems": list(problems)}


def find_mark(fd: int, job: Job, data: bytes | None) -> str | None:
    """ "manifest" or "link" where the bytes show one, else None; a chance hit costs time only."""
    if job.format not in MIME:
        return None
    if data is None:
        return _mark_of_clip(fd, job)
    if any(mark in data for mark in _MARKS):
        return "manifest"
    return "link" if _LINK in data else None


def _mark_of_clip(fd: int, job: Job) -> str | None:
    if job.format == "avi":  # the chunk stands at an end of the file
        ends = os.pread(fd, _ENDS_BYTES, 0) + os.pread(
            fd, _ENDS_BYTES, max(0, job.bytes - _ENDS_BYTES)
        )
        return "manifest" if _MARKS[1] in ends else None
    found = None
    for start, kind, length in _boxes(fd, job.bytes):
        usertype = os.pread(fd, 16, start) if kind == b"uuid" else b""
        if usertype == _C2PA_BOX:
            return "manifest"
        if usertype == _XMP_BOX and _LINK in os.pread(fd, min(length, _XMP_BYTES_MAX), start):
            found = "link"
    return found


def _boxes(fd: int, size: int) -> Iterator[tuple[int, bytes, int]]:
    """(start of the payload, type, length of the payload) of an ISO file's outer boxes."""
    at = 0
    for _ in range(_BOXES_MAX):
        head = os.pread(fd, 16, at)
        if len(head) < 8:
            return
        length, header = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(head[8:], "big"), 16
        if length == 0:
            length = size - at
        if length < header:
            return
        yield at + header, head[4:8], length - header
        at += length


def _anchors(path: str) -> tuple[str | None, list[str]]:
    if not path:
        return None, []
    try:
        return Path(path).read_text("ascii"), []
    except (OSError, ValueError):
        return None, ["trust_list.unreadable"]


def _options(anchors: str | None) -> dict[str, Any]:
    """Settings of the library: an anchor that is not given is not trusted."""
    verify = {**OFFLINE["verify"], "verify_trust": anchors is not None}
    trust = {} if anchors is None else {"trust": {"trust_anchors": anchors}}
    return {**OFFLINE, "verify": verify, **trust}


def facts_of(store: dict[str, Any], state: str, *, has_list: bool) -> dict[str, Any]:
    """What the library's account of a manifest store says, as plain data for the parent."""
    active = store["manifests"][store["active_manifest"]]
    signature = active.get("signature_info") or {}
    actions = list(_actions(active))
    ancestors = [active, *_parents(store["manifests"], active)]
    return {
        "credentials": "invalid" if state == "Invalid" else "valid",
        "trusted": state == "Trusted" if has_list else None,
        "signer": _joined(signature.get("common_name"), signature.get("issuer")),
        "generator": _generator(active),
        "generated": _generated([action for one in ancestors for action in _actions(one)]),
        "actions": _codes([one.get("action") for one in actions]),
        "problems": _codes([one.get("code") for one in store.get("validation_status", ())]),
    }


def _actions(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in manifest.get("assertions", ()):
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            listed = assertion.get("data", {}).get("actions", ())
            yield from (action for action in listed if isinstance(action, dict))


def _parents(manifests: dict[str, Any], manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The manifests of what the file was made from, parent by parent."""
    for _ in range(_ANCESTORS_MAX):
        labels = [
            one.get("active_manifest")
            for one in manifest.get("ingredients", ())
            if one.get("relationship") == "parentOf"
        ]
        found = [manifests[label] for label in labels if label in manifests]
        if not found:
            return
        manifest = found[0]
        yield manifest


def _generated(actions: list[dict[str, Any]]) -> bool | None:
    """True where an action says that a trained algorithm made media, None where none says how."""
    kinds = [str(action.get("digitalSourceType", "")) for action in actions]
    named = [kind.rsplit("/", 1)[-1] for kind in kinds if kind.startswith(_SOURCE_TYPES)]
    if any(name in _BY_ALGORITHM for name in named):
        return True
    return False if named else None


def _generator(manifest: dict[str, Any]) -> str:
    for one in manifest.get("claim_generator_info") or ():
        if isinstance(one, dict) and one.get("name"):
            return clean_text(f"{one['name']} {one.get('version') or ''}", TEXT_MAX)
    return clean_text(str(manifest.get("claim_generator") or ""), TEXT_MAX)


def _codes(values: list[object]) -> list[str]:
    """Names by the specification's grammar; "other" stands for what a stranger made up."""
    return [
        value if isinstance(value, str) and _CODE.fullmatch(value) else "other"
        for value in values[:TEXTS_MAX]
    ]


def _joined(name: object, organisation: object) -> str:
    parts = [str(part) for part in (name, organisation) if part]
    return clean_text(", ".join(dict.fromkeys(parts)), TEXT_MAX)


class _ReadOnly(FdReader):
    """A clip as the library wants it: it asks for methods to write that it never calls."""

    def write(self, _data: bytes) -> int:
        """Refuse: the file is only read."""
        raise PermissionError("the file is only read")

    def flush(self) -> None:
        """Do nothing: nothing was written."""
