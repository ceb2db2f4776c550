import numpy as np
import pytest
from face_scenes import backdrop, frames_of, media_of, put, sample

from unmask.faces.appearance import describe
from unmask.faces.reader import FaceReader
from unmask.faces.track import Trail, affinity, match, track_id
from unmask.settings import Settings
from unmask.types import UNREAD_FACES, Face, Skipped

WALL = backdrop(640, 360, 7)


def clip(*paths, face_px=80, count=16):
    """Images in which each person goes from one point to another: (person, start, end)."""
    images = []
    for n in range(count):
        image = WALL
        for person, start, end in paths:
            place = np.array(start) + (np.array(end) - np.array(start)) * n / (count - 1)
            image = put(image, person, (float(place[0]), float(place[1])), face_px)
        images.append(image)
    return images


def observed(reader, images, **more):
    burst, gap_s = more.pop("burst", 4), more.pop("gap_s", 0.5)
    frames = frames_of(images, burst=burst, gap_s=gap_s)
    return reader.observe(media_of(images), frames, **more)


def path_of(track):
    return [float(f.box_xyxy[0] + f.box_xyxy[2]) / 2 for f in track.faces]


def test_ids_count_like_columns():
    assert [track_id(n) for n in (0, 1, 25, 26, 27, 51, 52, 701, 702)] == (
        ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]
    )


def test_a_moving_person_is_one_track(reader):
    images = clip(("astronaut", (120, 180), (520, 180)))
    seen = observed(reader, images)
    (track,) = seen.tracks
    assert track.id == "A"
    assert [f.frame_index for f in track.faces] == list(range(16))
    expected = np.linspace(120, 520, 16)
    assert np.abs(np.array(path_of(track)) - expected).max() < 12
    assert all(f.landmarks_px is not None for f in track.faces)
    assert seen.skipped == ()


def test_two_people_are_lettered_left_to_right(reader):
    images = clip(("synthetic", (460, 180), (460, 180)), ("astronaut", (160, 180), (160, 180)))
    first, second = observed(reader, images).tracks
    assert (first.id, second.id) == ("A", "B")
    assert np.mean(path_of(first)) < 200 < 400 < np.mean(path_of(second))
    assert len(first.faces) == len(second.faces) == 16


@pytest.mark.parametrize("gap_s", [0.3, 0.6, 2.0])
def test_people_who_cross_keep_their_letters(reader, gap_s):
    """They swap sides behind each other; the nearer one hides the other for some frames."""
    images = clip(
        ("synthetic", (520, 150), (120, 150)), ("astronaut", (120, 200), (520, 200)), count=24
    )
    seen = observed(reader, images, gap_s=gap_s)
    left, right = seen.tracks
    for track, start, end in ((left, 120, 520), (right, 520, 120)):
        for face, x in zip(track.faces, path_of(track), strict=True):
            assert abs(x - (start + (end - start) * face.frame_index / 23)) < 30
        assert track.faces[0].frame_index == 0
        assert track.faces[-1].frame_index == 23


def test_tracks_end_at_a_cut(reader):
    images = clip(("astronaut", (200, 180), (200, 180)), count=8)
    images += clip(("synthetic", (210, 180), (210, 180)), count=8)
    cut = frames_of(images)[8].time_s
    before, after = observed(reader, images, cuts_s=(cut,)).tracks
    assert [f.frame_index for f in before.faces] == list(range(8))
    assert [f.frame_index for f in after.faces] == list(range(8, 16))


def test_the_same_person_after_a_cut_is_a_new_track(reader):
    images = clip(("astronaut", (200, 180), (200, 180)), count=12)
    times = [f.time_s for f in frames_of(images)]
    tracks = observed(reader, images, cuts_s=(times[4], times[10])).tracks
    assert [len(t.faces) for t in tracks] == [4, 6, 2]
    assert [t.id for t in tracks] == ["A", "B", "C"]


def test_another_person_at_the_same_place_is_another_track(reader):
    images = clip(("astronaut", (200, 180), (200, 180)), count=8)
    images += clip(("synthetic", (200, 180), (200, 180)), count=8)
    tracks = observed(reader, images, gap_s=1.0).tracks
    assert [len(t.faces) for t in tracks] == [8, 8]


@pytest.mark.parametrize("brighter", [70, 110])
def test_a_flash_makes_nobody_else_of_a_person(reader, brighter):
    images = clip(("astronaut", (200, 180), (220, 180)))
    for n in range(4, 8):  # a whole burst
        images[n] = np.clip(images[n].astype(int) + brighter, 0, 255).astype(np.uint8)
    (track,) = observed(reader, images).tracks
    assert len(track.faces) == 16


def test_a_flash_makes_no_one_person_of_two(reader):
    images = clip(("astronaut", (200, 180), (200, 180)), count=8)
    others = clip(("synthetic", (200, 180), (200, 180)), count=8)
    images += [np.clip(one.astype(int) + 70, 0, 255).astype(np.uint8) for one in others]
    assert len(observed(reader, images).tracks) == 2


def test_a_person_who_leaves_and_returns_keeps_the_letter(reader):
    shown = clip(("astronaut", (200, 180), (200, 180)), count=4)
    images = shown + [WALL] * 4 + shown
    (track,) = observed(reader, images).tracks
    assert [f.frame_index for f in track.faces] == [0, 1, 2, 3, 8, 9, 10, 11]


def test_a_newcomer_is_found_within_a_long_run_of_neighbours(reader):
    images = clip(("astronaut", (160, 180), (160, 180)), count=4)
    both = (("astronaut", (160, 180), (160, 180)), ("synthetic", (460, 180), (460, 180)))
    images += clip(*both, count=14)
    first, second = observed(reader, images, burst=99).tracks
    assert len(first.faces) == 18
    assert second.faces[0].frame_index <= 8


def test_more_faces_than_the_limit_are_noted():
    image = backdrop(900, 500, 3)
    for n in range(6):
        person = ("astronaut", "synthetic", "fourth")[n % 3]
        image = put(image, person, (160 + 280 * (n % 3), 130 + 250 * (n // 3)), 50 + 8 * n)
    reader = FaceReader(Settings(faces_max=4))
    seen = reader.observe(media_of([image]), frames_of([image]), skipped=[Skipped("x", "y")])
    assert len(seen.tracks) == 4
    assert all(t.faces[0].width_px > 60 for t in seen.tracks)
    assert seen.skipped[0] == Skipped("x", "y")
    assert (seen.skipped[1].what, seen.skipped[1].count) == (UNREAD_FACES, 2)
    assert "more than 4 faces" in seen.skipped[1].reason


def test_nothing_to_see_is_an_observation_too(reader):
    frames = frames_of([WALL])
    seen = reader.observe(media_of([WALL]), frames, damaged=True)
    assert seen.tracks == ()
    assert seen.damaged
    assert seen.frames == tuple(frames)
    assert reader.observe(media_of([WALL]), []).tracks == ()


def test_the_same_frames_twice_give_the_same_bits(reader):
    images = clip(("astronaut", (160, 180), (300, 190)), ("synthetic", (460, 180), (420, 170)))
    for other in (reader, FaceReader()):
        a, b = observed(reader, images), observed(other, images)
        assert len(a.tracks) == len(b.tracks) == 2
        for one, two in zip(a.tracks, b.tracks, strict=True):
            for f, g in zip(one.faces, two.faces, strict=True):
                assert np.array_equal(f.landmarks_px, g.landmarks_px)
                assert np.array_equal(f.box_xyxy, g.box_xyxy)
                assert (f.gaze_deg, f.head_pose_deg, f.quality) == (
                    (g.gaze_deg, g.head_pose_deg, g.quality)
                )


def face_at(x, time_s, width=50.0):
    return Face(np.array([x, 0, x + width, 60], np.float32), 0.9, int(time_s * 25), time_s)


def trail_at(x, look, time_s=0.0):
    trail = Trail()
    trail.add(face_at(x, time_s), np.array(look, np.float32))
    return trail


def test_place_and_look_decide_together():
    look, other = np.array([1, 0], np.float32), np.array([0.7, 0.714], np.float32)
    trail = trail_at(100, look)
    here, far = face_at(105, 1.0), face_at(400, 1.0)
    assert affinity(trail, here, look) > affinity(trail, here, other) > 0
    assert affinity(trail, here, look) > affinity(trail, far, look) > 0
    assert affinity(trail, here, np.array([0.5, 0.866], np.float32)) == 0
    assert affinity(trail, here, look) > affinity(trail, face_at(105, 1.0, width=150), look)


def test_each_trail_takes_one_face_and_the_best():
    one, two = np.array([1, 0], np.float32), np.array([0.6, 0.8], np.float32)
    trails = [trail_at(100, one), trail_at(200, two)]
    faces = [face_at(205, 1.0), face_at(110, 1.0), face_at(104, 1.0)]
    assert match(trails, faces, [two, one, one]) == {0: 1, 2: 0}
    assert match([], faces, [two, one, one]) == {}


def walked(look, step, width=50.0):
    """Somebody who went `step` pixels in half a second, to x = 100 at time 0."""
    trail = Trail()
    for time_s, x in ((-0.5, 100 - step), (0.0, 100)):
        trail.add(face_at(x, time_s, width), np.array(look, np.float32))
    return trail


STRANGE = np.array([0.1, 0.995], np.float32)  # a look that holds half of somebody else


def test_who_is_covered_is_matched_by_the_walk():
    nearer, covered = walked([1, 0], -30), walked([0.8, -0.6], 30)
    faces = [face_at(70, 0.5), face_at(130, 0.5)]
    looks = [np.array([1, 0], np.float32), STRANGE]
    assert match([nearer, covered], faces, looks) == {0: 0, 1: 1}
    faces[1] = face_at(240, 0.5)  # alone: whoever looks like that is somebody new
    assert match([nearer, covered], faces, looks) == {0: 0}


@pytest.mark.parametrize(
    ("step", "width", "time_s"),
    [(90, 50.0, 0.5), (30, 90.0, 0.5), (0, 50.0, 2.5)],
    ids=["walked elsewhere", "another size", "gone for long"],
)
def test_the_walk_does_not_make_anybody_of_a_stranger(step, width, time_s):
    nearer = walked([1, 0], 0)
    nearer.add(face_at(100, time_s - 0.1), np.array([1, 0], np.float32))
    gone = walked([0.8, -0.6], step, width)
    faces = [face_at(100, time_s), face_at(130, time_s)]
    assert match([nearer, gone], faces, [np.array([1, 0], np.float32), STRANGE]) == {0: 0}


def test_the_look_tells_people_apart_and_survives_the_light(faces_in):
    looks = {}
    for name in ("portrait-genuine.jpg", "portrait-synthetic.jpg"):
        image = sample(name)
        for gain in (1.0, 0.8):
            lit = (image * gain).astype(np.uint8)
            (face,) = faces_in(lit)
            looks[name, gain] = describe(lit, face.landmarks_px, face.box_xyxy)
    names = ("portrait-genuine.jpg", "portrait-synthetic.jpg")
    same = min(float(looks[n, 1.0] @ looks[n, 0.8]) for n in names)
    different = max(
        float(looks[names[0], a] @ looks[names[1], b]) for a in (1, 0.8) for b in (1, 0.8)
    )
    assert same > different + 0.1
