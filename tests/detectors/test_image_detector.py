"""The frame detector: exact numbers from a network that can be worked out by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from observed import build_observation, build_quality
from tiny_bundle import (
    BIAS,
    CELLS,
    SIZE_PX,
    WEIGHTS,
    build_tiny_bundle,
    tiny_card,
    write_bundle,
)

from unmask.detectors.heat import middle_of
from unmask.detectors.image import ImageDetector
from unmask.faces.crop import take_crop
from unmask.models.bundle import Bundle, load_bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.train.edit_head import add_edit_output
from unmask.types import (
    Evidence,
    Face,
    FaceTrack,
    Frame,
    MediaInfo,
    MediaKind,
    Observation,
    Reason,
)

GREY = 127
RED, GREEN, BLUE = 0, 1, 2
BOX = np.array([80, 60, 144, 124], np.float32)  # 64 px square in a 224 x 184 picture


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return load_bundle(build_tiny_bundle(tmp_path), Settings())


def picture(paint: dict[int, tuple[slice, slice]]) -> np.ndarray:
    """Mid grey, with squares in which one colour is at full strength."""
    image = np.full((184, 224, 3), GREY, np.uint8)
    for channel, (rows, columns) in paint.items():
        image[rows, columns, channel] = 255
    return image


def face_at(index: int = 0, time_s: float = 0.0, box: np.ndarray = BOX, **changes) -> Face:
    values = {"quality": build_quality(64.0), "head_pose_deg": (0.0, 0.0, 0.0)} | changes
    return Face(box, 0.99, index, time_s, **values)


def observe(images: list[np.ndarray], faces: list[Face], kind: MediaKind = MediaKind.IMAGE):
    frames = tuple(Frame(image, i, i / 10) for i, image in enumerate(images))
    fps = Fraction(10) if kind is MediaKind.VIDEO else None
    media = MediaInfo(kind, "png", 224, 184, 9, "ab" * 32, None, fps)
    return Observation(media, frames, (FaceTrack("A", tuple(faces)),))


def clip(images: list[np.ndarray], **changes) -> Observation:
    faces = [face_at(i, i / 10, **changes) for i in range(len(images))]
    return observe(images, faces, MediaKind.VIDEO)


def one(detector: ImageDetector, observation: Observation) -> Evidence:
    (evidence,) = detector.detect(observation)
    return evidence


def expected_logits(image: np.ndarray, card: Card, face: Face) -> dict[str, float]:
    """By the definition: mean over the views of weights @ mean colour + bias, by class name."""
    means = []
    for margin, flip in itertools.product(card.crop.margins, (False, True)):
        crop, _ = take_crop(
            image, face.landmarks_px, face.box_xyxy, margin=margin, size_px=SIZE_PX, flip=flip
        )
        x = (crop.astype(np.float64) - card.input.mean) / card.input.std
        means.append(x.mean(axis=(0, 1)))
    colour = np.mean(means, axis=0)
    return {name: float(np.dot(WEIGHTS[name], colour)) + BIAS[name] for name in card.classes}


LEFT_HALF = (slice(None), slice(0, 112))


@pytest.mark.parametrize("order", list(itertools.permutations(("real", "swap", "synthetic"))))
def test_class_order_of_the_card_is_that_of_the_logits(tmp_path, order):
    card_and_model = build_tiny_bundle(tmp_path, classes=order)
    bundle = load_bundle(card_and_model, Settings())
    image = picture({RED: LEFT_HALF, BLUE: (slice(0, 70), slice(None))})
    evidence = one(ImageDetector(bundle, Settings()), observe([image], [face_at()]))
    logits = expected_logits(image, bundle.card, face_at())
    total = sum(np.exp(v) for v in logits.values())
    assert evidence.class_probabilities == pytest.approx(
        {name: np.exp(v) / total for name, v in logits.items()}, abs=1e-6
    )
    assert evidence.score == pytest.approx(1 - np.exp(logits["real"]) / total, abs=1e-6)
    assert logits["swap"] > logits["synthetic"] > logits["real"]  # so no two orders agree


def test_a_card_whose_order_is_not_the_models_gives_other_numbers(tmp_path):
    """What the defect would look like: the same model under a permuted card must not agree."""
    image = picture({RED: LEFT_HALF})
    scores = []
    for i, order in enumerate((("real", "swap", "synthetic"), ("swap", "real", "synthetic"))):
        weights = dict(zip(order, WEIGHTS.values(), strict=True))
        folder = build_tiny_bundle(tmp_path / str(i), classes=order, weights=weights)
        detector = ImageDetector(load_bundle(folder, Settings()), Settings())
        scores.append(one(detector, observe([image], [face_at()])).score)
    assert abs(scores[0] - scores[1]) > 0.1


class RecordingSession:
    """Keeps every batch it is fed and answers with zeros."""

    def __init__(self, card: Card) -> None:
        self.batches: list[np.ndarray] = []
        self._classes = len(card.classes)

    def run(self, names, feed):
        (batch,) = feed.values()
        assert list(feed) == ["image"]
        self.batches.append(batch)
        n = len(batch)
        answers = {
            "logits": np.zeros((n, self._classes), np.float32),
            "cam": np.zeros((n, self._classes, CELLS, CELLS), np.float32),
            "blend": np.zeros((n, 1, 8, 8), np.float32),
            "features": np.zeros((n, 3), np.float32),
        }
        return [answers[name] for name in names]


def recording(card: Card) -> tuple[ImageDetector, RecordingSession]:
    session = RecordingSession(card)
    stub = SimpleNamespace(card=card, open_session=lambda threads, batch: session)
    return ImageDetector(stub, Settings(threads=1)), session  # one after another


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"input": {"mean": [123.675, 116.28, 103.53], "std": [58.4, 57.1, 57.4]}},
        {"input": {"colour": "bgr"}},
        {"crop": {"margins": [1.0]}},
        {"crop": {"margins": [1.1, 1.3, 1.6]}},
        {"crop": {"flip": False}},
        {"input": {"size_px": 64}},
    ],
    ids=lambda changes: str(changes),
)
def test_the_tensor_fed_is_the_cards_crop_and_normalisation(tmp_path, changes):
    card = load_bundle(build_tiny_bundle(tmp_path, **changes), Settings()).card
    detector, session = recording(card)
    observation = build_observation("image")
    detector.detect(observation)
    face, image = observation.tracks[0].faces[0], observation.frames[0].image_rgb
    wanted = []
    for margin, flip in itertools.product(
        card.crop.margins, (False, True) if card.crop.flip else (False,)
    ):
        crop, _ = take_crop(
            image,
            face.landmarks_px,
            face.box_xyxy,
            margin=margin,
            size_px=card.input.size_px,
            flip=flip,
        )
        ordered = crop if card.input.colour == "rgb" else crop[..., ::-1]
        wanted.append((ordered - np.float32(card.input.mean)) / np.float32(card.input.std))
    fed = np.concatenate(session.batches)
    assert fed.dtype == np.float32
    assert np.array_equal(fed, np.stack(wanted).transpose(0, 3, 1, 2))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_session_is_open_for_one_view_and_one_thread_and_gets_no_more(tmp_path, threads):
    card = load_bundle(build_tiny_bundle(tmp_path), Settings()).card
    session = RecordingSession(card)
    asked: list[tuple[int, int]] = []

    def open_session(threads: int, batch: int) -> RecordingSession:
        asked.append((threads, batch))
        return session

    bundle = SimpleNamespace(card=card, open_session=open_session)
    detector = ImageDetector(bundle, Settings(threads=threads))
    view = np.zeros((card.input.size_px, card.input.size_px, 3), np.uint8)
    outputs = detector.run([view] * 5)
    assert asked == [(1, 1)]
    assert [len(batch) for batch in session.batches] == [1] * 5
    assert [len(output) for output in outputs] == [5] * 4


def test_any_number_of_threads_gives_the_same_bits(bundle):
    rng = np.random.default_rng(1)
    side = bundle.card.input.size_px
    views = list(rng.integers(0, 255, (7, side, side, 3)).astype(np.uint8))
    one, four = (ImageDetector(bundle, Settings(threads=n)).run(views) for n in (1, 4))
    for a, b in zip(one, four, strict=True):
        assert np.array_equal(a, b)


def test_a_view_gets_one_answer_in_whatever_company(bundle):
    detector = ImageDetector(bundle, Settings())
    rng = np.random.default_rng(0)
    side = bundle.card.input.size_px
    views = list(rng.integers(0, 255, (5, side, side, 3)).astype(np.uint8))
    together = detector.run(views)
    for i, view in enumerate(views):
        for all_of_them, alone in zip(together, detector.run([view]), strict=True):
            assert np.array_equal(all_of_them[i], alone[0])


def test_a_model_choice_changes_the_numbers_and_the_hash(tmp_path):
    weak = {"real": (0.0, 1.0, 0.0), "swap": (0.5, 0.0, 0.0), "synthetic": (0.0, 0.0, 0.5)}
    bundles = [
        load_bundle(build_tiny_bundle(tmp_path, "one"), Settings()),
        load_bundle(build_tiny_bundle(tmp_path, "two", weights=weak), Settings()),
    ]
    observation = build_observation("image")
    scores = [one(ImageDetector(bundle, Settings()), observation).score for bundle in bundles]
    assert abs(scores[0] - scores[1]) > 1e-3
    assert bundles[0].sha256 != bundles[1].sha256


def test_same_input_same_bits(bundle):
    observation = build_observation("video", 2)
    first = ImageDetector(bundle, Settings()).detect(observation)
    again = ImageDetector(bundle, Settings()).detect(observation)
    for a, b in zip(first, again, strict=True):
        assert (a.score, a.series, a.class_probabilities) == (
            b.score,
            b.series,
            b.class_probabilities,
        )
        assert np.array_equal(a.heat_map.values, b.heat_map.values)
        assert np.array_equal(a.heat_map.blend, b.heat_map.blend)


# --- heat map ------------------------------------------------------------------------------------


def test_map_sums_to_the_log_odds_of_the_first_margin(bundle):
    image = picture({RED: LEFT_HALF, GREEN: (slice(0, 80), slice(None))})
    evidence = one(ImageDetector(bundle, Settings()), observe([image], [face_at()]))
    crop, affine = take_crop(image, None, BOX, margin=1.15, size_px=SIZE_PX)
    colour = ((crop.astype(np.float64) - 127) / 128).mean(axis=(0, 1))
    odds = np.dot(np.subtract(WEIGHTS["swap"], WEIGHTS["real"]), colour)
    assert evidence.heat_map.values.sum() == pytest.approx(odds, abs=1e-4)
    assert np.array_equal(evidence.heat_map.crop_rgb, crop)
    assert np.array_equal(evidence.heat_map.crop_to_frame, affine)
    assert evidence.heat_map.scale == bundle.card.heat_map.scale


def test_the_probability_is_not_the_mean_of_the_map(bundle):
    """Green everywhere in the ring that only the wider margin sees: p changes, the map does not."""
    plain = picture({RED: LEFT_HALF})
    ringed = plain.copy()
    inner = np.zeros(plain.shape[:2], bool)
    inner[53:131, 73:151] = True  # the 1.15 margin's square, with a border for interpolation
    ringed[~inner, GREEN] = 255
    detector = ImageDetector(bundle, Settings())
    a, b = (one(detector, observe([image], [face_at()])) for image in (plain, ringed))
    assert np.array_equal(a.heat_map.values, b.heat_map.values)
    assert a.score - b.score > 0.01


QUARTERS = {
    "top left": ((slice(0, 92), slice(0, 112)), (0, 0)),
    "top right": ((slice(0, 92), slice(112, None)), (0, 1)),
    "bottom left": ((slice(92, None), slice(0, 112)), (1, 0)),
    "bottom right": ((slice(92, None), slice(112, None)), (1, 1)),
}


@pytest.mark.parametrize(("area", "quarter"), QUARTERS.values(), ids=QUARTERS)
def test_map_is_hot_where_the_colour_is_flipped_views_turned_back(bundle, area, quarter):
    evidence = one(ImageDetector(bundle, Settings()), observe([picture({RED: area})], [face_at()]))
    values, blend = evidence.heat_map.values, evidence.heat_map.blend
    for array in (values, blend):
        half = array.shape[0] // 2
        means = array.reshape(2, half, 2, half).mean(axis=(1, 3))
        assert np.unravel_index(means.argmax(), (2, 2)) == quarter
        others = np.delete(means.ravel(), means.argmax())
        assert means.max() > 2 * abs(others).max() or array is blend
    # the three other quarters are grey: nothing may have leaked over from an unturned flip
    flipped = values.reshape(2, 2, 2, 2).mean(axis=(1, 3))[quarter[0], 1 - quarter[1]]
    assert abs(flipped) < 0.02


def test_crop_to_frame_leads_from_the_hot_cell_to_the_spot(bundle):
    spot = (slice(70, 78), slice(130, 138))  # rows, columns of the frame
    image = picture({BLUE: spot})
    heat = one(ImageDetector(bundle, Settings()), observe([image], [face_at()])).heat_map
    row, column = np.unravel_index(heat.values.argmax(), heat.values.shape)
    corners = np.array([[column, row, 0], [column + 1, row + 1, 0]]) / CELLS
    corners[:, 2] = 1
    (x1, y1), (x2, y2) = corners @ heat.crop_to_frame.T
    assert x1 <= 134 <= x2
    assert y1 <= 74 <= y2


@pytest.mark.parametrize(("colour", "name"), [(RED, "swap"), (BLUE, "synthetic")])
def test_the_map_is_of_the_most_likely_manipulation(bundle, colour, name):
    image = picture({colour: LEFT_HALF})
    evidence = one(ImageDetector(bundle, Settings()), observe([image], [face_at()]))
    assert max(evidence.class_probabilities, key=evidence.class_probabilities.get) == name
    values = evidence.heat_map.values
    assert values[:, :2].min() > 0.2
    assert abs(values[:, 2:]).max() < 0.02


@pytest.mark.parametrize("margins", [(0.9, 1.3), (0.9, 1.1, 1.3)])
def test_alternate_views_are_plain_and_mirrored_in_turn(tmp_path, margins):
    recipe = {"margins": list(margins), "flip": True, "alternate": True}
    bundle = load_bundle(build_tiny_bundle(tmp_path, crop=recipe), Settings())
    assert bundle.card.crop.views == tuple((m, i == 1) for i, m in enumerate(margins))
    detector, seen = ImageDetector(bundle, Settings()), []
    run = detector.run
    detector.run = lambda views: seen.extend(views) or run(views)
    image, face = picture({RED: LEFT_HALF}), face_at()
    evidence = one(detector, observe([image], [face]))
    for view, (margin, mirrored) in zip(seen, bundle.card.crop.views, strict=True):
        crop, _ = take_crop(
            image, face.landmarks_px, face.box_xyxy, margin=margin, size_px=SIZE_PX, flip=mirrored
        )
        np.testing.assert_array_equal(view, crop)
    values = evidence.heat_map.values
    assert values[:, :2].min() > values[:, 2:].max()  # of the plain view: red lies left


def test_a_mirrored_view_of_a_wider_margin_is_turned_back_and_cut_to_the_first(tmp_path):
    recipe = {"margins": [0.9, 1.3], "flip": True, "alternate": True}
    bundle = load_bundle(build_tiny_bundle(tmp_path, crop=recipe), Settings())
    observation = observe([picture({RED: LEFT_HALF})], [face_at()])
    (score,) = ImageDetector(bundle, Settings()).score_faces(
        observation, observation.tracks[0].faces
    )
    plain, mirrored = score.cam_views
    assert np.array_equal(plain, score.cam)
    assert np.corrcoef(plain.ravel(), mirrored.ravel())[0, 1] > 0.95
    assert np.corrcoef(plain.ravel(), mirrored[..., ::-1].ravel())[0, 1] < 0.5


def test_the_middle_of_a_map_is_what_a_tighter_crop_shows():
    ramp = np.tile(np.arange(10, dtype=np.float32), (2, 10, 1))
    cut = middle_of(ramp, 0.5)
    assert cut.shape == ramp.shape
    np.testing.assert_allclose(cut[0, 3], np.linspace(2.25, 6.75, 10), atol=0.05)
    np.testing.assert_allclose(middle_of(ramp, 1.0), ramp, atol=1e-5)


def test_the_class_swap_is_parted_where_the_network_tells_edits(tmp_path):
    plain = build_tiny_bundle(tmp_path, "plain")
    model = add_edit_output((plain / "model.onnx").read_bytes(), "features", np.array([2, 0, 0]), 0)
    folder = write_bundle(tmp_path / "telling", model, tiny_card(outputs={"edit": "edit"}))
    image = picture({RED: LEFT_HALF})
    whole, parted = (
        one(ImageDetector(load_bundle(path, Settings()), Settings()), observe([image], [face_at()]))
        for path in (plain, folder)
    )
    card = load_bundle(folder, Settings()).card
    red = (expected_logits(image, card, face_at())["swap"] - BIAS["swap"]) / WEIGHTS["swap"][0]
    edited = 1 / (1 + np.exp(-2 * red))
    classes = parted.class_probabilities
    assert list(classes) == ["real", "swap", "edit", "synthetic"]
    assert classes["edit"] == pytest.approx(whole.class_probabilities["swap"] * edited, abs=1e-5)
    assert classes["swap"] + classes["edit"] == pytest.approx(whole.class_probabilities["swap"])
    assert (parted.score, classes["real"]) == (whole.score, whole.class_probabilities["real"])


def test_a_genuine_faces_map_holds_no_positive_evidence(bundle):
    evidence = one(
        ImageDetector(bundle, Settings()),
        observe([picture({GREEN: (slice(None), slice(None))})], [face_at()]),
    )
    assert evidence.score < 0.1
    assert evidence.heat_map.values.max() < -0.2


def test_no_flip_and_no_blend(tmp_path):
    folder = build_tiny_bundle(
        tmp_path, crop={"flip": False, "margins": [1.15]}, outputs={"blend": None}
    )
    detector = ImageDetector(load_bundle(folder, Settings()), Settings())
    evidence = one(detector, observe([picture({RED: LEFT_HALF})], [face_at()]))
    assert evidence.heat_map.blend is None
    assert evidence.heat_map.values[:, :2].min() > 0.2


# --- clips ---------------------------------------------------------------------------------------


def shade(red: int) -> np.ndarray:
    image = np.full((184, 224, 3), GREY, np.uint8)
    image[..., RED] = red
    return image


def test_series_has_one_moment_per_face_in_order(bundle):
    reds = [100, 120, 140, 160, 180]
    observation = clip([shade(red) for red in reds])
    evidence = one(ImageDetector(bundle, Settings()), observation)
    assert [m.time_s for m in evidence.series] == [0, 0.1, 0.2, 0.3, 0.4]
    scores = [m.score for m in evidence.series]
    assert scores == sorted(scores)
    assert len(set(scores)) == 5


def test_trimmed_mean_leaves_the_outer_frames_out(bundle):
    inner = [150, 152, 154]
    usual = one(ImageDetector(bundle, Settings()), clip([shade(r) for r in [*inner, 100, 200]]))
    wild = one(ImageDetector(bundle, Settings()), clip([shade(r) for r in [*inner, 0, 255]]))
    assert usual.score == wild.score
    middle = one(ImageDetector(bundle, Settings()), clip([shade(152)] * 4))
    assert usual.score == pytest.approx(middle.score, abs=1e-3)


def test_the_telling_moment_is_the_strongest_one_that_counts(bundle):
    evidence = one(
        ImageDetector(bundle, Settings()), clip([shade(r) for r in (150, 200, 160, 255, 100)])
    )
    assert evidence.time_s == 0.1  # 255 is trimmed, 200 is the strongest of the rest
    assert evidence.heat_map.frame_index == 1


def test_the_highest_moments_keep_their_maps(bundle):
    """Also those that the rule leaves out: half a second apart, the highest first."""
    reds = [150, 200, 160, 150, 190, 100, 150, 150, 150, 255]
    detector = ImageDetector(bundle, Settings())
    evidence = one(detector, clip([shade(r) for r in reds]))
    assert [peak.frame_index for peak in evidence.peaks] == [9, 1]
    assert evidence.heat_map.frame_index in (1, 4)
    for peak in evidence.peaks:
        alone = one(detector, observe([shade(reds[peak.frame_index])], [face_at()]))
        np.testing.assert_allclose(peak.values, alone.heat_map.values, atol=1e-5)
        assert alone.peaks == ()


def test_a_picture_has_no_time(bundle):
    assert one(ImageDetector(bundle, Settings()), observe([shade(200)], [face_at()])).time_s is None


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_frames_of_a_clip(bundle, count):
    evidence = one(ImageDetector(bundle, Settings()), clip([shade(250)] * count))
    assert (evidence.score, evidence.reason) == (None, Reason.TOO_FEW_FRAMES)
    assert evidence.heat_map is None
    assert evidence.class_probabilities == {}
    assert all(moment.score is not None for moment in evidence.series)


def test_unusable_frames_keep_their_reason_and_do_not_count(bundle):
    reds = [180] * 4 + [255] * 2
    faces = [face_at(i, i / 10) for i in range(4)]
    faces += [face_at(i, i / 10, quality=build_quality(64.0, sharpness=1.0)) for i in (4, 5)]
    mixed = observe([shade(r) for r in reds], faces, MediaKind.VIDEO)
    detector = ImageDetector(bundle, Settings())
    evidence = one(detector, mixed)
    assert [m.reason for m in evidence.series] == [None] * 4 + [Reason.LOW_QUALITY] * 2
    clean = one(detector, clip([shade(180)] * 4))
    assert evidence.score == clean.score
    assert evidence.reliability == pytest.approx(clean.reliability * 4 / 6)


# --- abstention ----------------------------------------------------------------------------------


UNFIT = [
    ({"quality": build_quality(29.0)}, Reason.FACE_TOO_SMALL),
    ({"quality": build_quality(64.0, sharpness=7.9)}, Reason.LOW_QUALITY),
    ({"quality": build_quality(64.0, exposure=0.05)}, Reason.LOW_QUALITY),
    ({"quality": build_quality(64.0, exposure=0.97)}, Reason.LOW_QUALITY),
    ({"quality": None}, Reason.LOW_QUALITY),
    ({"head_pose_deg": (-61.0, 0.0, 0.0)}, Reason.OUT_OF_RANGE),
    ({"head_pose_deg": (61.0, 0.0, 0.0)}, Reason.OUT_OF_RANGE),
]


@pytest.mark.parametrize(("changes", "reason"), UNFIT)
def test_a_face_outside_the_limits_is_never_scored(tmp_path, changes, reason):
    card = load_bundle(build_tiny_bundle(tmp_path), Settings()).card
    detector, session = recording(card)
    evidence = one(detector, observe([shade(255)], [face_at(**changes)]))
    assert (evidence.score, evidence.reason) == (None, reason)
    assert (evidence.heat_map, evidence.interval, evidence.reliability) == (None, None, 0.0)
    assert [m.reason for m in evidence.series] == [reason]
    assert session.batches == []


def test_a_face_at_the_limits_is_scored(bundle):
    face = face_at(
        quality=build_quality(30.0, sharpness=8.0, exposure=0.95), head_pose_deg=(60.0, 0.0, 0.0)
    )
    evidence = one(ImageDetector(bundle, Settings()), observe([shade(255)], [face]))
    assert evidence.score is not None
    assert evidence.reliability == pytest.approx(0.5)


def test_a_network_that_needs_the_mesh_abstains_without_one(tmp_path):
    folder = build_tiny_bundle(tmp_path, limits_of_use={"needs_mesh": True})
    detector = ImageDetector(load_bundle(folder, Settings()), Settings())
    assert one(detector, observe([shade(255)], [face_at()])).reason is Reason.OUT_OF_RANGE
    with_mesh = build_observation("image")
    assert one(detector, with_mesh).score is not None


def test_the_settings_may_be_stricter_than_the_card_and_never_laxer(bundle):
    face = face_at(quality=build_quality(40.0))
    strict = ImageDetector(bundle, Settings(face_width_min_px=50))
    assert one(strict, observe([shade(255)], [face])).reason is Reason.FACE_TOO_SMALL
    lax = ImageDetector(bundle, Settings(face_width_min_px=5))
    tiny = replace(face, quality=build_quality(20.0))
    assert one(lax, observe([shade(255)], [tiny])).reason is Reason.FACE_TOO_SMALL


def test_a_file_without_faces_gives_no_evidence_rows(bundle):
    empty = replace(build_observation("image"), tracks=())
    assert ImageDetector(bundle, Settings()).detect(empty) == []


def test_most_frequent_reason_names_a_track_without_usable_frames(bundle):
    reasons = [
        {"quality": build_quality(64.0, sharpness=1.0)},
        {"head_pose_deg": (80.0, 0.0, 0.0)},
        {"head_pose_deg": (80.0, 0.0, 0.0)},
    ]
    faces = [face_at(i, i / 10, **changes) for i, changes in enumerate(reasons)]
    evidence = one(
        ImageDetector(bundle, Settings()), observe([shade(200)] * 3, faces, MediaKind.VIDEO)
    )
    assert evidence.reason is Reason.OUT_OF_RANGE
