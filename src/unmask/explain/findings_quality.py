"""How well a person could be read, against the limits of use on the card, and why one could not.

One person's quality is the median over the faces that were scored or, where none was, over all. A
value outside its limit qualifies the answer; it never points towards manipulation or genuineness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from unmask.detectors.fusion import scored_faces
from unmask.models.card import Card
from unmask.types import Face, FaceTrack, Finding, Reason, Verdict

# A value within this factor of its lower limit is worth a word in the report's limits.
NEAR_LIMIT = 1.5


def quality_findings(track: FaceTrack, verdict: Verdict, card: Card) -> Iterator[Finding]:
    """Width, sharpness, exposure, turn of the head and blockiness, each with its limits of use.

    detail: `within` whether the value lies inside its limits, `at_least` / `at_most` the limits.
    Blockiness has no limit on the card and stands for itself. Where the face was too blurred to be
    cleared, the limit of its sharpness is that of clearing.
    """
    judged = verdict.fake_probability is not None
    limits, faces = card.limits_of_use, scored_faces(track, verdict.evidence if judged else ())
    yield _limited(track, "width", _median(faces, "width_px"), "px", limits.face_width_min_px)
    sharpness = _median(faces, "sharpness")
    if sharpness is None:
        return
    blurred = Reason.TOO_BLURRED in verdict.reasons
    least = card.verdict.sharpness_min if blurred else limits.sharpness_min
    yield _limited(track, "sharpness", sharpness, "grey levels squared", least)
    exposure = _median(faces, "exposure")
    low, high = limits.exposure
    yield _limited(track, "exposure", exposure, "of full scale", low, high)
    turns = [abs(face.head_pose_deg[0]) for face in faces if face.head_pose_deg is not None]
    if turns:
        yield _limited(track, "yaw", median(turns), "degrees", None, limits.yaw_max_deg)
    blockiness = _median(faces, "blockiness")
    if blockiness is not None:
        yield _limited(track, "blockiness", blockiness, "ratio")


def _median(faces: Sequence[Face], name: str) -> float | None:
    known = [float(getattr(f.quality, name)) for f in faces if f.quality is not None]
    if not known and name == "width_px":
        known = [face.width_px for face in faces]
    return median(known) if known else None


def _limited(
    track: FaceTrack,
    name: str,
    value: float | None,
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Finding:
    number = 0.0 if value is None else value
    low_ok = at_least is None or number >= at_least
    high_ok = at_most is None or number <= at_most
    near = at_least is not None and low_ok and at_most is None and number < NEAR_LIMIT * at_least
    detail: dict[str, object] = {"measure": name, "within": low_ok and high_ok, "near": near}
    if at_least is not None:
        detail["at_least"] = at_least
    if at_most is not None:
        detail["at_most"] = at_most
    both = (at_least, at_most) if at_least is not None and at_most is not None else None
    return Finding(
        f"{track.id}.quality.{name}", track.id, "quality", number, unit, both, "neutral",
        0.0 if low_ok and high_ok else 1.0, detail,
    )  # fmt: skip


def abstention_findings(track: FaceTrack, verdict: Verdict, card: Card) -> Iterator[Finding]:
    """One finding per reason why the person's result is open, with the number that decided it."""
    series = next((e.series for e in verdict.evidence if e.series), ())
    usable = sum(moment.score is not None for moment in series)
    for reason in verdict.reasons:
        detail: dict[str, object] = {"reason": str(reason)}
        if reason == "too_few_frames":
            detail |= {"at_least": card.track.min_frames}
            if usable:
                detail |= {"usable": usable}
        if reason == "out_of_range":
            detail |= {"has_mesh": any(face.landmarks_px is not None for face in track.faces)}
        yield Finding(
            f"{track.id}.abstention.{reason}", track.id, "abstention", str(reason), "reason",
            detail=detail,
        )  # fmt: skip
