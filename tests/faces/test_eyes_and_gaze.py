import numpy as np
import pytest
from face_scenes import backdrop, put, sample

from unmask.faces.gaze import gaze_angles
from unmask.faces.iris import Eye, IrisFinder, with_irises
from unmask.faces.mesh_regions import LEFT_EYE, RIGHT_EYE
from unmask.faces.pose import HeadPose

UNIT_PX = 100.0  # distance of the outer corners


def eyes_looking(dx, dy, openness=0.35, other=None):
    """Two drawn eyes whose irises are moved by (dx, dy) px from where they look straight on."""
    eyes = []
    for x in (-35, 35):
        corners = np.array([[x - 15, 0], [x + 15, 0]], np.float32)
        iris = np.tile(np.array([x + dx, -2 + dy], np.float32), (5, 1))
        eyes.append(Eye(iris, corners, openness))
    return eyes[0], eyes[1]


def front(yaw=0.0):
    y = np.radians(yaw)
    turn = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    return HeadPose(turn, UNIT_PX, 0.0, 1.0)


def test_straight_eyes_look_into_the_camera():
    assert gaze_angles(eyes_looking(0, 0), front()) == pytest.approx((0, 0), abs=0.5)


@pytest.mark.parametrize(
    ("move", "sign"), [((4, 0), (1, 0)), ((-4, 0), (-1, 0)), ((0, -3), (0, 1)), ((0, 3), (0, -1))]
)
def test_signs_of_the_gaze(move, sign):
    yaw, pitch = gaze_angles(eyes_looking(*move), front())
    assert (round(yaw / 21), round(pitch / 16)) == sign


def test_a_turned_head_carries_its_gaze():
    yaw, _ = gaze_angles(eyes_looking(0, 0), front(30))
    assert 4 < yaw < 30


def test_gaze_is_none_where_it_cannot_be_told():
    assert gaze_angles(None, front()) is None
    assert gaze_angles(eyes_looking(0, 0), front(60)) is None
    assert gaze_angles(eyes_looking(0, 0, openness=0.05), front()) is None


def test_one_open_eye_is_enough():
    shut, _ = eyes_looking(0, 0, openness=0.05)
    _, opened = eyes_looking(5, 0)
    yaw, _ = gaze_angles((shut, opened), front())
    assert yaw > 15


def test_irises_lie_inside_the_eyes(faces_in):
    (face,) = faces_in(sample("portrait-synthetic.jpg"))
    marks = face.landmarks_px
    for centre, ring, contour in (
        (468, slice(469, 473), LEFT_EYE),
        (473, slice(474, 478), RIGHT_EYE),
    ):
        low, high = marks[list(contour)].min(axis=0), marks[list(contour)].max(axis=0)
        assert (low - 2 < marks[centre]).all()
        assert (marks[centre] < high + 2).all()
        spread = np.hypot(*(marks[ring] - marks[centre]).T)
        assert spread.min() > 0.1 * (high - low)[0]
        assert spread.max() < 0.35 * (high - low)[0]
    assert marks[468, 0] < marks[473, 0]


def test_small_faces_have_irises_at_the_eyes_centres(faces_in):
    (face,) = faces_in(put(backdrop(640, 480), "astronaut", (320, 240), 48))
    marks = face.landmarks_px
    assert face.gaze_deg is None
    assert np.allclose(marks[468:473], marks[list(LEFT_EYE)].mean(axis=0), atol=1e-3)
    assert np.allclose(marks[473:478], marks[list(RIGHT_EYE)].mean(axis=0), atol=1e-3)


def test_the_mesh_proper_is_left_alone():
    marks = np.random.default_rng(0).uniform(0, 200, (478, 2)).astype(np.float32)
    changed = with_irises(marks, eyes_looking(0, 0))
    assert np.array_equal(changed[:468], marks[:468])
    assert not np.array_equal(changed[468:], marks[468:])
    assert IrisFinder().find(np.zeros((99, 99, 3), np.uint8), marks, 59.9) is None


@pytest.mark.parametrize("name", ["portrait-genuine.jpg", "portrait-synthetic.jpg"])
def test_a_mirrored_picture_mirrors_the_gaze(faces_in, name):
    image = sample(name)
    (face,) = faces_in(image)
    (mirror,) = faces_in(np.ascontiguousarray(image[:, ::-1]))
    assert mirror.gaze_deg[0] == pytest.approx(-face.gaze_deg[0], abs=4)
    assert mirror.gaze_deg[1] == pytest.approx(face.gaze_deg[1], abs=4)


def test_painted_irises_move_the_gaze(faces_in):
    """Shift what is inside the lids to the picture's right, then to its left."""
    image = sample("portrait-synthetic.jpg")
    (face,) = faces_in(image)
    yaws = []
    for shift in (-5, 0, 5):
        painted = image.copy()
        for iris, contour in ((468, LEFT_EYE), (473, RIGHT_EYE)):
            x, y = face.landmarks_px[iris].round().astype(int)
            low, high = (
                face.landmarks_px[list(contour)].min(axis=0),
                face.landmarks_px[list(contour)].max(axis=0),
            )
            r = int((high - low)[0] * 0.25)
            white = image[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])].reshape(-1, 3)
            patch = image[y - 4 : y + 5, x - r : x + r + 1].copy()
            painted[y - 4 : y + 5, x - r : x + r + 1] = np.percentile(white, 75, axis=0)
            painted[y - 4 : y + 5, x - r + shift : x + r + 1 + shift] = patch
        (moved,) = faces_in(painted)
        yaws.append(moved.gaze_deg[0])
    assert yaws[0] + 4 < yaws[1] < yaws[2] - 4
