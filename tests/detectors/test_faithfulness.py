"""The deletion test of heat maps: what it measures, when a map fails, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from observed import build_quality
from tiny_bundle import CELLS, SIZE_PX, build_tiny_bundle

from unmask.detectors.faithfulness import (
    DROP_MARGIN,
    MARKED_SHARE,
    STABILITY_MIN,
    check_map,
    marked_part,
    random_part,
    replace_part,
)
from unmask.detectors.heat import upsample
from unmask.detectors.image import FaceScore, ImageDetector, heat_map_of
from unmask.models.bundle import Bundle, load_bundle
from unmask.settings import Settings
from unmask.types import (
    Face,
    FaceTrack,
    Frame,
    HeatMap,
    MediaInfo,
    MediaKind,
    Observation,
)

BOX = np.array([60, 40, 140, 120], np.float32)
CARD = {"crop": {"margins": [1.0], "flip": True}, "heat_map": {"scale": 0.1}}
# Red speaks strongly enough for a swap that a small square decides.
STRONG = {"real": (0.0, 160.0, 0.0), "swap": (160.0, 0.0, 0.0), "synthetic": (0.0, 0.0, 4.0)}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return load_bundle(build_tiny_bundle(tmp_path, weights=STRONG, **CARD), Settings())


def observe(image: np.ndarray) -> tuple[Face, Observation]:
    pose = (0.0, 0.0, 0.0)
    face = Face(BOX, 0.99, 0, 0.0, head_pose_deg=pose, quality=build_quality(80.0))
    media = MediaInfo(MediaKind.IMAGE, "png", 200, 160, 9, "ab" * 32)
    return face, Observation(media, (Frame(image, 0, 0.0),), (FaceTrack("A", (face,)),))


def spotted() -> np.ndarray:
    """Grey with one red square in the face: all that speaks for a swap lies there."""
    image = np.full((160, 200, 3), 127, np.uint8)
    image[44:64, 64:84, 0] = 255
    return image


def reddish() -> np.ndarray:
    """Evenly red: no place says more than another."""
    image = np.full((160, 200, 3), 127, np.uint8)
    image[..., 0] = 200
    return image


def scored(bundle: Bundle, image: np.ndarray) -> tuple[ImageDetector, FaceScore, HeatMap]:
    detector = ImageDetector(bundle, Settings())
    face, observation = observe(image)
    score = detector.score_faces(observation, [face])[0]
    return detector, score, heat_map_of(score, face, bundle.card)


def test_the_answer_rests_on_the_place_that_holds_the_evidence(bundle):
    detector, score, heat_map = scored(bundle, spotted())
    tested = check_map(score, heat_map, bundle.card, detector.run)
    assert tested is not None
    assert tested.shown
    assert tested.reason == ""
    assert tested.before == pytest.approx(bundle.card.probability(score.first_logits)[1])
    assert tested.marked_drop > tested.random_drop
    assert tested.area_share == pytest.approx(MARKED_SHARE, abs=0.01)
    assert tested.stability > 0.9  # the network is exactly mirrored with its input
    assert tested.agreement is not None
    assert tested.agreement > 1.0  # its blend head marks red, too


def test_where_every_place_says_the_same_the_map_fails(bundle):
    detector, score, heat_map = scored(bundle, reddish())
    tested = check_map(score, heat_map, bundle.card, detector.run)
    assert tested is not None
    assert not tested.shown
    assert tested.marked == pytest.approx(tested.random, abs=0.02)


def test_an_empty_map_is_not_tested(bundle):
    _, score, heat_map = scored(bundle, spotted())
    empty = replace(heat_map, scale=1000.0)

    def refuse(_: object) -> list[np.ndarray]:
        raise AssertionError("the network was asked")

    assert check_map(score, empty, bundle.card, refuse) is None


def logits_for(odds: float) -> np.ndarray:
    """Logits of (real, swap, synthetic) with these log-odds, given that synthetic is hopeless."""
    return np.array([0.0, odds, -50.0])


def stubbed(score: FaceScore, marked: float, random: float, cam: np.ndarray, before: float = 4.0):
    """A score with given log-odds, and a network that gives the others and `cam` after JPEG."""
    known = replace(score, logits=logits_for(before), first_logits=logits_for(before))
    logits = np.stack([logits_for(marked), logits_for(random), logits_for(before)])
    cams = np.stack([known.cam_views[0], known.cam_views[0], cam])
    return known, lambda views: [logits[: len(views)], cams[: len(views)]]


@pytest.mark.parametrize(
    ("marked", "random", "shown", "reason"),
    [
        (4.0 - DROP_MARGIN - 0.01, 4.0, True, ""),
        (4.0 - DROP_MARGIN + 0.01, 4.0, False, "drop_like_random"),
        (3.0, 1.0, False, "drop_like_random"),
        (5.0, 4.0, False, "drop_like_random"),
        (-3.0, 2.0, True, ""),
    ],
)
def test_the_marked_part_must_cost_clearly_more_than_a_random_one(
    bundle, marked, random, shown, reason
):
    _, score, heat_map = scored(bundle, spotted())
    known, run = stubbed(score, marked, random, score.cam_views[0])
    plain = replace(bundle.card.calibration, temperature=1.0, bias=(0.0, 0.0, 0.0))
    tested = check_map(known, heat_map, replace(bundle.card, calibration=plain), run)
    assert tested is not None
    assert (tested.shown, tested.reason) == (shown, reason)


def test_a_map_that_changes_under_recompression_is_not_shown(bundle):
    _, score, heat_map = scored(bundle, spotted())
    other = score.cam_views[0][..., ::-1, ::-1]
    known, run = stubbed(score, -3.0, 3.0, other)
    tested = check_map(known, heat_map, bundle.card, run)
    assert tested is not None
    assert tested.stability < STABILITY_MIN
    assert (tested.shown, tested.reason) == (False, "unstable")


def test_a_map_that_changes_under_mirroring_is_not_shown(bundle):
    _, score, heat_map = scored(bundle, spotted())
    views = np.stack([score.cam_views[0], score.cam_views[0][..., ::-1, ::-1]])
    known, run = stubbed(replace(score, cam_views=views), -3.0, 3.0, views[0])
    tested = check_map(known, heat_map, bundle.card, run)
    assert tested is not None
    assert tested.reason == "unstable"


def test_a_bundle_that_does_not_mirror_is_asked_for_it_once(tmp_path):
    card = CARD | {"crop": {"margins": [1.0], "flip": False}}
    bundle = load_bundle(build_tiny_bundle(tmp_path, weights=STRONG, **card), Settings())
    detector, score, heat_map = scored(bundle, spotted())
    asked: list[int] = []

    def run(views: list[np.ndarray]) -> list[np.ndarray]:
        asked.append(len(views))
        return detector.run(views)

    tested = check_map(score, heat_map, bundle.card, run)
    assert asked == [4]
    assert tested is not None
    assert tested.stability > 0.9


def test_three_views_in_one_batch_are_all_it_costs(bundle):
    detector, score, heat_map = scored(bundle, spotted())
    asked: list[int] = []

    def run(views: list[np.ndarray]) -> list[np.ndarray]:
        asked.append(len(views))
        return detector.run(views)

    check_map(score, heat_map, bundle.card, run)
    assert asked == [3]


def test_parts_are_of_one_size_and_the_same_face_gives_the_same_part():
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 255, (SIZE_PX, SIZE_PX, 3)).astype(np.uint8)
    heat = upsample(rng.normal(size=(CELLS, CELLS)).astype(np.float32), SIZE_PX)
    marked = marked_part(heat)
    parts = [random_part(crop, marked, (CELLS, CELLS), draw) for draw in (0, 0, 1)]
    assert {int(part.sum()) for part in parts} == {int(marked.sum())}
    assert (parts[0] == parts[1]).all()
    assert (parts[0] != parts[2]).any()
    assert heat[marked].min() > heat[~marked].max() - 1e-6


def test_only_what_is_positive_is_marked():
    heat = np.full((SIZE_PX, SIZE_PX), -1.0, np.float32)
    heat[:2, :2] = 1.0
    assert int(marked_part(heat).sum()) == 4


def test_a_replaced_part_leaves_the_rest_as_it_is():
    crop = np.full((64, 64, 3), 200, np.uint8)
    part = np.zeros((64, 64), bool)
    part[24:40, 24:40] = True
    changed = replace_part(crop, part, np.zeros_like(crop))
    assert (changed[32, 32] == 0).all()
    assert (changed[:12] == 200).all()
    assert (changed[52:] == 200).all()


@pytest.mark.parametrize("image", [spotted(), reddish()], ids=["spotted", "reddish"])
def test_the_detector_tests_maps_only_when_asked_and_its_scores_stay(bundle, image):
    detector = ImageDetector(bundle, Settings())
    _, observation = observe(image)
    (plain,) = detector.detect(observation)
    (checked,) = detector.detect(observation, check_maps=True)
    assert plain.heat_map.faithfulness is None
    assert checked.heat_map.faithfulness is not None
    assert plain.score == checked.score
    assert plain.class_probabilities == checked.class_probabilities


def test_in_a_clip_the_maps_of_the_highest_moments_are_tested_too(bundle):
    _, still = observe(spotted())
    (track,), (frame,) = still.tracks, still.frames
    numbers = range(8)
    clip = replace(
        still,
        media=replace(still.media, kind=MediaKind.VIDEO, fps=Fraction(5), duration_s=1.6),
        frames=tuple(replace(frame, index=i, time_s=i / 5) for i in numbers),
        tracks=(
            replace(
                track,
                faces=tuple(replace(track.faces[0], frame_index=i, time_s=i / 5) for i in numbers),
            ),
        ),
    )
    (evidence,) = ImageDetector(bundle, Settings()).detect(clip, check_maps=True)
    assert len(evidence.peaks) == 3
    for peak in evidence.peaks:  # the same picture each time, so the same result
        assert peak.faithfulness == evidence.heat_map.faithfulness is not None


def test_a_clear_face_is_not_tested(bundle):
    image = np.full((160, 200, 3), 127, np.uint8)
    image[..., 1] = 255  # green speaks for real
    _, observation = observe(image)
    (evidence,) = ImageDetector(bundle, Settings()).detect(observation, check_maps=True)
    assert evidence.score < bundle.card.verdict.clear_below
    assert evidence.heat_map.faithfulness is None
    assert evidence.heat_map.shown
