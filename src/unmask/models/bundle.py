"""Model bundles: a folder with `card.json` and `model.onnx`, found by name or by path.

A bundle is read once: the bytes whose hash was compared with the card's are the bytes the session
is made from, so a report's `bundle_sha256` names exactly what was run. That hash is the sha256 of
`card.json`, which in turn holds the sha256 of every other file: a changed threshold changes it as
surely as a changed weight.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from unmask.errors import BundleError
from unmask.models.card import Card
from unmask.models.card_reader import TEMPORAL_FILE, parse_card
from unmask.models.onnx_file import batch_name, refuse_external_data
from unmask.models.session import open_session
from unmask.settings import Settings

CARD_FILE = "card.json"
MODEL_FILE = "model.onnx"
INPUT = "image"
TEMPORAL_INPUTS, TEMPORAL_OUTPUT = ("features", "gaps_s"), "logit"
RUNTIME_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)
AGAIN = "take the bundle again from where it was published"


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle in memory: its card, where it came from, its sha256 and the bytes of its models.

    `parts` are the further files of the card by name, such as `temporal.onnx`.
    """

    card: Card
    folder: Path
    sha256: str
    model: bytes = field(repr=False)
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)

    def open_session(self, threads: int = 0, *, batch: int | None = None) -> ort.InferenceSession:
        """A new session over the model's bytes; with `batch` for so many pictures and no other.

        Knowing that number, onnxruntime settles every shape beforehand and joins what it else keeps
        apart, such as padding and convolution: the same bits for a quarter less work.

        BundleError where onnxruntime refuses the bytes or they lack what the card promises.
        """
        name = None if batch is None else batch_name(self.model)
        fixed = {} if name is None or batch is None else {name: batch}
        promised = self.card.outputs.names
        return self._open(MODEL_FILE, self.model, (INPUT,), promised, threads, fixed)

    def open_temporal(self, threads: int = 0) -> ort.InferenceSession:
        """A new session over the part `temporal.onnx`; BundleError as for the model.

        KeyError where the bundle has no such part: ask for `card.temporal` before.
        """
        model = self.parts[TEMPORAL_FILE]
        return self._open(TEMPORAL_FILE, model, TEMPORAL_INPUTS, (TEMPORAL_OUTPUT,), threads)

    def _open(
        self,
        name: str,
        model: bytes,
        wanted: tuple[str, ...],
        promised: tuple[str, ...],
        threads: int,
        fixed: Mapping[str, int] | None = None,
    ) -> ort.InferenceSession:
        """A session whose inputs are the `wanted` ones and which has the `promised` outputs."""
        try:
            session = open_session(model, threads, fixed=fixed)
        except RUNTIME_ERRORS as error:
            message = f"{self.folder.name}/{name} cannot be run: {error}"
            raise BundleError(message, AGAIN) from error
        inputs = [one.name for one in session.get_inputs()]
        if inputs != list(wanted):
            one = len(wanted) == 1
            expected = f"one input {wanted[0]!r}" if one else f"inputs {list(wanted)}"
            raise self._unfit(name, expected, inputs)
        outputs = [one.name for one in session.get_outputs()]
        if not set(promised) <= set(outputs):
            raise self._unfit(name, f"outputs {list(promised)}", outputs)
        return session

    def _unfit(self, name: str, expected: str, got: object) -> BundleError:
        message = f"{self.folder.name}/{name}: expected {expected}, got {got}"
        return BundleError(message, "export the bundle again")


def shipped_folder() -> Path:
    """The folder of the bundles that ship with the package."""
    return Path(str(resources.files("unmask.models"))) / "bundles"


def list_bundles(settings: Settings) -> dict[str, Path]:
    """{name: folder} of the bundles that ship and of those in `settings.bundles_dir`, sorted.

    BundleError where two have one name, or where `bundles_dir` is not a folder.
    """
    found: dict[str, Path] = {}
    for parent in _parents(settings):
        for card in sorted(parent.glob(f"*/{CARD_FILE}")):
            folder = card.parent
            if folder.name in found:
                raise BundleError(
                    f"two bundles are named {folder.name!r}: {found[folder.name]} and {folder}",
                    "rename one of the folders (and the name on its card)",
                )
            found[folder.name] = folder
    return dict(sorted(found.items()))


def load_bundle(name_or_folder: str | Path, settings: Settings) -> Bundle:
    """Read and check a bundle: the card, the sha256 of each file, no data outside `model.onnx`.

    A `Path`, or a text with a path separator, is a folder; any other text is a name. Raises
    BundleError with near matches where there is none of that name.
    """
    by_path = isinstance(name_or_folder, Path) or "/" in name_or_folder or "\\" in name_or_folder
    folder = Path(name_or_folder) if by_path else _named(str(name_or_folder), settings)
    text = _read(folder, CARD_FILE)
    card = _parse(text, folder)
    if not by_path and card.name != folder.name:
        raise BundleError(
            f"the card in {folder} is of {card.name!r}, expected {folder.name!r}",
            "rename the folder or the name on the card",
        )
    contents = {name: _read(folder, name) for name in card.files}
    for name, data in contents.items():
        digest = hashlib.sha256(data).hexdigest()
        if digest != card.files[name]:
            raise BundleError(
                f"{folder.name}/{name}: expected sha256 {card.files[name][:12]}…, "
                f"got {digest[:12]}…",
                AGAIN,
            )
    for name, data in contents.items():
        if name.endswith(".onnx"):
            refuse_external_data(data)
    model = contents.pop(MODEL_FILE)
    return Bundle(card, folder, hashlib.sha256(text).hexdigest(), model, contents)


def _parents(settings: Settings) -> list[Path]:
    if settings.bundles_dir is None:
        return [shipped_folder()]
    if not settings.bundles_dir.is_dir():
        raise BundleError(
            f"bundles_dir: expected a folder, got {settings.bundles_dir}",
            "create it, or correct UNMASK_BUNDLES_DIR",
        )
    return [shipped_folder(), settings.bundles_dir]


def _named(name: str, settings: Settings) -> Path:
    found = list_bundles(settings)
    if name in found:
        return found[name]
    near = difflib.get_close_matches(name, found, n=3, cutoff=0.4)
    known = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(found) or 'none'}"
    raise BundleError(
        f"unknown bundle {name!r}", f"{known} (a folder is given as a path: ./{name})"
    )


def _read(folder: Path, name: str) -> bytes:
    if Path(name).name != name:
        raise BundleError(f"card.json: files: expected plain names, got {name!r}", AGAIN)
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError(
            f"{folder / name} cannot be read: {reason}",
            f"a bundle is a folder with {CARD_FILE} and {MODEL_FILE}",
        ) from error


def _parse(text: bytes, folder: Path) -> Card:
    try:
        return parse_card(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BundleError(
            f"{folder / CARD_FILE}: expected UTF-8, got {error.reason}", AGAIN
        ) from error
