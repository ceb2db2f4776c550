import io

import cv2
import numpy as np
import pytest
from face_scenes import sample
from PIL import Image

from unmask.faces.quality import blockiness, face_quality


def measured(image, faces_in):
    (face,) = faces_in(np.ascontiguousarray(image))
    return face.quality


@pytest.fixture(scope="module")
def portrait():
    return sample("portrait-synthetic.jpg")


@pytest.fixture(scope="module")
def reference(portrait, faces_in):
    return measured(portrait, faces_in)


def test_blur_costs_sharpness(portrait, reference, faces_in):
    soft = measured(cv2.GaussianBlur(portrait, (0, 0), 3), faces_in)
    assert soft.sharpness < 0.3 * reference.sharpness
    assert soft.width_px == pytest.approx(reference.width_px, rel=0.1)


def test_an_enlarged_small_face_is_not_sharp(portrait, reference, faces_in):
    small = cv2.resize(portrait, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, portrait.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    assert measured(back, faces_in).sharpness < 0.4 * reference.sharpness


def test_exposure_and_contrast_follow_the_light(portrait, reference, faces_in):
    dark = measured((portrait * 0.4).astype(np.uint8), faces_in)
    assert dark.exposure == pytest.approx(0.4 * reference.exposure, rel=0.1)
    assert dark.contrast == pytest.approx(0.4 * reference.contrast, rel=0.15)
    assert 0 < dark.exposure < reference.exposure < 1


def test_strong_jpeg_shows_blocks(portrait, reference, faces_in):
    stored = io.BytesIO()
    Image.fromarray(portrait).save(stored, "JPEG", quality=8)
    with Image.open(stored) as picture:
        blocked = measured(np.asarray(picture.convert("RGB")), faces_in)
    assert blocked.blockiness > 1.5
    assert 0.8 < reference.blockiness < 1.3


def test_blocks_of_a_hand_made_picture():
    columns = np.arange(64) // 8 * 10
    image = np.repeat(np.tile(columns, (64, 1))[..., None], 3, axis=2).astype(np.uint8)
    # Across the columns 10 on every line and 0 elsewhere: (10 + .1) / (0 + .1). Down the rows 0: 1.
    whole = np.array([0, 0, 64, 64], np.float32)
    assert blockiness(image, whole) == pytest.approx((101 + 1) / 2, rel=0.01)
    assert blockiness(image, np.array([3, 3, 20, 20], np.float32)) == 1.0


def test_a_box_that_leaves_the_picture_is_measured():
    image = np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    quality = face_quality(image, None, np.array([-40, -30, 60, 90], np.float32))
    assert quality.width_px == 100
    assert all(np.isfinite(v) for v in (quality.sharpness, quality.exposure, quality.blockiness))
