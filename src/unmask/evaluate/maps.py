"""Heat maps of one face by several methods, from one pass of the bundle's own graph.

    cam            closed-form Grad-CAM of log-odds(manipulation : real): what ships
    grad_cam_pp    Grad-CAM++ (Chattopadhyay et al., 2018), closed form for a linear head
    eigen_cam      EigenCAM (Muhammad & Yeasin, 2020): first principal component of the last map
    blend          the blend head

The last feature map becomes a further output of the ONNX graph (package onnx, no torch). Maps are
means of the plain and the flipped-back view at the card's first margin, as the detector's are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.linalg import block_diag

from unmask.errors import BundleError
from unmask.faces.crop import take_crop
from unmask.models.bundle import INPUT, Bundle
from unmask.models.card import Card, FloatVector
from unmask.models.preprocess import network_input
from unmask.models.session import open_session
from unmask.registry import Registry
from unmask.train.committee import shares_of
from unmask.types import FloatArray, ImageArray

LAST_MAP = "last_map"  # our name of the added output
POOLS = frozenset({"GlobalAveragePool", "ReduceMean"})
PASS_ON = frozenset({"Squeeze", "Flatten", "Reshape", "Identity", "Div", "Mul", "Cast"})
PROBES = 6  # random pictures on which the head is checked to be linear
LINEAR = 1e-3  # largest residual of a linear head, in logits


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one view of a face gave.

    cam (C, h, w); last (F, h, w) float32; blend (H, W) or None; head (C, F) weights or None where
    the head is not linear; target, real: positions of the classes compared
    """

    cam: FloatArray
    last: FloatArray
    blend: FloatArray | None
    head: FloatArray | None
    target: int
    real: int


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """The maps {method: (h, w)} of one face, the crop, its affine, and the mean logits (C,)."""

    maps: dict[str, FloatArray]
    crop_rgb: ImageArray
    crop_to_frame: FloatArray
    logits: FloatVector


MapMethod = Callable[[View], FloatArray | None]
METHODS: Registry[MapMethod] = Registry("map method")


@METHODS.register("cam")
def closed_form(view: View) -> FloatArray:
    """What ships: the difference of two class maps."""
    return np.asarray(view.cam[view.target] - view.cam[view.real], np.float32)


@METHODS.register("grad_cam_pp")
def grad_cam_pp(view: View) -> FloatArray | None:
    """Grad-CAM++ of the log-odds; None without a linear head.

    With y = sum_c w_c mean(A_c) the gradient g_c = w_c / (h w) is the same everywhere, its powers
    are the higher derivatives of exp(y) up to that factor, and the published
    alpha = g^2 / (2 g^2 + sum(A) g^3) becomes 1 / (2 + g sum(A)): one weight per channel.
    """
    if view.head is None:
        return None
    cells = view.last.shape[1] * view.last.shape[2]
    gradient = (view.head[view.target] - view.head[view.real]) / cells
    below = 2 + gradient * view.last.sum(axis=(1, 2))
    alpha = 1 / np.where(np.abs(below) < 1e-6, 1.0, below)
    weights = alpha * np.maximum(gradient, 0) * cells
    return np.asarray(np.maximum(np.tensordot(weights, view.last, 1), 0), np.float32)


@METHODS.register("eigen_cam")
def eigen_cam(view: View) -> FloatArray:
    """The cells projected onto the first principal component, its sign that of the activation."""
    channels, height, width = view.last.shape
    cells = view.last.reshape(channels, -1).T.astype(np.float64)
    centred = cells - cells.mean(axis=0)
    projected = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    sign = 1.0 if float(projected @ cells.sum(axis=1)) >= 0 else -1.0
    return np.asarray(sign * projected.reshape(height, width), np.float32)


@METHODS.register("blend")
def blend(view: View) -> FloatArray | None:
    """The blend head's map, where the bundle has one."""
    return view.blend


class MapRunner:
    """Runs a bundle's graph, or a changed copy of it, and gives the maps of faces."""

    def __init__(self, bundle: Bundle, model: bytes | None = None, threads: int = 0) -> None:
        self.card: Card = bundle.card
        stored = bundle.model if model is None else model
        graph = onnx.load_from_string(stored)
        candidates = _matrices(graph, len(self.card.classes))
        self._session = open_session(with_last_map(graph, self.card), threads)
        self._head = self._linear_head([*candidates, *_joined_heads(shares_of(stored), candidates)])

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that this bundle allows."""
        without = set() if self._head is not None else {"grad_cam_pp"}
        without |= set() if self.card.outputs.blend else {"blend"}
        return tuple(name for name in METHODS if name not in without)

    def face(
        self,
        image_rgb: ImageArray,
        landmarks_px: FloatArray,
        box_xyxy: FloatArray,
        target: int | None = None,
    ) -> Mapped:
        """The maps of one face; `target` is the class explained (default: the likeliest fake)."""
        card = self.card
        crop, affine = take_crop(
            image_rgb,
            landmarks_px,
            box_xyxy,
            margin=card.crop.margins[0],
            size_px=card.input.size_px,
        )
        flips = card.crop.map_flips
        outputs = self._run([crop[:, ::-1] if flip else crop for flip in flips])
        logits = outputs["logits"].astype(np.float64).mean(axis=0)
        chosen = card.most_likely_manipulation(logits) if target is None else target
        maps: dict[str, FloatArray] = {}
        for name in self.methods:
            views = [self._map(name, outputs, row, chosen, flip) for row, flip in enumerate(flips)]
            maps[name] = np.asarray(np.mean(views, axis=0), np.float32)
        return Mapped(maps, crop, affine, logits)

    def probabilities(self, crops_rgb: Sequence[ImageArray]) -> FloatVector:
        """(N,) calibrated P(manipulated) of crops, one plain view each."""
        logits = self._run(crops_rgb)["logits"].astype(np.float64)
        return np.array([self.card.probability(one)[1] for one in logits])

    def _map(
        self, name: str, outputs: dict[str, FloatArray], row: int, target: int, flip: bool
    ) -> FloatArray:
        fine = outputs.get("blend")
        view = View(
            outputs["cam"][row],
            outputs[LAST_MAP][row],
            None if fine is None else fine[row, 0],
            self._head,
            target,
            self.card.real_index,
        )
        found = METHODS.get(name)(view)
        assert found is not None, name
        return found[:, ::-1] if flip else found

    def _run(self, crops_rgb: Sequence[ImageArray]) -> dict[str, FloatArray]:
        outputs = self.card.outputs
        wanted = {"logits": outputs.logits, "cam": outputs.cam, LAST_MAP: LAST_MAP}
        wanted |= {"blend": outputs.blend} if outputs.blend else {}
        batch = network_input(np.stack(crops_rgb), self.card.input)
        values = self._session.run(list(wanted.values()), {INPUT: batch})
        return dict(zip(wanted, values, strict=True))

    def _linear_head(self, candidates: list[FloatArray]) -> FloatArray | None:
        """The weights W of logits = W mean(last map) + b, or None where no matrix does that."""
        size = self.card.input.size_px
        rng = np.random.default_rng(0)
        noise = list(rng.integers(0, 256, (PROBES, size, size, 3), np.uint8))
        found = self._run(noise)
        pooled = found[LAST_MAP].mean(axis=(2, 3))
        cells = found[LAST_MAP].shape[2] * found[LAST_MAP].shape[3]
        for weights in candidates:
            if weights.shape[1] != pooled.shape[1]:
                continue
            for scaled in (weights, weights * cells):  # a graph may hold W / (h w)
                rest = found["logits"] - pooled @ scaled.T
                if float(np.ptp(rest, axis=0).max()) < LINEAR:
                    return np.asarray(scaled, np.float32)
        return None


def with_last_map(graph: onnx.ModelProto, card: Card) -> bytes:
    """The graph with its last feature map as a further output; BundleError where there is none."""
    changed = onnx.ModelProto()
    changed.CopyFrom(graph)
    names = last_map_names(changed.graph, card)
    known = helper.make_tensor_value_info(LAST_MAP, TensorProto.FLOAT, None)
    changed.graph.node.append(helper.make_node("Concat", names, [LAST_MAP], axis=1))
    changed.graph.output.append(known)
    data: bytes = changed.SerializeToString()
    return data


def last_map_names(graph: onnx.GraphProto, card: Card) -> list[str]:
    """The tensors that are averaged into the features, or that the class maps are weighted from.

    One of each member where the bundle is a committee, whose features stand side by side.
    """
    makers = {output: node for node in graph.node for output in node.output}
    name = card.outputs.features or card.outputs.cam
    made = makers.get(name)
    joined = list(made.input) if made is not None and made.op_type == "Concat" else [name]
    return [_last_map_name(makers, one, card) for one in joined]


def _last_map_name(makers: dict[str, onnx.NodeProto], name: str, card: Card) -> str:
    ends = POOLS if card.outputs.features else frozenset({"Conv"})
    while name in makers:
        node = makers[name]
        if node.op_type in ends:
            return str(node.input[0])
        if node.op_type not in PASS_ON:
            break
        name = node.input[0]
    raise BundleError(
        f"{card.name}: no feature map before {card.outputs.features or card.outputs.cam!r}",
        "the graph has to end in average pooling and a linear head",
    )


def _joined_heads(shares: FloatArray | None, candidates: list[FloatArray]) -> list[FloatArray]:
    """What could be the head of a committee: its shares times the heads of its members."""
    if shares is None:
        return []
    many = shares.shape[1] // shares.shape[0]
    return [
        np.asarray(shares @ block_diag(*some), np.float32)
        for some in itertools.combinations(candidates, many)
    ]


def _matrices(model: onnx.ModelProto, classes: int) -> list[npt.NDArray[np.float32]]:
    """Every stored matrix that could be the head's: one row, or one column, per class."""
    found = []
    for tensor in model.graph.initializer:
        dims = [dim for dim in tensor.dims if dim != 1]
        if len(dims) != 2 or classes not in dims:
            continue
        matrix = numpy_helper.to_array(tensor).reshape(dims).astype(np.float32)
        found.append(matrix if dims[0] == classes else matrix.T)
    return found
