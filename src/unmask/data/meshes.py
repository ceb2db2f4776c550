"""Measure every picture of a manifest once: facts of the file and the face mesh.

Training and evaluation read the meshes instead of fitting them again. A picture that cannot be
decoded whole is named with its reason and left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from unmask.data.adapters.base import Box
from unmask.data.file_facts import FileFacts, file_facts
from unmask.data.pool import map_in_processes
from unmask.errors import ErrorKind
from unmask.faces.mesh import FaceMesh
from unmask.types import FloatArray, ImageArray

CHUNK = 32  # pictures that a worker takes at a time
_MESH: dict[int, FaceMesh] = {}  # one network for each process, opened when first needed


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One picture: facts of the file, (478, 2) landmarks px, and the mesh's score in [0, 1].

    score    0 where no mesh fits; the landmarks are zeros then
    reason   why the picture has to be left out (`facts` is None then), else ""
    """

    facts: FileFacts | None
    landmarks_px: FloatArray
    score: float
    reason: str = ""
    detail: str = ""


def read_rgb(path: str) -> ImageArray | None:
    """The picture as (H, W, 3) uint8 RGB, or None where it cannot be read."""
    return decode_rgb(np.fromfile(path, np.uint8))


def decode_rgb(data: np.ndarray) -> ImageArray | None:
    """The picture in the bytes (N,) of a file as (H, W, 3) uint8 RGB, or None."""
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        return None
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def measure_all(
    jobs: Sequence[tuple[Path, Box]], *, workers: int, on_done: Callable[[], None]
) -> list[Measured]:
    """Facts and mesh for each (file, face box in its pixels), in order."""
    found = []
    for measured in map_in_processes(measure, jobs, workers=workers, chunk=CHUNK):
        found.append(measured)
        on_done()
    return found


def measure(job: tuple[Path, Box]) -> Measured:
    """Facts and mesh of one picture."""
    path, box = job
    try:
        data = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        kind = ErrorKind.NOT_FOUND if missing else ErrorKind.NO_PERMISSION
        return _left_out(kind, error.strerror or "it cannot be read")
    if not data:
        return _left_out(ErrorKind.EMPTY_FILE, "0 bytes")
    facts = file_facts(data)
    if facts is None:
        return _left_out(ErrorKind.UNSUPPORTED_TYPE, "no picture that is known here")
    broken = _broken(data)
    image = None if broken else decode_rgb(np.frombuffer(data, np.uint8))
    if image is None:
        return _left_out(ErrorKind.CORRUPT, broken or "it cannot be decoded")
    mesh = _MESH.setdefault(0, FaceMesh(threads=1))
    fit = mesh.fit(np.ascontiguousarray(image), np.array(box, np.float32))
    if fit is None:
        return Measured(facts, _no_landmarks(), 0.0)
    return Measured(facts, fit.landmarks_px, fit.score)


def _broken(data: bytes) -> str:
    """What Pillow says of a picture that is cut off or damaged; OpenCV would fill it with grey."""
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data)) as image:
            warnings.simplefilter("ignore")  # about odd metadata, which nobody reads here
            image.load()
    except (OSError, SyntaxError, ValueError) as error:
        return str(error)
    return ""


def _left_out(kind: ErrorKind, detail: str) -> Measured:
    return Measured(None, _no_landmarks(), 0.0, str(kind), detail)


def _no_landmarks() -> FloatArray:
    return np.zeros((478, 2), np.float32)
