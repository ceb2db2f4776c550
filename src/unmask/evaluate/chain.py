"""One target through the very chain that serves: decode, find faces, detect, judge.

Stands between `targets.py` and `scoring.py`. A file of a folder goes through the sandbox and
`Analyzer.judge`, so its probability is that of its most suspicious person. A face of a manifest
whose mesh is known goes straight to the detector. A change of `media/degrade.py` is applied to the
whole frame before faces are looked for (for a manifest: to the stored picture).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from unmask.analyzer import Analyzer
from unmask.detectors.fusion import outcome_of
from unmask.detectors.image import ImageDetector
from unmask.errors import LimitError, RefusedError
from unmask.evaluate.scores import read_picture, score_known
from unmask.faces.boxes import overlap_matrix
from unmask.media.degrade import degrade_at
from unmask.media.sandbox import Decoded, Decoder
from unmask.media.source import open_source
from unmask.models.bundle import Bundle
from unmask.settings import Settings
from unmask.types import (
    FloatArray,
    Frame,
    MediaInfo,
    MediaKind,
    Observation,
    Reason,
    Verdict,
)

SAME_FACE = 0.1  # overlap with the manifest's box from which a face found is the one meant
AS_IS = ("none", 0)
Line = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing to score.

    box        (4,) of a manifest's face, or None for a whole file
    landmarks  (478, 2) where the mesh is known, else None
    change     (kind, level) of a degradation; AS_IS takes the long way without one; None the short
    """

    path: str
    box: FloatArray | None = None
    landmarks: FloatArray | None = None
    change: tuple[str, int] | None = None


class Chain:
    """Scores items one after the other with one bundle; decoder and networks stay warm."""

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        self._card = bundle.card
        self._settings = settings
        self._detector = ImageDetector(bundle, settings)
        self._analyzer = Analyzer(settings, bundle=bundle.folder)
        self._decoder: Decoder | None = None

    def close(self) -> None:
        """End the decoder's worker."""
        self._analyzer.close()
        if self._decoder is not None:
            self._decoder.close()

    def score(self, item: Item) -> Line:
        """{status, p, outcome, reason, error, faces, faces_scored, …} of one item.

        status is scored, abstained (a face, but no probability: `reason`), no_face, or unreadable
        (`error` = kind). Never raises for a bad file.
        """
        try:
            if item.box is not None and item.landmarks is not None and item.change is None:
                return self._score_known(Path(item.path), item.landmarks, item.box)
            return self._score_found(item)
        except (RefusedError, LimitError) as error:
            return line("unreadable", error=str(error.kind))

    def _score_known(self, path: Path, landmarks: FloatArray, box: FloatArray) -> Line:
        card = self._card
        known = score_known(self._detector, card, self._settings, path, landmarks, box)
        reason = str(known.pop("reason"))
        logits = np.array([known[f"logit_{name}"] for name in card.classes], np.float64)
        if reason:
            return line("abstained", reason=reason, faces=1) | known
        p = card.probability(logits)[1]
        quality = (cast(float, known[name]) for name in ("blockiness", "sharpness"))
        outcome = str(outcome_of(p, card, against=card.verdict.against_clearing(*quality))[0])
        return line("scored", p=p, outcome=outcome, faces=1, faces_scored=1) | known

    def _score_found(self, item: Item) -> Line:
        decoded = self._decode(item)
        frames = _changed(decoded.frames, item)
        observation, verdicts = self._analyzer.judge(replace(decoded, frames=frames))
        persons = verdicts[:-1]
        if item.box is None:
            return _line_of(verdicts[-1], persons)
        meant = _person_of(observation, item.box)
        return _line_of(persons[meant], persons[meant : meant + 1]) if meant >= 0 else LOST.copy()

    def _decode(self, item: Item) -> Decoded:
        if item.box is not None:
            image = read_picture(Path(item.path))
            height, width = image.shape[:2]
            digest = hashlib.sha256(image.tobytes()).hexdigest()
            media = MediaInfo(MediaKind.IMAGE, "jpeg", width, height, image.nbytes, digest)
            return Decoded(media, (Frame(image, 0, 0.0),))
        if self._decoder is None:
            self._decoder = Decoder(self._settings)
        with open_source(Path(item.path), self._settings) as source:
            return self._decoder.decode(source, frames=self._settings.frames)


def line(
    status: str,
    *,
    p: float | None = None,
    outcome: str = "",
    reason: str = "",
    error: str = "",
    faces: int = 0,
    faces_scored: int = 0,
) -> Line:
    """A row of the result; `p` None becomes NaN in the table and is never a number elsewhere."""
    return {
        "status": status,
        "p": np.nan if p is None else p,
        "outcome": outcome,
        "reason": reason,
        "error": error,
        "faces": faces,
        "faces_scored": faces_scored,
    }


LOST = line("no_face", reason=str(Reason.NO_FACE))


def _line_of(verdict: Verdict, persons: Sequence[Verdict]) -> Line:
    """The line of a file's verdict, or of one person's; `persons` are those counted."""
    reasons = [str(reason) for reason in verdict.reasons]
    if verdict.fake_probability is not None:
        return line(
            "scored",
            p=verdict.fake_probability,
            outcome=str(verdict.outcome),
            reason=" ".join(reasons),
            faces=len(persons),
            faces_scored=sum(one.fake_probability is not None for one in persons),
        )
    if not persons:
        return LOST.copy()
    return line("abstained", reason=reasons[0], faces=len(persons))


def _changed(frames: Sequence[Frame], item: Item) -> tuple[Frame, ...]:
    if item.change is None or item.change == AS_IS:
        return tuple(frames)
    kind, level = item.change
    seed = hashlib.sha256(f"{item.path} {kind} {level}".encode()).digest()
    return tuple(
        replace(
            frame,
            image_rgb=degrade_at(
                frame.image_rgb, kind, level, np.random.default_rng([*seed[:8], frame.index])
            ),
        )
        for frame in frames
    )


def _person_of(observation: Observation, box: FloatArray) -> int:
    """Position of the person whose face is the manifest's, or -1 where it is lost."""
    if not observation.tracks:
        return -1
    boxes = np.stack([track.faces[0].box_xyxy for track in observation.tracks])
    overlap = overlap_matrix(boxes.astype(np.float32), box[None].astype(np.float32))[:, 0]
    best = int(overlap.argmax())
    return best if overlap[best] >= SAME_FACE else -1
