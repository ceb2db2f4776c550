"""The frame detector: one network pass per view of a face gives class, heat map and blend map.

Observation -> [here] -> one Evidence per person. Everything between the pixels and the number is
read from the bundle's card (size, mean, std, colour, margins, flip, calibration, track rule); the
crop is the one of training (`faces/crop.py`). The heat map is an output of the same graph: for a
network that ends in average pooling and a linear head, Grad-CAM (Selvaraju et al., 2017) is the
class-activation map (Zhou et al., 2016); ours is of the log-odds "likeliest manipulation : real".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from unmask.detectors.faithfulness import check_map
from unmask.detectors.fusion import outcome_of
from unmask.detectors.heat import middle_of
from unmask.detectors.peaks import peaks_of
from unmask.detectors.track_features import TrackFeatures
from unmask.detectors.track_rule import consensus
from unmask.detectors.usability import common_reason, fitness, reason_against
from unmask.faces.crop import take_crop
from unmask.models.bundle import INPUT, Bundle
from unmask.models.card import Card, FloatVector
from unmask.models.preprocess import network_input
from unmask.models.session import default_threads
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
    Outcome,
    Reason,
)

DETECTOR = "image"
CUE = "face"


@dataclass(frozen=True, slots=True, eq=False)
class FaceScore:
    """What the network says of one face.

    logits         (C,) float64, mean over the views
    cam            (C, h, w) float32 of the first margin, mean of plain and flipped-back
    blend          (H, W) float32, likewise, or None
    crop_rgb       (S, S, 3) uint8, the first view
    crop_to_frame  (2, 3) of that view
    first_logits   (C,) float32 of that view alone
    cam_views      (1 or 2, C, h, w) float32: the first view's, and a mirrored view's turned back
    features       (F,) float32 before the class head, mean over the views, or None
    edit           log-odds of an edited part against a swapped face, mean over the views, or None
    """

    logits: FloatVector
    cam: FloatArray
    blend: FloatArray | None
    crop_rgb: ImageArray
    crop_to_frame: FloatArray
    first_logits: FloatArray
    cam_views: FloatArray
    features: FloatArray | None = None
    edit: float | None = None


class ImageDetector:
    """Scores every usable face of an observation with one bundle; holds a warm session."""

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        self._card: Card = bundle.card
        self._settings = settings
        # Each thread runs views of its own: none waits for another inside the network, and the
        # bits are those of one thread.
        self._session = bundle.open_session(1, batch=1)
        threads = default_threads(settings.threads)
        self._pool = ThreadPoolExecutor(threads, "views") if threads > 1 else None
        names = bundle.card.outputs
        self._names = list(names.names)
        self._blend_at = self._names.index(names.blend) if names.blend else None
        self._features_at = self._names.index(names.features) if names.features else None
        self._edit_at = self._names.index(names.edit) if names.edit else None

    def detect(self, observation: Observation, *, check_maps: bool = False) -> list[Evidence]:
        """One Evidence per track, in their order; abstains with a reason where it must.

        With `check_maps` every map that speaks for a manipulation is put to the deletion test,
        at the cost of three more views (`faithfulness.py`); scores are the same without it.
        """
        return self.look(observation, check_maps=check_maps)[0]

    def look(
        self, observation: Observation, *, check_maps: bool = False
    ) -> tuple[list[Evidence], list[TrackFeatures]]:
        """As `detect`, with what the network leaves behind of each track for judging over time."""
        pairs = [
            self._judge_track(observation, one, check_maps=check_maps) for one in observation.tracks
        ]
        return [evidence for evidence, _ in pairs], [features for _, features in pairs]

    def score_faces(self, observation: Observation, faces: Sequence[Face]) -> list[FaceScore]:
        """The network's answer to each face, whatever its quality; all views in few passes."""
        card = self._card
        recipe, views = card.crop.views, list[ImageArray]()
        firsts: list[tuple[ImageArray, FloatArray]] = []
        for face in faces:
            image = observation.frame(face.frame_index).image_rgb
            crops = {
                margin: take_crop(
                    image,
                    face.landmarks_px,
                    face.box_xyxy,
                    margin=margin,
                    size_px=card.input.size_px,
                )
                for margin in card.crop.margins
            }
            firsts.append(crops[card.crop.margins[0]])
            for margin, mirrored in recipe:
                crop, _ = crops[margin]
                views.append(crop[:, ::-1] if mirrored else crop)
        shape = (len(faces), len(recipe))
        outputs = [one.reshape(*shape, *one.shape[1:]) for one in self.run(views)]
        logits = outputs[0].astype(np.float64).mean(axis=1)
        plain, of_map = outputs[0][:, 0], len(card.crop.map_flips)
        cams = _turned_back(outputs[1][:, :of_map])
        cam_views = self._with_mirrored(cams, outputs[1])
        blends = [None] * len(faces)
        if self._blend_at is not None:
            blends = _turned_back(outputs[self._blend_at][:, :of_map])[:, :, 0].mean(axis=1)
        features = [None] * len(faces)
        if self._features_at is not None:
            features = outputs[self._features_at].mean(axis=1)
        edits = [None] * len(faces)
        if self._edit_at is not None:
            edits = outputs[self._edit_at].astype(np.float64).mean(axis=(1, 2)).tolist()
        return [
            FaceScore(
                logits[i],
                cams[i].mean(axis=0),
                blends[i],
                crop,
                affine,
                plain[i],
                cam_views[i],
                features[i],
                edits[i],
            )
            for i, (crop, affine) in enumerate(firsts)
        ]

    def _with_mirrored(self, cams: FloatArray, outputs: FloatArray) -> FloatArray:
        """The maps of plain and mirrored views (n, 1 or 2, C, h, w); one if nothing was mirrored.

        Where plain and mirrored take turns, the mirrored one is cut to the first, tighter margin.
        """
        crop = self._card.crop
        if not crop.alternate or len(crop.margins) == 1 or crop.margins[1] < crop.margins[0]:
            return cams
        mirrored = middle_of(outputs[:, 1:2, ..., ::-1], crop.margins[0] / crop.margins[1])
        return np.concatenate([cams, mirrored], axis=1)

    def run(self, views: Sequence[ImageArray]) -> list[FloatArray]:
        """The outputs of crops (S, S, 3): logits, cams, and what else the bundle's card names."""
        each: Iterable[list[FloatArray]] = map(self._run_one, views)
        if self._pool is not None and len(views) > 1:
            each = self._pool.map(self._run_one, views)
        return [np.concatenate(column) for column in zip(*each, strict=True)]

    def _run_one(self, view: ImageArray) -> list[FloatArray]:
        batch = network_input(view[None], self._card.input)
        outputs: list[FloatArray] = self._session.run(self._names, {INPUT: batch})
        return outputs

    def _judge_track(
        self, observation: Observation, track: FaceTrack, *, check_maps: bool
    ) -> tuple[Evidence, TrackFeatures]:
        limits, width_min = self._card.limits_of_use, self._settings.face_width_min_px
        against = [reason_against(face, limits, width_min) for face in track.faces]
        usable = [i for i, reason in enumerate(against) if reason is None]
        if not usable:
            reasons = [reason for reason in against if reason is not None]
            series = self._series(track, against, {})
            return _abstain(track, common_reason(reasons), series), features_of(track, (), ())
        scores = self.score_faces(observation, [track.faces[i] for i in usable])
        series = self._series(track, against, dict(zip(usable, scores, strict=True)))
        features = features_of(track, usable, scores)
        is_clip = observation.media.kind is MediaKind.VIDEO
        if is_clip and len(usable) < self._card.track.min_frames:
            return _abstain(track, Reason.TOO_FEW_FRAMES, series), features
        evidence = self._conclude(track, usable, scores, series, is_clip=is_clip)
        if check_maps:
            by_frame = dict(zip((track.faces[i].frame_index for i in usable), scores, strict=True))
            evidence = self._checked(evidence, by_frame, is_clip=is_clip)
        return evidence, features

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
        """The track's evidence, with the map of the kept frame that speaks most against it."""
        card = self._card
        logits, kept = consensus(np.stack([score.logits for score in scores]), card)
        by_class, probability = card.probability(logits)
        edits = [score.edit for score in scores if score.edit is not None]
        if edits:
            by_class = card.with_edits(by_class, sum(edits) / len(edits))
        telling = max(kept, key=lambda i: card.log_odds(scores[i].logits))
        face = track.faces[usable[telling]]
        fit = sum(fitness(track.faces[i], card.limits_of_use) for i in usable)
        places = {track.faces[i].frame_index: place for place, i in enumerate(usable)}
        peaks = [places[one.frame_index] for one in peaks_of(series)] if is_clip else []
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
            peaks=tuple(heat_map_of(scores[i], track.faces[usable[i]], card) for i in peaks),
            time_s=face.time_s if is_clip else None,
        )

    def _checked(
        self, evidence: Evidence, scores: Mapping[int, FaceScore], *, is_clip: bool
    ) -> Evidence:
        """The evidence with its maps tested, where its score leaves a manipulation open.

        `scores` are those of its faces, by their frame.

        Always in a clip whose people are judged by more than this score.
        """
        heat_map, score = evidence.heat_map, evidence.score
        if heat_map is None or score is None:
            return evidence
        decides = not (is_clip and self._card.fusion is not None)
        if decides and outcome_of(score, self._card)[0] is Outcome.NO_EVIDENCE:
            return evidence
        tested = {
            one.frame_index: check_map(scores[one.frame_index], one, self._card, self.run)
            for one in (heat_map, *evidence.peaks)
        }
        first, *peaks = (
            replace(one, faithfulness=tested[one.frame_index])
            for one in (heat_map, *evidence.peaks)
        )
        return replace(evidence, heat_map=first, peaks=tuple(peaks))


def features_of(
    track: FaceTrack, usable: Sequence[int], scores: Sequence[FaceScore]
) -> TrackFeatures:
    """Features and logits of the usable faces; none where the bundle's network gives none."""
    rows = [one.features for one in scores if one.features is not None]
    faces = [track.faces[i] for i in usable] if rows else []
    edits = [one.edit for one in scores if one.edit is not None] if rows else []
    return TrackFeatures(
        track.id,
        np.stack(rows) if rows else np.zeros((0, 0), np.float32),
        np.stack([one.logits for one in scores]) if rows else np.zeros((0, 0)),
        np.array([face.time_s for face in faces], np.float64),
        np.array([face.frame_index for face in faces], np.int64),
        np.array(edits, np.float64) if edits else None,
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


def _turned_back(maps: FloatArray) -> FloatArray:
    """(n, 1 or 2, c, h, w) of the first margin: plain and, turned back here, mirrored."""
    return np.concatenate([maps[:, :1], maps[:, 1:, ..., ::-1]], axis=1)


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
