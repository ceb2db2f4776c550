"""One reader for all tests of this folder: its networks open once."""

from __future__ import annotations

import pytest
from face_scenes import frames_of, media_of

from unmask.faces.detect import FaceDetector
from unmask.faces.reader import FaceReader


@pytest.fixture(scope="session")
def detector():
    return FaceDetector()


@pytest.fixture(scope="session")
def reader():
    return FaceReader()


@pytest.fixture(scope="session")
def faces_in(reader):
    """Picture to its faces, left to right."""

    def look(image):
        observation = reader.observe(media_of([image]), frames_of([image]))
        return [track.faces[0] for track in observation.tracks]

    return look
