"""What a report records of its own making: coverage, steps, versions, options.

Coverage lists every check there is, with what became of it: run, skipped with the reason, or
failed. Only checks that exist are listed. Steps say in order what was done and with which
parameters; options are the settings that make the same numbers again.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from unmask.detectors.clip_rule import people_at_once
from unmask.explain.narrate import narrators_of
from unmask.models.bundle import Bundle
from unmask.models.card import Card
from unmask.settings import Settings
from unmask.types import (
    Check,
    CheckStatus,
    Credentials,
    Evidence,
    Measurement,
    MediaKind,
    Narrative,
    Observation,
    Profile,
    Provenance,
    RobustnessRow,
    Verdict,
)

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


def narrator_row(narratives: Mapping[str, Narrative]) -> Check:
    """Who wrote the interpretation; FAILED where a language model's text was refused."""
    refused = any(narrative.faults for narrative in narratives.values())
    status = CheckStatus.FAILED if refused else CheckStatus.RUN
    return Check("narrator", status, narrators_of(narratives))


def coverage_over_time(
    observation: Observation, verdicts: Sequence[Verdict], card: Card
) -> tuple[Check, ...]:
    """The rows "temporal" and "fusion": what judges a clip's people beyond single frames."""
    rows = []
    few = card.fusion is not None and people_at_once(observation) < card.fusion.people_min
    for name, spec in (("temporal", card.temporal), ("fusion", card.fusion)):
        said = _of_detector(verdicts, name)
        done = sum(one.score is not None for one in said)
        if spec is None:
            row = Check(name, CheckStatus.SKIPPED, f"bundle={card.name} has none")
        elif observation.media.kind is MediaKind.IMAGE:
            row = Check(name, CheckStatus.SKIPPED, "image")
        elif few and name == "fusion":
            row = Check(name, CheckStatus.SKIPPED, "too_few_people")
        else:
            why = Counter(str(one.reason) for one in said if one.reason)
            words = " ".join(f"{reason}={count}" for reason, count in sorted(why.items()))
            row = _row(name, len(observation.tracks), done, words)
        rows.append(row)
    return tuple(rows)


def steps_over_time(
    observation: Observation, verdicts: Sequence[Verdict], card: Card
) -> tuple[str, ...]:
    """The steps that judged a clip's people over time; none for a picture."""
    if observation.media.kind is MediaKind.IMAGE:
        return ()
    lines = []
    if card.temporal is not None:
        scored = sum(one.score is not None for one in _of_detector(verdicts, "temporal"))
        lines.append(
            f"temporal: frames_min={card.temporal.frames_min} "
            f"window_frames={card.temporal.window_frames} "
            f"temperature={card.temporal.temperature:g} scored={scored}"
        )
    fused = any(one.score is not None for one in _of_detector(verdicts, "fusion"))
    if card.fusion is not None and fused:
        lines.append(
            f"fusion: features={len(card.fusion.features)} "
            f"threshold={card.fusion.threshold:g} clear_below={card.fusion.clear_below:g}"
        )
    return tuple(lines)


def coverage_aside(
    provenance: Provenance,
    robustness: Sequence[RobustnessRow],
    verdict: Verdict,
    settings: Settings,
) -> tuple[Check, ...]:
    """Rows of what stands beside the verdicts: provenance; robustness where it was asked for."""
    rows = [_provenance_row(provenance)]
    if settings.robustness:
        rows.append(_robustness_row(robustness, verdict))
    return tuple(rows)


def measurements_row(measurements: Sequence[Measurement]) -> Check:
    """The row of what was measured beside the network, with the reasons where it could not be."""
    measurements = [one for one in measurements if one.family == "forensic"]
    missing = Counter(one.reason for one in measurements if one.reason)
    words = " ".join(f"{reason}={count}" for reason, count in sorted(missing.items()))
    done = sum(one.value is not None for one in measurements)
    return _row("measurements", len(measurements), done, words)


def cues_row(measurements: Sequence[Measurement], settings: Settings) -> Check:
    """The row of the human cues: "appearance=3/3 gaze=1/3 eyes_not_readable=2"."""
    cues = [one for one in measurements if one.family == "cue"]
    if not cues:
        return Check("cues", CheckStatus.SKIPPED, "off" if settings.cues == "none" else "no_face")
    words = []
    for name in dict.fromkeys(one.name for one in cues):
        own = [one for one in cues if one.name == name]
        missing = Counter(one.reason for one in own if one.reason)
        words.append(f"{name}={sum(one.value is not None for one in own)}/{len(own)}")
        words += [f"{reason}={count}" for reason, count in sorted(missing.items())]
    ran = any(one.value is not None for one in cues)
    return Check("cues", CheckStatus.RUN if ran else CheckStatus.SKIPPED, " ".join(words))


def cues_step(measurements: Sequence[Measurement], settings: Settings) -> str:
    """The step that measured the human cues."""
    cues = [one for one in measurements if one.family == "cue"]
    done = sum(one.value is not None for one in cues)
    return f"cues: asked={settings.cues} measured={done}"


def steps_of(
    observation: Observation, evidence: Sequence[Evidence], bundle: Bundle
) -> tuple[str, ...]:
    """What was done, in order, with its parameters; the same input gives the same lines."""
    card, media = bundle.card, observation.media
    margins = ",".join(f"{margin:g}" for margin in card.crop.margins)
    views = len(card.crop.views)
    thresholds = f"threshold={card.verdict.threshold:g} clear_below={card.verdict.clear_below:g}"
    temperatures = ",".join(f"{name}:{one:g}" for name, one in card.temperatures.items())
    return (
        f"read: format={media.format} bytes={media.bytes} sha256={media.sha256}",
        f"decode: frames={len(observation.frames)} cuts={len(observation.cuts_s)} "
        f"damaged={str(observation.damaged).lower()}",
        f"faces: faces={_count_faces(observation)} tracks={len(observation.tracks)}",
        f"image: bundle={card.name} {card.version} sha256={bundle.sha256} "
        f"size_px={card.input.size_px} margins={margins} views={views} scored={_scored(evidence)}",
        f"consensus: rule={card.track.rule} trim={card.track.trim:g} "
        f"min_frames={card.track.min_frames}",
        f"verdict: temperature={temperatures} {thresholds}",
    )


def steps_aside(
    trust_sha256: str, robustness: Sequence[RobustnessRow], profile: Profile | None
) -> tuple[str, ...]:
    """Further steps: what the file's origin was read with, and what only some runs do."""
    lines = [f"provenance: trust_list={trust_sha256 or 'none'}"]
    if profile is not None:
        lines.append(
            f"profile: threshold={profile.threshold:g} files={profile.files} "
            f"max_false_alarms={profile.max_false_alarms:g}"
        )
    if robustness:
        changes = ",".join(f"{row.change}:{row.level}" for row in robustness)
        lines.append(f"robustness: {changes}")
    return tuple(lines)


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


def _robustness_row(robustness: Sequence[RobustnessRow], verdict: Verdict) -> Check:
    """Where no change was tried, the reasons are those of the first row, or else the file's."""
    changed = robustness[1:]
    lost = Counter(reason for row in changed for reason in row.lacking)
    words = " ".join(f"{reason}={count}" for reason, count in sorted(lost.items()))
    measured = sum(row.measured for row in changed)
    why = robustness[0].lacking if robustness else verdict.reasons
    return _row("robustness", len(changed), measured, words, nothing=" ".join(map(str, why)))


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


def _provenance_row(provenance: Provenance) -> Check:
    """SKIPPED or FAILED where credentials could not be judged; absence is a result like others."""
    state = {
        Credentials.UNCHECKED: CheckStatus.SKIPPED,
        Credentials.UNREADABLE: CheckStatus.FAILED,
    }.get(provenance.credentials, CheckStatus.RUN)
    words = [
        f"credentials={provenance.credentials}",
        f"metadata={len(provenance.metadata)}",
        f"encodings={len(provenance.encodings)}",
        *(f"problem={problem}" for problem in provenance.problems),
    ]
    return Check("provenance", state, " ".join(words))


def _scored(evidence: Sequence[Evidence]) -> int:
    return sum(moment.score is not None for one in evidence for moment in one.series)


def _reasons(evidence: Sequence[Evidence]) -> str:
    """How many faces were left out for each reason: "low_quality=2 out_of_range=1"."""
    counts = Counter(str(m.reason) for one in evidence for m in one.series if m.reason)
    return " ".join(f"{reason}={count}" for reason, count in sorted(counts.items()))


def _count_faces(observation: Observation) -> int:
    return sum(len(track.faces) for track in observation.tracks)


def _of_detector(verdicts: Sequence[Verdict], detector: str) -> list[Evidence]:
    return [e for verdict in verdicts for e in verdict.evidence if e.detector == detector]
