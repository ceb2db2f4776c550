"""The frame detector: one network pass per view of a face gives class, heat map and blend map.

Observation -> [here] -> one Evidence per person. Everything between the pixels and the number is
read from the bundle's card (size, mean, std, colour, margins, flip, calibration, track rule); the
crop is the one of training (`faces/crop.py`). The heat map is an output of the same graph: for a
network that ends in average pooling and a linear head, Grad-CAM (Selvaraju et al., 2017) is the
class-activation map (Zhou et al., 2016); ours is of the log-odds "likeliest manipulation : real".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.detectors.track_rule import consensus
from unmask.detectors.usability import common_reason, fitness, reason_against
from unmask.faces.crop import take_crop
from unmask.models.bundle import INPUT, Bundle
from unmask.models.card import Card, FloatVector
from unmask.models.preprocess import network_input
from unmask.settings import Settings
from unmask.types import (
    Evidence,
    Face,
    FaceTrack,
    FloatArray,
    HeatMap,
    ImageArray,
    MediaKind,
    Moment,
    Observation,
    Reason,
)

DETECTOR = "image"
CUE = "face"
VIEWS_AT_ONCE = 4  # one face: larger batches leave the cache and cost a fifth more CPU per view


@dataclass(frozen=True, slots=True, eq=False)
class FaceScore:
    """What the network says of one face.

    logits         (C,) float64, mean over the views
    cam            (C, h, w) float32 of the first margin, mean of plain and flipped-back
    blend          (H, W) float32, likewise, or None
    crop_rgb       (S, S, 3) uint8, the first view
    crop_to_frame  (2, 3) of that view
    """

    logits: FloatVector
    cam: FloatArray
    blend: FloatArray | None
    crop_rgb: ImageArray
    crop_to_frame: FloatArray


class ImageDetector:
    """Scores every usable face of an observation with one bundle; holds a warm session."""

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        self._card: Card = bundle.card
        self._settings = settings
        self._session = bundle.open_session(settings.threads)
        names = bundle.card.outputs
        self._names = [n for n in (names.logits, names.cam, names.blend) if n]

    def detect(self, observation: Observation) -> list[Evidence]:
        """One Evidence per track, in their order; abstains with a reason where it must."""
        return [self._judge_track(observation, track) for track in observation.tracks]

    def score_faces(self, observation: Observation, faces: Sequence[Face]) -> list[FaceScore]:
        """The network's answer to each face, whatever its quality; all views in few passes."""
        card = self._card
        flips = (False, True) if card.crop.flip else (False,)
        views: list[ImageArray] = []
        firsts: list[tuple[ImageArray, FloatArray]] = []
        for face in faces:
            image = observation.frame(face.frame_index).image_rgb
            for position, margin in enumerate(card.crop.margins):
                crop, affine = take_crop(
                    image,
                    face.landmarks_px,
                    face.box_xyxy,
                    margin=margin,
                    size_px=card.input.size_px,
                )
                views.extend(crop[:, ::-1] if flip else crop for flip in flips)
                if position == 0:
                    firsts.append((crop, affine))
        shape = (len(faces), len(card.crop.margins), len(flips))
        outputs = [one.reshape(*shape, *one.shape[1:]) for one in self._run(views)]
        logits = outputs[0].astype(np.float64).mean(axis=(1, 2))
        cams = _first_margin(outputs[1])
        blends = _first_margin(outputs[2])[:, 0] if len(outputs) > 2 else [None] * len(faces)
        return [
            FaceScore(logits[i], cams[i], blends[i], crop, affine)
            for i, (crop, affine) in enumerate(firsts)
        ]

    def _run(self, views: Sequence[ImageArray]) -> list[FloatArray]:
        parts: list[list[FloatArray]] = []
        for start in range(0, len(views), VIEWS_AT_ONCE):
            batch = network_input(np.stack(views[start : start + VIEWS_AT_ONCE]), self._card.input)
            parts.append(self._session.run(self._names, {INPUT: batch}))
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _judge_track(self, observation: Observation, track: FaceTrack) -> Evidence:
        limits, width_min = self._card.limits_of_use, self._settings.face_width_min_px
        against = [reason_against(face, limits, width_min) for face in track.faces]
        usable = [i for i, reason in enumerate(against) if reason is None]
        if not usable:
            reasons = [reason for reason in against if reason is not None]
            series = self._series(track, against, {})
            return _abstain(track, common_reason(reasons), series)
        scores = self.score_faces(observation, [track.faces[i] for i in usable])
        series = self._series(track, against, dict(zip(usable, scores, strict=True)))
        is_clip = observation.media.kind is MediaKind.VIDEO
        if is_clip and len(usable) < self._card.track.min_frames:
            return _abstain(track, Reason.TOO_FEW_FRAMES, series)
        return self._conclude(track, usable, scores, series, is_clip=is_clip)

    def _series(
        self,
        track: FaceTrack,
        against: Sequence[Reason | None],
        scores: dict[int, FaceScore],
    ) -> tuple[Moment, ...]:
        moments = []
        for i, (face, reason) in enumerate(zip(track.faces, against, strict=True)):
            score = self._card.probability(scores[i].logits)[1] if i in scores else None
            moments.append(Moment(face.time_s, score, reason, face.frame_index))
        return tuple(moments)

    def _conclude(
        self,
        track: FaceTrack,
        usable: Sequence[int],
        scores: Sequence[FaceScore],
        series: tuple[Moment, ...],
        *,
        is_clip: bool,
    ) -> Evidence:
        """The track's evidence: its map is that of the kept frame that speaks most against it."""
        card = self._card
        logits, kept = consensus(np.stack([score.logits for score in scores]), card)
        by_class, probability = card.probability(logits)
        telling = max(kept, key=lambda i: card.log_odds(scores[i].logits))
        face = track.faces[usable[telling]]
        fit = sum(fitness(track.faces[i], card.limits_of_use) for i in usable)
        return Evidence(
            detector=DETECTOR,
            cue=CUE,
            subject=track.id,
            score=probability,
            reliability=fit / len(track.faces),
            class_probabilities=by_class,
            interval=card.interval(probability),
            series=series,
            heat_map=heat_map_of(scores[telling], face, card),
            time_s=face.time_s if is_clip else None,
        )


def heat_map_of(score: FaceScore, face: Face, card: Card) -> HeatMap:
    """The map of log-odds(most likely manipulation : real) of one scored face, never min-maxed."""
    chosen = card.most_likely_manipulation(score.logits)
    return HeatMap(
        values=score.cam[chosen] - score.cam[card.real_index],
        scale=card.heat_map.scale,
        crop_to_frame=score.crop_to_frame,
        crop_rgb=score.crop_rgb,
        frame_index=face.frame_index,
        blend=score.blend,
    )


def _first_margin(maps: FloatArray) -> FloatArray:
    """(n, margins, flips, c, h, w) -> (n, c, h, w): mean of plain and flipped-back maps."""
    first = maps[:, 0]
    if first.shape[1] == 1:
        return first[:, 0]
    mean: FloatArray = (first[:, 0] + first[:, 1, ..., ::-1]) / np.float32(2)
    return mean


def _abstain(track: FaceTrack, reason: Reason, series: tuple[Moment, ...]) -> Evidence:
    return Evidence(
        detector=DETECTOR,
        cue=CUE,
        subject=track.id,
        score=None,
        reason=reason,
        reliability=0.0,
        series=series,
    )
