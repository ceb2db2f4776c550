"""What a report records of its own making: coverage, steps, versions, options.

Coverage lists every check there is, with what became of it: run, skipped with the reason, or
failed. Only checks that exist are listed. Steps say in order what was done and with which
parameters; options are the settings that make the same numbers again.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from unmask.models.bundle import Bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.types import Check, CheckStatus, Evidence, MediaKind, Observation

# What turns a file into numbers: another version of one of these may give other bits.
DISTRIBUTIONS = (
    "av",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "pi-heif",
    "pillow",
    "unmask",
)


def coverage_of(
    observation: Observation, evidence: Sequence[Evidence], card: Card
) -> tuple[Check, ...]:
    """One row per check: decode, faces, mesh, image, heat_map, blend_map, consensus."""
    faces = [face for track in observation.tracks for face in track.faces]
    return (
        _decode_row(observation),
        _row("faces", len(faces), len(faces), f"tracks={len(observation.tracks)}", "no_face"),
        _row("mesh", len(faces), sum(face.landmarks_px is not None for face in faces)),
        _row("image", len(faces), _scored(evidence), _reasons(evidence)),
        _row("heat_map", len(evidence), sum(one.heat_map is not None for one in evidence)),
        _blend_row(evidence, card),
        _consensus_row(observation, evidence, card),
    )


def steps_of(
    observation: Observation, evidence: Sequence[Evidence], bundle: Bundle
) -> tuple[str, ...]:
    """What was done, in order, with its parameters; the same input gives the same lines."""
    card, media = bundle.card, observation.media
    margins = ",".join(f"{margin:g}" for margin in card.crop.margins)
    views = len(card.crop.margins) * (2 if card.crop.flip else 1)
    thresholds = f"threshold={card.verdict.threshold:g} clear_below={card.verdict.clear_below:g}"
    return (
        f"read: format={media.format} bytes={media.bytes} sha256={media.sha256}",
        f"decode: frames={len(observation.frames)} cuts={len(observation.cuts_s)} "
        f"damaged={str(observation.damaged).lower()}",
        f"faces: faces={_count_faces(observation)} tracks={len(observation.tracks)}",
        f"image: bundle={card.name} {card.version} sha256={bundle.sha256} "
        f"size_px={card.input.size_px} margins={margins} views={views} scored={_scored(evidence)}",
        f"consensus: rule={card.track.rule} trim={card.track.trim:g} "
        f"min_frames={card.track.min_frames}",
        f"verdict: temperature={card.calibration.temperature:g} {thresholds}",
    )


def options_of(settings: Settings, bundle: str, languages: Sequence[str]) -> dict[str, Any]:
    """Every setting of the run as plain JSON data, with the bundle as it was asked for."""
    options = settings.model_dump(mode="json")
    return {**options, "bundle": bundle, "languages": list(languages)}


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version())]
    for name in DISTRIBUTIONS:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def versions() -> dict[str, str]:
    """{part: version} of Python and everything that turns a file into numbers."""
    return dict(_versions())


def _decode_row(observation: Observation) -> Check:
    frames = len(observation.frames)
    if observation.damaged:
        lost = "; ".join(f"{s.what}: {s.reason} ({s.count})" for s in observation.skipped)
        return Check("decode", CheckStatus.FAILED, f"frames={frames} damaged=true {lost}".strip())
    return Check("decode", CheckStatus.RUN, f"frames={frames}")


def _row(name: str, wanted: int, done: int, detail: str = "", nothing: str = "no_face") -> Check:
    """RUN where anything was done, SKIPPED where there was nothing to do it to or nothing came."""
    if not wanted:
        return Check(name, CheckStatus.SKIPPED, nothing)
    text = f"{done}/{wanted} {detail}".strip()
    return Check(name, CheckStatus.RUN if done else CheckStatus.SKIPPED, text)


def _blend_row(evidence: Sequence[Evidence], card: Card) -> Check:
    if card.outputs.blend is None:
        return Check("blend_map", CheckStatus.SKIPPED, f"bundle={card.name} has none")
    maps = [one.heat_map for one in evidence if one.heat_map is not None]
    return _row("blend_map", len(evidence), sum(one.blend is not None for one in maps))


def _consensus_row(observation: Observation, evidence: Sequence[Evidence], card: Card) -> Check:
    if observation.media.kind is MediaKind.IMAGE:
        return Check("consensus", CheckStatus.SKIPPED, "image")
    done = sum(one.score is not None for one in evidence)
    return _row("consensus", len(evidence), done, f"rule={card.track.rule}")


def _scored(evidence: Sequence[Evidence]) -> int:
    return sum(moment.score is not None for one in evidence for moment in one.series)


def _reasons(evidence: Sequence[Evidence]) -> str:
    """How many faces were left out for each reason: "low_quality=2 out_of_range=1"."""
    counts = Counter(str(m.reason) for one in evidence for m in one.series if m.reason)
    return " ".join(f"{reason}={count}" for reason, count in sorted(counts.items()))


def _count_faces(observation: Observation) -> int:
    return sum(len(track.faces) for track in observation.tracks)
