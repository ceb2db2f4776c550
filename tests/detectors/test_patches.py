"""The second look: which pixels it sees, what it adds to which class, when it says nothing."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_face import SIDE_PX, mesh_points
from observed import build_quality
from tiny_bundle import BIAS, CLASSES, build_tiny_bundle, tiny_model

from unmask.detectors.image import ImageDetector
from unmask.detectors.patches import PatchLook, cut_patches
from unmask.errors import BundleError
from unmask.faces.crop import PATCH_PLACES, face_geometry
from unmask.models.bundle import Bundle, load_bundle
from unmask.models.card import PatchSpec
from unmask.settings import Settings
from unmask.types import Face, FaceTrack, Frame, MediaInfo, MediaKind, Observation

SIDE = 200
SECTION: dict[str, Any] = {
    "size_px": 16,
    "margin": 0.5,
    "reach": 0.2,
    "native_px": 320,
    "side_min_px": 60,
    "weight": 0.5,
    "offset": -1.0,
    "span": [-0.25, 3.0],
    "usual_max": 0.5,
}


def spec_of(**changes: Any) -> PatchSpec:
    values = SECTION | changes
    return PatchSpec(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def mesh(scale: float = 1.0) -> np.ndarray:
    return (mesh_points() * np.float32(scale * SIDE / SIDE_PX)).astype(np.float32)


def bundle_with_patches(parent: Path, **changes: Any) -> Bundle:
    """The tiny bundle, whose second look is the same network at 16 px."""
    folder = build_tiny_bundle(parent, patches=SECTION | changes)
    data = tiny_model(CLASSES, None, 16).SerializeToString()
    (folder / "patches.onnx").write_bytes(data)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["files"]["patches.onnx"] = hashlib.sha256(data).hexdigest()
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    return load_bundle(folder, Settings())


def blue_in_the_middle(level: int, half_px: int = 70) -> np.ndarray:
    image = np.full((SIDE, SIDE, 3), 127, np.uint8)
    x, y = (int(v) for v in face_geometry(mesh(), np.zeros(4, np.float32)).centre_px)
    image[y - half_px : y + half_px, x - half_px : x + half_px, 2] = level
    return image


def face_of(marks: np.ndarray | None) -> Face:
    box = np.array([10, 10, 190, 190], np.float32)
    return Face(
        box, 0.99, 0, 0.0, landmarks_px=marks, quality=build_quality(180.0), head_pose_deg=(0, 0, 0)
    )


def seen(image: np.ndarray, face: Face, kind: MediaKind = MediaKind.IMAGE) -> Observation:
    fps = Fraction(10) if kind is MediaKind.VIDEO else None
    media = MediaInfo(kind, "png", SIDE, SIDE, 9, "ab" * 32, None, fps)
    return Observation(media, (Frame(image, 0, 0.0),), (FaceTrack("A", (face,)),))


def test_it_speaks_for_the_synthetic_class_alone_by_the_rule_of_the_card(tmp_path: Path) -> None:
    bundle = bundle_with_patches(tmp_path, weight=0.1)
    plain = load_bundle(build_tiny_bundle(tmp_path / "plain"), Settings())
    image, face = blue_in_the_middle(191), face_of(mesh())
    with_look, without = (
        ImageDetector(one, Settings()).score_faces(seen(image, face), [face])[0]
        for one in (bundle, plain)
    )
    crops = cut_patches(image, mesh(), bundle.card.patches)
    blue = (crops[..., 2].astype(np.float64).mean(axis=(1, 2)) - 127) / 128
    odds = float((4 * blue + BIAS["synthetic"] - BIAS["real"]).mean())
    assert with_look.second_look is not None
    assert with_look.second_look.log_odds == pytest.approx(odds, abs=1e-5)
    assert with_look.second_look.score == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-5)
    assert with_look.second_look.reference == pytest.approx((0.0, 1 / (1 + np.exp(-0.5))))
    assert without.second_look is None
    moved = with_look.logits - without.logits
    assert moved == pytest.approx([0, 0, 0.1 * (odds + 1.0)], abs=1e-5)
    assert with_look.second_look.added == pytest.approx(moved[2], abs=1e-5)


@pytest.mark.parametrize("real", [0.0, 2.0, 4.0])
@pytest.mark.parametrize("swap", [-1.0, 2.0])
def test_it_keeps_a_face_from_being_cleared_but_never_calls_it_manipulated(
    tmp_path: Path, real: float, swap: float
) -> None:
    card = bundle_with_patches(tmp_path, weight=5.0, span=[-1.0, 30.0]).card
    first = np.array([real, swap, -1.0])
    before = card.probability(first)[1]
    both = np.add(first, [0, 0, card.added_by_patches(first, 9.0)])
    after = card.probability(both)[1]
    assert before < card.verdict.threshold
    assert after == pytest.approx(card.verdict.threshold - 0.001)
    called = np.array([0.0, 6.0, 3.0])
    assert card.probability(called)[1] > card.verdict.threshold
    assert card.added_by_patches(called, 9.0) == 30.0  # the first look had said so
    assert card.added_by_patches(first, -9.0) == -1.0


@pytest.mark.parametrize(("odds", "shift"), [(-9.0, -0.25), (-1.0, 0.0), (1.0, 1.0), (99.0, 3.0)])
def test_what_it_adds_is_held_within_the_span(odds: float, shift: float) -> None:
    spec = spec_of()
    assert spec.shift(odds) == pytest.approx(shift)


def test_patches_are_shares_of_the_face_at_its_own_size() -> None:
    spec = spec_of(size_px=48)
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    marks = mesh()
    crops = cut_patches(image, marks, spec)
    assert crops.shape == (len(PATCH_PLACES), 48, 48, 3)
    larger = cut_patches(image, marks, spec_of(margin=1.0))
    assert larger.shape[1:3] == (16, 16)
    # noise keeps its contrast where nothing is made smaller, and loses it where it is
    reduced = spec_of(size_px=48, native_px=60)
    assert crops.std() > 1.5 * cut_patches(image, marks, reduced).std()


@pytest.mark.parametrize("marks", [None, mesh(0.2)], ids=["no mesh", "too small"])
def test_it_says_nothing_of_faces_it_is_not_made_for(tmp_path: Path, marks: Any) -> None:
    bundle = bundle_with_patches(tmp_path)
    look = PatchLook(bundle, bundle.card.patches, Settings())
    assert look.look(blue_in_the_middle(255), face_of(marks), np.zeros(3)) is None


def test_nobody_in_a_clip_is_looked_at_twice(tmp_path: Path) -> None:
    detector = ImageDetector(bundle_with_patches(tmp_path), Settings())
    image, face = blue_in_the_middle(255), face_of(mesh())
    in_a_clip = detector.score_faces(seen(image, face, MediaKind.VIDEO), [face])[0]
    still = detector.score_faces(seen(image, face), [face])[0]
    assert in_a_clip.second_look is None
    assert in_a_clip.logits[2] < still.logits[2]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"span": [0.5, 3.0]}, "span"),
        ({"margin": 0.0}, "margin"),
        ({"weight": -1.0}, "weight"),
        ({"size_px": 4}, "size_px"),
    ],
)
def test_a_section_that_does_not_hold_together_is_refused(
    tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BundleError, match=field):
        bundle_with_patches(tmp_path, **changes)


def test_the_section_needs_its_file_and_the_class(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"patches\.onnx"):
        load_bundle(build_tiny_bundle(tmp_path, patches=SECTION), Settings())
