import cv2
import numpy as np
import pytest
from face_scenes import backdrop, put, sample

from unmask.faces.boxes import box_of_mesh, cover_matrix, overlap_matrix, suppress_doubles
from unmask.faces.centerface import CenterFace
from unmask.faces.full_range import FullRange


def boxes(*rows):
    return np.array(rows, np.float32)


def centre_of(face):
    return (face.box_xyxy[:2] + face.box_xyxy[2:]) / 2


def test_overlap_of_hand_worked_boxes():
    a = boxes([0, 0, 10, 10])
    b = boxes([5, 0, 15, 10], [0, 0, 10, 10], [20, 20, 30, 30], [2, 2, 4, 4])
    assert overlap_matrix(a, b)[0] == pytest.approx([50 / 150, 1, 0, 0.04])
    assert cover_matrix(a, b)[0] == pytest.approx([0.5, 1, 0, 1])


def test_suppression_keeps_the_best_and_the_separate():
    found = boxes([0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10], [3, 3, 5, 5])
    scores = np.array([0.6, 0.9, 0.5, 0.8], np.float32)
    assert suppress_doubles(found, scores, iou_max=0.4) == [1, 3, 2]
    assert suppress_doubles(found, scores, iou_max=0.4, cover_max=0.75) == [1, 2]
    assert suppress_doubles(boxes().reshape(0, 4), scores[:0], iou_max=0.4) == []


@pytest.mark.parametrize("person", ["astronaut", "synthetic", "fourth"])
def test_both_detectors_draw_the_same_box(person):
    image = put(backdrop(640, 480), person, (320, 240), 120)
    near, small = FullRange().find(image), CenterFace().find(image, scale=0.5)
    assert len(near) == len(small) == 1
    assert overlap_matrix(near[0].box_xyxy[None], small[0].box_xyxy[None])[0, 0] > 0.65
    for found in (near[0], small[0]):
        left, right = found.eyes_px
        assert left[0] + 20 < right[0], "the first eye is the one on the picture's left"
        assert np.abs(left[1] - right[1]) < 15


@pytest.mark.parametrize("seed", range(4))
def test_every_face_from_thirty_pixels_up_is_found(faces_in, seed):
    image, placed = backdrop(1280, 720, seed), []
    widths = [200, 30, 32, 36, 45, 60, 90, 30]
    for n, width in enumerate(widths):
        centre = (170 + 310 * (n % 4), 200 + 330 * (n // 4))
        image = put(image, ("astronaut", "synthetic", "fourth")[(n + seed) % 3], centre, width)
        placed.append(centre)
    faces = faces_in(image)
    for centre, width in zip(placed, widths, strict=True):
        nearest = min(faces, key=lambda f: np.hypot(*(centre_of(f) - centre)))
        assert np.hypot(*(centre_of(nearest) - centre)) < 0.4 * width, (width, centre)
        assert 0.7 < nearest.width_px / width < 1.4
    assert len(faces) == len(widths)


def test_a_far_face_beside_a_near_one_is_found(faces_in):
    image = put(backdrop(1280, 720), "synthetic", (380, 380), 300)
    image = put(image, "astronaut", (1050, 200), 40)
    assert [round(f.width_px / 20) for f in faces_in(image)] == [15, 2]


def test_faces_below_thirty_pixels_stay_and_say_so(faces_in):
    image = put(backdrop(640, 360), "astronaut", (200, 180), 23)
    (face,) = faces_in(image)
    assert face.quality.width_px < 30
    assert face.quality.width_px == face.width_px


@pytest.mark.parametrize(
    "change",
    [
        lambda i: np.repeat(cv2.cvtColor(i, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2),
        lambda i: (i * 0.12).astype(np.uint8),
        lambda i: i[:, ::-1].copy(),
        lambda i: cv2.GaussianBlur(i, (0, 0), 3),
        lambda i: cv2.resize(i, None, fx=3, fy=3),
    ],
    ids=["grey", "dark", "mirrored", "blurred", "enlarged"],
)
def test_a_changed_picture_still_shows_its_face(faces_in, change):
    image = np.ascontiguousarray(change(sample("portrait-genuine.jpg")))
    (face,) = faces_in(image)
    assert face.landmarks_px is not None


@pytest.mark.parametrize("cut", ["left", "right", "top", "bottom"])
def test_a_face_partly_outside_is_found(faces_in, cut):
    image = put(backdrop(640, 480), "synthetic", (320, 240), 160)
    low, high = 320 - 50, 320 + 50
    part = {
        "left": image[:, low:],
        "right": image[:, :high],
        "top": image[240 - 40 :],
        "bottom": image[: 240 + 60],
    }[cut]
    assert len(faces_in(np.ascontiguousarray(part))) == 1


def test_two_overlapping_faces_are_two(faces_in):
    image = put(backdrop(640, 480), "astronaut", (250, 240), 110)
    image = put(image, "synthetic", (370, 260), 120)
    left, right = faces_in(image)
    assert abs(centre_of(left)[0] - 250) < 25
    assert abs(centre_of(right)[0] - 370) < 25


def checkerboard(width, height):
    rows, columns = np.indices((height, width)) // 24
    return np.repeat((((rows + columns) % 2) * 200 + 20)[..., None], 3, axis=2).astype(np.uint8)


NO_FACE = {
    "black": np.zeros((300, 400, 3), np.uint8),
    "white": np.full((200, 200, 3), 255, np.uint8),
    "noise": np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8),
    "checkerboard": checkerboard(640, 480),
    "slim": np.full((32, 1200, 3), 120, np.uint8),
    **{f"wall {n}": backdrop(1280, 720, 100 + n) for n in range(6)},
    "back of a head": cv2.ellipse(
        np.full((400, 400, 3), 150, np.uint8), (200, 200), (70, 95), 0, 0, 360, (70, 45, 30), -1
    ),
}


@pytest.mark.parametrize("name", NO_FACE)
def test_no_face_is_seen_where_there_is_none(faces_in, name):
    assert faces_in(NO_FACE[name]) == []


def test_the_box_of_a_mesh_lies_on_the_detected_box(faces_in, detector):
    for name in ("portrait-genuine.jpg", "portrait-synthetic.jpg"):
        (face,) = faces_in(sample(name))
        found = detector.find(sample(name))
        meshed = box_of_mesh(face.landmarks_px)
        assert overlap_matrix(meshed[None], found[0].box_xyxy[None])[0, 0] > 0.7
