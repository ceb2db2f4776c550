"""Bundles: what was hashed is what is run, and a damaged or unfit bundle never loads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from tiny_bundle import build_tiny_bundle, tiny_card, tiny_model, write_bundle

from unmask.errors import BundleError
from unmask.models.bundle import list_bundles, load_bundle, shipped_folder
from unmask.models.onnx_file import batch_name, stored_tensors
from unmask.models.verify import verify_bundle
from unmask.settings import Settings
from unmask.types import CheckStatus


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "bundles"
    home.mkdir()
    return Settings(bundles_dir=home)


def home(settings: Settings) -> Path:
    assert settings.bundles_dir is not None
    return settings.bundles_dir


def test_load_by_name_and_by_folder_give_the_same(settings):
    folder = build_tiny_bundle(home(settings))
    by_name = load_bundle("tiny", settings)
    by_path = load_bundle(folder, Settings())
    by_text = load_bundle(str(folder), Settings())
    assert by_name.sha256 == by_path.sha256 == by_text.sha256
    assert by_name.model == (folder / "model.onnx").read_bytes()
    assert by_name.sha256 == hashlib.sha256((folder / "card.json").read_bytes()).hexdigest()


def test_list_bundles_holds_shipped_ones_and_those_of_the_folder(settings):
    build_tiny_bundle(home(settings), "zeta")
    build_tiny_bundle(home(settings), "alpha")
    shipped = {path.parent.name for path in shipped_folder().glob("*/card.json")}
    assert set(list_bundles(settings)) == {"alpha", "zeta"} | shipped
    assert list(list_bundles(settings)) == sorted(list_bundles(settings))


def test_unknown_name_lists_near_matches(settings):
    build_tiny_bundle(home(settings))
    with pytest.raises(BundleError, match="unknown bundle 'tine'") as caught:
        load_bundle("tine", settings)
    assert "did you mean tiny" in caught.value.hint
    with pytest.raises(BundleError) as caught:
        load_bundle("qqqqqqqq", settings)
    assert "known:" in caught.value.hint


def test_two_bundles_of_one_name_are_refused(settings, monkeypatch, tmp_path):
    shipped = tmp_path / "shipped"
    monkeypatch.setattr("unmask.models.bundle.shipped_folder", lambda: shipped)
    build_tiny_bundle(shipped)
    build_tiny_bundle(home(settings))
    with pytest.raises(BundleError, match="two bundles are named 'tiny'"):
        load_bundle("tiny", settings)


def test_name_on_the_card_must_be_the_folders(settings):
    folder = build_tiny_bundle(home(settings))
    folder.rename(folder.with_name("other"))
    with pytest.raises(BundleError, match="is of 'tiny', expected 'other'"):
        load_bundle("other", settings)


def test_bundles_dir_that_is_no_folder(tmp_path):
    with pytest.raises(BundleError, match="bundles_dir: expected a folder"):
        load_bundle("tiny", Settings(bundles_dir=tmp_path / "nowhere"))


@pytest.mark.parametrize("missing", ["card.json", "model.onnx"])
def test_missing_file(tmp_path, missing):
    folder = build_tiny_bundle(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(BundleError, match=f"{missing} cannot be read: No such file"):
        load_bundle(folder, Settings())


def test_one_flipped_bit_of_the_model_is_refused(tmp_path):
    folder = build_tiny_bundle(tmp_path)
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(data)
    with pytest.raises(BundleError, match=r"tiny/model\.onnx: expected sha256 .*…, got .*…"):
        load_bundle(folder, Settings())


def test_the_bundles_sha256_covers_model_and_card(tmp_path):
    weak = {"real": (0, 1, 0), "swap": (1, 0, 0), "synthetic": (0, 0, 1)}
    hashes = {
        load_bundle(folder, Settings()).sha256
        for folder in (
            build_tiny_bundle(tmp_path / "a"),
            build_tiny_bundle(
                tmp_path / "b",
                weights=weak,
            ),
            build_tiny_bundle(tmp_path / "c", verdict={"threshold": 0.8}),
        )
    }
    assert len(hashes) == 3


def test_a_file_outside_the_folder_is_never_read(tmp_path):
    folder = build_tiny_bundle(tmp_path)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["files"]["../secret"] = "ab" * 32
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(BundleError, match=r"expected plain names, got '\.\./secret'"):
        load_bundle(folder, Settings())


def external(model: onnx.ModelProto) -> onnx.ModelProto:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "weights.bin"
    return model


def nested(model: onnx.ModelProto) -> onnx.ModelProto:
    """External data in a tensor of a node of a subgraph."""
    inner = external(tiny_model()).graph.initializer[0]
    constant = helper.make_node("Constant", [], ["c"], value=inner)
    branch = helper.make_graph([constant], "branch", [], [])
    model.graph.node.append(
        helper.make_node("If", ["logits"], ["d"], then_branch=branch, else_branch=branch)
    )
    return model


@pytest.mark.parametrize("spoil", [external, nested])
def test_external_data_is_refused(tmp_path, spoil):
    folder = write_bundle(tmp_path / "tiny", spoil(tiny_model()), tiny_card())
    with pytest.raises(BundleError, match=r"model\.onnx keeps 'w' in another file"):
        load_bundle(folder, Settings())


@pytest.mark.parametrize("data", [b"", b"not onnx", bytes(range(256)), b"\x3a\xff\xff\x01"])
def test_what_is_no_onnx_file_is_refused(tmp_path, data):
    folder = write_bundle(tmp_path / "tiny", data, tiny_card())
    with pytest.raises(BundleError, match=r"model\.onnx"):
        load_bundle(folder, Settings())


def test_stored_tensors_agree_with_the_onnx_package():
    model = tiny_model()
    model.graph.initializer.append(
        helper.make_tensor("typed", onnx.TensorProto.FLOAT, [2], [1.0, float("inf")])
    )
    expected = [
        (one.name, bool(np.isfinite(numpy_helper.to_array(one)).all()))
        for one in model.graph.initializer
    ]
    found = [(one.name, one.finite) for one in stored_tensors(model.SerializeToString())]
    assert found == expected
    assert found[-1] == ("typed", False)


def test_a_session_the_model_does_not_fit(tmp_path):
    model = tiny_model()
    model.graph.input[0].name = "picture"
    for node in model.graph.node:
        node.input[:] = ["picture" if name == "image" else name for name in node.input]
    bundle = load_bundle(write_bundle(tmp_path / "tiny", model, tiny_card()), Settings())
    with pytest.raises(BundleError, match=r"expected one input 'image', got \['picture'\]"):
        bundle.open_session()
    folder = build_tiny_bundle(tmp_path / "b", outputs={"cam": "grad_cam"})
    with pytest.raises(BundleError, match=r"expected outputs .*grad_cam"):
        load_bundle(folder, Settings()).open_session()


def test_a_graph_onnxruntime_refuses(tmp_path):
    model = tiny_model()
    model.graph.node[0].op_type = "NoSuchOperator"
    bundle = load_bundle(write_bundle(tmp_path / "tiny", model, tiny_card()), Settings())
    with pytest.raises(BundleError, match="cannot be run"):
        bundle.open_session()


def statuses(folder: Path) -> dict[str, CheckStatus]:
    return {row.name: row.status for row in verify_bundle(folder, Settings())}


def test_verify_passes_a_good_bundle(tmp_path):
    rows = verify_bundle(build_tiny_bundle(tmp_path), Settings())
    assert [row.status for row in rows] == [CheckStatus.RUN] * 4
    assert all(row.detail for row in rows)


def test_verify_names_the_first_failure_and_skips_the_rest(tmp_path):
    rows = verify_bundle(tmp_path / "nowhere", Settings())
    assert [row.status for row in rows] == [CheckStatus.FAILED] + [CheckStatus.SKIPPED] * 3
    assert rows[1].detail == "card and hashes failed"


def test_verify_finds_weights_that_are_not_finite(tmp_path):
    model = tiny_model()
    weights = numpy_helper.to_array(model.graph.initializer[0]).copy()
    weights[0, 0] = np.nan
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "w"))
    rows = verify_bundle(write_bundle(tmp_path / "tiny", model, tiny_card()), Settings())
    assert rows[1].status is CheckStatus.FAILED
    assert rows[1].detail == "expected finite weights, got others in 'w'"


def test_verify_finds_another_number_of_classes(tmp_path):
    card = tiny_card(classes=["real", "swap"], calibration={"bias": [0, 0]})
    rows = verify_bundle(write_bundle(tmp_path / "tiny", tiny_model(), card), Settings())
    assert rows[2].status is CheckStatus.FAILED
    assert rows[2].detail == "expected logits (N, 2), got (2, 3)"


def test_verify_finds_another_input_size(tmp_path):
    model = tiny_model(size_px=64)
    folder = write_bundle(tmp_path / "tiny", model, tiny_card())
    assert statuses(folder)["outputs"] is CheckStatus.FAILED


def test_verify_finds_a_map_that_does_not_add_up(tmp_path):
    model = tiny_model()
    add = next(node for node in model.graph.node if node.op_type == "Add")
    add.op_type = "Mul"
    folder = write_bundle(tmp_path / "tiny", model, tiny_card())
    assert statuses(folder)["closed-form map"] is CheckStatus.FAILED


def test_verify_finds_a_blend_map_out_of_range(tmp_path):
    model = tiny_model()
    model.graph.node[-1].op_type = "Identity"
    folder = write_bundle(tmp_path / "tiny", model, tiny_card())
    rows = verify_bundle(folder, Settings())
    assert rows[2].detail.startswith("expected blend (N, 1, H, W) in 0..1")


def test_the_name_of_the_number_of_pictures_is_read_from_the_file():
    assert batch_name(tiny_model().SerializeToString()) == "n"
    shipped = shipped_folder() / "default" / "model.onnx"
    assert batch_name(shipped.read_bytes()) == "batch"


def test_a_model_for_a_fixed_number_of_pictures_has_no_such_name():
    model = tiny_model()
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2
    assert batch_name(model.SerializeToString()) is None
    assert batch_name(b"no model") is None


def test_a_session_for_two_pictures_answers_as_one_for_any_number(settings):
    bundle = load_bundle("default", settings)
    spec = bundle.card.input
    faces = np.random.default_rng(0).normal(size=(2, 3, spec.size_px, spec.size_px))
    feed = {"image": faces.astype(np.float32)}
    names = list(bundle.card.outputs.names)
    free, fixed = bundle.open_session(1), bundle.open_session(1, batch=2)
    for one, other in zip(free.run(names, feed), fixed.run(names, feed), strict=True):
        assert np.allclose(one, other, atol=1e-5)
