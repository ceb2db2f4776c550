"""Scores of a bundle on the rows of a manifest: one line per face, through the serving detector."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from unmask.data.face_store import MESH_SCORE_MIN
from unmask.data.meshes import read_rgb
from unmask.detectors.image import FaceScore, ImageDetector, heat_map_of
from unmask.detectors.usability import reason_against
from unmask.errors import ErrorKind, RefusedError
from unmask.explain.regions import measure_regions
from unmask.faces.pose import head_pose
from unmask.faces.quality import face_quality
from unmask.models.bundle import Bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.types import (
    Face,
    FaceTrack,
    FloatArray,
    Frame,
    ImageArray,
    MediaInfo,
    MediaKind,
    Observation,
)

UNREADABLE = "unreadable"


def score_rows(
    bundle: Bundle,
    table: pd.DataFrame,
    landmarks: FloatArray,
    mesh_score: FloatArray,
    settings: Settings | None = None,
) -> pd.DataFrame:
    """The table with the logits, the abstention, the quality and the map of every face.

    Adds logit_CLASS, reason ("" = usable; "no_face" where no mesh was found; `UNREADABLE` where
    the picture could not be read), sharpness, blockiness, exposure, face_width_px, yaw_deg, peak
    (highest value of the map over the card's scale), shares {region: share of the map's positive
    mass}. Rows keep their order; none is dropped.
    """
    settings = settings or Settings()
    detector = ImageDetector(bundle, settings)
    lines: list[dict[str, object]] = []
    for index, row in enumerate(table.itertuples()):
        line: dict[str, object] = {"reason": "no_face"}
        if mesh_score[index] >= MESH_SCORE_MIN:
            box = np.array([row.x1, row.y1, row.x2, row.y2], np.float32)
            try:
                line = score_known(
                    detector, bundle.card, settings, Path(row.path), landmarks[index], box
                )
            except RefusedError:
                line = {"reason": UNREADABLE}
        lines.append(line)
    scored = pd.DataFrame(lines) if lines else pd.DataFrame(columns=["reason"])
    return table.reset_index(drop=True).join(scored)


def score_known(
    detector: ImageDetector,
    card: Card,
    settings: Settings,
    path: Path,
    landmarks: FloatArray,
    box: FloatArray,
) -> dict[str, object]:
    """One face whose mesh is known, as a line of `score_rows`; RefusedError if unreadable."""
    face, observation = observe_known(path, landmarks, box)
    score = detector.score_faces(observation, [face])[0]
    reason = reason_against(face, card.limits_of_use, settings.face_width_min_px)
    quality, pose = face.quality, face.head_pose_deg
    line: dict[str, object] = dict(_logits(card, score))
    line |= {
        "reason": "" if reason is None else str(reason),
        "sharpness": quality.sharpness if quality else np.nan,
        "blockiness": quality.blockiness if quality else np.nan,
        "exposure": quality.exposure if quality else np.nan,
        "face_width_px": face.width_px,
        "yaw_deg": pose[0] if pose else np.nan,
    }
    heat_map = heat_map_of(score, face, card)
    line["peak"] = float(heat_map.values.max() / heat_map.scale)
    line["shares"] = {share.name: share.mass for share in measure_regions(face, heat_map)}
    return line


def _logits(card: Card, score: FaceScore) -> Iterator[tuple[str, float]]:
    for name, value in zip(card.classes, score.logits, strict=True):
        yield f"logit_{name}", float(value)


def read_picture(path: Path) -> ImageArray:
    """A picture of a manifest, (H, W, 3) uint8 RGB; RefusedError where it cannot be read."""
    again = "scan the data again"
    try:
        image = read_rgb(str(path))
    except OSError as error:
        kind = ErrorKind.NOT_FOUND if isinstance(error, FileNotFoundError) else ErrorKind.CORRUPT
        raise RefusedError(kind, f"{path.name} cannot be read: {error.strerror}", again) from error
    if image is None:
        raise RefusedError(ErrorKind.CORRUPT, f"{path.name} is no readable picture", again)
    return image


def observe_known(path: Path, landmarks: FloatArray, box: FloatArray) -> tuple[Face, Observation]:
    """A picture whose face is known from the manifest, as the detector would receive it."""
    image = read_picture(path)
    pose = head_pose(landmarks)
    face = Face(
        box_xyxy=box,
        score=1.0,
        frame_index=0,
        time_s=0.0,
        landmarks_px=landmarks,
        head_pose_deg=None if pose is None else pose.angles_deg,
        quality=face_quality(image, landmarks, box),
    )
    height, width = image.shape[:2]
    digest = hashlib.sha256(image.tobytes()).hexdigest()
    media = MediaInfo(MediaKind.IMAGE, "jpeg", width, height, image.nbytes, digest)
    observation = Observation(media, (Frame(image, 0, 0.0),), (FaceTrack("A", (face,)),))
    return face, observation


def probabilities(scores: pd.DataFrame, card: Card) -> np.ndarray:
    """(N,) P(manipulated) by the card's calibration; NaN where there was no face."""
    logits = scores[[f"logit_{name}" for name in card.classes]].to_numpy(np.float64)
    result = np.full(len(scores), np.nan)
    for index in np.flatnonzero(np.isfinite(logits).all(axis=1)):
        result[index] = card.probability(logits[index])[1]
    return result
