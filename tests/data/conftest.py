"""Faces to test on: the shipped samples, at the sizes the training uses."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import unmask
from unmask.data.scene_spec import Person
from unmask.data.scenes import read_person
from unmask.faces.mesh import FaceMesh
from unmask.types import FloatArray, ImageArray

SAMPLES = Path(unmask.__file__).parent / "samples"


@pytest.fixture(scope="session")
def truth() -> dict:
    return json.loads((SAMPLES / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def face_mesh() -> FaceMesh:
    return FaceMesh(threads=1)


def read_sample(name: str) -> ImageArray:
    return cv2.imread(str(SAMPLES / name), cv2.IMREAD_COLOR_RGB)


def sample_person(name: str, truth: dict, mesh: FaceMesh, face_px: float) -> Person:
    """The person of a one-person sample, cut to 1.9 x the face and scaled to `face_px`."""
    image, who = read_sample(name), truth[name]["people"][0]
    box = np.array(who["box_xyxy"], np.float32)
    scale = face_px / float((box[2:] - box[:2]).max())
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    box = box * scale
    reach = 0.95 * face_px
    x, y = (box[:2] + box[2:]) / 2
    left, top = max(0, round(x - reach)), max(0, round(y - reach))
    cut = np.ascontiguousarray(image[top : round(y + reach), left : round(x + reach)])
    box = box - np.array([left, top, left, top], np.float32)
    return read_person(mesh, who["name"], cut, box, synthetic=who["synthetic"])


@pytest.fixture(scope="session")
def person(truth: dict, face_mesh: FaceMesh) -> Person:
    return sample_person("portrait-genuine.jpg", truth, face_mesh, 100)


@pytest.fixture(scope="session")
def stranger(truth: dict, face_mesh: FaceMesh) -> Person:
    return sample_person("portrait-synthetic.jpg", truth, face_mesh, 130)


@pytest.fixture(scope="session")
def face(person: Person) -> tuple[ImageArray, FloatArray]:
    return person.image_rgb, person.landmarks_px


@pytest.fixture(scope="session")
def donor(stranger: Person) -> tuple[ImageArray, FloatArray]:
    return stranger.image_rgb, stranger.landmarks_px
