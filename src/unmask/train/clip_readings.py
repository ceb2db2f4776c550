"""What a bundle sees of clips, person by person, read once and kept on disk.

Clip -> decoder, face reader, image detector, cues: the code that serves -> Reading. The features of
the frame network come from the one pass that judges the frames. A clip's readings lie in the cache
under the hash of its bytes and of everything on the card that changes them, so that training the
network over time again takes seconds, another calibration costs nothing, and another frame network
means one pass over the clips.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unmask.data.clips import Clip, ClipPerson
from unmask.data.pool import map_in_processes
from unmask.detectors.coherence.measure import ALL, NONE, CueReader, parse_cues
from unmask.detectors.image import ImageDetector
from unmask.detectors.track_features import TrackFeatures
from unmask.detectors.track_rule import consensus
from unmask.errors import UsageError
from unmask.faces.reader import FaceReader
from unmask.media.sandbox import Decoder
from unmask.media.source import open_source
from unmask.models.bundle import Bundle, load_bundle
from unmask.models.card import REAL, Card
from unmask.settings import Settings
from unmask.train.runlog import disk_errors
from unmask.types import FloatArray, Measurement

# Raised whenever readings of the same clip change for another reason than the card.
VERSION = 5
DECIDING = ("input", "crop", "outputs", "track", "limits_of_use", "classes")
Job = tuple[str, str, str, str]  # clip, bundle's folder, cache, cues


@dataclass(frozen=True, slots=True, eq=False)
class TrackReading:
    """One track of a clip: what the frame network left of it, and the cues.

    boxes_xyxy, frames  of every face of the track, to tell whose track it is
    reason              why the frame detector abstains, or ""
    """

    features: TrackFeatures
    boxes_xyxy: FloatArray
    frames: npt.NDArray[np.int64]
    reason: str
    measurements: tuple[Measurement, ...]

    def probability(self, card: Card) -> float | None:
        """P(manipulated) by the track rule and the calibration of a card, or None."""
        if self.reason:
            return None
        return card.probability(consensus(self.features.logits, card)[0])[1]

    def read_as(self, card: Card) -> str:
        """The manipulation that has the largest share, named as in a report; "" where unread."""
        if self.reason:
            return ""
        shares, _ = card.probability(consensus(self.features.logits, card)[0])
        if self.features.edits is not None:
            shares = card.with_edits(shares, float(self.features.edits.mean()))
        return max((name for name in shares if name != REAL), key=lambda name: shares[name])


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A track, the clip it was seen in, and who it is."""

    clip: Clip
    person: ClipPerson
    track: TrackReading


def read_people(
    clips: Sequence[Clip],
    bundle: Path,
    cache: Path,
    *,
    cues: bool,
    workers: int = 1,
    on_done: Callable[[], None] = lambda: None,
) -> list[Reading]:
    """The tracks of the clips whose person is known, in their order.

    Readings with cues also serve where none are asked for. UsageError where a clip cannot be read
    or the bundle gives no features.
    """
    asked = ALL if cues else NONE
    jobs = [(str(clip.path), str(bundle), str(cache), asked) for clip in clips]
    found: list[Reading] = []
    tracks = map_in_processes(read_tracks, jobs, workers=workers, chunk=4)
    try:
        for clip, seen in zip(clips, tracks, strict=True):
            on_done()
            for track in seen:
                person = clip.person_of(track.boxes_xyxy, track.frames.tolist())
                if person is not None:
                    found.append(Reading(clip, person, track))
    finally:
        _close_readers()
    return found


def read_tracks(job: Job) -> list[TrackReading]:
    """The tracks of one clip, from the cache or by looking at it."""
    clip, folder, cache, cues = Path(job[0]), Path(job[1]), Path(job[2]), job[3]
    key = (job[1], cues)
    if key not in _READERS:
        _close_readers()
        _READERS[key] = _ClipReader(load_bundle(folder, Settings()), cues)
    return _READERS[key].read(clip, cache)


def _close_readers() -> None:
    while _READERS:
        _READERS.popitem()[1].close()


class _ClipReader:
    """Reads clips with one bundle; decoder and networks are opened when first needed."""

    def __init__(self, bundle: Bundle, cues: str) -> None:
        if bundle.card.outputs.features is None:
            raise UsageError(
                f"the bundle {bundle.card.name!r} gives no features",
                "export it again with this version of unmask",
            )
        self._bundle, self._settings = bundle, Settings(threads=1)
        self._with_cues = cues != NONE
        self._cues = CueReader(parse_cues(cues))
        self._open: tuple[Decoder, FaceReader, ImageDetector] | None = None

    def read(self, clip: Path, cache: Path) -> list[TrackReading]:
        """The tracks of a clip; UsageError where it cannot be read."""
        try:
            digest = hashlib.sha256(clip.read_bytes()).hexdigest()
        except OSError as error:
            raise UsageError(f"{clip} cannot be read: {error.strerror}", "make it again") from error
        folder = cache / card_key(self._bundle)
        for name in (ALL, NONE)[: 1 if self._with_cues else 2]:
            kept = folder / f"{digest[:32]}-{name}.npz"
            if kept.is_file():
                return _load(kept)
        tracks = self._look(clip)
        _store(folder / f"{digest[:32]}-{ALL if self._with_cues else NONE}.npz", tracks)
        return tracks

    def close(self) -> None:
        """End the decoder's worker, where one was started."""
        if self._open is not None:
            self._open[0].close()

    def _look(self, clip: Path) -> list[TrackReading]:
        if self._open is None:
            s = self._settings
            decoder = Decoder(s, h264_qp=self._bundle.card.needs_h264_qp)
            self._open = (decoder, FaceReader(s), ImageDetector(self._bundle, s))
        decoder, reader, detector = self._open
        with open_source(clip, self._settings) as source:
            decoded = decoder.decode(source)
        seen = reader.observe(
            decoded.media, decoded.frames, decoded.cuts_s, damaged=decoded.damaged
        )
        evidence, features = detector.look(seen)
        cues = self._cues.measure(seen, {}) if self._with_cues else ()
        return [
            TrackReading(
                features=one,
                boxes_xyxy=np.stack([face.box_xyxy for face in track.faces]).astype(np.float32),
                frames=np.array([face.frame_index for face in track.faces], np.int64),
                reason="" if said.reason is None else str(said.reason),
                measurements=tuple(m for m in cues if m.subject == track.id),
            )
            for track, said, one in zip(seen.tracks, evidence, features, strict=True)
        ]


_READERS: dict[tuple[str, str], _ClipReader] = {}  # one for each process, as `data.meshes._MESH`


def card_key(bundle: Bundle) -> str:
    """A hash of everything on a card that changes what is read of a clip."""
    card = bundle.card.to_dict()
    deciding: dict[str, Any] = {name: card[name] for name in DECIDING}
    deciding |= {"model": card["files"]["model.onnx"], "version": VERSION}
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]


def _store(path: Path, tracks: Sequence[TrackReading]) -> None:
    arrays: dict[str, Any] = {}
    notes = []
    for index, track in enumerate(tracks):
        seen = track.features
        arrays |= {
            f"features{index}": seen.features,
            f"logits{index}": seen.logits,
            f"times{index}": seen.times_s,
            f"places{index}": seen.frame_indices,
            f"boxes{index}": track.boxes_xyxy,
            f"frames{index}": track.frames,
        }
        if seen.edits is not None:
            arrays[f"edits{index}"] = seen.edits
        cues = [
            [m.name, m.family, m.value, m.unit, m.reliability, m.reason, m.detail]
            for m in track.measurements
        ]
        notes.append([seen.subject, track.reason, cues])
    arrays["notes"] = np.array(json.dumps(notes))
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **arrays)
        part.replace(path)


def _load(path: Path) -> list[TrackReading]:
    with np.load(path, allow_pickle=False) as stored:
        notes = json.loads(str(stored["notes"]))
        return [_track(stored, index, one) for index, one in enumerate(notes)]


def _track(stored: Any, index: int, notes: list[Any]) -> TrackReading:
    subject, reason, cues = notes
    names = ("features", "logits", "times", "places", "edits")
    features = TrackFeatures(subject, *(stored.get(f"{name}{index}") for name in names))
    measurements = tuple(
        Measurement(name, family, subject, value, unit, None, reliability, why, detail)
        for name, family, value, unit, reliability, why, detail in cues
    )
    boxes, frames = stored[f"boxes{index}"], stored[f"frames{index}"]
    return TrackReading(features, boxes, frames, reason, measurements)
