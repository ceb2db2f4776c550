import cv2
import numpy as np
import pytest
from face_scenes import backdrop, put, sample

from unmask.faces.mesh import MeshFit
from unmask.faces.mesh_check import is_rigid_face
from unmask.faces.pose import MEAN_FACE, POINTS, angles_of, direction_of, head_pose


def turned(yaw, pitch, roll, scale=80.0):
    """A mesh whose rigid points are the mean face turned by known angles (degrees)."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    marks = np.zeros((478, 2), np.float32)
    flat = MEAN_FACE @ (about_y @ about_x @ about_z).T
    marks[list(POINTS)] = flat[:, :2] * scale + (300, 200)
    return marks


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (25, 0, 0), (-40, 10, 0), (15, -20, 30), (0, 30, -45)]
)
def test_known_turns_are_recovered(angles):
    pose = head_pose(turned(*angles))
    assert pose.angles_deg == pytest.approx(angles, abs=0.5)
    assert pose.residual < 1e-3
    assert pose.stretch == pytest.approx(1, abs=1e-3)


def test_signs_of_the_directions():
    assert direction_of(90, 0) == pytest.approx([1, 0, 0], abs=1e-9)  # to the picture's right
    assert direction_of(0, 90) == pytest.approx([0, -1, 0], abs=1e-9)  # up
    assert direction_of(0, 0) == pytest.approx([0, 0, -1], abs=1e-9)  # into the camera
    for yaw, pitch in ((10, 20), (-60, 5), (170, -30)):
        assert angles_of(direction_of(yaw, pitch)) == pytest.approx((yaw, pitch))


def test_a_nose_moved_right_is_a_turn_to_the_right():
    marks = turned(0, 0, 0)
    marks[[4, 1, 5, 195, 197]] += (20, 0)
    assert head_pose(marks).angles_deg[0] > 5


def test_the_mean_face_is_symmetric():
    mirrored = MEAN_FACE * (-1, 1, 1)
    distance = np.linalg.norm(mirrored[:, None] - MEAN_FACE[None], axis=2).min(axis=1)
    assert distance.max() < 1e-9
    assert head_pose(np.zeros((478, 2), np.float32)) is None


@pytest.mark.parametrize("turn", [-60, -35, -15, 15, 35, 60])
@pytest.mark.parametrize("person", ["astronaut", "synthetic"])
def test_roll_of_a_turned_picture(faces_in, person, turn):
    (level,) = faces_in(put(backdrop(640, 480), person, (320, 240), 130))
    (tilted,) = faces_in(put(backdrop(640, 480), person, (320, 240), 130, turn))
    assert tilted.landmarks_px is not None
    assert tilted.head_pose_deg[2] - level.head_pose_deg[2] == pytest.approx(turn, abs=5)
    before = direction_of(*level.head_pose_deg[:2])[:2]
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    expected = np.array([[cos, -sin], [sin, cos]]) @ before
    assert direction_of(*tilted.head_pose_deg[:2])[:2] == pytest.approx(expected, abs=0.12)


@pytest.mark.parametrize("name", ["portrait-genuine.jpg", "portrait-synthetic.jpg"])
def test_a_mirrored_picture_mirrors_the_pose(faces_in, name):
    image = sample(name)
    (face,) = faces_in(image)
    (mirror,) = faces_in(np.ascontiguousarray(image[:, ::-1]))
    yaw, pitch, roll = face.head_pose_deg
    assert mirror.head_pose_deg == pytest.approx((-yaw, pitch, -roll), abs=4)


def test_landmarks_follow_the_picture(faces_in):
    image = put(backdrop(640, 480), "synthetic", (300, 220), 150)
    (face,) = faces_in(image)
    (moved,) = faces_in(put(backdrop(640, 480), "synthetic", (340, 250), 150))
    apart = moved.landmarks_px - face.landmarks_px - (40, 30)
    assert np.abs(apart).mean() < 2.5
    (larger,) = faces_in(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    assert np.abs(larger.landmarks_px / 2 - face.landmarks_px).mean() < 2.5


def test_points_that_are_no_head_are_refused():
    sound = turned(20, 0, 10)
    assert is_rigid_face(MeshFit(sound, np.zeros(468, np.float32), 0.9), head_pose(sound))
    assert not is_rigid_face(MeshFit(sound, np.zeros(468, np.float32), 0.3), head_pose(sound))
    wild = sound.copy()
    wild[list(POINTS)] += np.random.default_rng(0).normal(0, 12, (len(POINTS), 2))
    assert not is_rigid_face(MeshFit(wild, np.zeros(468, np.float32), 0.9), head_pose(wild))
    wide = sound * (1.6, 1)
    assert not is_rigid_face(MeshFit(wide, np.zeros(468, np.float32), 0.9), head_pose(wide))
