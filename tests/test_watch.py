"""Running readings: the rule of whole files, persons with ids of their own, cuts, damage."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from cue_scenes import group
from drawn_data import scene, write_video
from tiny_bundle import build_tiny_bundle
from tiny_temporal import build_temporal_bundle, fusion_section

from unmask.data.scene_clip import write_clip
from unmask.data.scenes import render
from unmask.detectors.track_rule import consensus
from unmask.media.camera import Camera, device_path
from unmask.media.feed import open_feed
from unmask.media.scenes import with_cuts
from unmask.settings import Settings
from unmask.types import Frame, Outcome, Reason
from unmask.watch import FACES_PER_S, LOOKS_PER_S, Watcher

FPS = 10.0
# A drawn face is smooth: the card's limit of sharpness is not what is tested here.
LIMITS = {"limits_of_use": {"sharpness_min": 0.5}}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return build_tiny_bundle(tmp_path_factory.mktemp("bundles"), **LIMITS)


def frames_of(*pictures: np.ndarray, start: int = 0) -> list[Frame]:
    return [Frame(picture, start + n, (start + n) / FPS) for n, picture in enumerate(pictures)]


def moving(*people: tuple[int, int], frames: int = 24, start: int = 0) -> list[Frame]:
    pictures = [scene(*((look, left + step) for look, left in people)) for step in range(frames)]
    return frames_of(*pictures, start=start)


def test_a_person_is_judged_by_the_track_rule_over_all_looks(bundle):
    watcher = Watcher(Settings(), bundle)
    scored: list[np.ndarray] = []
    ask = watcher._detector.score_faces

    def remembering(observation, faces):
        answers = ask(observation, faces)
        scored.extend(one.logits for one in answers)
        return answers

    watcher._detector.score_faces = remembering
    readings = list(watcher.read(moving((0, 200), frames=30)))
    (person,) = readings[-1].persons
    card = watcher.bundle.card
    logits, _ = consensus(np.stack(scored), card)
    assert person.looks == len(scored) == pytest.approx(3 * LOOKS_PER_S, abs=1)
    assert person.verdict.fake_probability == card.probability(logits)[1]
    assert person.verdict.threshold == card.verdict.threshold
    assert person.newest.score == card.probability(scored[-1])[1]


def test_nothing_is_said_before_there_are_enough_looks(bundle):
    watcher = Watcher(Settings(), bundle)
    for reading in watcher.read(moving((0, 200))):
        (person,) = reading.persons
        enough = person.looks >= watcher.bundle.card.track.min_frames
        assert (person.verdict.fake_probability is not None) == enough
        if not enough:
            assert person.verdict.reasons == (Reason.TOO_FEW_FRAMES,)
            assert reading.verdict.outcome is Outcome.INCONCLUSIVE


def test_two_people_keep_their_letters_from_left_to_right_and_share_the_budget(bundle):
    watcher = Watcher(Settings(), bundle)
    readings = list(watcher.read(moving((0, 20), (1, 360))))
    for reading in readings:
        boxes = {one.id: one.face.box_xyxy for one in reading.persons if one.face is not None}
        assert set(boxes) == {"A", "B"}
        assert boxes["A"][0] < 320 < boxes["B"][2]
    looks = [one.looks for one in readings[-1].persons]
    assert max(looks) - min(looks) <= 1
    assert sum(looks) <= FACES_PER_S * readings[-1].frame.time_s + 2


def test_whoever_leaves_is_kept_and_a_cut_starts_new_persons(bundle):
    empty = [scene()] * 4
    first = moving((0, 200), frames=10)
    gap = frames_of(*empty, start=10)
    other = [255 - frame.image_rgb for frame in gap]
    later = frames_of(*other, start=14) + moving((1, 300), frames=8, start=18)
    readings = list(Watcher(Settings(), bundle).read([*first, *gap, *later]))
    gone = readings[12].persons
    assert [(one.id, one.face) for one in gone] == [("A", None)]
    assert [one.id for one in readings[-1].persons] == ["A", "B"]
    assert readings[-1].persons[0].last_s == pytest.approx(0.9)


def test_damage_keeps_a_reading_from_being_clear(tmp_path):
    weights = {"real": (4.0, 4.0, 4.0), "swap": (0.0, 0.0, 0.0), "synthetic": (0.0, 0.0, 0.0)}
    genuine = build_tiny_bundle(
        tmp_path, weights=weights, **LIMITS, verdict={"threshold": 0.999, "clear_below": 0.99}
    )
    watcher = Watcher(Settings(), genuine)
    list(watcher.read(moving((0, 200))))
    assert watcher.conclude(damaged=False).verdict.outcome is Outcome.NO_EVIDENCE
    damaged = watcher.conclude(damaged=True).verdict
    assert (damaged.outcome, damaged.reasons) == (Outcome.INCONCLUSIVE, (Reason.PARTIAL_DECODE,))


def test_a_watcher_without_frames_concludes_nothing(bundle):
    assert Watcher(Settings(), bundle).conclude(damaged=False) is None


def test_cuts_are_found_late_but_on_the_right_frame():
    rng = np.random.default_rng(3)
    dark, light = (rng.integers(low, low + 20, (120, 160, 3), np.uint8) for low in (20, 200))
    flash = [dark] * 5 + [light] + [dark] * 4
    cut = [dark] * 6 + [light] * 4
    assert not any(new for _, new in with_cuts(frames_of(*flash)))
    assert [new for _, new in with_cuts(frames_of(*cut))] == [n == 6 for n in range(10)]
    assert [frame.index for frame, _ in with_cuts(frames_of(*cut))] == list(range(10))


@pytest.mark.parametrize(("rate", "every"), [(25.0, 1), (12.5, 2), (5.0, 5)])
def test_a_clip_comes_at_the_rate_asked_for_after_a_burst(tmp_path, rate, every):
    path = tmp_path / "clip.mp4"
    pictures = [np.full((64, 96, 3), 8 * n, np.uint8) for n in range(20)]
    write_clip(pictures, path, crf=10)
    with closing(open_feed(str(path), Settings(), rate)) as feed:
        frames = list(feed)
    assert [frame.index for frame in frames] == sorted({*range(6), *range(0, 20, every)})
    for frame in frames:
        assert abs(float(frame.image_rgb.mean()) - 8 * frame.index) < 4
    assert not feed.damaged


def test_a_clip_may_be_left_early(tmp_path):
    with closing(open_feed(str(write_video(tmp_path / "clip.mp4", 0)), Settings(), FPS)) as feed:
        assert next(iter(feed)).index == 0
    assert not feed.damaged


def test_a_damaged_clip_is_known_as_such_at_its_end(tmp_path):
    path = write_video(tmp_path / "clip.mp4", 0)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    path.write_bytes(data)
    with closing(open_feed(str(path), Settings(), FPS)) as feed:
        assert list(feed)
        assert feed.damaged


@pytest.mark.parametrize(
    ("name", "path"),
    [("0", "/dev/video0"), ("12", "/dev/video12"), ("/dev/video3", "/dev/video3"), ("a0", None)],
)
def test_names_of_devices(name, path):
    found = device_path(name)
    assert (None if found is None else str(found)) == path


def test_a_camera_gives_the_newest_picture_and_notices_when_it_stops(tmp_path):
    import av

    path = write_video(tmp_path / "clip.mp4", 0)
    camera = Camera(av.open(str(path)), rate_fps=30.0)  # any decoder stands in for the device
    frames = list(camera)
    camera.close()
    assert frames
    assert camera.damaged
    indices = [frame.index for frame in frames]
    assert indices == sorted(set(indices))
    times = [frame.time_s for frame in frames]
    assert times == sorted(times)


class _Device:
    """Sends a picture every 5 ms, as fast as that may be."""

    def decode(self, video: int):
        for number in range(120):
            time.sleep(0.005)
            yield _Sent(number)

    def close(self):
        """Nothing is held."""


class _Sent:
    def __init__(self, number: int) -> None:
        self.number = number

    def to_ndarray(self, **_options: str) -> np.ndarray:
        return np.full((2, 2, 3), self.number, np.uint8)


def test_the_neighbours_of_a_cameras_picture_wait_for_a_slow_reader():
    camera = Camera(_Device(), rate_fps=20.0, burst=4)
    frames = []
    for frame in camera:
        time.sleep(0.03)  # six pictures go by
        frames.append(frame)
    camera.close()
    assert [frame.index - frames[0].index for frame in frames[:4]] == [0, 1, 2, 3]
    assert all(frame.image_rgb[0, 0, 0] == frame.index for frame in frames)
    assert frames[-1].index > 20 > len(frames)


FOLLOWED = 60  # frames at 25 per second: less than is read before the end


@pytest.fixture(scope="module")
def company():
    """Two genuine people of the samples who move and talk."""
    made = render(group(2, seconds=FOLLOWED / 25), range(FOLLOWED))
    return [Frame(one.image_rgb, n, n / 25) for n, one in enumerate(made)]


def fused_bundle(folder, **sections):
    weights = {"scene_motion:inner": 10.0, "frame_log_odds": 0.0}
    fusion = fusion_section(weights, people_min=2, intercept=1.0)
    return build_tiny_bundle(folder, fusion=fusion, **LIMITS, **sections)


def test_several_people_are_judged_by_the_rule_for_them(tmp_path, company):
    folder = fused_bundle(tmp_path)
    watcher = Watcher(Settings(), folder)
    early = [reading.persons for reading in watcher.read(company)]
    assert all(one.cues == () for persons in early for one in persons)  # too few bursts as yet
    last = watcher.conclude(damaged=False)
    assert len(last.persons) == 2
    for one in last.persons:
        assert [cue.name for cue in one.cues] == ["scene_motion"]
        (cue,) = one.cues
        assert one.verdict.evidence[0].detector == "fusion"
        odds = 1.0 + 10.0 * cue.detail["inner"] / 0.2
        assert one.verdict.fake_probability == pytest.approx(1 / (1 + np.exp(-odds)))
        assert one.verdict.outcome is Outcome.MANIPULATED


@pytest.mark.parametrize("cues", ["none", "gaze"])
def test_a_cue_that_was_switched_off_says_nothing(tmp_path, company, cues):
    watcher = Watcher(Settings(cues=cues), fused_bundle(tmp_path))
    list(watcher.read(company))
    last = watcher.conclude(damaged=False)
    assert [one.cues for one in last.persons] == [(), ()]


def test_one_person_is_judged_without_that_rule(tmp_path, bundle, company):
    alone = [replace(frame, image_rgb=frame.image_rgb[:, :320].copy()) for frame in company]
    told = []
    for folder in (fused_bundle(tmp_path), bundle):
        watcher = Watcher(Settings(), folder)
        list(watcher.read(alone))
        told.append(watcher.conclude(damaged=False).persons)
    ((fused,), (plain,)) = told
    assert fused.verdict.evidence[0].detector == "image"
    assert fused.verdict.fake_probability == plain.verdict.fake_probability


def test_a_rule_that_was_fitted_with_more_than_there_is_is_left_out(tmp_path, company):
    fusion = fusion_section({"temporal": 1.0}, people_min=2)
    folder = build_temporal_bundle(tmp_path, fusion=fusion)
    watcher = Watcher(Settings(), folder)
    list(watcher.read(company))
    for one in watcher.conclude(damaged=False).persons:
        assert one.verdict.fake_probability is not None
        assert all(evidence.detector == "image" for evidence in one.verdict.evidence)


def test_nobody_is_cleared_whose_face_moves_too_smoothly(tmp_path, company):
    weights = {"real": (4.0, 4.0, 4.0), "swap": (0.0, 0.0, 0.0), "synthetic": (0.0, 0.0, 0.0)}
    told = {}
    for least in (0.0, 50.0):
        verdict = {"threshold": 0.999, "clear_below": 0.99, "motion_min": least}
        folder = build_tiny_bundle(
            tmp_path, f"least-{least:g}", weights=weights, **LIMITS, verdict=verdict
        )
        watcher = Watcher(Settings(), folder)
        list(watcher.read(company))
        told[least] = watcher.conclude(damaged=False).persons
    assert {one.verdict.outcome for one in told[0.0]} == {Outcome.NO_EVIDENCE}
    assert {one.verdict.reasons for one in told[50.0]} == {(Reason.TOO_SMOOTH,)}
    assert all(one.cues == () for one in told[0.0])
