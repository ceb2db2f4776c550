"""The checks behind `unmask doctor`, one small function each; nothing here raises."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata, util
from pathlib import Path

from unmask import __version__
from unmask.errors import UnmaskError
from unmask.settings import Settings
from unmask.types import CheckStatus

REINSTALL = "pip install --force-reinstall unmask"
# Decoders of what SAFETY.md accepts, by FFmpeg's names; the first of a pair that is there will do.
CODECS = ("h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mjpeg", "prores", "ffv1")
REQUIRED_CODECS = frozenset({"h264", "hevc", "vp9", "mpeg4", "mjpeg"})
FORMATS = ("mov", "matroska", "avi", "mpegts")
# extra -> (module that tells whether it is there, what it is for)
EXTRAS = {
    "train": ("torch", "training and export"),
    "server": ("fastapi", "web page and REST"),
    "openai": ("langchain_openai", "reports worded by an OpenAI-compatible model"),
    "ollama": ("langchain_ollama", "reports worded by a local Ollama model"),
    "c2pa": ("c2pa", "checking content credentials"),
    "openvino": ("openvino", "a second inference engine"),
    "ray": ("ray", "many machines"),
    "postgres": ("procrastinate", "a job queue in Postgres"),
}
# Exit 0 where a process may have a network of its own (CLONE_NEWNET, CLONE_NEWUSER; linux/sched.h).
LEAVE_NETWORK = """
import ctypes
unshare = getattr(ctypes.CDLL(None), "unshare", lambda flags: -1)
raise SystemExit(0 if unshare(0x40000000) == 0 or unshare(0x50000000) == 0 else 1)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: what was looked at, "ok" | "optional" | "missing" | "broken", detail and fix."""

    name: str
    state: str
    detail: str
    fix: str = ""

    def as_dict(self) -> dict[str, str]:
        """The row as plain data."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """All checks in order."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _video,
        _pictures,
        lambda: _bundles(settings),
        _networks,
        _pdf,
        _sandbox,
        _extras,
    )
    return [row for check in checks for row in check()]


def _python() -> Iterator[Finding]:
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Finding("unmask", "ok", f"{__version__}, {system}")


def _packages() -> Iterator[Finding]:
    """The required dependencies: one row for those that are there, one for each that is not."""
    here: list[str] = []
    try:
        requirements = metadata.requires("unmask") or []
    except metadata.PackageNotFoundError:
        yield Finding(
            "packages",
            "missing",
            "unmask runs from its source and is not installed: what it needs is not known",
            "pip install -e . in its folder",
        )
        return
    for requirement in requirements:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]
        try:
            here.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield Finding(name, "missing", f"needed: {requirement}", f"pip install '{requirement}'")
    yield Finding("packages", "ok", ", ".join(here))


def _video() -> Iterator[Finding]:
    try:
        av = import_module("av")
        codec = import_module("av.codec")
    except ImportError as error:
        yield Finding("video", "broken", str(error), REINSTALL)
        return
    absent = [name for name in CODECS if not _can_decode(codec, name)]
    lacking = sorted(REQUIRED_CODECS.intersection(absent))
    here = ", ".join(name for name in CODECS if name not in absent)
    state = "broken" if lacking else "ok"
    yield Finding("video codecs", state, here, _fix_for(lacking, "a build of PyAV with"))
    formats = [name for name in FORMATS if name not in _demuxers(av)]
    state = "broken" if formats else "ok"
    yield Finding("video formats", state, ", ".join(FORMATS), _fix_for(formats, "PyAV with"))


def _can_decode(codec: object, name: str) -> bool:
    try:
        codec.Codec(name, "r")  # type: ignore[attr-defined]
    except ValueError:  # av's UnknownCodecError is one
        return False
    return True


def _demuxers(av: object) -> set[str]:
    names: set[str] = set()
    for entry in av.formats_available:  # type: ignore[attr-defined]
        names.update(entry.split(","))
    return names


def _fix_for(lacking: list[str], what: str) -> str:
    return f"install {what} {', '.join(lacking)}: pip install --upgrade av" if lacking else ""


def _pictures() -> Iterator[Finding]:
    try:
        heif = import_module("pi_heif")
        yield Finding("HEIC", "ok", f"libheif {heif.libheif_version()}")
    except ImportError as error:
        yield Finding("HEIC", "broken", str(error), "pip install --upgrade pi-heif")
    features = import_module("PIL.features")
    for name, key in (("AVIF", "avif"), ("WebP", "webp"), ("JPEG", "jpg"), ("PNG", "zlib")):
        if features.check(key):
            yield Finding(name, "ok", f"Pillow, library {features.version(key)}")
        else:
            yield Finding(name, "broken", "missing in Pillow", "pip install --upgrade pillow")


def _bundles(settings: Settings) -> Iterator[Finding]:
    from unmask.models.bundle import list_bundles
    from unmask.models.verify import verify_bundle

    try:
        found = list_bundles(settings)
    except UnmaskError as error:
        yield Finding("bundles", "broken", error.message, error.hint)
        return
    if settings.bundle not in found and "/" not in settings.bundle:
        known = ", ".join(found) or "none"
        yield Finding(
            f"bundle {settings.bundle}",
            "missing",
            f"known: {known}",
            f"unset UNMASK_BUNDLE; {REINSTALL}",
        )
    for name, folder in found.items():
        rows = verify_bundle(folder, settings)
        failed = [f"{row.name}: {row.detail}" for row in rows if row.status is CheckStatus.FAILED]
        if failed:
            yield Finding(f"bundle {name}", "broken", failed[0], REINSTALL)
        else:
            yield Finding(f"bundle {name}", "ok", rows[0].detail)


def _networks() -> Iterator[Finding]:
    from unmask.models.networks import network_hashes, read_network

    for file_name, digest in network_hashes().items():
        name = Path(file_name).stem
        try:
            read_network(name)
        except UnmaskError as error:
            yield Finding(f"network {name}", "broken", error.message, REINSTALL)
        else:
            yield Finding(f"network {name}", "ok", f"sha256 {digest}")


def _pdf() -> Iterator[Finding]:
    found = util.find_spec("typst") is not None
    yield Finding("PDF", "ok" if found else "broken", "typst", "" if found else REINSTALL)


def _sandbox() -> Iterator[Finding]:
    """What the decoder's sandbox can count on: limits always, the namespace where allowed."""
    try:
        resource = import_module("resource")
        resource.getrlimit(resource.RLIMIT_AS)
        yield Finding("sandbox: limits", "ok", "memory, CPU time, file size, open files")
    except ImportError:
        yield Finding("sandbox: limits", "broken", "no resource limits here", "use Linux or macOS")
    if _can_leave_network():
        yield Finding("sandbox: network", "ok", "the decoder runs in a network of its own")
    else:
        yield Finding(
            "sandbox: network",
            "optional",
            "no network namespace; protocols are closed in the decoder all the same",
            "sysctl kernel.unprivileged_userns_clone=1, or run as root",
        )


def _can_leave_network() -> bool:
    """Try it in a child, as the decoder's worker does, so that this process keeps its network."""
    child = subprocess.run([sys.executable, "-I", "-c", LEAVE_NETWORK], check=False)
    return child.returncode == 0


def _extras() -> Iterator[Finding]:
    for extra, (module, purpose) in EXTRAS.items():
        if util.find_spec(module) is not None:
            yield Finding(f"extra {extra}", "ok", purpose)
        else:
            fix = f"pip install 'unmask[{extra}]'"
            yield Finding(f"extra {extra}", "optional", f"for {purpose}", fix)
